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
	account   string
	hash      tlog.Hash
}

// leavesOf makes leaves of the consents that entries have.
func leavesOf(secret []byte, entries []eventlog.Entry) (list []leaf, err error) {
	for i := range entries {
		e := &entries[i]
		found, err := receipts(secret, e)
		if err != nil {
			return nil, err
		}
		for n := range found {
			hash, err := found[n].Leaf()
			if err != nil {
				return nil, err
			}
			list = append(list, leaf{e.Partition, e.Position, int64(n + 1), e.Account, hash})
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
	addLeaf  = `INSERT INTO consent_leaf (leaf, partition, position, number, account) VALUES ($1, $2, $3, $4, $5)`
	addHash  = `INSERT INTO consent_hash (place, hash) VALUES ($1, $2)`
	moveTree = `UPDATE consent_tree SET size = $1, root = $2 WHERE one = 1 AND size = $3`

	addLeaves = `INSERT INTO consent_leaf (leaf, partition, position, number, account)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])`
	addHashes = `INSERT INTO consent_hash (place, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])`
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
	var hashes []tlog.Hash
	for _, l := range leaves {
		more, err := tlog.StoredHashesForRecordHash(size, l.hash, edge)
		if err != nil {
			return err
		}
		for i, h := range more {
			edge.put(first+int64(len(hashes)+i), h)
		}
		hashes = append(hashes, more...)
		size++
	}
	if root, err = tlog.TreeHash(size, edge); err != nil {
		return err
	}
	if err := t.insert(ctx, tx, before.size, leaves, first, hashes); err != nil {
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

// insert writes the new rows: set-based in PostgreSQL, one by one in SQLite, where that costs less.
func (t *Tree) insert(ctx context.Context, tx *sql.Tx, size int64, leaves []leaf, first int64, hashes []tlog.Hash) error {
	if t.db.Dialect == database.SQLite {
		for i, l := range leaves {
			if _, err := t.db.Exec(ctx, tx, addLeaf, size+int64(i), l.partition, l.position, l.number, l.account); err != nil {
				return err
			}
		}
		for i := range hashes {
			if _, err := t.db.Exec(ctx, tx, addHash, first+int64(i), hashes[i][:]); err != nil {
				return err
			}
		}
		return nil
	}
	n := len(leaves)
	numbers, partitions, positions, counts, accounts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n)
	for i, l := range leaves {
		numbers[i], partitions[i], positions[i], counts[i], accounts[i] = size+int64(i), int64(l.partition), l.position, l.number, l.account
	}
	if _, err := t.db.Exec(ctx, tx, addLeaves, numbers, partitions, positions, counts, accounts); err != nil {
		return err
	}
	places, values := make([]int64, len(hashes)), make([][]byte, len(hashes))
	for i := range hashes {
		places[i], values[i] = first+int64(i), hashes[i][:]
	}
	_, err := t.db.Exec(ctx, tx, addHashes, places, values)
	return err
}
