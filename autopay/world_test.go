package autopay_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/autopay"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

const platform = "shop"

// quiet is a log that nobody reads: what is wrong the books tell.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// world is an office with customers who are debited.
type world struct {
	t     *testing.T
	o     *office.Office
	keys  int
	close func()
}

// openWorld opens an office on a file; service may be nil.
func openWorld(t *testing.T, path string, service payment.Service) *world {
	t.Helper()
	o, err := office.Open(t.Context(), path, office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-01-20T09:00:00+08:00", Partitions: 2},
		Payments: service, Log: quiet,
		Autopay: autopay.Options{Poll: time.Millisecond, Patience: time.Millisecond, Call: 100 * time.Millisecond, Page: 3, Workers: 4},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, o: o}
	closed := false
	w.close = func() {
		if !closed {
			closed = true
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(w.close)
	return w
}

var terms = &credit.Terms{
	Programme: "monthly", Version: 1, Currency: "CNY", StatementDay: 1, DueDay: 10, GraceDays: 3, HoldDays: 7,
	PenaltyRate: 180_000, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, ReviewDays: 3, Applications: 2, WindowDays: 30,
	Funder: "bank", Scenes: []string{"mall"},
	Plans:     []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}, {ID: "three", Kind: credit.Flat, Periods: 3, Rate: 6_000}},
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

func (w *world) look(id credit.ID) (a credit.Account) {
	w.t.Helper()
	if err := w.o.Desk.Look(w.t.Context(), id, platform, func(live *credit.Account, at credit.Moment, _ int64) {
		a = *live.AsOf(at.Day)
		a.Debits = slices.Clone(live.Debits)
	}); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// open opens an account whose customer is debited from a source.
func (w *world) open(customer, source string) credit.ID {
	w.t.Helper()
	id := credit.AccountID(platform, terms.Programme, customer)
	yes, no := true, false
	w.must(id, credit.Apply{
		Platform: platform, Programme: terms.Programme, Customer: customer, Terms: terms, Declared: credit.Declared{Adult: &yes, Student: &no},
		Consents: []credit.Consent{w.consent(customer, terms.Documents[0])}, Assessment: credit.Assessment{Decision: credit.Approved, Limit: 5_000_00},
	})
	a := w.look(id)
	if source != "" {
		w.must(id, credit.SetAutopay{Source: source, Consent: w.consent(customer, a.AutopayText(source))})
	}
	return id
}

func (w *world) buy(id credit.ID, amount money.Amount, plan string) {
	w.t.Helper()
	a := w.look(id)
	p, _ := a.Terms.Plan(plan)
	q := a.Quote(p, amount, w.o.Desk.Today().Day)
	w.must(id, credit.Authorise{
		Amount: amount, Currency: "CNY", Plan: plan, Scene: "mall", Merchant: "m", Order: "o",
		Consent: w.consent(a.Customer, credit.Document{Name: credit.QuoteDocument, Version: a.Terms.Version, Hash: q.Token}),
	})
	a = w.look(id)
	h := a.Holds[len(a.Holds)-1]
	w.must(id, credit.Capture{Hold: h.Number, Amount: h.Amount})
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

// catchUp waits until the tables have all that stands in the log.
func (w *world) catchUp() {
	w.t.Helper()
	heads, err := w.o.Log.Heads(w.t.Context(), w.o.Log.Partitions())
	for i := 0; err == nil && i < len(heads); i++ {
		err = w.o.Tables.WaitFor(w.t.Context(), heads[i].Partition, heads[i].Position)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// told lists what the log says of debits and repayments, "account name …", by account.
func (w *world) told() string {
	w.t.Helper()
	byAccount := map[string][]string{}
	for _, partition := range w.o.Log.Partitions() {
		entries, err := w.o.Log.Read(w.t.Context(), partition, 0, 100_000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range entries {
			if e.Account == "" {
				continue
			}
			events, err := wire.DecodeEvents(e.Events)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, event := range events {
				if name := event.Name(); strings.HasPrefix(name, "debit.") || strings.HasPrefix(name, "repayment.") || strings.HasPrefix(name, "statement.") {
					byAccount[e.Account] = append(byAccount[e.Account], fmt.Sprintf("%s %+v", name, event))
				}
			}
		}
	}
	var lines []string
	for account, list := range byAccount {
		lines = append(lines, account+"\n  "+strings.Join(list, "\n  "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// audit holds a bank's books against yuefu's: nobody was debited twice or without
// result, and what was taken is what repayments brought.
func (w *world) audit(bank *standin.Bank) {
	w.t.Helper()
	w.catchUp()
	kept := map[string]standin.Debit{}
	for _, d := range bank.Books() {
		kept[d.Request.ID] = d
		if d.Taken > 1 || (d.Taken == 1) != (d.Outcome.Status == payment.Succeeded) {
			w.t.Errorf("%s is %s, and money was taken %d times", d.Request.ID, d.Outcome.Status, d.Taken)
		}
	}
	brought, pending := money.Amount(0), 0
	accounts, err := w.o.Tables.Accounts(w.t.Context(), view.Filter{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range accounts {
		debits, err := w.o.Tables.Debits(w.t.Context(), a.ID, view.Page{Limit: 1000})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range debits {
			id := string(a.ID.Part(credit.PrefixDebit, d.Number))
			at, ok := kept[id]
			delete(kept, id)
			switch {
			case d.Status == credit.PendingDebit:
				pending++
			case !ok || at.Request.Amount != d.Amount || at.Request.Source != d.Source:
				w.t.Errorf("%s of %d is %s here, and the bank has %+v", id, d.Amount, d.Status, at)
			case d.Status == credit.SettledDebit && at.Outcome.Status != payment.Succeeded, d.Status == credit.RefusedDebit && at.Outcome.Status != payment.Refused:
				w.t.Errorf("%s is %s here and %s at the bank", id, d.Status, at.Outcome.Status)
			}
			if d.Status == credit.SettledDebit {
				brought += d.Amount
			}
		}
	}
	for id := range kept {
		w.t.Errorf("the bank was asked for %s, and nobody here did", id)
	}
	if pending != 0 || brought != bank.Taken() {
		w.t.Errorf("%d are pending, %d were brought and %d taken", pending, brought, bank.Taken())
	}
	report, err := w.o.Tables.Verify(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range report.Violations {
		w.t.Error(v)
	}
}

// copied copies a database that nobody has open.
func copied(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, part := range []string{"", ".vault-key"} { // a copy without its key opens nothing
		b, err := os.ReadFile(from + part)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+part, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// followUntilDone runs a follower until nothing is pending.
func (w *world) followUntilDone(f *autopay.Follower) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 60*time.Second)
	defer cancel()
	w.catchUp()
	for {
		left, err := f.Round(ctx, true)
		if err != nil {
			w.t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
}
