package view

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

// reader follows the log for some partitions, one goroutine for all of them.
type reader struct {
	tables     *Tables
	number     int
	partitions []*progress
	wake       chan struct{}
	pause      time.Duration // how long entries gather now
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
	r.pause = shortest
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
			r.pause = min(2*r.pause, r.tables.options.Pause)
		} else {
			r.pause = max(r.pause/2, shortest)
		}
		if !r.gather(ctx, r.share()) {
			return
		}
		select {
		case <-poll.C: // under load too
			r.look(ctx)
		default:
		}
		r.round(ctx)
	}
}

// share is the part of the pause that comes before each transaction. In PostgreSQL
// a round is one for each partition: the pause is spread between them, since all
// at once would be a burst that every checkout beside it waits behind.
func (r *reader) share() time.Duration {
	if r.tables.db.Dialect == database.SQLite {
		return r.pause
	}
	return max(r.pause/time.Duration(len(r.partitions)), shortest)
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

// round takes steps in the partitions that may have something, those that
// somebody waits for first, until none has.
func (r *reader) round(ctx context.Context) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		var due []*progress
		for _, urgent := range []bool{true, false} {
			for _, p := range r.partitions {
				// One that is woken again meanwhile is listed already: steps would wait for itself.
				// It stays dirty, and its nudge begins another round.
				if slices.Contains(due, p) || urgent && !p.urgent.Swap(false) || !p.dirty.Swap(false) {
					continue
				}
				due = append(due, p)
			}
		}
		for len(due) > 0 && ctx.Err() == nil {
			more, taken, err := r.tables.steps(ctx, due)
			if err != nil && ctx.Err() == nil {
				// The next poll finds them behind.
				r.tables.options.Log.Error("tables", "partition", due[0].partition, "error", err)
			}
			for _, p := range more {
				p.dirty.Store(true)
				again = true
			}
			due = due[taken:]
			if len(due) > 0 && len(more) == 0 && r.pause > shortest && r.tables.db.Dialect == database.PostgreSQL {
				r.gather(ctx, r.share())
			}
		}
	}
	// A pause in the middle takes the nudges of those that are not in this round.
	if slices.ContainsFunc(r.partitions, func(p *progress) bool { return p.dirty.Load() }) {
		r.nudge()
	}
}

// look finds out what other servers appended and wrote. Where the tables are
// behind and have not moved since the last look, nobody else is at work.
func (r *reader) look(ctx context.Context) {
	numbers := make([]int32, len(r.partitions))
	for i, p := range r.partitions {
		numbers[i] = p.partition
	}
	heads, err := r.tables.log.Heads(ctx, numbers)
	if err == nil {
		err = r.tables.learn(ctx, r.partitions)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.tables.options.Log.Error("tables", "error", err)
		}
		return
	}
	for i, p := range r.partitions {
		position := p.position.Load()
		if heads[i].Position > position && position == p.looked {
			p.dirty.Store(true)
		}
		p.looked = position
	}
}

// step reads some entries of a partition and writes them. It reports whether
// there may be more.
func (t *Tables) step(ctx context.Context, p *progress) (more bool, err error) {
	left, _, err := t.steps(ctx, []*progress{p})
	return len(left) > 0, err
}

// stretch is some entries of one partition, as the rows that they make.
type stretch struct {
	progress *progress
	from, to int64
	changes  *changes
	more     bool // there may be more entries after it
}

// steps reads some entries of the first partitions of a list and writes them in
// one transaction: of one partition in PostgreSQL, where a transaction touches one
// shard; in SQLite of as many as make a transaction worth its sync. It reports
// how many partitions of the list it took, and which of them may have more.
func (t *Tables) steps(ctx context.Context, list []*progress) (more []*progress, taken int, err error) {
	var stretches []*stretch
	defer func() {
		for _, p := range list[:taken] {
			p.turn.Unlock()
		}
	}()
	for rows := 0; taken < len(list) && (taken == 0 || t.db.Dialect == database.SQLite && rows < t.options.Rows); {
		p := list[taken]
		p.turn.Lock()
		taken++
		if p.position.Load() < 0 {
			left, err := t.empty(ctx, p)
			if err != nil {
				return more, taken, err
			}
			if left {
				more = append(more, p)
			}
			continue
		}
		s, err := t.read(ctx, p)
		if err != nil {
			p.pricing.forget()
			return more, taken, err
		}
		if s != nil {
			stretches = append(stretches, s)
			rows += s.changes.size()
		}
	}
	if len(stretches) == 0 {
		return more, taken, nil
	}
	err = t.apply(ctx, stretches)
	for _, s := range stretches {
		if err == nil {
			t.statistics.written(ctx, t, s.to-s.from)
			s.progress.reached(s.to)
			if s.more {
				more = append(more, s.progress)
			}
			continue
		}
		s.progress.pricing.forget()
	}
	if errors.Is(err, errFenced) || errors.Is(err, database.ErrUnknown) {
		err = nil
		for _, s := range stretches {
			more = append(more, s.progress)
			err = errors.Join(err, t.relearn(ctx, s.progress))
		}
	}
	return more, taken, err
}

// read makes rows of the next entries of a partition; nil: there are none.
func (t *Tables) read(ctx context.Context, p *progress) (*stretch, error) {
	s := &stretch{progress: p, from: p.position.Load(), changes: newChanges()}
	entries, err := p.next(ctx, t)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	taken := 0
	for taken < len(entries) && s.changes.size() < t.options.Rows {
		e := &entries[taken]
		if err := s.changes.entry(e); err != nil {
			return nil, fmt.Errorf("view: entry %d/%d: %w", p.partition, e.Position, err)
		}
		s.to = e.Position
		taken++
	}
	p.ahead = entries[taken:]
	s.more = len(p.ahead) > 0 || len(entries) == t.options.Batch
	return s, p.pricing.price(ctx, t, p.partition, s.changes)
}

// next returns the entries after the position: those that were read before and did
// not fit into a transaction, which the log never changes; those that this process
// has just appended; or else what the log has.
func (p *progress) next(ctx context.Context, t *Tables) ([]eventlog.Entry, error) {
	from := p.position.Load()
	if len(p.ahead) > 0 && p.ahead[0].Position == from+1 {
		return p.ahead, nil
	}
	p.ahead = nil
	if entries, _ := p.handed.Take(from, t.options.Batch); len(entries) > 0 {
		return entries, nil
	}
	return t.log.Read(ctx, p.partition, from, t.options.Batch)
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
