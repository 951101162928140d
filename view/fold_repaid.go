package view

import (
	"github.com/yuefu/yuefu/credit"
)

// reversed takes back what a bounced repayment did, by the differences that the event tells.
func (c *changes) reversed(at place, account *balances, e credit.RepaymentReversed, number *int32) {
	c.repayments.at(Repayment{Account: at.account, Number: e.Repayment}).ReversedOn = at.day
	c.waived(at, account, e.Waived)
	for _, s := range e.Issued {
		c.issued(at, account, s)
	}
	for _, s := range e.Rebilled {
		c.billed(at, account, s)
	}
	c.paid(at, e.Repayment, e.Shares, number)
	c.earlyCost(account, e.Shares)
	for _, r := range e.Refunds {
		c.cut(at, r.Purchase, r.Cuts)
		c.cutCost(account, r.Cuts)
	}
	for _, charged := range e.Penalties {
		c.statement(at, charged.Statement).Penalty += charged.Amount
	}
	for _, r := range e.Reopened {
		s := c.statement(at, r.Statement)
		s.Status = StatementOpen
		if r.Overdue != 0 {
			s.Status, s.OverdueOn, s.Bucket = StatementOverdue, r.Overdue, int32(r.Bucket)
		}
		if r.Paid != 0 {
			s.Status, s.PaidOn = StatementPaid, r.Paid
		}
	}
	for _, b := range e.Blocks {
		since := at
		since.day = b.Since
		c.blocked(since, credit.BlockAdded{Kind: b.Kind, Note: b.Note})
	}
	if e.Status != credit.Unopened {
		k := c.contractOf(at)
		k.Status, k.LimitKnown, k.CreditLimit, k.ClosedOn = e.Status, true, 0, 0 // it may have been closed by these very entries
	}
	if o := e.Owed; o != nil {
		c.purchases.add(Purchase{
			Account: at.account, Number: o.Number, Day: at.day, Time: at.time, Position: at.position,
			Amount: o.Amount, Plan: credit.RestitutionPlan, PlanKind: credit.PayNextMonth, Periods: 1,
		})
		c.instalments.add(Instalment{Account: at.account, Purchase: o.Number, Number: 1, StatementDay: o.On, Principal: o.Amount})
		for _, f := range o.Funding {
			c.funding.add(Funding{Account: at.account, Purchase: o.Number, Funder: f.Funder, Share: int64(f.Share), Principal: f.Principal, Claim: f.Principal})
		}
	}
}

// paidEarly settles instalments that stand on no statement, and never will.
func (c *changes) paidEarly(at place, account *balances, e credit.EarlyRepaymentReceived, number *int32) {
	r := Repayment{
		Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position,
		Amount: e.Amount, Early: true, FromCredit: e.FromCredit, Source: e.Source,
	}
	for _, w := range e.Waived {
		r.Waived += w.Interest + w.Fee
	}
	c.waived(at, account, e.Waived)
	c.repayments.add(r)
	c.paid(at, e.Number, e.Shares, number)
	c.earlyCost(account, e.Shares)
}

// earlyCost takes cost that was paid early off what coming statements will ask for.
func (c *changes) earlyCost(account *balances, shares []credit.Share) {
	for _, share := range shares {
		if share.Statement == 0 {
			account.CostUnbilled -= share.Interest + share.Fee
		}
	}
}

func (c *changes) waived(at place, account *balances, list []credit.Waiver) {
	for _, w := range list {
		in := c.instalments.at(Instalment{Account: at.account, Purchase: w.Purchase, Number: int32(w.Instalment)})
		in.InterestCancelled += w.Interest
		in.FeeCancelled += w.Fee
		in.SubsidyCancelled += sum(w.Borne)
		account.CostUnbilled -= w.Interest + w.Fee
	}
}
