package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/yuefu/yuefu/eventlog"
)

// Read returns entries of a partition after a position.
func (l *Log) Read(ctx context.Context, partition int32, after int64, limit int) ([]eventlog.Entry, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	entries, err := findEntries(ctx, l.entries, partition, after, max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("sqlite: read partition %d: %w", partition, err)
	}
	return entries, nil
}

// Histories reads the tails first and the snapshots after them, each in one statement.
func (l *Log) Histories(ctx context.Context, partition int32, accounts []string) ([]eventlog.History, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	list, err := json.Marshal(eventlog.Distinct(accounts))
	if err != nil {
		return nil, err
	}
	entries, err := findEntries(ctx, l.tails, partition, string(list))
	if err != nil {
		return nil, fmt.Errorf("sqlite: tails of %d accounts: %w", len(accounts), err)
	}
	snapshots, err := findSnapshots(ctx, l.snapshots, partition, string(list))
	if err != nil {
		return nil, fmt.Errorf("sqlite: snapshots of %d accounts: %w", len(accounts), err)
	}
	return eventlog.Assemble(accounts, snapshots, entries), nil
}

// ByKeys returns the entries that exist for keys.
func (l *Log) ByKeys(ctx context.Context, partition int32, keys []eventlog.KeyRef) ([]eventlog.Entry, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	pairs := make([][2]string, len(keys))
	for i, key := range keys {
		pairs[i] = [2]string{key.Account, key.Key}
	}
	list, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	entries, err := findEntries(ctx, l.keys, partition, string(list))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %d keys: %w", len(keys), err)
	}
	return entries, nil
}

// findEntries reads entries.
func findEntries(ctx context.Context, stmt *sql.Stmt, arguments ...any) ([]eventlog.Entry, error) {
	rows, err := stmt.QueryContext(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []eventlog.Entry
	var command, events, answer sql.RawBytes
	for rows.Next() {
		var e eventlog.Entry
		if err := rows.Scan(&e.Partition, &e.Position, &e.Account, &e.Key, &e.Time, &e.Day, &e.Due, &e.Name, &command, &events, &answer); err != nil {
			return nil, err
		}
		b := make([]byte, 0, len(command)+len(events)+len(answer)) // one allocation for what is kept and dropped together
		b = append(append(append(b, command...), events...), answer...)
		first, second := len(command), len(command)+len(events)
		e.Command, e.Events, e.Answer = b[:first:first], b[first:second:second], b[second:]
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

func findSnapshots(ctx context.Context, stmt *sql.Stmt, arguments ...any) ([]eventlog.Snapshot, error) {
	rows, err := stmt.QueryContext(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var snapshots []eventlog.Snapshot
	for rows.Next() {
		var s eventlog.Snapshot
		if err := rows.Scan(&s.Partition, &s.Account, &s.Position, &s.Format, &s.State); err != nil {
			return nil, err
		}
		snapshots = append(snapshots, s)
	}
	return snapshots, rows.Err()
}

// findHeads reads heads with a query that takes the partitions as a JSON list.
func findHeads(query func(list string) (*sql.Rows, error), partitions []int32) ([]eventlog.Head, error) {
	list, err := json.Marshal(partitions)
	if err != nil {
		return nil, err
	}
	rows, err := query(string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var heads []eventlog.Head
	for rows.Next() {
		var h eventlog.Head
		if err := rows.Scan(&h.Partition, &h.Position, &h.Time, &h.Day); err != nil {
			return nil, err
		}
		heads = append(heads, h)
	}
	return heads, rows.Err()
}
