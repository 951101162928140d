package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Autopay (自动扣款) is a standing instruction, and what the customer agreed to.
type Autopay struct {
	Account    credit.ID     `view:"key"`
	Number     int64         `view:"key"`
	Day        calendar.Date //
	Time       int64         //
	Position   int64         //
	Source     string        // the payment service's name of what is debited
	Version    int32         // of the text
	Hash       string        // of the text
	AcceptedAt int64         //
	EndedOn    calendar.Date `view:"set"`
	EndReason  string        `view:"set"` // customer, replaced, closure
}

// Debit (扣款) is money asked of a customer's source: for a statement by a standing
// instruction, or for what the customer asked to pay now.
type Debit struct {
	Account   credit.ID           `view:"key"`
	Number    int64               `view:"key"`
	Day       calendar.Date       //
	Time      int64               //
	Position  int64               //
	Statement int64               //
	Amount    money.Amount        //
	Attempt   int32               //
	Source    string              //
	Purpose   credit.DebitPurpose //
	Purchase  int64               // of an early repayment; 0: of all that is owed
	Quote     string              // of an early repayment
	Lapsed    bool                `view:"set"` // the quote held no more when the money came
	Status    credit.DebitStatus  `view:"set"`
	DecidedOn calendar.Date       `view:"set"`
	Repayment int64               `view:"set"` // of a settled one
	Reason    string              `view:"set"` // of a refused one
}

func (r *Autopay) rowKey() rowKey { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Debit) rowKey() rowKey   { return rowKey{r.Account, r.Number, 0, 0} }

func (c *changes) instructed(at place, e credit.AutopayInstructed) {
	c.autopays.add(Autopay{
		Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position, Source: e.Source,
		Version: int32(e.Agreement.Document.Version), Hash: e.Agreement.Document.Hash, AcceptedAt: e.Agreement.AcceptedAt.UnixMicro(),
	})
}

func (c *changes) autopayEnded(at place, e credit.AutopayEnded) {
	a := c.autopays.at(Autopay{Account: at.account, Number: e.Autopay})
	a.EndedOn, a.EndReason = at.day, e.Reason
}

func (c *changes) debitRequested(at place, e credit.DebitRequested) {
	c.debits.add(Debit{
		Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position, Statement: e.Statement,
		Amount: e.Amount, Attempt: int32(e.Attempt), Source: e.Source, Status: credit.PendingDebit,
		Purpose: e.Purpose, Purchase: e.Purchase, Quote: e.Quote,
	})
}

func (c *changes) debitSettled(at place, e credit.DebitSettled) {
	d := c.debits.at(Debit{Account: at.account, Number: e.Debit})
	d.Status, d.DecidedOn, d.Repayment, d.Lapsed = credit.SettledDebit, at.day, e.Repayment, e.Lapsed
}

func (c *changes) debitRefused(at place, e credit.DebitRefused) {
	d := c.debits.at(Debit{Account: at.account, Number: e.Debit})
	d.Status, d.DecidedOn, d.Reason = credit.RefusedDebit, at.day, e.Reason
}

// Debits lists an account's debits.
func (t *Tables) Debits(ctx context.Context, account credit.ID, p Page) ([]Debit, error) {
	return newest[Debit](ctx, t, readDebits, account, p)
}

// Debit finds one debit.
func (t *Tables) Debit(ctx context.Context, id credit.ID) (Debit, error) {
	return one[Debit](ctx, t, readDebit, credit.PrefixDebit, id)
}

// PendingDebit is a debit whose result is not known, with what a payment service has to be told.
type PendingDebit struct {
	Partition int32
	Account   credit.ID
	Number    int64
	Platform  string
	Amount    money.Amount
	Currency  money.Currency
	Source    string
}

// ID is the debit's id, by which a payment service knows it.
func (d *PendingDebit) ID() credit.ID { return d.Account.Part(credit.PrefixDebit, d.Number) }

// The index debit_pending holds nothing else, so that this costs what is pending and not what there ever was.
const readPendingDebits = `SELECT d.partition, d.account, d.number, a.platform, d.amount, a.currency, d.source
	FROM debit d JOIN account a ON a.partition = d.partition AND a.id = d.account
	WHERE d.status = 'pending' AND (d.partition, d.account, d.number) > ($1, $2, $3) AND (d.purpose <> '') = $4
	ORDER BY d.partition, d.account, d.number LIMIT $5`

// PendingDebits lists up to limit debits without a result after a given one, the
// zero value for the first: in the order of partitions and accounts, and of an
// account the oldest first. asked says whether those that customers asked for are
// wanted, or those of standing instructions.
func (t *Tables) PendingDebits(ctx context.Context, asked bool, after PendingDebit, limit int) ([]PendingDebit, error) {
	if after.Account == "" {
		after.Partition = -1
	}
	return find[PendingDebit](ctx, t, readPendingDebits, after.Partition, after.Account, after.Number, asked, limit)
}

const countPendingDebits = `SELECT count(*) FROM debit WHERE status = 'pending'`

// CountPendingDebits says how many debits have no result.
func (t *Tables) CountPendingDebits(ctx context.Context) (n int64, err error) {
	if err := t.db.Reader().QueryRowContext(ctx, countPendingDebits).Scan(&n); err != nil {
		return 0, fmt.Errorf("view: pending debits: %w", err)
	}
	return n, nil
}
