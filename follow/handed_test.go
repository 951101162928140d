package follow

import (
	"math/rand/v2"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
)

// Whatever is handed over, in gaps and repeats, and however far the reader is: what
// comes out are the very next entries, or nothing.
func TestHandedEntriesFollowThePosition(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	var h Handed
	position, head, served := int64(0), int64(0), 0
	entries := func(from, to int64) (list []eventlog.Entry) {
		for at := from; at <= to; at++ {
			list = append(list, eventlog.Entry{Position: at})
		}
		return list
	}
	for range 100_000 {
		switch random.IntN(4) {
		case 0, 1:
			from := head + 1
			head += int64(1 + random.IntN(300))
			if random.IntN(10) > 0 { // else another server appended these
				h.Add(entries(from, head))
			}
		case 2:
			for _, e := range h.Take(position, 1+random.IntN(400)) {
				if e.Position != position+1 {
					t.Fatalf("at %d got %d", position, e.Position)
				}
				position++
				served++
			}
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
