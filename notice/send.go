package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/servicing"
)

// sender remembers nothing that it could not find again after a crash: only when it
// last tried what did not work.
type sender struct {
	turn    sync.Mutex // one round at a time
	mu      sync.Mutex
	waits   map[credit.ID]wait // messages that were tried and go on
	round   int64
	figures counters
}

type wait struct {
	until time.Duration
	tries int
	round int64 // in which it was last open
}

// Run sends until ctx ends. What fails is tried again: the error is logged, the
// message stays open, and nothing is lost.
func (r *Room) Run(ctx context.Context) {
	if r.options.SMS == nil {
		return
	}
	poll := time.NewTicker(r.options.Poll)
	defer poll.Stop()
	for {
		if _, err := r.Round(ctx, false); err != nil && ctx.Err() == nil {
			r.options.Log.Error("messages", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}

// Evening sends what a sandbox's day had to say, before its next day begins. It gives
// up on what the provider does not tell after a few questions, as a day would.
func (r *Room) Evening(ctx context.Context) {
	const questions = 5
	for range questions {
		left, err := r.Round(ctx, true)
		if err != nil && ctx.Err() == nil {
			r.options.Log.Error("messages", "error", err)
		}
		if err != nil || left == 0 {
			return
		}
	}
}

const selectOpen = `SELECT m.account, m.number, m.not_before, m.not_after, m.tries, m.status, m.text, n.kind, CAST(n.day AS TEXT), n.reference, n.figures
	FROM notice_message m JOIN notice n ON n.partition = m.partition AND n.account = m.account AND n.number = m.number
	WHERE m.partition = $1 AND m.settled_at IS NULL AND m.not_before <= $2 AND (m.not_before, m.account, m.number) > ($3, $4, $5)
	ORDER BY m.not_before, m.account, m.number LIMIT $6`

// Round goes once through all messages whose hour has come, and returns how many go on
// still. Those that were tried a moment ago are left in peace, unless all says otherwise.
func (r *Room) Round(ctx context.Context, all bool) (left int, err error) {
	if r.options.SMS == nil {
		return 0, nil
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	r.round++
	now := r.now()
	// A partition at a time, so that the index gives what waits for the morning no look at
	// all; but what is found is written together.
	var batch []*open
	send := func() error {
		n, err := r.send(ctx, batch, now, all)
		left, batch = left+n, nil
		return err
	}
	for _, partition := range r.db.Book().Partitions {
		for after := (open{}); ; {
			more, err := r.open(ctx, partition, now, &after)
			if err != nil {
				return left, err
			}
			if batch = append(batch, more...); len(batch) >= page {
				if err := send(); err != nil {
					return left, err
				}
			}
			if len(more) < page || ctx.Err() != nil {
				break
			}
			after = *more[len(more)-1]
		}
	}
	if err := send(); err != nil {
		return left, err
	}
	r.forget()
	return left, ctx.Err()
}

// open reads some messages of a partition after a given one.
func (r *Room) open(ctx context.Context, partition int32, now int64, after *open) (batch []*open, err error) {
	rows, err := r.db.Reader().QueryContext(ctx, selectOpen, partition, now, after.notBefore, string(after.notice.Account), after.notice.Number, page)
	if err != nil {
		return nil, fmt.Errorf("notice: open messages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		o := &open{partition: partition}
		n := &o.notice
		var day, figures string
		if err := rows.Scan(&n.Account, &n.Number, &o.notBefore, &o.notAfter, &o.tries, &o.status, &o.text, &n.Kind, &day, &n.Reference, &figures); err != nil {
			return nil, fmt.Errorf("notice: open messages: %w", err)
		}
		if n.Day, err = calendar.Parse(day); err == nil {
			err = json.Unmarshal([]byte(figures), &n.Figures)
		}
		if err != nil {
			return nil, fmt.Errorf("notice: message %s: %w", o.id(), err)
		}
		batch = append(batch, o)
	}
	return batch, rows.Err()
}

// send does what can be done for some messages now. Before anything leaves the house its words are
// durable: whoever comes after a crash asks about the same message, and sends no other.
func (r *Room) send(ctx context.Context, batch []*open, now int64, all bool) (left int, err error) {
	r.each(batch, func(o *open) { r.prepare(ctx, o, now, all) })
	if err := r.save(ctx, batch, now); err != nil {
		return len(batch), err
	}
	r.each(batch, func(o *open) {
		if !o.settled && !o.held {
			r.handOver(ctx, o, now)
		}
	})
	if err := r.save(ctx, batch, now); err != nil {
		return len(batch), err
	}
	for _, o := range batch {
		if !o.settled {
			left++
		}
	}
	return left, nil
}

// each does some work for each message, several at a time.
func (r *Room) each(batch []*open, work func(*open)) {
	var workers sync.WaitGroup
	queue := make(chan *open)
	for range min(r.options.Workers, len(batch)) {
		workers.Go(func() {
			for o := range queue {
				work(o)
			}
		})
	}
	for _, o := range batch {
		queue <- o
	}
	close(queue)
	workers.Wait()
}

// prepare decides whether a message is sent, and writes it.
func (r *Room) prepare(ctx context.Context, o *open, now int64, all bool) {
	waiting := o.status == Waiting
	switch {
	case !r.due(o.id(), all) || ctx.Err() != nil:
		o.held = true
		return
	case waiting && now > o.notAfter && o.tries > 0:
		o.settle(Dead, Unsent)
		return
	case waiting && (now > o.notAfter || o.notice.Kind == Reminder && o.notice.Day < r.desk().Today().Day):
		o.settle(Dropped, TooLate)
		return
	case kinds[o.notice.Kind] == byDay && r.night(now):
		o.held = true
		return
	case !waiting:
		return
	}
	preferences, err := r.Preferences(ctx, o.notice.Account)
	if err == nil {
		err = r.compose(ctx, o, preferences)
	}
	if err != nil {
		o.held = true
		r.later(ctx, o, "a message could not be prepared", err)
	}
}

// compose finds out where a message goes, whether it may, and what it says.
func (r *Room) compose(ctx context.Context, o *open, p Preferences) error {
	if o.notice.Kind == Reminder && o.notice.Figures.Days > 0 && !p.ReminderSMS {
		o.settle(Dropped, SwitchedOff)
		return nil
	}
	n, debt := o.notice, kinds[o.notice.Kind] == aboutDebt
	if err := r.reach(ctx, o, func(a *credit.Account) {
		if debt && !refresh(&n, a) {
			o.settle(Dropped, NotNeeded)
		}
	}); err != nil || o.settled {
		return err
	}
	text, err := Render(n.Kind, p.Language, &n.Figures)
	if err != nil {
		return err
	}
	o.text, o.language, o.status, o.changed = Signed(r.options.Signature, text.SMS), p.Language, Sending, true
	return nil
}

// reach finds a customer's phone, and where a debt is spoken of asks whether it may ring.
func (r *Room) reach(ctx context.Context, o *open, see func(*credit.Account)) error {
	purpose, customer, platform := credit.Reminder, "", ""
	if err := r.look(ctx, o.partition, 0, o.notice.Account, func(a *credit.Account, of string) {
		customer, platform = a.Customer, of
		if a.OverdueAmount() > 0 || a.ChargedOffOwed() > 0 {
			purpose = credit.Collection
		}
		see(a)
	}); err != nil || o.settled {
		return err
	}
	var err error
	if o.phone, err = r.phone(ctx, platform, customer); errors.Is(err, ErrNoPhone) {
		o.settle(Dropped, NoPhone)
		return nil
	} else if err != nil {
		o.tries++
		o.changed = true
		return err
	}
	if kinds[o.notice.Kind] != aboutDebt {
		return nil
	}
	return r.contact(ctx, o, platform, purpose)
}

func (r *Room) phone(ctx context.Context, platform, customer string) (string, error) {
	if r.options.Phones == nil {
		return "", ErrNoPhone
	}
	return r.options.Phones.Phone(ctx, platform, customer)
}

// contact has a message about a debt counted as one of the day's contacts, by the one
// who counts all of them. It is counted as one that reaches its customer, and before
// it is sent: whoever is called less than allowed has lost nothing.
func (r *Room) contact(ctx context.Context, o *open, platform string, purpose credit.ContactPurpose) error {
	today := r.desk().Today()
	_, offset := time.UnixMicro(today.Time).In(r.zone).Zone()
	_, err := r.desk().Do(ctx, servicing.Request{
		Account: o.notice.Account, Platform: platform, Own: true,
		Key: servicing.NoticeKey + strconv.FormatInt(o.notice.Number, 10) + ":" + today.Day.String(),
		Command: credit.MakeContact{
			Channel: credit.ByMessage, Purpose: purpose, Party: credit.TheCustomer, Effective: true, Offset: offset,
		},
	})
	var refusal *credit.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Kind {
	case credit.ContactQuiet:
		return err // the contract's night is longer: again later
	case credit.ContactTooOften:
		o.settle(Dropped, TooOften)
	default:
		o.settle(Dropped, NotNeeded)
	}
	return nil
}

// handOver gives a message to the provider, or asks what became of it.
func (r *Room) handOver(ctx context.Context, o *open, now int64) {
	call, cancel := context.WithTimeout(ctx, r.options.Call)
	defer cancel()
	id := string(o.id())
	var outcome sms.Outcome
	var err error
	if o.phone == "" { // it was prepared by somebody who may have sent it
		outcome, err = r.options.SMS.Ask(call, id)
		if errors.Is(err, sms.ErrUnknown) && o.status == Sending {
			if err = r.again(ctx, o, now); err != nil || o.settled {
				r.later(ctx, o, "a message could not be sent again", err)
				return
			}
		}
	}
	if o.phone != "" {
		o.tries++
		o.changed = true
		r.figures.sent.Add(1)
		outcome, err = r.options.SMS.Send(call, sms.Message{ID: id, Phone: o.phone, Text: o.text})
	}
	switch {
	case err != nil && o.status == Sending && now > o.notAfter:
		o.settle(Dead, Unsent)
	case o.status == Accepted && now > o.notBefore+receiptsFor.Microseconds() && (err != nil || !outcome.Final()):
		o.settle(Unconfirmed, "")
	case err != nil:
		r.later(ctx, o, "nobody knows what became of a message", err)
	case outcome.Final():
		o.settle(MessageStatus(outcome.Status), outcome.Reason)
	default:
		o.changed = o.changed || o.status != Accepted
		o.status = Accepted
		r.later(ctx, o, "", nil)
	}
}

// again makes ready a message that never arrived: on another day, or at night, it may not ring any more.
func (r *Room) again(ctx context.Context, o *open, now int64) error {
	if now > o.notAfter {
		o.settle(Dead, Unsent)
		return nil
	}
	debt := kinds[o.notice.Kind] == aboutDebt
	return r.reach(ctx, o, func(a *credit.Account) {
		if n := o.notice; debt && !refresh(&n, a) {
			o.settle(Dropped, NotNeeded)
		}
	})
}

const updateMessage = `UPDATE notice_message SET status = $1, reason = $2, language = CASE WHEN $3 = '' THEN language ELSE $3 END, text = $4, tries = $5,
		sent_at = COALESCE(sent_at, $6), settled_at = $7
	WHERE partition = $8 AND account = $9 AND number = $10 AND settled_at IS NULL AND (text = '' OR text = $4)`

// save writes what a round found out. Where another server was first with other words,
// its words stand, and this one leaves the message to it.
func (r *Room) save(ctx context.Context, batch []*open, now int64) error {
	var changed []*open
	for _, o := range batch {
		if o.changed {
			changed = append(changed, o)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	lost := make(map[*open]bool, len(changed))
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		clear(lost)
		for _, o := range changed {
			var sent, settled any
			if o.status == Accepted || o.status == Delivered || o.status == Undelivered {
				sent = now
			}
			if o.settled {
				settled = now
			}
			result, err := r.db.Exec(ctx, tx, updateMessage, string(o.status), o.reason, string(o.language), o.text, o.tries, sent, settled, o.partition, string(o.notice.Account), o.notice.Number)
			if err != nil {
				return fmt.Errorf("notice: message %s: %w", o.id(), err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return fmt.Errorf("notice: message %s: %w", o.id(), err)
			}
			lost[o] = n == 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, o := range changed {
		o.changed = false
		o.held = o.held || lost[o]
		if o.settled && !lost[o] {
			r.figures.count(o.status)
			r.settledWait(o.id())
		}
	}
	return nil
}
