package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
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

// StatementDue is an unpaid bill that is not late, with what a reminder of it has to tell.
type StatementDue struct {
	Account   credit.ID
	Number    int64
	Day       calendar.Date
	Due       calendar.Date
	Currency  money.Currency
	Total     money.Amount
	Remaining money.Amount
	Autopay   bool // it will be debited
}

// The index statement_due holds nothing else: this costs what is due on the date.
// SQLite would rather walk through all bills of the partition in the key's order.
const (
	statementsDue = `SELECT s.account, s.number, s.day, s.due, a.currency, s.total,
		s.total + s.deferral_fee - s.refunded - s.converted - s.disputed - s.paid + s.penalty - s.penalty_paid,
		EXISTS (SELECT 1 FROM autopay p WHERE p.partition = s.partition AND p.account = s.account AND p.ended_on IS NULL)
		FROM statement s`
	dueOnDate = ` JOIN account a ON a.partition = s.partition AND a.id = s.account
		WHERE s.partition = $1 AND s.due IN ($2, $3, $4, $5) AND s.status = 'open' AND (s.account, s.number) > ($6, $7)
		ORDER BY s.account, s.number LIMIT $8`
)

var readStatementsDue = map[database.Dialect]string{
	database.PostgreSQL: statementsDue + dueOnDate,
	database.SQLite:     statementsDue + ` INDEXED BY statement_due` + dueOnDate,
}

// StatementsDue lists up to limit bills of a partition that are due on one of four
// dates and not paid, after a given one, in the order of accounts.
func (t *Tables) StatementsDue(ctx context.Context, partition int32, due [4]calendar.Date, after StatementDue, limit int) ([]StatementDue, error) {
	return find[StatementDue](ctx, t, readStatementsDue[t.db.Dialect], partition,
		due[0].String(), due[1].String(), due[2].String(), due[3].String(), after.Account, after.Number, limit)
}
