package credit

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
)

// CloseDay does what an account has due as a date begins, in the contract's order
// (日切). The desk asks for it before the account's first command of a day, and
// close of business asks for it for accounts that nobody touched: it is the same
// function, so it is the same result. Days that have something due are closed in
// order, each as itself: a late run tells the same facts of the same dates.
type CloseDay struct {
	Day calendar.Date `json:"day"`
}

func (CloseDay) Name() string { return "close_day" }

func (c CloseDay) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	switch next := a.NextDue(); {
	case next == 0 || next > c.Day:
		return nil // so that a second run, or a look on a quiet day, leaves no trace
	case next < c.Day:
		panic(fmt.Sprintf("%s is closed before %s, which has something due", c.Day, next))
	}
	a.expireHolds(c.Day, emit)
	a.lapseTemporaryLimit(c.Day, emit)
	a.raiseSpendingCap(c.Day, emit)
	a.switchScenesOn(c.Day, emit)
	a.loosenNightLock(c.Day, emit)
	a.issueStatement(c.Day, emit)
	a.becomeOverdue(c.Day, emit)
	a.chargePenalties(c.Day, emit)
	a.moveBuckets(c.Day, emit)
	a.chargeOff(c.Day, emit)
	a.requestDebits(c.Day, emit)
	a.regrade(c.Day, emit)
	a.reviewBreached(c.Day, emit)
	return nil
}

// NextDue is the first date after those done on which the account has something
// due, or no date. It is what the index of close of business holds: an account
// with nothing due is never looked at.
func (a *Account) NextDue() calendar.Date {
	var next calendar.Date
	due := func(on calendar.Date) {
		if next == 0 || on < next {
			next = on
		}
	}
	if a.Temporary != nil {
		due(a.Temporary.LastDay + 1)
	}
	if c := a.SpendingCap; c != nil && c.Raise != nil {
		due(c.Raise.From)
	}
	if l := a.NightLock; l != nil && l.Loosened != nil {
		due(l.Loosened.TakesEffect)
	}
	for _, off := range a.ScenesOff {
		if off.OnFrom != 0 {
			due(off.OnFrom)
		}
	}
	for i := range a.Holds {
		due(a.Holds[i].LastDay + 1)
	}
	for i := range a.Purchases {
		for _, in := range a.Purchases[i].Instalments {
			if in.Statement == 0 {
				due(in.On)
				break // instalments stand in the order of their statements
			}
		}
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		switch {
		case !s.Overdue:
			due(a.overdueOn(s))
		case !s.ChargedOff:
			due(s.Due + calendar.Date(s.Bucket*bucketDays) + 1)
			if on := a.chargeOffOn(s); on != 0 {
				due(on)
			}
		}
		if on := a.debitDay(s); on != 0 {
			due(on)
		}
	}
	if on := a.regradeOn(); on != 0 {
		due(on)
	}
	if a.Closure != nil && !a.Closure.Breached {
		due(a.Closure.ReviewBy + 1)
	}
	return next
}

func (a *Account) expireHolds(day calendar.Date, emit func(Event)) {
	var expired []HoldExpired
	for _, h := range a.Holds {
		if h.LastDay < day {
			expired = append(expired, HoldExpired{Hold: h.Number, Amount: h.Amount})
		}
	}
	for _, e := range expired {
		emit(e)
	}
}
