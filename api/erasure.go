package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// What stands in the way of an erasure, beside the conditions for closing.
const (
	conditionAccountOpen = "account_open"
	conditionReview      = "application_pending"
	remedyClosing        = "closing"
	remedyReview         = "review"
)

// eraseCustomer destroys the key of the person that a customer is: at once when they
// never had a contract, and otherwise when the law lets it be.
func eraseCustomer(c *call) error {
	customer, err := c.customer()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	var unmet []credit.Unmet
	var ended calendar.Date
	var accounts []credit.ID
	err = c.eachAccount(customer, func(a *credit.Account, at credit.Moment) {
		if p := a.Application; p != nil && p.Decision == credit.Referred {
			unmet = append(unmet, credit.Unmet{Condition: conditionReview, Date: p.On, Reference: a.ID.Part(credit.PrefixApplication, p.Number), Remedy: remedyReview})
		}
		if a.Terms == nil {
			return
		}
		accounts = append(accounts, a.ID)
		if !a.Status.Over() {
			unmet = append(unmet, credit.Unmet{Condition: conditionAccountOpen, Date: a.OpenedOn, Reference: a.ID, Remedy: remedyClosing})
		}
		unmet = append(unmet, a.Obstacles(at.Day)...)
		ended = max(ended, a.ClosedOn)
	})
	if err != nil {
		return err
	}
	if len(unmet) > 0 {
		return &problem{kind: kindPersonInUse, unmet: unmet}
	}
	on := c.server.desk.Today().Day
	if ended != 0 {
		on = max(on, ended+c.server.retention)
	}
	e, err := c.server.vault.Erase(background, c.caller.Platform, customer, on)
	if err != nil {
		return asPerson(err)
	}
	for _, id := range accounts { // what cards they had, no law wants kept
		if err := c.server.sources.Forget(background, string(id)); err != nil {
			return err
		}
	}
	var o out
	o.begin()
	o.text("id", e.Person)
	o.text("customer", customer)
	if e.Erased.IsZero() {
		o.text("status", "scheduled")
		o.date("erase_on", e.EraseOn)
	} else {
		o.text("status", "erased")
		o.instant("erased_at", e.Erased)
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// eachAccount shows every account that a customer has or had, and whoever applied in vain.
func (c *call) eachAccount(customer string, show func(a *credit.Account, at credit.Moment)) error {
	for _, v := range c.server.catalogue.Programmes(background, c.caller.Platform) {
		_, err := c.look(credit.AccountID(c.caller.Platform, v.Programme, customer), show)
		if err != nil && !isNotFound(err) {
			return err
		}
	}
	return nil
}
