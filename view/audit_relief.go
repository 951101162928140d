package view

import (
	"slices"

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
	case terms == nil || s == nil || s.ChargedOff || s.Deferred != 0 || e.Before != s.Due || day >= s.Due || e.Due <= s.Due || e.Due-s.Due > calendar.Date(terms.MostDays):
		return wrong(CheckCycles, "statement %d was deferred on %s from %s to %s, which the contract does not allow", e.Statement, day, e.Before, e.Due)
	case granted >= terms.AYear:
		return wrong(CheckCycles, "statement %d was deferred after %d others within a year, and the contract allows %d", e.Statement, granted, terms.AYear)
	}
	x.deferrals = append(x.deferrals, day)
	principal := money.Amount(0)
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == e.Statement && !p.ChargedOff {
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
	case e.Quote != q.Token || e.Agreement.Document.Name != credit.DeferralDocument || e.Agreement.Document.Hash != q.Token || !c.Consent.Proves(e.Agreement, x.state.Customer):
		return wrong(CheckConsent, "the customer agreed to %q, the event says %q, and the quote is %s", c.Consent.Hash, e.Quote, q.Token)
	}
	return nil
}

// converted checks that what left a statement stood on it, unpaid and for the first
// time, that it stands on instalments to come, to the last minor unit, and that the customer was shown them.
func (x *audited) converted(day calendar.Date, command credit.Command, e credit.StatementConverted) *Violation {
	c, asked := command.(credit.Convert)
	terms, s := x.state.Terms, x.statement(e.Statement)
	switch {
	case !asked || c.Statement != e.Statement || c.Plan != e.Plan.ID || c.Amount != 0 && c.Amount != e.Amount:
		return wrong(CheckAmounts, "the command %s converted %d of statement %d", command.Name(), e.Amount, e.Statement)
	case s == nil || s.Converted != 0 || s.DeferralRuns(day) || day > s.Due && !terms.ConvertOverdue:
		return wrong(CheckBilled, "statement %d was converted on %s, which the contract does not allow", e.Statement, day)
	}
	moved, total := map[int64]money.Amount{}, money.Amount(0)
	for _, l := range e.Lines {
		owed := x.owed(credit.Share{Statement: e.Statement, Purchase: l.Purchase, Instalment: l.Instalment}).Principal
		p := x.bought[l.Purchase]
		if p == nil || l.Instalment < 1 || l.Instalment > len(p.parts) || p.parts[l.Instalment-1].conversion != 0 || l.Principal > owed {
			return wrong(CheckBilled, "%d of instalment %d of purchase %d left statement %d, where %d could", l.Principal, l.Instalment, l.Purchase, e.Statement, owed)
		}
		p.parts[l.Instalment-1].principal -= l.Principal // of what was billed: it will be billed again
		moved[l.Purchase] += l.Principal
		total += l.Principal
	}
	for _, added := range e.Purchases {
		p := x.bought[added.Purchase]
		if p == nil || added.First != len(p.parts)+1 || added.Amount != moved[added.Purchase] || len(added.Parts) != e.Plan.Periods {
			return wrong(CheckSums, "purchase %d has %d instalments for %d that were converted, from the %d. on", added.Purchase, len(added.Parts), added.Amount, added.First)
		}
		delete(moved, added.Purchase)
		left := added.Amount
		for k, part := range added.Parts {
			if on := calendar.NthOnDay(day, terms.StatementDay, k+1); part.On != on {
				return wrong(CheckCycles, "instalment %d of purchase %d falls on %s, and that statement is dated %s", added.First+k, added.Purchase, part.On, on)
			}
			left -= part.Principal
			p.parts = append(p.parts, auditedPart{on: part.On, principal: part.Principal, interest: part.Interest, fee: part.Fee, conversion: e.Number})
		}
		if left != 0 {
			return wrong(CheckSums, "%d of what purchase %d had on statement %d stands nowhere", left, added.Purchase, e.Statement)
		}
	}
	if total != e.Amount || len(moved) != 0 {
		return wrong(CheckSums, "%d of statement %d were converted, %d left its lines, and %d purchases have no instalments for it", e.Amount, e.Statement, total, len(moved))
	}
	q, err := x.state.QuoteConversion(e.Statement, e.Plan.ID, e.Amount, day)
	switch {
	case err != nil:
		return wrong(CheckBilled, "statement %d was converted, which the rules refuse: %v", e.Statement, err)
	case e.Quote != q.Token || e.Agreement.Document.Name != credit.ConversionDocument || e.Agreement.Document.Hash != q.Token || !c.Consent.Proves(e.Agreement, x.state.Customer):
		return wrong(CheckConsent, "the customer agreed to %q, the event says %q, and the quote is %s", c.Consent.Hash, e.Quote, q.Token)
	case q.AnnualRate > terms.CostCap || !sameCosts(q.Purchases, e.Purchases):
		return wrong(CheckCaps, "statement %d was converted at another cost than was quoted, %s a year", e.Statement, q.AnnualRate)
	}
	return nil
}

// sameCosts tells whether instalments ask for what was quoted.
func sameCosts(quoted, given []credit.ConvertedPurchase) bool {
	return slices.EqualFunc(quoted, given, func(q, g credit.ConvertedPurchase) bool {
		return slices.EqualFunc(q.Parts, g.Parts, func(a, b credit.Part) bool {
			return a.Principal == b.Principal && a.Interest == b.Interest && a.Fee == b.Fee && slices.Equal(a.Borne, b.Borne)
		})
	})
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
