package relay

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
)

// runner sends one endpoint's events. All that it knows belongs to one goroutine; its
// workers send what they are given, and say what came of it.
type runner struct {
	relay  *Relay
	id     string
	fence  int64
	client *http.Client
	target atomic.Pointer[target]
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{}

	jobs    chan job
	results chan result

	cursors map[int32]int64    // up to where each partition was given out
	saved   map[int32]int64    // and what of it is in the database
	behind  map[credit.ID]*lag // accounts that are behind their cursor
	given   map[credit.ID]*job // of this round: not answered yet
	full    bool               // the last page did not come to the end of the log
	out     int                // jobs that are not answered
	lags    int                // of behind, those that a worker has now
	urls    string             // where the last round sent to
	turn    int                // the partition that the next page begins with
	replays map[int64]bool     // dead events that a worker has now, by number
	replay  time.Duration      // when to look for replays again
	pending changes            // to be saved
	batch   int                // entries that a round takes
	misses  int                // attempts in a row that failed
	probe   time.Duration      // while down: when to try something new again
	pace    time.Duration      // and how long to wait then
	stamp   time.Duration      // of the last save

	backlog atomic.Int64
	waiting atomic.Int64
	down    atomic.Bool
}

// lag (落后账户) is an account that is behind: from place on, the endpoint lacks its events.
type lag struct {
	partition   int32
	place       event.Place
	tries       int // of the event at place
	first, next time.Time
	running     bool // a worker has it
	dirty       bool // the row is to be written
	stored      bool // there is a row
}

// downAfter is how many attempts in a row fail before an endpoint counts as down. Its cursor
// then waits, and only now and then something new is tried.
const downAfter = 64

const (
	leastBatch   = 16
	firstPace    = 5 * time.Second
	longestPace  = time.Minute
	replayEvery  = 2 * time.Second
	saveIdle     = 10 * time.Second // a cursor that moved past nothing of ours is saved so often
	keptAttempts = 1000
)

func newRunner(r *Relay, id string) *runner {
	room := 2*(r.options.Batch+leastBatch) + 4*r.options.Concurrency // for all that can be given out at once, see open
	return &runner{
		relay: r, id: id, client: r.newClient(), wake: make(chan struct{}, 1), done: make(chan struct{}), batch: leastBatch,
		jobs: make(chan job, room), results: make(chan result, room),
		cursors: map[int32]int64{}, saved: map[int32]int64{}, behind: map[credit.ID]*lag{}, given: map[credit.ID]*job{}, replays: map[int64]bool{},
	}
}

func (n *runner) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *runner) ended() bool {
	select {
	case <-n.done:
		return true
	default:
		return false
	}
}

// start begins to send, until stop.
func (n *runner) start(ctx context.Context) {
	ctx, n.cancel = context.WithCancel(ctx)
	var workers sync.WaitGroup
	for range n.relay.options.Concurrency {
		workers.Go(func() {
			for j := range n.jobs {
				n.results <- n.carryOut(ctx, j)
			}
		})
	}
	go func() {
		defer close(n.done)
		err := n.run(ctx)
		close(n.jobs)
		n.cancel()
		drained := make(chan struct{})
		go func() { workers.Wait(); close(drained) }()
		for waiting := true; waiting; { // nobody is to stand before a full channel
			select {
			case <-n.results:
			case <-drained:
				waiting = false
			}
		}
		n.client.CloseIdleConnections()
		if err != nil && !errors.Is(err, errLost) {
			n.relay.options.Log.Error("webhooks", "endpoint", n.id, "error", err)
		}
	}()
}

func (n *runner) stop() {
	n.cancel()
	<-n.done
}

// errLost says that another server leads the endpoint now, or that it was deleted.
var errLost = errors.New("relay: the endpoint is another server's")

// run goes on until ctx ends. An error ends it; whoever leads the endpoint next goes on from
// what was saved.
func (n *runner) run(ctx context.Context) error {
	for {
		begun := n.relay.elapsed()
		if n.relay.ours() {
			if err := n.round(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		if ctx.Err() == nil && n.pressed() {
			continue
		}
		if !n.wait(ctx, begun) {
			n.settle()
			return n.save(context.WithoutCancel(ctx)) // what was taken need not be sent again
		}
	}
}

// gather is how much time lies between two rounds at least, unless there is a backlog: a busy
// installation is one save for many events, an idle one sends at once.
const gather = 50 * time.Millisecond

// wait returns when there may be something to do again; false: ctx has ended.
func (n *runner) wait(ctx context.Context, begun time.Duration) bool {
	until := n.relay.elapsed() + min(n.relay.options.Poll, 250*time.Millisecond)
	timer := time.NewTimer(until - n.relay.elapsed())
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case r := <-n.results:
			n.answered(r)
		case <-n.wake:
		}
		if soon := begun + gather; soon < until {
			until = soon
			timer.Reset(max(0, until-n.relay.elapsed()))
		}
	}
}

// settle takes the answers of what is given out. It does not take long: nothing is sent any more.
func (n *runner) settle() {
	patience := time.NewTimer(time.Second)
	defer patience.Stop()
	for n.out > 0 {
		select {
		case r := <-n.results:
			n.answered(r)
		case <-patience.C:
			return
		}
	}
}

// pressed tells whether there is a backlog: the last page did not come to its end.
func (n *runner) pressed() bool {
	return n.full && n.relay.ours() && n.open() && n.left() > 0
}

// left counts the entries that are not given out.
func (n *runner) left() (entries int64) {
	for partition, head := range n.relay.heads {
		entries += max(0, head.Load()-n.cursors[partition])
	}
	return entries
}

// open tells whether new entries may be given out: not while too many accounts wait, nor
// while more is given out than there are workers, and while the endpoint is down only now and then.
func (n *runner) open() bool {
	return len(n.behind) < n.relay.options.Most && n.lags <= n.relay.options.Concurrency && (!n.down.Load() || n.relay.elapsed() >= n.probe)
}

// round gives out what is due and what is new, waits for the answers, but not for ever, and
// saves what came of it.
func (n *runner) round(ctx context.Context) error {
	n.collect()
	n.hurry()
	n.retry()
	if err := n.again(ctx); err != nil {
		return err
	}
	if n.open() {
		begun := n.relay.elapsed()
		if err := n.page(ctx); err != nil {
			return err
		}
		n.await(ctx)
		n.adapt(n.relay.elapsed() - begun)
	}
	n.backlog.Store(n.left())
	n.waiting.Store(int64(len(n.behind)))
	if !n.pending.urgent() && (maps.Equal(n.cursors, n.saved) || n.relay.elapsed()-n.stamp < saveIdle) {
		return nil
	}
	return n.save(context.WithoutCancel(ctx))
}

// collect takes the answers that are there.
func (n *runner) collect() {
	for {
		select {
		case r := <-n.results:
			n.answered(r)
		default:
			return
		}
	}
}

// hurry has everybody tried at once when the endpoint has another address.
func (n *runner) hurry() {
	url := n.target.Load().url
	if n.urls != "" && n.urls != url {
		n.allDue()
	}
	n.urls = url
}

func (n *runner) allDue() {
	now := n.relay.options.Now()
	for _, l := range n.behind {
		if l.next.After(now) {
			l.next, l.dirty = now, true
			n.pending.lags = true
		}
	}
	n.misses, n.pace, n.probe = 0, 0, 0
	n.down.Store(false)
}

// retry gives out the accounts that are behind and due, to half of the workers at most: the
// others are for what is new.
func (n *runner) retry() {
	now := n.relay.options.Now()
	most := max(1, n.relay.options.Concurrency/2)
	for account, l := range n.behind {
		if n.lags+len(n.replays) >= most {
			return
		}
		if l.running || l.next.After(now) {
			continue
		}
		l.running = true
		n.lags++
		n.hand(job{account: account, partition: l.partition, from: l.place, upto: n.cursors[l.partition], tries: l.tries, first: l.first})
	}
}

// await takes answers until all of the round are there. Accounts that take longer than the
// patience go on by themselves, as ones that are behind, so that the others need not wait.
func (n *runner) await(ctx context.Context) {
	timer := time.NewTimer(n.relay.options.Patience)
	defer timer.Stop()
	for len(n.given) > 0 {
		select {
		case r := <-n.results:
			n.answered(r)
			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		now := n.relay.options.Now()
		for account, j := range n.given {
			n.behind[account] = &lag{partition: j.partition, place: j.from, next: now, running: true, dirty: true}
			n.pending.lags = true
			n.lags++
			delete(n.given, account)
		}
	}
}

// adapt lets a round be about as long as is good for the next save: many entries for a
// receiver that is quick, few for one that is slow or takes nothing.
func (n *runner) adapt(took time.Duration) {
	switch {
	case n.misses > 0 || took > time.Second:
		n.batch = max(leastBatch, n.batch/2)
	case took < 300*time.Millisecond:
		n.batch = min(n.relay.options.Batch, n.batch*2)
	}
}
