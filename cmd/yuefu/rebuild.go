package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/view"
)

type rebuildCmd struct {
	databaseFlag
}

func (c rebuildCmd) Run(ctx context.Context) error {
	return withTables(ctx, c.DB, func(t *view.Tables) error {
		told := entries("entries")
		if err := t.Rebuild(ctx, told); err != nil {
			return err
		}
		fmt.Println("the tables are made anew from the log")
		return nil
	})
}

// withTables opens a database for a command that only needs log and tables.
func withTables(ctx context.Context, dsn string, do func(*view.Tables) error) error {
	return withLog(ctx, dsn, func(db *database.DB, log eventlog.Log) error {
		tables, err := view.Open(ctx, db, log, view.Options{Log: slog.Default()})
		if err != nil {
			return err
		}
		if err := assessing(ctx, db, tables); err != nil {
			return err
		}
		return do(tables)
	})
}

// withLog opens a database for a command that only needs its log.
func withLog(ctx context.Context, dsn string, do func(*database.DB, eventlog.Log) error) error {
	db, err := database.Open(ctx, dsn, database.Options{Existing: true})
	if err != nil {
		return err
	}
	log, err := open.Log(db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(do(db, log), log.Close(), db.Close())
}

// assessing lets the tables assess applications again, by the policies of the catalogue.
func assessing(ctx context.Context, db *database.DB, tables *view.Tables) error {
	c, err := catalogue.Open(ctx, db, time.Now)
	if err == nil {
		tables.AssessBy(c.AssessAgain)
	}
	return err
}

// entries shows a bar for work on the log's entries.
func entries(unit string) func(done, all int64) {
	var bar *progressbar.ProgressBar
	return func(done, all int64) {
		if bar == nil {
			bar = progress(int(all), unit)
		}
		_ = bar.Set64(done)
		if done >= all {
			_ = bar.Finish()
		}
	}
}
