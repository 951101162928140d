package explain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/explain"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// life is an account that lives by the sample programme's contract.
type life struct {
	t     rapid.TB
	a     *credit.Account
	day   calendar.Date
	facts []explain.Fact
}

func newLife(t rapid.TB) *life {
	terms := catalogue.Sample().Terms
	terms.Programme, terms.Version = "sample", 3
	id := credit.AccountID("shop", "sample", "u1")
	l := &life{t: t, a: &credit.Account{ID: id}, day: calendar.Of(2026, 1, 6)}
	no, yes := false, true
	c := credit.Apply{Platform: "shop", Programme: "sample", Customer: "u1", Terms: &terms, Declared: credit.Declared{Adult: &yes, Student: &no},
		Assessment: credit.Assessment{Decision: credit.Approved, Limit: 20_000_00}}
	for _, d := range terms.Documents {
		c.Consents = append(c.Consents, l.consent(d))
	}
	if err := l.do(c); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *life) at() credit.Moment {
	return credit.Moment{Day: l.day, Time: l.day.Time().Add(5 * time.Hour).UnixMicro()}
}

func (l *life) consent(d credit.Document) credit.Consent {
	no, now := false, time.UnixMicro(l.at().Time).UTC()
	return credit.Consent{Person: "u1", Document: d.Name, Version: d.Version, Hash: d.Hash, ShownAt: now.Add(-time.Hour), AcceptedAt: now, Act: "tap", Channel: "api", Language: "zh-Hans", ReadSeconds: new(3600), Preselected: &no}
}

func (l *life) do(c credit.Command) error {
	at := l.at()
	events, err := l.a.Do(c, at)
	if late, ok := c.(credit.CloseDay); ok {
		at.Day = late.Day
	}
	if err == nil && len(events) > 0 {
		l.facts = append(l.facts, explain.Fact{Fact: credit.Fact{Command: c, Events: events, At: at}, Position: int64(len(l.facts) + 1)})
	}
	return err
}

func (l *life) pass(day calendar.Date) {
	for due := l.a.NextDue(); due != 0 && due <= day; due = l.a.NextDue() {
		l.day = due
		if err := l.do(credit.CloseDay{Day: due}); err != nil {
			l.t.Fatal(err)
		}
	}
	l.day = day
}

func (l *life) buy(amount money.Amount, plan string) {
	p, _ := l.a.Terms.Plan(plan)
	q := l.a.Quote(p, amount, l.day)
	if l.do(credit.Authorise{Amount: amount, Currency: "CNY", Plan: plan, Scene: "mall", Merchant: "tea house", Order: "o1",
		Consent: l.consent(credit.Document{Name: credit.QuoteDocument, Version: l.a.Terms.Version, Hash: q.Token})}) == nil && len(l.a.Holds) > 0 {
		if err := l.do(credit.Capture{Hold: l.a.Holds[0].Number, Amount: amount}); err != nil {
			l.t.Fatal(err)
		}
	}
}

func sum(steps []explain.Step) (total money.Amount) {
	for _, s := range steps {
		total += s.Amount
	}
	return total
}

// Of any bill in any life: what its steps added and took comes to what is owed on it,
// to the fen, and no step is without an event and a rule that has a source.
func TestTheStepsComeToWhatIsOwed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		for range rapid.IntRange(5, 40).Draw(t, "acts") {
			amount := money.Amount(rapid.Int64Range(1, 2_000_00).Draw(t, "amount"))
			switch rapid.IntRange(0, 8).Draw(t, "act") {
			case 0, 1:
				l.pass(l.day + rapid.SampledFrom([]calendar.Date{1, 5, 12, 31}).Draw(t, "days"))
			case 2, 3:
				l.buy(amount, rapid.SampledFrom(l.a.Terms.Plans).Draw(t, "plan").ID)
			case 4:
				_ = l.do(credit.Repay{Amount: amount, Currency: "CNY", Source: "p"})
			case 5:
				if len(l.a.Purchases) > 0 {
					p := rapid.SampledFrom(l.a.Purchases).Draw(t, "purchase")
					_ = l.do(credit.Refund{Purchase: p.Number, Amount: min(amount, p.Amount-p.Refunded)})
				}
			case 6:
				if len(l.a.Purchases) > 0 {
					p := rapid.SampledFrom(l.a.Purchases).Draw(t, "purchase")
					_ = l.do(credit.OpenDispute{Purchase: p.Number, Amount: amount, Reason: credit.WrongAmount})
				}
			case 8:
				if q, err := l.a.AsOf(l.day).EarlyQuote(0, l.day); err == nil {
					_ = l.do(credit.EarlyRepay{Amount: q.Sum, Currency: "CNY", Source: "p", Quote: q.Token})
				}
			case 7:
				if len(l.a.Disputes) > 0 {
					_ = l.do(credit.SettleDispute{Dispute: l.a.Disputes[0].Number, ForCustomer: rapid.Bool().Draw(t, "won"), Reviewer: "r"})
				}
			}
		}
		for _, f := range l.facts {
			for _, e := range f.Events {
				issued, ok := e.(credit.StatementIssued)
				if !ok {
					continue
				}
				bill, err := explain.Tell(l.a.ID, l.facts, issued.Number, l.day)
				if err != nil {
					t.Fatal(err)
				}
				owed, lines, told := money.Amount(0), money.Amount(0), sum(bill.Own)
				for _, s := range l.a.AsOf(l.day).Statements {
					if s.Number == issued.Number {
						owed += s.Penalty + s.Fee
					}
				}
				for _, p := range l.a.Purchases {
					for _, in := range p.Instalments {
						if in.Statement == issued.Number {
							owed += in.Principal + in.Interest + in.Fee
						}
					}
				}
				for _, line := range bill.Lines {
					lines += line.Principal + line.Interest + line.Fee
					told += sum(line.Steps)
				}
				if lines != bill.Total || bill.Total != issued.Total || bill.Remaining != owed || told != owed {
					t.Fatalf("statement %d of %d: lines of %d, steps come to %d, %d remain by the story and %d by the account", issued.Number, issued.Total, lines, told, bill.Remaining, owed)
				}
				complete(t, bill)
			}
		}
	})
}

func complete(t rapid.TB, bill explain.Bill) {
	rules := map[string]bool{}
	for _, r := range bill.Rules {
		rules[r.ID] = true
		if r.Text.ZH == "" || r.Text.EN == "" || !strings.Contains(r.Source.EN, "programme sample, version 3") {
			t.Fatalf("rule %+v", r)
		}
	}
	check := func(steps []explain.Step) {
		for _, s := range steps {
			if !rules[s.Rule] || s.Text.ZH == "" || s.Text.EN == "" || strings.Contains(s.Text.ZH+s.Text.EN, "%!") || s.Position == 0 && s.Event != "" {
				t.Fatalf("step %+v", s)
			}
		}
	}
	check(bill.Own)
	for _, line := range bill.Lines {
		check(line.Steps)
		if len(line.Steps) < 3 {
			t.Fatalf("line %+v has no story", line)
		}
	}
}

func TestAStatementThatNeverWas(t *testing.T) {
	l := newLife(t)
	l.buy(100_00, "next")
	for _, n := range []int64{0, 1, 2, 99} {
		if _, err := explain.Tell(l.a.ID, l.facts, n, l.day); !errors.Is(err, explain.ErrNoStatement) {
			t.Errorf("statement %d: %v", n, err)
		}
	}
	if _, err := explain.Tell(l.a.ID, nil, 1, l.day); !errors.Is(err, explain.ErrNoStatement) {
		t.Errorf("nobody's: %v", err)
	}
}
