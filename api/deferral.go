package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

func quoteDeferral(c *call) error {
	days, err := c.queryNumber("days", 1, 60, 0)
	if err != nil {
		return err
	}
	due, err := c.queryDate("due_on")
	if err != nil {
		return err
	}
	if days > 0 && due != 0 {
		return parameterProblem(kindInvalidParameter, "days", "says otherwise than due_on, or the same twice")
	}
	bill, number, day, err := c.bill()
	if err != nil {
		return err
	}
	q, err := bill.QuoteDeferral(number, later(bill, number, int(days), due), day)
	if err != nil {
		return asWhat(err, "statement")
	}
	var o out
	o.deferralQuote(bill, &q)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// later is the due date that is asked about: due, so many days later than now, or
// as late as the contract allows.
func later(a *credit.Account, statement int64, days int, due calendar.Date) calendar.Date {
	if due != 0 || a.Terms.Deferral == nil {
		return due
	}
	if days == 0 {
		days = a.Terms.Deferral.MostDays
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; s.Number == statement {
			return s.Due + calendar.Date(days)
		}
	}
	return 0
}

func (o *out) deferralQuote(a *credit.Account, q *credit.DeferralQuote) {
	o.begin()
	o.id("statement", a.ID.Part(credit.PrefixStatement, q.Statement))
	o.id("account", a.ID)
	o.text("currency", string(a.Terms.Currency))
	o.date("due_on", q.Before)
	o.date("new_due_on", q.Due)
	o.amount("amount", q.Amount)
	o.amount("principal", q.Principal)
	o.amount("fee", q.Fee)
	o.amount("fee_cut", q.Cut)
	o.number("annual_rate", int64(q.AnnualRate))
	o.object("text")
	o.text("document", credit.DeferralDocument)
	o.number("version", int64(a.Terms.Version))
	o.text("hash", q.Token)
	o.end()
	o.end()
}

func deferStatement(c *call) error {
	account, number, err := c.part(credit.PrefixStatement, "statement")
	if err != nil {
		return err
	}
	var body contract.DeferralRequest
	if err := c.read(&body); err != nil {
		return err
	}
	v := &body.Consent
	command := credit.Defer{Statement: number, Due: body.DueOn, Consent: credit.Consent{
		Person: v.Person, Document: string(v.Document), Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
		Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
	}}
	return asWhat(c.do(account, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.StatementDeferred); ok {
				o.begin()
				o.id("statement", a.ID.Part(credit.PrefixStatement, e.Statement))
				o.id("account", a.ID)
				o.text("currency", string(a.Terms.Currency))
				o.date("deferred_on", at.Day)
				o.date("deferred_from", e.Before)
				o.date("due_on", e.Due)
				o.amount("fee", e.Fee)
				o.amount("fee_cut", e.Cut)
				o.end()
			}
		}
	}), "statement")
}

// deferrals lists those that run, if any does.
func (o *out) deferrals(a *credit.Account, day calendar.Date) {
	running := 0
	for i := range a.Statements {
		s := &a.Statements[i]
		if !s.DeferralRuns(day) {
			continue
		}
		if running++; running == 1 {
			o.list("deferrals")
		}
		o.begin()
		o.id("statement", a.ID.Part(credit.PrefixStatement, s.Number))
		o.date("deferred_from", s.Deferred)
		o.date("due_on", s.Due)
		o.amount("fee", s.Fee)
		o.end()
	}
	if running > 0 {
		o.endList()
	}
}

// queryDate reads a date, or none if it is not there.
func (c *call) queryDate(name string) (calendar.Date, error) {
	s, err := c.queryText(name, len("2026-03-10"))
	if err != nil || s == "" {
		return 0, err
	}
	d, err := calendar.Parse(s)
	if err != nil {
		return 0, parameterProblem(kindInvalidParameter, name, "has to be a date such as 2026-03-10")
	}
	return d, nil
}
