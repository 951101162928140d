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
	wants func(*eventlog.Entry) bool // nil: all are wanted

	mu       sync.Mutex
	from, to int64            // what was handed over, without gaps; nothing while to < from
	entries  []eventlog.Entry // those of it that are wanted
}

// MostHanded is how many entries of a partition wait at most: some megabytes for
// all partitions together. A reader further behind has to read anyway.
const MostHanded = 4096

// Add takes entries of one partition over, in their order and without gaps. Nobody may
// change them any more. It reports how many wait that are wanted, or have to be read.
func (h *Handed) Add(entries []eventlog.Entry) (waiting int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first, last := entries[0].Position, entries[len(entries)-1].Position
	if h.to+1 != first || len(h.entries)+len(entries) > MostHanded {
		h.from, h.to, h.entries = first, first-1, nil // older ones have to be read
	}
	if len(entries) > MostHanded {
		return len(entries)
	}
	h.to = last
	if h.wants == nil {
		h.entries = append(h.entries, entries...)
		return len(h.entries)
	}
	for i := range entries {
		if h.wants(&entries[i]) {
			h.entries = append(h.entries, entries[i])
		}
	}
	return len(h.entries)
}

// Take returns up to limit wanted entries after a position, and up to where there are no
// others: that position itself when it has not the very next.
func (h *Handed) Take(after int64, limit int) (entries []eventlog.Entry, to int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if after >= h.to {
		h.clear()
		return nil, after
	}
	if after+1 < h.from {
		return nil, after // the log has to be read up to there first
	}
	skip := 0
	for skip < len(h.entries) && h.entries[skip].Position <= after {
		skip++
	}
	h.entries = h.entries[skip:]
	if len(h.entries) > limit {
		entries, h.entries = h.entries[:limit:limit], h.entries[limit:]
		to = entries[limit-1].Position
		h.from = to + 1
		return entries, to
	}
	entries, to = h.entries, h.to
	h.clear()
	return entries, to
}

// covers tells whether what comes after a position was handed over.
func (h *Handed) covers(after int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.from <= after+1 && after < h.to
}

// clear forgets everything. What is handed over next may follow or not.
func (h *Handed) clear() { h.from, h.entries = h.to+1, nil }

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
