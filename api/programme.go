package api

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
)

func listProgrammes(c *call) error {
	var o out
	o.begin()
	o.list("data")
	for _, v := range c.server.catalogue.Programmes(background, c.caller.Platform) {
		if err := o.programme(v); err != nil {
			return err
		}
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func getProgramme(c *call) error {
	v, err := c.server.catalogue.Programme(background, c.caller.Platform, c.parameters[0])
	if err != nil {
		return err
	}
	return c.programme(fasthttp.StatusOK, v)
}

func (c *call) programme(status int, v *catalogue.Version) error {
	var o out
	if err := o.programme(v); err != nil {
		return err
	}
	c.json(status, o.b)
	return nil
}

// programme writes a version. Its parts are documents, kept and shown in one form.
func (o *out) programme(v *catalogue.Version) error {
	names, err := json.Marshal(v.Names)
	if err != nil {
		return err
	}
	terms, err := json.Marshal(v.Terms)
	if err != nil {
		return err
	}
	policy, err := json.Marshal(v.Policy)
	if err != nil {
		return err
	}
	o.begin()
	o.text("id", v.Programme)
	o.number("version", int64(v.Number))
	o.raw("names", names)
	o.raw("terms", terms)
	o.raw("policy", policy)
	o.instant("created_at", v.Created)
	o.end()
	return nil
}

// createProgramme adds a programme, or the next version of one, and makes it the
// one that applicants get.
func createProgramme(c *call) error {
	var body contract.ProgrammeRequest
	if err := c.read(&body); err != nil {
		return err
	}
	books, by, platform := c.server.catalogue, c.caller.KeyID, c.caller.Platform
	d := draft(&body)
	v, err := books.CreateProgramme(background, by, platform, body.ID, d)
	if errors.Is(err, catalogue.ErrExists) {
		v, err = books.CreateVersion(background, by, platform, body.ID, d)
	}
	if err != nil {
		return err
	}
	if err := books.Activate(background, by, platform, body.ID, v.Number); err != nil {
		return err
	}
	return c.programme(fasthttp.StatusCreated, v)
}

func draft(body *contract.ProgrammeRequest) catalogue.Draft {
	label := func(l contract.Label) catalogue.Label { return catalogue.Label{ZH: l.Zh, EN: l.En} }
	t, p := &body.Terms, &body.Policy
	d := catalogue.Draft{
		Names: catalogue.Names{Programme: label(body.Names.Programme), Funder: label(body.Names.Funder), Bureau: label(body.Names.Bureau)},
		Terms: credit.Terms{
			Currency: money.Currency(t.Currency), StatementDay: t.StatementDay, DueDay: t.DueDay, GraceDays: t.GraceDays, HoldDays: t.HoldDays,
			PenaltyRate: credit.Rate(t.PenaltyRate), CostCap: credit.Rate(t.CostCap), RateMethod: credit.RateMethod(t.RateMethod),
			PrincipalFirst: t.PrincipalFirstFrom, ReadingSeconds: t.ReadingSeconds, ReviewDays: t.ReviewDays,
			Applications: t.Applications, WindowDays: t.WindowDays, Funder: t.Funder, Bureau: t.Bureau, Scenes: t.Scenes,
		},
		Policy: risk.Policy{
			MinimumLimit: money.Amount(p.MinimumLimit), DefaultLimit: money.Amount(p.DefaultLimit), MaximumLimit: money.Amount(p.MaximumLimit),
			AutoApproveUpTo: money.Amount(p.AutoApproveUpTo), MinimumIncome: money.Amount(p.MinimumIncome),
			IncomeMultiple: p.IncomeMultiple, ExcludeStudents: p.ExcludeStudents,
		},
	}
	for _, plan := range t.Plans {
		one := credit.Plan{ID: plan.ID, Kind: credit.PlanKind(plan.Kind), Periods: plan.Periods, Rate: credit.Rate(plan.Rate)}
		for _, s := range plan.Subsidies {
			one.Subsidies = append(one.Subsidies, credit.Subsidy{Bearer: credit.Bearer(s.Bearer), Share: credit.Rate(s.Share)})
		}
		d.Terms.Plans = append(d.Terms.Plans, one)
	}
	for _, doc := range t.Documents {
		d.Terms.Documents = append(d.Terms.Documents, credit.Document{Name: doc.Document, Version: doc.Version, Hash: doc.Hash})
	}
	return d
}

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
	o.number("grace_days", int64(t.GraceDays))
	o.number("penalty_rate", int64(t.PenaltyRate))
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
		o.planCost(t, &q)
		o.end()
	}
	o.endList()
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
	t, err := c.server.catalogue.Text(background, c.parameters[0])
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
