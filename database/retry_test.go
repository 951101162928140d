package database_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/yuefu/yuefu/database"
)

func TestRetry(t *testing.T) {
	state := func(code string) error { return fmt.Errorf("write: %w", &pgconn.PgError{Code: code}) }
	for name, c := range map[string]struct {
		err  error
		runs int
	}{
		"success":                 {nil, 1},
		"serialisation failure":   {state("40001"), 5},
		"deadlock":                {state("40P01"), 5},
		"lock not had in time":    {state("55P03"), 5},
		"shutdown":                {state("57P01"), 5},
		"a dead worker of Citus":  {state("08006"), 5},
		"a lost connection":       {fmt.Errorf("write: %w", io.ErrUnexpectedEOF), 5},
		"a unique key":            {state("23505"), 1},
		"a statement cancelled":   {state("57014"), 1},
		"an error of the caller":  {errors.New("not so"), 1},
		"the caller has gone":     {context.Canceled, 1},
		"a deadline that passed":  {context.DeadlineExceeded, 1},
		"a commit that may stand": {fmt.Errorf("%w: %w", database.ErrUnknown, io.ErrUnexpectedEOF), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			err := database.Retry(context.Background(), func() error { runs++; return c.err })
			if runs != c.runs || !errors.Is(err, c.err) {
				t.Errorf("run %d times, %v; want %d times, %v", runs, err, c.runs, c.err)
			}
		})
	}
}

func TestRetryStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	runs := 0
	_ = database.Retry(ctx, func() error { runs++; cancel(); return &pgconn.PgError{Code: "40001"} })
	if runs != 1 {
		t.Errorf("run %d times", runs)
	}
}
