package view

import (
	"context"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Account (月付账户) is an account's row. Somebody who applied and was never let in has one too.
type Account struct {
	ID                credit.ID
	Platform          string
	Customer          string
	Programme         string // of the contract; empty while the account was never opened
	TermsVersion      int32
	Currency          money.Currency
	Status            string       // a credit.Status, or "unopened"
	CreditLimit       money.Amount // the permanent one
	TemporaryLimit    money.Amount
	TemporaryUntil    calendar.Date
	DueDay            int32 // on which coming statements are due; 0 while unopened
	Held              money.Amount
	PrincipalUnbilled money.Amount
	PrincipalBilled   money.Amount
	PrincipalDisputed money.Amount // contested: it uses the limit and is not owed
	CostUnbilled      money.Amount // interest and fees that coming statements will ask for
	Interest          money.Amount // billed and not paid
	Fee               money.Amount // billed and not paid
	Penalty           money.Amount
	CreditBalance     money.Amount
	Blocks            int32
	Overdue           bool
	Grade             string // 五级分类: "normal" or a credit.Grade

	// Still owed of what the books gave up (核销后仍应收).
	ChargedOffUnbilled money.Amount // principal
	ChargedOffBilled   money.Amount // principal
	ChargedOffDisputed money.Amount // principal that is contested, and not owed
	ChargedOffInterest money.Amount
	ChargedOffFee      money.Amount
	ChargedOffPenalty  money.Amount
	OpenedOn           calendar.Date
	ClosedOn           calendar.Date
	NextDue            calendar.Date
	LastPosition       int64
}

// Unopened is the status of an account before it is opened the first time.
const Unopened = "unopened"

// Available is what can be spent, as the rule has it.
func (a *Account) Available() money.Amount {
	return max(0, a.CreditLimit+a.TemporaryLimit-a.Held-a.Principal())
}

// Owed is everything that the customer owes; what is contested is not.
func (a *Account) Owed() money.Amount {
	return a.PrincipalUnbilled + a.ChargedOffUnbilled + a.CostUnbilled + a.Billed()
}

// Principal is what uses the limit: billed or not, contested or not, on the books or off them.
func (a *Account) Principal() money.Amount {
	return a.PrincipalUnbilled + a.PrincipalBilled + a.PrincipalDisputed + a.ChargedOffUnbilled + a.ChargedOffBilled + a.ChargedOffDisputed
}

// Billed is what unpaid statements ask for, on the books or off them.
func (a *Account) Billed() money.Amount {
	return a.PrincipalBilled + a.Interest + a.Fee + a.Penalty + a.ChargedOffBilled + a.ChargedOffInterest + a.ChargedOffFee + a.ChargedOffPenalty
}

// Filter says which accounts to list; its zero value lists all.
type Filter struct {
	Platform  string
	Programme string
	Customer  string
	Status    string
	Overdue   bool      // only accounts that are overdue
	Frozen    bool      // only accounts with a block
	After     credit.ID // the last one of the page before
	Limit     int       // 1 to 1,000; 0: 100
}

var accountTable = describeAccount()

// describeAccount makes the SELECT list only: how accounts are written is told in tables.go.
func describeAccount() *schema {
	s := describe[Account]("account")
	schemas = slices.DeleteFunc(schemas, func(other *schema) bool { return other == s })
	return s
}

var (
	readAccount = accountTable.read + ` WHERE partition = $1 AND id = $2`

	readAccounts = accountTable.read + ` WHERE partition = $1 AND id > $2
		AND ($3 = '' OR platform = $3) AND ($4 = '' OR programme = $4) AND ($5 = '' OR customer = $5) AND ($6 = '' OR status = $6)
		AND (overdue OR NOT $7) AND (blocks > 0 OR NOT $8)
		ORDER BY id LIMIT $9`
)

// Account finds an account's row; credit.NotFound if nobody ever applied for it.
func (t *Tables) Account(ctx context.Context, id credit.ID) (Account, error) {
	rows, err := find[Account](ctx, t, readAccount, t.PartitionOf(id), id)
	switch {
	case err != nil:
		return Account{}, err
	case len(rows) == 0:
		return Account{}, &credit.Error{Kind: credit.NotFound, Detail: "there is no such account"}
	}
	return rows[0], nil
}

// Accounts lists accounts, partition by partition and in each by id, which is an
// order that stays as it is while accounts come and change.
func (t *Tables) Accounts(ctx context.Context, f Filter) ([]Account, error) {
	partitions, slot := t.log.Partitions(), 0
	if f.After != "" {
		if !f.After.Valid() {
			return nil, fmt.Errorf("view: %q is no account", f.After)
		}
		slot = f.After.Slot(len(partitions))
	}
	_, limit := Page{Limit: f.Limit}.bounds()
	var list []Account
	for after := f.After; slot < len(partitions) && len(list) < limit; slot++ {
		some, err := find[Account](ctx, t, readAccounts, partitions[slot], after,
			f.Platform, f.Programme, f.Customer, f.Status, f.Overdue, f.Frozen, limit-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
		after = ""
	}
	return list, nil
}
