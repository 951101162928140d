package view_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/view"
)

// TestPendingDebits lists those without a result, page by page and each once, with what
// a payment service has to be told; to find them costs nothing of what there ever was.
func TestPendingDebits(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		var want []string
		for i := range 7 {
			id := s.open(fmt.Sprint("p", i), 500_000)
			s.must(id, s.autopay(s.accounts[id], fmt.Sprint("tok ", i)))
			s.buy(id, 10_000, "next")
		}
		for range 40 { // through the due date of the first bill
			s.openDay(s.day + 1)
			s.closeAll()
		}
		for i, id := range s.order {
			d := s.accounts[id].Debits[0]
			if i%3 == 0 {
				s.must(id, credit.SettleDebit{Debit: d.Number})
				continue
			}
			want = append(want, fmt.Sprintf("%s shop CNY 10000 tok %d", id.Part(credit.PrefixDebit, d.Number), i))
		}
		s.flush()
		store.catchUp(t)
		for _, limit := range []int{1, 2, 100} {
			var got []string
			for after := (view.PendingDebit{}); ; {
				page, err := store.tables.PendingDebits(t.Context(), false, after, limit)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range page {
					if d.Partition != s.partition(d.Account) {
						t.Errorf("%s is of partition %d", d.ID(), d.Partition)
					}
					got = append(got, fmt.Sprintf("%s %s %s %d %s", d.ID(), d.Platform, d.Currency, d.Amount, d.Source))
				}
				if len(page) < limit {
					break
				}
				after = page[len(page)-1]
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
				t.Errorf("in pages of %d: %s", limit, diff)
			}
		}
		if n, err := store.tables.CountPendingDebits(t.Context()); err != nil || int(n) != len(want) {
			t.Errorf("%d are pending, %v", n, err)
		}

		// With many that have a result, nobody looks at these.
		tamper(`WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)
			INSERT INTO debit (partition, attempt, number, time, position, statement, amount, repayment, day, account, source, status, reason, purpose, purchase, quote, lapsed)
			SELECT d.partition, 1, d.number + 1000 + n.x, 0, 0, 1, 1, 1, d.day, d.account, '', 'settled', '', '', 0, '', d.lapsed FROM debit d CROSS JOIN n WHERE d.status = 'pending'`)(t, store, s)
		explain := map[database.Dialect]string{database.SQLite: "EXPLAIN QUERY PLAN ", database.PostgreSQL: "EXPLAIN "}[dialect]
		if err := store.db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec("ANALYZE debit")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		rows, err := store.db.Reader().QueryContext(t.Context(), explain+view.ReadPendingDebits, -1, "", 0, false, 500)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		var plan strings.Builder
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&plan, *values[len(values)-1].(*any))
		}
		if !strings.Contains(plan.String(), "debit_pending") {
			t.Errorf("the plan is\n%s", &plan)
		}
	})
}
