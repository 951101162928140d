package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func repay(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.RepaymentRequest
	if err := c.read(&body); err != nil {
		return err
	}
	command := credit.Repay{Amount: money.Amount(body.Amount), Currency: money.Currency(body.Currency), Source: body.Source}
	return c.do(id, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.RepaymentReceived); ok {
				o.begin()
				o.repaymentMembers(&repayment{account: a.ID, number: e.Number, amount: e.Amount, credited: e.Credit, currency: a.Terms.Currency, source: e.Source, on: at.Day, shares: e.Shares})
				o.statementsPaid(a.ID, events)
				o.end()
			}
		}
	})
}

// repayment is what is told of one, live or from the tables.
type repayment struct {
	account            credit.ID
	number             int64
	amount, credited   money.Amount
	currency           money.Currency
	source             string
	on, reversed       calendar.Date
	shares             []credit.Share
	early              bool
	fromCredit, waived money.Amount // of an early one
}

func (o *out) repaymentMembers(r *repayment) {
	o.id("id", r.account.Part(credit.PrefixRepayment, r.number))
	o.id("account", r.account)
	o.amount("amount", r.amount)
	o.text("currency", string(r.currency))
	o.text("source", r.source)
	o.date("received_on", r.on)
	o.date("reversed_on", r.reversed)
	o.amount("credited", r.credited)
	if r.early {
		o.bool("early", true)
		o.amount("from_credit_balance", r.fromCredit)
		o.amount("waived", r.waived)
	}
	o.list("shares")
	for _, s := range r.shares {
		o.begin()
		o.shareMembers(r.account, s)
		o.end()
	}
	o.endList()
}

func (o *out) shareMembers(account credit.ID, s credit.Share) {
	if s.Statement != 0 {
		o.id("statement", account.Part(credit.PrefixStatement, s.Statement))
	}
	if s.Purchase != 0 {
		o.id("purchase", account.Part(credit.PrefixPurchase, s.Purchase))
		o.number("instalment", int64(s.Instalment))
	}
	o.amount("penalty", s.Penalty)
	o.amount("fee", s.Fee)
	o.amount("interest", s.Interest)
	o.amount("principal", s.Principal)
	if s.ChargedOff {
		o.bool("charged_off", true)
	}
}

func returnCreditBalance(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.CreditBalanceReturnRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.ReturnCredit{Reference: body.Reference}, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.CreditReturned); ok {
				o.begin()
				o.id("id", a.ID.Part(credit.PrefixReturn, e.Number))
				o.id("account", a.ID)
				o.amount("amount", e.Amount)
				o.text("currency", string(a.Terms.Currency))
				o.text("reference", e.Reference)
				o.date("returned_on", at.Day)
				o.end()
			}
		}
	})
}
