package postgres_test

import (
	"testing"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/logtest"
	"github.com/yuefu/yuefu/eventlog/postgres"
)

func TestLog(t *testing.T) {
	logtest.Run(t, func(t *testing.T) logtest.Store {
		dsn := pgtest.NewWith(t, pgtest.Options{NoSync: true})
		return logtest.Store{
			Open: func() eventlog.Log { return open(t, dsn) },
			Cut: func() eventlog.Log {
				wire := newWire(t, dsn)
				log := open(t, wire.dsn)
				wire.swallow.Store(true)
				return log
			},
		}
	})
}

func open(t testing.TB, dsn string) *postgres.Log { return openWith(t, dsn, 4) }

func openWith(t testing.TB, dsn string, partitions int) *postgres.Log {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Partitions: partitions})
	if err != nil {
		t.Fatal(err)
	}
	log, err := postgres.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

func BenchmarkLog(b *testing.B) {
	logtest.Bench(b, func(b *testing.B) eventlog.Log { return openWith(b, pgtest.New(b), 16) })
}
