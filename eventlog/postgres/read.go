package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

const (
	columns = `e.partition, e.position, e.account, e.key, e.time, e.day, e.due, e.name, e.command, e.events, e.answer`

	readHeads = `SELECT partition, position, time, day FROM log_head WHERE partition = ANY($1::int[])`

	readEntries = `SELECT ` + columns + ` FROM log_entry e WHERE e.partition = $1 AND e.position > $2 ORDER BY e.position LIMIT $3`

	// The places of a tail are found inside the index on the key, which holds the
	// position (7 ms for 300 accounts of 100 entries, 53 ms when each entry is
	// looked at), and then the entries by their places. OFFSET 0 keeps the inner
	// queries what they are, one look into the index each: joined plainly, a plan made
	// while the table is empty goes through the whole partition until it is analysed.
	readTails = `SELECT ` + columns + `
		FROM unnest($2::text[]) AS a(account)
		CROSS JOIN LATERAL (
			SELECT t.position FROM log_entry t
			WHERE t.partition = $1 AND t.account = a.account AND t.position > coalesce(
				(SELECT s.position FROM log_snapshot s WHERE s.partition = $1 AND s.account = a.account), 0)
			OFFSET 0
		) place
		CROSS JOIN LATERAL (SELECT * FROM log_entry t WHERE t.partition = $1 AND t.position = place.position OFFSET 0) e`

	readSnapshots = `SELECT s.partition, s.account, s.position, s.format, s.state FROM log_snapshot s
		WHERE s.partition = $1 AND s.account = ANY($2::text[])`

	readKeys = `SELECT ` + columns + `
		FROM unnest($2::text[], $3::text[]) AS k(account, key)
		CROSS JOIN LATERAL (SELECT * FROM log_entry t WHERE t.partition = $1 AND t.account = k.account AND t.key = k.key OFFSET 0) e`

	saveSnapshots = `INSERT INTO log_snapshot AS s (partition, account, position, format, state)
		SELECT u.partition, u.account, u.position, u.format, u.state
		FROM log_head h JOIN unnest($2::int[], $3::text[], $4::bigint[], $5::int[], $6::bytea[])
			AS u(partition, account, position, format, state) ON u.partition = h.partition
		WHERE h.partition = ANY($1::int[])
		ON CONFLICT (partition, account) DO UPDATE SET position = excluded.position, format = excluded.format, state = excluded.state
		WHERE excluded.position >= s.position`
)

// snapshotsAtOnce keeps a transaction of snapshots short, and its arrays small.
const snapshotsAtOnce = 500

// Read returns entries of a partition after a position.
func (l *Log) Read(ctx context.Context, partition int32, after int64, limit int) ([]eventlog.Entry, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	rows, _ := l.pool.Query(ctx, readEntries, partition, after, max(limit, 0))
	entries, err := collect(rows)
	if err != nil {
		return nil, fmt.Errorf("postgres: read partition %d: %w", partition, err)
	}
	return entries, nil
}

// Histories reads the tails first and the snapshots after them, in one round trip.
func (l *Log) Histories(ctx context.Context, partition int32, accounts []string) ([]eventlog.History, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	batch, distinct := &pgx.Batch{}, eventlog.Distinct(accounts)
	batch.Queue(readTails, partition, distinct)
	batch.Queue(readSnapshots, partition, distinct)
	results := l.pool.SendBatch(ctx, batch)
	defer results.Close()
	rows, _ := results.Query()
	entries, err := collect(rows)
	if err != nil {
		return nil, fmt.Errorf("postgres: tails of %d accounts: %w", len(accounts), err)
	}
	rows, _ = results.Query()
	snapshots, err := pgx.CollectRows(rows, pgx.RowToStructByPos[eventlog.Snapshot])
	if err != nil {
		return nil, fmt.Errorf("postgres: snapshots of %d accounts: %w", len(accounts), err)
	}
	return eventlog.Assemble(accounts, snapshots, entries), nil
}

// ByKeys returns the entries that exist for keys.
func (l *Log) ByKeys(ctx context.Context, partition int32, keys []eventlog.KeyRef) ([]eventlog.Entry, error) {
	if err := l.check(partition); err != nil {
		return nil, err
	}
	accounts, names := make([]string, len(keys)), make([]string, len(keys))
	for i, key := range keys {
		accounts[i], names[i] = key.Account, key.Key
	}
	rows, _ := l.pool.Query(ctx, readKeys, partition, accounts, names)
	entries, err := collect(rows)
	if err != nil {
		return nil, fmt.Errorf("postgres: %d keys: %w", len(keys), err)
	}
	return entries, nil
}

// SaveSnapshots keeps snapshots, some in each statement.
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
		var named, partitions, formats []int32
		var accounts []string
		var positions []int64
		var states [][]byte
		for i, s := range some {
			if i == 0 || some[i-1].Partition != s.Partition {
				named = append(named, s.Partition)
			}
			partitions, accounts, positions, formats = append(partitions, s.Partition), append(accounts, s.Account), append(positions, s.Position), append(formats, s.Format)
			states = append(states, append([]byte{}, s.State...)) // none are stored as an empty value, not as NULL
		}
		if err := database.Retry(ctx, func() error {
			_, err := l.pool.Exec(ctx, saveSnapshots, named, partitions, accounts, positions, formats, states)
			return err
		}); err != nil {
			return fmt.Errorf("postgres: save snapshots: %w", err)
		}
	}
	return nil
}
