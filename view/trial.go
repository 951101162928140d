package view

import (
	"context"

	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// Balance (余额) is what a class of the general ledger was debited and credited by, in a currency.
type Balance struct {
	Class    ledger.Class
	Currency money.Currency
	Debit    money.Amount
	Credit   money.Amount
}

const readTrialBalance = `SELECT class, currency, debit, credit FROM trial_balance ORDER BY currency, class`

// TrialBalance (试算平衡) lists the general ledger. Debits and credits of each currency
// add up to the same sum; Verify looks.
func (t *Tables) TrialBalance(ctx context.Context) ([]Balance, error) {
	return find[Balance](ctx, t, readTrialBalance)
}
