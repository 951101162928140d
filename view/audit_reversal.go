package view

import (
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
			if cut.Statement == 0 && (cut.Principal != 0 || cut.Interest != 0 || cut.Fee != 0) {
				return wrong(CheckRefunds, "a reversal changes what refund %d took off before a bill", r.Refund)
			}
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

// unpaid moves claims by parts that may be negative.
func (p *auditedPurchase) unpaid(parts []credit.FunderPart) {
	for _, part := range parts {
		p.claims[part.Funder] -= part.Principal
	}
}
