package follow

import (
	"context"
	"time"

	"github.com/yuefu/yuefu/eventlog"
)

// Run follows until ctx ends. What could not be taken is tried again: the error is
// logged, the reader stays behind, and nothing is lost.
func (f *Follower) Run(ctx context.Context) {
	poll := time.NewTicker(f.options.Poll)
	defer poll.Stop()
	// Without load an entry is taken at once. Under load entries gather, so that a
	// reader's transactions are few and the log's own have the machine meanwhile.
	const shortest = time.Millisecond
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
		gather := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			gather.Stop()
			return
		case <-gather.C:
		}
		for _, p := range f.order {
			if !p.dirty.Swap(false) {
				continue
			}
			if err := f.drain(ctx, p); err != nil && ctx.Err() == nil {
				f.options.Log.Error("a reader of the log is held up", "reader", f.reader.Name, "error", err)
			}
		}
	}
}

// look finds out what other servers appended, and what could not be taken before.
func (f *Follower) look(ctx context.Context) {
	heads, err := f.log.Heads(ctx, f.log.Partitions())
	if err != nil {
		if ctx.Err() == nil {
			f.options.Log.Error("a reader of the log is held up", "reader", f.reader.Name, "error", err)
		}
		return
	}
	for i, p := range f.order {
		if heads[i].Position > p.position() {
			p.dirty.Store(true)
		}
	}
}

// drain takes what a partition has.
func (f *Follower) drain(ctx context.Context, p *place) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = f.step(ctx, p); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Appended takes over entries that the desk has just appended, in order within each
// partition, so that they need not be read back. Nobody may change them any more.
func (f *Follower) Appended(entries []eventlog.Entry) {
	for stretch := range Stretches(entries) {
		if p := f.partitions[stretch[0].Partition]; p != nil {
			p.handed.Add(stretch)
			p.dirty.Store(true)
		}
	}
	f.nudge()
}

func (f *Follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// WaitFor returns when everything up to a position of a partition is taken, or ctx ends.
func (f *Follower) WaitFor(ctx context.Context, partition int32, position int64) error {
	p := f.partitions[partition]
	for {
		p.mu.Lock()
		at, moved := p.at, p.moved
		p.mu.Unlock()
		if at >= position {
			return nil
		}
		p.dirty.Store(true)
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
	for _, p := range f.order {
		if err := f.drain(ctx, p); err != nil {
			return err
		}
	}
	return nil
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
