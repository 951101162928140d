package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// overdueMembers writes how late an account is: its grade, and each overdue
// statement in its bucket.
func (o *out) overdueMembers(a *credit.Account, day calendar.Date) {
	o.number("days_past_due", int64(a.DaysPastDue(day)))
	o.text("grade", view.GradeName(a.Grade))
	if off := a.ChargedOffOwed(); off > 0 {
		o.amount("charged_off", off)
	}
	o.list("overdue_statements")
	for i := range a.Statements {
		s := &a.Statements[i]
		if !s.Overdue {
			continue
		}
		o.begin()
		o.id("statement", a.ID.Part(credit.PrefixStatement, s.Number))
		o.date("due_on", s.Due)
		o.number("days_past_due", int64(day-s.Due))
		o.number("bucket", int64(s.Bucket))
		o.amount("amount", a.Remaining(s.Number))
		o.amount("penalty", s.Penalty)
		o.end()
	}
	o.endList()
}

// listOverdueHistory tells when each bucket and each grade was entered.
func listOverdueHistory(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if _, err := c.current(id, "account"); err != nil {
		return err
	}
	steps, err := c.server.tables.OverdueHistory(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range steps {
		s := &steps[i]
		o.begin()
		o.text("step", s.What)
		o.date("on", s.Day)
		if s.Statement != 0 {
			o.id("statement", id.Part(credit.PrefixStatement, s.Statement))
		}
		if s.Bucket != 0 {
			o.number("bucket", int64(s.Bucket))
		}
		o.maybe("grade", s.Grade)
		o.number("days_past_due", int64(s.DaysPastDue))
		o.end()
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// listChargeOffs tells what the books gave up.
func listChargeOffs(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	a, err := c.current(id, "account")
	if err != nil {
		return err
	}
	rows, err := c.server.tables.ChargeOffs(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range rows {
		r := &rows[i]
		o.begin()
		o.date("charged_off_on", r.Day)
		o.number("days_past_due", int64(r.DaysPastDue))
		o.text("currency", string(a.currency))
		o.costs(r.Principal, r.Interest, r.Fee)
		o.amount("penalty", r.Penalty)
		o.amount("amount", r.Principal+r.Interest+r.Fee+r.Penalty)
		o.end()
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
