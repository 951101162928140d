package view

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// paidEarly checks that an early repayment is the one that its customer was quoted, and
// that it settles what it is for: each instalment not billed is paid or waived to the
// last minor unit, and so is each promise of a subsidy earned or given back.
func (x *audited) paidEarly(day calendar.Date, command credit.Command, e credit.EarlyRepaymentReceived) *Violation {
	c, ok := command.(credit.EarlyRepay)
	if settles, debit := command.(credit.SettleDebit); debit {
		d := x.debits[settles.Debit]
		ok = d != nil && d.purpose == credit.EarlyDebit && d.amount == e.Amount && e.Source == string(x.state.ID.Part(credit.PrefixDebit, settles.Debit))
		if ok {
			c.Purchase, c.Quote = d.purchase, d.quote
		}
	}
	if !ok || c.Purchase != e.Purchase || c.Quote != e.Quote {
		return wrong(CheckPayments, "the early repayment of purchase %d by quote %s came of another command or quote", e.Purchase, e.Quote)
	}
	x.came[e.Number] = e.Amount
	if e.FromCredit > x.state.Credit {
		return wrong(CheckPayments, "%d were used of a credit balance of %d", e.FromCredit, x.state.Credit)
	}
	if v := x.paid(e.Amount+e.FromCredit, e.Shares, true); v != nil {
		return v
	}
	promised, given := money.Amount(0), e.Earned
	for i := range x.state.Purchases {
		p := &x.state.Purchases[i]
		if e.Purchase != 0 && e.Purchase != p.Number {
			continue
		}
		for _, in := range p.Instalments {
			if in.Statement == 0 {
				promised += sum(in.Borne)
			}
			if left := in.Principal + in.Interest + in.Fee - early(e, p.Number, in.Number); left != 0 {
				return wrong(CheckPayments, "an early repayment leaves %d of instalment %d of purchase %d", left, in.Number, p.Number)
			}
		}
		if bought := x.bought[p.Number]; bought != nil {
			for k := range bought.parts {
				if part := &bought.parts[k]; part.statement == 0 {
					bought.before += part.principal
					*part = auditedPart{on: part.on, conversion: part.conversion}
				}
			}
		}
	}
	for _, w := range e.Waived {
		given += sum(w.Borne)
	}
	if promised != given {
		return wrong(CheckPayments, "of subsidies of %d an early repayment earns and gives back %d", promised, given)
	}
	shown := x.state.AsOf(day)
	if e.FeeFree {
		shown = shown.FeeFree()
	}
	q, err := shown.EarlyQuote(e.Purchase, day)
	if err != nil || q.Token != e.Quote || q.Sum != e.Amount || !slices.EqualFunc(q.Shares, e.Shares, sameShare) {
		return wrong(CheckPayments, "an early repayment of %d by quote %s, and on %s it is %d by quote %s", e.Amount, e.Quote, day, q.Sum, q.Token)
	}
	return nil
}

func sameShare(a, b credit.Share) bool {
	return a.Statement == b.Statement && a.Purchase == b.Purchase && a.Instalment == b.Instalment &&
		a.Penalty == b.Penalty && a.Fee == b.Fee && a.Interest == b.Interest && a.Principal == b.Principal && slices.Equal(a.Funders, b.Funders)
}

// early is what an early repayment pays and waives of an instalment.
func early(e credit.EarlyRepaymentReceived, purchase int64, instalment int) (sum money.Amount) {
	for _, s := range e.Shares {
		if s.Purchase == purchase && s.Instalment == instalment {
			sum += shareSum(s)
		}
	}
	for _, w := range e.Waived {
		if w.Purchase == purchase && w.Instalment == instalment {
			sum += w.Interest + w.Fee
		}
	}
	return sum
}
