// Package autopay carries debits out: it finds those that the log asked for, sends
// them to the payment service, and tells the desk what became of them. It knows in
// which order to ask and when to ask again; it refuses to know why something is
// debited, and it remembers nothing that it could not find again after a crash.
//
// A debit is pending in the tables until its result is in the log. So whoever comes
// next, here or on another server, finds what is left to do; to do it twice is
// harmless, because the payment service knows a debit by its id and the desk a
// result by its key.
package autopay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

// Desk takes the results. *servicing.Desk is it.
type Desk interface {
	Do(ctx context.Context, r servicing.Request) (servicing.Answer, error)
}

// Book tells what is pending. *view.Tables is it.
type Book interface {
	PendingDebits(ctx context.Context, asked bool, after view.PendingDebit, limit int) ([]view.PendingDebit, error)
	WaitFor(ctx context.Context, partition int32, position int64) error
}

// Options are the follower's settings; the zero value of each is a good one.
type Options struct {
	Workers  int           // debits that are asked for at the same time; default 16
	Page     int           // debits that are read at once; default 500
	Poll     time.Duration // how often to look for new ones; default 1 s
	Call     time.Duration // how long the payment service may take for one answer; default 15 s
	Patience time.Duration // between two questions about a debit, at first; it doubles ten times; default 500 ms
	Asked    bool          // only what customers asked to pay now, who look at a page meanwhile; otherwise only what standing instructions ask for
	Log      *slog.Logger  // default: slog.Default()
}

func (o Options) withDefaults() Options {
	set := func(v *time.Duration, standard time.Duration) {
		if *v <= 0 {
			*v = standard
		}
	}
	set(&o.Poll, time.Second)
	set(&o.Call, 15*time.Second)
	set(&o.Patience, 500*time.Millisecond)
	if o.Workers <= 0 {
		o.Workers = 16
	}
	if o.Page <= 0 {
		o.Page = 500
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Follower (扣款执行) carries out the debits of an installation.
type Follower struct {
	desk    Desk
	book    Book
	service payment.Service
	elapsed func() time.Duration
	options Options
	figures counters

	turn  sync.Mutex // one round at a time
	mu    sync.Mutex
	waits map[credit.ID]wait // debits that were asked about and have no result
}

// wait says when to ask about a debit again.
type wait struct {
	until time.Duration
	tries int
	round int64 // in which it was last pending
}

// New makes a follower. elapsed is monotonic time since some start.
func New(desk Desk, book Book, service payment.Service, elapsed func() time.Duration, options Options) *Follower {
	return &Follower{desk: desk, book: book, service: service, elapsed: elapsed, options: options.withDefaults(), waits: map[credit.ID]wait{}}
}

// Run carries debits out until ctx ends. What fails is tried again: the error is
// logged, the debit stays pending, and nothing is lost.
func (f *Follower) Run(ctx context.Context) {
	poll := time.NewTicker(f.options.Poll)
	defer poll.Stop()
	for {
		if _, err := f.Round(ctx, false); err != nil && ctx.Err() == nil {
			f.options.Log.Error("debits", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}

// Round goes once through everything that is pending, and returns how many debits
// are pending still. Those that were asked about a moment ago are left in peace,
// unless all says otherwise.
func (f *Follower) Round(ctx context.Context, all bool) (left int, err error) {
	f.turn.Lock()
	defer f.turn.Unlock()
	f.figures.rounds.Add(1)
	done := positions{}
	for after := (view.PendingDebit{}); ; {
		page, err := f.book.PendingDebits(ctx, f.options.Asked, after, f.options.Page)
		if err != nil {
			return left, fmt.Errorf("autopay: find what is pending: %w", err)
		}
		left += f.page(ctx, page, all, &done)
		if len(page) < f.options.Page || ctx.Err() != nil {
			break
		}
		after = page[len(page)-1]
	}
	f.forget()
	// The next round is not to find what this one has done.
	for partition, position := range done.of {
		if err := f.book.WaitFor(ctx, partition, position); err != nil {
			return left, fmt.Errorf("autopay: wait for the tables: %w", err)
		}
	}
	return left, ctx.Err()
}

// page carries out some debits, an account's in their order and one after the other.
func (f *Follower) page(ctx context.Context, page []view.PendingDebit, all bool, done *positions) (left int) {
	var waiting atomic.Int64
	queue := make(chan []view.PendingDebit)
	var workers sync.WaitGroup
	for range min(f.options.Workers, len(page)) {
		workers.Go(func() {
			for debits := range queue {
				for i := range debits {
					if ctx.Err() != nil || !f.carryOut(ctx, &debits[i], all, done) {
						waiting.Add(1)
					}
				}
			}
		})
	}
	for begin := 0; begin < len(page); {
		end := begin + 1
		for end < len(page) && page[end].Account == page[begin].Account {
			end++
		}
		queue <- page[begin:end]
		begin = end
	}
	close(queue)
	workers.Wait()
	return int(waiting.Load())
}

// carryOut finds out what became of a debit and tells the desk. It reports whether
// there is a result. A debit may have been sent before, by whoever crashed then: so
// it is asked about first, and sent only if the service has never seen it.
func (f *Follower) carryOut(ctx context.Context, d *view.PendingDebit, all bool, done *positions) bool {
	id := d.ID()
	if !f.due(id, all) {
		return false
	}
	call, cancel := context.WithTimeout(ctx, f.options.Call)
	defer cancel()
	outcome, err := f.service.Ask(call, string(id))
	if errors.Is(err, payment.ErrUnknown) {
		f.figures.sent.Add(1)
		outcome, err = f.service.Debit(call, payment.Request{ID: string(id), Amount: d.Amount, Currency: d.Currency, Source: d.Source})
	}
	if err != nil || !outcome.Final() {
		f.later(ctx, id, err)
		return false
	}
	if err := f.tell(ctx, d, outcome, done); err != nil {
		if ctx.Err() == nil {
			f.options.Log.Error("the result of a debit was not taken", "debit", id, "status", outcome.Status, "error", err)
		}
		return false
	}
	return true
}

// tell gives a result to the desk, under a key of its own, so that it counts once
// however often it is told.
func (f *Follower) tell(ctx context.Context, d *view.PendingDebit, o payment.Outcome, done *positions) error {
	key := servicing.DebitKey + strconv.FormatInt(d.Number, 10)
	r := servicing.Request{Account: d.Account, Platform: d.Platform, Own: true}
	if o.Status == payment.Succeeded {
		r.Key, r.Command = key+":settled", credit.SettleDebit{Debit: d.Number}
	} else {
		r.Key, r.Command = key+":refused", credit.RefuseDebit{Debit: d.Number, Reason: reason(o.Reason)}
	}
	answer, err := f.desk.Do(ctx, r)
	var refusal *credit.Error
	if errors.As(err, &refusal) && refusal.Kind == credit.DebitNotPending {
		f.figures.contradicted.Add(1) // somebody told the desk otherwise: people have to look
	}
	if err != nil {
		return err
	}
	if o.Status == payment.Succeeded {
		f.figures.settled.Add(1)
	} else {
		f.figures.refused.Add(1)
	}
	done.note(answer.Partition, answer.Position)
	return nil
}

// reason keeps a service's code as it is, if it is one: no sentence about a person
// gets into the log.
func reason(code string) string {
	const most = 64
	if code == "" || len(code) > most {
		return "refused"
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.' {
			return "refused"
		}
	}
	return code
}

// due says whether it is time to ask about a debit.
func (f *Follower) due(id credit.ID, all bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, asked := f.waits[id]
	if !asked {
		return true
	}
	w.round = f.figures.rounds.Load()
	f.waits[id] = w
	return all || f.elapsed() >= w.until
}

// later notes that nobody knows what became of a debit, and when to ask again.
func (f *Follower) later(ctx context.Context, id credit.ID, err error) {
	if ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.waits[id]
	pause := f.options.Patience << min(w.tries, 10)
	f.waits[id] = wait{until: f.elapsed() + pause, tries: w.tries + 1, round: f.figures.rounds.Load()}
	if err == nil {
		return
	}
	f.figures.failed.Add(1)
	if w.tries == 0 || w.tries == 10 { // not once a minute for days
		f.options.Log.Warn("nobody knows what became of a debit", "debit", id, "tries", w.tries+1, "error", err)
	}
}

// forget drops the waits of debits that are pending no more.
func (f *Follower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.figures.rounds.Load()
	for id, w := range f.waits {
		if w.round != now {
			delete(f.waits, id)
		}
	}
}

// positions are the newest entries of results, by partition.
type positions struct {
	mu sync.Mutex
	of map[int32]int64
}

func (p *positions) note(partition int32, position int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[int32]int64{}
	}
	p.of[partition] = max(p.of[partition], position)
}

// Evening carries out what a sandbox's day asked for, before its next day begins. It
// gives up on what the service does not tell after a few questions, as a day would.
func (f *Follower) Evening(ctx context.Context) {
	const questions = 5
	for range questions {
		left, err := f.Round(ctx, true)
		if err != nil && ctx.Err() == nil {
			f.options.Log.Error("debits", "error", err)
		}
		if err != nil || left == 0 {
			return
		}
	}
}
