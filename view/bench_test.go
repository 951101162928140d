package view_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/view"
)

// Run these alone on the machine, and with enough entries that batches are full:
//
//	go test ./view -run '^$' -bench . -benchtime 200000x

// benchmark measures how fast the tables take in the entries that a story writes:
// n of them after those that prepare them.
func benchmark(b *testing.B, tell func(s *story, n int) (prepared func())) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		b.Run(dialect.String(), func(b *testing.B) {
			dsn := filepath.Join(b.TempDir(), "bench.db")
			if dialect == database.PostgreSQL {
				dsn = pgtest.New(b)
			}
			db, err := database.Open(b.Context(), dsn, database.Options{Partitions: 16})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			log, err := open.Log(db)
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			tables, err := view.Open(b.Context(), db, log, view.Options{})
			if err != nil {
				b.Fatal(err)
			}
			s := newStory(b, log, first)
			rest := tell(s, b.N)
			s.flush()
			run(b, tables, log)
			rest()
			s.flush()
			b.ResetTimer()
			run(b, tables, log)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// run has the tables take in all that stands in the log.
func run(b *testing.B, tables *view.Tables, log eventlog.Log) {
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- tables.Run(ctx) }()
	heads, err := log.Heads(ctx, log.Partitions())
	if err != nil {
		b.Fatal(err)
	}
	for _, head := range heads {
		if err := tables.WaitFor(ctx, head.Partition, head.Position); err != nil {
			b.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

func BenchmarkAuthorisations(b *testing.B) {
	benchmark(b, func(s *story, n int) func() {
		accounts := make([]credit.ID, min(n, 20_000))
		for i := range accounts {
			accounts[i] = s.open(fmt.Sprint("customer ", i), 100_000_000)
		}
		return func() {
			for range n {
				s.authorise(accounts[rand.IntN(len(accounts))], 100, "next", "tea house")
			}
		}
	})
}

func BenchmarkCaptures(b *testing.B) {
	benchmark(b, func(s *story, n int) func() {
		accounts := make([]credit.ID, min(n, 20_000))
		for i := range accounts {
			accounts[i] = s.open(fmt.Sprint("customer ", i), 100_000_000)
		}
		holds := make([]credit.ID, n)
		for i := range holds {
			holds[i] = accounts[rand.IntN(len(accounts))]
			s.authorise(holds[i], 100, "next", "tea house")
		}
		return func() {
			for _, id := range holds {
				s.must(id, credit.Capture{Hold: s.accounts[id].Holds[0].Number, Amount: 100})
			}
		}
	})
}

// Statements are cut of accounts with three purchases each.
func BenchmarkStatements(b *testing.B) {
	benchmark(b, func(s *story, n int) func() {
		for i := range n {
			id := s.open(fmt.Sprint("customer ", i), 100_000_000)
			for range 3 {
				s.buy(id, 1000, "next")
			}
		}
		return func() {
			s.openDay(calendar.Of(2026, 1, 31))
			slices.Sort(s.order) // as close of business finds them
			s.closeAll()
		}
	})
}

// Repayments pay statements of three lines whole.
func BenchmarkRepayments(b *testing.B) {
	benchmark(b, func(s *story, n int) func() {
		for i := range n {
			id := s.open(fmt.Sprint("customer ", i), 100_000_000)
			for range 3 {
				s.buy(id, 1000, "next")
			}
		}
		s.openDay(calendar.Of(2026, 1, 31))
		s.closeAll()
		return func() {
			for _, id := range s.order {
				s.must(id, credit.Repay{Amount: 3000, Currency: "CNY", Source: "bank"})
			}
		}
	})
}
