package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Freeze adds a block by hand.
func (a *Account) Freeze(kind string) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case !byHand(kind):
		return Answer{Refused: "block_not_yours"}
	case a.over():
		return Answer{Refused: "account_not_open"}
	case slices.Contains(a.blocks, kind):
		return Answer{Refused: "block_exists"}
	}
	a.block(kind)
	return Answer{}
}

// Unfreeze lifts a block by hand.
func (a *Account) Unfreeze(kind string) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case !byHand(kind):
		return Answer{Refused: "block_not_yours"}
	case !slices.Contains(a.blocks, kind):
		return Answer{Refused: "block_missing"}
	}
	a.unblock(kind)
	return Answer{}
}

func byHand(kind string) bool { return kind != "overdue" }

// obstacles lists what stands in the way of closing.
func (a *Account) obstacles() (unmet []Unmet) {
	add := func(condition string, amount money.Amount) {
		if amount > 0 {
			unmet = append(unmet, Unmet{condition, amount})
		}
	}
	for _, b := range a.bills {
		add("billed_amount_owed", a.owedOn(b)-a.penalty(b))
		add("penalty_owed", a.penalty(b))
		if b.deferred && a.day <= b.due {
			unmet = append(unmet, Unmet{Condition: "deferral_running"})
		}
	}
	for _, p := range a.purchases {
		unbilled := money.Amount(0)
		for _, x := range p.parts {
			if x.bill == 0 {
				unbilled += x.asks()
			}
		}
		if p.plan.Periods > 1 || slices.ContainsFunc(p.parts, func(x *part) bool { return x.roll != nil }) {
			add("instalments_running", unbilled)
		} else {
			add("unbilled_amount_owed", unbilled)
		}
	}
	for _, h := range a.holds {
		add("hold_open", h.amount)
	}
	for _, d := range a.disputes {
		add("dispute_open", d.amount)
	}
	add("credit_balance_unpaid", a.credit)
	for _, d := range a.debits {
		if d.status == "pending" {
			add("debit_pending", d.amount)
		}
	}
	for _, kind := range a.blocks {
		if kind != "customer" {
			unmet = append(unmet, Unmet{Condition: "block_in_force_" + kind})
		}
	}
	return unmet
}

// over says whether the credit line was given back.
func (a *Account) over() bool { return a.status == "closed" || a.status == "deregistered" }

// RequestClosure asks to close the account, or to end its contract too.
func (a *Account) RequestClosure(ends bool) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case a.closing != nil:
		return Answer{Refused: "closure_pending"}
	case a.status == "deregistered" || a.status == "closed" && !ends:
		return Answer{Refused: "account_not_open"}
	case a.waiting != nil:
		return Answer{Refused: "application_pending"}
	}
	if unmet := a.obstacles(); len(unmet) > 0 {
		return Answer{Refused: "account_not_clear", Unmet: unmet}
	}
	by := a.workingDays(a.terms.ReviewDays)
	a.closing = &closing{n: a.number(), by: by, ends: ends, before: a.status}
	if a.status == "active" {
		a.status = "closing"
	}
	return Answer{Number: a.closing.n, Until: by}
}

// workingDays is the last of so many working days after today.
func (a *Account) workingDays(left int) calendar.Date {
	by := a.day
	for left > 0 {
		if by++; calendar.Working(by) {
			left--
		}
	}
	return by
}

func (a *Account) underReview(n int64) string {
	switch {
	case a.terms == nil:
		return "not_found"
	case a.closing != nil && a.closing.n == n:
		return ""
	case n > 0 && n <= a.numbers:
		return "no_closure_pending"
	}
	return "not_found"
}

// ApproveClosure closes the account, if every condition is still met.
func (a *Account) ApproveClosure(n int64) Answer {
	if wrong := a.underReview(n); wrong != "" {
		return Answer{Refused: wrong}
	}
	if unmet := a.obstacles(); len(unmet) > 0 {
		return Answer{Refused: "account_not_clear", Unmet: unmet}
	}
	ends := a.closing.ends
	a.status, a.closing, a.limit, a.blocks = "closed", nil, 0, nil
	a.temporary, a.autopay, a.cap, a.sceneLimits, a.off, a.night, a.wished = nil, nil, nil, nil, nil, nil, nil
	if !ends {
		return Answer{}
	}
	a.status = "deregistered"
	if days := a.terms.CoolDown; days > 0 {
		a.again = a.day + calendar.Date(days)
	}
	return Answer{Until: a.again}
}

// EndClosure keeps the account: the reviewer refuses, or the customer withdraws.
func (a *Account) EndClosure(n int64) Answer {
	if wrong := a.underReview(n); wrong != "" {
		return Answer{Refused: wrong}
	}
	a.status, a.closing = a.closing.before, nil
	return Answer{}
}
