package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// auditedDispute is an open dispute: what it is still about, and what it took out of which instalment.
type auditedDispute struct {
	purchase int64
	amount   money.Amount
	parts    map[int]auditedPart // by instalment; statement: where it had been billed
}

func (d *auditedDispute) principal() (sum money.Amount) {
	for _, part := range d.parts {
		sum += part.principal
	}
	return sum
}

// contested is what open disputes are about of a purchase.
func (x *audited) contested(purchase int64) (sum money.Amount) {
	for _, d := range x.disputes {
		if d.purchase == purchase {
			sum += d.amount
		}
	}
	return sum
}

func (x *audited) refunded(e credit.PurchaseRefunded) *Violation {
	p := x.bought[e.Purchase]
	if p == nil || p.refunded+e.Amount > p.amount {
		return wrong(CheckRefunds, "%d were refunded of purchase %d, which was never captured, or not for so much", e.Amount, e.Purchase)
	}
	for _, given := range e.Conceded {
		d := x.disputes[given.Dispute]
		if d == nil || d.purchase != e.Purchase || given.Amount > d.amount {
			return wrong(CheckDisputes, "a refund of purchase %d gives %d of dispute %d, which is over, about another purchase or about less", e.Purchase, given.Amount, given.Dispute)
		}
		d.amount -= given.Amount
	}
	if contested := x.contested(e.Purchase); p.refunded+e.Amount+contested > p.amount {
		return wrong(CheckDisputes, "%d were refunded of purchase %d of %d, of which %d are refunded and %d still contested", e.Amount, e.Purchase, p.amount, p.refunded, contested)
	}
	total := e.Credit
	for _, cut := range e.Cuts {
		total += cut.Principal
		if v := p.paidBack(e.Purchase, cut.Principal, 0, cut.Funders); v != nil {
			return v
		}
		if v := x.cut(p, e.Purchase, cut); v != nil {
			return v
		}
	}
	if total != e.Amount {
		return wrong(CheckRefunds, "a refund of %d takes off and gives back %d", e.Amount, total)
	}
	p.refunded += e.Amount
	x.choices.spent[p.month] -= e.Amount
	return nil
}

// cut takes a cut off its instalment, or off what a dispute has taken out of it. Of what is
// not billed there is exactly left what the event says.
func (x *audited) cut(p *auditedPurchase, purchase int64, cut credit.Cut) *Violation {
	var part auditedPart
	d := x.disputes[cut.Dispute]
	switch {
	case cut.Dispute != 0 && (d == nil || d.purchase != purchase):
		return wrong(CheckDisputes, "a refund of purchase %d takes something off dispute %d, which is over or about another", purchase, cut.Dispute)
	case cut.Dispute != 0:
		part = d.parts[cut.Instalment]
	case cut.Instalment < 1 || cut.Instalment > len(p.parts):
		return wrong(CheckRefunds, "a refund takes something off instalment %d of purchase %d, which has %d", cut.Instalment, purchase, len(p.parts))
	default:
		part = p.parts[cut.Instalment-1]
	}
	if part.statement != cut.Statement {
		return wrong(CheckBilled, "a refund takes instalment %d of purchase %d for one on statement %d, and it stands on %d", cut.Instalment, purchase, cut.Statement, part.statement)
	}
	if cut.Statement != 0 && cut.Dispute == 0 {
		return nil // what is left of it, payments tell
	}
	part.principal -= cut.Principal
	part.interest -= cut.Interest
	part.fee -= cut.Fee
	p.before += cut.Principal
	if part.principal != cut.PrincipalLeft || part.interest != cut.InterestLeft || part.fee != cut.FeeLeft {
		return wrong(CheckRefunds, "a refund leaves %d + %d + %d of instalment %d of purchase %d by what it says, and %d + %d + %d by what was agreed",
			cut.PrincipalLeft, cut.InterestLeft, cut.FeeLeft, cut.Instalment, purchase, part.principal, part.interest, part.fee)
	}
	if cut.Dispute != 0 {
		d.parts[cut.Instalment] = part
	} else {
		p.parts[cut.Instalment-1] = part
	}
	return nil
}

// disputed checks that what is contested is there, and counts where it was taken out.
func (x *audited) disputed(e credit.DisputeOpened) *Violation {
	p := x.bought[e.Purchase]
	if p == nil || x.disputes[e.Number] != nil || p.refunded+x.contested(e.Purchase)+e.Amount > p.amount {
		return wrong(CheckDisputes, "dispute %d is about %d of purchase %d, which was never captured, or of which less is neither refunded nor contested", e.Number, e.Amount, e.Purchase)
	}
	owed := money.Amount(0)
	for i := range x.state.Purchases {
		if x.state.Purchases[i].Number == e.Purchase {
			for _, in := range x.state.Purchases[i].Instalments {
				owed += in.Principal
			}
		}
	}
	if e.Paid != max(0, e.Amount-owed) {
		return wrong(CheckDisputes, "dispute %d about %d takes %d for paid, and %d are owed", e.Number, e.Amount, e.Paid, owed)
	}
	d := &auditedDispute{purchase: e.Purchase, amount: e.Amount, parts: map[int]auditedPart{}}
	for _, part := range e.Parts {
		if part.Number < 1 || part.Number > len(p.parts) || p.parts[part.Number-1].statement != part.Statement || p.parts[part.Number-1].on != part.On {
			return wrong(CheckBilled, "dispute %d takes something off instalment %d of purchase %d on statement %d of %s, which there is not", e.Number, part.Number, e.Purchase, part.Statement, part.On)
		}
		from := &p.parts[part.Number-1]
		from.principal -= part.Principal
		if part.Statement == 0 {
			from.interest -= part.Interest
			from.fee -= part.Fee
		} else if part.Interest|part.Fee != 0 {
			return wrong(CheckDisputes, "dispute %d takes off cost of %d that was billed", e.Number, part.Interest+part.Fee)
		}
		if from.principal < 0 || from.interest < 0 || from.fee < 0 {
			return wrong(CheckDisputes, "dispute %d takes more off instalment %d of purchase %d than it asks for", e.Number, part.Number, e.Purchase)
		}
		d.parts[part.Number] = auditedPart{on: part.On, principal: part.Principal, interest: part.Interest, fee: part.Fee, statement: part.Statement}
	}
	if d.principal()+e.Paid != e.Amount {
		return wrong(CheckDisputes, "dispute %d about %d takes out %d, and %d were paid", e.Number, e.Amount, d.principal(), e.Paid)
	}
	x.disputes[e.Number] = d
	return nil
}

// disputeSettled checks that a dispute ends once, either by refunds of all that it was about or with
// all of it owed again: where it stood, or late on the next statement.
func (x *audited) disputeSettled(day calendar.Date, e credit.DisputeSettled) *Violation {
	d := x.disputes[e.Dispute]
	if d == nil || d.purchase != e.Purchase {
		return wrong(CheckDisputes, "dispute %d about purchase %d is settled, and there is no such dispute open", e.Dispute, e.Purchase)
	}
	delete(x.disputes, e.Dispute)
	switch e.Outcome {
	case credit.ForCustomer, credit.Refunded:
		if d.amount != 0 || d.principal() != 0 || len(e.Restored)+len(e.Late) > 0 {
			return wrong(CheckDisputes, "dispute %d ended %s with %d that were not refunded", e.Dispute, e.Outcome, d.amount)
		}
		return nil
	case credit.ForMerchant, credit.Withdrawn:
	default:
		return wrong(CheckDisputes, "dispute %d ended %q", e.Dispute, e.Outcome)
	}
	p := x.bought[e.Purchase]
	var principal, cost money.Amount
	for _, part := range d.parts {
		principal += part.principal
		cost += part.interest + part.fee
	}
	for _, part := range e.Restored {
		was, ok := d.parts[part.Number]
		if !ok || was.statement != 0 || part.Statement != 0 || part.On != was.on || part.On <= day {
			return wrong(CheckBilled, "dispute %d gives back to instalment %d of purchase %d of %s, which it did not take it from, or which was billed", e.Dispute, part.Number, e.Purchase, part.On)
		}
		in := &p.parts[part.Number-1]
		in.principal += part.Principal
		in.interest += part.Interest
		in.fee += part.Fee
		principal -= part.Principal
		cost -= part.Interest + part.Fee
	}
	next := calendar.NextOnDay(day, x.state.Terms.StatementDay)
	for _, part := range e.Late {
		if part.Number != len(p.parts)+1 || part.Of < 1 || part.Of > len(p.parts) || part.Statement != 0 || part.On != next {
			return wrong(CheckCycles, "instalment %d of purchase %d comes late on %s, and the next statement is of %s", part.Number, e.Purchase, part.On, next)
		}
		p.parts = append(p.parts, auditedPart{on: part.On, principal: part.Principal, interest: part.Interest, fee: part.Fee, conversion: p.parts[part.Of-1].conversion})
		principal -= part.Principal
		cost -= part.Interest + part.Fee
	}
	if principal != 0 || cost != 0 {
		return wrong(CheckDisputes, "dispute %d ended %s with a principal of %d and a cost of %d that nobody owes again", e.Dispute, e.Outcome, principal, cost)
	}
	return nil
}
