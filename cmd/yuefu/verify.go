package main

import (
	"context"
	"fmt"
	"os"

	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/view"
)

type verifyCmd struct {
	databaseFlag
}

func (c verifyCmd) Run(ctx context.Context) error {
	return withTables(ctx, c.DB, func(t *view.Tables) error { return verifyTables(ctx, t) })
}

// verify checks an office at work.
func verify(ctx context.Context, o *office.Office) error { return verifyTables(ctx, o.Tables) }

// verifyTables says what was checked, and everything that does not hold.
func verifyTables(ctx context.Context, t *view.Tables) error {
	report, err := t.Verify(ctx, entries("entries"))
	if err != nil {
		return err
	}
	for _, violation := range report.Violations {
		fmt.Fprintln(os.Stderr, violation)
	}
	if report.More > 0 {
		fmt.Fprintf(os.Stderr, "… and %d more\n", report.More)
	}
	looked := fmt.Sprintf("%d entries of %d accounts, %d rows and %d snapshots", report.Entries, report.Accounts, report.Rows, report.Snapshots)
	if !report.Clean() {
		fmt.Fprintf(os.Stderr, "verified %s: %d violations\n", looked, int64(len(report.Violations))+report.More)
		return errReported
	}
	fmt.Printf("verified %s: every invariant holds\n", looked)
	return nil
}
