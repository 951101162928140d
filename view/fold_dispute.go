package view

import (
	"github.com/yuefu/yuefu/credit"
)

func (c *changes) dispute(at place, number int64) *Dispute {
	return c.disputes.at(Dispute{Account: at.account, Number: number})
}

// disputed takes what is contested out of instalments, and out of the bills that it stood on.
func (c *changes) disputed(at place, account *balances, e credit.DisputeOpened) {
	c.disputes.add(Dispute{
		Account: at.account, Number: e.Number, Purchase: e.Purchase, Day: at.day, Time: at.time, Position: at.position,
		Amount: e.Amount, Paid: e.Paid, Reason: string(e.Reason), Status: DisputeOpen,
	})
	for i := range e.Parts {
		part := &e.Parts[i]
		in := c.instalments.at(Instalment{Account: at.account, Purchase: e.Purchase, Number: int32(part.Number)})
		in.PrincipalDisputed += part.Principal
		in.InterestDisputed += part.Interest
		in.FeeDisputed += part.Fee
		in.SubsidyDisputed += sum(part.Borne)
		if part.Statement == 0 {
			account.CostUnbilled -= part.Interest + part.Fee
			continue
		}
		line := c.lines.at(Line{Account: at.account, Statement: part.Statement, Purchase: e.Purchase, Instalment: int32(part.Number)})
		line.Disputed += part.Principal
		c.statement(at, part.Statement).Disputed += part.Principal
	}
}

// disputeSettled ends a dispute. What it returns goes back to its instalment, or is a late one of its own.
func (c *changes) disputeSettled(at place, account *balances, e credit.DisputeSettled) {
	d := c.dispute(at, e.Dispute)
	d.Status, d.SettledOn, d.Reviewer, d.Refund = string(e.Outcome), at.day, e.Reviewer, e.Refund
	for i := range e.Restored {
		part := &e.Restored[i]
		account.CostUnbilled += part.Interest + part.Fee
		in := c.instalments.at(Instalment{Account: at.account, Purchase: e.Purchase, Number: int32(part.Number)})
		in.PrincipalDisputed -= part.Principal
		in.InterestDisputed -= part.Interest
		in.FeeDisputed -= part.Fee
		in.SubsidyDisputed -= sum(part.Borne)
	}
	for i := range e.Late {
		part := &e.Late[i]
		account.CostUnbilled += part.Interest + part.Fee
		c.instalments.add(Instalment{
			Account: at.account, Purchase: e.Purchase, Number: int32(part.Number), LateOf: int32(part.Of), StatementDay: part.On,
			Principal: part.Principal, Interest: part.Interest, Fee: part.Fee, Subsidised: sum(part.Borne),
		})
	}
}
