package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// tries is how often a transaction is run that fails through no fault of its own.
const tries = 5

// Retry runs a transaction again, with growing pauses of 5 to 200 ms, when
// PostgreSQL says that it failed only because of another one or of a server that
// went away. It never repeats one whose commit may have succeeded.
func Retry(ctx context.Context, transaction func() error) (err error) {
	for try := range tries {
		if try > 0 && !pause(ctx, 5<<(2*(try-1))) {
			return err
		}
		if err = transaction(); err == nil || errors.Is(err, ErrUnknown) || ctx.Err() != nil || !Temporary(err) {
			return err
		}
	}
	return err
}

// Temporary tells whether a transaction that surely was not committed may
// succeed when it is run again: by SQLSTATE, since on Citus the death of a worker
// shows as an error on a healthy connection.
func Temporary(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "55P03", "40003", "57P01", "57P02", "57P03":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	var network net.Error
	return pgconn.SafeToRetry(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

// lost tells whether an error at commit leaves open what became of it: anything
// but the server's plain refusal.
func lost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40003" || strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) { // a sync that failed may have reached the disk all the same
		return lite.Code()&0xff == sqlitelib.SQLITE_IOERR
	}
	return !errors.Is(err, pgx.ErrTxCommitRollback)
}

// busy tells whether SQLite gave up since another process holds the file.
func busy(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqlitelib.SQLITE_BUSY
}

// pause waits up to the milliseconds, by chance, so that those who met once
// don't meet again; false when the context ended first.
func pause(ctx context.Context, milliseconds int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(milliseconds/2+rand.IntN(milliseconds)) * time.Millisecond):
		return true
	}
}
