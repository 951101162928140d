package follow

import (
	"iter"
	"sync"

	"github.com/yuefu/yuefu/eventlog"
)

// Handed are entries that the desk of this process appended and handed over, so
// that they need not be read back from the log. It is a shortcut, and bounded:
// whoever is too far behind, or finds a gap, reads the log.
type Handed struct {
	mu      sync.Mutex
	entries []eventlog.Entry // without gaps
}

// MostHanded is how many entries of a partition wait at most: some megabytes for
// all partitions together. A reader further behind has to read anyway.
const MostHanded = 4096

// Add takes entries of one partition over, in their order and without gaps. Nobody may
// change them any more.
func (h *Handed) Add(entries []eventlog.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.entries); n > 0 && h.entries[n-1].Position+1 != entries[0].Position || n+len(entries) > MostHanded {
		h.entries = nil
	}
	if len(entries) <= MostHanded {
		h.entries = append(h.entries, entries...)
	}
}

// Take returns up to limit entries after a position, and nothing when it has not the very next.
func (h *Handed) Take(after int64, limit int) []eventlog.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.entries) == 0 {
		return nil
	}
	skip := after + 1 - h.entries[0].Position
	if skip < 0 {
		return nil // the log has to be read up to here first
	}
	h.entries = h.entries[min(int(skip), len(h.entries)):]
	taken := h.entries[:min(limit, len(h.entries))]
	if h.entries = h.entries[len(taken):]; len(h.entries) == 0 {
		h.entries = nil
	}
	return taken
}

// Stretches are the parts of a list that each have entries of one partition without gaps.
func Stretches(entries []eventlog.Entry) iter.Seq[[]eventlog.Entry] {
	return func(yield func([]eventlog.Entry) bool) {
		for len(entries) > 0 {
			n := 1
			for n < len(entries) && entries[n].Partition == entries[0].Partition && entries[n].Position == entries[n-1].Position+1 {
				n++
			}
			if !yield(entries[:n]) {
				return
			}
			entries = entries[n:]
		}
	}
}
