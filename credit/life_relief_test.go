package credit_test

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// anyRelief draws on which terms bills can be deferred and converted, if at all.
func anyRelief(t *rapid.T, terms *credit.Terms) {
	if rapid.Bool().Draw(t, "deferrals") {
		terms.Deferral = &credit.DeferralTerms{
			MostDays: rapid.SampledFrom([]int{1, 14, 60}).Draw(t, "most days"), AYear: rapid.IntRange(1, 3).Draw(t, "a year"),
		}
		if rapid.Bool().Draw(t, "flat fee") {
			terms.Deferral.Fee = money.Amount(rapid.IntRange(0, 20_00).Draw(t, "deferral fee"))
		} else {
			terms.Deferral.Rate = credit.Rate(rapid.IntRange(0, 50_000).Draw(t, "deferral rate"))
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "conversions") {
		p := credit.Plan{
			ID: fmt.Sprintf("bill%d", i), Kind: rapid.SampledFrom([]credit.PlanKind{credit.Flat, credit.Annuity}).Draw(t, "kind"),
			Periods: rapid.SampledFrom([]int{1, 3, 12}).Draw(t, "periods"), Rate: credit.Rate(rapid.IntRange(0, 15_000).Draw(t, "rate")),
		}
		if p.Kind == credit.Annuity {
			p.Rate *= 12
		}
		if rapid.Bool().Draw(t, "subsidised") {
			p.Subsidies = []credit.Subsidy{{Bearer: credit.Merchant, Share: 333_333}, {Bearer: credit.Funder, Share: 200_000}}
		}
		terms.Conversions = append(terms.Conversions, p)
	}
	terms.ConvertOverdue = rapid.Bool().Draw(t, "convert overdue")
}

// relief is what is counted of deferrals and conversions.
type relief struct {
	deferrals []calendar.Date // when granted
	gone      map[string]bool // "purchase/instalment" of which something was converted
	last      map[int64]int   // the last instalment of each purchase
	rolled    map[string]bool // "purchase/instalment" that comes from a conversion
	converted map[int64]bool  // by statement
}

func (r *relief) bought(e credit.PurchaseCaptured) {
	if r.last == nil {
		r.gone, r.last, r.rolled, r.converted = map[string]bool{}, map[int64]int{}, map[string]bool{}, map[int64]bool{}
	}
	r.last[e.Number] = len(e.Parts)
}

// late takes what a lost dispute adds: further instalments, each of the sort that it is a part of.
func (r *relief) late(e credit.DisputeSettled) {
	for _, part := range e.Late {
		r.last[e.Purchase] = max(r.last[e.Purchase], part.Number)
		r.rolled[fmt.Sprintf("%d/%d", e.Purchase, part.Number)] = r.rolled[fmt.Sprintf("%d/%d", e.Purchase, part.Of)]
	}
}

// convertedBy counts what a conversion moved, and holds it against its own sums.
func (l *life) convertedBy(e credit.StatementConverted) {
	moved, total := map[int64]money.Amount{}, money.Amount(0)
	for _, line := range e.Lines {
		where := fmt.Sprintf("%d/%d", line.Purchase, line.Instalment)
		if l.stands[where] != e.Statement || l.relief.gone[where] || line.Principal <= 0 || l.relief.rolled[where] {
			l.t.Fatalf("%d of instalment %s, which stands on statement %d, is converted of statement %d", line.Principal, where, l.stands[where], e.Statement)
		}
		l.relief.gone[where] = true
		l.billed[line.Purchase] -= line.Principal // it left its statement, and will be billed again
		moved[line.Purchase] += line.Principal
		total += line.Principal
	}
	for _, c := range e.Purchases {
		same(l.t, "a purchase's part", c.Amount, moved[c.Purchase])
		same(l.t, "its first instalment", c.First, l.relief.last[c.Purchase]+1)
		same(l.t, "its instalments", len(c.Parts), e.Plan.Periods)
		l.relief.last[c.Purchase] += e.Plan.Periods
		for k := range c.Parts {
			l.relief.rolled[fmt.Sprintf("%d/%d", c.Purchase, c.First+k)] = true
		}
		for k, part := range c.Parts {
			same(l.t, "its statement", part.On, calendar.NthOnDay(l.story.day, l.story.a.Terms.StatementDay, k+1))
			moved[c.Purchase] -= part.Principal
			l.cost[c.Purchase] += part.Interest + part.Fee
			if min(part.Principal, part.Interest, part.Fee) < 0 {
				l.t.Fatalf("an instalment of %+v", part)
			}
		}
		same(l.t, "left of a purchase's part", moved[c.Purchase], 0)
		delete(moved, c.Purchase)
	}
	if total != e.Amount || len(moved) != 0 || l.relief.converted[e.Statement] {
		l.t.Fatalf("statement %d is converted by %d, its lines by %d, with %v in no instalment", e.Statement, e.Amount, total, moved)
	}
	l.relief.converted[e.Statement] = true
}

// open draws one of the account's open statements, or something else.
func (l *life) open(t *rapid.T) (number int64, s *credit.Statement) {
	var open []int64
	for _, s := range l.story.a.Statements {
		open = append(open, s.Number)
	}
	number = l.some(t, open)
	if i := slices.Index(open, number); i >= 0 {
		before := l.story.a.Statements[i]
		s = &before
	}
	return number, s
}

// principalOf is what a statement asks for in principal that is on the books: all, and what may be converted.
func (l *life) principalOf(statement int64) (all, own money.Amount) {
	for _, p := range l.story.a.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == statement && !p.ChargedOff {
				all += in.Principal
				if !l.relief.rolled[fmt.Sprintf("%d/%d", p.Number, in.Number)] {
					own += in.Principal
				}
			}
		}
	}
	return all, own
}

// contestedOn says whether something that stood on a statement is contested.
func contestedOn(a *credit.Account, statement int64) bool {
	for _, d := range a.Disputes {
		for _, part := range d.Parts {
			if part.Statement == statement {
				return true
			}
		}
	}
	return false
}

// convert asks for instalments, and holds the answer against the conditions told another way.
func (l *life) convert(t *rapid.T) {
	a, terms := l.story.a, l.story.a.Terms
	n, before := l.open(t)
	plan := rapid.SampledFrom(append(slices.Clone(terms.Conversions), credit.Plan{ID: "next"})).Draw(t, "plan")
	_, own := l.principalOf(n)
	amount := rapid.SampledFrom([]money.Amount{0, 0, own, own / 2, 1, own + 1, -1}).Draw(t, "amount")
	may := before != nil && plan.ID != "next" && own > 0 && amount >= 0 && amount <= own && !l.relief.converted[n] &&
		(before.Deferred == 0 || l.story.day > before.Due) && (l.story.day <= before.Due || terms.ConvertOverdue) &&
		!contestedOn(a, n) &&
		!slices.ContainsFunc(a.PendingDebits(), func(d credit.Debit) bool { return d.Statement == n || d.Purpose != credit.StatementDebit })
	shown := a.AsOf(l.story.day)
	remaining, billed := shown.Remaining(n), shown.Billed()
	q, err := a.QuoteConversion(n, plan.ID, amount, l.story.day)
	events, refused := l.do(credit.Convert{Statement: n, Plan: plan.ID, Amount: amount, Consent: l.story.consent(credit.Document{Name: credit.ConversionDocument, Version: 1, Hash: q.Token})})
	if (err == nil) != may || (refused == nil) != may {
		t.Fatalf("converting %d of statement %d %+v on %s: %v, %v", amount, n, before, l.story.day, err, refused)
	}
	if !may {
		return
	}
	if amount == 0 {
		amount = own
	}
	total := money.Amount(0)
	for _, p := range q.Parts {
		total += p.Sum()
	}
	same(t, "converted", q.Amount, amount)
	same(t, "the sum of what is paid", total, q.Total)
	same(t, "what it costs", q.Cost, total-amount)
	if q.AnnualRate > terms.CostCap {
		t.Fatalf("it costs %s a year", q.AnnualRate)
	}
	same(t, "left on the statement", a.Remaining(n), remaining-amount)
	same(t, "left of all that is billed", a.Billed(), billed-amount)
	same(t, "paid", slices.ContainsFunc(events, func(e credit.Event) bool { return e == credit.Event(credit.StatementPaid{Statement: n}) }), remaining == amount)
}

// postpone asks for a later due date, and holds the answer against the conditions
// and the cap, told another way.
func (l *life) postpone(t *rapid.T) {
	a, terms := l.story.a, l.story.a.Terms.Deferral
	n, before := l.open(t)
	if before == nil {
		before = &credit.Statement{}
	}
	due := before.Due + calendar.Date(rapid.SampledFrom([]int{-1, 0, 1, 2, 10, 14, 15, 60, 61}).Draw(t, "later"))
	within := 0
	for _, on := range l.relief.deferrals {
		if l.story.day-on < 365 {
			within++
		}
	}
	may := before.Number != 0 && terms != nil && !before.ChargedOff && before.Deferred == 0 && l.story.day < before.Due && within < terms.AYear && due > before.Due && due <= before.Due+calendar.Date(terms.MostDays)
	q, err := a.QuoteDeferral(n, due, l.story.day)
	events, refused := l.do(credit.Defer{Statement: n, Due: due, Consent: l.story.consent(credit.Document{Name: credit.DeferralDocument, Version: 1, Hash: q.Token})})
	if (err == nil) != may || (refused == nil) != may {
		t.Fatalf("deferring statement %d due on %s to %s on %s after %d: %v, %v", n, before.Due, due, l.story.day, within, err, refused)
	}
	if !may {
		return
	}
	principal, _ := l.principalOf(n)
	asked := max(terms.Fee, terms.Rate.Of(principal))
	e := only[credit.StatementDeferred](t, events)
	days := int64(due - before.Due)
	if e.Fee < 0 || e.Fee+e.Cut != asked || q.Fee != e.Fee || q.AnnualRate > a.Terms.CostCap {
		t.Fatalf("deferred for %+v, quoted %+v, and the terms ask for %d", e, q, asked)
	}
	if a.Terms.RateMethod != credit.EffectiveOnDays {
		// fee ÷ principal × 365 ÷ days against the cap, by cross multiplication; half a millionth rounds down to it.
		cap2 := (2*int64(a.Terms.CostCap) + 1) * int64(principal) * days
		if year := int64(365) * 2_000_000; int64(e.Fee)*year > cap2 || e.Cut > 0 && int64(e.Fee+1)*year < cap2 {
			t.Fatalf("of %d asked %d are charged on %d for %d days", asked, e.Fee, principal, days)
		}
	}
	i := slices.IndexFunc(a.Statements, func(s credit.Statement) bool { return s.Number == n })
	same(t, "new due date", a.Statements[i].Due, due)
	same(t, "fee", a.Statements[i].Fee, e.Fee)
}
