package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// settled is which purchase of an account an early repayment is for; "" is all that is owed.
func settled(account credit.ID, purchase string) (int64, error) {
	if purchase == "" {
		return 0, nil
	}
	owner, number, ok := credit.ID(purchase).Owner(credit.PrefixPurchase)
	if !ok || owner != account {
		return 0, missing("purchase")
	}
	return number, nil
}

func quoteEarlyRepayment(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.EarlyRepaymentQuoteRequest
	if err := c.read(&body); err != nil {
		return err
	}
	purchase, err := settled(id, body.Purchase)
	if err != nil {
		return err
	}
	var refusal error
	var o out
	if _, err := c.look(id, func(a *credit.Account, at credit.Moment) {
		if a.Terms == nil {
			refusal = missing("account")
			return
		}
		q, err := c.server.leaving(a, at.Day).EarlyQuote(purchase, at.Day)
		if refusal = err; err == nil {
			o.earlyQuote(a, &q)
		}
	}); err != nil {
		return err
	}
	if refusal != nil {
		return refusal
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (o *out) earlyQuote(a *credit.Account, q *credit.EarlyQuote) {
	o.begin()
	o.id("account", a.ID)
	if q.Purchase != 0 {
		o.id("purchase", a.ID.Part(credit.PrefixPurchase, q.Purchase))
	}
	o.date("as_of", q.Day)
	o.date("holds_until", q.HoldsUntil)
	o.text("currency", string(a.Terms.Currency))
	o.amount("total", q.Total)
	o.amount("from_credit_balance", q.FromCredit)
	o.amount("amount", q.Sum)
	o.amount("saved", q.Saved)
	o.text("quote", q.Token)
	o.list("parts")
	waived := q.Waived
	for _, s := range q.Shares {
		// Both stand in the order of the instalments; one that is waived whole has no share.
		for len(waived) > 0 && s.Statement == 0 && before(waived[0], s) {
			o.earlyPart(a.ID, credit.Share{Purchase: waived[0].Purchase, Instalment: waived[0].Instalment}, waived[0])
			waived = waived[1:]
		}
		var w credit.Waiver
		if len(waived) > 0 && s.Statement == 0 && waived[0].Purchase == s.Purchase && waived[0].Instalment == s.Instalment {
			w, waived = waived[0], waived[1:]
		}
		o.earlyPart(a.ID, s, w)
	}
	for _, w := range waived {
		o.earlyPart(a.ID, credit.Share{Purchase: w.Purchase, Instalment: w.Instalment}, w)
	}
	o.endList()
	o.end()
}

// before says whether a waiver is of an instalment before a share's.
func before(w credit.Waiver, s credit.Share) bool {
	return w.Purchase < s.Purchase || w.Purchase == s.Purchase && w.Instalment < s.Instalment
}

func (o *out) earlyPart(account credit.ID, s credit.Share, w credit.Waiver) {
	o.begin()
	o.shareMembers(account, s)
	o.amount("waived", w.Interest+w.Fee)
	o.end()
}

func repayEarly(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.EarlyRepaymentRequest
	if err := c.read(&body); err != nil {
		return err
	}
	if c.principal != nil && body.Amount != 0 {
		// A customer can't say that money came. What the credit balance pays needs none.
		return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/amount", detail: "is 0, or it is asked for as a debit"}}}
	}
	purchase, err := settled(id, body.Purchase)
	if err != nil {
		return err
	}
	asks, _ := c.server.catalogue.Asking(c.caller.Platform, c.server.desk.Today().Day)
	command := credit.EarlyRepay{
		Asks:     asks,
		Purchase: purchase, Amount: money.Amount(body.Amount), Currency: money.Currency(body.Currency), Source: body.Source, Quote: body.Quote,
	}
	return c.do(id, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.EarlyRepaymentReceived); ok {
				r := repayment{
					account: a.ID, number: e.Number, amount: e.Amount, currency: a.Terms.Currency, source: e.Source, on: at.Day, shares: e.Shares,
					early: true, fromCredit: e.FromCredit,
				}
				for _, w := range e.Waived {
					r.waived += w.Interest + w.Fee
				}
				o.begin()
				o.repaymentMembers(&r)
				o.statementsPaid(a.ID, events)
				o.end()
			}
		}
	})
}
