package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/view"
)

type verifyCmd struct {
	databaseFlag
}

func (c verifyCmd) Run(ctx context.Context) error {
	return withLog(ctx, c.DB, func(db *database.DB, log eventlog.Log) error {
		tables, err := view.Open(ctx, db, log, view.Options{Log: slog.Default()})
		if err != nil {
			return err
		}
		consents, err := consent.Open(ctx, db, log)
		if err != nil {
			return err
		}
		return verifyAll(ctx, tables, consents)
	})
}

// verify checks an office at work.
func verify(ctx context.Context, o *office.Office) error { return verifyAll(ctx, o.Tables, o.Consents) }

// verifyAll says of the tables and of the tree of consents what does not hold.
func verifyAll(ctx context.Context, t *view.Tables, c *consent.Tree) error {
	return errors.Join(verifyTables(ctx, t), verifyConsents(ctx, c))
}

// verifyConsents holds the tree of consents against the log.
func verifyConsents(ctx context.Context, c *consent.Tree) error {
	report, err := c.Verify(ctx)
	if err != nil {
		return err
	}
	for _, violation := range report.Violations {
		fmt.Fprintln(os.Stderr, violation)
	}
	if !report.Clean() {
		fmt.Fprintf(os.Stderr, "verified %d consents: %d violations\n", report.Leaves, int64(len(report.Violations))+report.More)
		return errReported
	}
	fmt.Printf("verified %d consents: each is in the tree once, and its root is theirs\n", report.Leaves)
	return nil
}

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
