package api

import (
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/source"
	"github.com/yuefu/yuefu/view"
)

// requestDebit has the customer repay now, from one of their sources.
func requestDebit(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.DebitRequest
	if err := c.read(&body); err != nil {
		return err
	}
	purchase, err := settled(id, body.Purchase)
	if err != nil {
		return err
	}
	if _, err := c.look(id, func(*credit.Account, credit.Moment) {}); err != nil {
		return err // nobody learns of another's account how debits are carried out
	}
	if c.server.payments == nil {
		return &problem{kind: kindNoPaymentService, detail: "a debit would wait for ever: repay with the platform's own cashier"}
	}
	bound, err := c.server.sources.Has(background, string(id), body.Source)
	if err != nil {
		return err
	}
	asks, _ := c.server.catalogue.Asking(c.caller.Platform, c.server.desk.Today().Day)
	command := credit.RequestDebit{
		Asks:   asks,
		Amount: money.Amount(body.Amount), Currency: money.Currency(body.Currency), Source: body.Source, Quote: body.Quote, Purchase: purchase, Bound: bound,
	}
	return c.do(id, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, _ credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.DebitRequested); ok {
				o.debitOf(a, e.Number)
			}
		}
	})
}

// debitOf writes a debit that an account remembers.
func (o *out) debitOf(a *credit.Account, number int64) {
	for i := range a.Debits {
		if d := &a.Debits[i]; d.Number == number {
			o.debit(a.ID, a.Terms.Currency, d)
		}
	}
}

// getDebit tells one debit, and where its money went.
func getDebit(c *call) error {
	return one(c, credit.PrefixDebit, "debit", c.server.tables.Debit, func(o *out, a owned, r *view.Debit) error {
		o.begin()
		o.debitMembers(r.Account, a.currency, debitOf(r))
		if r.Repayment != 0 {
			repaid, err := c.server.tables.Repayment(background, r.Account.Part(credit.PrefixRepayment, r.Repayment))
			if err != nil {
				return err
			}
			o.name("paid")
			if err := c.server.repaymentRow(o, a, &repaid); err != nil {
				return err
			}
		}
		o.end()
		return nil
	})
}

// boundTo refuses a customer who names a source that is not theirs. A platform, which
// bound it, is believed.
func (c *call) boundTo(id credit.ID, name string) error {
	if c.principal == nil {
		return nil
	}
	bound, err := c.server.sources.Has(background, string(id), name)
	if err == nil && !bound {
		return &credit.Error{Kind: credit.UnknownSource, Field: "source", Detail: "it is not one of the customer's sources"}
	}
	return err
}

func listSources(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if _, err := c.look(id, func(*credit.Account, credit.Moment) {}); err != nil {
		return err
	}
	return c.sources(id)
}

// putSources keeps what the platform tells of a customer's cards and accounts.
func putSources(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.SourcesRequest
	if err := c.read(&body); err != nil {
		return err
	}
	opened := false
	if _, err := c.look(id, func(a *credit.Account, _ credit.Moment) { opened = a.Terms != nil }); err != nil {
		return err
	}
	if !opened {
		return missing("account")
	}
	var list []source.Source
	for _, s := range body.Sources {
		list = append(list, source.Source{Name: s.Source, Label: s.Label})
	}
	if err := c.server.sources.Put(background, string(id), list); errors.Is(err, source.ErrInvalid) {
		return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/sources", detail: err.Error()}}}
	} else if err != nil {
		return err
	}
	return c.sources(id)
}

// sources answers with an account's sources.
func (c *call) sources(id credit.ID) error {
	list, err := c.server.sources.List(background, string(id))
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.id("account", id)
	o.list("data")
	for _, s := range list {
		o.begin()
		o.text("source", s.Name)
		o.text("label", s.Label)
		o.end()
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
