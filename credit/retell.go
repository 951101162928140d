package credit

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// Fact is one entry of an account's history: what was asked, what happened, and
// when it took effect.
type Fact struct {
	Command Command
	Events  []Event
	At      Moment
}

// Change is what is different when a history is told again.
type Change struct {
	From    int                // facts before this place happened as they did
	Without map[int64]bool     // numbers of repayments that never came
	Terms   func(Terms) *Terms // the contract under which it goes on; nil: the same
	Until   calendar.Date      // days are closed through this one

	Quiet bool // nothing is charged off that was not: those books are closed
}

// Retold is a history told again.
type Retold struct {
	Account *Account
	Facts   []Fact
	From    int    // the place in them from which the change counts
	Dropped []Fact // what was asked, and would have been refused
}

// retold is a command whose outcome follows from the state, so that it is decided
// again when a history is told under other circumstances. What is not retold is a fact of
// the world, and happens again as it did.
type retold interface {
	again(a *Account, f Fact, emit func(Event)) error
}

// Retell tells an account's history again with a change: orders, deliveries,
// repayments and requests are facts and stay; bills, allocation, penalties and whatever else
// follows from them is worked out anew, under the numbers that it had. It does not
// change what it is given, and fails if the facts cannot be told so.
func Retell(id ID, history []Fact, c Change) (r Retold, err error) {
	defer func() {
		if p := recover(); p != nil { // a fact that does not fit its new past
			err = fmt.Errorf("credit: the history of %s cannot be told so: %v", id, p)
		}
	}()
	t := telling{account: &Account{ID: id}, numbers: map[calendar.Date]int64{}}
	for _, f := range history {
		for _, e := range f.Events {
			t.fresh = max(t.fresh, numberOf(e))
		}
		t.remember(f)
	}
	start, without := c.start(history)
	t.without = without
	for i, f := range history {
		if i < start {
			t.asItWas(f)
			continue
		}
		if i == c.From {
			t.begin(c)
		}
		t.account.telling, t.account.quiet = true, c.Quiet
		t.tell(f)
	}
	if c.From >= len(history) {
		t.begin(c)
	}
	t.account.telling, t.account.quiet = true, c.Quiet
	t.close(c.Until)
	t.account.telling, t.account.quiet = false, false
	t.account.Numbers = max(t.account.Numbers, t.fresh)
	return Retold{Account: t.account, Facts: t.facts, From: t.from, Dropped: t.dropped}, t.account.Check()
}

// remember keeps which numbers the bills of which dates had, as they were issued or as a
// reversal found that they would have been.
func (t *telling) remember(f Fact) {
	for _, e := range f.Events {
		switch e := e.(type) {
		case StatementIssued:
			t.numbers[e.Date] = e.Number
		case RepaymentReversed:
			for _, s := range e.Issued {
				t.numbers[s.Date] = s.Number
				t.fresh = max(t.fresh, s.Number)
			}
			if e.Owed != nil {
				t.fresh = max(t.fresh, e.Owed.Number)
			}
		}
	}
}

// start is the place from which a history is told, and the repayments that it is told
// without: what bounced after it never came, also if that was before the change.
func (c Change) start(history []Fact) (start int, without map[int64]bool) {
	start, without = min(c.From, len(history)), map[int64]bool{}
	maps.Copy(without, c.Without)
	for moved := true; moved; {
		moved = false
		for _, f := range history[start:] {
			for _, e := range f.Events {
				if e, ok := e.(RepaymentReversed); ok {
					without[e.Repayment] = true
				}
			}
		}
		if i := slices.IndexFunc(history[:start], func(f Fact) bool { return f.repaid(without) }); i >= 0 {
			start, moved = i, true
		}
	}
	return start, without
}

// repaid says whether a fact brought one of some repayments.
func (f Fact) repaid(some map[int64]bool) bool {
	return slices.ContainsFunc(f.Events, func(e Event) bool {
		switch e := e.(type) {
		case RepaymentReceived:
			return some[e.Number]
		case EarlyRepaymentReceived:
			return some[e.Number]
		}
		return false
	})
}

type telling struct {
	account *Account
	without map[int64]bool
	terms   func(Terms) *Terms      // once the contract has changed
	from    int                     // of the told facts: where the change counts from
	numbers map[calendar.Date]int64 // of the bill of a date
	fresh   int64                   // the highest number that was given: new things get those after it
	facts   []Fact
	dropped []Fact
}

// begin lets the change count from here on.
func (t *telling) begin(c Change) {
	t.from, t.terms = len(t.facts), c.Terms
	if a := t.account; c.Terms != nil && a.Terms != nil {
		for i := range a.Former {
			a.Former[i].Terms = c.Terms(*a.Former[i].Terms)
		}
		if a.Agreed == nil {
			a.Terms = c.Terms(*a.Terms)
		} else {
			a.Agreed = c.Terms(*a.Agreed)
			a.Terms = a.kinder()
		}
	}
}

func (t *telling) asItWas(f Fact) {
	for _, e := range f.Events {
		e.apply(t.account, f.At.Day)
	}
	t.facts = append(t.facts, f)
}

func (t *telling) tell(f Fact) {
	t.close(f.At.Day) // days close when they are due, not when they were
	if _, ok := f.Command.(CloseDay); ok {
		t.sent(f)
		return
	}
	if t.never(f) {
		t.answered(f)
		return
	}
	if len(f.Events) == 0 { // an echo of what was known: it did nothing, and does nothing
		t.facts = append(t.facts, f)
		return
	}
	told := Fact{Command: f.Command, At: f.At}
	emit := func(e Event) {
		e.apply(t.account, f.At.Day)
		told.Events = append(told.Events, e)
	}
	t.count(firstNumber(f.Events))
	if c, ok := f.Command.(retold); ok {
		if err := c.again(t.account, f, emit); err != nil {
			t.dropped = append(t.dropped, f)
			return
		}
	} else {
		for _, e := range f.Events {
			switch e.(type) {
			case AccountGraded, FormerTermsEnded: // they follow, or not
			default:
				emit(t.renewed(e))
			}
		}
	}
	t.account.follow(f.At.Day, emit)
	t.facts = append(t.facts, told)
}

// sent tells what reached beyond the account as a day closed: money that was asked of
// the customer's source was asked for, and no other.
func (t *telling) sent(f Fact) {
	told := Fact{Command: f.Command, At: f.At}
	emit := func(e Event) {
		e.apply(t.account, f.At.Day)
		told.Events = append(told.Events, e)
	}
	for _, e := range f.Events {
		switch e.(type) {
		case DebitRequested, DebitSkipped:
			t.account.chargePenalties(f.At.Day, emit) // as on any day that is closed
			emit(e)
		}
	}
	if len(told.Events) > 0 {
		t.facts = append(t.facts, told)
	}
}

// answered lets a debit whose money bounced be over, as it is: nobody waits for it.
func (t *telling) answered(f Fact) {
	for _, e := range f.Events {
		if e, ok := e.(DebitSettled); ok {
			e.apply(t.account, f.At.Day)
			t.facts = append(t.facts, Fact{Command: f.Command, At: f.At, Events: []Event{e}})
		}
	}
}

// never says whether a fact is about a repayment that never came.
func (t *telling) never(f Fact) bool {
	for _, e := range f.Events {
		if e, ok := e.(RepaymentReversed); ok {
			// Whoever tells without a repayment tells without its reversal too. What the
			// customer owes since, for money that was paid back, stays owed.
			if e.Owed != nil {
				t.account.owe(e.Owed)
				t.account.overreturned -= e.Owed.Amount
			}
			if e.Status != Unopened && t.account.Status.Over() {
				t.account.reopen() // as it was from then on
			}
			return true
		}
	}
	return f.repaid(t.without)
}

// renewed is an event under the changed contract.
func (t *telling) renewed(e Event) Event {
	if t.terms == nil {
		return e
	}
	switch e := e.(type) {
	case AccountOpened:
		e.Terms = t.terms(*e.Terms)
		return e
	case ApplicationReferred:
		e.Terms = t.terms(*e.Terms)
		return e
	case ApplicationRefused:
		if e.Terms != nil {
			e.Terms = t.terms(*e.Terms)
		}
		return e
	case AgreementRenewed:
		e.Terms = t.terms(*e.Terms)
		return e
	default:
		return e
	}
}

// close closes the days that have something due, through a day.
func (t *telling) close(through calendar.Date) {
	for due := t.account.NextDue(); due != 0 && due <= through; due = t.account.NextDue() {
		t.count(t.numbers[due])
		command := CloseDay{Day: due}
		at := Moment{Day: due}
		events, err := t.account.Do(command, at)
		if err != nil {
			panic(err)
		}
		if next := t.account.NextDue(); next != 0 && next <= due {
			panic(fmt.Sprintf("closing %s leaves something due on %s", due, next))
		}
		t.facts = append(t.facts, Fact{Command: command, Events: events, At: at})
	}
}

// count lets the next things have the numbers from first on, which they had when it
// happened, or numbers that nobody ever had.
func (t *telling) count(first int64) {
	t.fresh = max(t.fresh, t.account.Numbers)
	if first == 0 {
		first = t.fresh + 1
	}
	t.account.Numbers = first - 1
}

func firstNumber(events []Event) int64 {
	for _, e := range events {
		if n := numberOf(e); n != 0 {
			return n
		}
	}
	return 0
}

// numberOf is the number that an event gave to a new thing, or 0. Decisions on an
// application name its number and give none.
func numberOf(e Event) int64 {
	switch e.(type) {
	case ApplicationReferred, ApplicationRefused:
		return 0
	}
	if n := reflect.ValueOf(e).FieldByName("Number"); n.IsValid() && n.CanInt() {
		return n.Int()
	}
	return 0
}

func (c Repay) again(a *Account, f Fact, emit func(Event)) error       { return c.do(a, f.At, emit) }
func (c RefuseDebit) again(a *Account, f Fact, emit func(Event)) error { return c.do(a, f.At, emit) }
func (c Refund) again(a *Account, f Fact, emit func(Event)) error      { return c.do(a, f.At, emit) }

// again delivers the same order: what it costs, and when, follows from the contract.
func (c Capture) again(a *Account, f Fact, emit func(Event)) error { return c.do(a, f.At, emit) }

// again pays back what was paid back, as far as there was a credit balance. The rest
// is money that the customer has and must return.
func (c ReturnCredit) again(a *Account, f Fact, emit func(Event)) error {
	for _, e := range f.Events {
		if e, ok := e.(CreditReturned); ok {
			there := min(e.Amount, a.Credit)
			a.overreturned += e.Amount - there
			if e.Amount = there; there > 0 {
				emit(e)
			}
		}
	}
	return nil
}

// An account closes only if it would have been clear.
func (c RequestClosure) again(a *Account, f Fact, emit func(Event)) error { return c.do(a, f.At, emit) }
func (c ApproveClosure) again(a *Account, f Fact, emit func(Event)) error { return c.do(a, f.At, emit) }
func (c RefuseClosure) again(a *Account, f Fact, emit func(Event)) error  { return c.do(a, f.At, emit) }
func (c WithdrawClosure) again(a *Account, f Fact, emit func(Event)) error {
	return c.do(a, f.At, emit)
}
