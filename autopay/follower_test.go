package autopay_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/autopay"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/unreliable"
	"github.com/yuefu/yuefu/view"
)

// TestADayOfDebits has a sandbox's evenings carry debits out: on the due date, and
// again for who had no money then.
func TestADayOfDebits(t *testing.T) {
	bank := &standin.Bank{}
	w := openWorld(t, filepath.Join(t.TempDir(), "book.db"), bank)
	rich, poor, hand := w.open("rich", "tok_rich"), w.open("poor", "tok_empty"), w.open("hand", "")
	for _, id := range []credit.ID{rich, poor, hand} {
		w.buy(id, 300_00, "three")
	}
	w.to("2026-02-09")
	if n := len(bank.Books()); n != 0 {
		t.Errorf("the day before, %d debits were sent", n)
	}
	w.to("2026-02-10")
	if a := w.look(rich); a.Billed() != 0 || len(a.Debits) != 1 || a.Debits[0].Status != credit.SettledDebit {
		t.Errorf("on the due date %d are billed: %+v", a.Billed(), a.Debits)
	}
	if a := w.look(poor); a.Billed() == 0 || len(a.Debits) != 1 || a.Debits[0].Reason != "insufficient_funds" {
		t.Errorf("on the due date %d are billed: %+v", a.Billed(), a.Debits)
	}
	w.to("2026-02-13") // the second and the third try
	a := w.look(poor)
	if len(a.Debits) != 3 || a.Debits[2].Attempt != 3 || a.Debits[2].Status != credit.RefusedDebit {
		t.Errorf("%+v", a.Debits)
	}
	w.must(poor, credit.SetAutopay{Source: "tok_poor", Consent: w.consent("poor", a.AutopayText("tok_poor"))})
	w.to("2026-03-10")
	// With money again, what was overdue is debited with the next bill.
	a = w.look(poor)
	if last := a.Debits[len(a.Debits)-1]; len(a.Debits) != 5 || last.Status != credit.SettledDebit || last.Amount != 101_80 {
		t.Errorf("%+v", a.Debits)
	}
	if a.Billed() != 0 || len(a.Blocks) != 0 {
		t.Errorf("%d are billed: %+v", a.Billed(), a.Statements)
	}
	if a := w.look(hand); len(a.Debits) != 0 {
		t.Errorf("who did not agree was debited: %+v", a.Debits)
	}
	w.audit(bank)
}

// TestPayingNowIsDoneAtOnce: whoever asks sees the result in a moment, in a sandbox whose
// clock stands still, and does not wait behind what a due date asked for.
func TestPayingNowIsDoneAtOnce(t *testing.T) {
	bank := &standin.Bank{}
	w := openWorld(t, filepath.Join(t.TempDir(), "book.db"), bank)
	id := w.open("now", "")
	w.buy(id, 300_00, "three")
	w.to("2026-02-01")
	first := w.look(id)
	billed := first.Billed()
	for i, c := range []struct {
		source string
		status credit.DebitStatus
		owed   money.Amount
	}{{"tok_empty", credit.RefusedDebit, billed}, {"tok_now", credit.SettledDebit, billed - 10_00}} {
		w.must(id, credit.RequestDebit{Amount: 10_00, Currency: "CNY", Source: c.source, Bound: true})
		for began := time.Now(); w.look(id).Debits[i].Status == credit.PendingDebit; time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > 10*time.Second {
				t.Fatal("nobody carries it out")
			}
		}
		if a := w.look(id); a.Debits[i].Status != c.status || a.Billed() != c.owed {
			t.Errorf("%s: %d are billed, %+v", c.source, a.Billed(), a.Debits)
		}
	}
	w.audit(bank)

	// Each follower leaves the other's alone.
	w.must(id, credit.RequestDebit{Amount: 5_00, Currency: "CNY", Source: "tok_now", Bound: true})
	w.catchUp()
	standing := autopay.New(w.o.Desk, w.o.Tables, bank, w.o.Clock.Elapsed, autopay.Options{Log: quiet})
	if left, err := standing.Round(t.Context(), true); err != nil || left != 0 || standing.Figures().Sent != 0 {
		t.Errorf("%d are left for the instructions' follower, %v", left, err)
	}
}

// deadly ends a follower's life at a call: before it happens, or right after.
type deadly struct {
	mu    sync.Mutex
	left  int
	after bool
	kill  context.CancelFunc
}

var errDead = errors.New("the follower is dead")

// call does something unless the follower is dead, and dies when its time has come.
func (d *deadly) call(do func() error) error {
	d.mu.Lock()
	d.left--
	at := d.left
	d.mu.Unlock()
	switch {
	case at < 0:
		return errDead
	case at == 0 && !d.after:
		d.kill()
		return errDead
	}
	err := do()
	if at == 0 {
		d.kill()
		return errDead
	}
	return err
}

type deadlyBank struct {
	payment.Service
	d *deadly
}

func (b deadlyBank) Debit(ctx context.Context, r payment.Request) (o payment.Outcome, err error) {
	err = b.d.call(func() error { o, err = b.Service.Debit(context.WithoutCancel(ctx), r); return err })
	return o, err
}

func (b deadlyBank) Ask(ctx context.Context, id string) (o payment.Outcome, err error) {
	err = b.d.call(func() error { o, err = b.Service.Ask(context.WithoutCancel(ctx), id); return err })
	return o, err
}

type deadlyDesk struct {
	autopay.Desk
	d *deadly
}

func (k deadlyDesk) Do(ctx context.Context, r servicing.Request) (a servicing.Answer, err error) {
	err = k.d.call(func() error { a, err = k.Desk.Do(context.WithoutCancel(ctx), r); return err })
	return a, err
}

type deadlyBook struct {
	autopay.Book
	d *deadly
}

func (b deadlyBook) PendingDebits(ctx context.Context, asked bool, after view.PendingDebit, limit int) (list []view.PendingDebit, err error) {
	err = b.d.call(func() error { list, err = b.Book.PendingDebits(ctx, asked, after, limit); return err })
	return list, err
}

func (b deadlyBook) WaitFor(ctx context.Context, partition int32, position int64) error {
	return b.d.call(func() error { return b.Book.WaitFor(context.WithoutCancel(ctx), partition, position) })
}

// TestKilledAnywhere ends the follower before and after each of its calls and has
// another one go on: the books are those of a quiet day.
func TestKilledAnywhere(t *testing.T) {
	eve := filepath.Join(t.TempDir(), "eve.db")
	w := openWorld(t, eve, nil)
	for i, source := range []string{"tok_a", "tok_empty", "tok_b"} {
		w.buy(w.open(fmt.Sprint("c", i), source), 100_00, "next")
	}
	w.to("2026-02-10")
	w.catchUp()
	w.close()

	options := autopay.Options{Workers: 1, Patience: time.Nanosecond, Log: quiet}
	run := func(calls int, after bool) (told string, dead bool) {
		w := openWorld(t, copied(t, eve), nil)
		defer w.close()
		bank := &standin.Bank{Seed: 3, Late: 400}
		w.catchUp()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		d := &deadly{left: calls, after: after, kill: cancel}
		first := autopay.New(deadlyDesk{w.o.Desk, d}, deadlyBook{w.o.Tables, d}, deadlyBank{bank, d}, w.o.Clock.Elapsed, options)
		for ctx.Err() == nil {
			if left, err := first.Round(ctx, true); left == 0 && err == nil {
				break
			}
		}
		dead = ctx.Err() != nil
		w.followUntilDone(autopay.New(w.o.Desk, w.o.Tables, bank, w.o.Clock.Elapsed, options))
		w.audit(bank)
		return w.told(), dead
	}
	quietly, dead := run(1_000_000, false)
	if dead || strings.Count(quietly, "debit.settled") != 2 || strings.Count(quietly, "debit.refused") != 1 {
		t.Fatalf("on a quiet day\n%s", quietly)
	}
	calls := 0
	for died := true; died; {
		calls++
		for _, after := range []bool{false, true} {
			var told string
			if told, died = run(calls, after); told != quietly {
				t.Fatalf("killed at call %d, after it: %t\n%s", calls, after, cmp.Diff(quietly, told))
			}
			if !died {
				break
			}
		}
	}
	if calls < 10 {
		t.Errorf("there were only %d calls: the test shows little", calls)
	}
	t.Logf("killed before and after each of %d calls: nothing changed", calls-1)
}

// TestTwoFollowersAndABankThatMisbehaves live through months with random customers, of
// whom some pay by hand as well: nobody is debited twice or without a result.
func TestTwoFollowersAndABankThatMisbehaves(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { misbehaving(t, seed) })
	}
}

func misbehaving(t *testing.T, seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 1))
	bank := &standin.Bank{Seed: seed, Refuse: 300, Late: 300}
	faults := &unreliable.Faults{Seed: seed, Fail: 60, Lose: 60, Hang: 10, Broken: 60, Twice: 60, Stale: 60, Slow: 60, Down: 10, Earlier: standin.Earlier}
	server := httptest.NewServer(faults.Around(payment.Handler(bank, "")))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client, err := payment.NewClient(server.URL, "", transport)
	if err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, filepath.Join(t.TempDir(), "book.db"), client)
	// A second one, as on another server, that runs all the time.
	ctx, stop := context.WithCancel(t.Context())
	second := autopay.New(w.o.Desk, w.o.Tables, client, w.o.Clock.Elapsed, autopay.Options{Poll: time.Millisecond, Patience: time.Millisecond, Call: 100 * time.Millisecond, Log: quiet})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		second.Run(ctx)
	}()
	var people []credit.ID
	for i := range 12 {
		people = append(people, w.open(fmt.Sprint("c", i), fmt.Sprint("tok_", i)))
	}
	for _, day := range []string{"2026-01-25", "2026-02-10", "2026-02-11", "2026-02-13", "2026-02-25", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-20", "2026-04-10", "2026-04-11", "2026-04-13"} {
		w.to(day)
		for _, id := range people {
			switch chance.IntN(4) {
			case 0:
				if a := w.look(id); a.Available() > 500_00 {
					w.buy(id, money.Amount(1+chance.IntN(300_00)), []string{"next", "three"}[chance.IntN(2)])
				}
			case 1:
				w.must(id, credit.Repay{Amount: money.Amount(1 + chance.IntN(200_00)), Currency: "CNY", Source: "hand"})
			case 3: // pays now: refused if that is on its way already
				if a := w.look(id); a.Billed() > 0 {
					billed := a.Billed()
					asked := credit.RequestDebit{Amount: 1 + money.Amount(chance.Int64N(int64(billed))), Currency: "CNY", Source: "tok_now", Bound: true}
					var refusal *credit.Error
					if err := w.do(id, asked); err != nil && (!errors.As(err, &refusal) || refusal.Kind != credit.DebitPending && refusal.Kind != credit.MoreThanBilled && refusal.Kind != credit.NothingOwed) {
						t.Fatal(err)
					}
				}
			case 2:
				if a := w.look(id); chance.IntN(3) == 0 {
					w.must(id, credit.SetAutopay{Source: "tok_next", Consent: w.consent(a.Customer, a.AutopayText("tok_next"))})
				}
			}
		}
	}
	stop()
	<-ended
	for _, asked := range []bool{false, true} {
		w.followUntilDone(autopay.New(w.o.Desk, w.o.Tables, client, w.o.Clock.Elapsed, autopay.Options{Asked: asked, Patience: time.Nanosecond, Call: 100 * time.Millisecond, Log: quiet}))
	}
	w.audit(bank)
	t.Logf("%d debits, %d were taken; on the way: %v; %+v", len(bank.Books()), bank.Taken(), faults.Happened(), second.Figures())
	if len(bank.Books()) < 10 {
		t.Error("so few debits show little")
	}
}

// TestToldByHandMeanwhile: an operator tells the result first. The same one told again is
// fine; the other one is counted, for people to look, and changes nothing.
func TestToldByHandMeanwhile(t *testing.T) {
	w := openWorld(t, filepath.Join(t.TempDir(), "book.db"), nil)
	same, other := w.open("same", "tok_1"), w.open("other", "tok_2")
	w.buy(same, 100_00, "next")
	w.buy(other, 100_00, "next")
	w.to("2026-02-10")
	w.catchUp()
	pending, err := w.o.Tables.PendingDebits(t.Context(), false, view.PendingDebit{}, 10)
	if err != nil || len(pending) != 2 {
		t.Fatalf("%v %+v", err, pending)
	}
	stale := staleBook{w.o.Tables, pending}
	w.must(same, credit.SettleDebit{Debit: w.look(same).Debits[0].Number})
	w.must(other, credit.RefuseDebit{Debit: w.look(other).Debits[0].Number, Reason: "by_hand"})
	before := w.told()
	f := autopay.New(w.o.Desk, stale, &standin.Bank{}, w.o.Clock.Elapsed, autopay.Options{Log: quiet})
	if left, err := f.Round(t.Context(), true); err != nil || left != 1 {
		t.Errorf("%d are left, %v", left, err)
	}
	if diff := cmp.Diff(before, w.told()); diff != "" {
		t.Error(diff)
	}
	if got := f.Figures(); got.Contradicted != 1 || got.Settled != 1 {
		t.Errorf("%+v", got)
	}
}

// staleBook is one that has not heard of the latest.
type staleBook struct {
	autopay.Book
	pending []view.PendingDebit
}

func (b staleBook) PendingDebits(context.Context, bool, view.PendingDebit, int) ([]view.PendingDebit, error) {
	return b.pending, nil
}

// TestItAsksLessAndLess about a debit that nobody can tell the result of, and lets no other wait behind it.
func TestItAsksLessAndLess(t *testing.T) {
	w := openWorld(t, filepath.Join(t.TempDir(), "book.db"), nil)
	id := w.open("one", "tok_1")
	w.buy(id, 100_00, "next")
	w.to("2026-02-10")
	w.catchUp()
	now := time.Duration(0)
	silent := &silent{}
	f := autopay.New(w.o.Desk, w.o.Tables, silent, func() time.Duration { return now }, autopay.Options{Patience: time.Second, Log: quiet})
	for range 600 {
		if left, err := f.Round(t.Context(), false); err != nil || left != 1 {
			t.Fatalf("%d are left, %v", left, err)
		}
		now += time.Second
	}
	// At 0, 1, 3, 7, 15, 31, 63, 127, 255, 511
	if silent.asked != 10 {
		t.Errorf("in ten minutes it asked %d times", silent.asked)
	}
	if got := f.Figures(); got.Undecided != 1 || got.Failed != int64(silent.asked) || got.Sent != 0 {
		t.Errorf("%+v", got)
	}
	if a := w.look(id); len(a.PendingDebits()) != 1 {
		t.Errorf("%+v", a.Debits)
	}
}

// silent is a service that never answers.
type silent struct{ asked int }

func (s *silent) Debit(context.Context, payment.Request) (payment.Outcome, error) {
	return payment.Outcome{}, errors.New("no answer")
}

func (s *silent) Ask(context.Context, string) (payment.Outcome, error) {
	s.asked++
	return payment.Outcome{}, errors.New("no answer")
}
