package servicing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

// openNightly is an office whose close of business finds what is due in the real
// tables. It is closed by hand, or with the test.
func openNightly(t *testing.T, path string, wrap func(eventlog.Log) eventlog.Log) (o *office, end func()) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := open.Log(db)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := view.Open(t.Context(), db, log, view.Options{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	followed := make(chan error, 1)
	go func() { followed <- tables.Run(ctx) }()
	o = &office{t: t, path: path, log: wrap(log), clock: servicing.NewSandboxClock(start.Time().Add(9 * time.Hour))}
	if o.desk, err = servicing.Open(t.Context(), o.log, servicing.Options{Clock: o.clock, Log: quiet, Due: tables}); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		o.desk.Close()
		stop()
		if err := errors.Join(<-followed, log.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(end)
	return o, end
}

func plain(l eventlog.Log) eventlog.Log { return l }

// fact is what an entry says, however late somebody came to write it down.
type fact struct {
	Account, Key, On, Events string
}

// facts are the entries of accounts, account by account, in their order.
func (o *office) facts() map[string][]fact {
	o.t.Helper()
	all := map[string][]fact{}
	for _, e := range o.entries() {
		if e.Account == "" {
			continue
		}
		on, err := wire.EffectiveDay(e.Name, e.Command, calendar.Date(e.Day))
		if err != nil {
			o.t.Fatal(err)
		}
		all[e.Account] = append(all[e.Account], fact{e.Account, e.Key, on.String(), string(e.Events)})
	}
	return all
}

func (o *office) do(id credit.ID, key string, command credit.Command) error {
	_, err := o.desk.Do(o.t.Context(), servicing.Request{Account: id, Platform: platform, Key: key, Command: command})
	return err
}

// lives has people shop and pay, some of them late, for a number of days. The same
// seed does the same; advance moves from one day to the next.
func (o *office) lives(people, days int, seed uint64, advance func(to calendar.Date)) []credit.ID {
	o.t.Helper()
	chance := rand.New(rand.NewPCG(seed, 1))
	ids := make([]credit.ID, people)
	for i := range ids {
		ids[i] = o.open(fmt.Sprint("p", i), 1_000_000)
	}
	refusable := func(err error) {
		var refusal *credit.Error
		if err != nil && !errors.As(err, &refusal) {
			o.t.Fatal(err)
		}
	}
	for n := range days {
		for i, id := range ids {
			who, key := fmt.Sprint("p", i), fmt.Sprint("d", n)
			switch dice := chance.IntN(30); {
			case dice < 3: // an order that is delivered at once
				_, err := o.desk.Do(o.t.Context(), o.checkout(id, who, key, money.Amount(100+chance.IntN(50_000))))
				refusable(err)
				for _, h := range o.look(id).Holds {
					refusable(o.do(id, fmt.Sprint(key, "-c", h.Number), credit.Capture{Hold: h.Number, Amount: h.Amount}))
				}
			case dice == 3: // an order that is forgotten
				_, err := o.desk.Do(o.t.Context(), o.checkout(id, who, key, money.Amount(100+chance.IntN(5_000))))
				refusable(err)
			case dice == 4:
				refusable(o.do(id, key, credit.Repay{Amount: money.Amount(100 + chance.IntN(60_000)), Currency: "CNY", Source: "s"}))
			}
		}
		advance(o.desk.Today().Day + 1)
	}
	return ids
}

// TestLazilyClosedEqualsNightlyClosed lets the same people live twice: once with a
// close of business each night, once without any, so that accounts close their own
// missed days when they are touched next, after months for some of them.
func TestLazilyClosedEqualsNightlyClosed(t *testing.T) {
	const seed = 5
	people, days, enough := 24, 130, 100
	if testing.Short() {
		people, days, enough = 8, 60, 12
	}
	nightly, _ := openNightly(t, filepath.Join(t.TempDir(), "nightly.db"), plain)
	lazy := openOffice(t)
	var facts [2]map[string][]fact
	var states [2][]string
	for i, o := range []*office{nightly, lazy} {
		if err := o.desk.Resume(t.Context(), start); err != nil {
			t.Fatal(err)
		}
		ids := o.lives(people, days, seed, func(to calendar.Date) {
			if err := o.desk.Advance(t.Context(), to, nil); err != nil {
				t.Fatal(err)
			}
		})
		for _, id := range ids {
			a := o.look(id)
			state, err := wire.EncodeState(&a)
			if err != nil {
				t.Fatal(err)
			}
			states[i] = append(states[i], string(state))
		}
		facts[i] = o.facts()
	}
	if diff := cmp.Diff(facts[0], facts[1]); diff != "" {
		t.Errorf("nightly (-) and lazily (+): %s", diff)
	}
	if diff := cmp.Diff(states[0], states[1]); diff != "" {
		t.Errorf("nightly (-) and lazily (+): %s", diff)
	}
	closings, late := 0, 0
	for _, e := range lazy.entries() {
		if e.Name == (credit.CloseDay{}).Name() {
			closings++
			if on, _ := wire.EffectiveDay(e.Name, e.Command, calendar.Date(e.Day)); on < calendar.Date(e.Day) {
				late++
			}
		}
	}
	if closings < enough || late < closings/2 {
		t.Errorf("%d days were closed, %d of them late: the test shows little", closings, late)
	}
}

// dying is a log after whose n-th append there is no power any more.
type dying struct {
	eventlog.Log
	left atomic.Int64
}

var errPower = errors.New("the power is gone")

func (d *dying) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	if d.left.Add(-1) < 0 {
		return errPower
	}
	return d.Log.Append(ctx, expected, entries)
}

// TestACrashInCloseOfBusinessChangesNothing cuts the power after each of the
// appends of a night, and runs it again: the facts are those of a quiet night.
func TestACrashInCloseOfBusinessChangesNothing(t *testing.T) {
	folder := t.TempDir()
	eve := filepath.Join(folder, "eve.db")
	statementDay := calendar.OnDay(2026, 4, 1)
	o, end := openNightly(t, eve, plain)
	if err := o.desk.Resume(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	people := 40
	if testing.Short() {
		people = 16
	}
	o.lives(people, int(statementDay-1-start), 9, func(to calendar.Date) {
		if err := o.desk.Advance(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
	})
	end()

	// night opens a copy of the eve, and a date by a log with so many appends left.
	night := func(name string, appends int64) (facts map[string][]fact, left int64, err error) {
		path := filepath.Join(folder, name)
		copied(t, eve, path)
		log := &dying{}
		log.left.Store(appends)
		o, end := openNightly(t, path, func(l eventlog.Log) eventlog.Log { log.Log = l; return log })
		err = o.desk.OpenDay(t.Context(), statementDay)
		end()
		o, end = openNightly(t, path, plain)
		defer end()
		if err := o.desk.Resume(t.Context(), statementDay); err != nil {
			t.Fatalf("after %d appends: %v", appends, err)
		}
		if got := o.desk.Today().Day; err != nil && got != statementDay {
			// The crash came before any partition had the date: an operator's clock opens it.
			if err := o.desk.OpenDay(t.Context(), statementDay); err != nil {
				t.Fatal(err)
			}
		}
		return o.facts(), log.left.Load(), err
	}
	const plenty = 1_000_000
	quiet, left, err := night("quiet.db", plenty)
	if err != nil {
		t.Fatal(err)
	}
	appends := plenty - left
	issued := 0
	for _, list := range quiet {
		for _, f := range list {
			if f.Key == "close:"+statementDay.String() {
				issued++
			}
		}
	}
	if issued < people/2 || appends < 5 {
		t.Fatalf("%d accounts closed their day by %d appends: the test shows little", issued, appends)
	}
	step := int64(1)
	if testing.Short() {
		step = 4
	}
	for n := int64(0); n < appends; n += step {
		facts, _, err := night(fmt.Sprintf("crash-%d.db", n), n)
		if err == nil {
			t.Errorf("after %d of %d appends there was no error", n, appends)
		}
		if diff := cmp.Diff(quiet, facts); diff != "" {
			t.Fatalf("a crash after %d of %d appends: %s", n, appends, diff)
		}
	}
	t.Logf("%d accounts closed their day by %d appends; a crash after each changed nothing", issued, appends)
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAClockThatGoesBackChangesNothing sets the machine's clock back by days and
// by seconds.
func TestAClockThatGoesBackChangesNothing(t *testing.T) {
	o, _ := openNightly(t, filepath.Join(t.TempDir(), "book.db"), plain)
	if err := o.desk.Resume(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	id := o.open("anna", 100_000)
	o.clock.Set(o.clock.Now().Add(24 * time.Hour))
	if err := o.desk.CatchUp(t.Context(), time.UTC); err != nil || o.desk.Today().Day != start+1 {
		t.Fatalf("the next day: %s, %v", o.desk.Today().Day, err)
	}
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 100)); err != nil {
		t.Fatal(err)
	}
	before := len(o.entries())
	for _, back := range []time.Duration{time.Second, 24 * time.Hour, 30 * 24 * time.Hour} {
		o.clock.Set(o.clock.Now().Add(-back))
		if err := o.desk.CatchUp(t.Context(), time.UTC); err != nil {
			t.Errorf("back by %s: %v", back, err)
		}
		if day := o.desk.Today().Day; day != start+1 || len(o.entries()) != before {
			t.Errorf("back by %s: the business date is %s, with %d entries more", back, day, len(o.entries())-before)
		}
	}
	if err := o.desk.OpenDay(t.Context(), start); !errors.Is(err, servicing.ErrClockBackwards) {
		t.Errorf("a date before the open one: %v", err)
	}
	if err := o.desk.Advance(t.Context(), start, nil); !errors.Is(err, servicing.ErrClockBackwards) {
		t.Errorf("a sandbox set back: %v", err)
	}
	// Commands go on, on the open date, and time in the log never goes back: entries checks it.
	account := o.look(id)
	held := account.Held()
	if err := o.do(id, "k2", credit.Repay{Amount: 500, Currency: "CNY", Source: "s"}); err != nil {
		t.Errorf("a command while the clock is back: %v", err)
	}
	if held != 100 || len(o.entries()) != before+1 {
		t.Errorf("held %d, %d entries", held, len(o.entries())-before)
	}
}

// TestAClockThatJumpsStops moves the clock ahead by as many days as it may, and by one more.
func TestAClockThatJumpsStops(t *testing.T) {
	o, _ := openNightly(t, filepath.Join(t.TempDir(), "book.db"), plain)
	if err := o.desk.Resume(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	id := o.open("anna", 100_000)
	before := len(o.entries())
	now := o.clock.Now()
	o.clock.Set(now.Add(4 * 24 * time.Hour))
	for range 3 {
		if err := o.desk.CatchUp(t.Context(), time.UTC); !errors.Is(err, servicing.ErrClockJump) {
			t.Errorf("four days ahead: %v", err)
		}
	}
	if day := o.desk.Today().Day; day != start || len(o.entries()) != before {
		t.Errorf("the business date is %s, %d entries were added", day, len(o.entries())-before)
	}
	if err := o.do(id, "k1", credit.Repay{Amount: 500, Currency: "CNY", Source: "s"}); err != nil {
		t.Errorf("a command while the day waits for an operator: %v", err)
	}
	o.clock.Set(now.Add(3 * 24 * time.Hour)) // an operator corrects the clock
	if err := o.desk.CatchUp(t.Context(), time.UTC); err != nil || o.desk.Today().Day != start+3 {
		t.Errorf("three days ahead: %s, %v", o.desk.Today().Day, err)
	}
	days := map[string]int{}
	for _, e := range o.entries() {
		if e.Account == "" {
			days[e.Key]++
		}
	}
	for d := start; d <= start+3; d++ {
		if n := days["day:"+d.String()]; n != len(o.log.Partitions()) {
			t.Errorf("%s was opened in %d partitions: no date is left out", d, n)
		}
	}
}

// TestASandboxLivesAYearInSeconds moves a sandbox on by a year, with bills each
// month, and each date is there once in each partition.
func TestASandboxLivesAYearInSeconds(t *testing.T) {
	o, _ := openNightly(t, filepath.Join(t.TempDir(), "book.db"), plain)
	if err := o.desk.Resume(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	people, days := 20, 365
	if testing.Short() {
		people, days = 5, 60
	}
	ids := o.lives(people, 0, 3, nil)
	for i, id := range ids {
		if _, err := o.desk.Do(t.Context(), o.checkout(id, fmt.Sprint("p", i), "year", 10_000)); err != nil {
			t.Fatal(err)
		}
		if err := o.do(id, "year-c", credit.Capture{Hold: o.look(id).Holds[0].Number, Amount: 10_000}); err != nil {
			t.Fatal(err)
		}
	}
	began, told := time.Now(), 0
	if err := o.desk.Advance(t.Context(), start+calendar.Date(days), func(calendar.Date) { told++ }); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%d days of %d accounts took %s", days, len(ids), took.Round(time.Millisecond))
	if took > 20*time.Second {
		t.Errorf("a year took %s", took)
	}
	opened := map[string]int{}
	for _, e := range o.entries() {
		if e.Account == "" {
			opened[e.Key]++
		}
	}
	if told != days || len(opened) != days+1 {
		t.Errorf("%d days were told of, %d were opened", told, len(opened))
	}
	for key, n := range opened {
		if n != len(o.log.Partitions()) {
			t.Errorf("%s stands %d times in %d partitions", key, n, len(o.log.Partitions()))
		}
	}
	const due = 31 // days after the start: on April 10
	for _, id := range ids {
		if a := o.look(id); len(a.Statements) != 1 || !a.Statements[0].Overdue || a.Statements[0].Bucket != (days-due-1)/30+1 {
			t.Errorf("%s after %d days without paying: %+v", id, days, a.Statements)
		}
	}
	if err := o.desk.Advance(t.Context(), start+calendar.Date(days)-1, nil); !errors.Is(err, servicing.ErrClockBackwards) {
		t.Errorf("back by a day: %v", err)
	}
	system, err := servicing.Open(t.Context(), o.log, servicing.Options{Clock: servicing.NewSystemClock()})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	if err := system.Advance(t.Context(), start+calendar.Date(days)+1, nil); !errors.Is(err, servicing.ErrNotSandbox) {
		t.Errorf("the machine's clock was moved: %v", err)
	}
}

// TestTwoWhoMoveTheClock have it moved once, in some order: the instant and the
// business date stay together.
func TestTwoWhoMoveTheClock(t *testing.T) {
	o := openOffice(t)
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() {
			err := o.desk.Advance(t.Context(), start+calendar.Date(5+n%6), nil)
			if err != nil && !errors.Is(err, servicing.ErrClockBackwards) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if today := o.desk.Today(); today.Day != start+10 || calendar.At(o.clock.Now()) != today.Day {
		t.Errorf("the business date is %s, the clock says %s", today.Day, o.clock.Now())
	}
}
