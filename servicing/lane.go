package servicing

import (
	"context"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// task is one thing asked of a lane: a command, a look at an account, a day to
// open, or accounts to close due days of.
type task struct {
	ctx       context.Context
	partition int32
	account   credit.ID
	platform  string
	taken     time.Duration

	request *Request // a command …
	command []byte   // … and its JSON
	look    func(*credit.Account, credit.Moment, int64)
	open    calendar.Date // a business date to open in the lane's partitions …
	opened  []opened      // … and what close of business has to do there
	touch   []credit.ID   // accounts to close the due days of

	answer Answer
	err    error
	done   chan struct{}
}

func (t *task) finish(err error) {
	t.err = err
	close(t.done)
}

// cached is an account in memory, as durable as the log.
type cached struct {
	account  *credit.Account
	position int64         // of its newest entry
	due      calendar.Date // as its newest entry said
	since    int           // entries since its newest snapshot
}

// keyed is a key of an account.
type keyed struct {
	account credit.ID
	key     string
}

// executed is what a key was used for and what was answered.
type executed struct {
	name    string
	command []byte
	answer  []byte
	at      int64
}

// lane is the one writer of a group of partitions.
type lane struct {
	desk       *Desk
	queue      chan *task
	chores     chan *task // close of business: one of them goes with each batch
	partitions []int32
	heads      map[int32]*eventlog.Head
	moved      map[int32]int64 // position of the newest entry that may be an account's: what close of business has to find in the tables
	accounts   *generations[credit.ID, *cached]
	answers    *generations[keyed, executed]
	stopped    map[credit.ID]error
	lost       bool // the log could not be reached: heads and accounts in memory may be old
}

// rememberedAnswers bounds the fast path of repeated keys; the log remembers them all.
const rememberedAnswers = 32_768

func newLane(d *Desk) *lane {
	return &lane{
		desk:     d,
		queue:    make(chan *task, d.options.Queue),
		chores:   make(chan *task),
		heads:    map[int32]*eventlog.Head{},
		moved:    map[int32]int64{},
		accounts: newGenerations[credit.ID, *cached](d.options.Accounts / max(1, d.options.Lanes)),
		answers:  newGenerations[keyed, executed](rememberedAnswers),
		stopped:  map[credit.ID]error{},
	}
}

// run takes batches until the desk closes, and then finishes what it was given.
func (l *lane) run() {
	defer l.desk.running.Done()
	var tasks []*task
	for {
		tasks = tasks[:0]
		select {
		case t := <-l.queue:
			tasks = append(tasks, t)
		case t := <-l.chores:
			tasks = append(tasks, t)
		case <-l.desk.stop:
			l.drain()
			return
		}
		tasks = l.gather(tasks)
		l.desk.counters.batch(len(tasks))
		l.process(tasks)
	}
}

// gather adds what else is waiting, and one chore at most, so that close of
// business takes turns with checkouts and never stops them.
func (l *lane) gather(tasks []*task) []*task {
	for len(tasks) < l.desk.options.Batch {
		select {
		case t := <-l.queue:
			tasks = append(tasks, t)
			continue
		default:
		}
		break
	}
	if tasks[0].touch == nil {
		select {
		case t := <-l.chores:
			tasks = append(tasks, t)
		default:
		}
	}
	return tasks
}

func (l *lane) drain() {
	for {
		select {
		case t := <-l.queue:
			t.finish(ErrClosed)
		default:
			return
		}
	}
}

// do gives the lane a task that is not a customer's and waits for it.
func (l *lane) do(ctx context.Context, t *task) error {
	t.ctx = ctx
	t.done = make(chan struct{})
	t.taken = l.desk.options.Clock.Elapsed()
	select {
	case l.chores <- t:
	case <-l.desk.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-t.done
	return t.err
}
