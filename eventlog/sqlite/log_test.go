package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/logtest"
	"github.com/yuefu/yuefu/eventlog/sqlite"
)

func TestLog(t *testing.T) {
	logtest.Run(t, func(t *testing.T) logtest.Store {
		path := filepath.Join(t.TempDir(), "log.db")
		return logtest.Store{
			Open: func() eventlog.Log { return open(t, path) },
			Cut: func() eventlog.Log {
				log := open(t, path)
				log.FailAfterCommit(func() error { return database.ErrUnknown })
				return log
			},
		}
	})
}

// open opens the log with a writing connection of its own, as another process has it.
func open(t testing.TB, path string) *sqlite.Log { return openWith(t, path, 4) }

func openWith(t testing.TB, path string, partitions int) *sqlite.Log {
	t.Helper()
	db, err := database.Open(t.Context(), path, database.Options{Partitions: partitions})
	if err != nil {
		t.Fatal(err)
	}
	log, err := sqlite.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = log.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

func BenchmarkLog(b *testing.B) {
	logtest.Bench(b, func(b *testing.B) eventlog.Log { return openWith(b, filepath.Join(b.TempDir(), "log.db"), 16) })
}
