package notice_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

const (
	platform = "shop"
	canary   = "+8613912345678" // whoever finds it anywhere has found a leak
)

// phones give every customer the canary's number, but for some.
type phones struct {
	mu    sync.Mutex
	asked int
	fail  error
}

func (p *phones) Phone(_ context.Context, of, customer string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	switch {
	case of != platform:
		return "", fmt.Errorf("%s is asked for", of)
	case strings.HasPrefix(customer, "silent"):
		return "", notice.ErrNoPhone
	}
	return canary, p.fail
}

// buffer is a log that tests read.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// world is an office whose customers are told.
type world struct {
	t      *testing.T
	o      *office.Office
	phones *phones
	log    *buffer
	keys   int
	close  func()
}

// openWorld opens an office on a database; the sandbox's clock starts as given.
func openWorld(t *testing.T, dsn, start string, provider sms.Provider) *world {
	t.Helper()
	w := &world{t: t, phones: &phones{}, log: &buffer{}}
	var err error
	w.o, err = office.Open(t.Context(), dsn, office.Options{
		Database: database.Options{Sandbox: true, Start: start, Partitions: 2},
		Payments: &standin.Bank{}, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Notices: &notice.Options{SMS: provider, Phones: w.phones, Poll: time.Millisecond, Patience: time.Millisecond, Call: 100 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	w.close = func() {
		if !closed {
			closed = true
			if err := w.o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(w.close)
	return w
}

const morning = "2026-01-20T09:00:00+08:00"

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "notice.db") }

var terms = &credit.Terms{
	Programme: "monthly", Version: 1, Currency: "CNY", StatementDay: 1, DueDay: 10, GraceDays: 3, HoldDays: 7,
	PenaltyRate: 180_000, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, ReviewDays: 3, Applications: 2, WindowDays: 30,
	Funder: "bank", Bureau: "bureau", Scenes: []string{"mall"}, AutopayRetries: []int{1, 3},
	Plans:     []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}, {ID: "three", Kind: credit.Flat, Periods: 3, Rate: 6_000}},
	Deferral:  &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 5_000},
	Documents: []credit.Document{{Name: "agreement", Version: 1, Hash: "aa"}},
}

func (w *world) consent(person string, d credit.Document) credit.Consent {
	no, now := false, w.o.Clock.Now()
	return credit.Consent{
		Person: person, Document: d.Name, Version: d.Version, Hash: d.Hash,
		ShownAt: now.Add(-time.Minute), AcceptedAt: now.Add(-time.Second), Act: "tap", Channel: "api", Language: "zh-Hans", ReadSeconds: new(59), Preselected: &no,
	}
}

func (w *world) do(id credit.ID, command credit.Command) error {
	w.keys++
	_, err := w.o.Desk.Do(w.t.Context(), servicing.Request{
		Account: id, Platform: platform, Key: fmt.Sprintf("%s-%d-%d", id, w.o.Desk.Today().Day, w.keys), Command: command,
	})
	return err
}

func (w *world) must(id credit.ID, command credit.Command) {
	w.t.Helper()
	if err := w.do(id, command); err != nil {
		w.t.Fatalf("%s: %v", command.Name(), err)
	}
}

func (w *world) look(id credit.ID) *credit.Account {
	var a credit.Account
	w.t.Helper()
	if err := w.o.Desk.Look(w.t.Context(), id, platform, func(live *credit.Account, at credit.Moment, _ int64) { a = *live.AsOf(at.Day) }); err != nil {
		w.t.Fatal(err)
	}
	return &a
}

func (w *world) apply(customer string, decision credit.Decision) credit.ID {
	w.t.Helper()
	id := credit.AccountID(platform, terms.Programme, customer)
	yes, no := true, false
	w.must(id, credit.Apply{
		Platform: platform, Programme: terms.Programme, Customer: customer, Terms: terms, Declared: credit.Declared{Adult: &yes, Student: &no},
		Consents: []credit.Consent{w.consent(customer, terms.Documents[0])}, Assessment: credit.Assessment{Decision: decision, Limit: 5_000_00, Reasons: []string{"income_too_low"}},
	})
	return id
}

func (w *world) open(customer string) credit.ID {
	w.t.Helper()
	return w.apply(customer, credit.Approved)
}

func (w *world) autopay(id credit.ID, source string) {
	w.t.Helper()
	a := w.look(id)
	w.must(id, credit.SetAutopay{Source: source, Consent: w.consent(a.Customer, a.AutopayText(source))})
}

func (w *world) buy(id credit.ID, amount money.Amount) (purchase int64) {
	w.t.Helper()
	a := w.look(id)
	q := a.Quote(a.Terms.Plans[0], amount, w.o.Desk.Today().Day)
	w.must(id, credit.Authorise{
		Amount: amount, Currency: "CNY", Plan: "next", Scene: "mall", Merchant: "m", Order: "o",
		Consent: w.consent(a.Customer, credit.Document{Name: credit.QuoteDocument, Version: a.Terms.Version, Hash: q.Token}),
	})
	a = w.look(id)
	h := a.Holds[len(a.Holds)-1]
	w.must(id, credit.Capture{Hold: h.Number, Amount: h.Amount})
	a = w.look(id)
	return a.Purchases[len(a.Purchases)-1].Number
}

func (w *world) repay(id credit.ID, amount money.Amount) {
	w.t.Helper()
	w.must(id, credit.Repay{Amount: amount, Currency: "CNY", Source: "hand"})
}

func (w *world) to(day string) {
	w.t.Helper()
	d, err := calendar.Parse(day)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.o.Desk.Advance(w.t.Context(), d, nil); err != nil {
		w.t.Fatal(err)
	}
}

// told waits until everybody was told of all that stands in the log.
func (w *world) told() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	heads, err := w.o.Log.Heads(ctx, w.o.Log.Partitions())
	for i := 0; err == nil && i < len(heads); i++ {
		err = w.o.Told(ctx, heads[i].Partition, heads[i].Position)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// inbox is what an account's customer was told, the oldest first.
func (w *world) inbox(id credit.ID) []notice.Told {
	w.t.Helper()
	w.told()
	list, err := w.o.Notices.Inbox(w.t.Context(), id, view.Page{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// kinds are an inbox in short: "2026-02-01 bill delivered".
func (w *world) kinds(id credit.ID) (lines []string) {
	w.t.Helper()
	for _, n := range w.inbox(id) {
		line := n.Day.String()[5:] + " " + string(n.Kind)
		if n.Message.Status != "" {
			line += " " + string(n.Message.Status)
		}
		if n.Message.Reason != "" {
			line += " " + n.Message.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

// settled sends until nothing is left whose hour has come.
func (w *world) settled() {
	w.t.Helper()
	w.told()
	for range 2000 {
		left, err := w.o.Notices.Round(w.t.Context(), true)
		if err != nil {
			w.t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
	w.t.Fatal("messages never settle")
}

// dump is every text in the tables that the room writes, and in the log.
func (w *world) dump() string {
	w.t.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT kind || ' ' || reference || ' ' || figures FROM notice`, `SELECT status || ' ' || text || ' ' || reason FROM notice_message`,
		`SELECT CAST(command AS TEXT) || CAST(events AS TEXT) FROM log_entry`,
	} {
		rows, err := w.o.DB.Reader().QueryContext(w.t.Context(), query)
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var s sql.NullString
			if err := rows.Scan(&s); err != nil {
				w.t.Fatal(err)
			}
			b.WriteString(s.String + "\n")
		}
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	return b.String()
}
