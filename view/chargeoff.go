package view

import (
	"context"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// StepChargedOff is the step of an overdue history in which the books gave the debt up.
const StepChargedOff = "charged_off"

// ChargeOff (核销) is what the books gave up of an account's debt on one day.
type ChargeOff struct {
	Account     credit.ID     `view:"key"`
	Position    int64         `view:"key"`
	Day         calendar.Date //
	Time        int64         //
	DaysPastDue int32         //
	Principal   money.Amount  // billed, not billed, contested
	Interest    money.Amount  //
	Fee         money.Amount  //
	Penalty     money.Amount  //
}

var (
	chargeOffTable = describe[ChargeOff]("charge_off")

	readChargeOffs = chargeOffTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY position`
)

// ChargeOffs lists what the books gave up of an account, in order.
func (t *Tables) ChargeOffs(ctx context.Context, account credit.ID) ([]ChargeOff, error) {
	return find[ChargeOff](ctx, t, readChargeOffs, t.PartitionOf(account), account)
}

func (c *changes) chargedOff(at place, e credit.DebtChargedOff) {
	row := ChargeOff{Account: at.account, Position: at.position, Day: at.day, Time: at.time, DaysPastDue: int32(e.DaysPastDue)}
	for _, w := range e.Parts {
		row.Principal += w.Unbilled + w.Billed + w.Disputed
		row.Interest += w.Interest
		row.Fee += w.Fee
		row.Penalty += w.Penalty
		if w.Purchase != 0 {
			c.purchases.at(Purchase{Account: at.account, Number: w.Purchase}).ChargedOffOn = at.day
		} else {
			c.statement(at, w.Statement).ChargedOffOn = at.day
		}
	}
	c.chargeOffs = append(c.chargeOffs, row)
	c.overdueStep(at, OverdueStep{What: StepChargedOff, DaysPastDue: int32(e.DaysPastDue)})
}

// moveOff changes what a customer owes of what was given up, which few ever do: it is
// kept with what seldom changes of an account.
func (c *changes) moveOff(at place, class ledger.Class, debit money.Amount) {
	switch class {
	case ledger.ChargedOffUnbilled:
		c.contractOf(at).ChargedOffUnbilled += debit
	case ledger.ChargedOffBilled:
		c.contractOf(at).ChargedOffBilled += debit
	case ledger.ChargedOffDisputed:
		c.contractOf(at).ChargedOffDisputed += debit
	case ledger.ChargedOffInterest:
		c.contractOf(at).ChargedOffInterest += debit
	case ledger.ChargedOffFee:
		c.contractOf(at).ChargedOffFee += debit
	case ledger.ChargedOffPenalty:
		c.contractOf(at).ChargedOffPenalty += debit
	default: // not given up
	}
}
