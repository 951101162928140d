package credit_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// tb is a test: one of package testing or one of rapid.
type tb = rapid.TB

// contract is what the stories are signed under, unless one says otherwise: bills
// on the 5th, due on the 15th, three days of grace, a penalty of 0.1% a day.
func contract() *credit.Terms {
	return &credit.Terms{
		Programme: "yuefu", Version: 1, Currency: "CNY",
		StatementDay: 5, DueDay: 15, GraceDays: 3, HoldDays: 7,
		PenaltyRate: 360_000, CostCap: 360_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: 91,
		ReadingSeconds: 5, ReviewDays: 3, Applications: 2, WindowDays: 30,
		Funder: "bank", Scenes: []string{"live", "mall"},
		Plans: []credit.Plan{
			{ID: "next", Kind: credit.PayNextMonth, Periods: 1},
			{ID: "free3", Kind: credit.Flat, Periods: 3, Rate: 10_000, Subsidies: []credit.Subsidy{{Bearer: credit.Merchant, Share: credit.Whole}}},
			{ID: "flat3", Kind: credit.Flat, Periods: 3, Rate: 10_000},
			{ID: "annuity6", Kind: credit.Annuity, Periods: 6, Rate: 70_000},
			{ID: "shared3", Kind: credit.Flat, Periods: 3, Rate: 10_000, Subsidies: []credit.Subsidy{
				{Bearer: credit.Merchant, Share: 400_000}, {Bearer: credit.Platform, Share: 150_000}, {Bearer: credit.Funder, Share: 150_000},
			}},
		},
		Documents: []credit.Document{{Name: "agreement", Version: 3, Hash: "a3"}, {Name: "reporting", Version: 1, Hash: "r1"}},
	}
}

// story tells an account's life day by day, as the desk would live it: before the
// first command of a day it closes the missed days that have something due. After
// each step the account keeps its invariants, and a second account that only hears
// the events, through their durable form, has the same state to the byte.
type story struct {
	t      tb
	a      *credit.Account
	echo   *credit.Account
	day    calendar.Date
	events []string // "2026-03-05 statement.issued", …
	facts  []credit.Fact
}

func stranger(t tb, day string) *story {
	t.Helper()
	id := credit.AccountID("shop", "yuefu", "u1")
	return &story{t: t, a: &credit.Account{ID: id}, echo: &credit.Account{ID: id}, day: on(t, day)}
}

// opened begins a story with an account of 10,000.00 opened on a day.
func opened(t tb, day string, change ...func(*credit.Terms)) *story {
	t.Helper()
	s := stranger(t, day)
	terms := contract()
	for _, c := range change {
		c(terms)
	}
	if err := terms.Validate(); err != nil {
		t.Fatal(err)
	}
	s.do(s.application(terms))
	if s.a.Status != credit.Active {
		t.Fatalf("the account is %q", s.a.Status)
	}
	return s
}

func (s *story) application(terms *credit.Terms) credit.Apply {
	no, yes := false, true
	c := credit.Apply{
		Platform: "shop", Programme: "yuefu", Customer: "u1", Terms: terms,
		Declared:   credit.Declared{Adult: &yes, Student: &no},
		Assessment: credit.Assessment{Decision: credit.Approved, Limit: 10_000_00},
	}
	for _, d := range terms.Documents {
		c.Consents = append(c.Consents, s.consent(d))
	}
	return c
}

func (s *story) consent(d credit.Document) credit.Consent {
	no, now := false, time.UnixMicro(s.at().Time).UTC()
	return credit.Consent{
		Person: "u1", Document: d.Name, Version: d.Version, Hash: d.Hash,
		ShownAt: now.Add(-time.Minute), AcceptedAt: now.Add(-10 * time.Second), Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(50), Preselected: &no,
	}
}

// at is noon of the story's day.
func (s *story) at() credit.Moment {
	return credit.Moment{Day: s.day, Time: int64(s.day)*86400e6 + 43200e6}
}

// to lets days pass, closing those that have something due, through day.
func (s *story) to(day string) *story {
	s.t.Helper()
	s.pass(on(s.t, day))
	return s
}

func (s *story) pass(day calendar.Date) {
	s.t.Helper()
	if day < s.day {
		s.t.Fatalf("%s is before %s", day, s.day)
	}
	for due := s.a.NextDue(); due != 0 && due <= day; due = s.a.NextDue() {
		s.close(due)
		if next := s.a.NextDue(); next != 0 && next <= due {
			s.t.Fatalf("closing %s leaves something due on %s", due, next)
		}
	}
	s.day = day
}

func (s *story) close(day calendar.Date) []credit.Event {
	s.t.Helper()
	s.day = day
	return s.do(credit.CloseDay{Day: day})
}

func (s *story) do(c credit.Command) []credit.Event {
	s.t.Helper()
	events, err := s.try(c)
	if err != nil {
		s.t.Fatalf("%s on %s: %v", c.Name(), s.day, err)
	}
	return events
}

// try decides a command and holds the account against its invariants and its echo.
func (s *story) try(c credit.Command) ([]credit.Event, error) {
	s.t.Helper()
	before := encoded(s.t, s.a)
	events, err := s.a.Do(c, s.at())
	if err != nil {
		if after := encoded(s.t, s.a); !bytes.Equal(before, after) {
			s.t.Fatalf("%s was refused and changed\n%s\nto\n%s", c.Name(), before, after)
		}
		return nil, err
	}
	if len(events) > 0 {
		fact := credit.Fact{Command: c, Events: events, At: s.at()}
		if late, ok := c.(credit.CloseDay); ok {
			fact.At.Day = late.Day
		}
		s.facts = append(s.facts, fact)
	}
	b, err := wire.EncodeEvents(events)
	if err != nil {
		s.t.Fatal(err)
	}
	heard, err := wire.DecodeEvents(b)
	if err != nil {
		s.t.Fatalf("%v in %s", err, b)
	}
	for _, e := range heard {
		s.echo.Apply(e, s.day)
		s.events = append(s.events, s.day.String()+" "+e.Name())
	}
	if live, folded := encoded(s.t, s.a), encoded(s.t, s.echo); !bytes.Equal(live, folded) {
		s.t.Fatalf("after %s the account is\n%s\nand by its events\n%s", c.Name(), live, folded)
	}
	if err := s.a.Check(); err != nil {
		s.t.Fatalf("after %s on %s: %v", c.Name(), s.day, err)
	}
	return events, nil
}

func encoded(t tb, a *credit.Account) []byte {
	t.Helper()
	b, err := wire.EncodeState(a)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refused expects a refusal of a kind; field may be empty.
func (s *story) refused(kind credit.Kind, field string, c credit.Command) *credit.Error {
	s.t.Helper()
	events, err := s.try(c)
	var refusal *credit.Error
	if !errors.As(err, &refusal) {
		s.t.Fatalf("%s on %s: got %v and %d events, want %s", c.Name(), s.day, err, len(events), kind)
	}
	if refusal.Kind != kind || refusal.Field != field {
		s.t.Fatalf("%s on %s: got %s of %q (%s), want %s of %q", c.Name(), s.day, refusal.Kind, refusal.Field, refusal.Detail, kind, field)
	}
	if refusal.Detail == "" {
		s.t.Fatalf("%s: a refusal without a sentence", kind)
	}
	return refusal
}

func (s *story) order(amount money.Amount, plan string) credit.Authorise {
	s.t.Helper()
	p, ok := s.a.Terms.Plan(plan)
	if !ok {
		s.t.Fatalf("no plan %q", plan)
	}
	q := s.a.Quote(p, amount, s.day)
	return credit.Authorise{
		Amount: amount, Currency: "CNY", Plan: plan, Scene: "live", Merchant: "m1", Order: "o1",
		Consent: s.consent(credit.Document{Name: credit.QuoteDocument, Version: s.a.Terms.Version, Hash: q.Token}),
	}
}

// hold authorises an amount and returns the hold's number.
func (s *story) hold(amount money.Amount, plan string) int64 {
	s.t.Helper()
	events := s.do(s.order(amount, plan))
	e, ok := events[0].(credit.Authorised)
	if !ok {
		s.t.Fatalf("declined: %+v", events[0])
	}
	return e.Number
}

// declined expects that an order is declined, and returns the reasons.
func (s *story) declined(amount money.Amount, plan string) []credit.Reason {
	s.t.Helper()
	events := s.do(s.order(amount, plan))
	e, ok := events[0].(credit.Declined)
	if !ok {
		s.t.Fatalf("got %+v, want it declined", events[0])
	}
	return e.Reasons
}

// buy authorises and captures, and returns the purchase's number.
func (s *story) buy(amount money.Amount, plan string) int64 {
	s.t.Helper()
	events := s.do(credit.Capture{Hold: s.hold(amount, plan), Amount: amount})
	return events[0].(credit.PurchaseCaptured).Number
}

func (s *story) repay(amount money.Amount) credit.RepaymentReceived {
	s.t.Helper()
	return only[credit.RepaymentReceived](s.t, s.do(credit.Repay{Amount: amount, Currency: "CNY", Source: "p1"}))
}

func (s *story) refund(purchase int64, amount money.Amount) credit.PurchaseRefunded {
	s.t.Helper()
	return only[credit.PurchaseRefunded](s.t, s.do(credit.Refund{Purchase: purchase, Amount: amount}))
}

// told says which events have come since the last call, one "day name" a line.
func (s *story) told() string {
	told := strings.Join(s.events, "\n")
	s.events = nil
	return told
}

// expect compares what came since the last look with lines of "day name".
func (s *story) expect(lines ...string) {
	s.t.Helper()
	if got, want := s.told(), strings.Join(lines, "\n"); got != want {
		s.t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

// only returns the one event of a type.
func only[E credit.Event](t tb, events []credit.Event) E {
	t.Helper()
	var found []E
	for _, e := range events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		t.Fatalf("got %d events of type %T in %s", len(found), *new(E), names(events))
	}
	return found[0]
}

func names(events []credit.Event) string {
	var list []string
	for _, e := range events {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func on(t tb, day string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func equal[T comparable](t tb, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// parts prints a schedule: "2026-03-05 33.33+1.00" where a cost is added.
func parts(list []credit.Part) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", p.On, p.Principal.Format("CNY"))
		if cost := p.Interest + p.Fee; cost > 0 {
			fmt.Fprintf(&b, "+%s", cost.Format("CNY"))
		}
		for _, o := range p.Borne {
			fmt.Fprintf(&b, " %s %s", o.Bearer, o.Amount.Format("CNY"))
		}
	}
	return b.String()
}
