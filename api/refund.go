package api

import (
	"fmt"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

func refund(c *call) error {
	account, command, err := c.refundCommand()
	if err != nil {
		return err
	}
	return c.do(account, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		o.refund(&refundEntry{account: a.ID, currency: a.Terms.Currency, day: at.Day, events: events})
	})
}

// previewRefund tells what the refund would do, by doing it to a copy of the account.
func previewRefund(c *call) error {
	account, command, err := c.refundCommand()
	if err != nil {
		return err
	}
	var o out
	var refused error
	if _, err := c.look(account, func(a *credit.Account, at credit.Moment) {
		events, err := wire.Try(a, command, at)
		if err != nil {
			refused = err
			return
		}
		o.refund(&refundEntry{account: a.ID, currency: a.Terms.Currency, day: at.Day, events: events, preview: true})
	}); err != nil {
		return asWhat(err, "purchase")
	}
	if refused != nil {
		return refused
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (c *call) refundCommand() (account credit.ID, command credit.Refund, err error) {
	account, number, err := c.part(credit.PrefixPurchase, "purchase")
	if err != nil {
		return account, command, err
	}
	var body contract.RefundRequest
	if err := c.read(&body); err != nil {
		return account, command, err
	}
	return account, credit.Refund{Purchase: number, Amount: money.Amount(body.Amount)}, nil
}

func getRefund(c *call) error {
	return one(c, credit.PrefixRefund, "refund", c.server.tables.Refund, c.server.refundRow)
}

func listRefunds(c *call) error {
	return list(c, c.server.tables.Refunds, func(r *view.Refund) int64 { return r.Number }, c.server.refundRow)
}

// refundRow tells a refund from its entry in the log, in the very words of its first answer.
func (s *Server) refundRow(o *out, a owned, r *view.Refund) error {
	entries, err := s.tables.History(background, r.Account, r.Position-1, 1)
	if err != nil {
		return err
	}
	if len(entries) != 1 || entries[0].Position != r.Position {
		return fmt.Errorf("the entry of refund %d of %s is not in the log", r.Number, r.Account)
	}
	events, err := wire.DecodeEvents(entries[0].Events)
	if err != nil {
		return fmt.Errorf("refund %d of %s: %w", r.Number, r.Account, err)
	}
	o.refund(&refundEntry{account: r.Account, currency: a.currency, day: r.Day, events: events})
	return nil
}

// refundEntry is what happened together with a refund.
type refundEntry struct {
	account  credit.ID
	currency money.Currency
	day      calendar.Date
	events   []credit.Event
	preview  bool // it has not happened, and so has no id
}

// refund writes where each minor unit of a refund goes.
func (o *out) refund(r *refundEntry) {
	for _, e := range r.events {
		e, ok := e.(credit.PurchaseRefunded)
		if !ok {
			continue
		}
		o.begin()
		if !r.preview {
			o.id("id", r.account.Part(credit.PrefixRefund, e.Number))
		}
		o.id("account", r.account)
		o.id("purchase", r.account.Part(credit.PrefixPurchase, e.Purchase))
		o.amount("amount", e.Amount)
		o.text("currency", string(r.currency))
		o.date("refunded_on", r.day)
		o.amount("credited", e.Credit)
		o.list("cuts")
		for i := range e.Cuts {
			o.cut(r.account, &e.Cuts[i])
		}
		o.endList()
		o.givenBack(e.Cuts)
		o.list("disputes")
		for _, given := range e.Conceded {
			o.begin()
			o.id("dispute", r.account.Part(credit.PrefixDispute, given.Dispute))
			o.amount("amount", given.Amount)
			o.bool("settled", settledBy(r.events, given.Dispute))
			o.end()
		}
		o.endList()
		o.billsPaid(r, e.Credit)
		o.statementsPaid(r.account, r.events)
		o.end()
	}
}

func (o *out) cut(account credit.ID, cut *credit.Cut) {
	o.begin()
	o.number("instalment", int64(cut.Instalment))
	if cut.Statement != 0 {
		o.id("statement", account.Part(credit.PrefixStatement, cut.Statement))
	}
	if cut.Dispute != 0 {
		o.id("dispute", account.Part(credit.PrefixDispute, cut.Dispute))
	}
	o.costs(cut.Principal, cut.Interest, cut.Fee)
	o.object("before")
	o.costs(cut.Principal+cut.PrincipalLeft, cut.Interest+cut.InterestLeft, cut.Fee+cut.FeeLeft)
	o.end()
	o.object("after")
	o.costs(cut.PrincipalLeft, cut.InterestLeft, cut.FeeLeft)
	o.end()
	o.list("subsidies")
	for _, b := range cut.Borne {
		o.borne(string(b.Bearer), b.Amount)
	}
	o.endList()
	o.end()
}

func (o *out) borne(bearer string, amount money.Amount) {
	o.begin()
	o.text("bearer", bearer)
	o.amount("amount", amount)
	o.end()
}

// givenBack adds up what each bearer of a subsidy, and each funder, has less of the purchase.
func (o *out) givenBack(cuts []credit.Cut) {
	var bearers, funders sums
	for _, cut := range cuts {
		for _, b := range cut.Borne {
			bearers.add(string(b.Bearer), b.Amount)
		}
		for _, part := range cut.Funders {
			funders.add(part.Funder, part.Principal)
		}
	}
	o.list("subsidies")
	for _, s := range bearers {
		o.borne(s.of, s.amount)
	}
	o.endList()
	o.list("funders")
	for _, s := range funders {
		o.begin()
		o.text("funder", s.of)
		o.amount("principal", s.amount)
		o.end()
	}
	o.endList()
}

// sums are amounts by name, in the order in which the names came.
type sums []struct {
	of     string
	amount money.Amount
}

func (s *sums) add(of string, amount money.Amount) {
	for i := range *s {
		if (*s)[i].of == of {
			(*s)[i].amount += amount
			return
		}
	}
	*s = append(*s, struct {
		of     string
		amount money.Amount
	}{of, amount})
}

// billsPaid tells which other bills the money paid that went to the credit balance, and
// what of it stays there.
func (o *out) billsPaid(r *refundEntry, credited money.Amount) {
	var bills sums
	for _, e := range r.events {
		if e, ok := e.(credit.CreditUsed); ok {
			for _, s := range e.Shares {
				bills.add(string(r.account.Part(credit.PrefixStatement, s.Statement)), s.Penalty+s.Fee+s.Interest+s.Principal)
			}
		}
	}
	o.list("bills_paid")
	for _, s := range bills {
		o.begin()
		o.text("statement", s.of)
		o.amount("amount", s.amount)
		o.end()
		credited -= s.amount
	}
	o.endList()
	o.amount("kept", credited)
}

func settledBy(events []credit.Event, dispute int64) bool {
	for _, e := range events {
		if e, ok := e.(credit.DisputeSettled); ok && e.Dispute == dispute {
			return true
		}
	}
	return false
}
