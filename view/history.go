package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// An account's entries are found by the index of its keys. The sum hides position
// from the planner, which would otherwise walk the whole partition in its order.
const readHistory = `SELECT partition, position, account, key, time, day, due, name, command, events, answer FROM log_entry
	WHERE partition = $1 AND account = $2 AND position + 0 > $3 ORDER BY position + 0 LIMIT $4`

// History lists up to limit entries of an account after a position, oldest first:
// from the log itself, so that it is never behind.
func (t *Tables) History(ctx context.Context, account credit.ID, after int64, limit int) ([]eventlog.Entry, error) {
	rows, err := t.db.Reader().QueryContext(ctx, readHistory, t.PartitionOf(account), account, after, limit)
	if err != nil {
		return nil, fmt.Errorf("view: history of %s: %w", account, err)
	}
	defer rows.Close()
	var list []eventlog.Entry
	for rows.Next() {
		var e eventlog.Entry
		if err := rows.Scan(&e.Partition, &e.Position, &e.Account, &e.Key, &e.Time, &e.Day, &e.Due, &e.Name, &e.Command, &e.Events, &e.Answer); err != nil {
			return nil, fmt.Errorf("view: history of %s: %w", account, err)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
