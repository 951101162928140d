// Package database opens the one SQL database of an installation, a SQLite file
// or PostgreSQL, brings its schema up to date, and gives readers and one way to
// write. It knows dialects, connections and transactions; it refuses to know
// what a row means.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Dialect is the SQL that a database speaks.
type Dialect int

// The dialects; each has a folder of migrations.
const (
	SQLite Dialect = iota + 1
	PostgreSQL
)

// String is the dialect's name and that of its folder of migrations.
func (d Dialect) String() string {
	return map[Dialect]string{SQLite: "sqlite", PostgreSQL: "postgres"}[d]
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	Dialect Dialect

	book   Book
	reader *sql.DB

	sqlite *sqliteWriter // SQLite only

	// PostgreSQL only
	planner *pgx.ConnConfig // how to connect with PostgreSQL's own planner settings
	pool    *pgxpool.Pool
	writer  *sql.DB // the pool, seen through database/sql
	types   columnTypes
}

// Open opens the database that dsn names, "yuefu.db", "sqlite://yuefu.db" or
// "postgres://…", creates it or brings its schema up to date, and fixes its
// settings when it is new. Opening with settings other than the stored ones is
// an error, so that nobody serves a database that was made for something else.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	db, err := connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("database: open: %w", err)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database: migrate: %w", err), db.Close())
	}
	if err := db.openBook(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// connect opens connections by the kind of address.
func connect(ctx context.Context, dsn string) (*DB, error) {
	scheme, rest, found := strings.Cut(dsn, "://")
	switch {
	case !found:
		return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"))
	case scheme == "sqlite":
		return openSQLite(ctx, rest)
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, dsn)
	default:
		return nil, fmt.Errorf("%s:// is neither sqlite:// nor postgres://", scheme)
	}
}

// Book returns the settings that were fixed when the database was created.
func (db *DB) Book() Book { return db.book }

// Reader returns connections for reading: they see what is committed, wait for
// no writer, and on SQLite cannot write.
func (db *DB) Reader() *sql.DB { return db.reader }

// Pool returns PostgreSQL's connections for set-based writes by key, nil on
// SQLite. Their planner goes by index and keeps one plan a statement: see writerSettings.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Close ends all connections.
func (db *DB) Close() error {
	err := db.reader.Close()
	if db.sqlite != nil {
		err = errors.Join(err, db.sqlite.close())
	}
	if db.writer != nil {
		err = errors.Join(err, db.writer.Close())
	}
	if db.pool != nil {
		db.pool.Close()
	}
	return err
}
