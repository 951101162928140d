package trial_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/trial"
	"github.com/yuefu/yuefu/view"
)

// The real tables, written by their real reader from the log of a whole world, hold
// against the log by every check of `yuefu verify`, and again when they are made anew.
func TestTheTablesOfAWorld(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		_, err := trial.Run(trial.Options{Seed: seed, Steps: 1500, After: func(log eventlog.Log) error {
			db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "tables.db"), database.Options{})
			if err != nil {
				return err
			}
			tables, err := view.Open(t.Context(), db, log, view.Options{Log: slog.New(slog.DiscardHandler)})
			if err == nil {
				err = clean(t, tables)
			}
			if err == nil {
				err = tables.Rebuild(t.Context(), nil)
			}
			if err == nil {
				err = clean(t, tables)
			}
			return errors.Join(err, db.Close())
		}})
		if err != nil {
			t.Error(err)
		}
	}
}

func clean(t *testing.T, tables *view.Tables) error {
	report, err := tables.Verify(t.Context(), nil)
	if err == nil && !report.Clean() {
		err = fmt.Errorf("%s", report.Violations[0])
	}
	if err == nil && report.Rows == 0 {
		err = errors.New("no row was compared: the test shows nothing")
	}
	return err
}
