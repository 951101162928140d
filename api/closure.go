package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

func getClosingConditions(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	return c.show(id, func(o *out, a *credit.Account, at credit.Moment) {
		a = c.server.leaving(a, at.Day)
		unmet := a.Obstacles(at.Day)
		o.begin()
		o.id("account", a.ID)
		o.date("as_of", at.Day)
		o.bool("clear", len(unmet) == 0)
		o.text("currency", string(a.Terms.Currency))
		o.unmet("unmet", unmet)
		if q, err := a.EarlyQuote(0, at.Day); err == nil {
			o.object("settlement")
			o.amount("amount", q.Sum)
			o.amount("from_credit_balance", q.FromCredit)
			o.amount("saved", q.Saved)
			o.date("holds_until", q.HoldsUntil)
			o.text("quote", q.Token)
			o.end()
		}
		o.end()
	})
}

func requestClosure(c *call) error        { return c.leave(credit.Close) }
func requestDeregistration(c *call) error { return c.leave(credit.Deregister) }

func (c *call) leave(kind credit.ClosureKind) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.do(id, credit.RequestClosure{Kind: kind}, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.ClosureRequested); ok {
				o.begin()
				o.closureMembers(a, e.Number, e.Kind, statusRequested, at)
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
	// The kind is part of what is told, and known before it is decided: see Closure.
	kind := credit.Close
	if _, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		if a.Closure != nil {
			kind = a.Closure.Kind
		}
	}); err != nil {
		return asWhat(err, "request to close")
	}
	return c.do(account, command(number), fasthttp.StatusOK, func(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) {
		o.begin()
		o.closureMembers(a, number, kind, status, at)
		o.maybe("reason", reason)
		o.end()
	})
}

func (o *out) closureMembers(a *credit.Account, number int64, kind credit.ClosureKind, status string, at credit.Moment) {
	o.id("id", a.ID.Part(credit.PrefixClosure, number))
	o.id("account", a.ID)
	o.text("kind", closureKind(kind))
	o.text("status", status)
	o.date("decided_on", at.Day)
}

func closureKind(k credit.ClosureKind) string {
	if k == credit.Close {
		return "close"
	}
	return string(k)
}

func listClosures(c *call) error {
	return list(c, c.server.tables.Closures, func(r *view.Closure) int64 { return r.Number }, closureRow)
}

func getClosure(c *call) error {
	return one(c, credit.PrefixClosure, "request to close", c.server.tables.Closure, closureRow)
}

func closureRow(o *out, _ owned, r *view.Closure) error {
	o.begin()
	o.id("id", r.Account.Part(credit.PrefixClosure, r.Number))
	o.id("account", r.Account)
	o.text("kind", r.Kind)
	o.text("status", r.Status)
	o.date("decided_on", max(r.RequestedOn, r.DecidedOn))
	o.date("review_by", r.ReviewBy)
	o.bool("breached", r.Breached)
	o.maybe("reason", r.Reason)
	o.end()
	return nil
}
