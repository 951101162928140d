package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

func previewAutopay(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.AutopayPreviewRequest
	if err := c.read(&body); err != nil {
		return err
	}
	if err := c.boundTo(id, body.Source); err != nil {
		return err
	}
	return c.show(id, func(o *out, a *credit.Account, at credit.Moment) {
		would := *a
		would.Autopay = &credit.Autopay{Source: body.Source, Since: at.Day}
		text := a.AutopayText(body.Source)
		o.begin()
		o.id("account", a.ID)
		o.text("source", body.Source)
		o.number("reading_seconds", int64(a.Terms.ReadingSeconds))
		o.debitDays(&would)
		o.object("text")
		o.text("document", text.Name)
		o.number("version", int64(text.Version))
		o.text("hash", text.Hash)
		o.end()
		o.end()
	})
}

func setAutopay(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.AutopayRequest
	if err := c.read(&body); err != nil {
		return err
	}
	if err := c.boundTo(id, body.Source); err != nil {
		return err
	}
	v := &body.Consent
	command := credit.SetAutopay{Source: body.Source, Consent: credit.Consent{
		Person: v.Person, Document: string(v.Document), Version: v.Version, Hash: v.Hash,
		ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
		Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
	}}
	return c.do(id, command, fasthttp.StatusCreated, accountAnswer)
}

func cancelAutopay(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.do(id, credit.CancelAutopay{}, fasthttp.StatusOK, accountAnswer)
}

// autopay writes an account's standing instruction and the debits that are on their way.
func (o *out) autopay(a *credit.Account) {
	if p := a.Autopay; p != nil {
		o.object("autopay")
		o.id("id", a.ID.Part(credit.PrefixAutopay, p.Number))
		o.text("source", p.Source)
		o.date("since", p.Since)
		o.debitDays(a)
		o.end()
	}
	pending := a.PendingDebits()
	if len(pending) == 0 {
		return
	}
	o.list("pending_debits")
	for i := range pending {
		o.debit(a.ID, a.Terms.Currency, &pending[i])
	}
	o.endList()
}

// debitDays writes on which days an account is debited, and what comes next.
func (o *out) debitDays(a *credit.Account) {
	o.numbers("debit_days", a.Terms.DebitDays())
	if next := a.NextDebit(); next.On != 0 {
		o.object("next_debit")
		o.date("due_on", next.On)
		o.amount("amount", next.Amount)
		o.end()
	}
}

func (o *out) debit(account credit.ID, currency money.Currency, d *credit.Debit) {
	o.begin()
	o.debitMembers(account, currency, d)
	o.end()
}

func (o *out) debitMembers(account credit.ID, currency money.Currency, d *credit.Debit) {
	o.id("id", account.Part(credit.PrefixDebit, d.Number))
	o.id("account", account)
	switch d.Purpose {
	case credit.StatementDebit:
		o.text("purpose", "autopay")
		o.id("statement", account.Part(credit.PrefixStatement, d.Statement))
		o.number("attempt", int64(d.Attempt))
	default:
		o.text("purpose", string(d.Purpose))
		if d.Purchase != 0 {
			o.id("purchase", account.Part(credit.PrefixPurchase, d.Purchase))
		}
		o.maybe("quote", d.Quote)
	}
	o.amount("amount", d.Amount)
	o.text("currency", string(currency))
	o.text("source", d.Source)
	o.text("status", string(d.Status))
	o.date("requested_on", d.On)
	o.date("decided_on", d.Decided)
	if d.Repayment != 0 {
		o.id("repayment", account.Part(credit.PrefixRepayment, d.Repayment))
	}
	if d.Lapsed {
		o.bool("quote_lapsed", true)
	}
	o.maybe("reason", d.Reason)
}

func listDebits(c *call) error {
	return list(c, c.server.tables.Debits, func(r *view.Debit) int64 { return r.Number }, debitRow)
}

func debitRow(o *out, a owned, r *view.Debit) error {
	o.debit(r.Account, a.currency, debitOf(r))
	return nil
}

// debitOf is a debit as its row has it.
func debitOf(r *view.Debit) *credit.Debit {
	return &credit.Debit{
		Number: r.Number, Purpose: r.Purpose, Statement: r.Statement, Purchase: r.Purchase, Quote: r.Quote, Amount: r.Amount, Attempt: int(r.Attempt),
		Source: r.Source, On: r.Day, Status: r.Status, Decided: r.DecidedOn, Repayment: r.Repayment, Lapsed: r.Lapsed, Reason: r.Reason,
	}
}

func settleDebit(c *call) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.decideDebit(func(number int64) credit.Command { return credit.SettleDebit{Debit: number} })
}

func refuseDebit(c *call) error {
	var body contract.DebitRefusalRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.decideDebit(func(number int64) credit.Command { return credit.RefuseDebit{Debit: number, Reason: body.Reason} })
}

func (c *call) decideDebit(command func(int64) credit.Command) error {
	account, number, err := c.part(credit.PrefixDebit, "debit")
	if err != nil {
		return err
	}
	return c.do(account, command(number), fasthttp.StatusOK, func(o *out, a *credit.Account, _ []credit.Event, _ credit.Moment) {
		o.debitOf(a, number)
	})
}
