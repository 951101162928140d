package api

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// exampleAmount is what a disclosure reckons with unless asked otherwise: 1,000.00.
const exampleAmount = 1000_00

func getDisclosure(c *call) error {
	amount, err := c.queryNumber("amount", 1, int64(money.Max), exampleAmount)
	if err != nil {
		return err
	}
	v, err := c.server.catalogue.Programme(background, c.caller.Platform, c.parameters[0])
	if err != nil {
		return err
	}
	names, err := json.Marshal(v.Names)
	if err != nil {
		return err
	}
	t, day := v.Terms, c.server.desk.Today().Day
	var o out
	o.begin()
	o.text("programme", v.Programme)
	o.number("version", int64(v.Number))
	o.raw("names", names)
	o.text("currency", string(t.Currency))
	o.amount("limit_up_to", v.Policy.MaximumLimit)
	o.number("statement_day", int64(t.StatementDay))
	o.number("due_day", int64(t.DueDay))
	o.days("due_days", t.DueDays)
	o.number("grace_days", int64(t.GraceDays))
	o.number("penalty_rate", int64(t.PenaltyRate))
	if t.PenaltyCap > 0 {
		o.number("penalty_cap", int64(t.PenaltyCap))
	}
	o.number("cost_cap", int64(t.CostCap))
	o.text("rate_method", string(t.RateMethod))
	o.text("funder", t.Funder)
	o.maybe("bureau", t.Bureau)
	o.number("example_amount", amount)
	o.date("example_day", day)
	o.list("plans")
	nobody := credit.Account{Terms: t}
	for _, plan := range t.Plans {
		q := nobody.Quote(plan, money.Amount(amount), day)
		o.begin()
		o.planCost(t, v.Names, &q)
		o.end()
	}
	o.endList()
	if len(t.Conversions) > 0 {
		o.list("conversions")
		for _, plan := range t.Conversions {
			q := nobody.Quote(plan, money.Amount(amount), day)
			o.begin()
			o.planCost(t, v.Names, &q)
			o.end()
		}
		o.endList()
	}
	if f := t.Deferral; f != nil {
		o.object("deferral")
		o.number("most_days", int64(f.MostDays))
		o.number("a_year", int64(f.AYear))
		o.number("rate", int64(f.Rate))
		o.amount("fee", f.Fee)
		o.end()
	}
	o.list("documents")
	for _, d := range t.Documents {
		o.begin()
		o.text("document", d.Name)
		o.number("version", int64(d.Version))
		o.text("hash", d.Hash)
		o.number("reading_seconds", int64(t.ReadingSeconds))
		o.end()
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func getText(c *call) error {
	hash := c.parameters[0]
	if bytes, err := hex.DecodeString(hash); err != nil || len(bytes) != sha256.Size {
		return missing("text")
	}
	t, err := c.server.catalogue.Text(background, hash)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.text("document", t.Name)
	o.number("version", int64(t.Version))
	o.text("hash", t.Hash)
	o.text("language", t.Language)
	o.text("body", t.Body)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
