package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

func capture(c *call) error {
	account, number, err := c.part(credit.PrefixHold, "authorisation")
	if err != nil {
		return err
	}
	var body contract.CaptureRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(account, credit.Capture{Hold: number, Amount: money.Amount(body.Amount), Final: body.Final}, fasthttp.StatusCreated, captureAnswer)
}

func captureAnswer(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
	for _, e := range events {
		e, ok := e.(credit.PurchaseCaptured)
		if !ok {
			continue
		}
		p := purchase{
			account: a.ID, number: e.Number, authorisation: e.Hold, amount: e.Amount, currency: a.Terms.Currency,
			merchant: e.Merchant, plan: e.Plan.ID, on: at.Day,
		}
		for i, part := range e.Parts {
			p.instalments = append(p.instalments, planned(i+1, part))
		}
		for _, f := range e.Funding {
			p.funders = append(p.funders, view.Funding{Funder: f.Funder, Share: int64(f.Share), Principal: f.Principal, Claim: f.Principal})
		}
		o.purchase(&p)
	}
}

// purchase is what is told of one, live or from the tables.
type purchase struct {
	account               credit.ID
	number, authorisation int64
	amount, refunded      money.Amount
	currency              money.Currency
	merchant, plan        string
	on, chargedOff        calendar.Date
	instalments           []instalment
	funders               []view.Funding
}

type instalment struct {
	credit.Part
	number     int
	of         int       // the one of the plan that it is a late part of
	statement  credit.ID // empty until it is billed
	subsidised money.Amount
	conversion credit.ID    // empty: of the purchase's own plan
	early      money.Amount // paid before it was billed
}

func (o *out) purchase(p *purchase) {
	o.begin()
	o.id("id", p.account.Part(credit.PrefixPurchase, p.number))
	o.id("account", p.account)
	o.id("authorisation", p.account.Part(credit.PrefixHold, p.authorisation))
	o.amount("amount", p.amount)
	o.text("currency", string(p.currency))
	o.amount("refunded", p.refunded)
	o.text("merchant", p.merchant)
	o.text("plan", p.plan)
	o.date("captured_on", p.on)
	o.date("charged_off_on", p.chargedOff)
	o.list("instalments")
	for i := range p.instalments {
		o.instalment(&p.instalments[i])
	}
	o.endList()
	o.list("funders")
	for i := range p.funders {
		f := &p.funders[i]
		o.begin()
		o.text("funder", f.Funder)
		o.number("share", f.Share)
		o.amount("principal", f.Principal)
		o.amount("claim", f.Claim)
		o.amount("collected", f.Collected)
		o.end()
	}
	o.endList()
	o.end()
}

// planned is an instalment as a plan lays it out.
func planned(number int, part credit.Part) instalment {
	in := instalment{number: number, Part: part}
	for _, b := range part.Borne {
		in.subsidised += b.Amount
	}
	return in
}

func (o *out) instalment(in *instalment) {
	o.begin()
	o.number("number", int64(in.number))
	if in.of != 0 {
		o.number("late_part_of", int64(in.of))
	}
	o.date("statement_on", in.On)
	o.maybe("statement", string(in.statement))
	o.costs(in.Principal, in.Interest, in.Fee)
	o.amount("amount", in.Sum())
	o.amount("subsidised", in.subsidised)
	if in.early > 0 {
		o.amount("repaid_early", in.early)
	}
	o.maybe("conversion", string(in.conversion))
	o.end()
}

func (o *out) costs(principal, interest, fee money.Amount) {
	o.amount("principal", principal)
	o.amount("interest", interest)
	o.amount("fee", fee)
}

// statementsPaid lists the statements that nothing is owed on any more.
func (o *out) statementsPaid(account credit.ID, events []credit.Event) {
	o.list("statements_paid")
	for _, e := range events {
		if e, ok := e.(credit.StatementPaid); ok {
			o.comma()
			o.quote(string(account.Part(credit.PrefixStatement, e.Statement)))
		}
	}
	o.endList()
}
