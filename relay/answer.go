package relay

import (
	"time"

	"github.com/yuefu/yuefu/credit"
)

// changes are what came of attempts and is not in the database yet.
type changes struct {
	attempts []attempt
	dropped  []credit.ID // accounts that are behind no more
	dead     []death
	replayed []replayed
	lags     bool // some rows of accounts that are behind are to be written
}

func (c *changes) urgent() bool {
	return c.lags || len(c.attempts) > 0 || len(c.dropped) > 0 || len(c.dead) > 0 || len(c.replayed) > 0
}

// death is an event that was tried for long enough.
type death struct {
	attempt int // its last one, by index
	account credit.ID
	lag     lag
	kind    string
}

// replayed is what came of a try of a dead event.
type replayed struct {
	number int64
	done   bool // it is delivered
	again  bool // it is tried again
	tries  int
	next   time.Time
	last   outcome
}

// answered takes what came of a job.
func (n *runner) answered(r result) {
	n.out--
	now := n.relay.options.Now()
	first := len(n.pending.attempts)
	for _, a := range r.attempts {
		n.count(&a)
		n.pending.attempts = append(n.pending.attempts, a)
	}
	last := len(n.pending.attempts) - 1
	if r.err != nil {
		n.relay.options.Log.Error("webhooks: read an account's history", "endpoint", n.id, "account", r.account, "error", r.err)
	}
	if r.dead != nil {
		n.ofDead(r, last)
		return
	}
	l := n.behind[r.account]
	if j := n.given[r.account]; j != nil {
		delete(n.given, r.account)
		if r.whole {
			return
		}
		l = &lag{partition: r.partition, place: r.from}
		n.behind[r.account] = l
	} else {
		l.running = false
		n.lags--
	}
	l.dirty, n.pending.lags = true, true
	if r.next != l.place {
		l.place, l.tries, l.first = r.next, 0, time.Time{}
	}
	switch {
	case r.err != nil:
		l.next = now.Add(pauses[0])
	case r.failed != nil && last >= first:
		n.missed(r, l, last)
	case r.whole && r.upto == n.cursors[r.partition]:
		if l.stored {
			n.pending.dropped = append(n.pending.dropped, r.account)
		}
		delete(n.behind, r.account)
	default: // there is more to catch up with
		l.next = now
	}
}

// missed says when an account is tried again whose event was not taken, or lets the event be
// dead, so that the account goes on.
func (n *runner) missed(r result, l *lag, last int) {
	a := &n.pending.attempts[last]
	if l.tries == 0 {
		l.first = a.at
	}
	l.tries++
	next, more := again(l.tries, l.first, a.at.Add(a.took), a.pause)
	if more {
		l.next, a.next = next, next
		return
	}
	n.relay.figures.dead.Add(1)
	n.pending.dead = append(n.pending.dead, death{attempt: last, account: r.account, lag: *l, kind: r.failed.Type})
	n.relay.options.Log.Warn("webhooks: an event is dead", "endpoint", n.id, "event", r.failed.ID, "tries", l.tries, "failure", a.failure)
	l.place.Number++
	l.tries, l.first, l.next = 0, time.Time{}, n.relay.options.Now()
}

// count counts an attempt, and finds out whether the endpoint takes anything.
func (n *runner) count(a *attempt) {
	c := &n.relay.figures
	c.attempts.Add(1)
	if a.ok() {
		c.delivered.Add(1)
		n.misses = 0
		if n.down.Load() {
			n.relay.options.Log.Info("webhooks: the endpoint takes events again", "endpoint", n.id)
			n.allDue()
		}
		return
	}
	c.failed.Add(1)
	n.misses++
	if n.misses == downAfter {
		n.relay.options.Log.Warn("webhooks: the endpoint takes nothing", "endpoint", n.id, "failure", a.failure)
		n.down.Store(true)
		n.pace, n.probe = 0, n.relay.elapsed()+firstPace
	}
}

// ofDead takes what came of a dead event's replay.
func (n *runner) ofDead(r result, last int) {
	d := replayed{number: r.dead.Number, done: r.whole && len(r.attempts) == 1}
	if r.failed == nil && !d.done { // it was not tried: the next look finds it again
		delete(n.replays, r.dead.Number)
		return
	}
	a := &n.pending.attempts[last]
	d.tries, d.last = r.tries+1, a.outcome
	if !d.done {
		a.next, d.again = again(d.tries, r.first, a.at.Add(a.took), a.pause)
		d.next = a.next
	}
	n.pending.replayed = append(n.pending.replayed, d)
}
