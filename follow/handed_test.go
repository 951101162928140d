package follow

import (
	"math/rand/v2"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
)

// Whatever is handed over, in gaps and repeats, and however far the reader is: what
// comes out are the very next entries, or nothing.
func TestHandedEntriesFollowThePosition(t *testing.T) {
	for name, wants := range map[string]func(*eventlog.Entry) bool{
		"all": nil, "some": func(e *eventlog.Entry) bool { return e.Position%7 == 0 }, "none": func(*eventlog.Entry) bool { return false },
	} {
		t.Run(name, func(t *testing.T) { handOver(t, wants) })
	}
}

func handOver(t *testing.T, wants func(*eventlog.Entry) bool) {
	random := rand.New(rand.NewPCG(7, 7))
	h := Handed{wants: wants}
	position, head, served := int64(0), int64(0), int64(0)
	entries := func(from, to int64) (list []eventlog.Entry) {
		for at := from; at <= to; at++ {
			list = append(list, eventlog.Entry{Position: at})
		}
		return list
	}
	for range 20_000 {
		switch random.IntN(4) {
		case 0, 1:
			from := head + 1
			head += int64(1 + random.IntN(300))
			if random.IntN(10) > 0 { // else another server appended these
				h.Add(entries(from, head))
			}
		case 2:
			covered := h.covers(position)
			list, to := h.Take(position, 1+random.IntN(400))
			if (to > position) != covered || to < position || to > head {
				t.Fatalf("from %d to %d of %d, covered: %t", position, to, head, covered)
			}
			for _, want := range entries(position+1, to) {
				if wants != nil && !wants(&want) {
					continue
				}
				if len(list) == 0 || list[0].Position != want.Position {
					t.Fatalf("%d is missing between %d and %d", want.Position, position, to)
				}
				list = list[1:]
			}
			if len(list) > 0 {
				t.Fatalf("%d is too much between %d and %d", list[0].Position, position, to)
			}
			served += to - position
			position = to
		case 3:
			if random.IntN(5) == 0 {
				position = min(head, position+int64(random.IntN(2000))) // read from the log
			}
		}
		if len(h.entries) > MostHanded {
			t.Fatalf("%d entries wait", len(h.entries))
		}
	}
	if served < 1000 {
		t.Errorf("only %d entries were served: the test shows nothing", served)
	}
}

func TestManyEntriesAtOnceAreLeftToTheLog(t *testing.T) {
	var h Handed
	h.Add(make([]eventlog.Entry, MostHanded+1))
	if len(h.entries) != 0 {
		t.Errorf("%d entries wait", len(h.entries))
	}
}
