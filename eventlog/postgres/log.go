// Package postgres keeps the log in PostgreSQL, in the same statements on
// Citus with partition as the distribution column: each names its partitions,
// and joins carry partition equality, so that it runs as one task on one shard.
package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

// Log is the log in PostgreSQL.
type Log struct {
	pool       *pgxpool.Pool
	partitions []int32
	known      map[int32]bool
}

var _ eventlog.Log = (*Log)(nil)

// Open returns the log of an open database.
func Open(db *database.DB) (*Log, error) {
	if db.Dialect != database.PostgreSQL {
		return nil, errors.New("postgres: the database is not PostgreSQL")
	}
	l := &Log{pool: db.Pool(), partitions: db.Book().Partitions, known: make(map[int32]bool)}
	for _, partition := range l.partitions {
		l.known[partition] = true
	}
	return l, nil
}

// Partitions returns the stored numbers of the partitions.
func (l *Log) Partitions() []int32 { return l.partitions }

// Close has nothing to release: the pool is the database's.
func (l *Log) Close() error { return nil }

// check refuses partitions that the database does not have: a missing head
// would let an append drop its entries in silence.
func (l *Log) check(partition int32) error {
	if !l.known[partition] {
		return fmt.Errorf("postgres: no partition %d", partition)
	}
	return nil
}

// Heads returns the heads of the given partitions.
func (l *Log) Heads(ctx context.Context, partitions []int32) ([]eventlog.Head, error) {
	rows, err := l.pool.Query(ctx, readHeads, partitions)
	if err != nil {
		return nil, fmt.Errorf("postgres: heads: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[eventlog.Head])
	if err != nil {
		return nil, fmt.Errorf("postgres: heads: %w", err)
	}
	return eventlog.Order(partitions, found)
}
