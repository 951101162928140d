package view

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// auditedLimits are an account's limits as its events add up.
type auditedLimits struct {
	permanent, temporary money.Amount
	until                calendar.Date
}

// capped checks limits against the most that the contract's law lets one person owe.
func (l *auditedLimits) capped(t *credit.Terms) *Violation {
	if t.LimitCap > 0 && l.permanent+l.temporary > t.LimitCap {
		return wrong(CheckLimits, "limits of %d and %d are together above the cap of %d", l.permanent, l.temporary, t.LimitCap)
	}
	return nil
}

func (l *auditedLimits) opened(e credit.AccountOpened) *Violation {
	*l = auditedLimits{permanent: e.Limit}
	return l.capped(e.Terms)
}

// limitChanged checks that a raise is one that this customer agreed to, by an act that the command tells.
func (x *audited) limitChanged(command credit.Command, e credit.LimitChanged) *Violation {
	if e.Before != x.limits.permanent {
		return wrong(CheckLimits, "the limit was changed from %d, and was %d", e.Before, x.limits.permanent)
	}
	x.limits.permanent = e.Limit
	if e.Limit <= e.Before {
		return nil
	}
	text, err := x.state.LimitIncrease(e.Limit)
	c, ok := command.(credit.ChangeLimit)
	switch {
	case err != nil:
		return wrong(CheckLimits, "the limit was raised from %d to %d: %v", e.Before, e.Limit, err)
	case !ok || c.Consent == nil || e.Agreement == nil || e.Agreement.Document != text || !c.Consent.Proves(*e.Agreement, x.state.Customer):
		return wrong(CheckConsent, "nothing proves that the customer agreed to a limit of %d instead of %d", e.Limit, e.Before)
	}
	return x.limits.capped(x.state.Terms)
}

func (l *auditedLimits) granted(day calendar.Date, t *credit.Terms, e credit.TemporaryLimitGranted) *Violation {
	l.temporary, l.until = e.Amount, e.LastDay
	if e.LastDay < day {
		return wrong(CheckLimits, "a temporary limit was granted on %s until %s", day, e.LastDay)
	}
	return l.capped(t)
}

func (l *auditedLimits) ended(amount money.Amount) *Violation {
	if amount != l.temporary || amount == 0 {
		return wrong(CheckLimits, "a temporary limit of %d ended, and it was %d", amount, l.temporary)
	}
	l.temporary, l.until = 0, 0
	return nil
}

func (l *auditedLimits) lapsed(day calendar.Date, e credit.TemporaryLimitLapsed) *Violation {
	if day != l.until+1 {
		return wrong(CheckLimits, "a temporary limit until %s lapsed on %s", l.until, day)
	}
	return l.ended(e.Amount)
}

// dueDayChosen checks that a due day is one that the contract offers, or the one before.
func (x *audited) dueDayChosen(e credit.DueDayChosen) *Violation {
	if e.Before != x.dueDay || !slices.Contains(x.state.Terms.DueDays, e.Day) {
		return wrong(CheckCycles, "due day %d was chosen instead of %d, which was %d, of %v", e.Day, e.Before, x.dueDay, x.state.Terms.DueDays)
	}
	x.dueDay = e.Day
	return nil
}

// dueDayOf is the due day by an account's state; 0 while it was never opened.
func dueDayOf(a *credit.Account) int {
	if a.Terms == nil {
		return 0
	}
	return a.OwnTerms().DueDay
}

// used is what holds and owed principal take of the limits.
func (x *audited) used() (sum money.Amount) {
	for _, h := range x.holds {
		sum += h.left
	}
	return sum + x.state.Outstanding()
}

// temporaryOf is an account's temporary limit, or none.
func temporaryOf(a *credit.Account) credit.TemporaryLimit {
	if a.Temporary == nil {
		return credit.TemporaryLimit{}
	}
	return *a.Temporary
}
