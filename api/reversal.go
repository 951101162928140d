package api

import (
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
)

// reverseRepayment takes a bounced repayment back. The whole history is read first,
// so that the lane only tells it again; if anything happened meanwhile, once more.
func reverseRepayment(c *call) error {
	account, number, err := c.part(credit.PrefixRepayment, "repayment")
	if err != nil {
		return err
	}
	var body contract.ReversalRequest
	if err := c.read(&body); err != nil {
		return err
	}
	const tries = 5
	for range tries {
		position, err := c.look(account, func(*credit.Account, credit.Moment) {})
		if err != nil {
			return asWhat(err, "repayment")
		}
		read, err := c.server.tables.Facts(background, account)
		if err != nil {
			return err
		}
		history := make([]credit.Fact, len(read))
		for i := range read {
			history[i] = read[i].Fact
		}
		command := credit.ReverseRepayment{Repayment: number, Reference: body.Reference, History: history}
		if err := c.doAt(account, position, command, fasthttp.StatusCreated, reversalAnswer); !errors.Is(err, servicing.ErrMoved) {
			return err
		}
	}
	return servicing.ErrMoved
}

func reversalAnswer(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
	for _, e := range events {
		e, ok := e.(credit.RepaymentReversed)
		if !ok {
			continue
		}
		o.begin()
		o.id("id", a.ID.Part(credit.PrefixReversal, e.Number))
		o.id("account", a.ID)
		o.id("repayment", a.ID.Part(credit.PrefixRepayment, e.Repayment))
		o.amount("amount", e.Amount)
		o.text("currency", string(a.Terms.Currency))
		o.text("reference", e.Reference)
		o.date("reversed_on", at.Day)
		penalty := money.Amount(0)
		for _, p := range e.Penalties {
			penalty += p.Amount
		}
		o.amount("penalty", penalty)
		o.list("statements_reopened")
		for _, r := range e.Reopened {
			if r.Paid != 0 {
				continue // nothing is open of it
			}
			o.begin()
			o.id("statement", a.ID.Part(credit.PrefixStatement, r.Statement))
			o.date("overdue_since", r.Overdue)
			o.end()
		}
		o.endList()
		if e.Owed != nil {
			o.object("restitution")
			o.id("purchase", a.ID.Part(credit.PrefixPurchase, e.Owed.Number))
			o.amount("amount", e.Owed.Amount)
			o.date("statement_on", e.Owed.On)
			o.end()
		}
		o.amount("owed", a.Owed())
		o.end()
	}
}
