package consent

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
)

// Head is the signed head of the tree as it is.
func (t *Tree) Head(ctx context.Context) (receipt.Head, string, error) {
	return t.headAt(ctx, -1)
}

// Size is how many leaves the tree has.
func (t *Tree) Size(ctx context.Context) (int64, error) {
	s, err := readState(ctx, t.db.Reader(), readTree)
	if err != nil {
		return 0, fmt.Errorf("consent: size: %w", err)
	}
	return s.size, nil
}

// headAt is the signed head of the tree at a size; -1: as it is.
func (t *Tree) headAt(ctx context.Context, size int64) (h receipt.Head, signed string, err error) {
	if t.signer == nil {
		return h, "", ErrUnsigned
	}
	s, err := readState(ctx, t.db.Reader(), readTree)
	if err != nil {
		return h, "", fmt.Errorf("consent: head: %w", err)
	}
	h = receipt.Head{Origin: t.origin, Size: s.size, Root: s.root}
	switch {
	case size > s.size:
		return h, "", ErrNoTree
	case size >= 0 && size < s.size:
		h.Size = size
		if h.Root, err = tlog.TreeHash(size, t.hashes(ctx)); err != nil {
			return h, "", fmt.Errorf("consent: head of %d leaves: %w", size, err)
		}
	}
	signed, err = h.Sign(t.signer)
	return h, signed, err
}

func (t *Tree) hashes(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		return readHashes(ctx, t.db.Reader(), t.db.Dialect, places)
	})
}

// Consistency proves that the tree of to leaves begins with the tree of from leaves,
// and tells the signed head of the later one; to is -1 for the tree as it is.
func (t *Tree) Consistency(ctx context.Context, from, to int64) (after receipt.Head, signed string, proof []tlog.Hash, err error) {
	if after, signed, err = t.headAt(ctx, to); err != nil {
		return after, "", nil, err
	}
	if from < 0 || from > after.Size {
		return after, "", nil, ErrNoTree
	}
	if from == 0 || from == after.Size {
		return after, signed, nil, nil
	}
	if proof, err = tlog.ProveTree(after.Size, from, t.hashes(ctx)); err != nil {
		return after, "", nil, fmt.Errorf("consent: proof from %d to %d: %w", from, after.Size, err)
	}
	return after, signed, proof, nil
}

// Leaves are the hashes of the leaves from one on, in order, up to a limit.
func (t *Tree) Leaves(ctx context.Context, from, to int64) ([]tlog.Hash, error) {
	s, err := readState(ctx, t.db.Reader(), readTree)
	if err != nil {
		return nil, fmt.Errorf("consent: leaves: %w", err)
	}
	if from < 0 || to < from || to > s.size {
		return nil, ErrNoTree
	}
	places := make([]int64, 0, to-from)
	for n := from; n < to; n++ {
		places = append(places, tlog.StoredHashIndex(0, n))
	}
	if len(places) == 0 {
		return []tlog.Hash{}, nil
	}
	return readHashes(ctx, t.db.Reader(), t.db.Dialect, places)
}

// File is the receipt of an id with its proof, under the tree of a size; -1: as it is.
func (t *Tree) File(ctx context.Context, id string, size int64) (*receipt.File, error) {
	account, position, n, ok := receipt.ParseID(id)
	if !ok {
		return nil, ErrMissing
	}
	var index int64
	var partition int32
	const find = `SELECT leaf, partition FROM consent_leaf WHERE partition = $1 AND position = $2 AND number = $3 AND account = $4`
	partitions := t.log.Partitions()
	err := t.db.Reader().QueryRowContext(ctx, find, partitions[account.Slot(len(partitions))], position, n, string(account)).Scan(&index, &partition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrMissing
	} else if err != nil {
		return nil, fmt.Errorf("consent: find %s: %w", id, err)
	}
	head, signed, err := t.headAt(ctx, size)
	switch {
	case err != nil:
		return nil, err
	case index >= head.Size:
		return nil, ErrNoTree
	}
	r, err := t.receipt(ctx, Place{Leaf: index, Partition: partition, Position: position, Number: n})
	if err != nil {
		return nil, err
	}
	f := &receipt.File{Receipt: *r, TreeHead: signed, Key: t.signer.Public}
	f.Inclusion.Index = index
	if f.Inclusion.Hashes, err = tlog.ProveRecord(head.Size, index, t.hashes(ctx)); err != nil {
		return nil, fmt.Errorf("consent: proof of %s: %w", id, err)
	}
	leaf, err := r.Leaf()
	if err != nil {
		return nil, err
	}
	// What would not pass its own check is not handed out.
	if err := tlog.CheckRecord(f.Inclusion.Hashes, head.Size, head.Root, index, leaf); err != nil {
		return nil, fmt.Errorf("consent: leaf %d is not what entry %d/%d says: %w", index, partition, position, err)
	}
	return f, nil
}

// Place is where a receipt's leaf stands, and where its consent does in the log.
type Place struct {
	Leaf      int64
	Partition int32
	Position  int64
	Number    int
}

// receipt reads the entry of a leaf, and makes the receipt of it.
func (t *Tree) receipt(ctx context.Context, p Place) (*receipt.Receipt, error) {
	entries, err := t.log.Read(ctx, p.Partition, p.Position-1, 1)
	if err != nil {
		return nil, fmt.Errorf("consent: entry %d/%d: %w", p.Partition, p.Position, err)
	}
	if len(entries) == 1 && entries[0].Position == p.Position {
		list, err := receipts(t.secret, &entries[0])
		if err != nil {
			return nil, fmt.Errorf("consent: %w", err)
		}
		if p.Number >= 1 && p.Number <= len(list) {
			return &list[p.Number-1], nil
		}
	}
	return nil, fmt.Errorf("consent: leaf %d is of a consent that entry %d/%d does not have", p.Leaf, p.Partition, p.Position)
}

// Kept is a receipt, and which leaf it is.
type Kept struct {
	receipt.Receipt
	Leaf int64
}

// Receipts are those of an account before a leaf, the newest first; before is 0 for
// the newest of all.
func (t *Tree) Receipts(ctx context.Context, account credit.ID, before int64, limit int) ([]Kept, error) {
	places, err := t.places(ctx, account, before, limit)
	if err != nil {
		return nil, fmt.Errorf("consent: receipts of %s: %w", account, err)
	}
	list := make([]Kept, 0, len(places))
	for _, p := range places {
		r, err := t.receipt(ctx, p)
		if err != nil {
			return nil, err
		}
		list = append(list, Kept{*r, p.Leaf})
	}
	return list, nil
}

func (t *Tree) places(ctx context.Context, account credit.ID, before int64, limit int) (list []Place, err error) {
	const read = `SELECT leaf, partition, position, number FROM consent_leaf WHERE account = $1 AND ($2 = 0 OR leaf < $2) ORDER BY leaf DESC LIMIT $3`
	rows, err := t.db.Reader().QueryContext(ctx, read, string(account), before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.Leaf, &p.Partition, &p.Position, &p.Number); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}
