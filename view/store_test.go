package view_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/view"
)

// store is an open database with its log and tables.
type store struct {
	db     *database.DB
	log    eventlog.Log
	tables *view.Tables
}

// address makes a new database of a dialect and returns where it is.
func address(t testing.TB, dialect database.Dialect) string {
	if dialect == database.PostgreSQL {
		return pgtest.NewWith(t, pgtest.Options{NoSync: true})
	}
	return filepath.Join(t.TempDir(), "view.db")
}

func openStore(t testing.TB, dsn string, options view.Options) *store {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Partitions: 2})
	if err != nil {
		t.Fatal(err)
	}
	log, err := open.Log(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = log.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	tables, err := view.Open(t.Context(), db, log, options)
	if err != nil {
		t.Fatal(err)
	}
	tables.AssessBy(assessAgain)
	return &store{db, log, tables}
}

// both runs a test on SQLite and on PostgreSQL.
func both(t *testing.T, run func(t *testing.T, dialect database.Dialect)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) { run(t, dialect) })
	}
}

// catchUp has the tables take in all that stands in the log.
func (s *store) catchUp(t testing.TB) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.tables.Run(ctx) }()
	heads, err := s.log.Heads(ctx, s.log.Partitions())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		patience, cancel := context.WithTimeout(ctx, 30*time.Second)
		if err := s.tables.WaitFor(patience, head.Partition, head.Position); err != nil {
			t.Fatalf("partition %d does not get to %d: %v", head.Partition, head.Position, err)
		}
		cancel()
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
