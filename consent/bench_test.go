package consent_test

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/follow"
)

// BenchmarkGrow says how many consents a second the tree takes.
func BenchmarkGrow(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		b.Run(dialect.String(), func(b *testing.B) {
			const customers, each = 20, 500
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, dialect, true)
				for i := range customers {
					id, customer := account(i)
					var list []asked
					for n := range each {
						list = append(list, ordered(customer, n))
					}
					w.say(b, id, list...)
				}
				tree, err := consent.Open(b.Context(), w.db, w.log)
				if err != nil {
					b.Fatal(err)
				}
				f, err := follow.Open(b.Context(), w.db, w.log, tree.Reader(), follow.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				began := time.Now()
				if err := f.CatchUp(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(customers*each/time.Since(began).Seconds(), "consents/s")
			}
		})
	}
}
