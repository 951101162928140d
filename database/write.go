package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrUnknown says that a commit's outcome is unknown, since the connection was
// lost around it: look before you write again.
var ErrUnknown = errors.New("database: outcome of the commit is unknown")

// Write runs one write transaction, and is the only way to write. What write
// returns an error from is rolled back, and on PostgreSQL run again after a
// serialisation failure: it must keep no side effects besides the
// transaction's. On SQLite all writers of the process stand in one queue, so it
// has to be short: a few milliseconds, or the log waits.
func (db *DB) Write(ctx context.Context, write func(*sql.Tx) error) error {
	if db.Dialect == PostgreSQL {
		return Retry(ctx, func() error { return transact(ctx, db.writer, write) })
	}
	if err := db.sqlite.lock(ctx); err != nil {
		return err
	}
	defer db.sqlite.unlock()
	if db.sqlite.conn == nil {
		return sql.ErrConnDone
	}
	// The context ends single statements, not the transaction: database/sql would
	// start a goroutine for each, and roll back from there.
	return transact(context.WithoutCancel(ctx), db.sqlite.conn, write)
}

// Exec runs a statement in a transaction of Write with a plan that is made once
// for the life of the connection. Placeholders are $1, $2, … on both dialects,
// or ? on SQLite, which is a little faster there.
func (db *DB) Exec(ctx context.Context, tx *sql.Tx, query string, arguments ...any) (sql.Result, error) {
	if db.Dialect == PostgreSQL { // pgx keeps prepared what it sees
		return tx.ExecContext(ctx, query, arguments...)
	}
	stmt, err := db.sqlite.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, arguments...)
}

// transact begins, writes, and commits or rolls back, on a panic too.
func transact(ctx context.Context, on interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}, write func(*sql.Tx) error) error {
	tx, err := on.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it says so, and nothing else
	if err := write(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if lost(err) {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		return err
	}
	return nil
}
