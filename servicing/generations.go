package servicing

// generations is a bounded map that forgets what was not used for longest, nearly:
// it keeps two generations, moves what is used into the younger, and drops the
// elder when the younger is full. That is a few lines and no list to maintain.
type generations[K comparable, V any] struct {
	half         int
	young, elder map[K]V
}

func newGenerations[K comparable, V any](size int) *generations[K, V] {
	return &generations[K, V]{half: max(1, size/2), young: map[K]V{}, elder: map[K]V{}}
}

func (g *generations[K, V]) get(k K) (V, bool) {
	if v, ok := g.young[k]; ok {
		return v, true
	}
	v, ok := g.elder[k]
	if ok {
		delete(g.elder, k)
		g.put(k, v)
	}
	return v, ok
}

func (g *generations[K, V]) put(k K, v V) {
	if len(g.young) >= g.half {
		g.elder, g.young = g.young, make(map[K]V, g.half/4)
	}
	g.young[k] = v
}

func (g *generations[K, V]) drop(k K) {
	delete(g.young, k)
	delete(g.elder, k)
}

func (g *generations[K, V]) clear() {
	g.young, g.elder = map[K]V{}, map[K]V{}
}
