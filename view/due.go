package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
)

// readDue takes the range of the index on next_due: by the order of ids a planner
// would walk through all accounts instead. OFFSET 0 keeps the inner query what it is.
var readDue = map[database.Dialect]string{
	database.PostgreSQL: `SELECT id FROM (SELECT id FROM account WHERE partition = $1 AND next_due <= $2 AND id > $3 OFFSET 0) d ORDER BY id LIMIT $4`,
	database.SQLite:     `SELECT id FROM account INDEXED BY account_next_due WHERE partition = ?1 AND next_due <= ?2 AND id > ?3 ORDER BY id LIMIT ?4`,
}

// Due returns up to limit accounts of a partition whose next due day is on or
// before day, in the order of their ids, after the given one.
func (t *Tables) Due(ctx context.Context, partition int32, day calendar.Date, after credit.ID, limit int) ([]credit.ID, error) {
	rows, err := t.db.Reader().QueryContext(ctx, readDue[t.db.Dialect], partition, day.String(), after, limit)
	if err != nil {
		return nil, fmt.Errorf("view: due accounts: %w", err)
	}
	defer rows.Close()
	var due []credit.ID
	for rows.Next() {
		var id credit.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("view: due accounts: %w", err)
		}
		due = append(due, id)
	}
	return due, rows.Err()
}
