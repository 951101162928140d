package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// former is an agreement of before, while something of it runs.
type former struct {
	terms   *Terms
	through int64         // the last number under it
	on      calendar.Date // the day of the renewal: what was ordered until then is of before
}

// Renew agrees to newer terms: continuing says that running accounts can take them
// over, fresh is how many of their texts are new.
func (a *Account) Renew(t *Terms, newer, continuing bool, evidence []Evidence, fresh int, at Moment) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case a.status != "active":
		return Answer{Refused: "account_not_open"}
	case !newer || !continuing:
		return Answer{Refused: "agreement_not_pending"}
	case a.isOverdue():
		return Answer{Refused: "overdue_first"}
	}
	for _, e := range evidence {
		if wrong := e.judge(t.Reading, at.Time); wrong != "" {
			return Answer{Refused: wrong}
		}
	}
	if len(evidence) != fresh {
		return Answer{Refused: "consent_incomplete"}
	}
	before := a.terms
	if a.agreed != nil {
		before = a.agreed
	}
	n := a.number()
	a.former = append(a.former, former{before, n, a.day})
	a.agreed = t
	a.mix()
	a.alone()
	return Answer{Number: n}
}

// Version is that of the newest agreement.
func (a *Account) Version() int {
	if a.terms == nil {
		return 0
	}
	return a.terms.Version
}

// mix lets the newest terms hold, with what is kinder in former ones for one bill.
func (a *Account) mix() {
	t := *a.agreed
	for _, f := range a.former {
		old := f.terms
		if old.GraceDays > t.GraceDays {
			t.GraceDays = old.GraceDays
		}
		if old.PenaltyRate < t.PenaltyRate {
			t.PenaltyRate = old.PenaltyRate
		}
		if old.PenaltyCap != 0 && (t.PenaltyCap == 0 || old.PenaltyCap < t.PenaltyCap) {
			t.PenaltyCap = old.PenaltyCap
		}
		if old.PrincipalFirst != 0 && (t.PrincipalFirst == 0 || old.PrincipalFirst < t.PrincipalFirst) {
			t.PrincipalFirst = old.PrincipalFirst
		}
		if old.ChargeOffDays == 0 || t.ChargeOffDays != 0 && old.ChargeOffDays > t.ChargeOffDays {
			t.ChargeOffDays = old.ChargeOffDays
		}
		if old.EarlyFees == "" || t.EarlyFees == "all" {
			t.EarlyFees = old.EarlyFees
		}
		if t.Deferral == nil {
			t.Deferral = old.Deferral
		}
		if len(t.Conversions) == 0 {
			t.Conversions, t.ConvertLate = old.Conversions, old.ConvertLate
		}
	}
	a.terms = &t
}

// alone lets the newest terms hold alone once nothing of before is left, and no bill.
func (a *Account) alone() {
	if len(a.former) == 0 || len(a.bills) > 0 || len(a.disputes) > 0 {
		return
	}
	last := a.former[len(a.former)-1]
	if slices.ContainsFunc(a.holds, func(h *hold) bool { return h.n <= last.through }) {
		return
	}
	for _, p := range a.purchases {
		if p.order.on <= last.on && a.live(p) > 0 {
			return
		}
	}
	a.terms, a.agreed, a.former = a.agreed, nil, nil
}

// Rest is what follows by itself from whatever was done.
func (a *Account) Rest() { a.alone() }

// LowerLimit is the customer's own wish to owe less.
func (a *Account) LowerLimit(limit money.Amount) Answer {
	wrong := a.missing()
	switch {
	case wrong != "":
	case limit < 0 || limit > a.limit:
		wrong = "invalid_amount"
	case limit == a.limit:
		wrong = "unchanged"
	default:
		a.limit = limit
		a.Changes++
		return Answer{Amount: limit}
	}
	return Answer{Refused: wrong}
}
