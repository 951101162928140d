package view_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/view"
)

var first = calendar.Of(2026, 1, 15)

// tableNames are all tables that are made from the log.
var tableNames = []string{
	"account", "application", "agreement", "authorisation", "purchase", "instalment", "purchase_funding", "statement", "statement_line",
	"limit_change", "account_setting", "overdue_history", "charge_off", "contact",
	"refund_cut", "refund_funding", "dispute",
	"repayment", "repayment_share", "refund", "credit_return", "block", "closure", "autopay", "debit", "posting", "ledger_balance", "subledger_balance", "checkpoint",
}

// dump reads all tables, each sorted.
func (s *store) dump(t failer) []string {
	t.Helper()
	var all []string
	for _, table := range tableNames {
		rows, err := s.db.Reader().Query(`SELECT * FROM ` + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values, targets := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				targets[i] = &values[i]
			}
			if err := rows.Scan(targets...); err != nil {
				t.Fatal(err)
			}
			line := table
			for i, v := range values {
				line += fmt.Sprintf(" %s=%v", columns[i], v)
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		slices.Sort(lines)
		all = append(all, lines...)
	}
	return all
}

// Whatever happens, in whatever batches it is read: the tables made anew are the
// same, row for row.
func TestRebuiltTablesAreTheSame(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		dsn := address(t, dialect) // one for all: making a database takes longer than a story
		rapid.Check(t, func(r *rapid.T) {
			store := openStore(t, dsn, view.Options{Batch: rapid.IntRange(1, 40).Draw(r, "batch")})
			story := newStory(r, store.log, first)
			for range rapid.IntRange(1, 4).Draw(r, "rounds") {
				for range rapid.IntRange(1, 60).Draw(r, "steps") {
					story.any(r)
				}
				story.flush()
				store.catchUp(t)
			}
			before := store.dump(r)
			calls := int64(0)
			if err := store.tables.Rebuild(context.Background(), func(done, all int64) { calls++ }); err != nil {
				r.Fatal(err)
			}
			if calls == 0 {
				r.Fatal("a rebuild says how far it is")
			}
			if diff := cmp.Diff(before, store.dump(r)); diff != "" {
				r.Fatalf("the rebuilt tables differ (-before +after):\n%s", diff)
			}
		})
	})
}

// Both databases hold the same rows.
func TestBothDatabasesAgree(t *testing.T) {
	dumps := map[database.Dialect][]string{}
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		newStory(t, store.log, first).whole()
		store.catchUp(t)
		var lines []string
		for _, line := range store.dump(t) {
			words := strings.Fields(strings.NewReplacer(" 00:00:00 +0000 UTC", "", "=true", "=1", "=false", "=0").Replace(line))
			slices.Sort(words)
			lines = append(lines, strings.Join(words, " "))
		}
		slices.Sort(lines)
		dumps[dialect] = lines
	})
	if len(dumps) == 2 {
		if diff := cmp.Diff(dumps[database.SQLite], dumps[database.PostgreSQL]); diff != "" {
			t.Error(diff)
		}
	}
}

// docs/tables.md tells each table and each of its columns.
func TestEachColumnIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/tables.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		name, rest, _ := strings.Cut(section, " ")
		sections[name] = rest
	}
	store := openStore(t, address(t, database.SQLite), view.Options{})
	for _, table := range tableNames {
		section, told := sections[table]
		if !told {
			t.Errorf("%s is not told", table)
			continue
		}
		rows, err := store.db.Reader().Query(`SELECT name FROM pragma_table_xinfo($1)`, table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var column string
			if err := rows.Scan(&column); err != nil {
				t.Fatal(err)
			}
			if column != "partition" && !strings.Contains(section, column) {
				t.Errorf("%s.%s is not told", table, column)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The questions that docs/tables.md puts are answered by both databases.
func TestDocumentedQuestions(t *testing.T) {
	text, err := os.ReadFile("../docs/tables.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```sql\n")
	block, _, _ = strings.Cut(block, "```")
	questions := strings.Split(strings.TrimSpace(block), ";")
	if len(questions) < 5 {
		t.Fatal("where are they?")
	}
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		newStory(t, store.log, first).whole()
		store.catchUp(t)
		for _, question := range questions[:len(questions)-1] {
			rows, err := store.db.Reader().Query(question)
			if err != nil {
				t.Errorf("%v:%s", err, question)
				continue
			}
			_ = rows.Close()
		}
		var sum string
		if err := store.db.Reader().QueryRow(`SELECT coalesce(sum(abs(s)), -1) FROM (SELECT sum(balance) AS s FROM trial_balance GROUP BY currency) b`).Scan(&sum); err != nil || sum != "0" {
			t.Errorf("the trial balance sums to %s: %v", sum, err)
		}
	})
}
