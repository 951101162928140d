package api

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func listProgrammes(c *call) error {
	var o out
	o.begin()
	o.list("data")
	for _, v := range c.server.catalogue.Programmes(background, c.caller.Platform) {
		if err := o.programme(v, c.caller.Role); err != nil {
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
	if err := o.programme(v, c.caller.Role); err != nil {
		return err
	}
	c.json(status, o.b)
	return nil
}

// programme writes a version. Its parts are documents, kept and shown in one form.
func (o *out) programme(v *catalogue.Version, role catalogue.Role) error {
	names, err := json.Marshal(v.Names)
	if err != nil {
		return err
	}
	terms, err := json.Marshal(told(v.Terms))
	if err != nil {
		return err
	}
	policy, err := json.Marshal(toldPolicy(v.Policy, role))
	if err != nil {
		return err
	}
	o.begin()
	o.text("id", v.Programme)
	o.number("version", int64(v.Number))
	o.raw("names", names)
	o.raw("terms", terms)
	o.raw("policy", policy)
	if m := v.Material; m != nil {
		o.object("material")
		o.date("from", m.From)
		o.date("until", m.Until)
		o.object("changes")
		o.text("zh", m.Changes.ZH)
		o.text("en", m.Changes.EN)
		o.end()
		o.end()
	}
	o.instant("created_at", v.Created)
	o.end()
	return nil
}

// told is terms as the contract has them: whose they are is told beside them.
func told(t *credit.Terms) *contract.Terms {
	c := &contract.Terms{
		EarlyFees: earlyFeesTold(t.EarlyFees), DeregisterCoolDownDays: t.DeregisterCoolDown,
		Currency: contract.Currency(t.Currency), StatementDay: t.StatementDay, DueDay: t.DueDay, GraceDays: t.GraceDays, HoldDays: t.HoldDays,
		PenaltyRate: int64(t.PenaltyRate), PenaltyCap: int64(t.PenaltyCap), CostCap: int64(t.CostCap), RateMethod: contract.RateMethod(t.RateMethod),
		PrincipalFirstFrom: t.PrincipalFirst, ReadingSeconds: t.ReadingSeconds, ReviewDays: t.ReviewDays, LimitCap: int64(t.LimitCap),
		DueDays: t.DueDays, DueDayChanges: t.DueDayChanges,
		Applications: t.Applications, WindowDays: t.WindowDays, AutopayRetries: t.AutopayRetries, Funder: t.Funder, Bureau: t.Bureau, Scenes: t.Scenes,
		Contact:       contract.ContactTerms{QuietFrom: t.Contact.QuietFrom, QuietUntil: t.Contact.QuietUntil, ADay: t.Contact.ADay},
		ChargeOffDays: t.ChargeOffDays, Grades: contract.Grades{Substandard: t.Grades.Substandard, Doubtful: t.Grades.Doubtful, Loss: t.Grades.Loss},
	}
	if f := t.Deferral; f != nil {
		c.Deferral = contract.DeferralTerms{MostDays: f.MostDays, AYear: f.AYear, Rate: int64(f.Rate), Fee: int64(f.Fee)}
	}
	c.Plans, c.Conversions, c.ConvertOverdue = toldPlans(t.Plans), toldPlans(t.Conversions), t.ConvertOverdue
	for _, l := range t.SceneLimits {
		c.SceneLimits = append(c.SceneLimits, contract.SceneLimit{Scene: l.Scene, Limit: int64(l.Limit)})
	}
	c.Merchants = contract.MerchantRule(t.Merchants)
	for _, r := range t.Routes {
		var route contract.Route
		for _, s := range r.Shares {
			route.Shares = append(route.Shares, contract.FunderShare{Funder: s.Funder, Share: int64(s.Share)})
		}
		c.Routes = append(c.Routes, route)
	}
	for _, d := range t.Documents {
		c.Documents = append(c.Documents, contract.Document{Document: d.Name, Version: d.Version, Hash: d.Hash})
	}
	c.LenderKind, c.RulePack, c.RulesFrom, c.NoStudents = contract.LenderKind(t.LenderKind), t.RulePack, t.RulesFrom, t.NoStudents
	return c
}

func toldPlans(plans []credit.Plan) (list []contract.Plan) {
	for _, plan := range plans {
		one := contract.Plan{ID: plan.ID, Kind: contract.PlanKind(plan.Kind), Periods: plan.Periods, Rate: int64(plan.Rate)}
		for _, s := range plan.Subsidies {
			one.Subsidies = append(one.Subsidies, contract.Subsidy{Bearer: contract.Bearer(s.Bearer), Share: int64(s.Share)})
		}
		list = append(list, one)
	}
	return list
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
	t := &body.Terms
	d := catalogue.Draft{
		Names: catalogue.Names{Programme: label(body.Names.Programme), Funder: label(body.Names.Funder), Bureau: label(body.Names.Bureau)},
		Terms: credit.Terms{
			EarlyFees: earlyFees(t.EarlyFees), DeregisterCoolDown: t.DeregisterCoolDownDays,
			Currency: money.Currency(t.Currency), StatementDay: t.StatementDay, DueDay: t.DueDay, GraceDays: t.GraceDays, HoldDays: t.HoldDays,
			PenaltyRate: credit.Rate(t.PenaltyRate), PenaltyCap: credit.Rate(t.PenaltyCap), CostCap: credit.Rate(t.CostCap), RateMethod: credit.RateMethod(t.RateMethod),
			PrincipalFirst: t.PrincipalFirstFrom, ReadingSeconds: t.ReadingSeconds, ReviewDays: t.ReviewDays, LimitCap: money.Amount(t.LimitCap),
			DueDays: t.DueDays, DueDayChanges: t.DueDayChanges,
			Applications: t.Applications, WindowDays: t.WindowDays, AutopayRetries: t.AutopayRetries, Funder: t.Funder, Bureau: t.Bureau, Scenes: t.Scenes,
			Contact:       credit.ContactTerms{QuietFrom: t.Contact.QuietFrom, QuietUntil: t.Contact.QuietUntil, ADay: t.Contact.ADay},
			ChargeOffDays: t.ChargeOffDays, Grades: credit.Grades{Substandard: t.Grades.Substandard, Doubtful: t.Grades.Doubtful, Loss: t.Grades.Loss},
		},
		Policy: policyOf(&body.Policy),
	}
	if m := body.Material; m != (contract.Material{}) {
		d.Material = &catalogue.Material{From: m.From, Until: m.Until, Changes: catalogue.Label{ZH: m.Changes.Zh, EN: m.Changes.En}}
	}
	if f := t.Deferral; f != (contract.DeferralTerms{}) {
		d.Terms.Deferral = &credit.DeferralTerms{MostDays: f.MostDays, AYear: f.AYear, Rate: credit.Rate(f.Rate), Fee: money.Amount(f.Fee)}
	}
	d.Terms.Plans, d.Terms.Conversions, d.Terms.ConvertOverdue = plans(t.Plans), plans(t.Conversions), t.ConvertOverdue
	for _, l := range t.SceneLimits {
		d.Terms.SceneLimits = append(d.Terms.SceneLimits, credit.SceneLimit{Scene: l.Scene, Limit: money.Amount(l.Limit)})
	}
	d.Terms.Merchants = credit.MerchantRule(t.Merchants)
	for _, r := range t.Routes {
		var route credit.Route
		for _, s := range r.Shares {
			route.Shares = append(route.Shares, credit.FunderShare{Funder: s.Funder, Share: credit.Rate(s.Share)})
		}
		d.Terms.Routes = append(d.Terms.Routes, route)
	}
	for _, doc := range t.Documents {
		d.Terms.Documents = append(d.Terms.Documents, credit.Document{Name: doc.Document, Version: doc.Version, Hash: doc.Hash})
	}
	d.Terms.LenderKind, d.Terms.RulePack = credit.LenderKind(t.LenderKind), t.RulePack
	return d
}

func plans(told []contract.Plan) (list []credit.Plan) {
	for _, plan := range told {
		one := credit.Plan{ID: plan.ID, Kind: credit.PlanKind(plan.Kind), Periods: plan.Periods, Rate: credit.Rate(plan.Rate)}
		for _, s := range plan.Subsidies {
			one.Subsidies = append(one.Subsidies, credit.Subsidy{Bearer: credit.Bearer(s.Bearer), Share: credit.Rate(s.Share)})
		}
		list = append(list, one)
	}
	return list
}

const earlyFeesWaived contract.EarlyFees = "waived" // the default, said in a word

func earlyFeesTold(f credit.EarlyFees) contract.EarlyFees {
	if f == credit.EarlyFeesWaived {
		return earlyFeesWaived
	}
	return contract.EarlyFees(f)
}

func earlyFees(f contract.EarlyFees) credit.EarlyFees {
	if f == earlyFeesWaived {
		return credit.EarlyFeesWaived
	}
	return credit.EarlyFees(f)
}
