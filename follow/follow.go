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
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

// Reader is who follows the log.
type Reader struct {
	Name string // its checkpoints' name, for ever

	// Wants tells of one entry, without reading it, whether Take may have to see it; nil: all
	// entries are seen. It is asked while who caused the entry waits for the answer. A
	// reader with nothing to do costs no more than that.
	Wants func(e *eventlog.Entry) bool

	// Take looks at the next entries of one partition that are wanted, in their order, and returns
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
	Batch int           // entries at a time; default 4,096, and 1,024 on SQLite, where the log waits for them
	Poll  time.Duration // how often it looks by itself for what other servers appended; default 500 ms
	Pause time.Duration // how long entries gather at most under load, unless somebody waits for them; default 1 s, and 250 ms on SQLite
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
	hurry      chan struct{} // somebody waits
}

// place is how far the reader has come in one partition.
type place struct {
	partition int32
	index     int // in the order of all
	handed    Handed
	dirty     atomic.Bool // there may be entries to take
	urgent    atomic.Bool // somebody waits for them
	busy      atomic.Bool // the desk handed entries over since the last look
	head      int64       // the runner's: where the log ended at the last look

	turn  sync.Mutex // one step at a time
	saved int64      // under turn: the checkpoint in the database, as far as this process knows

	mu    sync.Mutex
	at    int64         // taken up to here; what there was to write is written
	moved chan struct{} // closed when at moves; nil: nobody waits
}

// unsaved is how many entries with nothing to write a checkpoint may be behind: so many
// are looked at again after a crash, and for them there is no transaction each time.
const unsaved = 10_000

// errFenced says that another server moved the checkpoint first.
var errFenced = errors.New("follow: another follower was first")

// Open makes ready to follow. Nothing is read until Run or CatchUp.
func Open(ctx context.Context, db *database.DB, log eventlog.Log, reader Reader, options Options) (*Follower, error) {
	if options.Batch <= 0 {
		options.Batch = 4096
		if db.Dialect == database.SQLite {
			options.Batch = 1024
		}
	}
	if options.Poll <= 0 {
		options.Poll = 500 * time.Millisecond
	}
	if options.Pause <= 0 {
		options.Pause = time.Second
		if db.Dialect == database.SQLite {
			options.Pause = 250 * time.Millisecond
		}
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	f := &Follower{db: db, log: log, reader: reader, options: options, partitions: map[int32]*place{}, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1)}
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
		p := &place{partition: partition, index: i, saved: position, at: position, handed: Handed{wants: f.reader.Wants}}
		p.dirty.Store(true)
		f.partitions[partition] = p
		f.order = append(f.order, p)
	}
	return nil
}

func (f *Follower) checkpoint(ctx context.Context, partition int32) (position int64, err error) {
	err = f.db.Reader().QueryRowContext(ctx, `SELECT position FROM checkpoint WHERE partition = $1 AND reader = $2`, partition, f.reader.Name).Scan(&position)
	return position, err
}

// found is what there is in the next entries of a partition.
type found struct {
	place *place
	to    int64 // the last of them
	count int   // how many were looked at
	write Write // nil: nothing
	more  bool  // there may be more entries
}

// next looks at the next entries of a partition; the caller has its turn. It reports
// false where there are none.
func (f *Follower) next(ctx context.Context, p *place, limit int) (n found, ok bool, err error) {
	from := p.position()
	entries, to := p.handed.Take(from, limit)
	n = found{place: p, to: to, count: len(entries), more: len(entries) == limit}
	if to == from {
		if entries, err = f.log.Read(ctx, p.partition, from, limit); err != nil || len(entries) == 0 {
			return n, false, err
		}
		n.to, n.count, n.more = entries[len(entries)-1].Position, len(entries), len(entries) == limit
		if f.reader.Wants != nil {
			entries = slices.DeleteFunc(entries, func(e eventlog.Entry) bool { return !f.reader.Wants(&e) })
		}
	}
	if len(entries) > 0 {
		if n.write, err = f.reader.Take(ctx, entries); err != nil {
			return n, false, fmt.Errorf("entries %d/%d to %d: %w", p.partition, entries[0].Position, n.to, err)
		}
	}
	return n, true, nil
}

// steps takes the next entries of the first partitions of a list, and writes what is found in one
// transaction: of one partition in PostgreSQL, where checkpoints stand in different shards; on
// SQLite, where each commit is a sync that the log waits for, of as many as make a batch. It
// reports how many partitions it took, and which of them may have more.
func (f *Follower) steps(ctx context.Context, list []*place) (taken int, wrote bool, more []*place, err error) {
	var finds []found
	defer func() {
		for _, p := range list[:taken] {
			p.turn.Unlock()
		}
	}()
	for room := f.options.Batch; taken < len(list) && room > 0 && (taken == 0 || f.db.Dialect == database.SQLite); taken++ {
		p := list[taken]
		p.turn.Lock()
		n, ok, wrong := f.next(ctx, p, room)
		switch {
		case wrong != nil:
			err = errors.Join(err, wrong)
		case !ok:
		case n.write == nil && n.to-p.saved < unsaved:
			p.reached(n.to)
			if n.more {
				more = append(more, p)
			}
		default:
			finds = append(finds, n)
			room -= n.count
		}
	}
	if len(finds) == 0 {
		return taken, false, more, err
	}
	wrong := f.save(ctx, finds)
	if wrong != nil && len(finds) > 1 && !errors.Is(wrong, errFenced) && !errors.Is(wrong, database.ErrUnknown) {
		// What stands in the way of one partition holds up no other.
		for _, n := range finds {
			err = errors.Join(err, f.settle(ctx, []found{n}, f.save(ctx, []found{n}), &more))
		}
		return taken, true, more, err
	}
	return taken, true, more, errors.Join(err, f.settle(ctx, finds, wrong, &more))
}

// settle keeps what became of a transaction.
func (f *Follower) settle(ctx context.Context, finds []found, wrong error, more *[]*place) (err error) {
	for _, n := range finds {
		switch {
		case wrong == nil:
			n.place.saved = n.to
			n.place.reached(n.to)
			if n.more {
				*more = append(*more, n.place)
			}
		case errors.Is(wrong, errFenced), errors.Is(wrong, database.ErrUnknown):
			*more = append(*more, n.place)
			err = errors.Join(err, f.relearn(ctx, n.place))
		default:
			err = errors.Join(err, fmt.Errorf("after entry %d/%d: %w", n.place.partition, n.to, wrong))
		}
	}
	return err
}

// save moves the checkpoints with what the reader writes, if nobody else moved one.
func (f *Follower) save(ctx context.Context, finds []found) error {
	const move = `UPDATE checkpoint SET position = $1 WHERE partition = $2 AND reader = $3 AND position = $4`
	return f.db.Write(ctx, func(tx *sql.Tx) error {
		for _, n := range finds {
			result, err := f.db.Exec(ctx, tx, move, n.to, n.place.partition, f.reader.Name, n.place.saved)
			if err != nil {
				return err
			}
			if moved, err := result.RowsAffected(); err != nil {
				return err
			} else if moved == 0 {
				return errFenced
			}
			if n.write == nil {
				continue
			}
			if err := n.write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
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
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}
