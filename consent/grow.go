package consent

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
)

// leaf is one consent on its way into the tree.
type leaf struct {
	partition int32
	position  int64
	number    int64
	hash      tlog.Hash
}

// leavesOf makes leaves of the consents that entries have.
func leavesOf(secret []byte, entries []eventlog.Entry) (list []leaf, err error) {
	blind := newBlinder(secret)
	for i := range entries {
		e := &entries[i]
		found, err := receipts(blind, e)
		if err != nil {
			return nil, err
		}
		for n := range found {
			hash, err := found[n].Leaf()
			if err != nil {
				return nil, err
			}
			list = append(list, leaf{e.Partition, e.Position, int64(n + 1), hash})
		}
	}
	return list, nil
}

// take is what the follower calls with the next entries of a partition.
func (t *Tree) take(_ context.Context, entries []eventlog.Entry) (follow.Write, error) {
	leaves, err := leavesOf(t.secret, entries)
	if err != nil || len(leaves) == 0 {
		return nil, err
	}
	return func(ctx context.Context, tx *sql.Tx) error { return t.grow(ctx, tx, leaves) }, nil
}

// lockTree has whoever else adds leaves wait, so that there is one order of all. A
// transaction that writes has SQLite to itself.
var lockTree = map[database.Dialect]string{
	database.SQLite:     readTree,
	database.PostgreSQL: readTree + ` FOR UPDATE`,
}

const (
	addRun   = `INSERT INTO consent_run (place, first, partition, position, entries, hashes) VALUES ($1, $2, $3, $4, $5, $6)`
	moveTree = `UPDATE consent_tree SET size = $1, root = $2 WHERE one = 1 AND size = $3`
)

// errFenced says that somebody grew the tree meanwhile, which the lock should have kept away.
var errFenced = errors.New("consent: the tree grew meanwhile")

// grow adds leaves at the end of the tree, in the transaction that moves the reader's
// checkpoint: a leaf is there exactly once, whoever was killed when.
func (t *Tree) grow(ctx context.Context, tx *sql.Tx, leaves []leaf) error {
	before, err := readState(ctx, tx, lockTree[t.db.Dialect])
	if err != nil {
		return err
	}
	edge := &overlay{read: func(places []int64) ([]tlog.Hash, error) { return readHashes(ctx, tx, t.db.Dialect, places) }}
	// The root of what is there reads all hashes that new ones are made of, in one go;
	// and nothing is ever added to a tree that is not the one that was signed.
	root, err := tlog.TreeHash(before.size, edge)
	if err != nil {
		return err
	}
	if root != before.root {
		return fmt.Errorf("consent: the hashes of the tree's %d leaves do not come to its root: it was altered", before.size)
	}
	size, first := before.size, tlog.StoredHashCount(before.size)
	edge.first, edge.fresh = first, make([]tlog.Hash, 0, 2*len(leaves)+64)
	var entries []counted
	for _, l := range leaves {
		more, err := tlog.StoredHashesForRecordHash(size, l.hash, edge)
		if err != nil {
			return err
		}
		edge.fresh = append(edge.fresh, more...)
		if n := len(entries); n > 0 && entries[n-1].position == l.position {
			entries[n-1].leaves++
		} else {
			entries = append(entries, counted{l.position, 1})
		}
		size++
	}
	if root, err = tlog.TreeHash(size, edge); err != nil {
		return err
	}
	hashes := make([]byte, 0, tlog.HashSize*len(edge.fresh))
	for i := range edge.fresh {
		hashes = append(hashes, edge.fresh[i][:]...)
	}
	if _, err := t.db.Exec(ctx, tx, addRun, first, before.size, leaves[0].partition, leaves[0].position, pack(entries), hashes); err != nil {
		return err
	}
	result, err := t.db.Exec(ctx, tx, moveTree, size, root[:], before.size)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errFenced, err)
	}
	return nil
}
