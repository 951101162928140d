package servicing_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
)

// BenchmarkAuthorise is a checkout in process, 512 callers at once, durable.
func BenchmarkAuthorise(b *testing.B) {
	for _, store := range []struct {
		name string
		dsn  func() string
	}{
		{"sqlite", func() string { return filepath.Join(b.TempDir(), "book.db") }},
		{"postgres", func() string { return pgtest.New(b) }},
	} {
		b.Run(store.name, func(b *testing.B) {
			db, err := database.Open(b.Context(), store.dsn(), database.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			log, err := open.Log(db)
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			benchmarkAuthorise(b, log)
		})
	}
}

func benchmarkAuthorise(b *testing.B, log eventlog.Log) {
	clock := servicing.NewSandboxClock(start.Time())
	desk, err := servicing.Open(b.Context(), log, servicing.Options{Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer desk.Close()
	if err := desk.Resume(b.Context(), start); err != nil {
		b.Fatal(err)
	}
	o := &office{clock: clock, desk: desk, log: log, t: &testing.T{}}
	const accounts, amount = 10_000, money.Amount(100)
	ids := make([]credit.ID, accounts)
	requests := make([]servicing.Request, accounts)
	work := make(chan int)
	done := make(chan error, 64)
	for range 64 {
		go func() {
			for i := range work {
				customer := fmt.Sprint("c", i)
				ids[i] = credit.AccountID(platform, terms.Programme, customer)
				adult, student := true, false
				_, err := desk.Do(b.Context(), servicing.Request{
					Account: ids[i], Platform: platform, Key: "open",
					Command: credit.Apply{
						Platform: platform, Programme: terms.Programme, Customer: customer,
						Consents: []credit.Consent{o.consent(customer, "credit_agreement", "aa", 1)},
						Declared: credit.Declared{Adult: &adult, Student: &student},
						Terms:    terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: money.Max},
					},
				})
				if err != nil {
					done <- err
					return
				}
				requests[i] = o.checkout(ids[i], customer, "", amount)
			}
			done <- nil
		}()
	}
	for i := range accounts {
		work <- i
	}
	close(work)
	for range 64 {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	var next atomic.Int64
	b.SetParallelism(256)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			request := requests[int(n)%accounts]
			request.Key = fmt.Sprint("k", n)
			if _, err := desk.Do(b.Context(), request); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	f := desk.Figures()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(float64(f.Commands)/float64(f.Batches), "commands/batch")
}
