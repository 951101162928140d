package servicing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// The refusals of the business date.
var (
	ErrClockBackwards = errors.New("the business date never goes back")
	ErrClockJump      = errors.New("the clock is further ahead of the business date than it may be: an operator has to open the day")
	ErrNotSandbox     = errors.New("only a sandbox's clock can be moved")
)

// days is what the desk knows of business dates.
type days struct {
	moving  sync.Mutex   // one at a time moves a sandbox's clock
	opening sync.Mutex   // one day opens at a time
	open    atomic.Int32 // the newest that this server opened or found open

	undone  atomic.Bool  // the newest date's close of business was not finished
	closing atomic.Int32 // the date that close of business works on; 0: none
	done    atomic.Int64 // accounts that it has closed
}

func (d *days) seen(day calendar.Date) {
	for {
		old := d.open.Load()
		if int32(day) <= old || d.open.CompareAndSwap(old, int32(day)) {
			return
		}
	}
}

// openDayName is the wire name of the entry that opens a business date.
const openDayName = "open_day"

// Today is the business date and the instant of the desk's clock.
func (d *Desk) Today() credit.Moment {
	return credit.Moment{Day: calendar.Date(d.days.open.Load()), Time: d.options.Clock.Now().UnixMicro()}
}

// OpenDay begins a business date (日切): the date becomes an entry in each partition's
// log, and then close of business does what accounts have due on it. It may be
// called again, after a crash or by another server: the result is the same. A
// date that is not later than the open one opens nothing, but work left undone is done.
func (d *Desk) OpenDay(ctx context.Context, day calendar.Date) error {
	d.days.opening.Lock()
	defer d.days.opening.Unlock()
	if day < calendar.Date(d.days.open.Load()) {
		return fmt.Errorf("%w: %s is before %s", ErrClockBackwards, day, calendar.Date(d.days.open.Load()))
	}
	d.days.closing.Store(int32(day))
	d.days.done.Store(0)
	d.days.undone.Store(true)
	defer d.days.closing.Store(0)
	err := d.each(func(l *lane) error {
		partitions, err := l.openDay(ctx, day)
		if err != nil {
			return fmt.Errorf("open %s: %w", day, err)
		}
		d.days.seen(day)
		for _, o := range partitions {
			if err := d.closeOfBusiness(ctx, l, o, day); err != nil {
				return fmt.Errorf("close of business in partition %d: %w", o.partition, err)
			}
		}
		return nil
	})
	if err == nil {
		d.days.undone.Store(false)
	}
	return err
}

// Resume makes a desk ready to take commands: in a new log it opens the first
// business date; in one that was used before it finishes the newest, in case
// somebody crashed between the first partition and the last.
func (d *Desk) Resume(ctx context.Context, first calendar.Date) error {
	if open := calendar.Date(d.days.open.Load()); open != 0 {
		first = open
	}
	return d.OpenDay(ctx, first)
}

// each runs work for every lane at once.
func (d *Desk) each(work func(*lane) error) error {
	errs := make([]error, len(d.lanes))
	var lanes sync.WaitGroup
	for i, l := range d.lanes {
		lanes.Go(func() { errs[i] = work(l) })
	}
	lanes.Wait()
	return errors.Join(errs...)
}

// opened is a partition in which a date was opened.
type opened struct {
	partition int32
	moved     int64 // position of the newest entry before it that may be an account's
}

// openDay opens a date in all of the lane's partitions by one append.
func (l *lane) openDay(ctx context.Context, day calendar.Date) ([]opened, error) {
	t := &task{open: day}
	err := l.do(ctx, t)
	return t.opened, err
}

// openDay adds the entries that open a date, where no other server was first.
func (b *batch) openDay(t *task) {
	t.opened = t.opened[:0]
	for _, partition := range b.lane.partitions {
		head := b.head(partition)
		o := opened{partition, b.lane.moved[partition]}
		if head.Position != b.lane.heads[partition].Position {
			o.moved = head.Position // by this very batch
		}
		if calendar.Date(head.Day) < t.open {
			head.Position++
			head.Day, head.Time = int32(t.open), max(b.now, head.Time)
			b.entries = append(b.entries, eventlog.Entry{
				Partition: partition, Position: head.Position, Key: "day:" + t.open.String(),
				Time: head.Time, Day: head.Day, Due: -1,
				Name: openDayName, Command: []byte("{}"), Events: []byte("[]"),
			})
		}
		t.opened = append(t.opened, o)
	}
	b.decided = append(b.decided, t)
}

const (
	// duePage is how many due accounts are asked of the index at a time.
	duePage = 20_000
	// dueChunk is how many accounts close their days in one batch: few enough that a
	// checkout behind them waits a few milliseconds, many enough for a cheap append.
	dueChunk = 128
)

// closeOfBusiness closes the due days of a partition's accounts that nobody has
// touched since the date was opened. It holds no lock; whoever is touched
// meanwhile has closed their own days, and is found to have nothing due.
//
// It waits until the tables know of every account that moved before the date was
// opened, and of nothing else: on quiet days they need not keep step.
func (d *Desk) closeOfBusiness(ctx context.Context, l *lane, o opened, day calendar.Date) error {
	if d.options.Due == nil {
		return nil
	}
	partition := o.partition
	if err := d.options.Due.WaitFor(ctx, partition, o.moved); err != nil {
		return fmt.Errorf("wait for the tables: %w", err)
	}
	for after := credit.ID(""); ; {
		due, err := d.options.Due.Due(ctx, partition, day, after, duePage)
		if err != nil {
			return fmt.Errorf("find what is due: %w", err)
		}
		for rest := due; len(rest) > 0; {
			chunk := rest[:min(dueChunk, len(rest))]
			rest = rest[len(chunk):]
			if err := l.do(ctx, &task{partition: partition, touch: chunk}); err != nil {
				return err
			}
			d.days.done.Add(int64(len(chunk)))
		}
		if len(due) < duePage {
			return nil
		}
		after = due[len(due)-1]
	}
}

// Advance moves a sandbox's clock to a date, day by day, through the very path that
// real days take. progress may be nil; it is told each date that is done.
func (d *Desk) Advance(ctx context.Context, to calendar.Date, progress func(calendar.Date)) error {
	clock, ok := d.options.Clock.(*SandboxClock)
	if !ok {
		return ErrNotSandbox
	}
	d.days.moving.Lock()
	defer d.days.moving.Unlock()
	today := d.Today().Day
	if to < today {
		return fmt.Errorf("%w: %s is before %s", ErrClockBackwards, to, today)
	}
	if d.days.undone.Load() {
		if err := d.OpenDay(ctx, today); err != nil {
			return err
		}
	}
	now := clock.Now()
	for day := today + 1; day <= to; day++ {
		now = now.Add(24 * time.Hour)
		clock.Set(now)
		if err := d.OpenDay(ctx, day); err != nil {
			return err
		}
		if d.options.Evening != nil {
			d.options.Evening(ctx, day)
		}
		if progress != nil {
			progress(day)
		}
	}
	return nil
}

// RunClock opens each business date as the clock reaches its midnight in a time
// zone, until ctx ends. A clock that goes back changes nothing. One that is more
// days ahead than allowed opens nothing and keeps raising the alarm: either the
// clock is wrong, or the server was away for long and an operator has to say so.
func (d *Desk) RunClock(ctx context.Context, zone *time.Location) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.stop:
			return nil
		case <-tick.C:
			if err := d.CatchUp(ctx, zone); err != nil && ctx.Err() == nil {
				d.options.Log.Error("business date", "error", err)
			}
		}
	}
}

// CatchUp is one tick of RunClock: it opens the dates that the clock has reached since the last one.
func (d *Desk) CatchUp(ctx context.Context, zone *time.Location) error {
	today, open := calendar.At(d.options.Clock.Now().In(zone)), calendar.Date(d.days.open.Load())
	switch {
	case today <= open && !d.days.undone.Load():
		return nil
	case int(today-open) > d.options.MaxJump:
		return fmt.Errorf("%w: %s is open, the clock says %s", ErrClockJump, open, today)
	}
	if d.days.undone.Load() {
		open--
	}
	for day := open + 1; day <= today; day++ {
		if err := d.OpenDay(ctx, day); err != nil {
			return err
		}
	}
	return nil
}
