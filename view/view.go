// Package view keeps the tables that people query: accounts, purchases,
// statements, postings and the rest, each a function of the log. It knows which
// rows an event makes, how far it has come, how to make everything anew and how
// to prove that it is right; it refuses to know how anything is decided. Nobody
// else writes these tables, and nothing is decided on them.
package view

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
)

// Options are the tables' settings; the zero value of each is a good one.
type Options struct {
	Readers int           // goroutines that write; default 2, and 1 on SQLite, which has one writer
	Batch   int           // entries that are read at once; default 4,000, and 400 on SQLite
	Rows    int           // rows from which a transaction is full; default 40,000, and 500 on SQLite, where the log waits for it
	Pause   time.Duration // how long entries may gather under load before they are read; default 200 ms, and 50 ms on SQLite
	Poll    time.Duration // how often to look for what other servers appended; default 200 ms
	Log     *slog.Logger  // default: slog.Default()
}

func (o Options) withDefaults(dialect database.Dialect) Options {
	readers, batch, rows, pause := 2, 4000, 40_000, 200*time.Millisecond
	if dialect == database.SQLite {
		readers, batch, rows, pause = 1, 400, 500, 50*time.Millisecond
	}
	if o.Readers <= 0 {
		o.Readers = readers
	}
	if o.Batch <= 0 {
		o.Batch = batch
	}
	if o.Rows <= 0 {
		o.Rows = rows
	}
	if o.Pause <= 0 {
		o.Pause = pause
	}
	if o.Poll <= 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Tables are the tables of an open database. All methods are safe for concurrent use.
type Tables struct {
	db         *database.DB
	log        eventlog.Log
	options    Options
	partitions map[int32]*progress
	readers    []*reader
	statistics statistics
	assessor   Assessor
}

// progress is how far the tables of a partition have come.
type progress struct {
	partition int32
	position  atomic.Int64 // as far as this process knows: the checkpoint, or one from before
	dirty     atomic.Bool  // there may be entries to read
	urgent    atomic.Bool  // somebody waits for them
	looked    int64        // the reader's: where it was when it last looked
	reader    *reader
	turn      sync.Mutex       // one step at a time
	pricing   pricing          // under turn
	ahead     []eventlog.Entry // under turn: read and not yet taken
	handed    follow.Handed

	mu    sync.Mutex
	moved chan struct{} // closed when position moves
}

// Open makes ready to read and write the tables of a database with this log.
// Nothing is written until Run.
func Open(ctx context.Context, db *database.DB, log eventlog.Log, options Options) (*Tables, error) {
	t := &Tables{db: db, log: log, options: options.withDefaults(db.Dialect), partitions: map[int32]*progress{}}
	partitions := log.Partitions()
	for i := range min(t.options.Readers, len(partitions)) {
		t.readers = append(t.readers, &reader{tables: t, number: i, wake: make(chan struct{}, 1)})
	}
	for i, partition := range partitions {
		r := t.readers[i%len(t.readers)]
		p := &progress{partition: partition, reader: r, moved: make(chan struct{})}
		p.dirty.Store(true)
		r.partitions = append(r.partitions, p)
		t.partitions[partition] = p
	}
	if err := t.makeCheckpoints(ctx); err != nil {
		return nil, fmt.Errorf("view: open: %w", err)
	}
	return t, nil
}

// makeCheckpoints adds the rows that the compare-and-set of each partition needs.
func (t *Tables) makeCheckpoints(ctx context.Context) error {
	all := slices.Collect(maps.Values(t.partitions))
	if err := t.learn(ctx, all); err == nil {
		return nil // all are there
	}
	if err := t.db.Write(ctx, func(tx *sql.Tx) error {
		for _, partition := range t.log.Partitions() {
			if _, err := tx.ExecContext(ctx, makeCheckpoint, partition); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return t.learn(ctx, all)
}

// learn reads the checkpoints of partitions, unless a step is just moving one.
func (t *Tables) learn(ctx context.Context, partitions []*progress) error {
	before := make([]int64, len(partitions))
	for i, p := range partitions {
		before[i] = p.position.Load()
	}
	found, err := t.checkpoints(ctx)
	if err != nil {
		return err
	}
	for i, p := range partitions {
		position, ok := found[p.partition]
		if !ok {
			return fmt.Errorf("view: partition %d has no checkpoint", p.partition)
		}
		p.learnt(before[i], position)
	}
	return nil
}

const readCheckpoints = `SELECT partition, position FROM checkpoint WHERE reader = 'tables'`

func (t *Tables) checkpoints(ctx context.Context) (map[int32]int64, error) {
	rows, err := t.db.Reader().QueryContext(ctx, readCheckpoints)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int32]int64{}
	for rows.Next() {
		var partition int32
		var position int64
		if err := rows.Scan(&partition, &position); err != nil {
			return nil, err
		}
		found[partition] = position
	}
	return found, rows.Err()
}

// learnt is reached for a position that was read a moment ago: what this process
// itself wrote since is newer.
func (p *progress) learnt(before, position int64) {
	if before == position || !p.turn.TryLock() {
		return
	}
	defer p.turn.Unlock()
	if p.position.Load() == before {
		p.reached(position)
		p.pricing.forget()
	}
}

// reached tells everybody who waits how far the tables have come.
func (p *progress) reached(position int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.position.Swap(position) != position {
		close(p.moved)
		p.moved = make(chan struct{})
	}
}

// Wake says that a partition has new entries. It is cheap, and never waits.
func (t *Tables) Wake(partition int32) {
	if p := t.partitions[partition]; p != nil {
		p.dirty.Store(true)
		p.reader.nudge()
	}
}

// Position is how far the tables of a partition have come, as far as this process knows.
func (t *Tables) Position(partition int32) int64 {
	if p := t.partitions[partition]; p != nil {
		return p.position.Load()
	}
	return 0
}

// WaitFor returns when everything up to a position of a partition is in the
// tables. Somebody has to Run a reader, here or in another process.
func (t *Tables) WaitFor(ctx context.Context, partition int32, position int64) error {
	p := t.partitions[partition]
	if p == nil {
		return fmt.Errorf("view: no partition %d", partition)
	}
	for {
		p.mu.Lock()
		moved := p.moved
		p.mu.Unlock()
		if p.position.Load() >= position {
			return nil
		}
		p.dirty.Store(true) // before urgent: a reader that sees only urgent would let it wait its turn
		p.urgent.Store(true)
		p.reader.nudge()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// PartitionOf returns the partition that an account lives in.
func (t *Tables) PartitionOf(account credit.ID) int32 {
	partitions := t.log.Partitions()
	return partitions[account.Slot(len(partitions))]
}
