package api

import (
	"context"
	"sync/atomic"

	"github.com/yuefu/yuefu/view"
)

// positions are the newest entries that this server answered for, by partition:
// what its callers know to have happened.
type positions struct{ of map[int32]*atomic.Int64 }

func (p *positions) open(partitions []int32) {
	p.of = make(map[int32]*atomic.Int64, len(partitions))
	for _, n := range partitions {
		p.of[n] = new(atomic.Int64)
	}
}

func (p *positions) note(partition int32, position int64) {
	at := p.of[partition]
	if at == nil {
		return
	}
	for {
		old := at.Load()
		if position <= old || at.CompareAndSwap(old, position) {
			return
		}
	}
}

// wait returns when all of them are in the tables.
func (p *positions) wait(ctx context.Context, tables *view.Tables) error {
	for partition, at := range p.of {
		if position := at.Load(); position > 0 {
			if err := tables.WaitFor(ctx, partition, position); err != nil {
				return err
			}
		}
	}
	return nil
}
