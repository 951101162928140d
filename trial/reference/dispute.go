package reference

import (
	"cmp"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// dispute is a contested amount: what of it was not paid is in parts, out of every bill.
type dispute struct {
	n        int64
	purchase *purchase
	amount   money.Amount
	parts    []*part
}

// unpaid is the contested principal that the customer has not paid.
func (d *dispute) unpaid() (sum money.Amount) {
	for _, x := range d.parts {
		sum += x.principal
	}
	return sum
}

func (a *Account) contested(p *purchase) (sum money.Amount) {
	for _, d := range a.disputes {
		if d.purchase == p {
			sum += d.amount
		}
	}
	return sum
}

func (a *Account) bought(n int64) *purchase {
	i := slices.IndexFunc(a.purchases, func(p *purchase) bool { return p.n == n })
	if a.terms == nil || i < 0 {
		return nil
	}
	return a.purchases[i]
}

// OpenDispute takes an amount out of what is asked for, from the last instalment backwards.
func (a *Account) OpenDispute(n int64, amount money.Amount, knownReason bool) Answer {
	p := a.bought(n)
	switch {
	case p == nil:
		return Answer{Refused: "not_found"}
	case wrongAmount(amount):
		return Answer{Refused: "invalid_amount"}
	case amount > p.amount-p.refunded-a.contested(p):
		return Answer{Refused: "dispute_too_large"}
	case !knownReason:
		return Answer{Refused: "unknown_reason"}
	}
	answer := Answer{Amount: amount}
	var paid money.Amount
	answer.Parts, paid = p.takeOff(p.parts, amount)
	answer.Credit = paid
	d := &dispute{purchase: p, amount: amount}
	for i := range answer.Parts {
		cut := &answer.Parts[i]
		from := p.parts[slices.IndexFunc(p.parts, func(x *part) bool { return x.k == cut.K })]
		cut.On = from.on
		d.parts = append(d.parts, &part{
			k: from.k, of: from.of, on: from.on, bill: from.bill, agreed: from.agreed, roll: from.roll,
			principal: cut.Principal, interest: cut.Interest, fee: cut.Fee, others: cut.Others,
		})
	}
	d.n = a.number()
	answer.Number = d.n
	a.disputes = append(a.disputes, d)
	a.settle()
	return answer
}

// takeOff lowers principal from the last part backwards, and the cost that follows
// from it. It returns what was taken off each, and what there was nothing to take off for.
func (p *purchase) takeOff(parts []*part, amount money.Amount) (cuts []Part, rest money.Amount) {
	before := make([]part, len(parts))
	for i, x := range parts {
		before[i] = *x
	}
	for i := len(parts) - 1; i >= 0; i-- {
		off := min(amount, parts[i].principal)
		parts[i].principal -= off
		amount -= off
	}
	p.undue(parts)
	for i, x := range parts {
		cut := Part{
			Bill: x.bill, K: x.k, Principal: before[i].principal - x.principal, Interest: before[i].interest - x.interest,
			Fee: before[i].fee - x.fee, Others: before[i].others - x.others,
		}
		if cut.Principal+cut.Interest+cut.Fee+cut.Others > 0 {
			cuts = append(cuts, cut)
		}
	}
	return cuts, amount
}

// give pays an amount back, out of what is contested first: out of one dispute only,
// or out of the oldest first and then out of the rest.
func (a *Account) give(p *purchase, amount money.Amount, only *dispute) (cuts []Part, paid money.Amount) {
	p.refunded += amount
	a.Refunded += amount
	p.order.amount -= amount
	for _, d := range a.disputes {
		given := min(amount, d.amount)
		if d.purchase != p || only != nil && d != only || given == 0 {
			continue
		}
		amount -= given
		d.amount -= given
		off, rest := p.takeOff(d.parts, given)
		cuts, paid = append(cuts, off...), paid+rest
	}
	if amount > 0 {
		off, rest := p.takeOff(p.parts, amount)
		cuts, paid = append(cuts, off...), paid+rest
	}
	a.disputes = slices.DeleteFunc(a.disputes, func(d *dispute) bool { return d.amount == 0 })
	return cuts, paid
}

func (a *Account) contestedIn(n int64) (*dispute, string) {
	if a.terms == nil {
		return nil, "not_found"
	}
	for _, d := range a.disputes {
		if d.n == n {
			return d, ""
		}
	}
	if n > 0 && n <= a.numbers {
		return nil, "dispute_not_open"
	}
	return nil, "not_found"
}

// SettleDispute refunds what is contested, or has it billed again.
func (a *Account) SettleDispute(n int64, forCustomer bool) Answer {
	d, wrong := a.contestedIn(n)
	switch {
	case wrong != "":
		return Answer{Refused: wrong}
	case !forCustomer:
		a.lose(d)
		return Answer{}
	}
	answer := Answer{Number: a.number(), Amount: d.amount}
	answer.Parts, answer.Credit = a.give(d.purchase, d.amount, d)
	a.credit += answer.Credit
	a.settle()
	answer.Used = a.useCredit()
	return answer
}

// WithdrawDispute is one that the customer gives up.
func (a *Account) WithdrawDispute(n int64) Answer { return a.SettleDispute(n, false) }

// lose has what was contested billed again: what stood on a bill, or would have
// meanwhile, comes late, on the next one; the rest goes back to where it was.
func (a *Account) lose(d *dispute) {
	p := d.purchase
	a.disputes = slices.DeleteFunc(a.disputes, func(o *dispute) bool { return o == d })
	home := func(x *part) *part {
		i := slices.IndexFunc(p.parts, func(o *part) bool { return o.k == x.k })
		if i < 0 || p.parts[i].asks() == 0 && p.parts[i].others == 0 {
			return nil
		}
		return p.parts[i]
	}
	var idle money.Amount // borne by others for what the customer is asked nothing for
	var back, late []*part
	for _, x := range d.parts {
		tooLate := x.bill != 0 || x.on <= a.day
		switch {
		case x.asks()+x.others == 0:
		case x.asks() == 0 && (tooLate || home(x) == nil):
			idle += x.others
		case tooLate:
			p.last = max(p.last, p.plan.Periods) + 1
			late = append(late, &part{
				k: p.last, of: x.period(), on: calendar.NextOnDay(a.day, a.terms.StatementDay), agreed: x.agreed, roll: x.roll,
				principal: x.principal, interest: x.interest, fee: x.fee, others: x.others,
			})
		default:
			back = append(back, x)
		}
	}
	for _, x := range append(slices.Clone(back), late...) {
		if x.principal > 0 {
			x.others += idle
			idle = 0
		}
	}
	for _, x := range back {
		if i := slices.IndexFunc(p.parts, func(o *part) bool { return o.k == x.k }); i >= 0 {
			p.parts[i].principal += x.principal
			p.parts[i].interest += x.interest
			p.parts[i].fee += x.fee
			p.parts[i].others += x.others
		}
	}
	p.parts = append(p.parts, late...)
	slices.SortStableFunc(p.parts, func(x, y *part) int { return cmp.Or(int(x.on-y.on), x.k-y.k) })
	a.settle()
}
