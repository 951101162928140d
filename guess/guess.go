// Package guess stops whoever tries keys, links and cookies until one fits. It knows
// how often each address was wrong of late, and which secrets an address has proved
// to have; it refuses to know whose secrets they are, and what they open.
//
// Only what is wrong counts. An address that was wrong too often is asked to wait, and
// until then what it shows is not even looked at; but who proved a secret there before
// goes on with it. So a guesser stops, and those who share their address, as whole towns
// do behind one router of their operator, do not.
package guess

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Kind of secret. Each has an allowance of its own: who tries cookies keeps nobody from
// coming in by a link.
type Kind int

// The kinds.
const (
	Key    Kind = iota // of the API
	Link               // to a hosted page
	Cookie             // of a session
)

// Kinds are all of them, by name.
var Kinds = []string{"key", "link", "cookie"}

// Options say how patient to be. The zero value is what an installation has.
type Options struct {
	Wrong int           // that an address may be in one go; default 60
	Every time.Duration // after which it may be wrong once more; default a second
	Keep  int           // addresses and proofs to remember, of each so many; default 100,000

	// Header is where a proxy writes whose request it is, such as X-Forwarded-For. Empty:
	// requests are of the address that they come from.
	Header string
}

// Limits remembers who was wrong. All methods are safe for concurrent use, and on nil
// they limit nothing.
type Limits struct {
	now    func() time.Time
	header string
	wrong  int
	every  time.Duration
	seed   maphash.Seed

	mu     sync.Mutex
	slow   recent[bucket, *rate.Limiter]
	proved recent[uint64, struct{}]
	counts [3]Figures
}

// Figures are what happened to one kind of secret.
type Figures struct {
	Wrong   int64 // were looked at, and fitted nothing
	Stopped int64 // were not looked at
}

// bucket is what has an allowance: a kind of secret at an address.
type bucket struct {
	from Address
	kind Kind
}

// New makes limits. now is the machine's clock: a sandbox's stands still.
func New(now func() time.Time, o Options) *Limits {
	if o.Wrong <= 0 {
		o.Wrong = 60
	}
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.Keep <= 0 {
		o.Keep = 100_000
	}
	return &Limits{
		now: now, header: o.Header, wrong: o.Wrong, every: o.Every, seed: maphash.MakeSeed(),
		slow: newRecent[bucket, *rate.Limiter](o.Keep), proved: newRecent[uint64, struct{}](o.Keep),
	}
}

// Address is what counts as one: an address of IPv4, or a /64 of IPv6, all of which
// whoever has one of it has. What is no address at all is one together.
type Address struct{ network netip.Prefix }

// AddressOf is the one that a connection comes from.
func AddressOf(from netip.Addr) Address {
	from = from.Unmap().WithZone("")
	bits := 32
	if from.Is6() {
		bits = 64
	}
	network, _ := from.Prefix(bits) // of what is no address it is none
	return Address{network}
}

// From is whose request it is: the connection's, or whom the proxy names in its header.
// Of several the last counts: the proxy wrote it, and those before it anybody could.
func (l *Limits) From(connection netip.Addr, header func(name string) []string) Address {
	if l == nil || l.header == "" {
		return AddressOf(connection)
	}
	said := header(l.header)
	if len(said) == 0 {
		return AddressOf(connection)
	}
	last := said[len(said)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	named, err := netip.ParseAddr(last)
	if err != nil {
		if both, err := netip.ParseAddrPort(last); err == nil {
			named = both.Addr()
		}
	}
	return AddressOf(named)
}

// Wait says for how long a secret from an address must not be looked at; 0: look.
func (l *Limits) Wait(from Address, kind Kind, secret []byte) time.Duration {
	if l == nil {
		return 0
	}
	at := bucket{from, kind}
	l.mu.Lock()
	defer l.mu.Unlock()
	left, ok := l.slow.get(at)
	if !ok {
		return 0
	}
	tokens := left.TokensAt(l.now())
	if tokens >= 1 {
		return 0
	}
	if _, ok := l.proved.get(l.proof(at, secret)); ok {
		return 0
	}
	l.counts[kind].Stopped++
	return time.Duration((1 - tokens) * float64(l.every))
}

// Wrong notes that a secret from an address fits nothing.
func (l *Limits) Wrong(from Address, kind Kind) {
	if l == nil {
		return
	}
	at := bucket{from, kind}
	l.mu.Lock()
	defer l.mu.Unlock()
	left, ok := l.slow.get(at)
	if !ok {
		left = rate.NewLimiter(rate.Every(l.every), l.wrong)
		l.slow.put(at, left)
	}
	left.AllowN(l.now(), 1)
	l.counts[kind].Wrong++
}

// Right notes that somebody at an address has a secret that fits.
func (l *Limits) Right(from Address, kind Kind, secret []byte) {
	if l == nil {
		return
	}
	proof := l.proof(bucket{from, kind}, secret)
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.proved.get(proof); !ok {
		l.proved.put(proof, struct{}{})
	}
}

// Counts are what happened since the start, in the order of Kinds.
func (l *Limits) Counts() [3]Figures {
	if l == nil {
		return [3]Figures{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// proof is all that is remembered of a secret. Nobody outside knows the seed.
func (l *Limits) proof(at bucket, secret []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	maphash.WriteComparable(&h, at)
	h.Write(secret)
	return h.Sum64()
}

// recent keeps what was used last, and no more than so much.
type recent[K comparable, V any] struct {
	most  int
	order *list.List // of kept, the newest in front
	by    map[K]*list.Element
}

type kept[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](most int) recent[K, V] {
	return recent[K, V]{most, list.New(), map[K]*list.Element{}}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	e, ok := r.by[key]
	if !ok {
		return value, false
	}
	r.order.MoveToFront(e)
	return e.Value.(kept[K, V]).value, true
}

func (r *recent[K, V]) put(key K, value V) {
	r.by[key] = r.order.PushFront(kept[K, V]{key, value})
	if r.order.Len() > r.most {
		oldest := r.order.Remove(r.order.Back()).(kept[K, V])
		delete(r.by, oldest.key)
	}
}
