package consent

import (
	"context"
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
	partition := t.partitionOf(account)
	r, index, err := t.find(ctx, account, partition, position, n)
	if err != nil {
		return nil, err
	}
	head, signed, err := t.headAt(ctx, size)
	switch {
	case err != nil:
		return nil, err
	case index >= head.Size:
		return nil, ErrNoTree
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

// find reads the entry that a receipt is of, and which leaf it is.
func (t *Tree) find(ctx context.Context, account credit.ID, partition int32, position int64, n int) (*receipt.Receipt, int64, error) {
	entries, err := t.log.Read(ctx, partition, position-1, 1)
	if err != nil {
		return nil, 0, fmt.Errorf("consent: entry %d/%d: %w", partition, position, err)
	}
	if len(entries) != 1 || entries[0].Position != position || entries[0].Account != string(account) {
		return nil, 0, ErrMissing
	}
	list, err := t.kept(ctx, &entries[0])
	if err != nil {
		return nil, 0, err
	}
	if n < 1 || n > len(list) {
		return nil, 0, ErrMissing
	}
	return &list[n-1].Receipt, list[n-1].Leaf, nil
}
