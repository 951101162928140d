package api

import (
	"context"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/view"
)

func apply(c *call) error {
	var body contract.ApplicationRequest
	if err := c.read(&body); err != nil {
		return err
	}
	id := credit.AccountID(c.caller.Platform, body.Programme, body.Customer)
	if !c.mine(id) {
		return missing("account")
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
		command.Consents = append(command.Consents, consentOf(&body.Consents[i]))
	}
	who, err := c.applicant(&body, id, programme.Policy)
	if err != nil {
		return err
	}
	command.Assessment = risk.Assess(programme.Policy, command.Declared, command.Wanted)
	err = c.do(id, command, fasthttp.StatusCreated, applicationAnswer)
	c.decided(who, err)
	return err
}

func consentOf(v *contract.Consent) credit.Consent {
	return credit.Consent{
		Person: v.Person, Document: v.Document, Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
		Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
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
		o.instant("shown_at", g.ShownAt)
		o.instant("accepted_at", g.AcceptedAt)
		o.number("read_seconds", int64(g.ReadSeconds))
		o.text("act", g.Act)
		o.text("channel", g.Channel)
		o.text("language", g.Language)
		o.bool("preselected", g.Preselected)
		o.end()
	}
	o.endList()
}

// getApplication shows the newest application as it is, and older ones from the tables.
func getApplication(c *call) error {
	account, number, err := c.part(credit.PrefixApplication, "application")
	if err != nil {
		return err
	}
	var o out
	customer := ""
	position, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		customer = a.Customer
		if a.Application != nil && a.Application.Number == number {
			o.begin()
			o.applicationMembers(a)
			o.end()
		}
	})
	if err != nil {
		return asWhat(err, "application")
	}
	if o.b == nil {
		if err := c.pastApplication(&o, account, number, customer, position); err != nil {
			return err
		}
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (c *call) pastApplication(o *out, account credit.ID, number int64, customer string, position int64) error {
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	tables := c.server.tables
	if err := tables.WaitFor(ctx, tables.PartitionOf(account), position); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	row, err := tables.Application(background, credit.ID(c.parameters[0]))
	if err != nil {
		return asWhat(err, "application")
	}
	return c.writeApplication(o, account, customer, &row)
}

// writeApplication tells an application from the tables.
func (c *call) writeApplication(o *out, account credit.ID, customer string, row *view.Application) error {
	agreements, err := c.server.tables.Agreements(background, account)
	if err != nil {
		return err
	}
	number := row.Number
	past := credit.Application{Number: number, On: row.Day, Decision: row.Decision, Reasons: reasons(row.Reasons), Until: row.Until}
	for i := range agreements {
		if g := &agreements[i]; g.Application == number {
			past.Agreements = append(past.Agreements, credit.Agreement{
				Document: credit.Document{Name: g.Document, Version: int(g.Version), Hash: g.Hash}, ShownAt: time.UnixMicro(g.ShownAt),
				AcceptedAt: time.UnixMicro(g.AcceptedAt), ReadSeconds: int(g.ReadSeconds), Act: g.Act, Channel: g.Channel, Language: g.Language,
			})
		}
	}
	o.begin()
	o.applicationMembers(&credit.Account{ID: account, Customer: customer, Application: &past})
	o.end()
	return nil
}
