package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// What became of authorisations and of requests to close, in the contract's words.
const (
	statusApproved  = "approved"
	statusDeclined  = "declined"
	statusVoided    = "voided"
	statusRequested = "requested"
	statusRefused   = "refused"
	statusWithdrawn = "withdrawn"
)

func authorise(c *call) error {
	var body contract.AuthorisationRequest
	if err := c.read(&body); err != nil {
		return err
	}
	account, err := c.asAccount(body.Account)
	if err != nil {
		return err
	}
	return c.do(account, credit.Authorise{
		Amount: money.Amount(body.Amount), Currency: money.Currency(body.Currency),
		Plan: body.Plan, Scene: body.Scene, Merchant: body.Merchant, Order: body.Order,
		Consent: quoteConsent(&body.Consent),
		Offset:  c.server.offset(), MustAgree: c.server.mustAgree(c.caller.Platform),
		Full: c.server.full(c.caller.Platform, money.Currency(body.Currency)),
	}, fasthttp.StatusCreated, authorisationAnswer)
}

func quoteConsent(v *contract.QuoteConsent) credit.Consent {
	return credit.Consent{
		Person: v.Person, Document: string(v.Document), Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
		Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
	}
}

// authorisation is what is told of one, live or from the tables.
type authorisation struct {
	account                      credit.ID
	number                       int64
	status                       string
	amount, held, captured       money.Amount
	currency                     money.Currency
	plan, scene, merchant, order string
	on, lastDay                  calendar.Date
	reasons                      []string
}

func authorisationAnswer(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
	t := authorisation{account: a.ID, currency: a.Terms.Currency, on: at.Day}
	for _, e := range events {
		switch e := e.(type) {
		case credit.Authorised:
			t.number, t.status = e.Number, statusApproved
			t.amount, t.held, t.lastDay = e.Amount, e.Amount, e.LastDay
			t.plan, t.scene, t.merchant, t.order = e.Plan, e.Scene, e.Merchant, e.Order
		case credit.Declined:
			t.number, t.status, t.amount = e.Number, statusDeclined, e.Amount
			t.plan, t.scene, t.merchant, t.order = e.Plan, e.Scene, e.Merchant, e.Order
			for _, r := range e.Reasons {
				t.reasons = append(t.reasons, string(r))
			}
		}
	}
	o.authorisation(&t)
}

func (o *out) authorisation(t *authorisation) {
	o.begin()
	o.id("id", t.account.Part(credit.PrefixHold, t.number))
	o.id("account", t.account)
	o.text("status", t.status)
	o.amount("amount", t.amount)
	o.text("currency", string(t.currency))
	o.amount("held", t.held)
	o.amount("captured", t.captured)
	o.text("plan", t.plan)
	o.text("scene", t.scene)
	o.text("merchant", t.merchant)
	o.text("order", t.order)
	o.date("authorised_on", t.on)
	o.date("last_capture_on", t.lastDay)
	if len(t.reasons) > 0 {
		o.text("decline_reason", t.reasons[0])
		o.texts("decline_reasons", t.reasons)
	}
	o.end()
}

func void(c *call) error {
	account, number, err := c.part(credit.PrefixHold, "authorisation")
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.do(account, credit.Void{Hold: number}, fasthttp.StatusOK, func(o *out, a *credit.Account, events []credit.Event, _ credit.Moment) {
		o.begin()
		o.id("authorisation", a.ID.Part(credit.PrefixHold, number))
		o.id("account", a.ID)
		for _, e := range events {
			if e, ok := e.(credit.HoldVoided); ok {
				o.amount("released", e.Amount)
			}
		}
		o.text("currency", string(a.Terms.Currency))
		o.text("status", statusVoided)
		o.end()
	})
}
