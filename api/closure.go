package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
)

func getClosingConditions(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	return c.show(id, func(o *out, a *credit.Account, at credit.Moment) {
		unmet := a.Obstacles(at.Day)
		o.begin()
		o.id("account", a.ID)
		o.date("as_of", at.Day)
		o.bool("clear", len(unmet) == 0)
		o.text("currency", string(a.Terms.Currency))
		o.unmet("unmet", unmet)
		o.end()
	})
}

func requestClosure(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.do(id, credit.RequestClosure{}, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.ClosureRequested); ok {
				o.begin()
				o.closureMembers(a, e.Number, statusRequested, at)
				o.date("review_by", e.ReviewBy)
				o.end()
			}
		}
	})
}

func approveClosure(c *call) error {
	return c.decideClosure(statusApproved, func(number int64) credit.Command {
		return credit.ApproveClosure{Closure: number, Reviewer: c.caller.KeyID}
	})
}

func refuseClosure(c *call) error {
	var body contract.ClosureRefusalRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.closureTo(statusRefused, body.Reason, func(number int64) credit.Command {
		return credit.RefuseClosure{Closure: number, Reviewer: c.caller.KeyID, Reason: body.Reason}
	})
}

func withdrawClosure(c *call) error {
	return c.decideClosure(statusWithdrawn, func(number int64) credit.Command {
		return credit.WithdrawClosure{Closure: number}
	})
}

// decideClosure carries out a decision that has no body.
func (c *call) decideClosure(status string, command func(int64) credit.Command) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.closureTo(status, "", command)
}

func (c *call) closureTo(status, reason string, command func(int64) credit.Command) error {
	account, number, err := c.part(credit.PrefixClosure, "request to close")
	if err != nil {
		return err
	}
	return c.do(account, command(number), fasthttp.StatusOK, func(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) {
		o.begin()
		o.closureMembers(a, number, status, at)
		o.maybe("reason", reason)
		o.end()
	})
}

func (o *out) closureMembers(a *credit.Account, number int64, status string, at credit.Moment) {
	o.id("id", a.ID.Part(credit.PrefixClosure, number))
	o.id("account", a.ID)
	o.text("status", status)
	o.date("decided_on", at.Day)
}
