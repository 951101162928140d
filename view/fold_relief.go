package view

import (
	"github.com/yuefu/yuefu/credit"
)

// converted moves principal off the lines of a statement, and adds the instalments that ask for it.
func (c *changes) converted(at place, account *balances, e credit.StatementConverted) {
	row := Conversion{
		Account: at.account, Number: e.Number, Statement: e.Statement, Day: at.day, Time: at.time, Position: at.position,
		Amount: e.Amount, Plan: e.Plan.ID, PlanKind: e.Plan.Kind, Periods: int32(e.Plan.Periods),
	}
	c.statement(at, e.Statement).Converted += e.Amount
	for _, l := range e.Lines {
		c.lines.at(Line{Account: at.account, Statement: e.Statement, Purchase: l.Purchase, Instalment: int32(l.Instalment)}).Converted += l.Principal
		c.instalments.at(Instalment{Account: at.account, Purchase: l.Purchase, Number: int32(l.Instalment)}).PrincipalConverted += l.Principal
	}
	for _, p := range e.Purchases {
		for i, part := range p.Parts {
			borne := sum(part.Borne)
			c.instalments.add(Instalment{
				Account: at.account, Purchase: p.Purchase, Number: int32(p.First + i), StatementDay: part.On, Conversion: e.Number,
				Principal: part.Principal, Interest: part.Interest, Fee: part.Fee, Subsidised: borne,
			})
			row.Interest += part.Interest
			row.Fee += part.Fee
			row.Subsidised += borne
			account.CostUnbilled += part.Interest + part.Fee
		}
	}
	c.conversions = append(c.conversions, row)
}
