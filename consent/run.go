package consent

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// run (一段) is the leaves that one transaction added: of one partition, in the order of its log.
type run struct {
	place     int64 // of the first hash
	first     int64 // the first leaf
	partition int32
	entries   []counted
}

// counted is an entry of the log with how many consents it has.
type counted struct {
	position, leaves int64
}

// size is how many leaves a run has.
func (r *run) size() (n int64) {
	for _, e := range r.entries {
		n += e.leaves
	}
	return n
}

// of finds an entry's first leaf and how many it has; none: 0.
func (r *run) of(position int64) (leaf, leaves int64) {
	leaf = r.first
	for _, e := range r.entries {
		if e.position == position {
			return leaf, e.leaves
		}
		leaf += e.leaves
	}
	return 0, 0
}

// entryOf finds the entry of a leaf; 0: the run has no such leaf.
func (r *run) entryOf(leaf int64) int64 {
	at := r.first
	for _, e := range r.entries {
		if at += e.leaves; leaf < at {
			return e.position
		}
	}
	return 0
}

// pack writes entries as their row keeps them, see the migration.
func pack(entries []counted) (b []byte) {
	for i, e := range entries {
		before := entries[max(0, i-1)].position
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(e.position-before)), uint64(e.leaves))
	}
	return b
}

// errPacked says that a row's entries are no list.
var errPacked = errors.New("consent: the entries of a run are damaged")

// unpack reads what pack wrote.
func unpack(position int64, b []byte) (entries []counted, err error) {
	for len(b) > 0 {
		after, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errPacked
		}
		leaves, m := binary.Uvarint(b[n:])
		// As many as one transaction takes: what is damaged asks for no memory.
		const most = 1 << 20
		if m <= 0 || after > 1<<40 || leaves == 0 || leaves > most || (after == 0) != (len(entries) == 0) {
			return nil, errPacked
		}
		position += int64(after)
		entries, b = append(entries, counted{position, int64(leaves)}), b[n+m:]
	}
	if len(entries) == 0 {
		return nil, errPacked
	}
	return entries, nil
}

const (
	runColumns = `place, first, partition, position, entries`

	// findRun finds the run that would have an entry's leaves, findLeaf the one that would have a hash.
	findRun  = `SELECT ` + runColumns + ` FROM consent_run WHERE partition = $1 AND position <= $2 ORDER BY position DESC LIMIT 1`
	findLeaf = `SELECT ` + runColumns + ` FROM consent_run WHERE place <= $1 ORDER BY place DESC LIMIT 1`
)

// scanRun reads a run; more are the columns beyond its own.
func scanRun(scan func(...any) error, more ...any) (r run, err error) {
	var position int64
	var entries []byte
	if err = scan(append([]any{&r.place, &r.first, &r.partition, &position, &entries}, more...)...); err != nil {
		return r, err
	}
	r.entries, err = unpack(position, entries)
	return r, err
}

// run finds a run; one without leaves: there is none.
func (t *Tree) run(ctx context.Context, query string, arguments ...any) (r run, err error) {
	r, err = scanRun(t.db.Reader().QueryRowContext(ctx, query, arguments...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return run{}, nil
	}
	return r, err
}

// leavesAt are the first leaf of an entry, and how many it has in the tree.
func (t *Tree) leavesAt(ctx context.Context, partition int32, position int64) (leaf, leaves int64, err error) {
	r, err := t.run(ctx, findRun, partition, position)
	if err != nil {
		return 0, 0, fmt.Errorf("consent: leaves of entry %d/%d: %w", partition, position, err)
	}
	leaf, leaves = r.of(position)
	return leaf, leaves, nil
}

// standing is where the hash of a leaf stands in the order of all hashes.
func standing(leaf int64) int64 { return tlog.StoredHashIndex(0, leaf) }
