package view

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// sliced is how many entries are folded in one go: it bounds the memory. A larger
// partition is read several times, each time for another part of its accounts.
var sliced = 200_000

// pageSize is how many entries are read at a time.
const pageSize = 4000

// Verify folds the whole log, partition by partition, and holds it against the
// rules of invariants, the tables, the ledger and the snapshots. The tables are
// brought up to date first. progress, which may be nil, is told how many of how
// many entries are done. Others may work on the database meanwhile: each partition
// is compared at one position.
func (t *Tables) Verify(ctx context.Context, progress func(done, all int64)) (Report, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	report := Report{Positions: map[int32]int64{}}
	heads, err := t.log.Heads(ctx, t.log.Partitions())
	if err != nil {
		return report, fmt.Errorf("view: verify: %w", err)
	}
	all, done := int64(0), int64(0)
	for _, head := range heads {
		all += head.Position
	}
	for _, head := range heads {
		if err := t.reach(ctx, head); err != nil {
			report.add(Violation{Check: CheckTables, Partition: head.Partition, Says: "the tables can't be brought up to the log: " + err.Error()})
		}
		folded := func(entries int64) { progress(done+min(entries, head.Position), all) }
		if err := t.snapshot(ctx, func(tx *sql.Tx) error { return t.verify(ctx, tx, head, &report, folded) }); err != nil {
			return report, fmt.Errorf("view: verify partition %d: %w", head.Partition, err)
		}
		done += head.Position
		progress(done, all)
	}
	return report, nil
}

// reach brings the tables of a partition up to a head.
func (t *Tables) reach(ctx context.Context, head eventlog.Head) error {
	p := t.partitions[head.Partition]
	if err := t.relearn(ctx, p); err != nil {
		return err
	}
	for p.position.Load() < head.Position {
		if _, err := t.step(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// verify checks one partition at the position that its tables have in tx. Tables
// that could not be brought up to the head are not looked at: the log alone is.
func (t *Tables) verify(ctx context.Context, tx *sql.Tx, head eventlog.Head, report *Report, folded func(int64)) error {
	partition := head.Partition
	var tables int64
	if err := tx.QueryRowContext(ctx, readCheckpoint, partition).Scan(&tables); err != nil {
		return err
	}
	position := max(tables, head.Position)
	report.Positions[partition] = position
	slices := 1
	for position > int64(sliced*slices) && slices < 32 {
		slices *= 2
	}
	sums := newTotals()
	for slice := range slices {
		a := newAudit(partition, report, slice, slices)
		a.assessor = t.assessor
		if err := t.fold(ctx, a, position, func(entries int64) { folded((int64(slice)*position + entries) / int64(slices)) }); err != nil {
			return err
		}
		a.finish()
		if err := t.compareSnapshots(ctx, a, position); err != nil {
			return err
		}
		if tables < position {
			continue
		}
		if err := compareTables(ctx, tx, a); err != nil {
			return err
		}
		sums.add(a.image.postings)
	}
	if tables < position {
		return nil
	}
	return compareLedger(ctx, tx, partition, sums, report)
}

// fold reads the log up to a position.
func (t *Tables) fold(ctx context.Context, a *audit, position int64, folded func(int64)) error {
	for after := int64(0); after < position; {
		entries, err := t.log.Read(ctx, a.partition, after, int(min(pageSize, position-after)))
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			a.violation(Violation{Check: CheckOrder, Position: after + 1, Says: fmt.Sprintf("the log ends, but its head and the tables are at %d", position)})
			return nil
		}
		for i := range entries {
			a.entry(&entries[i])
		}
		after = entries[len(entries)-1].Position
		folded(after)
	}
	return nil
}

// sliceOf tells which part of n an account belongs to. The part is taken from the
// end of the id: its beginning tells the partition.
func sliceOf(account credit.ID, n int) int {
	if n == 1 || account == "" {
		return 0
	}
	return int(account[len(account)-1]) % n
}

var seed = maphash.MakeSeed()

// keyHash stands for a key in memory.
func keyHash(account, key string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(account)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(key)
	return h.Sum64()
}
