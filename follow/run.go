package follow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

// shortest is the pause of a follower with little to do: as good as none.
const shortest = time.Millisecond

// Run follows until ctx ends. What could not be taken is tried again: the error is
// logged, the reader stays behind, and nothing is lost.
func (f *Follower) Run(ctx context.Context) {
	poll := time.NewTicker(f.options.Poll)
	defer poll.Stop()
	// Without load an entry is taken at once. Under load entries gather, so that a
	// reader's transactions are few and the log's own have the machine meanwhile.
	for pause := shortest; ; {
		select {
		case <-f.wake:
			pause = min(2*pause, f.options.Pause)
		default:
			pause = max(pause/2, shortest)
			select {
			case <-ctx.Done():
				return
			case <-f.wake:
			case <-poll.C:
				f.look(ctx)
			}
		}
		if !f.gather(ctx, f.share(pause)) {
			return
		}
		select {
		case <-poll.C: // under load too
			f.look(ctx)
		default:
		}
		if err := f.round(ctx, f.dirty(), f.share(pause)); err != nil && ctx.Err() == nil {
			f.options.Log.Error("a reader of the log is held up", "reader", f.reader.Name, "error", err)
		}
	}
}

// share is the part of a pause that comes before each transaction: in PostgreSQL those of the
// partitions are spread over it, since all at once would be a burst that checkouts wait behind.
func (f *Follower) share(pause time.Duration) time.Duration {
	if f.db.Dialect == database.SQLite {
		return pause
	}
	return max(pause/time.Duration(len(f.order)), shortest)
}

// gather waits for a while, or until somebody needs an entry; false: ctx has ended.
func (f *Follower) gather(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		for _, p := range f.order {
			if p.urgent.Load() {
				return ctx.Err() == nil
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-f.hurry:
		}
	}
}

// dirty are the partitions that may have something.
func (f *Follower) dirty() (list []*place) {
	for _, p := range f.order {
		if urgent := p.urgent.Swap(false); p.dirty.Swap(false) || urgent {
			list = append(list, p)
		}
	}
	return list
}

// round takes what partitions have; between two transactions there is a pause.
func (f *Follower) round(ctx context.Context, list []*place, pause time.Duration) (err error) {
	for len(list) > 0 {
		taken, wrote, more, wrong := f.steps(ctx, list)
		err = errors.Join(err, wrong)
		if list = list[taken:]; len(more) > 0 {
			// In the order of all, so that no two rounds wait for each other.
			slices.SortFunc(more, func(a, b *place) int { return a.index - b.index })
			list = append(more, list...)
		}
		if wrote && pause > shortest && len(list) > 0 && len(more) == 0 {
			f.gather(ctx, pause)
		}
		if ctx.Err() != nil {
			for _, p := range list {
				p.dirty.Store(true)
			}
			return errors.Join(err, ctx.Err())
		}
	}
	return err
}

// look finds out what other servers appended, and what could not be taken before. What
// the log has beyond what was handed over is mostly just being handed over: where the desk is
// at work, it is read only when it is still missing at the next look.
func (f *Follower) look(ctx context.Context) {
	heads, err := f.log.Heads(ctx, f.log.Partitions())
	if err != nil {
		if ctx.Err() == nil {
			f.options.Log.Error("a reader of the log is held up", "reader", f.reader.Name, "error", err)
		}
		return
	}
	for i, p := range f.order {
		busy, at := p.busy.Swap(false), p.position()
		if heads[i].Position > at && (!busy || at < p.head || p.handed.covers(at)) {
			p.dirty.Store(true)
		}
		p.head = heads[i].Position
	}
}

// Appended takes over entries that the desk has just appended, in order within each
// partition, so that they need not be read back. Nobody may change them any more.
func (f *Follower) Appended(entries []eventlog.Entry) {
	some := false
	for stretch := range Stretches(entries) {
		p := f.partitions[stretch[0].Partition]
		if p == nil {
			continue
		}
		p.busy.Store(true)
		switch waiting := p.handed.Add(stretch); {
		case waiting > MostHanded/2: // or the log would have to be read
			p.urgent.Store(true)
			f.press()
			fallthrough
		case waiting > 0:
			p.dirty.Store(true)
			some = true
		}
	}
	if some { // else the next look passes over them
		f.nudge()
	}
}

func (f *Follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// press ends a pause.
func (f *Follower) press() {
	select {
	case f.hurry <- struct{}{}:
	default:
	}
}

// WaitFor returns when everything up to a position of a partition is taken, or ctx ends.
func (f *Follower) WaitFor(ctx context.Context, partition int32, position int64) error {
	p := f.partitions[partition]
	for {
		p.mu.Lock()
		at := p.at
		if at < position && p.moved == nil {
			p.moved = make(chan struct{})
		}
		moved := p.moved
		p.mu.Unlock()
		if at >= position {
			return nil
		}
		p.urgent.Store(true)
		f.press()
		f.nudge()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}

// CatchUp takes what stands in the log now, whether or not Run runs.
func (f *Follower) CatchUp(ctx context.Context) error {
	return f.round(ctx, f.order, 0)
}

// Behind is how many entries of the log are not taken yet.
func (f *Follower) Behind(ctx context.Context) (entries int64, err error) {
	heads, err := f.log.Heads(ctx, f.log.Partitions())
	if err != nil {
		return 0, err
	}
	for i, p := range f.order {
		entries += max(0, heads[i].Position-p.position())
	}
	return entries, nil
}
