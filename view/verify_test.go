package view_test

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// verify returns the report, which must have looked at everything.
func (s *store) verify(t failer) view.Report {
	t.Helper()
	told := int64(-1)
	report, err := s.tables.Verify(context.Background(), func(done, all int64) {
		if done < told || done > all {
			t.Fatalf("progress went from %d to %d of %d", told, done, all)
		}
		told = done
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// What the rules decide is found to be right, whatever it is.
func TestVerifyOfAnyStoryIsClean(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		rapid.Check(t, func(r *rapid.T) {
			story := newStory(r, store.log, first)
			for range rapid.IntRange(1, 200).Draw(r, "steps") {
				story.any(r)
			}
			story.flush()
			report := store.verify(r)
			for _, v := range report.Violations {
				r.Errorf("%s", v)
			}
			if report.Entries == 0 || report.Accounts > 0 && report.Rows == 0 {
				r.Fatalf("nothing was looked at: %+v", report)
			}
		})
	})
}

// A large partition is read several times, for a part of its accounts each.
func TestVerifyInSlices(t *testing.T) {
	defer view.SetSliced(20)()
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		newStory(t, store.log, first).whole()
		report := store.verify(t)
		for _, v := range report.Violations {
			t.Error(v)
		}
		if report.Accounts != 7 {
			t.Errorf("%d accounts were looked at", report.Accounts)
		}
		tamper(`UPDATE posting SET amount = amount + 1 WHERE number = 1`)(t, store, nil)
		if report := store.verify(t); report.Clean() || report.Violations[0].Check != view.CheckPostings {
			t.Errorf("changed postings were not found: %+v", report)
		}
	})
}

// plant is a violation and the check that must find it, alone.
type plant struct {
	name  string
	check view.Check
	sow   func(t *testing.T, store *store, s *story)
}

// tamper changes the tables, or the log, behind everybody's back.
func tamper(statements ...string) func(*testing.T, *store, *story) {
	return func(t *testing.T, store *store, _ *story) {
		t.Helper()
		if err := store.db.Write(t.Context(), func(tx *sql.Tx) error {
			for _, statement := range statements {
				result, err := tx.Exec(statement)
				if err != nil {
					return err
				}
				if n, _ := result.RowsAffected(); n == 0 {
					t.Fatalf("%s: no rows", statement)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// bent is a log whose entries are not what was appended.
type bent struct {
	eventlog.Log
	bend func(entries []eventlog.Entry) []eventlog.Entry
}

func (b bent) Read(ctx context.Context, partition int32, after int64, limit int) ([]eventlog.Entry, error) {
	entries, err := b.Log.Read(ctx, partition, after, limit)
	if err != nil {
		return nil, err
	}
	return b.bend(entries), nil
}

// bend has the log tell something else from now on.
func bend(with func(entries []eventlog.Entry) []eventlog.Entry) func(*testing.T, *store, *story) {
	return func(t *testing.T, store *store, _ *story) {
		t.Helper()
		tables, err := view.Open(t.Context(), store.db, bent{store.log, with}, view.Options{})
		if err != nil {
			t.Fatal(err)
		}
		store.tables = tables
	}
}

// forge writes an entry that no rule decided.
func forge(customer int, forged func(s *story, a *credit.Account) (credit.Command, []credit.Event)) func(*testing.T, *store, *story) {
	return func(_ *testing.T, _ *store, s *story) {
		id := s.order[customer]
		command, events := forged(s, s.accounts[id])
		s.keys++
		s.record(s.accounts[id], "forged", command, events)
		s.flush()
	}
}

const ann, bob, cai, dan, fay, gus, gil = 0, 1, 2, 3, 4, 5, 6

// bend what close of business does on the account's next due day.
func billing(change func(e *credit.StatementIssued)) func(*testing.T, *store, *story) {
	return func(t *testing.T, _ *store, s *story) {
		id := s.order[bob]
		for s.accounts[id].NextDue() > s.day {
			s.openDay(s.day + 1)
		}
		for {
			a := s.accounts[id]
			due := a.NextDue()
			if due > s.day {
				s.openDay(due)
			}
			copied := clone(t, a)
			events, err := copied.Do(credit.CloseDay{Day: due}, credit.Moment{Day: due})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(events, func(e credit.Event) bool { _, ok := e.(credit.StatementIssued); return ok })
			if i < 0 {
				if err := s.decide(a, "close:"+due.String(), credit.CloseDay{Day: due}, due); err != nil {
					t.Fatal(err)
				}
				continue
			}
			e := events[i].(credit.StatementIssued)
			e.Lines = slices.Clone(e.Lines)
			change(&e)
			events[i] = e
			s.record(a, "close:"+due.String(), credit.CloseDay{Day: due}, events)
			s.flush()
			return
		}
	}
}

func clone(t *testing.T, a *credit.Account) *credit.Account {
	t.Helper()
	b, err := wire.EncodeState(a)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := wire.DecodeState(b)
	if err != nil {
		t.Fatal(err)
	}
	return copied
}

// ordered is a checkout and the event that would approve it.
func (s *story) ordered(a *credit.Account, amount money.Amount) (credit.Authorise, credit.Authorised) {
	plan, _ := a.Terms.Plan("next")
	token := a.Quote(plan, amount, s.day).Token
	shown := credit.Document{Name: credit.QuoteDocument, Version: a.Terms.Version, Hash: token}
	consent := s.consent(a.Customer, shown)
	return credit.Authorise{
			Amount: amount, Currency: a.Terms.Currency, Plan: "next", Scene: "mall", Merchant: "tea house", Order: "forged", Consent: consent,
		}, credit.Authorised{
			Number: a.Numbers + 1, Amount: amount, Plan: "next", Scene: "mall", Merchant: "tea house", Order: "forged", Quote: token, Agreement: consent.Kept(shown),
			LastDay: s.day + calendar.Date(a.Terms.HoldDays),
		}
}

// buying is a hold of 100 that was given, and the event that would capture it all.
func (s *story) buying(a *credit.Account) (credit.Capture, credit.PurchaseCaptured) {
	_ = s.do(a.ID, credit.Unfreeze{Kind: credit.BlockRisk})
	number := s.authorise(a.ID, 100, "next", "tea house")
	if len(a.Holds) == 0 || a.Holds[len(a.Holds)-1].Number != number {
		s.t.Fatal("no hold was given")
	}
	plan, _ := a.Terms.Plan("next")
	return credit.Capture{Hold: number, Amount: 100}, credit.PurchaseCaptured{
		Number: a.Numbers + 1, Hold: number, Amount: 100, Resolved: true, Scene: "mall", Merchant: "tea house", Plan: plan, Parts: a.Terms.Schedule(plan, 100, s.day),
	}
}

// soundDatabase is a database with a whole story in it, in which nothing is wrong.
func soundDatabase(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sound.db")
	t.Run("nothing is found before", func(t *testing.T) {
		store := openStore(t, path, view.Options{})
		newStory(t, store.log, first).whole()
		if report := store.verify(t); !report.Clean() {
			t.Fatal(report.Violations[0])
		}
	}) // which closes it, and so leaves one file
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sound
}

// deaf is a log that keeps nothing.
type deaf struct{ eventlog.Log }

func (d deaf) Heads(_ context.Context, partitions []int32) ([]eventlog.Head, error) {
	heads := make([]eventlog.Head, len(partitions))
	for i, p := range partitions {
		heads[i].Partition = p
	}
	return heads, nil
}

func (deaf) Append(context.Context, []eventlog.Head, []eventlog.Entry) error { return nil }

func named(name string) func(e eventlog.Entry) bool {
	return func(e eventlog.Entry) bool { return e.Name == name }
}

func TestVerifyFindsWhatIsPlanted(t *testing.T) {
	proven := map[string]bool{}
	sound := soundDatabase(t)
	for _, p := range slices.Concat(plantedInLog, plantedLimits, plantedRenewals, plantedInDisputes, plantedInRelief, plantedOverdue, plantedEarly, plantedLeaving, plantedAssessments, plantedInTables) {
		proven[p.check.Name] = true
		t.Run(p.check.Name+"/"+p.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "planted.db")
			if err := os.WriteFile(path, sound, 0o600); err != nil {
				t.Fatal(err)
			}
			store := openStore(t, path, view.Options{Log: slog.New(slog.DiscardHandler)})
			// The same story again, told to nobody: its accounts are where the database's are.
			s := newStory(t, deaf{store.log}, first)
			s.whole()
			s.log = store.log
			p.sow(t, store, s)
			report := store.verify(t)
			if report.Clean() {
				t.Fatal("it was not found")
			}
			for _, v := range report.Violations {
				// Such an event has no row to change either: the reader stops at it.
				if v.Check != p.check && !(v.Check == view.CheckTables && p.name == "an event that can't be applied") {
					t.Errorf("and this: %s", v)
				}
				if v.Says == "" || !strings.Contains(v.String(), v.Check.Name) {
					t.Errorf("it says nothing: %+v", v)
				}
				t.Log(v)
			}
		})
	}
	for _, c := range view.Checks {
		if !proven[c.Name] {
			t.Errorf("no planted violation proves the check %q", c.Name)
		}
	}
}
