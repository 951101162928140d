package trial

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/money"
)

// What follows is done by customers of whom there is no second telling: bills turned
// into instalments, repayments that bounce. The invariants hold
// for them all the same.

// convert turns a bill into instalments.
func (w *world) convert(c *customer, a *credit.Account) act {
	var open []int64
	for _, s := range a.Statements {
		open = append(open, s.Number)
	}
	command := credit.Convert{Statement: w.number(a, open), Plan: "bill", Amount: pick[money.Amount](w, 0, 0, 1, 100_00, -1)}
	for _, p := range a.Terms.Conversions {
		command.Plan = p.ID
	}
	token := "of another quote"
	if quote, err := a.QuoteConversion(command.Statement, command.Plan, command.Amount, w.today(c)); err == nil {
		token = quote.Token
	}
	command.Consent, _ = w.consent(c, credit.ConversionDocument, a.Terms.Version, token, 0)
	return act{command: command}
}

// bounce takes a repayment back: mostly a late one.
func (w *world) bounce(c *customer, a *credit.Account) act {
	command := credit.ReverseRepayment{Repayment: w.number(a, c.repaid), Reference: "b", History: c.history}
	if l := len(c.repaid); l > 3 && w.chance(700) {
		command.Repayment = c.repaid[l-1-w.random.IntN(3)]
	}
	return act{command: command}
}

// remember keeps the history of a customer whose repayments may bounce.
func (w *world) remember(c *customer, e *eventlog.Entry) {
	if !c.wild {
		return
	}
	fact, err := wire.DecodeFact(e.Name, e.Command, e.Events, calendar.Date(e.Day), e.Time)
	if err != nil {
		w.fail("entry %d/%d: %v", e.Partition, e.Position, err)
	}
	c.history, c.positions = append(c.history, fact), append(c.positions, e.Position)
}
