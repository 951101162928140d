package view

import (
	"context"

	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// Position (出资余额) is how a funder's money stands in a currency.
type Position struct {
	Funder    string
	Currency  money.Currency
	Claim     money.Amount // principal that customers owe of it
	Collected money.Amount // what they have paid, with cost
}

const readPositions = `SELECT owner, currency,
	CAST(SUM(CASE WHEN class = '` + string(ledger.FunderClaim) + `' THEN debit - credit ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN class = '` + string(ledger.FunderCollected) + `' THEN credit - debit ELSE 0 END) AS BIGINT)
	FROM subledger_balance WHERE class IN ('` + string(ledger.FunderClaim) + `', '` + string(ledger.FunderCollected) + `')
	GROUP BY owner, currency ORDER BY owner, currency`

// Positions lists how every funder's money stands, as far as the tables have come.
func (t *Tables) Positions(ctx context.Context) ([]Position, error) {
	return find[Position](ctx, t, readPositions)
}
