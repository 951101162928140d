package view

import (
	"context"
	"database/sql"
	"reflect"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/database"
)

// applySQLite runs a prepared statement for each row: set-based ones cost SQLite more.
func (t *Tables) applySQLite(ctx context.Context, stretches []*stretch) error {
	writes := make([][]write, len(stretches)) // worked out before the log has to wait
	for i, s := range stretches {
		writes[i] = s.changes.writes()
	}
	return t.db.Write(ctx, func(tx *sql.Tx) error {
		ctx := context.WithoutCancel(ctx) // a statement that watches a context costs a goroutine
		for i, s := range stretches {
			if err := t.applyStretch(ctx, tx, s, writes[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *Tables) applyStretch(ctx context.Context, tx *sql.Tx, s *stretch, writes []write) error {
	partition := s.progress.partition
	result, err := t.db.Exec(ctx, tx, moveCheckpoint, s.to, partition, s.from)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errFenced
	}
	var arguments []any
	for _, w := range writes {
		query, found := w.sql[database.SQLite], int64(0)
		for i := range w.rows.Len() {
			arguments = append(arguments[:0], partition)
			row := w.rows.Index(i)
			for _, c := range w.columns {
				arguments = append(arguments, c.lite(row.Field(c.field)))
			}
			result, err := t.db.Exec(ctx, tx, query, arguments...)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			found += n
		}
		if w.exact && found != int64(w.rows.Len()) {
			return damaged(w, partition, found)
		}
	}
	return nil
}

// lite is a value as SQLite stores it.
func (c column) lite(v reflect.Value) any {
	switch c.kind {
	case textKind:
		return v.String()
	case flagKind:
		if v.Bool() {
			return int64(1)
		}
		return int64(0)
	case dateKind:
		if v.Int() == 0 {
			return nil
		}
		return calendar.Date(v.Int()).String()
	default:
		return v.Int()
	}
}
