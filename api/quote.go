package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func quote(c *call) error {
	var body contract.QuoteRequest
	if err := c.read(&body); err != nil {
		return err
	}
	id, err := c.asAccount(body.Account)
	if err != nil {
		return err
	}
	o := out{b: make([]byte, 0, 4096)}
	if err := c.quotes(&o, id, &body); err != nil {
		return err
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// quotes writes what a purchase would cost by each plan that is asked about.
func (c *call) quotes(o *out, id credit.ID, body *contract.QuoteRequest) error {
	// What a quote is made of is copied from the live account; the lane has no time
	// to work out annual rates.
	var line credit.Account
	var day calendar.Date
	var coming out
	available := money.Amount(0)
	if _, err := c.look(id, func(a *credit.Account, at credit.Moment) {
		line = credit.Account{ID: a.ID, Terms: a.Terms, DueDay: a.DueDay, Status: a.Status}
		day, available = at.Day, a.Available()
		if a.Terms != nil {
			coming.coming(a)
		}
	}); err != nil {
		return err
	}
	if line.Terms == nil {
		return missing("account")
	}
	plans, err := quoted(&line, body)
	if err != nil {
		return err
	}
	route := 0
	if len(line.Terms.Routes) > 0 {
		route = line.Terms.Route(c.server.full(c.caller.Platform, line.Terms.Currency))
	}
	names, err := c.namesOf(line.Terms)
	if err != nil {
		return err
	}
	o.begin()
	o.b = append(o.b, coming.b...)
	o.id("account", id)
	o.number("amount", body.Amount)
	o.text("currency", string(body.Currency))
	o.date("day", day)
	o.amount("available", available)
	o.number("penalty_rate", int64(line.Terms.PenaltyRate))
	o.list("data")
	for _, plan := range plans {
		q := line.QuoteBy(route, plan, money.Amount(body.Amount), day)
		o.begin()
		o.planCost(line.OwnTerms(), names, &q)
		o.lenders(q.Route)
		o.object("text")
		o.text("document", credit.QuoteDocument)
		o.number("version", int64(line.Terms.Version))
		o.text("hash", q.Token)
		o.end()
		o.end()
	}
	o.endList()
	o.end()
	return nil
}

// quoted says which plans are asked about, and refuses what an authorisation would refuse.
func quoted(line *credit.Account, body *contract.QuoteRequest) ([]credit.Plan, error) {
	switch {
	case line.Status != credit.Active:
		return nil, &credit.Error{Kind: credit.AccountNotOpen, Detail: "the account is " + string(line.Status)}
	case money.Currency(body.Currency) != line.Terms.Currency:
		return nil, &credit.Error{Kind: credit.CurrencyMismatch, Field: "currency", Detail: "the account is in " + string(line.Terms.Currency)}
	case body.Plan == "":
		return line.Terms.Plans, nil
	}
	plan, ok := line.Terms.Plan(body.Plan)
	if !ok {
		return nil, &credit.Error{Kind: credit.UnknownPlan, Field: "plan", Detail: "the contract has no such plan"}
	}
	return []credit.Plan{plan}, nil
}

// namesOf are what the parties of a contract are called, in the version that it was signed under.
func (c *call) namesOf(t *credit.Terms) (catalogue.Names, error) {
	v, err := c.server.catalogue.Version(background, c.caller.Platform, t.Programme, t.Version)
	if err != nil {
		return catalogue.Names{}, err
	}
	return v.Names, nil
}

// planCost writes what a purchase costs by one plan, to the cent.
func (o *out) planCost(t *credit.Terms, names catalogue.Names, q *credit.Quote) {
	o.text("plan", q.Plan.ID)
	o.text("kind", string(q.Plan.Kind))
	o.number("periods", int64(q.Plan.Periods))
	o.amount("total", q.Total)
	o.amount("cost", q.Cost)
	o.amount("subsidised", q.Subsidised)
	o.number("annual_rate", int64(q.AnnualRate))
	o.list("instalments")
	for i, part := range q.Parts {
		o.begin()
		o.number("number", int64(i+1))
		o.date("statement_on", part.On)
		o.date("due_on", calendar.NextOnDay(part.On, t.DueDay))
		o.costs(part.Principal, part.Interest, part.Fee)
		o.amount("amount", part.Sum())
		o.end()
	}
	o.endList()
	o.costTable(t, names, q)
}

// costTable writes all that the plan can cost, in the words of the cost disclosure.
func (o *out) costTable(t *credit.Terms, names catalogue.Names, q *credit.Quote) {
	table := catalogue.NewCostTable(t, names, q.Plan, q.Parts, q.AnnualRate, q.Route.Shares)
	o.object("cost_table")
	o.amount("principal", table.Principal)
	o.list("charges")
	for i := range table.Charges {
		charge := &table.Charges[i]
		o.begin()
		o.text("kind", string(charge.Kind))
		o.twice("name", charge.Name)
		o.twice("how", charge.How)
		o.twice("when", charge.When)
		if charge.Fixed > 0 {
			o.amount("fixed", charge.Fixed)
		} else {
			o.number("rate", int64(charge.Rate))
		}
		o.amount("amount", charge.Amount)
		o.amount("subsidised", charge.Borne)
		o.twice("payee", charge.Payee)
		o.end()
	}
	o.endList()
	o.number("annual_cost", int64(table.AllIn))
	o.number("default_annual_cost", int64(table.Default))
	o.twice("nothing_else", table.NothingElse)
	o.end()
}

// twice writes a text in both languages.
func (o *out) twice(name string, l catalogue.Label) {
	o.object(name)
	o.text("zh", l.ZH)
	o.text("en", l.EN)
	o.end()
}
