// Package sqlite keeps the log in a SQLite file. It knows the statements; the
// connection that writes is the database's, shared with all who write.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

const (
	columns = `e.partition, e.position, e.account, e.key, e.time, e.day, e.due, e.name, e.command, e.events, e.answer`

	readHeads = `SELECT partition, position, time, day FROM log_head WHERE partition IN (SELECT value FROM json_each(?))`

	readEntries = `SELECT ` + columns + ` FROM log_entry e WHERE e.partition = ? AND e.position > ? ORDER BY e.position LIMIT ?`

	// The accounts lead, by CROSS JOIN, and the index on the key serves. It holds
	// the id, which grows with the position: what the snapshot covers is passed
	// over inside the index. Left alone, SQLite would go through the whole
	// partition from the snapshot's position on.
	readTails = `SELECT ` + columns + ` FROM json_each(?2) a
		CROSS JOIN log_entry e INDEXED BY log_entry_key ON e.partition = ?1 AND e.account = a.value
		WHERE e.id > coalesce((
			SELECT at.id FROM log_snapshot s JOIN log_entry at ON at.partition = s.partition AND at.position = s.position
			WHERE s.partition = ?1 AND s.account = a.value), 0)`

	readSnapshots = `SELECT s.partition, s.account, s.position, s.format, s.state FROM json_each(?2) a
		CROSS JOIN log_snapshot s ON s.partition = ?1 AND s.account = a.value`

	readKeys = `SELECT ` + columns + ` FROM json_each(?2) k
		CROSS JOIN log_entry e INDEXED BY log_entry_key ON e.partition = ?1 AND e.account = k.value->>0 AND e.key = k.value->>1`
)

// Log is the log in a SQLite file.
type Log struct {
	db         *database.DB
	partitions []int32
	known      map[int32]bool

	heads, entries, tails, snapshots, keys *sql.Stmt

	// afterCommit is a test's: what it returns is what the commit is taken to have failed with.
	afterCommit func() error
}

var _ eventlog.Log = (*Log)(nil)

// Open returns the log of an open database.
func Open(db *database.DB) (*Log, error) {
	if db.Dialect != database.SQLite {
		return nil, errors.New("sqlite: the database is not SQLite")
	}
	l := &Log{db: db, partitions: db.Book().Partitions, known: make(map[int32]bool)}
	for _, partition := range l.partitions {
		l.known[partition] = true
	}
	for query, stmt := range map[string]**sql.Stmt{
		readHeads: &l.heads, readEntries: &l.entries, readTails: &l.tails, readSnapshots: &l.snapshots, readKeys: &l.keys,
	} {
		var err error
		if *stmt, err = db.Reader().Prepare(query); err != nil {
			return nil, errors.Join(fmt.Errorf("sqlite: open the log: %w", err), l.Close())
		}
	}
	return l, nil
}

// Partitions returns the stored numbers of the partitions.
func (l *Log) Partitions() []int32 { return l.partitions }

// Close releases the statements.
func (l *Log) Close() error {
	var err error
	for _, stmt := range []*sql.Stmt{l.heads, l.entries, l.tails, l.snapshots, l.keys} {
		if stmt != nil {
			err = errors.Join(err, stmt.Close())
		}
	}
	return err
}

// check refuses partitions that the database does not have.
func (l *Log) check(partition int32) error {
	if !l.known[partition] {
		return fmt.Errorf("sqlite: no partition %d", partition)
	}
	return nil
}

// Heads returns the heads of the given partitions.
func (l *Log) Heads(ctx context.Context, partitions []int32) ([]eventlog.Head, error) {
	found, err := findHeads(func(list string) (*sql.Rows, error) { return l.heads.QueryContext(ctx, list) }, partitions)
	if err != nil {
		return nil, fmt.Errorf("sqlite: heads: %w", err)
	}
	return eventlog.Order(partitions, found)
}
