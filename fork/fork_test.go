package fork_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/fork"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/replay"
	"github.com/yuefu/yuefu/servicing"
)

// book is an office with a customer who pays in time and one who does not.
type book struct {
	t            *testing.T
	o            *office.Office
	prompt, late credit.ID
	keys         int
}

func newBook(t *testing.T) *book {
	t.Helper()
	o, err := office.Open(t.Context(), filepath.Join(t.TempDir(), "book.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-01-05T12:00:00+08:00"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := replay.Prepare(t.Context(), o, "CNY"); err != nil {
		t.Fatal(err)
	}
	b := &book{t: t, o: o}
	b.prompt, b.late = b.open("prompt"), b.open("late")
	for _, id := range []credit.ID{b.prompt, b.late} {
		b.buy(id, 100_00)
	}
	b.to("2026-02-05") // billed on the 1st, due on the 10th
	b.do(b.prompt, credit.Repay{Amount: 100_00, Currency: "CNY", Source: "p"})
	b.to("2026-03-02")
	b.do(b.late, credit.Repay{Amount: 30_00, Currency: "CNY", Source: "p"})
	b.to("2026-03-20")
	return b
}

func (b *book) do(id credit.ID, c credit.Command) (events []credit.Event) {
	b.t.Helper()
	b.keys++
	_, err := b.o.Desk.Do(b.t.Context(), servicing.Request{Account: id, Platform: replay.Platform, Key: fmt.Sprint("k", b.keys), Command: c,
		Answer: func(_ *credit.Account, e []credit.Event, _ credit.Moment) []byte { events = e; return []byte("{}") }})
	if err != nil {
		b.t.Fatalf("%s: %v", c.Name(), err)
	}
	return events
}

func (b *book) to(day string) {
	b.t.Helper()
	d, err := calendar.Parse(day)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.o.Desk.Advance(b.t.Context(), d, nil); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) consent(who string, d credit.Document) credit.Consent {
	no, now := false, time.UnixMicro(b.o.Desk.Today().Time).UTC()
	return credit.Consent{Person: who, Document: d.Name, Version: d.Version, Hash: d.Hash, ShownAt: now.Add(-time.Minute), AcceptedAt: now, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(60), Preselected: &no}
}

func (b *book) open(who string) credit.ID {
	b.t.Helper()
	v, err := b.o.Catalogue.Programme(b.t.Context(), replay.Platform, replay.Programme)
	if err != nil {
		b.t.Fatal(err)
	}
	no, yes := false, true
	c := credit.Apply{Platform: replay.Platform, Programme: replay.Programme, Customer: who, Declared: credit.Declared{Adult: &yes, Student: &no},
		Terms: v.Terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: 1_000_00}}
	for _, d := range v.Terms.Documents {
		c.Consents = append(c.Consents, b.consent(who, d))
	}
	id := credit.AccountID(replay.Platform, replay.Programme, who)
	b.do(id, c)
	return id
}

func (b *book) buy(id credit.ID, amount money.Amount) {
	b.t.Helper()
	var order credit.Authorise
	if err := b.o.Desk.Look(b.t.Context(), id, replay.Platform, func(a *credit.Account, at credit.Moment, _ int64) {
		q := a.Quote(a.Terms.Plans[0], amount, at.Day)
		order = credit.Authorise{Amount: amount, Currency: "CNY", Plan: q.Plan.ID, Scene: "mall", Merchant: "m", Order: "o",
			Consent: b.consent(a.Customer, credit.Document{Name: credit.QuoteDocument, Version: a.Terms.Version, Hash: q.Token})}
	}); err != nil {
		b.t.Fatal(err)
	}
	for _, e := range b.do(id, order) {
		if e, ok := e.(credit.Authorised); ok {
			b.do(id, credit.Capture{Hold: e.Number, Amount: amount})
		}
	}
}

func (b *book) ask(ask fork.Ask) *fork.Report {
	b.t.Helper()
	ask.Until = b.o.Desk.Today().Day
	r, err := fork.Run(context.Background(), b.o.Tables, ask, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// sum is the SHA-256 of every byte of the log.
func (b *book) sum() string {
	b.t.Helper()
	h := sha256.New()
	for _, p := range b.o.Log.Partitions() {
		entries, err := b.o.Log.Read(b.t.Context(), p, 0, 10_000)
		if err != nil {
			b.t.Fatal(err)
		}
		fmt.Fprintf(h, "%v", entries)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func rules(t *testing.T, assignments ...string) fork.Rules {
	t.Helper()
	r := fork.Rules{}
	for _, a := range assignments {
		if err := r.Set(a); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestAnotherRuleFromThePast(t *testing.T) {
	b := newBook(t)
	before := b.sum()
	day := func(s string) calendar.Date {
		d, err := calendar.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}

	// The same rule is the same past.
	terms := ""
	if err := b.o.Desk.Look(t.Context(), b.late, replay.Platform, func(a *credit.Account, _ credit.Moment, _ int64) {
		terms = fmt.Sprintf("grace_days=%d", a.Terms.GraceDays)
	}); err != nil {
		t.Fatal(err)
	}
	if r := b.ask(fork.Ask{Rules: rules(t, terms)}); r.Accounts != 2 || r.Changed != 0 || r.Failures != 0 {
		t.Fatalf("the same rule makes another past: %+v", r)
	}

	// A grace of a month: on the 2nd of March no penalty was charged yet, so all of the money paid principal.
	r := b.ask(fork.Ask{Rules: rules(t, "grace_days=31")})
	c := r.Currencies[0]
	if r.Changed != 1 || c.Is.Penalty >= c.Was.Penalty || c.Is.Owed >= c.Was.Owed || c.Is.Paid != c.Was.Paid {
		t.Errorf("was %+v, would be %+v", c.Was, c.Is)
	}

	// No penalty from March on: what February cost stays.
	r = b.ask(fork.Ask{From: day("2026-03-01"), Rules: rules(t, "penalty_rate=0")})
	c = r.Currencies[0]
	if r.Changed != 1 || r.Differences[0].Account != b.late {
		t.Fatalf("changed: %+v", r.Differences)
	}
	d := r.Differences[0]
	if d.Is.Penalty >= d.Was.Penalty || d.Is.Owed >= d.Was.Owed || c.Was.Bills != 0 {
		t.Errorf("was %+v, would be %+v", d.Was, d.Is)
	}
	sum := money.Amount(0)
	for _, class := range c.Classes {
		sum += class.Is - class.Was
	}
	if sum != 0 {
		t.Errorf("the differences of the ledger come to %d", sum)
	}

	// A position is of one account's partition.
	one := b.ask(fork.Ask{Account: b.prompt, Position: 1, Rules: rules(t, "penalty_rate=0")})
	if one.Accounts != 1 || one.Changed != 0 {
		t.Errorf("who paid in time: %+v", one)
	}
	if _, err := fork.Run(t.Context(), b.o.Tables, fork.Ask{Position: 5, Rules: rules(t, "grace_days=0")}, nil); !errors.Is(err, fork.ErrAsk) {
		t.Errorf("a position of nobody: %v", err)
	}

	// Principal first: of the 30.00 the penalty got nothing.
	r = b.ask(fork.Ask{Account: b.late, Rules: rules(t, "principal_first_from=1")})
	if d := r.Differences[0]; d.Is.Penalty >= d.Was.Penalty || d.Was.Paid != d.Is.Paid {
		t.Errorf("was %+v, would be %+v", d.Was, d.Is)
	}
	if b.sum() != before {
		t.Error("what happened has changed")
	}
}

func TestRulesThatNoContractHas(t *testing.T) {
	for _, a := range []string{"grace=5", "currency=USD", "plans=[]", "plans.next.id=x", "plans.next.colour=1", "grace_days=five", "grace_days", "programme=x", "documents=[]"} {
		r := fork.Rules{}
		if err := r.Set(a); !errors.Is(err, fork.ErrAsk) {
			t.Errorf("%s: %v", a, err)
		}
	}
	b := newBook(t)
	r := b.ask(fork.Ask{Rules: rules(t, "grace_days=99")})
	if r.Failures != 2 || len(r.Failed) != 2 || r.Changed != 0 {
		t.Errorf("a grace that no contract can have: %+v", r)
	}
}
