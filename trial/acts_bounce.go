package trial

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/trial/reference"
)

// bounce takes a repayment back: mostly a late one.
func (w *world) bounce(c *customer, a *credit.Account) act {
	command := credit.ReverseRepayment{Repayment: w.number(a, c.repaid), Reference: "b", History: c.history}
	if l := len(c.repaid); l > 3 && w.chance(700) {
		command.Repayment = c.repaid[l-1-w.random.IntN(3)]
	}
	if c.model != nil && !c.model.Follows(command.Repayment) && w.chance(950) {
		return w.repay(c, a) // so that most lives stay those that are told twice
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Bounce(command.Repayment) }}
}

// remember keeps the history of a customer whose repayments may bounce.
func (w *world) remember(c *customer, e *eventlog.Entry) {
	if !c.bounces {
		return
	}
	fact, err := wire.DecodeFact(e.Name, e.Command, e.Events, calendar.Date(e.Day), e.Time)
	if err != nil {
		w.fail("entry %d/%d: %v", e.Partition, e.Position, err)
	}
	c.history, c.positions = append(c.history, fact), append(c.positions, e.Position)
}
