package api

import (
	"context"

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
	a := assessing{account: id}
	if err := c.assessedBy(&a, body.Programme); err != nil {
		return err
	}
	command := credit.Apply{
		Platform:  c.caller.Platform,
		Programme: body.Programme,
		Customer:  body.Customer,
		Declared:  declared(&body.Declared),
		Wanted:    money.Amount(body.RequestedLimit),
		Terms:     a.programme.Terms,
	}
	for i := range body.Consents {
		command.Consents = append(command.Consents, consentOf(&body.Consents[i]))
	}
	facts, err := c.platformFacts(body.Facts, a.rules)
	if err != nil {
		return err
	}
	if len(facts) > 0 {
		command.Facts = facts
	}
	a.who = risk.Applicant{Declared: command.Declared, Wanted: command.Wanted, Facts: command.Facts}
	person, err := c.applicant(&body, id, a.programme.Policy)
	if err != nil {
		return c.unlessRepeated(id, command, err)
	}
	err = c.assess(&a, func(position int64) error {
		command.Assessment = a.rules.Assess(a.who)
		return c.doAt(id, position, command, fasthttp.StatusCreated, applicationAnswer(a.rules.Policy()))
	})
	c.decided(person, err)
	return err
}

// assessedBy finds the rules of the programme that somebody applies to.
func (c *call) assessedBy(a *assessing, programme string) (err error) {
	if a.programme, err = c.server.catalogue.Programme(background, c.caller.Platform, programme); err != nil {
		return err
	}
	a.rules, err = c.server.catalogue.Rules(a.programme)
	return err
}

func declared(v *contract.Declared) credit.Declared {
	return credit.Declared{Adult: &v.Adult, Student: &v.Student, Income: money.Amount(v.MonthlyIncome), Employment: string(v.Employment)}
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
	policy, err := c.policyUnder(account)
	if err != nil {
		return asWhat(err, "application")
	}
	return c.do(account, credit.Review{
		Application: number, Approve: body.Approve, Limit: body.Limit, Reasons: body.Reasons, Reviewer: c.caller.KeyID,
	}, fasthttp.StatusOK, applicationAnswer(policy))
}

func appealApplication(c *call) error {
	account, number, err := c.part(credit.PrefixApplication, "application")
	if err != nil {
		return err
	}
	var body contract.AppealRequest
	if err := c.read(&body); err != nil {
		return err
	}
	policy, err := c.policyUnder(account)
	if err != nil {
		return asWhat(err, "application")
	}
	return c.do(account, credit.Appeal{Application: number, Ground: credit.AppealGround(body.Ground)}, fasthttp.StatusOK, applicationAnswer(policy))
}

// policyUnder is the policy that an account's newest application stands under.
func (c *call) policyUnder(account credit.ID) (*risk.Policy, error) {
	var p credit.Application
	if _, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		if a.Application != nil {
			p = *a.Application
		}
	}); err != nil {
		return nil, err
	}
	policy := c.policyBy(p.Programme, p.Version)
	return &policy, nil
}

// applicationAnswer writes an account's newest application, with its reasons in the policy's words.
func applicationAnswer(policy *risk.Policy) func(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) {
	return func(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) {
		o.begin()
		o.applicationMembers(a, policy)
		if a.Application.Decision == credit.Approved {
			o.name("opened")
			o.account(a, at)
		}
		o.end()
	}
}

// applicationMembers writes the account's newest application.
func (o *out) applicationMembers(a *credit.Account, policy *risk.Policy) {
	p := a.Application
	o.id("id", a.ID.Part(credit.PrefixApplication, p.Number))
	o.id("account", a.ID)
	o.text("customer", a.Customer)
	o.text("status", string(p.Decision))
	o.date("applied_on", p.On)
	o.texts("reasons", p.Reasons)
	o.explained(policy, p.Reasons)
	o.date("apply_again_on", p.Until)
	o.date("appeal_until", p.AppealUntil())
	o.date("appealed_on", p.AppealedOn)
	o.date("expected_by", p.ExpectedBy)
	o.list("agreements")
	for _, g := range p.Agreements {
		o.agreement(g)
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
	var newest *credit.Application
	position, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		customer = a.Customer
		if a.Application != nil && a.Application.Number == number {
			copied := *a.Application // its lists and terms are never written to
			newest = &copied
		}
	})
	if err != nil {
		return asWhat(err, "application")
	}
	if newest != nil {
		policy := c.policyBy(newest.Programme, newest.Version)
		o.begin()
		o.applicationMembers(&credit.Account{ID: account, Customer: customer, Application: newest}, &policy)
		o.end()
	} else {
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
	past := credit.Application{Number: number, On: row.Day, Decision: row.Decision, Reasons: reasons(row.Reasons), Until: row.Until, AppealedOn: row.AppealedOn}
	for i := range agreements {
		if g := &agreements[i]; g.Application == number {
			past.Agreements = append(past.Agreements, kept(g))
		}
	}
	switch past.Decision {
	case credit.Refused:
	case credit.Referred:
		past.ExpectedBy = row.ExpectedBy
		fallthrough
	default:
		past.Until = 0 // it was refused first, and appealed
	}
	received, err := c.received(account, number)
	if err != nil {
		return err
	}
	policy := c.policyBy(received.Programme, received.Version)
	o.begin()
	o.applicationMembers(&credit.Account{ID: account, Customer: customer, Application: &past}, &policy)
	o.end()
	return nil
}
