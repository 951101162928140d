package follow_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/follow"
)

// world is a database with a log of two partitions and a table that a reader writes.
type world struct {
	db  *database.DB
	log eventlog.Log
}

func both(t *testing.T, run func(t *testing.T, w world)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "follow.db")
			if dialect == database.PostgreSQL {
				dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
			}
			db, err := database.Open(t.Context(), dsn, database.Options{Partitions: 2})
			if err != nil {
				t.Fatal(err)
			}
			log, err := open.Log(db)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := errors.Join(log.Close(), db.Close()); err != nil {
					t.Error(err)
				}
			})
			w := world{db, log}
			w.write(t, `CREATE TABLE taken (partition BIGINT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (partition, position))`)
			run(t, w)
		})
	}
}

func (w world) write(t *testing.T, statement string) {
	t.Helper()
	if err := w.db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
		t.Fatal(err)
	}
}

// append adds n entries to each partition.
func (w world) append(t *testing.T, n int) (added []eventlog.Entry) {
	t.Helper()
	heads, err := w.log.Heads(t.Context(), w.log.Partitions())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		for i := range int64(n) {
			at := head.Position + 1 + i
			added = append(added, eventlog.Entry{
				Partition: head.Partition, Position: at, Account: "acc", Key: fmt.Sprint(at), Time: at, Day: 1, Due: -1, Name: "x", Command: []byte("{}"), Events: []byte("[]"), Answer: []byte("{}"),
			})
		}
	}
	if err := w.log.Append(t.Context(), heads, added); err != nil {
		t.Fatal(err)
	}
	return added
}

// keep is a reader that writes down each entry with an odd position; a second time
// breaks the key of the table.
func (w world) keep(fail func() error) follow.Reader {
	return follow.Reader{Name: "keeper", Take: func(_ context.Context, entries []eventlog.Entry) (follow.Write, error) {
		var odd []eventlog.Entry
		for _, e := range entries {
			if e.Position%2 == 1 {
				odd = append(odd, e)
			}
		}
		if len(odd) == 0 {
			return nil, nil
		}
		return func(ctx context.Context, tx *sql.Tx) error {
			for _, e := range odd {
				if _, err := tx.ExecContext(ctx, `INSERT INTO taken (partition, position) VALUES ($1, $2)`, e.Partition, e.Position); err != nil {
					return err
				}
			}
			return fail()
		}, nil
	}}
}

func (w world) count(t *testing.T) (n int64) {
	t.Helper()
	if err := w.db.Reader().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM taken`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (w world) open(t *testing.T, r follow.Reader) *follow.Follower {
	t.Helper()
	f, err := follow.Open(t.Context(), w.db, w.log, r, follow.Options{Batch: 7, Poll: 20 * time.Millisecond, Pause: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func never() error { return nil }

// TestEachEntryIsWrittenOnce has two followers, some failures and a restart.
func TestEachEntryIsWrittenOnce(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		var calls atomic.Int64
		lame := func() error {
			if calls.Add(1)%3 == 0 {
				return errors.New("the database has had enough for a moment")
			}
			return nil
		}
		w.append(t, 50)
		one, two := w.open(t, w.keep(lame)), w.open(t, w.keep(lame))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{}, 2)
		for _, f := range []*follow.Follower{one, two} {
			go func() { f.Run(ctx); ended <- struct{}{} }()
		}
		for range 5 {
			one.Appended(w.append(t, 20))
		}
		w.append(t, 10) // appended by another server: nobody says so
		heads, err := w.log.Heads(t.Context(), w.log.Partitions())
		if err != nil {
			t.Fatal(err)
		}
		for _, head := range heads {
			for _, f := range []*follow.Follower{one, two} {
				if err := f.WaitFor(t.Context(), head.Partition, head.Position); err != nil {
					t.Fatal(err)
				}
			}
		}
		stop()
		<-ended
		<-ended
		again := w.open(t, w.keep(never))
		if err := again.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(t); n != 160 {
			t.Errorf("%d entries were written, not 160", n)
		}
		if behind, err := again.Behind(t.Context()); behind != 0 || err != nil {
			t.Errorf("%d behind, %v", behind, err)
		}
	})
}

// TestAReaderCanBeginAtTheHead compares one that wants the past with one that does not.
func TestAReaderCanBeginAtTheHead(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.append(t, 5)
		reader := w.keep(never)
		reader.FromHead = true
		f := w.open(t, reader)
		w.append(t, 2) // positions 6 and 7
		if err := f.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(t); n != 2 {
			t.Errorf("%d entries were written, not 2", n)
		}
	})
}

// TestAnErrorHoldsTheReaderUp: what can't be taken is not skipped.
func TestAnErrorHoldsTheReaderUp(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.append(t, 3)
		broken := errors.New("broken")
		f := w.open(t, follow.Reader{Name: "broken", Take: func(context.Context, []eventlog.Entry) (follow.Write, error) { return nil, broken }})
		if err := f.CatchUp(t.Context()); !errors.Is(err, broken) {
			t.Errorf("catching up: %v", err)
		}
		if behind, err := f.Behind(t.Context()); behind != 6 || err != nil {
			t.Errorf("%d behind, %v", behind, err)
		}
	})
}

// TestOnlyWhatIsWantedIsTaken, whether it was handed over or read, and for the rest nothing is written.
func TestOnlyWhatIsWantedIsTaken(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		reader := w.keep(never)
		reader.Wants = func(e *eventlog.Entry) bool { return e.Position > 4 }
		f := w.open(t, reader)
		for range 2 {
			f.Appended(w.append(t, 3))
			w.append(t, 1) // by another server
		}
		if err := f.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(t); n != 4 { // 5 and 7, in each partition
			t.Errorf("%d entries were written, not 4", n)
		}
		if behind, err := f.Behind(t.Context()); behind != 0 || err != nil {
			t.Errorf("%d behind, %v", behind, err)
		}
	})
}

// TestWhoHasNothingToDoKeepsUp: nobody wakes such a reader, and whoever waits for it does not wait for long.
func TestWhoHasNothingToDoKeepsUp(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		f := w.open(t, follow.Reader{Name: "idle", Wants: func(*eventlog.Entry) bool { return false }, Take: func(context.Context, []eventlog.Entry) (follow.Write, error) {
			return nil, errors.New("it was shown what it does not want")
		}})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { f.Run(ctx); close(ended) }()
		f.Appended(w.append(t, 5))
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			if behind, err := f.Behind(t.Context()); err != nil || behind > 0 && time.Now().After(deadline) {
				t.Fatalf("%d behind, %v", behind, err)
			} else if behind == 0 {
				break
			}
		}
		f.Appended(w.append(t, 5))
		for _, partition := range w.log.Partitions() {
			if err := f.WaitFor(t.Context(), partition, 10); err != nil {
				t.Error(err)
			}
		}
		stop()
		<-ended
	})
}

// TestWhoWaitsEndsAPause: under load entries gather for long, but not while somebody waits.
func TestWhoWaitsEndsAPause(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		f, err := follow.Open(t.Context(), w.db, w.log, w.keep(never), follow.Options{Pause: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { f.Run(ctx); close(ended) }()
		for i := range int64(30) { // the pause doubles each time
			added := w.append(t, 1)
			f.Appended(added)
			time.Sleep(time.Millisecond)
			f.Appended(nil)
			if err := f.WaitFor(t.Context(), added[0].Partition, i+1); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		<-ended
	})
}

// TestOneBadPartitionHoldsUpNoOther, though SQLite takes several in one transaction.
func TestOneBadPartitionHoldsUpNoOther(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		bad, broken := w.log.Partitions()[0], errors.New("broken")
		inner := w.keep(never)
		f := w.open(t, follow.Reader{Name: inner.Name, Take: func(ctx context.Context, entries []eventlog.Entry) (follow.Write, error) {
			if entries[0].Partition == bad {
				return func(context.Context, *sql.Tx) error { return broken }, nil
			}
			return inner.Take(ctx, entries)
		}})
		w.append(t, 3)
		if err := f.CatchUp(t.Context()); !errors.Is(err, broken) {
			t.Errorf("catching up: %v", err)
		}
		if n := w.count(t); n != 2 {
			t.Errorf("%d entries were written, not 2", n)
		}
	})
}
