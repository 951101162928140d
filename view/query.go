package view

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// newest reads a page of an account's list.
func newest[R any](ctx context.Context, t *Tables, query string, account credit.ID, p Page) ([]R, error) {
	before, limit := p.bounds()
	return find[R](ctx, t, query, t.PartitionOf(account), account, before, limit)
}

// one finds a thing by its id. What is not there is credit.NotFound.
func one[R any](ctx context.Context, t *Tables, query, prefix string, id credit.ID) (row R, err error) {
	missing := &credit.Error{Kind: credit.NotFound, Detail: "there is no such thing"}
	account, number, ok := id.Owner(prefix)
	if !ok {
		return row, missing
	}
	rows, err := find[R](ctx, t, query, t.PartitionOf(account), account, number)
	switch {
	case err != nil:
		return row, err
	case len(rows) == 0:
		return row, missing
	}
	return rows[0], nil
}

// find reads rows whose columns are the fields of R.
func find[R any](ctx context.Context, t *Tables, query string, arguments ...any) ([]R, error) {
	rows, err := t.db.Reader().QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, fmt.Errorf("view: read: %w", err)
	}
	return collect[R](rows)
}

func collect[R any](rows *sql.Rows) (list []R, err error) {
	err = walk(rows, func(row *R) error {
		list = append(list, *row)
		return nil
	})
	return list, err
}

// walk gives each row to see, which must not keep it.
func walk[R any](rows *sql.Rows, see func(*R) error) error {
	defer rows.Close()
	row := new(R)
	fields := reflect.ValueOf(row).Elem()
	targets := make([]any, fields.NumField())
	for i := range targets {
		targets[i] = fields.Field(i).Addr().Interface()
		if date, ok := targets[i].(*calendar.Date); ok {
			targets[i] = &dateScanner{date}
		}
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("view: read: %w", err)
		}
		if err := see(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("view: read: %w", err)
	}
	return nil
}

// dateScanner reads a date of either dialect, NULL as no date.
type dateScanner struct{ into *calendar.Date }

// Scan implements sql.Scanner.
func (d *dateScanner) Scan(v any) (err error) {
	switch v := v.(type) {
	case nil:
		*d.into = 0
	case time.Time:
		*d.into = calendar.At(v)
	case string:
		*d.into, err = calendar.Parse(v)
	default:
		err = fmt.Errorf("%T is no date", v)
	}
	return err
}
