package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

const (
	moveHead = `UPDATE log_head SET position = ?, time = ?, day = ? WHERE partition = ? AND position = ? AND time <= ? AND day <= ?`

	addEntry = `INSERT INTO log_entry (partition, position, account, key, time, day, due, name, command, events, answer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	saveSnapshot = `INSERT INTO log_snapshot (partition, account, position, format, state) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (partition, account) DO UPDATE SET position = excluded.position, format = excluded.format, state = excluded.state
		WHERE excluded.position >= log_snapshot.position`
)

// snapshotsAtOnce keeps a transaction of snapshots short: the log waits for it.
const snapshotsAtOnce = 100

// Append moves the heads and adds the entries in one transaction.
func (l *Log) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	moves, err := eventlog.Moves(expected, entries)
	if err != nil {
		return err
	}
	for _, move := range moves {
		if err := l.check(move.Partition); err != nil {
			return err
		}
	}
	err = l.db.Write(ctx, func(tx *sql.Tx) error {
		// A statement that watches a context costs a goroutine each.
		ctx := context.WithoutCancel(ctx)
		if err := l.moveHeads(ctx, tx, moves); err != nil {
			return err
		}
		for i := range entries {
			e := &entries[i]
			if _, err := l.db.Exec(ctx, tx, addEntry, e.Partition, e.Position, e.Account, e.Key, e.Time, e.Day, e.Due, e.Name,
				blob(e.Command), blob(e.Events), blob(e.Answer)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && l.afterCommit != nil {
		err = l.afterCommit()
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, database.ErrUnknown):
		return fmt.Errorf("sqlite: append: %w: %w", eventlog.ErrUnknown, err)
	case keyTaken(err):
		return fmt.Errorf("sqlite: append: %w: %w", eventlog.ErrKeyTaken, err)
	default:
		return fmt.Errorf("sqlite: append: %w", err)
	}
}

// moveHeads is the compare-and-set.
func (l *Log) moveHeads(ctx context.Context, tx *sql.Tx, moves []eventlog.Move) error {
	for _, m := range moves {
		result, err := l.db.Exec(ctx, tx, moveHead, m.To, m.LastTime, m.LastDay, m.Partition, m.From, m.FirstTime, m.FirstDay)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			continue
		}
		found, err := findHeads(func(list string) (*sql.Rows, error) { return tx.QueryContext(ctx, readHeads, list) }, []int32{m.Partition})
		if err != nil {
			return err
		}
		if err := eventlog.Refused([]eventlog.Move{m}, found); err != nil {
			return err
		}
		return fmt.Errorf("the head of partition %d was not moved, and nothing shows why", m.Partition)
	}
	return nil
}

// SaveSnapshots keeps snapshots, a few in each transaction.
func (l *Log) SaveSnapshots(ctx context.Context, snapshots []eventlog.Snapshot) error {
	snapshots = eventlog.Newest(snapshots)
	for _, s := range snapshots {
		if err := l.check(s.Partition); err != nil {
			return err
		}
	}
	for len(snapshots) > 0 {
		some := snapshots[:min(snapshotsAtOnce, len(snapshots))]
		snapshots = snapshots[len(some):]
		if err := l.db.Write(ctx, func(tx *sql.Tx) error {
			ctx := context.WithoutCancel(ctx)
			for _, s := range some {
				if _, err := l.db.Exec(ctx, tx, saveSnapshot, s.Partition, s.Account, s.Position, s.Format, blob(s.State)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("sqlite: save snapshots: %w", err)
		}
	}
	return nil
}

// blob is what to store for bytes: none are stored as an empty value, not as NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// keyTaken tells whether the unique index on the key refused an entry.
func keyTaken(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE && strings.Contains(lite.Error(), "log_entry.key")
}
