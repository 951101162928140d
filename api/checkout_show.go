package api

import (
	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/session"
)

// showCheckout answers with a checkout, with all that a page needs to show it.
func (c *call) showCheckout(status int, checkout *session.Checkout, link string) error {
	var order said
	if err := json.Unmarshal(checkout.Said, &order); err != nil {
		return err
	}
	programme, err := c.server.catalogue.Programme(background, checkout.Platform, checkout.Programme)
	if err != nil {
		return err
	}
	o := out{b: make([]byte, 0, 4096)}
	o.begin()
	o.text("id", checkout.ID)
	o.maybe("url", link)
	o.text("status", string(checkout.Status))
	o.text("customer", checkout.Customer)
	o.text("programme", checkout.Programme)
	o.text("account", checkout.Account)
	o.amount("amount", order.Amount)
	o.text("currency", string(order.Currency))
	o.text("scene", order.Scene)
	o.text("merchant", order.Merchant)
	o.text("order", checkout.Order)
	o.maybe("description", order.Description)
	o.text("return_url", order.Return)
	o.maybe("cancel_url", order.Cancel)
	o.instant("expires_at", checkout.Expires)
	o.means(order.Means, programme.Names.Programme)
	if checkout.Status.Undecided() {
		if err := c.payLater(&o, checkout, &order); err != nil {
			return err
		}
	}
	o.maybe("chosen", checkout.Chosen)
	o.maybe("authorisation", checkout.Authorisation)
	o.maybe("plan", checkout.Plan)
	if len(checkout.Reasons) > 0 {
		o.text("decline_reason", checkout.Reasons[0])
		o.texts("decline_reasons", checkout.Reasons)
	}
	o.end()
	c.json(status, o.b)
	return nil
}

// means writes all means of payment. None is selected: nobody chooses for the customer.
func (o *out) means(list []means, programme catalogue.Label) {
	o.list("means")
	for _, m := range list {
		names := m.Names
		if m.ID == payLater {
			names = programme
		}
		o.begin()
		o.text("id", m.ID)
		o.twice("names", names)
		o.bool("credit", m.ID == payLater)
		o.bool("selected", false)
		o.end()
	}
	o.endList()
}

// payLater writes what pay-later would be for the order: what stands against it, and
// what it costs by each plan.
func (c *call) payLater(o *out, checkout *session.Checkout, order *said) error {
	id, opened, reading := credit.ID(checkout.Account), false, 0
	var against []string
	wanted := credit.Authorise{Amount: order.Amount, Scene: order.Scene, Merchant: order.Merchant, Offset: c.server.offset(), MustAgree: c.server.mustAgree(checkout.Platform)}
	if _, err := c.look(id, func(a *credit.Account, at credit.Moment) {
		opened = a.Terms != nil && !a.Status.Over()
		if !opened {
			return
		}
		reading = a.Terms.ReadingSeconds
		for _, reason := range a.DeclinedFor(wanted, at) {
			against = append(against, string(reason))
		}
	}); err != nil && !isNotFound(err) {
		return err
	}
	o.object("pay_later")
	switch {
	case !opened:
		o.text("status", "not_opened")
	case len(against) > 0:
		o.text("status", "unavailable")
	default:
		o.text("status", "available")
	}
	o.texts("reasons", against)
	if opened && len(against) == 0 {
		o.number("reading_seconds", int64(reading))
		o.name("quotes")
		if err := c.quotes(o, id, &contract.QuoteRequest{Amount: int64(order.Amount), Currency: contract.Currency(order.Currency)}); err != nil {
			return err
		}
	}
	o.end()
	return nil
}
