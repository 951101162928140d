package view

import (
	"sync"

	"github.com/yuefu/yuefu/eventlog"
)

// handed are entries that the desk of this process appended and handed over, so
// that they need not be read back from the log. It is a shortcut, and bounded:
// whoever is too far behind, or finds a gap, reads the log.
type handed struct {
	mu      sync.Mutex
	entries []eventlog.Entry // without gaps
}

// mostHanded is how many entries of a partition wait at most: some megabytes for
// all partitions together. A reader further behind has to read anyway.
const mostHanded = 4096

// Appended takes over entries that were just appended, in their order, and wakes
// the readers. Nobody may change them any more.
func (t *Tables) Appended(entries []eventlog.Entry) {
	for len(entries) > 0 {
		partition, n := entries[0].Partition, 1
		for n < len(entries) && entries[n].Partition == partition && entries[n].Position == entries[n-1].Position+1 {
			n++
		}
		if p := t.partitions[partition]; p != nil {
			p.handed.add(entries[:n])
		}
		t.Wake(partition)
		entries = entries[n:]
	}
}

func (h *handed) add(entries []eventlog.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.entries); n > 0 && h.entries[n-1].Position+1 != entries[0].Position || n+len(entries) > mostHanded {
		h.entries = nil
	}
	if len(entries) <= mostHanded {
		h.entries = append(h.entries, entries...)
	}
}

// take returns up to limit entries after a position, and nothing when it has not the very next.
func (h *handed) take(after int64, limit int) []eventlog.Entry {
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
