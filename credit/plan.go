package credit

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// PlanKind says how a plan's cost is computed.
type PlanKind string

// The kinds of plan.
const (
	PayNextMonth PlanKind = "pay_next_month" // 下月付: one instalment, no fee
	Flat         PlanKind = "flat"           // each period a fee of rate × original principal; principal in equal parts
	Annuity      PlanKind = "annuity"        // 等额本息: equal payments at a nominal annual rate, monthly 30/360
)

// Plan (还款方式) is how a purchase is owed: in how many instalments, at what cost,
// and who bears that cost.
type Plan struct {
	ID        string    `json:"id"`
	Kind      PlanKind  `json:"kind"`
	Periods   int       `json:"periods"`
	Rate      Rate      `json:"rate,omitzero"` // Flat: of the principal, each period; Annuity: nominal, each year
	Subsidies []Subsidy `json:"subsidies,omitempty"`
}

// Subsidy (贴息) is a share of a plan's cost that the customer does not bear.
type Subsidy struct {
	Bearer Bearer `json:"bearer"`
	Share  Rate   `json:"share"`
}

// Bearer is who bears a subsidy.
type Bearer string

// Who may bear a subsidy.
const (
	Merchant Bearer = "merchant"
	Platform Bearer = "platform"
	Funder   Bearer = "funder"
)

// Borne is a part of a cost and who bears it instead of the customer.
type Borne struct {
	Bearer Bearer       `json:"bearer"`
	Amount money.Amount `json:"amount"`
}

// Part is what one instalment asks for: of the customer (principal, interest,
// fee) and of those who bear a subsidy.
type Part struct {
	On        calendar.Date `json:"on"` // the date of the statement that it falls on
	Principal money.Amount  `json:"principal"`
	Interest  money.Amount  `json:"interest,omitzero"`
	Fee       money.Amount  `json:"fee,omitzero"`
	Borne     []Borne       `json:"borne,omitempty"`
}

// Sum is what the customer pays with this instalment.
func (p Part) Sum() money.Amount { return p.Principal + p.Interest + p.Fee }

const maxPeriods = 60

func (p Plan) validate() error {
	if p.ID == "" {
		return fmt.Errorf("has no id")
	}
	switch p.Kind {
	case PayNextMonth:
		if p.Periods != 1 || p.Rate != 0 || len(p.Subsidies) > 0 {
			return fmt.Errorf("pay next month has one period, no rate and no subsidy")
		}
	case Flat, Annuity:
		if p.Periods < 1 || p.Periods > maxPeriods {
			return fmt.Errorf("%d periods are not within 1 to %d", p.Periods, maxPeriods)
		}
		if p.Rate < 0 || p.Rate > Whole {
			return fmt.Errorf("rate %d is not within 0 to %d", p.Rate, Whole)
		}
	default:
		return fmt.Errorf("kind %q is not known", p.Kind)
	}
	total := Rate(0)
	for i, s := range p.Subsidies {
		if s.Share <= 0 || s.Share > Whole {
			return fmt.Errorf("a subsidy's share of %d is not within 1 to %d", s.Share, Whole)
		}
		switch s.Bearer {
		case Merchant, Platform, Funder:
		default:
			return fmt.Errorf("%q cannot bear a subsidy", s.Bearer)
		}
		if slices.ContainsFunc(p.Subsidies[:i], func(other Subsidy) bool { return other.Bearer == s.Bearer }) {
			return fmt.Errorf("%s bears twice", s.Bearer)
		}
		total += s.Share
	}
	if total > Whole {
		return fmt.Errorf("its subsidies add up to %s", total)
	}
	return nil
}

// Schedule returns the instalments of a purchase captured on a date: the k-th
// falls on the k-th statement dated after it. Principals add up to amount exactly.
func (p Plan) Schedule(amount money.Amount, captured calendar.Date, statementDay int) []Part {
	parts := make([]Part, p.Periods)
	switch p.Kind {
	case Annuity:
		p.annuity(amount, parts)
	default:
		fee := p.Rate.Of(amount)
		for i, principal := range amount.Split(p.Periods) {
			parts[i].Principal = principal
			if p.Kind == Flat {
				parts[i].Fee = fee
			}
		}
	}
	for i := range parts {
		parts[i].On = calendar.NthOnDay(captured, statementDay, i+1)
		p.subsidise(&parts[i])
	}
	return parts
}

// annuity fills in equal payments: payment = P·i·(1+i)^n ÷ ((1+i)^n − 1) with
// i = rate ÷ 12, worked out in whole numbers and rounded half-even; each
// period's interest is i × what is left; the last period takes the rest.
func (p Plan) annuity(amount money.Amount, parts []Part) {
	n := int64(p.Periods)
	if p.Rate == 0 {
		for i, principal := range amount.Split(p.Periods) {
			parts[i].Principal = principal
		}
		return
	}
	denominator := int64(Whole) * 12
	// With i = rate/denominator: growth = (denominator+rate)^n, base = denominator^n.
	growth := new(big.Int).Exp(big.NewInt(denominator+int64(p.Rate)), big.NewInt(n), nil)
	base := new(big.Int).Exp(big.NewInt(denominator), big.NewInt(n), nil)
	over := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(int64(p.Rate)))
	over.Mul(over, growth)
	under := growth.Sub(growth, base)
	under.Mul(under, big.NewInt(denominator))
	payment := halfEven(over, under)

	left := amount
	for i := range parts {
		interest := left.MulDiv(int64(p.Rate), denominator)
		principal := payment - interest
		if i == len(parts)-1 || principal > left {
			principal = left
		}
		parts[i].Interest, parts[i].Principal = interest, principal
		left -= principal
	}
}

func halfEven(over, under *big.Int) money.Amount {
	quotient, remainder := new(big.Int).QuoRem(over, under, new(big.Int))
	switch remainder.Lsh(remainder, 1).Cmp(under) {
	case 1:
		quotient.Add(quotient, big.NewInt(1))
	case 0:
		if quotient.Bit(0) == 1 {
			quotient.Add(quotient, big.NewInt(1))
		}
	}
	return money.Amount(quotient.Int64())
}

// subsidise moves the subsidised shares of an instalment's cost from the customer
// to those who bear them. Shares of the whole leave the customer exactly nothing.
func (p Plan) subsidise(part *Part) {
	cost := part.Interest + part.Fee
	if len(p.Subsidies) == 0 || cost == 0 {
		return
	}
	customer, borne := p.split(cost)
	part.Borne = slices.DeleteFunc(borne, func(b Borne) bool { return b.Amount == 0 })
	if p.Kind == Annuity {
		part.Interest = customer
	} else {
		part.Fee = customer
	}
	part.drop()
}

// split says what of a cost is whose: by running total, so that the parts add up.
func (p Plan) split(cost money.Amount) (customer money.Amount, borne []Borne) {
	borne = make([]Borne, len(p.Subsidies))
	share, sum := Rate(0), money.Amount(0)
	for i, s := range p.Subsidies {
		share += s.Share
		borne[i] = Borne{Bearer: s.Bearer, Amount: share.Of(cost) - sum}
		sum += borne[i].Amount
	}
	return cost - sum, borne
}

// drop keeps nobody's promise for an instalment that asks the customer for
// nothing: it never stands on a statement, and so earns nothing.
func (p *Part) drop() {
	if p.Sum() == 0 {
		p.Borne = nil
	}
}

// Schedule returns the instalments of a purchase under the contract. Rounding to the
// minor unit may not lift what a small purchase costs its customer above the
// contract's cap: while it does, each instalment asks for one minor unit less.
func (t *Terms) Schedule(p Plan, amount money.Amount, captured calendar.Date) []Part {
	return t.scheduleFrom(p, amount, captured, captured)
}

// scheduleFrom is Schedule where the customer has the money from another day on.
func (t *Terms) scheduleFrom(p Plan, amount money.Amount, captured, from calendar.Date) []Part {
	parts := p.Schedule(amount, captured, t.StatementDay)
	for dearerThan(t.CostCap, t, amount, from, parts) {
		for i := range parts {
			part := &parts[i]
			if part.Interest > 0 {
				part.Interest--
			} else if part.Fee > 0 {
				part.Fee--
			}
			part.drop()
		}
	}
	return parts
}

// Costliest (最高年化成本) is the highest annual rate that a plan can come to under the terms.
func (t *Terms) Costliest(p Plan) Rate { return p.costliest(t) }

// costliest is the plan's annual rate on a principal so large that rounding does
// not hide any of it, captured on the eve of the statement that makes it dearest
// by the methods that count days: where the first instalment comes soonest. Which
// month that is depends on how the due day falls in short months. No due day that a
// customer may choose makes it dearer than the cap.
func (p Plan) costliest(t *Terms) (dearest Rate) {
	const principal = money.Amount(1_000_000_00)
	months, dueDays := 12, t.dueDays()
	if t.RateMethod == MonthlyTimesTwelve { // counts no days
		months, dueDays = 1, dueDays[:1]
	}
	for _, day := range dueDays {
		chosen := *t
		chosen.DueDay = day
		for m := range months {
			eve := calendar.OnDay(2023, time.January+time.Month(m), t.StatementDay) - 1
			dearest = max(dearest, AnnualRate(&chosen, principal, eve, p.Schedule(principal, eve, t.StatementDay)))
		}
	}
	return dearest
}
