package view_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/view"
)

// TestStatementsDue finds the unpaid bills of a date, page by page and each once, with
// the live accounts' amounts; by an index that has no look at those of other dates.
func TestStatementsDue(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		for i := range 9 {
			id := s.open(fmt.Sprint("d", i), 500_000)
			if i%2 == 0 {
				s.must(id, s.autopay(s.accounts[id], "tok"))
			}
			s.buy(id, 10_000, "next")
		}
		for len(s.accounts[s.order[0]].Statements) == 0 { // until bills are there
			s.openDay(s.day + 1)
			s.closeAll()
		}
		var want []string
		due := s.accounts[s.order[0]].Statements[0].Due
		for i, id := range s.order {
			a := s.accounts[id]
			if i%3 == 0 {
				s.must(id, credit.Repay{Amount: 9_000, Currency: "CNY", Source: "hand"})
			}
			if i%3 == 1 {
				s.must(id, credit.Repay{Amount: a.Billed(), Currency: "CNY", Source: "hand"})
				continue
			}
			b := a.Statements[0]
			want = append(want, fmt.Sprintf("%s %d %s CNY 10000 %d %t", id, b.Number, b.Due, a.Remaining(b.Number), a.Autopay != nil))
		}
		s.flush()
		store.catchUp(t)
		for _, limit := range []int{1, 2, 100} {
			var got []string
			for _, partition := range store.log.Partitions() {
				for after := (view.StatementDue{}); ; {
					page, err := store.tables.StatementsDue(t.Context(), partition, [4]calendar.Date{due - 1, due, due + 5, due + 7}, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					for _, d := range page {
						got = append(got, fmt.Sprintf("%s %d %s %s %d %d %t", d.Account, d.Number, d.Due, d.Currency, d.Total, d.Remaining, d.Autopay))
					}
					if len(page) < limit {
						break
					}
					after = page[len(page)-1]
				}
				if other, err := store.tables.StatementsDue(t.Context(), partition, [4]calendar.Date{due - 3, due - 1, due + 1, due + 7}, view.StatementDue{}, 10); err != nil || len(other) > 0 {
					t.Errorf("on the next day %d are due, %v", len(other), err)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
				t.Errorf("in pages of %d: %s", limit, diff)
			}
		}

		tamper(`WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)
			INSERT INTO statement (partition, bucket, number, time, position, total, principal, interest, fee, refunded, converted, deferral_fee, disputed, paid, penalty, penalty_paid, penalty_cut, day, due, account, status)
			SELECT s.partition, 0, s.number + 1000 + n.x, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, s.day, s.day, s.account, 'paid' FROM statement s CROSS JOIN n WHERE s.status = 'open'`)(t, store, s)
		if err := store.db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec("ANALYZE statement")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		explain := map[database.Dialect]string{database.SQLite: "EXPLAIN QUERY PLAN ", database.PostgreSQL: "EXPLAIN "}[dialect]
		rows, err := store.db.Reader().QueryContext(t.Context(), explain+view.ReadStatementsDue[dialect], store.log.Partitions()[0], due.String(), due.String(), due.String(), due.String(), "", 0, 500)
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
		if !strings.Contains(plan.String(), "statement_due") {
			t.Errorf("the plan is\n%s", &plan)
		}
	})
}
