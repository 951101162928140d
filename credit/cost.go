package credit

import "github.com/yuefu/yuefu/money"

// CostTable (综合融资成本明示表) says all that credit costs the customer: what each
// charge is, at what rate, and what it comes to in a year, paid on time and not. It
// lists what a contract can charge, and nothing is charged beyond it.
type CostTable struct {
	Principal money.Amount
	Charges   []Charge
	AllIn     Rate // 年化综合成本: all cost if everything is paid on time, by the contract's method
	Default   Rate // 违约年化成本: on what is overdue
}

// Charge (收费项目) is one thing that the customer pays beside the principal.
type Charge struct {
	Kind   ChargeKind
	Rate   Rate         // 0 where it is an amount
	Fixed  money.Amount // the amount
	Amount money.Amount // what the customer pays of it in these figures, if all is paid on time
	Borne  money.Amount // … and what others pay
}

// ChargeKind says what a charge is for, and so what its rate is of.
type ChargeKind string

// The kinds of charge. The last two are charged only to who pays late, or asks to.
const (
	InstalmentFee ChargeKind = "instalment_fee" // 分期手续费: each instalment, of the principal
	Interest      ChargeKind = "interest"       // 利息: a year, of the principal that is left
	PenaltyCharge ChargeKind = "penalty"        // 罚息: a year of 360 days, of the overdue principal
	DeferralFee   ChargeKind = "deferral_fee"   // 延期手续费: once, of the principal deferred
)

// CostTable tells the whole cost of a plan, as its instalments and annual rate have it.
func (t *Terms) CostTable(p Plan, parts []Part, annual Rate) CostTable {
	c := CostTable{AllIn: annual}
	charge := Charge{Kind: InstalmentFee, Rate: p.Rate}
	if p.Kind == Annuity {
		charge.Kind = Interest
	}
	for _, part := range parts {
		c.Principal += part.Principal
		charge.Amount += part.Interest + part.Fee
		for _, b := range part.Borne {
			charge.Borne += b.Amount
		}
	}
	if p.Rate > 0 {
		c.Charges = append(c.Charges, charge)
	}
	if rate := min(t.PenaltyRate, t.CostCap); rate > 0 { // what is above the cap is cut
		c.Charges = append(c.Charges, Charge{Kind: PenaltyCharge, Rate: rate})
		c.Default = t.inAYear(rate)
	}
	if d := t.Deferral; d != nil && d.Rate+Rate(d.Fee) > 0 {
		c.Charges = append(c.Charges, Charge{Kind: DeferralFee, Rate: d.Rate, Fixed: d.Fee})
	}
	return c
}

// inAYear is what a rate on a year of 360 days comes to in a year by the contract's
// method: a month is 30 days where months are counted, and a year 365 where days are.
// Penalty bears no penalty, so nothing is compounded. It is rounded up: a cost that
// is shown is not shown smaller.
func (t *Terms) inAYear(rate Rate) Rate {
	if t.RateMethod != EffectiveOnDays {
		return rate
	}
	return (rate*365 + 359) / 360
}
