package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", in Go
)

// checkpointPages is how many pages the WAL grows to before the commit that
// fills it also writes them back. Small and inline is the steadiest: at half of
// the peak rate p99 was 21 ms with 500 to 1,000 pages, 110 ms with rare large
// checkpoints; those in the background alone let the WAL grow to gigabytes
// while there is always some reader, and then a cold start takes a second.
const checkpointPages = 1000

var (
	// sharedPragmas hold for each connection. A second process on the same file
	// waits its turn; a read that meets a checkpoint does too.
	sharedPragmas = []string{"busy_timeout(10000)", "journal_mode(WAL)", "temp_store(MEMORY)", "foreign_keys(1)"}
	// writerPragmas: FULL syncs the WAL at each commit, so an acknowledged entry survives a power cut.
	writerPragmas = append([]string{"synchronous(FULL)", fmt.Sprintf("wal_autocheckpoint(%d)", checkpointPages), "cache_size(-65536)"}, sharedPragmas...)
	readerPragmas = append([]string{"cache_size(-16384)", "query_only(1)"}, sharedPragmas...)
)

// sqliteWriter is the one connection of the process that writes. Its statements
// stay prepared; its turn goes to one transaction at a time, since SQLite has
// one writer anyway and would make the others poll.
type sqliteWriter struct {
	path  string
	turn  chan struct{}
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// openSQLite opens a file with its writer and readers.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") || strings.HasPrefix(path, "file:") {
		return nil, fmt.Errorf("%q: a SQLite database is named by the path of its file", path)
	}
	pool, err := openFile(path, "immediate", writerPragmas)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	reader, err := openFile(path, "deferred", readerPragmas)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	reader.SetMaxOpenConns(max(8, 4*runtime.GOMAXPROCS(0)))
	reader.SetMaxIdleConns(max(8, 4*runtime.GOMAXPROCS(0)))
	writer := &sqliteWriter{path: path, turn: make(chan struct{}, 1), pool: pool, stmts: make(map[string]*sql.Stmt)}
	db := &DB{Dialect: SQLite, reader: reader, sqlite: writer}
	if err := writer.connect(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openFile opens connections to a file with pragmas. lock is how transactions
// begin: "immediate" for writers, so that one that reads first can never find
// itself unable to write, "deferred" for readers, who lock nothing.
func openFile(path, lock string, pragmas []string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	query := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	location := url.URL{Path: filepath.ToSlash(absolute)}
	return sql.Open("sqlite", "file:"+location.EscapedPath()+"?"+query.Encode())
}

// connect takes the writing connection, for the life of the process. Two
// processes that turn a new file to WAL at once disturb each other past the busy
// timeout, which does not cover that step: the loser tries again.
func (w *sqliteWriter) connect(ctx context.Context) (err error) {
	for range 10 {
		if w.conn, err = w.pool.Conn(ctx); err == nil || !busy(err) {
			break
		}
		pause(ctx, 20)
	}
	return err
}

// lock waits for the turn to write.
func (w *sqliteWriter) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil { // with both ready, select would toss a coin
		return err
	}
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *sqliteWriter) unlock() { <-w.turn }

// prepared returns the statement, prepared once for the life of the connection.
// The caller has the turn.
func (w *sqliteWriter) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = stmt
	return stmt, nil
}

// close ends the connection after whoever writes now.
func (w *sqliteWriter) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	var err error
	for query, stmt := range w.stmts {
		err = errors.Join(err, stmt.Close())
		delete(w.stmts, query)
	}
	if w.conn != nil {
		err = errors.Join(err, w.conn.Close())
		w.conn = nil
	}
	return errors.Join(err, w.pool.Close())
}
