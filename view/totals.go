package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/money"
)

// Total is what all accounts of a currency that were ever opened come to.
type Total struct {
	Currency    money.Currency
	Accounts    int64 // not closed
	Limit       money.Amount
	Held        money.Amount
	Outstanding money.Amount // principal, billed or not
	Billed      money.Amount // billed and not paid, with penalty
	Overdue     money.Amount // of that, what overdue accounts owe
}

const readTotals = `SELECT currency, CAST(SUM(CASE WHEN status = 'closed' THEN 0 ELSE 1 END) AS BIGINT),
	CAST(SUM(credit_limit) AS BIGINT), CAST(SUM(held) AS BIGINT), CAST(SUM(principal_unbilled + principal_billed) AS BIGINT),
	CAST(SUM(principal_billed + interest + fee + penalty) AS BIGINT),
	CAST(SUM(CASE WHEN overdue THEN principal_billed + interest + fee + penalty ELSE 0 END) AS BIGINT)
	FROM account WHERE currency <> '' GROUP BY currency ORDER BY currency`

// Totals adds all accounts up, one row a currency. It looks at every account: ask
// it seldom.
func (t *Tables) Totals(ctx context.Context) ([]Total, error) {
	rows, err := t.db.Reader().QueryContext(ctx, readTotals)
	if err != nil {
		return nil, fmt.Errorf("view: totals: %w", err)
	}
	defer rows.Close()
	var totals []Total
	for rows.Next() {
		var o Total
		if err := rows.Scan(&o.Currency, &o.Accounts, &o.Limit, &o.Held, &o.Outstanding, &o.Billed, &o.Overdue); err != nil {
			return nil, fmt.Errorf("view: totals: %w", err)
		}
		totals = append(totals, o)
	}
	return totals, rows.Err()
}
