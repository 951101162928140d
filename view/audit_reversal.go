package view

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
)

// reversed checks that a reversal takes back exactly the money that bounced, and
// counts what is owed again.
func (x *audited) reversed(e credit.RepaymentReversed) *Violation {
	amount, ok := x.came[e.Repayment]
	if !ok || amount != e.Amount {
		return wrong(CheckPayments, "a repayment of %d bounced that never came, bounced before, or was of %d", e.Amount, amount)
	}
	delete(x.came, e.Repayment)
	back := e.Credit
	if v := x.askedAgain(e); v != nil {
		return v
	}
	if v := x.given.recovered(e.Shares); v != nil {
		return v
	}
	for _, s := range e.Shares {
		back += shareSum(s)
		principal, cost := s.Principal, s.Penalty+s.Fee+s.Interest
		for _, part := range s.Funders {
			principal -= part.Principal
			cost -= part.Cost
		}
		if principal != 0 || cost != 0 {
			return wrong(CheckFunding, "of what bounced, %d of principal and %d of cost are no funder's", principal, cost)
		}
		if p := x.bought[s.Purchase]; p != nil {
			p.unpaid(s.Funders)
		}
	}
	for _, r := range e.Refunds {
		back -= r.Credit
		moved := r.Credit
		if v := x.given.refunded(credit.PurchaseRefunded{Purchase: r.Purchase, Cuts: r.Cuts}); v != nil {
			return v
		}
		for _, cut := range r.Cuts {
			moved += cut.Principal
			if p := x.bought[r.Purchase]; p != nil {
				p.unpaid(cut.Funders)
			}
		}
		if moved != 0 {
			return wrong(CheckRefunds, "refund %d gives %d more or less after a reversal", r.Refund, moved)
		}
	}
	if o := e.Owed; o != nil {
		back -= o.Amount
		p := &auditedPurchase{amount: o.Amount, parts: []auditedPart{{on: o.On, principal: o.Amount}}}
		x.bought[o.Number] = p
		if v := p.funded(credit.PurchaseCaptured{Number: o.Number, Amount: o.Amount, Funding: o.Funding}); v != nil {
			return v
		}
	}
	if back != -e.Amount {
		return wrong(CheckPayments, "a repayment of %d bounced, and %d were taken back", e.Amount, -back)
	}
	return nil
}

// askedAgain checks that what an early repayment had settled is asked for again: each instalment
// as it was agreed, on the bill of its date or on none yet, and nothing else besides.
func (x *audited) askedAgain(e credit.RepaymentReversed) *Violation {
	part := func(purchase int64, instalment int) (*auditedPurchase, *auditedPart) {
		p := x.bought[purchase]
		if p == nil || instalment < 1 || instalment > len(p.parts) {
			return nil, nil
		}
		return p, &p.parts[instalment-1]
	}
	for _, s := range e.Shares {
		if s.Statement != 0 || s.Principal|s.Interest|s.Fee == 0 { // its funders' parts only
			continue
		}
		p, in := part(s.Purchase, s.Instalment)
		if p == nil || in.statement != 0 {
			return wrong(CheckPayments, "a reversal asks again for instalment %d of purchase %d, which was not paid early", s.Instalment, s.Purchase)
		}
		in.principal, in.interest, in.fee = in.principal-s.Principal, in.interest-s.Interest, in.fee-s.Fee
		p.before += s.Principal
	}
	for _, w := range e.Waived {
		p, in := part(w.Purchase, w.Instalment)
		if p == nil || in.statement != 0 {
			return wrong(CheckPayments, "a reversal asks again for cost of instalment %d of purchase %d, which was not waived", w.Instalment, w.Purchase)
		}
		in.interest, in.fee = in.interest-w.Interest, in.fee-w.Fee
	}
	for _, r := range e.Refunds {
		for _, cut := range r.Cuts {
			if cut.Statement != 0 || cut.Principal|cut.Interest|cut.Fee == 0 {
				continue
			}
			p, in := part(r.Purchase, cut.Instalment)
			if p == nil || in.statement != 0 {
				return wrong(CheckRefunds, "a reversal changes what refund %d took off before a bill", r.Refund)
			}
			in.principal, in.interest, in.fee = in.principal-cut.Principal, in.interest-cut.Interest, in.fee-cut.Fee
			p.before += cut.Principal
		}
	}
	for _, s := range e.Issued {
		if v := x.issuedOn(s); v != nil {
			return v
		}
		x.billed = max(x.billed, s.Date)
	}
	for _, s := range e.Rebilled {
		if v := x.lines(s); v != nil {
			return v
		}
	}
	for _, s := range slices.Concat(e.Issued, e.Rebilled) {
		x.given.billedAgain(s)
	}
	for _, s := range e.Statements {
		if s.ChargedOff && slices.ContainsFunc(e.Issued, func(i credit.StatementIssued) bool { return i.Number == s.Number }) {
			mark(&x.given.statements, s.Number)
		}
	}
	return nil
}

// unpaid moves claims by parts that may be negative.
func (p *auditedPurchase) unpaid(parts []credit.FunderPart) {
	for _, part := range parts {
		p.claims[part.Funder] -= part.Principal
	}
}
