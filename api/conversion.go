package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func quoteConversion(c *call) error {
	plan, err := c.queryText("plan", 64)
	if err != nil {
		return err
	}
	amount, err := c.queryNumber("amount", 1, int64(money.Max), 0)
	if err != nil {
		return err
	}
	bill, number, day, err := c.bill()
	if err != nil {
		return err
	}
	plans := []string{plan}
	if plan == "" && len(bill.Terms.Conversions) > 0 {
		plans = nil
		for _, p := range bill.Terms.Conversions {
			plans = append(plans, p.ID)
		}
	}
	names, err := c.namesOf(bill.Terms)
	if err != nil {
		return err
	}
	var o out
	for i, plan := range plans {
		q, err := bill.QuoteConversion(number, plan, money.Amount(amount), day)
		if err != nil {
			return asWhat(err, "statement")
		}
		if i == 0 {
			o.begin()
			o.id("statement", bill.ID.Part(credit.PrefixStatement, number))
			o.id("account", bill.ID)
			o.text("currency", string(bill.Terms.Currency))
			o.date("day", day)
			o.amount("convertible", q.Convertible)
			o.amount("amount", q.Amount)
			o.list("data")
		}
		o.begin()
		o.planCost(bill.OwnTerms(), names, &credit.Quote{Plan: q.Plan, Parts: q.Parts, Total: q.Total, Cost: q.Cost, Subsidised: q.Subsidised, AnnualRate: q.AnnualRate})
		o.object("text")
		o.text("document", credit.ConversionDocument)
		o.number("version", int64(bill.Terms.Version))
		o.text("hash", q.Token)
		o.end()
		o.end()
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// bill finds the statement that the path names, with what stands on it: a copy, as the
// lane has no time to work out annual rates.
func (c *call) bill() (bill *credit.Account, number int64, day calendar.Date, err error) {
	account, number, err := c.part(credit.PrefixStatement, "statement")
	if err != nil {
		return nil, 0, 0, err
	}
	if _, err := c.look(account, func(a *credit.Account, at credit.Moment) { bill, day = a.Bill(number), at.Day }); err != nil {
		return nil, 0, 0, asWhat(err, "statement")
	}
	if bill.Terms == nil {
		return nil, 0, 0, missing("statement")
	}
	return bill, number, day, nil
}

func convertStatement(c *call) error {
	account, number, err := c.part(credit.PrefixStatement, "statement")
	if err != nil {
		return err
	}
	var body contract.ConversionRequest
	if err := c.read(&body); err != nil {
		return err
	}
	v := &body.Consent
	command := credit.Convert{Statement: number, Plan: body.Plan, Amount: money.Amount(body.Amount), Consent: credit.Consent{
		Person: v.Person, Document: string(v.Document), Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
		Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
	}}
	return asWhat(c.do(account, command, fasthttp.StatusCreated, conversionAnswer), "statement")
}

func conversionAnswer(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
	for _, e := range events {
		e, ok := e.(credit.StatementConverted)
		if !ok {
			continue
		}
		o.begin()
		o.id("id", a.ID.Part(credit.PrefixConversion, e.Number))
		o.id("statement", a.ID.Part(credit.PrefixStatement, e.Statement))
		o.id("account", a.ID)
		o.amount("amount", e.Amount)
		o.text("currency", string(a.Terms.Currency))
		o.text("plan", e.Plan.ID)
		o.date("converted_on", at.Day)
		o.list("lines")
		for _, l := range e.Lines {
			o.begin()
			o.id("purchase", a.ID.Part(credit.PrefixPurchase, l.Purchase))
			o.number("instalment", int64(l.Instalment))
			o.amount("principal", l.Principal)
			o.end()
		}
		o.endList()
		o.list("purchases")
		for _, p := range e.Purchases {
			o.begin()
			o.id("purchase", a.ID.Part(credit.PrefixPurchase, p.Purchase))
			o.amount("amount", p.Amount)
			o.list("instalments")
			for i, part := range p.Parts {
				in := planned(p.First+i, part)
				in.conversion = a.ID.Part(credit.PrefixConversion, e.Number)
				o.instalment(&in)
			}
			o.endList()
			o.end()
		}
		o.endList()
		o.statementsPaid(a.ID, events)
		o.end()
	}
}
