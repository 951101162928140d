package api

import (
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/fork"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// tellAgain answers what would be different under another rule. It changes nothing.
func tellAgain(c *call) error {
	var body contract.ForkRequest
	if err := c.read(&body); err != nil {
		return err
	}
	ask := fork.Ask{
		Account: credit.ID(body.Account), Filter: view.Filter{Platform: c.caller.Platform, Programme: body.Programme},
		From: body.From, Position: body.Position, Until: c.server.desk.Today().Day, Rules: fork.Rules{}, Most: body.Most,
	}
	if body.Account != "" {
		account, err := c.asAccount(body.Account)
		if err != nil {
			return err
		}
		if _, err := c.look(account, func(*credit.Account, credit.Moment) {}); err != nil {
			return asWhat(err, "account")
		}
	}
	for _, assignment := range body.Set {
		if err := ask.Rules.Set(assignment); err != nil {
			return parameterProblem(kindInvalidRequest, "set", err.Error())
		}
	}
	if err := c.server.seen.wait(background, c.server.tables); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	r, err := fork.Run(background, c.server.tables, ask, nil)
	if errors.Is(err, fork.ErrAsk) {
		return &problem{kind: kindInvalidRequest, detail: err.Error()}
	}
	if err != nil {
		return err
	}
	var o out
	o.fork(r)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (o *out) fork(r *fork.Report) {
	o.begin()
	o.date("from", r.From)
	o.date("until", r.Until)
	o.number("accounts", int64(r.Accounts))
	o.number("changed", int64(r.Changed))
	o.number("failed", int64(r.Failures))
	o.list("failures")
	for _, f := range r.Failed {
		o.begin()
		o.id("account", f.Account)
		o.text("detail", f.Says)
		o.end()
	}
	o.endList()
	o.list("currencies")
	for i := range r.Currencies {
		c := &r.Currencies[i]
		o.begin()
		o.text("currency", string(c.Currency))
		o.forkTotals("was", &c.Was)
		o.forkTotals("would_be", &c.Is)
		o.list("ledger")
		for _, class := range c.Classes {
			o.begin()
			o.text("class", string(class.Class))
			o.wouldBe(class.Was, class.Is)
			o.end()
		}
		o.endList()
		o.end()
	}
	o.endList()
	o.list("differences")
	for i := range r.Differences {
		d := &r.Differences[i]
		o.begin()
		o.id("account", d.Account)
		o.text("currency", string(d.Currency))
		o.forkTotals("was", &d.Was)
		o.forkTotals("would_be", &d.Is)
		o.number("requests_refused", int64(d.Dropped))
		o.list("statements")
		for _, b := range d.Bills {
			o.begin()
			o.date("statement_on", b.Date)
			o.forkBill("was", &b.Was)
			o.forkBill("would_be", &b.Is)
			o.end()
		}
		o.endList()
		o.end()
	}
	o.endList()
	o.end()
}

func (o *out) wouldBe(was, is money.Amount) {
	o.amount("was", was)
	o.amount("would_be", is)
}

func (o *out) forkTotals(name string, t *fork.Totals) {
	o.object(name)
	o.number("statements", int64(t.Bills))
	o.amount("billed", t.Billed)
	o.amount("interest", t.Interest)
	o.amount("fee", t.Fees)
	o.amount("penalty", t.Penalty)
	o.amount("paid", t.Paid)
	o.amount("owed", t.Owed)
	o.amount("overdue", t.Overdue)
	o.amount("credit_balance", t.CreditBalance)
	o.end()
}

func (o *out) forkBill(name string, b *fork.Charged) {
	o.object(name)
	o.date("due_on", b.Due)
	o.amount("total", b.Total)
	o.amount("interest", b.Interest)
	o.amount("fee", b.Fee)
	o.amount("penalty", b.Penalty)
	o.end()
}
