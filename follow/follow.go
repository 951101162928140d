// Package follow is the one way to follow the log: it hands a reader each
// partition's entries in their order, and moves the reader's checkpoint in the same
// transaction as what the reader wrote. It knows checkpoints and how to wait; it
// refuses to know what an entry means.
//
// What a reader wrote in the database it wrote exactly once, whoever was killed
// when, and however many servers follow for the same reader: whoever moves the
// checkpoint second writes nothing. What leaves the database is the reader's to
// make at least once, from what it wrote.
package follow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

// Reader is who follows the log.
type Reader struct {
	Name string // its checkpoints' name, for ever

	// Take looks at the next entries of one partition, which are in order, and returns
	// what writes its findings; nil where there is nothing to write. It may be called
	// again for the same entries, with no trace of the first time but what it keeps
	// itself, which therefore has to be nothing but caches.
	Take func(ctx context.Context, entries []eventlog.Entry) (Write, error)

	// FromHead has a reader that is new to a database begin at the end of the log:
	// what happened before it came is none of its affair.
	FromHead bool
}

// Write writes what a reader found, in the transaction that moves its checkpoint. It
// may run more than once, see database.Write.
type Write func(ctx context.Context, tx *sql.Tx) error

// Options are a follower's settings; the zero value of each is a good one.
type Options struct {
	Batch int           // entries at a time; default 512
	Poll  time.Duration // how often it looks by itself for what other servers appended; default 500 ms
	Pause time.Duration // how long entries gather at most under load; default 200 ms
	Log   *slog.Logger  // default: slog.Default()
}

// Follower follows the log for one reader. All methods are safe for concurrent use.
type Follower struct {
	db         *database.DB
	log        eventlog.Log
	reader     Reader
	options    Options
	partitions map[int32]*place
	order      []*place
	wake       chan struct{}
}

// place is how far the reader has come in one partition.
type place struct {
	partition int32
	handed    Handed
	dirty     atomic.Bool // there may be entries to take

	turn  sync.Mutex // one step at a time
	saved int64      // under turn: the checkpoint in the database, as far as this process knows

	mu    sync.Mutex
	at    int64         // taken up to here; what there was to write is written
	moved chan struct{} // closed when at moves
}

// unsaved is how many entries with nothing to write a checkpoint may be behind: so many
// are looked at again after a crash, and for them there is no transaction each time.
const unsaved = 10_000

// errFenced says that another server moved the checkpoint first.
var errFenced = errors.New("follow: another follower was first")

// Open makes ready to follow. Nothing is read until Run or CatchUp.
func Open(ctx context.Context, db *database.DB, log eventlog.Log, reader Reader, options Options) (*Follower, error) {
	if options.Batch <= 0 {
		options.Batch = 512
	}
	if options.Poll <= 0 {
		options.Poll = 500 * time.Millisecond
	}
	if options.Pause <= 0 {
		options.Pause = 200 * time.Millisecond
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	f := &Follower{db: db, log: log, reader: reader, options: options, partitions: map[int32]*place{}, wake: make(chan struct{}, 1)}
	if err := f.makeCheckpoints(ctx); err != nil {
		return nil, fmt.Errorf("follow: %s: %w", reader.Name, err)
	}
	return f, nil
}

// makeCheckpoints adds the rows that are missing, and reads all.
func (f *Follower) makeCheckpoints(ctx context.Context) error {
	numbers := f.log.Partitions()
	heads := make([]eventlog.Head, len(numbers))
	if f.reader.FromHead {
		var err error
		if heads, err = f.log.Heads(ctx, numbers); err != nil {
			return err
		}
	}
	const add = `INSERT INTO checkpoint (partition, reader, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	for i, partition := range numbers {
		position, err := f.checkpoint(ctx, partition)
		if errors.Is(err, sql.ErrNoRows) {
			// A transaction each: they stand in different shards.
			if err = f.db.Write(ctx, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, add, partition, f.reader.Name, heads[i].Position)
				return err
			}); err == nil {
				position, err = f.checkpoint(ctx, partition)
			}
		}
		if err != nil {
			return err
		}
		p := &place{partition: partition, saved: position, at: position, moved: newSignal()}
		p.dirty.Store(true)
		f.partitions[partition] = p
		f.order = append(f.order, p)
	}
	return nil
}

func newSignal() chan struct{} { return make(chan struct{}) }

func (f *Follower) checkpoint(ctx context.Context, partition int32) (position int64, err error) {
	err = f.db.Reader().QueryRowContext(ctx, `SELECT position FROM checkpoint WHERE partition = $1 AND reader = $2`, partition, f.reader.Name).Scan(&position)
	return position, err
}

// step takes the next entries of a partition, and reports whether there may be more.
func (f *Follower) step(ctx context.Context, p *place) (more bool, err error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	from := p.position()
	entries := p.handed.Take(from, f.options.Batch)
	if len(entries) == 0 {
		if entries, err = f.log.Read(ctx, p.partition, from, f.options.Batch); err != nil || len(entries) == 0 {
			return false, err
		}
	}
	to := entries[len(entries)-1].Position
	write, err := f.reader.Take(ctx, entries)
	if err != nil {
		return false, fmt.Errorf("entries %d/%d to %d: %w", p.partition, entries[0].Position, to, err)
	}
	if write != nil || to-p.saved >= unsaved {
		switch err := f.save(ctx, p, to, write); {
		case errors.Is(err, errFenced), errors.Is(err, database.ErrUnknown):
			return true, f.relearn(ctx, p)
		case err != nil:
			return false, fmt.Errorf("after entry %d/%d: %w", p.partition, to, err)
		}
	}
	p.reached(to)
	return len(entries) == f.options.Batch, nil
}

// save moves the checkpoint with what the reader writes, if nobody else moved it.
func (f *Follower) save(ctx context.Context, p *place, to int64, write Write) error {
	const move = `UPDATE checkpoint SET position = $1 WHERE partition = $2 AND reader = $3 AND position = $4`
	err := f.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := f.db.Exec(ctx, tx, move, to, p.partition, f.reader.Name, p.saved)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return errFenced
		}
		if write == nil {
			return nil
		}
		return write(ctx, tx)
	})
	if err == nil {
		p.saved = to
	}
	return err
}

// relearn reads the checkpoint after somebody else moved it, or nobody knows who did.
func (f *Follower) relearn(ctx context.Context, p *place) error {
	position, err := f.checkpoint(ctx, p.partition)
	if err != nil {
		return err
	}
	p.saved = position
	p.reached(position)
	return nil
}

func (p *place) position() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *place) reached(position int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = position
	close(p.moved)
	p.moved = newSignal()
}
