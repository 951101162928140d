package view_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/view"
)

// start runs the reader until the test ends.
func (s *store) start(t testing.TB) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.tables.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(stop)
	return stop
}

// wait waits for all that stands in the log.
func (s *store) wait(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	heads, err := s.log.Heads(ctx, s.log.Partitions())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		if err := s.tables.WaitFor(ctx, head.Partition, head.Position); err != nil {
			t.Fatal(err)
		}
		if got := s.tables.Position(head.Partition); got < head.Position {
			t.Fatalf("waited for %d, and it is at %d", head.Position, got)
		}
	}
}

// Two servers on one database both run readers: each row is written once, and
// whoever loses a step goes on from where the other one is.
func TestTwoReaders(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		dsn := address(t, dialect)
		quiet := view.Options{Batch: 7, Pause: time.Millisecond, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
		here, there := openStore(t, dsn, quiet), openStore(t, dsn, quiet)
		here.start(t)
		there.start(t)
		s := newStory(t, here.log, first)
		for i := range 30 {
			id := s.open("customer "+string(rune('a'+i)), 100_000)
			s.buy(id, 1000, "flat3")
			s.flush()
			here.tables.Wake(s.partition(id))
			there.tables.Wake(s.partition(id))
		}
		here.wait(t)
		there.wait(t)
		before := here.dump(t)
		if report := here.verify(t); !report.Clean() {
			t.Fatal(report.Violations[0])
		}
		if err := there.tables.Rebuild(t.Context(), nil); err != nil { // while both run
			t.Fatal(err)
		}
		here.wait(t)
		if diff := cmp.Diff(before, here.dump(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// A server that appends nothing itself finds what others append.
func TestEntriesOfOthersAreFound(t *testing.T) {
	store := openStore(t, address(t, database.SQLite), view.Options{Poll: 5 * time.Millisecond})
	store.start(t)
	s := newStory(t, store.log, first)
	s.flush()
	store.wait(t) // it is idle now
	id := s.open("ann", 100_000)
	s.flush()
	for range 2000 {
		if _, err := store.tables.Account(t.Context(), id); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("nobody waited, nobody woke the reader, and the account never came")
}

func TestWaitFor(t *testing.T) {
	store := openStore(t, address(t, database.SQLite), view.Options{Pause: time.Hour, Poll: time.Hour})
	s := newStory(t, store.log, first)
	s.open("ann", 100_000)
	s.flush()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	partition := store.log.Partitions()[0]
	if err := store.tables.WaitFor(ctx, partition, 0); err != nil {
		t.Errorf("what is there already: %v", err)
	}
	if err := store.tables.WaitFor(ctx, partition, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody reads, and it said %v", err)
	}
	if err := store.tables.WaitFor(t.Context(), 9999, 1); err == nil {
		t.Error("it waited for a partition that there is not")
	}
	store.tables.Wake(9999) // nobody minds
	stop := store.start(t)
	store.wait(t) // though the reader would gather entries for an hour: somebody waits
	stop()
	goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

// A rebuild that was broken off half-way is finished by whoever comes next.
func TestRebuildBrokenOff(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		dsn := address(t, dialect)
		store := openStore(t, dsn, view.Options{})
		newStory(t, store.log, first).whole()
		store.catchUp(t)
		before := store.dump(t)
		ctx, cancel := context.WithCancel(t.Context())
		if err := store.tables.Rebuild(ctx, func(done, all int64) { cancel() }); err == nil {
			t.Fatal("it was not broken off")
		}
		if slices.Equal(before, store.dump(t)) {
			t.Fatal("nothing was taken away yet")
		}
		next := openStore(t, dsn, view.Options{})
		next.catchUp(t)
		if diff := cmp.Diff(before, next.dump(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// An entry that the reader can't write stops its partition, and no other one.
func TestAReaderThatIsStuck(t *testing.T) {
	store := openStore(t, address(t, database.SQLite), view.Options{Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	s := newStory(t, store.log, first)
	var ids [2]credit.ID // one of each partition
	for i := 0; ids[0] == "" || ids[1] == ""; i++ {
		id := s.open("customer "+string(rune('a'+i)), 100_000)
		ids[slices.Index(store.log.Partitions(), s.partition(id))] = id
	}
	purchase := s.buy(ids[0], 1000, "next")
	s.flush()
	store.catchUp(t)
	tamper(`DELETE FROM purchase`)(t, store, s)
	s.must(ids[0], credit.Refund{Purchase: purchase, Amount: 1})
	s.must(ids[1], credit.Freeze{Kind: credit.BlockCustomer})
	s.flush()
	store.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := store.tables.WaitFor(ctx, s.partition(ids[1]), s.heads[s.partition(ids[1])].Position); err != nil {
		t.Errorf("the other partition: %v", err)
	}
	if err := store.tables.WaitFor(ctx, s.partition(ids[0]), s.heads[s.partition(ids[0])].Position); err == nil {
		t.Error("a refund of no purchase was written")
	}
	if err := store.tables.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if report := store.verify(t); !report.Clean() {
		t.Error(report.Violations[0])
	}
}

// The index of what is due: the day before, the day, and the day after.
func TestDue(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		var ids []credit.ID
		for _, name := range []string{"ann", "bob", "cai", "dan", "eve", "fay"} {
			id := s.open(name, 100_000)
			s.buy(id, 1000, "next")
			ids = append(ids, id)
		}
		s.open("nobody buys", 100_000) // has nothing due
		s.flush()
		store.catchUp(t)
		slices.Sort(ids)
		due := func(day calendar.Date, limit int) (found []credit.ID) {
			for _, partition := range store.log.Partitions() {
				for after := credit.ID(""); ; {
					page, err := store.tables.Due(t.Context(), partition, day, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					found = append(found, page...)
					if len(page) < limit {
						break
					}
					after = page[len(page)-1]
				}
			}
			slices.Sort(found)
			return found
		}
		end := calendar.Of(2026, 1, 31)
		if got := due(end-1, 10); len(got) > 0 {
			t.Errorf("due on the day before: %v", got)
		}
		for _, limit := range []int{1, 2, 10} {
			if diff := cmp.Diff(ids, due(end, limit)); diff != "" {
				t.Errorf("in pages of %d: %s", limit, diff)
			}
		}
		s.openDay(end)
		s.closeAll()
		s.flush()
		store.catchUp(t)
		if got := due(end, 10); len(got) > 0 {
			t.Errorf("due after it was done: %v", got)
		}
	})
}
