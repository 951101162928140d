package credit_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

func (l *life) pass(t *rapid.T) {
	l.passTo(t, l.story.day+calendar.Date(rapid.SampledFrom([]int{0, 1, 1, 2, 5, 9, 20, 31, 31, 95}).Draw(t, "days")))
}

func (l *life) passTo(t *rapid.T, day calendar.Date) {
	for l.nights.day < day {
		next := l.nights.day + 1
		for _, s := range l.nights.a.Statements {
			if next > s.Due {
				for _, p := range l.nights.a.Purchases {
					for _, in := range p.Instalments {
						if in.Statement == s.Number && !l.gone[p.Number] {
							l.bases[s.Number] += in.Principal
						}
					}
				}
			}
		}
		owed := map[int64]money.Amount{} // as the day begins
		for _, p := range l.nights.a.Purchases {
			for _, in := range p.Instalments {
				if !l.gone[p.Number] {
					owed[in.Statement] += in.Principal
				}
			}
		}
		for _, s := range l.nights.a.Statements {
			if !s.Overdue {
				l.late[s.Number] = owed[s.Number]
			}
		}
		l.count(l.nights.close(next))
		if due := l.nights.a.NextDue(); due != 0 && due <= next {
			t.Fatalf("closing %s leaves something due on %s", next, due)
		}
	}
	l.story.pass(day)
}

func (l *life) amount(t *rapid.T, most money.Amount) money.Amount {
	return rapid.OneOf(
		rapid.SampledFrom([]money.Amount{most, most, most + 1, most / 2, 1, 7, 100_00, 0, -1}),
		rapid.Custom(func(t *rapid.T) money.Amount { return money.Amount(rapid.Int64Range(1, 3_000_00).Draw(t, "fen")) }),
	).Draw(t, "amount")
}

func (l *life) authorise(t *rapid.T) {
	if p := rapid.SampledFrom(l.story.a.Terms.Plans).Draw(t, "plan"); l.story.a.Available() > 0 {
		if amount := l.amount(t, l.story.a.Available()); amount > 0 {
			order := l.story.order(amount, p.ID)
			order.Scene = rapid.SampledFrom([]string{"live", "live", "mall", "casino"}).Draw(t, "scene")
			order.Merchant = rapid.SampledFrom([]string{"m1", "m2", "m3"}).Draw(t, "merchant")
			route := rapid.IntRange(0, max(1, len(l.terms.Routes))-1).Draw(t, "route")
			order.Consent.Hash = l.story.a.QuoteBy(route, p, amount, l.story.day).Token
			order.Full = rapid.SampledFrom([][]string{nil, nil, nil, {"bank"}, {"trust", "a"}}).Draw(t, "full")
			events, _ := l.do(order)
			for _, e := range events {
				if e, ok := e.(credit.Authorised); ok && (e.Route != route || slices.ContainsFunc(l.story.a.Terms.Routing()[route].Shares, func(s credit.FunderShare) bool { return slices.Contains(order.Full, s.Funder) })) {
					t.Fatalf("agreed to route %d, full are %v, and it is funded by %d", route, order.Full, e.Route)
				}
			}
		}
	}
}

// some draws a number of the account's things, mostly one that exists.
func (l *life) some(t *rapid.T, exist []int64) int64 {
	if len(exist) == 0 || rapid.IntRange(0, 9).Draw(t, "stray") == 0 {
		return rapid.Int64Range(-1, l.story.a.Numbers+2).Draw(t, "number")
	}
	return rapid.SampledFrom(exist).Draw(t, "number")
}

func (l *life) capture(t *rapid.T) {
	var open []int64
	for _, h := range l.story.a.Holds {
		open = append(open, h.Number)
	}
	n := l.some(t, open)
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		l.do(credit.Void{Hold: n})
	default:
		l.do(credit.Capture{Hold: n, Amount: l.amount(t, l.holds[n]), Final: rapid.Bool().Draw(t, "final")})
	}
}

func (l *life) buy(t *rapid.T) {
	l.authorise(t)
	if n := len(l.story.a.Holds); n > 0 {
		h := l.story.a.Holds[n-1]
		l.do(credit.Capture{Hold: h.Number, Amount: h.Amount})
	}
}

func (l *life) repay(t *rapid.T) {
	shown := l.story.a.AsOf(l.story.day)
	amount := l.amount(t, shown.Billed())
	want := greedy(shown, l.story.day, amount)
	events, err := l.do(credit.Repay{Amount: amount, Currency: "CNY", Source: "p"})
	if err != nil {
		return
	}
	got := map[string]money.Amount{}
	for _, s := range only[credit.RepaymentReceived](t, events).Shares {
		for kind, paid := range map[string]money.Amount{"penalty": s.Penalty, "fee": s.Fee, "interest": s.Interest, "principal": s.Principal} {
			if paid != 0 {
				got[fmt.Sprint(s.Statement, s.Purchase, s.Instalment, kind)] = paid
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Fatalf("a repayment of %d paid\n%v\nand by the contract\n%v", amount, got, want)
	}
}

// greedy pays debts one after the other, in the contract's order, told as one list.
func greedy(a *credit.Account, day calendar.Date, amount money.Amount) map[string]money.Amount {
	paid := map[string]money.Amount{}
	pay := func(statement, purchase int64, k int, kind string, owed money.Amount) {
		if part := min(owed, amount); part > 0 {
			paid[fmt.Sprint(statement, purchase, k, kind)] = part
			amount -= part
		}
	}
	inOrder := slices.Clone(a.Statements) // the first due first: an overdue one before one that is not
	slices.SortStableFunc(inOrder, func(s, t credit.Statement) int { return cmp.Or(int(s.Due-t.Due), int(s.Number-t.Number)) })
	for _, s := range inOrder {
		order := []string{"penalty", "fee", "interest", "principal"}
		if first := a.Terms.PrincipalFirst; first != 0 && int(day-s.Due) >= first {
			order = []string{"principal", "penalty", "fee", "interest"}
		}
		for _, kind := range order {
			if kind == "penalty" {
				pay(s.Number, 0, 0, kind, s.Penalty)
				continue
			}
			if kind == "fee" {
				pay(s.Number, 0, 0, kind, s.Fee)
			}
			for _, p := range a.Purchases {
				for _, in := range p.Instalments {
					if in.Statement == s.Number {
						pay(s.Number, p.Number, in.Number, kind, map[string]money.Amount{"fee": in.Fee, "interest": in.Interest, "principal": in.Principal}[kind])
					}
				}
			}
		}
	}
	return paid
}

// settle pays exactly what is shown: nothing billed is left, and no rest.
func (l *life) settle(t *rapid.T) {
	owed, before := l.story.a.AsOf(l.story.day).Billed(), l.story.a.Credit
	if owed == 0 {
		return
	}
	if _, err := l.do(credit.Repay{Amount: owed, Currency: "CNY", Source: "p"}); err != nil {
		t.Fatal(err)
	}
	if l.story.a.Billed() != 0 || l.story.a.Credit != before {
		t.Fatalf("what was shown was paid, and %d are billed with a credit balance of %d", l.story.a.Billed(), l.story.a.Credit)
	}
}

func (l *life) refund(t *rapid.T) {
	var known []int64
	for n := range l.captured {
		known = append(known, n)
	}
	slices.Sort(known)
	n := l.some(t, known)
	c := credit.Refund{Purchase: n, Amount: l.amount(t, l.captured[n]-l.refunded[n])}
	shown, refused := wire.Try(l.story.a.AsOf(l.story.day), c, l.story.at())
	events, err := l.do(c)
	if fmt.Sprint(err) != fmt.Sprint(refused) {
		t.Fatalf("a refund was shown as %v, and came to %v", refused, err)
	}
	// What was shown has the penalty in it that the refund charges first.
	events = slices.DeleteFunc(slices.Clone(events), func(e credit.Event) bool { return e.Name() == "penalty.charged" })
	deep(t, "a refund as it was shown, and as it is", shown, events)
}

func (l *life) close(t *rapid.T) {
	obstacles := l.story.a.Obstacles(l.story.day)
	if status := l.story.a.Status; l.story.a.Closure == nil {
		kind := rapid.SampledFrom([]credit.ClosureKind{credit.Close, credit.Deregister}).Draw(t, "how")
		referred := l.story.a.Application.Decision == credit.Referred
		open := status == credit.Active || status == credit.Closed && kind == credit.Deregister && !referred
		if _, err := l.do(credit.RequestClosure{Kind: kind}); (err == nil) != (open && len(obstacles) == 0) {
			t.Fatalf("closing in spite of %v: got %v", obstacles, err)
		}
		return
	}
	n := l.story.a.Closure.Number
	l.do(rapid.SampledFrom([]credit.Command{
		credit.ApproveClosure{Closure: n}, credit.ApproveClosure{Closure: n}, credit.RefuseClosure{Closure: n}, credit.WithdrawClosure{Closure: n}, credit.ApproveClosure{Closure: n + 1},
	}).Draw(t, "answer"))
}

// contact counts calls by the day, and knows quiet hours by the clock.
func (l *life) contact(t *rapid.T) {
	minute := rapid.IntRange(0, 24*60-1).Draw(t, "minute")
	c := credit.MakeContact{
		Channel: credit.ByCall, Purpose: rapid.SampledFrom([]credit.ContactPurpose{credit.Collection, credit.Reminder}).Draw(t, "purpose"),
		Party: credit.TheCustomer, Effective: rapid.Bool().Draw(t, "effective"), Offset: (minute - 12*60) * 60,
	}
	owes := l.story.a.Billed() > 0
	if c.Purpose == credit.Collection {
		owes = l.owesGivenUp() && l.story.a.ChargedOffOwed() > 0
		for _, s := range l.story.a.Statements {
			owes = owes || s.Overdue
		}
	}
	want := owes && minute >= 8*60 && minute < 22*60 && l.contacts[l.story.day] < 3
	if _, err := l.do(c); (err == nil) != want {
		t.Fatalf("a contact at minute %d after %d of the day, owing %t: %v", minute, l.contacts[l.story.day], owes, err)
	} else if err == nil && c.Effective {
		l.contacts[l.story.day]++
	}
}

func (l *life) other(t *rapid.T) {
	kind := rapid.SampledFrom(append(credit.BlockKinds, credit.BlockOverdue)).Draw(t, "kind")
	again := l.story.application(l.terms)
	again.Assessment.Decision = rapid.SampledFrom([]credit.Decision{credit.Approved, credit.Referred, credit.Refused}).Draw(t, "decision")
	commands := []credit.Command{
		credit.ReturnCredit{Reference: "x"}, credit.Freeze{Kind: kind}, credit.Unfreeze{Kind: kind}, credit.CloseDay{Day: l.story.day}, again,
		credit.CancelAutopay{},
		credit.Review{Application: l.story.a.Application.Number, Approve: true, Limit: 5_000_00, Reviewer: "r"},
		credit.Appeal{Application: l.story.a.Application.Number, Ground: credit.GroundPerson},
	}
	l.do(commands[rapid.IntRange(0, len(commands)-1).Draw(t, "command")])
}
