package view

import (
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
)

// Appended takes over entries that were just appended, in their order, and wakes
// the readers. Nobody may change them any more.
func (t *Tables) Appended(entries []eventlog.Entry) {
	for stretch := range follow.Stretches(entries) {
		partition := stretch[0].Partition
		if p := t.partitions[partition]; p != nil {
			p.handed.Add(stretch)
		}
		t.Wake(partition)
	}
}
