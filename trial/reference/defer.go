package reference

import (
	"math"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Deferral is what moving a bill's due date costs, and how often it can be had.
type Deferral struct {
	MostDays, AYear int
	Rate            int64 // parts per million of the principal, or
	Fee             money.Amount
}

// fee is what it costs, cut to the contract's cap on what a year of it may cost.
func (t *Terms) deferralFee(principal money.Amount, days int) money.Amount {
	fee := t.Deferral.Fee
	if t.Deferral.Rate > 0 {
		fee = principal.MulDiv(t.Deferral.Rate, million)
	}
	within := func(fee money.Amount) bool {
		switch {
		case fee == 0:
			return true
		case principal == 0:
			return false
		case t.Method == "effective_on_days":
			return math.Pow(1+float64(fee)/float64(principal), 365/float64(days))-1 < (float64(t.CostCap)+0.5)/million
		}
		return fee.MulDiv(365*million, int64(principal)*int64(days)) <= money.Amount(t.CostCap)
	}
	if within(fee) {
		return fee
	}
	// Somewhere near what the cap comes to; then fen by fen.
	near := money.Amount(float64(principal) * (math.Pow(1+float64(t.CostCap)/million, float64(days)/365) - 1))
	if t.Method != "effective_on_days" {
		near = money.Amount(float64(principal) * float64(t.CostCap) / million * float64(days) / 365)
	}
	fee = min(fee, near+3)
	for fee > 0 && !within(fee) {
		fee--
	}
	return fee
}

// Defer moves a bill's due date, once.
func (a *Account) Defer(n int64, to calendar.Date, e Evidence, at Moment) Answer {
	if a.terms == nil {
		return Answer{Refused: "not_found"}
	}
	i := slices.IndexFunc(a.bills, func(b *bill) bool { return b.n == n })
	if i < 0 {
		if n > 0 && n <= a.numbers {
			return Answer{Refused: "statement_not_open"}
		}
		return Answer{Refused: "not_found"}
	}
	b, lately := a.bills[i], 0
	for _, on := range a.deferrals {
		if on > a.day-365 {
			lately++
		}
	}
	wrong := ""
	switch d := a.terms.Deferral; {
	case d == nil || b.chargedOff:
		wrong = "deferral_not_offered"
	case b.deferred:
		wrong = "already_deferred"
	case a.day >= b.due:
		wrong = "deferral_too_late"
	case to <= b.due || to > b.due+calendar.Date(d.MostDays):
		wrong = "invalid_date"
	case lately >= d.AYear:
		wrong = "deferrals_used_up"
	default:
		wrong = e.judge(a.terms.Reading, at.Time)
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	answer := Answer{Amount: a.terms.deferralFee(a.principalOn(b), int(to-b.due)), Until: to}
	b.due, b.deferred, b.fee = to, true, answer.Amount
	a.deferrals = append(a.deferrals, a.day)
	slices.SortStableFunc(a.bills, func(x, y *bill) int { return int(x.due - y.due) })
	return answer
}
