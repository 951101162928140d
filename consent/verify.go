package consent

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/follow"
)

// Violation is one place where the tree is not what the log says, or not a tree.
type Violation struct {
	Partition int32
	Position  int64 // of an entry, if it is about one
	Leaf      int64 // -1: it is about none
	Says      string
}

func (v Violation) String() string {
	where := "the tree"
	if v.Leaf >= 0 {
		where = fmt.Sprintf("leaf %d", v.Leaf)
	}
	if v.Position != 0 {
		where += fmt.Sprintf(", entry %d/%d", v.Partition, v.Position)
	}
	return fmt.Sprintf("invariant 13 (receipts): %s: %s", where, v.Says)
}

// Report is what Verify found.
type Report struct {
	Leaves     int64
	Violations []Violation // the first thousand
	More       int64       // violations beyond those
}

// Clean tells whether nothing was found.
func (r *Report) Clean() bool { return len(r.Violations) == 0 }

const mostViolations = 1000

func (r *Report) add(v Violation) {
	if len(r.Violations) >= mostViolations {
		r.More++
		return
	}
	r.Violations = append(r.Violations, v)
}

// Verify holds the tree against the log: each consent that the log has is a leaf once,
// with the hash of its receipt, and there is no other leaf; and the tree's hashes and
// its root are those of the leaves. The tree is brought up to the log first. Others may
// work on the database meanwhile: all is read at one moment.
func (t *Tree) Verify(ctx context.Context) (report Report, err error) {
	f, err := follow.Open(ctx, t.db, t.log, t.Reader(), follow.Options{})
	if err == nil {
		if err := f.CatchUp(ctx); err != nil {
			report.add(Violation{Leaf: -1, Says: "it can't be brought up to the log: " + err.Error()})
		}
		err = t.snapshot(ctx, func(tx *sql.Tx) error {
			for _, partition := range t.log.Partitions() {
				if err := t.verifyLeaves(ctx, tx, partition, &report); err != nil {
					return fmt.Errorf("partition %d: %w", partition, err)
				}
			}
			return t.verifyHashes(ctx, tx, &report)
		})
	}
	if err != nil {
		return report, fmt.Errorf("consent: verify: %w", err)
	}
	return report, nil
}

// snapshot reads all at one moment.
func (t *Tree) snapshot(ctx context.Context, read func(*sql.Tx) error) error {
	var options *sql.TxOptions // on SQLite each transaction is a snapshot
	if t.db.Dialect == database.PostgreSQL {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := t.db.Reader().BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it changed nothing
	return read(tx)
}

const verifyBatch = 2000

// verifyLeaves walks the consents of a partition's log and its leaves side by side.
func (t *Tree) verifyLeaves(ctx context.Context, tx *sql.Tx, partition int32, report *Report) error {
	var checkpoint int64
	err := tx.QueryRowContext(ctx, `SELECT position FROM checkpoint WHERE partition = $1 AND reader = 'consent'`, partition).Scan(&checkpoint)
	if err != nil {
		return err
	}
	after, last, tables := int64(0), int64(-1), standings{tx: tx, partition: partition, report: report}
	for after < checkpoint {
		entries, err := t.log.Read(ctx, partition, after, int(min(verifyBatch, checkpoint-after)))
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			report.add(Violation{partition, after + 1, -1, "the log ends, but the tree was made of more"})
			break
		}
		to := entries[len(entries)-1].Position
		said, err := leavesOf(t.secret, entries)
		if err != nil {
			return err
		}
		there, err := tables.upTo(ctx, to)
		if err != nil {
			return err
		}
		for _, l := range there {
			if l.index < last {
				report.add(Violation{partition, l.position, l.index, fmt.Sprintf("it stands before leaf %d, which is of an earlier consent", last)})
			}
			last = l.index
		}
		compare(said, there, report)
		after = to
	}
	beyond, err := tables.upTo(ctx, math.MaxInt64)
	compare(nil, beyond, report)
	return err
}

// compare holds what the log says against leaves of the same stretch, both in its order.
func compare(said []leaf, there []stood, report *Report) {
	order := func(s, t *leaf) int {
		return cmp.Or(cmp.Compare(s.position, t.position), cmp.Compare(s.number, t.number))
	}
	for len(said) > 0 || len(there) > 0 {
		switch {
		case len(said) == 0, len(there) > 0 && order(&there[0].leaf, &said[0]) < 0:
			s := there[0]
			report.add(Violation{s.partition, s.position, s.index, fmt.Sprintf("the log has no consent number %d there", s.number)})
			there = there[1:]
			continue
		case len(there) == 0, order(&there[0].leaf, &said[0]) > 0:
			l := said[0]
			report.add(Violation{l.partition, l.position, -1, fmt.Sprintf("its consent number %d is no leaf", l.number)})
			said = said[1:]
			continue
		}
		l, s := said[0], there[0]
		said, there = said[1:], there[1:]
		if s.hash != l.hash {
			report.add(Violation{l.partition, l.position, s.index, "its hash is not that of the receipt that the log makes"})
		}
	}
}

// stood is a leaf as the tables have it; a hash that is missing is zero, which none is.
type stood struct {
	leaf
	index int64
}

// standings reads a partition's leaves in the log's order, some runs at a time.
type standings struct {
	tx        *sql.Tx
	partition int32
	report    *Report
	after     int64 // the entry that the last run begins with
	ended     bool
	read      []stood // and not yet taken
}

const someRuns = 16

// upTo takes the leaves of entries up to a position.
func (s *standings) upTo(ctx context.Context, position int64) (list []stood, err error) {
	for !s.ended && (len(s.read) == 0 || s.read[len(s.read)-1].position <= position) {
		if err := s.more(ctx); err != nil {
			return nil, err
		}
	}
	n := 0
	for n < len(s.read) && s.read[n].position <= position {
		n++
	}
	list, s.read = s.read[:n:n], s.read[n:]
	return list, nil
}

func (s *standings) more(ctx context.Context) error {
	const read = `SELECT ` + runColumns + `, hashes, position FROM consent_run WHERE partition = $1 AND position > $2 ORDER BY position LIMIT $3`
	rows, err := s.tx.QueryContext(ctx, read, s.partition, s.after, someRuns)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := 0
	for ; rows.Next(); seen++ {
		var hashes []byte
		r, err := scanRun(rows.Scan, &hashes, &s.after)
		if errors.Is(err, errPacked) {
			s.report.add(Violation{s.partition, s.after, r.first, "it can't be read which entries its run is of"})
			continue
		}
		if err != nil {
			return err
		}
		s.read = append(s.read, r.stood(hashes)...)
	}
	s.ended = seen < someRuns
	return rows.Err()
}

// stood are the leaves of a run, with their hashes among those that stand beside them.
func (r *run) stood(hashes []byte) (list []stood) {
	index := r.first
	for _, e := range r.entries {
		for n := range e.leaves {
			s := stood{leaf: leaf{partition: r.partition, position: e.position, number: n + 1}, index: index}
			if at := (standing(index) - r.place) * tlog.HashSize; at >= 0 && at+tlog.HashSize <= int64(len(hashes)) {
				s.hash = tlog.Hash(hashes[at : at+tlog.HashSize])
			}
			list = append(list, s)
			index++
		}
	}
	return list
}
