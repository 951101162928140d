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
	"os"
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
}

// Open opens the database that dsn names, "yuefu.db", "sqlite://yuefu.db" or
// "postgres://…", creates it or brings its schema up to date, and fixes its
// settings when it is new. Opening with settings other than the stored ones is
// an error, so that nobody serves a database that was made for something else.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if path, isFile := fileOf(dsn); isFile && o.Existing {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("database: %w at %s: %w", ErrMissing, path, err)
		}
	}
	db, err := connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("database: open: %w", err)
	}
	if o.Existing {
		if settings, err := db.readBook(ctx, db.reader); err != nil || len(settings) == 0 {
			return nil, errors.Join(fmt.Errorf("database: %w there", ErrMissing), err, db.Close())
		}
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database: migrate: %w", err), db.Close())
	}
	if err := db.openBook(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// fileOf is the path of the file that dsn names, if it names a SQLite database.
func fileOf(dsn string) (path string, ok bool) {
	scheme, rest, found := strings.Cut(dsn, "://")
	if !found {
		return strings.TrimPrefix(dsn, "sqlite:"), true
	}
	return rest, scheme == "sqlite"
}

// connect opens connections by the kind of address.
func connect(ctx context.Context, dsn string) (*DB, error) {
	if path, ok := fileOf(dsn); ok {
		db, err := openSQLite(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return db, nil
	}
	switch scheme, _, _ := strings.Cut(dsn, "://"); {
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, dsn)
	default:
		return nil, fmt.Errorf("%s:// is neither sqlite:// nor postgres://", scheme)
	}
}

// Book returns the settings that were fixed when the database was created.
func (db *DB) Book() Book { return db.book }

// File is the path of a SQLite database's file, empty on PostgreSQL.
func (db *DB) File() string {
	if db.sqlite == nil {
		return ""
	}
	return db.sqlite.path
}

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
