package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

func openDispute(c *call) error {
	account, number, err := c.part(credit.PrefixPurchase, "purchase")
	if err != nil {
		return err
	}
	var body contract.DisputeRequest
	if err := c.read(&body); err != nil {
		return err
	}
	command := credit.OpenDispute{Purchase: number, Amount: money.Amount(body.Amount), Reason: credit.DisputeReason(body.Reason)}
	return c.do(account, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.DisputeOpened); ok {
				o.begin()
				o.disputeMembers(&dispute{
					account: a.ID, number: e.Number, purchase: e.Purchase, currency: a.Terms.Currency, status: view.DisputeOpen, reason: e.Reason,
					amount: e.Amount, paid: e.Paid, on: at.Day,
				})
				o.instalmentParts("taken_out", a.ID, e.Parts)
				o.statementsPaid(a.ID, events)
				o.end()
			}
		}
	})
}

func settleDispute(c *call) error {
	var body contract.DisputeSettlementRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.endDispute(func(number int64) credit.Command {
		return credit.SettleDispute{Dispute: number, ForCustomer: body.InFavourOf == "customer", Reviewer: c.caller.KeyID}
	})
}

func withdrawDispute(c *call) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.endDispute(func(number int64) credit.Command { return credit.WithdrawDispute{Dispute: number} })
}

func (c *call) endDispute(command func(int64) credit.Command) error {
	account, number, err := c.part(credit.PrefixDispute, "dispute")
	if err != nil {
		return err
	}
	return c.do(account, command(number), fasthttp.StatusOK, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			e, ok := e.(credit.DisputeSettled)
			if !ok {
				continue
			}
			o.begin()
			o.id("id", a.ID.Part(credit.PrefixDispute, e.Dispute))
			o.id("account", a.ID)
			o.id("purchase", a.ID.Part(credit.PrefixPurchase, e.Purchase))
			o.text("status", string(e.Outcome))
			o.date("settled_on", at.Day)
			o.maybe("reviewer", e.Reviewer)
			o.instalmentParts("restored", a.ID, e.Restored)
			o.instalmentParts("late", a.ID, e.Late)
			if e.Refund != 0 {
				o.name("refund")
				o.refund(&refundEntry{account: a.ID, currency: a.Terms.Currency, day: at.Day, events: events})
			}
			o.end()
		}
	})
}

// dispute is what is told of one, live or from the tables.
type dispute struct {
	account                  credit.ID
	number, purchase, refund int64
	currency                 money.Currency
	status                   string
	reason                   credit.DisputeReason
	amount, paid, refunded   money.Amount
	on, settledOn            calendar.Date
	reviewer                 string
}

func (o *out) disputeMembers(d *dispute) {
	o.id("id", d.account.Part(credit.PrefixDispute, d.number))
	o.id("account", d.account)
	o.id("purchase", d.account.Part(credit.PrefixPurchase, d.purchase))
	o.text("status", d.status)
	o.text("reason", string(d.reason))
	o.amount("amount", d.amount)
	o.text("currency", string(d.currency))
	o.amount("paid", d.paid)
	o.amount("refunded", d.refunded)
	o.date("opened_on", d.on)
	o.date("settled_on", d.settledOn)
	o.maybe("reviewer", d.reviewer)
	if d.refund != 0 {
		o.id("refund", d.account.Part(credit.PrefixRefund, d.refund))
	}
}

// disputes writes what is contested of a live account.
func (o *out) disputes(a *credit.Account) {
	o.amount("contested", a.Contested())
	o.list("disputes")
	for i := range a.Disputes {
		d := &a.Disputes[i]
		o.begin()
		o.id("id", a.ID.Part(credit.PrefixDispute, d.Number))
		o.id("purchase", a.ID.Part(credit.PrefixPurchase, d.Purchase))
		o.text("reason", string(d.Reason))
		o.amount("amount", d.Amount)
		o.amount("paid", d.Paid)
		o.date("opened_on", d.On)
		o.end()
	}
	o.endList()
}

func (o *out) instalmentParts(name string, account credit.ID, parts []credit.Instalment) {
	o.list(name)
	for i := range parts {
		in := &parts[i]
		o.begin()
		o.number("instalment", int64(in.Number))
		if in.Of != 0 {
			o.number("late_part_of", int64(in.Of))
		}
		o.date("statement_on", in.On)
		if in.Statement != 0 {
			o.id("statement", account.Part(credit.PrefixStatement, in.Statement))
		}
		o.costs(in.Principal, in.Interest, in.Fee)
		o.end()
	}
	o.endList()
}

func (s *Server) disputeRow(o *out, a owned, r *view.Dispute) error {
	o.begin()
	o.disputeMembers(&dispute{
		account: r.Account, number: r.Number, purchase: r.Purchase, refund: r.Refund, currency: a.currency, status: r.Status,
		reason: credit.DisputeReason(r.Reason), amount: r.Amount, paid: r.Paid, refunded: r.Refunded, on: r.Day, settledOn: r.SettledOn, reviewer: r.Reviewer,
	})
	o.end()
	return nil
}

func getDispute(c *call) error {
	return one(c, credit.PrefixDispute, "dispute", c.server.tables.Dispute, c.server.disputeRow)
}

func listDisputes(c *call) error {
	return list(c, c.server.tables.Disputes, func(r *view.Dispute) int64 { return r.Number }, c.server.disputeRow)
}
