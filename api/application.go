package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
)

func apply(c *call) error {
	var body contract.ApplicationRequest
	if err := c.read(&body); err != nil {
		return err
	}
	programme, err := c.server.catalogue.Programme(background, c.caller.Platform, body.Programme)
	if err != nil {
		return err
	}
	command := credit.Apply{
		Platform:  c.caller.Platform,
		Programme: body.Programme,
		Customer:  body.Customer,
		Declared:  credit.Declared{Adult: &body.Declared.Adult, Student: &body.Declared.Student, Income: money.Amount(body.Declared.MonthlyIncome)},
		Wanted:    money.Amount(body.RequestedLimit),
		Terms:     programme.Terms,
	}
	for i := range body.Consents {
		command.Consents = append(command.Consents, consent(&body.Consents[i]))
	}
	command.Assessment = risk.Assess(programme.Policy, command.Declared, command.Wanted)
	id := credit.AccountID(c.caller.Platform, body.Programme, body.Customer)
	return c.do(id, command, fasthttp.StatusCreated, applicationAnswer)
}

func consent(v *contract.Consent) credit.Consent {
	return credit.Consent{
		Person: v.Person, Document: v.Document, Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act, Preselected: &v.Preselected,
	}
}

func reviewApplication(c *call) error {
	account, number, err := c.part(credit.PrefixApplication, "application")
	if err != nil {
		return err
	}
	var body contract.ReviewRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(account, credit.Review{
		Application: number, Approve: body.Approve, Limit: body.Limit, Reasons: body.Reasons, Reviewer: c.caller.KeyID,
	}, fasthttp.StatusOK, applicationAnswer)
}

func applicationAnswer(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) {
	o.begin()
	o.applicationMembers(a)
	if a.Application.Decision == credit.Approved {
		o.name("opened")
		o.account(a, at)
	}
	o.end()
}

// applicationMembers writes the account's newest application.
func (o *out) applicationMembers(a *credit.Account) {
	p := a.Application
	o.id("id", a.ID.Part(credit.PrefixApplication, p.Number))
	o.id("account", a.ID)
	o.text("customer", a.Customer)
	o.text("status", string(p.Decision))
	o.date("applied_on", p.On)
	o.texts("reasons", p.Reasons)
	o.date("apply_again_on", p.Until)
	o.list("agreements")
	for _, g := range p.Agreements {
		o.begin()
		o.text("document", g.Document.Name)
		o.number("version", int64(g.Document.Version))
		o.text("hash", g.Document.Hash)
		o.instant("accepted_at", g.AcceptedAt)
		o.end()
	}
	o.endList()
}
