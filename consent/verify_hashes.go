package consent

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// verifyHashes makes the whole tree of its leaves once more.
func (t *Tree) verifyHashes(ctx context.Context, tx *sql.Tx, report *Report) error {
	s, err := readState(ctx, tx, readTree)
	if err != nil {
		return err
	}
	report.Leaves = s.size
	rows, err := tx.QueryContext(ctx, `SELECT `+runColumns+`, hashes FROM consent_run ORDER BY place`)
	if err != nil {
		return err
	}
	defer rows.Close()
	w, listed := walk{report: report, size: s.size}, int64(0)
	for whole := true; rows.Next(); {
		var hashes []byte
		r, err := scanRun(rows.Scan, &hashes)
		if err != nil && !errors.Is(err, errPacked) { // which is said where the log is held against it
			return err
		}
		if r.first != listed {
			report.add(Violation{Leaf: listed, Says: fmt.Sprintf("the run at hash %d begins with leaf %d", r.place, r.first)})
		}
		listed += r.size()
		for place := r.place; whole && len(hashes) > 0; place++ {
			hash := hashes[:min(tlog.HashSize, len(hashes))]
			hashes = hashes[len(hash):]
			whole = w.take(place, hash)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if listed != s.size {
		report.add(Violation{Leaf: -1, Says: fmt.Sprintf("its size is %d, and %d leaves are listed", s.size, listed)})
	}
	if !w.stopped {
		w.finish(s)
	}
	return nil
}

// walk makes a tree of leaf hashes that come in their stored order, and holds each
// inner hash against its own. It keeps one path of the tree.
type walk struct {
	report *Report
	size   int64

	place int64       // the next one
	made  []tlog.Hash // hashes of this leaf's subtrees that are still to come
	leaf  int64       // how many leaves came
	edge  overlay

	stopped bool // what came could not be looked at to the end
}

// take looks at the next stored hash; false: the rest can't be looked at.
func (w *walk) take(place int64, b []byte) (ok bool) {
	defer func() { w.stopped = !ok }()
	if place != w.place || len(b) != tlog.HashSize {
		w.report.add(Violation{Leaf: -1, Says: fmt.Sprintf("hash %d is missing or damaged", w.place)})
		return false
	}
	w.place++
	hash := tlog.Hash(b)
	if len(w.made) > 0 {
		if hash != w.made[0] {
			w.report.add(Violation{Leaf: w.leaf - 1, Says: fmt.Sprintf("hash %d is not that of what is below it", place)})
		}
		w.made = w.made[1:]
		return true
	}
	if w.leaf == w.size {
		w.report.add(Violation{Leaf: w.leaf, Says: "there are hashes beyond the tree's size"})
		return false
	}
	w.edge.read = func(places []int64) ([]tlog.Hash, error) { return nil, fmt.Errorf("%v were not made", places) }
	more, err := tlog.StoredHashesForRecordHash(w.leaf, hash, &w.edge)
	if err != nil {
		w.report.add(Violation{Leaf: w.leaf, Says: err.Error()})
		return false
	}
	for i, h := range more {
		w.edge.put(place+int64(i), h)
	}
	w.made = more[1:]
	w.leaf++
	if w.leaf%1024 == 0 {
		w.forget()
	}
	return true
}

// forget keeps only what coming hashes are made of.
func (w *walk) forget() {
	var needed []int64
	keep := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		needed = places
		return w.edge.ReadHashes(places)
	})
	if _, err := tlog.TreeHash(w.leaf, keep); err != nil {
		return
	}
	kept := overlay{}
	for _, place := range needed {
		kept.put(place, w.edge.known[place])
	}
	w.edge.known = kept.known
}

// finish holds the root against what came.
func (w *walk) finish(s state) {
	if w.leaf != s.size || len(w.made) > 0 {
		w.report.add(Violation{Leaf: -1, Says: fmt.Sprintf("its size is %d, and it has the hashes of %d leaves", s.size, w.leaf)})
		return
	}
	if root, err := tlog.TreeHash(s.size, &w.edge); err != nil || root != s.root {
		w.report.add(Violation{Leaf: -1, Says: "its root is not the hash of its leaves"})
	}
}
