package consent

import (
	"context"
	"fmt"
	"math"

	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// Kept is a receipt, and which leaf it is.
type Kept struct {
	receipt.Receipt
	Leaf int64
}

// Receipts are those of an account before a leaf, the newest first; before is 0 for
// the newest of all. They are found by walking the account's history in the log: a leaf names no
// account.
func (t *Tree) Receipts(ctx context.Context, account credit.ID, before int64, limit int) (list []Kept, err error) {
	partition := t.partitionOf(account)
	bound := int64(math.MaxInt64) // entries before it
	if before > 0 {
		r, err := t.run(ctx, findLeaf, standing(before))
		if err != nil {
			return nil, fmt.Errorf("consent: receipts of %s: %w", account, err)
		}
		if position := r.entryOf(before); position > 0 && r.partition == partition {
			bound = position + 1
		}
	}
	for page := max(2*limit, 32); len(list) < limit; {
		entries, err := t.history(ctx, partition, account, bound, page)
		if err != nil {
			return nil, fmt.Errorf("consent: receipts of %s: %w", account, err)
		}
		for i := range entries {
			kept, err := t.kept(ctx, &entries[i])
			if err != nil {
				return nil, err
			}
			for n := len(kept) - 1; n >= 0 && len(list) < limit; n-- {
				if before == 0 || kept[n].Leaf < before {
					list = append(list, kept[n])
				}
			}
		}
		if len(entries) < page {
			break
		}
		bound = entries[len(entries)-1].Position
	}
	return list, nil
}

// kept are the receipts of an entry that are in the tree, in their order.
func (t *Tree) kept(ctx context.Context, e *eventlog.Entry) (list []Kept, err error) {
	made, err := receipts(newBlinder(t.secret), e)
	if err != nil || len(made) == 0 {
		return nil, err
	}
	leaf, leaves, err := t.leavesAt(ctx, e.Partition, e.Position)
	if err != nil || leaves == 0 { // it is on its way into the tree
		return nil, err
	}
	if leaves != int64(len(made)) {
		return nil, fmt.Errorf("consent: leaf %d is of a consent that entry %d/%d does not have", leaf, e.Partition, e.Position)
	}
	for i := range made {
		list = append(list, Kept{made[i], leaf + int64(i)})
	}
	return list, nil
}

func (t *Tree) partitionOf(account credit.ID) int32 {
	partitions := t.log.Partitions()
	return partitions[account.Slot(len(partitions))]
}

// An account's entries are found by the index of its keys. The sum hides the position
// from the planner, which would otherwise walk the whole partition in its order.
const readHistory = `SELECT e.partition, e.position, e.account, e.key, e.time, e.day, e.due, e.name, e.command, e.events, e.answer FROM log_entry e
	WHERE e.partition = $1 AND e.position IN (
		SELECT t.position FROM log_entry t WHERE t.partition = $1 AND t.account = $2 AND t.position + 0 < $3 ORDER BY t.position + 0 DESC LIMIT $4)
	ORDER BY e.position DESC`

// history lists entries of an account before a position, the newest first.
func (t *Tree) history(ctx context.Context, partition int32, account credit.ID, before int64, limit int) (list []eventlog.Entry, err error) {
	rows, err := t.db.Reader().QueryContext(ctx, readHistory, partition, string(account), before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e eventlog.Entry
		if err := rows.Scan(&e.Partition, &e.Position, &e.Account, &e.Key, &e.Time, &e.Day, &e.Due, &e.Name, &e.Command, &e.Events, &e.Answer); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
