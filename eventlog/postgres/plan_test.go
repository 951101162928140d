package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
)

// TestPlansOfAnEmptyLog looks at the plans that are made on the first day, kept
// while the log grows: each condition has to be in an index.
func TestPlansOfAnEmptyLog(t *testing.T) {
	db, err := database.Open(t.Context(), pgtest.NewWith(t, pgtest.Options{NoSync: true}), database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Pool().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for name, c := range map[string]struct {
		query, types, values string
		want                 []string
	}{
		"tails": {readTails, "int, text[]", "7, '{a}'", []string{
			"((partition = $1) AND (account = a.account))", "((partition = $1) AND (account = $0))", `((partition = $1) AND ("position" = t`,
		}},
		"keys":      {readKeys, "int, text[], text[]", "7, '{a}', '{b}'", []string{"((partition = $1) AND (account = k.account) AND (key = k.key))"}},
		"snapshots": {readSnapshots, "int, text[]", "7, '{a}'", []string{"((partition = $1) AND (account = ANY ($2)))"}},
		"entries":   {readEntries, "int, bigint, bigint", "7, 1, 1", []string{`((partition = $1) AND ("position" > $2))`}},
		"heads":     {readHeads, "int[]", "'{7}'", []string{"(partition = ANY ($1))"}},
	} {
		t.Run(name, func(t *testing.T) {
			statement := "PREPARE " + name + " (" + c.types + ") AS " + c.query
			if _, err := conn.Exec(t.Context(), statement, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			rows, err := conn.Query(t.Context(), fmt.Sprintf("EXPLAIN (COSTS OFF) EXECUTE %s (%s)", name, c.values), pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(lines, "\n")
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Join Filter") {
				t.Errorf("rows are compared outside of an index:\n%s", plan)
			}
			for _, condition := range c.want {
				if !strings.Contains(plan, condition) {
					t.Errorf("no index is asked for %s:\n%s", condition, plan)
				}
			}
		})
	}
}
