package relay

import (
	"context"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
)

// job is what a worker is given: events of one account, one after the other.
type job struct {
	account   credit.ID
	partition int32
	events    []event.Event // nil: read them
	from      event.Place   // the first of them
	upto      int64         // the entry up to which they are wanted
	tries     int           // of the first one, so far
	first     time.Time     // when it was first tried
	dead      *Dead         // a dead event that is replayed
}

// result is what came of a job.
type result struct {
	job
	next     event.Place // the first event that the endpoint lacks
	whole    bool        // it has everything up to upto
	failed   *event.Event
	attempts []attempt
	err      error // ours: nobody was at fault outside
}

// hand gives a job to the workers.
func (n *runner) hand(j job) {
	n.out++
	n.jobs <- j
}

// historyPage is how many entries of an account that is behind are read at once.
const historyPage = 50

// carryOut sends events until one is not taken.
func (n *runner) carryOut(ctx context.Context, j job) result {
	r := result{job: j, next: j.from, whole: true}
	to := n.target.Load()
	events := j.events
	if events == nil {
		var err error
		if events, r.whole, err = n.read(ctx, &j); err != nil {
			r.whole, r.err = false, err
			return r
		}
	}
	for i := range events {
		e := &events[i]
		r.next = e.Place
		if !to.wants(e) && j.dead == nil {
			continue
		}
		if ctx.Err() != nil || !n.relay.ours() {
			r.whole = false
			return r
		}
		try := 1
		if e.Place == j.from {
			try += j.tries
		}
		o := n.relay.send(ctx, n.client, to, e.ID, e.Append(nil))
		if !o.ok() && ctx.Err() != nil { // we went away, and not the receiver
			r.whole = false
			return r
		}
		r.attempts = append(r.attempts, attemptOf(e, o, try))
		if !o.ok() {
			r.whole, r.failed = false, e
			return r
		}
	}
	switch {
	case r.whole:
		r.next = event.Place{Position: j.upto + 1, Number: 1}
	case len(events) > 0:
		r.next = event.Place{Position: events[len(events)-1].Place.Position + 1, Number: 1}
	}
	return r
}

// read reads the events of a job from the log, or the first ones: whole tells which.
func (n *runner) read(ctx context.Context, j *job) (events []event.Event, whole bool, err error) {
	limit := historyPage
	if j.dead != nil {
		limit = 1
	}
	entries, err := n.relay.tables.History(ctx, j.account, j.from.Position-1, limit)
	if err != nil {
		return nil, false, err
	}
	whole = len(entries) < limit
	for len(entries) > 0 && entries[len(entries)-1].Position > j.upto {
		entries, whole = entries[:len(entries)-1], true
	}
	whole = whole || len(entries) > 0 && entries[len(entries)-1].Position == j.upto
	owners, err := n.relay.owners.Of(ctx, j.partition, entries)
	if err != nil {
		return nil, false, err
	}
	for i := range entries {
		list, err := event.Of(&entries[i], owners[j.account].Customer)
		if err != nil {
			return nil, false, err
		}
		for _, e := range list {
			if e.Place.Before(j.from) || j.dead != nil && e.Place != j.from {
				continue
			}
			events = append(events, e)
		}
	}
	if len(entries) > 0 && len(events) == 0 && !whole {
		// The rest of an entry was all that there was: go on behind the page.
		j.from = event.Place{Position: entries[len(entries)-1].Position + 1, Number: 1}
		return n.read(ctx, j)
	}
	return events, whole, nil
}

// page reads new entries and gives their events out. Partitions take turns, so that one
// that is far behind keeps no other waiting.
func (n *runner) page(ctx context.Context) error {
	to, heads, partitions := n.target.Load(), n.relay.heads, n.relay.log.Partitions()
	one := n.down.Load()
	n.full = false
	if one {
		n.pace = min(max(2*n.pace, firstPace), longestPace)
		n.probe = n.relay.elapsed() + n.pace
	}
	due := 0
	for _, partition := range partitions {
		if heads[partition].Load() > n.cursors[partition] {
			due++
		}
	}
	for left := n.batch; due > 0 && left > 0; due-- {
		for heads[partitions[n.turn%len(partitions)]].Load() <= n.cursors[partitions[n.turn%len(partitions)]] {
			n.turn++
		}
		partition := partitions[n.turn%len(partitions)]
		n.turn++
		share := max(leastBatch, n.batch/max(1, due))
		entries, err := n.relay.log.Read(ctx, partition, n.cursors[partition], share)
		if err != nil {
			return err
		}
		n.full = n.full || len(entries) == share
		if len(entries) == 0 {
			return nil // somebody's look at the heads is newer than our connection's
		}
		if err := n.give(ctx, to, partition, entries, one); err != nil {
			return err
		}
		left -= len(entries)
		if one && len(n.given) > 0 {
			break // a probe is one account
		}
	}
	return nil
}

// give gives the events of some entries of a partition out, and moves its cursor: what is
// given and not taken is on the row of its account. one: it ends with the first account that
// has something.
func (n *runner) give(ctx context.Context, to *target, partition int32, entries []eventlog.Entry, one bool) error {
	owners, err := n.relay.owners.Of(ctx, partition, entries)
	if err != nil {
		return err
	}
	var order []*job
	last := n.cursors[partition]
	of := map[credit.ID]*job{}
	for i := range entries {
		e := &entries[i]
		account := credit.ID(e.Account)
		if _, waits := n.behind[account]; account != "" && !waits && owners[account].Platform == to.platform {
			list, err := event.Of(e, owners[account].Customer)
			if err != nil {
				return err
			}
			for k := range list {
				if !to.wants(&list[k]) {
					continue
				}
				j := of[account]
				if j == nil {
					j = &job{account: account, partition: partition, from: list[k].Place}
					of[account], order = j, append(order, j)
				}
				j.events = append(j.events, list[k])
			}
		}
		last = e.Position
		if one && len(order) > 0 {
			break
		}
	}
	n.cursors[partition] = last // no error has come between: what it passes is given out, or nobody's
	for _, j := range order {
		j.upto = last
		n.given[j.account] = j
		n.hand(*j)
	}
	return nil
}
