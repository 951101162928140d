package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// deferred checks that a due date moved as the contract allows, for a fee within
// its cap that the customer was shown.
func (x *audited) deferred(day calendar.Date, command credit.Command, e credit.StatementDeferred) *Violation {
	c, asked := command.(credit.Defer)
	terms, granted := x.state.Terms.Deferral, 0
	for _, on := range x.deferrals {
		if day-on < 365 {
			granted++
		}
	}
	s := x.statement(e.Statement)
	switch {
	case !asked || c.Statement != e.Statement || c.Due != e.Due:
		return wrong(CheckAmounts, "the command %s deferred statement %d to %s", command.Name(), e.Statement, e.Due)
	case terms == nil || s == nil || s.Deferred != 0 || e.Before != s.Due || day >= s.Due || e.Due <= s.Due || e.Due-s.Due > calendar.Date(terms.MostDays):
		return wrong(CheckCycles, "statement %d was deferred on %s from %s to %s, which the contract does not allow", e.Statement, day, e.Before, e.Due)
	case granted >= terms.AYear:
		return wrong(CheckCycles, "statement %d was deferred after %d others within a year, and the contract allows %d", e.Statement, granted, terms.AYear)
	}
	x.deferrals = append(x.deferrals, day)
	principal := money.Amount(0)
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == e.Statement {
				principal += in.Principal
			}
		}
	}
	q, err := x.state.QuoteDeferral(e.Statement, e.Due, day)
	if err != nil {
		return wrong(CheckCycles, "statement %d was deferred, which the rules refuse: %v", e.Statement, err)
	}
	switch {
	case e.Fee != q.Fee || e.Fee+e.Cut != max(terms.Fee, terms.Rate.Of(principal)) || q.AnnualRate > x.state.Terms.CostCap:
		return wrong(CheckAmounts, "deferring %d of statement %d costs %d less %d, and by the contract %d less %d", principal, e.Statement, e.Fee+e.Cut, e.Cut, q.Fee+q.Cut, q.Cut)
	case e.Quote != q.Token || c.Consent.Document != credit.DeferralDocument || c.Consent.Hash != q.Token || !act(c.Consent, x.state.Customer):
		return wrong(CheckConsent, "the customer agreed to %q, the event says %q, and the quote is %s", c.Consent.Hash, e.Quote, q.Token)
	}
	return nil
}

// statement finds an unpaid statement of the account as it is.
func (x *audited) statement(number int64) *credit.Statement {
	for i := range x.state.Statements {
		if s := &x.state.Statements[i]; s.Number == number {
			return s
		}
	}
	return nil
}
