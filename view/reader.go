package view

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/yuefu/yuefu/database"
)

// reader follows the log for some partitions, one goroutine for all of them.
type reader struct {
	tables     *Tables
	number     int
	partitions []*progress
	wake       chan struct{}
}

func (r *reader) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run keeps the tables up to date until ctx ends. What it could not write it
// tries again: the error is logged, the tables stay behind, and nothing is lost.
func (t *Tables) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, r := range t.readers {
		running.Go(func() { r.run(ctx) })
	}
	running.Wait()
	return nil
}

// shortest is the pause of a reader with little to do: as good as none.
const shortest = time.Millisecond

func (r *reader) run(ctx context.Context) {
	poll := time.NewTicker(r.tables.options.Poll)
	defer poll.Stop()
	pause := shortest
	for {
		busy := false
		select {
		case <-r.wake:
			busy = true
		default:
			select {
			case <-ctx.Done():
				return
			case <-r.wake:
			case <-poll.C:
				r.look(ctx)
			}
		}
		// A reader that is woken while it works is under load: it lets entries gather,
		// so that an account that moves ten times is written once, and the log's own
		// transactions have the machine meanwhile.
		if busy {
			pause = min(2*pause, r.tables.options.Pause)
		} else {
			pause = max(pause/2, shortest)
		}
		if !r.gather(ctx, pause) {
			return
		}
		r.round(ctx)
	}
}

// gather waits for a while, or until somebody needs an entry.
func (r *reader) gather(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for !r.urgent() {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-r.wake:
		}
	}
	return ctx.Err() == nil
}

func (r *reader) urgent() bool {
	for _, p := range r.partitions {
		if p.urgent.Load() {
			return true
		}
	}
	return false
}

// round takes one step in each partition that may have something, those that
// somebody waits for first, until none has.
func (r *reader) round(ctx context.Context) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		for _, urgent := range []bool{true, false} {
			for _, p := range r.partitions {
				if urgent && !p.urgent.Swap(false) || !p.dirty.Swap(false) {
					continue
				}
				more, err := r.tables.step(ctx, p)
				if err != nil && ctx.Err() == nil {
					r.tables.options.Log.Error("tables", "partition", p.partition, "error", err)
					continue // the next poll finds it behind
				}
				if more {
					p.dirty.Store(true)
					again = true
				}
			}
		}
	}
}

// look finds out what other servers appended, and what they wrote.
func (r *reader) look(ctx context.Context) {
	numbers := make([]int32, len(r.partitions))
	for i, p := range r.partitions {
		numbers[i] = p.partition
	}
	heads, err := r.tables.log.Heads(ctx, numbers)
	if err == nil {
		for i, p := range r.partitions {
			if heads[i].Position > p.position.Load() {
				p.dirty.Store(true)
			}
		}
	}
	if err != nil && ctx.Err() == nil {
		r.tables.options.Log.Error("tables", "error", err)
	}
}

// step reads some entries of a partition and writes them. It reports whether
// there may be more.
func (t *Tables) step(ctx context.Context, p *progress) (more bool, err error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	from := p.position.Load()
	if from < 0 {
		return t.empty(ctx, p)
	}
	entries, err := t.log.Read(ctx, p.partition, from, t.options.Batch)
	if err != nil || len(entries) == 0 {
		return false, err
	}
	c, to := newChanges(), from
	for i := range entries {
		if err := c.entry(&entries[i]); err != nil {
			return false, fmt.Errorf("view: entry %d/%d: %w", p.partition, entries[i].Position, err)
		}
		if to = entries[i].Position; c.size() >= t.options.Rows {
			break
		}
	}
	if err := p.pricing.price(ctx, t, p.partition, c); err != nil {
		return false, err
	}
	err = t.apply(ctx, p.partition, from, to, c)
	switch {
	case err == nil:
		p.reached(to)
		return to < entries[len(entries)-1].Position || len(entries) == t.options.Batch, nil
	case errors.Is(err, errFenced), errors.Is(err, database.ErrUnknown):
		p.pricing.forget()
		return true, t.relearn(ctx, p)
	default:
		p.pricing.forget()
		return false, err
	}
}

const readCheckpoint = `SELECT position FROM checkpoint WHERE partition = $1 AND reader = 'tables'`

// relearn reads a partition's checkpoint after somebody else moved it.
func (t *Tables) relearn(ctx context.Context, p *progress) error {
	var position int64
	if err := t.db.Reader().QueryRowContext(ctx, readCheckpoint, p.partition).Scan(&position); err != nil {
		return fmt.Errorf("view: checkpoint of partition %d: %w", p.partition, err)
	}
	p.reached(position)
	return nil
}
