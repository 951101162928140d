package database_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
)

// onBoth runs a test on a new SQLite file and a new PostgreSQL database.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "100% yuefu? #1.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.NewWith(t, pgtest.Options{NoSync: true})) })
}

func open(t *testing.T, dsn string, o database.Options) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestBook(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		created := open(t, dsn, database.Options{Partitions: 4, Sandbox: true, Start: "2026-01-01T00:00:00Z"}).Book()
		if len(created.Partitions) != 4 || created.Zone != "Asia/Shanghai" || !created.Sandbox || created.ID == "" {
			t.Errorf("created %+v", created)
		}
		if again := open(t, dsn, database.Options{}).Book(); !cmp.Equal(created, again) {
			t.Errorf("opened again: %s", cmp.Diff(created, again))
		}
		open(t, dsn, database.Options{Partitions: 4, Zone: "Asia/Shanghai", Sandbox: true})
		_, err := database.Open(t.Context(), dsn, database.Options{Partitions: 8, Zone: "Europe/Berlin"})
		if err == nil || !strings.Contains(err.Error(), "4 partitions, not 8") || !strings.Contains(err.Error(), "Asia/Shanghai, not Europe/Berlin") {
			t.Errorf("opened with other settings: %v", err)
		}
	})
}

func TestBookRefusals(t *testing.T) {
	for name, o := range map[string]database.Options{
		"partitions no power of two": {Partitions: 12},
		"too many partitions":        {Partitions: 512},
		"no such zone":               {Zone: "Asia/Atlantis"},
		"the machine's zone":         {Zone: "Local"},
		"start of a real clock":      {Start: "2026-01-01T00:00:00Z"},
		"start that is no time":      {Sandbox: true, Start: "yesterday"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), o); err == nil {
				t.Error("opened")
			}
		})
	}
	for _, dsn := range []string{"", ":memory:", "mysql://x/y", filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		if _, err := database.Open(t.Context(), dsn, database.Options{}); err == nil {
			t.Errorf("%q opened", dsn)
		}
	}
}

// TestTwoServers opens one new database many times at once: all get the same good one.
func TestTwoServers(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var all sync.WaitGroup
		books := make([]database.Book, 6)
		for i := range books {
			all.Go(func() {
				db, err := database.Open(context.Background(), dsn, database.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				books[i] = db.Book()
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, book := range books {
			if !cmp.Equal(books[0], book) {
				t.Error(cmp.Diff(books[0], book))
			}
		}
		var heads, versions, distinct int
		row := open(t, dsn, database.Options{}).Reader().QueryRow(`SELECT (SELECT count(*) FROM log_head), count(*), count(DISTINCT version_id) FROM goose_db_version`)
		if err := row.Scan(&heads, &versions, &distinct); err != nil {
			t.Fatal(err)
		}
		if heads != 16 || versions != distinct || versions < 2 {
			t.Errorf("%d heads, %d versions of which %d distinct", heads, versions, distinct)
		}
	})
}

// TestExisting looks for a database that is not there: whoever checks or exports
// one must hear that, and find no new one.
func TestExisting(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		for range 2 {
			if _, err := database.Open(t.Context(), dsn, database.Options{Existing: true}); !errors.Is(err, database.ErrMissing) {
				t.Errorf("opened what is not there: %v", err)
			}
		}
		created := open(t, dsn, database.Options{Partitions: 4}).Book()
		if found := open(t, dsn, database.Options{Existing: true}).Book(); !cmp.Equal(created, found) {
			t.Errorf("opened what is there: %s", cmp.Diff(created, found))
		}
	})
}

// TestRefusedOptionsLeaveNoFile: a slip in a flag must not decide how the next try
// finds the database.
func TestRefusedOptionsLeaveNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	for _, o := range []database.Options{{Partitions: 12}, {Zone: "Asia/Atlantis"}, {Sandbox: true, Start: "yesterday"}} {
		if _, err := database.Open(t.Context(), path, o); err == nil {
			t.Errorf("opened with %+v", o)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%+v left a file: %v", o, err)
		}
	}
	if _, err := database.Open(t.Context(), filepath.Join(path, "below.db"), database.Options{}); err == nil || !strings.Contains(err.Error(), "below.db") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		db := open(t, dsn, database.Options{})
		insert := func(name string) func(*sql.Tx) error {
			return func(tx *sql.Tx) error {
				_, err := db.Exec(ctx, tx, `INSERT INTO book (name, value) VALUES ($1, '')`, name)
				return err
			}
		}
		if err := db.Write(ctx, insert("kept")); err != nil {
			t.Fatal(err)
		}
		stop := errors.New("stop")
		if err := db.Write(ctx, func(tx *sql.Tx) error { return errors.Join(insert("undone")(tx), stop) }); !errors.Is(err, stop) {
			t.Errorf("an error became %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Write(ctx, func(tx *sql.Tx) error { _ = insert("undone")(tx); panic("stop") })
		}()
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := db.Write(cancelled, insert("undone")); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled write: %v", err)
		}
		short, stop2 := context.WithTimeout(ctx, 50*time.Millisecond)
		defer stop2()
		if err := db.Write(ctx, func(tx *sql.Tx) error {
			if err := insert("undone")(tx); err != nil {
				return err
			}
			var n int64
			return tx.QueryRowContext(short, `WITH RECURSIVE c(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < 200000000) SELECT count(*) FROM c`).Scan(&n)
		}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a write cut in the middle: %v", err)
		}
		if err := db.Write(ctx, insert("kept too")); err != nil {
			t.Fatal(err)
		}
		var names string
		if err := db.Reader().QueryRow(`SELECT string_agg(name, ',' ORDER BY name) FROM book WHERE value = '' AND name <> 'start'`).Scan(&names); err != nil || names != "kept,kept too" {
			t.Errorf("%q, %v", names, err)
		}
		if _, err := db.Reader().Exec(`DELETE FROM book`); db.Dialect == database.SQLite && err == nil {
			t.Error("a reader wrote")
		}
	})
}

// TestReopen measures nothing, and says so when a cold start got slow.
func TestReopen(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		open(t, dsn, database.Options{})
		begin := time.Now()
		open(t, dsn, database.Options{})
		t.Logf("opened again in %v", time.Since(begin))
	})
}
