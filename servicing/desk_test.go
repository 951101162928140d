package servicing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
)

const platform = "plt_test"

var start = calendar.Of(2026, 3, 10)

// office is a desk on a database of its own, with a sandbox clock.
type office struct {
	t     *testing.T
	path  string
	log   eventlog.Log
	clock *servicing.SandboxClock
	desk  *servicing.Desk
}

func openOffice(t *testing.T, change ...func(*servicing.Options)) *office {
	t.Helper()
	return openOfficeAt(t, filepath.Join(t.TempDir(), "book.db"), func(l eventlog.Log) eventlog.Log { return l }, change...)
}

func openOfficeAt(t *testing.T, path string, wrap func(eventlog.Log) eventlog.Log, change ...func(*servicing.Options)) *office {
	t.Helper()
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := open.Log(db)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, path: path, log: wrap(log), clock: servicing.NewSandboxClock(start.Time().Add(9 * time.Hour))}
	options := servicing.Options{Clock: o.clock, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&options)
	}
	o.desk, err = servicing.Open(t.Context(), o.log, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.desk.Close()
		_ = log.Close()
		_ = db.Close()
	})
	if err := o.desk.Resume(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	return o
}

var terms = &credit.Terms{
	Programme: "prg_test", Version: 1, Currency: "CNY", StatementDay: 1, DueDay: 10, GraceDays: 3, HoldDays: 7,
	PenaltyRate: 180_000, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: 91,
	ReviewDays: 3, Applications: 2, WindowDays: 30, Funder: "fun_test", Scenes: []string{"mall"},
	Plans:     []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}},
	Documents: []credit.Document{{Name: "credit_agreement", Version: 1, Hash: "aa"}},
}

func (o *office) consent(person, document, hash string, version int) credit.Consent {
	no := false
	now := o.clock.Now()
	return credit.Consent{
		Person: person, Document: document, Version: version, Hash: hash,
		ShownAt: now.Add(-time.Minute), AcceptedAt: now, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(60), Preselected: &no,
	}
}

// open opens an account with a limit.
func (o *office) open(customer string, limit money.Amount) credit.ID {
	o.t.Helper()
	id := credit.AccountID(platform, terms.Programme, customer)
	adult, student := true, false
	_, err := o.desk.Do(o.t.Context(), servicing.Request{
		Account: id, Platform: platform, Key: "open",
		Command: credit.Apply{
			Platform: platform, Programme: terms.Programme, Customer: customer,
			Consents: []credit.Consent{o.consent(customer, "credit_agreement", "aa", 1)},
			Declared: credit.Declared{Adult: &adult, Student: &student},
			Terms:    terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: limit},
		},
	})
	if err != nil {
		o.t.Fatalf("open %s: %v", customer, err)
	}
	return id
}

// checkout is a request to authorise, with the consent that a customer would give.
func (o *office) checkout(id credit.ID, customer, key string, amount money.Amount) servicing.Request {
	a := credit.Account{ID: id, Terms: terms}
	quote := a.Quote(terms.Plans[0], amount, o.desk.Today().Day)
	return servicing.Request{
		Account: id, Platform: platform, Key: key,
		Command: credit.Authorise{
			Amount: amount, Currency: "CNY", Plan: "next", Scene: "mall", Merchant: "shop", Order: key,
			Consent: o.consent(customer, credit.QuoteDocument, quote.Token, 1),
		},
		Answer: func(a *credit.Account, events []credit.Event, at credit.Moment) []byte {
			return fmt.Appendf(nil, "%s on %s: %v", events[0].Name(), at.Day, events[0])
		},
	}
}

func (o *office) look(id credit.ID) (account credit.Account) {
	o.t.Helper()
	err := o.desk.Look(o.t.Context(), id, platform, func(a *credit.Account, _ credit.Moment, _ int64) {
		state, _ := wire.EncodeState(a)
		copied, _ := wire.DecodeState(state)
		account = *copied
	})
	if err != nil {
		o.t.Fatalf("look at %s: %v", id, err)
	}
	return account
}

// entries reads the whole log and checks what every log must be.
func (o *office) entries() (all []eventlog.Entry) {
	o.t.Helper()
	for _, p := range o.log.Partitions() {
		entries, err := o.log.Read(context.Background(), p, 0, 1_000_000)
		if err != nil {
			o.t.Fatal(err)
		}
		for i, e := range entries {
			if e.Position != int64(i+1) {
				o.t.Fatalf("partition %d has position %d in place %d", p, e.Position, i+1)
			}
			if i > 0 && (e.Time < entries[i-1].Time || e.Day < entries[i-1].Day) {
				o.t.Fatalf("entry %d/%d goes back in time", p, e.Position)
			}
		}
		all = append(all, entries...)
	}
	return all
}

func TestAnswersAreReplayedByteForByte(t *testing.T) {
	o := openOffice(t)
	id := o.open("anna", 1000)
	first, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 600))
	if err != nil {
		t.Fatal(err)
	}
	repeat := func(o *office, what string) {
		t.Helper()
		again, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 600))
		if err != nil || !again.Replayed || string(again.Body) != string(first.Body) || again.Position != first.Position {
			t.Errorf("%s: %q, %v, want %q again", what, again.Body, err, first.Body)
		}
	}
	repeat(o, "from memory")
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 500)); !errors.Is(err, servicing.ErrKeyReused) {
		t.Errorf("same key, other body: %v", err)
	}
	other := openOfficeAt(t, o.path, func(l eventlog.Log) eventlog.Log { return l })
	repeat(other, "from the log, by another server")
	if _, err := other.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 500)); !errors.Is(err, servicing.ErrKeyReused) {
		t.Errorf("same key, other body, other server: %v", err)
	}
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "", 1)); !errors.Is(err, servicing.ErrKeyMissing) {
		t.Errorf("no key: %v", err)
	}
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "close:2026-04-01", 1)); !errors.Is(err, servicing.ErrKeyReserved) {
		t.Errorf("a key of close of business: %v", err)
	}
}

func TestARefusedRepeatGetsTheFirstAnswer(t *testing.T) {
	o := openOffice(t)
	id := o.open("anna", 1000)
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 600)); err != nil {
		t.Fatal(err)
	}
	capture := servicing.Request{
		Account: id, Platform: platform, Key: "c1", Command: credit.Capture{Hold: 2, Amount: 600},
		Answer: func(*credit.Account, []credit.Event, credit.Moment) []byte { return []byte("captured") },
	}
	if _, err := o.desk.Do(t.Context(), capture); err != nil {
		t.Fatal(err)
	}
	other := openOfficeAt(t, o.path, func(l eventlog.Log) eventlog.Log { return l })
	again, err := other.desk.Do(t.Context(), capture)
	if err != nil || string(again.Body) != "captured" || !again.Replayed {
		t.Errorf("a capture repeated on another server: %q, %v", again.Body, err)
	}
	capture.Key = "c2"
	var refusal *credit.Error
	if _, err := other.desk.Do(t.Context(), capture); !errors.As(err, &refusal) || refusal.Kind != credit.HoldNotOpen {
		t.Errorf("a second capture: %v", err)
	}
}

func TestSameKeyAtOnceIsExecutedOnce(t *testing.T) {
	o := openOffice(t)
	id := o.open("anna", 100_000)
	bodies := make([]string, 64)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			answer, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k", 100))
			if err != nil {
				t.Error(err)
			}
			bodies[i] = string(answer.Body)
		})
	}
	all.Wait()
	if slices.Sort(bodies); bodies[0] != bodies[63] || bodies[0] == "" {
		t.Errorf("answers differ: %q and %q", bodies[0], bodies[63])
	}
	if held := o.look(id); held.Held() != 100 {
		t.Errorf("held %d, want 100", held.Held())
	}
}

func TestNoLimitIsPassedUnderConcurrency(t *testing.T) {
	o := openOffice(t)
	other := openOfficeAt(t, o.path, func(l eventlog.Log) eventlog.Log { return l })
	id := o.open("anna", 1000)
	var approved atomic.Int32
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			desk := []*office{o, other}[i%2]
			for {
				answer, err := desk.desk.Do(t.Context(), o.checkout(id, "anna", fmt.Sprint("k", i), 100))
				if errors.Is(err, servicing.ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				if string(answer.Body[:len("authorisation.approved")]) == "authorisation.approved" {
					approved.Add(1)
				}
				return
			}
		})
	}
	all.Wait()
	if approved.Load() != 10 {
		t.Errorf("%d of 60 holds of 100 were approved on a limit of 1,000, want 10", approved.Load())
	}
	for _, desk := range []*office{o, other} {
		if a := desk.look(id); a.Available() != 0 || a.Held() != 1000 {
			t.Errorf("available %d, held %d", a.Available(), a.Held())
		}
	}
	o.entries()
}

func TestNobodyReachesAnothersAccount(t *testing.T) {
	o := openOffice(t)
	id := o.open("anna", 1000)
	thief := o.checkout(id, "anna", "k1", 100)
	if _, err := o.desk.Do(t.Context(), thief); err != nil {
		t.Fatal(err)
	}
	thief.Platform = "plt_other"
	want := func(what string, err error) {
		t.Helper()
		var refusal *credit.Error
		if !errors.As(err, &refusal) || refusal.Kind != credit.NotFound || refusal.Detail != "there is no such account" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := o.desk.Do(t.Context(), thief) // the very same request, key included
	want("repeat by another platform", err)
	thief.Key = "k2"
	_, err = o.desk.Do(t.Context(), thief)
	want("command by another platform", err)
	want("look by another platform", o.desk.Look(t.Context(), id, "plt_other", func(*credit.Account, credit.Moment, int64) { t.Error("shown") }))
	want("look at nothing", o.desk.Look(t.Context(), credit.AccountID("x", "y", "z"), platform, func(*credit.Account, credit.Moment, int64) { t.Error("shown") }))
}

// bomb is a command whose answer panics, as a bug in a rule would.
func bomb(r servicing.Request) servicing.Request {
	r.Answer = func(*credit.Account, []credit.Event, credit.Moment) []byte { panic("a bug") }
	return r
}

func TestAPanicFailsAlone(t *testing.T) {
	o := openOffice(t)
	anna, ben := o.open("anna", 10_000), o.open("ben", 10_000)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if _, err := o.desk.Do(t.Context(), o.checkout(anna, "anna", fmt.Sprint("a", i), 100)); err != nil {
				t.Errorf("a neighbour on the same account: %v", err)
			}
		})
		all.Go(func() {
			if _, err := o.desk.Do(t.Context(), o.checkout(ben, "ben", fmt.Sprint("b", i), 100)); err != nil {
				t.Errorf("a neighbour: %v", err)
			}
		})
		all.Go(func() {
			if _, err := o.desk.Do(t.Context(), bomb(o.checkout(anna, "anna", fmt.Sprint("x", i), 100))); !errors.Is(err, servicing.ErrPanicked) {
				t.Errorf("the bomb: %v", err)
			}
		})
	}
	all.Wait()
	for _, id := range []credit.ID{anna, ben} {
		if a := o.look(id); a.Held() != 4000 {
			t.Errorf("%s holds %d, want 4,000", id, a.Held())
		}
	}
	o.entries()
}

func TestACacheSmallerThanTheBookIsEnough(t *testing.T) {
	o := openOffice(t, func(op *servicing.Options) { op.Accounts, op.Snapshot = 4, 3 })
	ids := make([]credit.ID, 50)
	for i := range ids {
		ids[i] = o.open(fmt.Sprint("c", i), 100_000)
	}
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			for k := range 10 {
				if _, err := o.desk.Do(t.Context(), o.checkout(id, fmt.Sprint("c", i), fmt.Sprint("k", k), 10)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if a := o.look(id); a.Held() != 100 {
			t.Errorf("%s holds %d, want 100", id, a.Held())
		}
	}
	if f := o.desk.Figures(); f.Loads < 100 {
		t.Errorf("only %d loads: the cache was not bounded", f.Loads)
	}
}

func TestAFullQueueIsSaidAtOnce(t *testing.T) {
	gate := &gated{open: make(chan struct{})}
	o := openOfficeAt(t, filepath.Join(t.TempDir(), "book.db"), func(l eventlog.Log) eventlog.Log { gate.Log = l; return gate },
		func(op *servicing.Options) { op.Queue, op.Lanes, op.Batch = 8, 1, 4 })
	id := o.open("anna", 100_000)
	gate.shut.Store(true)
	var busy, done atomic.Int32
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			switch _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", fmt.Sprint("k", i), 100)); {
			case errors.Is(err, servicing.ErrBusy):
				busy.Add(1)
			case err != nil:
				t.Error(err)
			default:
				done.Add(1)
			}
		})
	}
	for busy.Load() < 40-8-4 { // a queue of 8 and a batch of up to 4 that waits for the log
		time.Sleep(time.Millisecond)
	}
	gate.shut.Store(false)
	close(gate.open)
	all.Wait()
	if a := o.look(id); int(a.Held()) != 100*int(done.Load()) {
		t.Errorf("held %d after %d commands", a.Held(), done.Load())
	}
}

func TestACallerThatHasGoneIsDroppedBeforeItIsDecided(t *testing.T) {
	gate := &gated{open: make(chan struct{})}
	o := openOfficeAt(t, filepath.Join(t.TempDir(), "book.db"), func(l eventlog.Log) eventlog.Log { gate.Log = l; return gate },
		func(op *servicing.Options) { op.Lanes = 1 })
	id := o.open("anna", 100_000)
	gate.shut.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _, _ = o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 100)) })
	for o.desk.Figures().Batches == 0 || gate.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	all.Go(func() {
		if _, err := o.desk.Do(ctx, o.checkout(id, "anna", "k2", 100)); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
	gone := o.checkout(id, "anna", "k3", 100)
	gone.Gone = func() bool { return true }
	all.Go(func() {
		if _, err := o.desk.Do(t.Context(), gone); !errors.Is(err, servicing.ErrGone) {
			t.Errorf("a caller that has gone: %v", err)
		}
	})
	for o.desk.Figures().Queued < 2 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	time.Sleep(150 * time.Millisecond) // longer than the desk's patience
	gate.shut.Store(false)
	close(gate.open)
	all.Wait()
	if a := o.look(id); a.Held() != 100 {
		t.Errorf("held %d, want 100", a.Held())
	}
}

// gated is a log whose appends wait while its gate is shut.
type gated struct {
	eventlog.Log
	shut    atomic.Bool
	waiting atomic.Int32
	open    chan struct{}
}

func (g *gated) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	if g.shut.Load() {
		g.waiting.Add(1)
		<-g.open
	}
	return g.Log.Append(ctx, expected, entries)
}
