package notice

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/yuefu/yuefu/credit"
)

// due says whether it is time to try a message.
func (r *Room) due(id credit.ID, all bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, tried := r.waits[id]
	if !tried {
		return true
	}
	w.round = r.round
	r.waits[id] = w
	return all || r.clock.Elapsed() >= w.until
}

// later notes that a message goes on, and when to try again.
func (r *Room) later(ctx context.Context, o *open, says string, err error) {
	if ctx.Err() != nil || o.settled {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.waits[o.id()]
	pause := r.options.Patience << min(w.tries, 10)
	r.waits[o.id()] = wait{until: r.clock.Elapsed() + pause, tries: w.tries + 1, round: r.round}
	if err == nil {
		return
	}
	r.figures.failed.Add(1)
	if w.tries == 0 || w.tries == 10 { // not once a minute for a day
		r.options.Log.Warn(says, "message", o.id(), "tries", w.tries+1, "error", err)
	}
}

func (r *Room) settledWait(id credit.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waits, id)
}

// forget drops the waits of messages that go on no more.
func (r *Room) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, w := range r.waits {
		if w.round != r.round {
			delete(r.waits, id)
		}
	}
}

type counters struct {
	sent, delivered, undelivered, unconfirmed, refused, dropped, dead, failed atomic.Int64
}

func (c *counters) count(s MessageStatus) {
	switch s {
	case Delivered:
		c.delivered.Add(1)
	case Undelivered:
		c.undelivered.Add(1)
	case Unconfirmed:
		c.unconfirmed.Add(1)
	case Refused:
		c.refused.Add(1)
	case Dropped:
		c.dropped.Add(1)
	case Dead:
		c.dead.Add(1)
	case Waiting, Sending, Accepted: // not the end
	}
}

// Counts (短信统计) are what became of messages here, since the room opened.
type Counts struct {
	Sent        int64 // handed over, or tried to
	Delivered   int64
	Undelivered int64
	Unconfirmed int64 // no receipt ever came
	Refused     int64
	Dropped     int64 // nobody tried
	Dead        int64 // tried until it was too late
	Failed      int64 // calls that had no answer
}

// Counts returns them.
func (r *Room) Counts() Counts {
	c := &r.figures
	return Counts{
		Sent: c.sent.Load(), Delivered: c.delivered.Load(), Undelivered: c.undelivered.Load(), Unconfirmed: c.unconfirmed.Load(),
		Refused: c.refused.Load(), Dropped: c.dropped.Load(), Dead: c.dead.Load(), Failed: c.failed.Load(),
	}
}

const (
	countOpen = `SELECT count(*) FROM notice_message WHERE settled_at IS NULL AND not_before <= $1`
	countDead = `SELECT count(*) FROM notice_message WHERE status = 'dead' AND not_before > $1`
)

// Backlog is how many messages of all servers wait although their hour has come, and how
// many died in the last week: those are for people to look at.
func (r *Room) Backlog(ctx context.Context) (open, dead int64, err error) {
	now := r.now()
	if err := r.db.Reader().QueryRowContext(ctx, countOpen, now).Scan(&open); err != nil {
		return 0, 0, fmt.Errorf("notice: backlog: %w", err)
	}
	if err := r.db.Reader().QueryRowContext(ctx, countDead, now-7*lifetime.Microseconds()).Scan(&dead); err != nil {
		return 0, 0, fmt.Errorf("notice: backlog: %w", err)
	}
	return open, dead, nil
}
