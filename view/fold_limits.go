package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// limit writes down what happened to a limit.
func (c *changes) limit(at place, event credit.Event, row LimitChange) {
	row.Account, row.Position, row.Day, row.Time, row.Event = at.account, at.position, at.day, at.time, event.Name()
	c.limitChanges = append(c.limitChanges, row)
}

// setting writes down what somebody chose.
func (c *changes) setting(at place, event credit.Event, row Setting) {
	row.Account, row.Position, row.Number, row.Day, row.Time, row.Event = at.account, at.position, 1, at.day, at.time, event.Name()
	if n := len(c.settings); n > 0 && c.settings[n-1].Account == at.account && c.settings[n-1].Position == at.position {
		row.Number = c.settings[n-1].Number + 1
	}
	c.settings = append(c.settings, row)
}

// temporary is the temporary limit from now on; 0 is none.
func (c *changes) temporary(at place, amount money.Amount, until calendar.Date) {
	k := c.contractOf(at)
	k.TemporaryKnown, k.TemporaryLimit, k.TemporaryUntil = true, amount, until
}
