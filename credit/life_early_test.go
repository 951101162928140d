package credit_test

import (
	"errors"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// early settles one purchase or everything by a quote of today or, if it still
// holds, of some days ago; or by one that says something else, and then it is refused.
func (l *life) early(t *rapid.T) {
	var open []int64
	for _, p := range l.story.a.Purchases {
		open = append(open, p.Number)
	}
	purchase := int64(0)
	if rapid.Bool().Draw(t, "one") {
		purchase = l.some(t, open)
	}
	shown := l.story.a.AsOf(l.story.day)
	q, err := shown.EarlyQuote(purchase, l.story.day)
	command := quoted(q).command()
	if err != nil {
		var refusal *credit.Error
		if _, again := l.do(command); !errors.As(err, &refusal) || again == nil || again.Error() != err.Error() {
			t.Fatalf("quoted: %v, repaid: %v", err, again)
		}
		return
	}
	l.fairly(t, shown, q)
	if last := q.HoldsUntil; last != l.story.day && rapid.Bool().Draw(t, "on its last day") {
		if last == 0 {
			last = l.story.day + 300
		}
		l.passTo(t, last)
	}
	switch rapid.IntRange(0, 5).Draw(t, "mistake") {
	case 0:
		command.Amount++
	case 1:
		command.Quote = "eq_another"
	default:
		before := l.story.a.AsOf(l.story.day).Owed()
		if _, err := l.do(command); err != nil {
			t.Fatalf("on %s, quoted to hold until %s: %v", l.story.day, q.HoldsUntil, err)
		}
		if purchase == 0 && l.story.a.Owed() != 0 {
			t.Fatalf("everything was settled, and %d are owed", l.story.a.Owed())
		}
		if slices.ContainsFunc(l.story.a.Purchases, func(p credit.Purchase) bool { return p.Number == purchase && len(p.Instalments) > 0 }) {
			t.Fatalf("purchase %d was settled, and is still owed", purchase)
		}
		same(t, "owed less", before-l.story.a.Owed(), q.Total+q.Saved)
		return
	}
	if _, err := l.do(command); err == nil {
		t.Fatalf("%+v was taken for the quote %+v", command, q)
	}
}

// fairly holds a quote against what is owed, counted plainly, and against the cap.
func (l *life) fairly(t *rapid.T, shown *credit.Account, q credit.EarlyQuote) {
	owed := money.Amount(0)
	for _, p := range shown.Purchases {
		if q.Purchase != 0 && p.Number != q.Purchase {
			continue
		}
		charged := money.Amount(0)
		for _, s := range q.Shares {
			if s.Purchase == p.Number && s.Statement == 0 {
				charged += s.Interest + s.Fee
			}
		}
		principal := money.Amount(0)
		for _, in := range p.Instalments {
			owed += in.Principal + in.Interest + in.Fee
			if in.Statement == 0 {
				principal += in.Principal
			}
		}
		if charged > 0 {
			l.withinCap(t, p, principal, charged)
		}
	}
	for _, s := range shown.Statements {
		if q.Purchase == 0 {
			owed += s.Penalty + s.Fee
		}
	}
	same(t, "owed and quoted", owed, q.Total+q.Saved)
	same(t, "paid and used", q.Total, q.Sum+q.FromCredit)
	if q.Sum < 0 || q.FromCredit > shown.Credit || l.terms.EarlyFees == credit.EarlyFeesAll && q.Saved > 0 && l.terms.CostCap >= 10*credit.Whole && l.terms.RateMethod == credit.MonthlyTimesTwelve {
		t.Fatalf("quoted %+v", q)
	}
}

// withinCap works out the annual rate of a purchase whose rest is paid with the next
// bill: no dearer than by the contract's cap. Where days count, a payment today is
// dearer than that, so it says less, but not nothing.
func (l *life) withinCap(t *rapid.T, p credit.Purchase, principal, charged money.Amount) {
	var parts []credit.Part
	lent := principal
	for _, part := range l.story.a.Terms.Schedule(p.Plan, p.Amount, p.On) {
		if part.On <= l.story.day {
			parts = append(parts, part)
			lent += part.Principal
		}
	}
	next := calendar.NextOnDay(l.story.day, l.story.a.Terms.StatementDay)
	parts = append(parts, credit.Part{On: next, Principal: principal, Fee: charged})
	if rate := credit.AnnualRate(l.story.a.Terms, lent, p.On, parts); rate > l.story.a.Terms.CostCap {
		t.Fatalf("purchase %d is charged %d for being paid early, which makes it %s a year", p.Number, charged, rate)
	}
}

// paidEarly counts an early repayment beside the account.
func (l *life) paidEarly(e credit.EarlyRepaymentReceived) {
	l.pay(e.Shares, e.Amount+e.FromCredit)
	l.balance -= e.FromCredit
	for _, s := range e.Shares {
		if s.Statement == 0 {
			l.cut[s.Purchase] += s.Principal // it will stand on no statement
			l.cost[s.Purchase] -= s.Interest + s.Fee
		}
	}
	for _, w := range e.Waived {
		l.cost[w.Purchase] -= w.Interest + w.Fee
		if w.Interest < 0 || w.Fee < 0 || w.Interest+w.Fee == 0 && len(w.Borne) == 0 {
			l.t.Fatalf("waived: %+v", w)
		}
	}
}
