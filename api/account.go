package api

import (
	"slices"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
)

func getAccount(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	return c.show(id, (*out).account)
}

// account writes a credit line as it is on a day.
func (o *out) account(a *credit.Account, at credit.Moment) {
	o.begin()
	o.accountMembers(a, at)
	o.end()
}

func (o *out) accountMembers(a *credit.Account, at credit.Moment) {
	a = a.AsOf(at.Day) // an answer to a command shows what a look would
	o.id("id", a.ID)
	o.text("customer", a.Customer)
	o.text("programme", a.Terms.Programme)
	o.number("programme_version", int64(a.Terms.Version))
	o.text("status", string(a.Status))
	o.date("as_of", at.Day)
	o.date("opened_on", a.OpenedOn)
	o.date("closed_on", a.ClosedOn)
	o.text("currency", string(a.Terms.Currency))
	o.amount("limit", a.Limit)
	if t := a.Temporary; t != nil {
		o.object("temporary_limit")
		o.amount("amount", t.Amount)
		o.date("last_day", t.LastDay)
		o.end()
	}
	o.amount("held", a.Held())
	o.amount("outstanding", a.Outstanding())
	o.amount("available", a.Available())
	o.amount("owed", a.Owed())
	o.amount("billed", a.Billed())
	o.amount("overdue", a.OverdueAmount())
	o.overdueMembers(a, at.Day)
	o.amount("credit_balance", a.Credit)
	o.choices(a, at.Day)
	o.number("due_day", int64(a.OwnTerms().DueDay))
	o.days("due_days", a.Terms.DueDays)
	o.disputes(a)
	o.bool("can_spend", a.Status == credit.Active && len(a.Blocks) == 0)
	o.list("blocks")
	for _, b := range a.Blocks {
		o.begin()
		o.text("kind", string(b.Kind))
		o.date("since", b.Since)
		o.maybe("note", b.Note)
		o.end()
	}
	o.endList()
	o.coming(a)
	o.nextStatement(a, at.Day)
	o.deferrals(a, at.Day)
	if p := a.Closure; p != nil {
		o.object("closure")
		o.id("id", a.ID.Part(credit.PrefixClosure, p.Number))
		o.text("kind", closureKind(p.Kind))
		o.date("requested_on", p.On)
		o.date("review_by", p.ReviewBy)
		o.bool("breached", p.Breached)
		o.end()
	}
	o.date("apply_again_on", a.ApplyFrom)
	o.autopay(a)
	if o.asked != nil {
		o.agreementPending(a, o.asked(a, at.Day), at.Day)
	}
}

func (o *out) coming(a *credit.Account) {
	o.list("coming")
	for _, due := range a.Coming() {
		o.begin()
		o.date("due_on", due.On)
		o.amount("amount", due.Amount)
		o.end()
	}
	o.endList()
}

// nextStatement writes what the next statement will ask for, if there will be one.
func (o *out) nextStatement(a *credit.Account, day calendar.Date) {
	on := calendar.NextOnDay(day, a.Terms.StatementDay)
	sum := int64(0)
	for i := range a.Purchases {
		for _, in := range a.Purchases[i].Instalments {
			if in.Statement == 0 && in.On <= on {
				sum += int64(in.Principal + in.Interest + in.Fee)
			}
		}
	}
	if sum == 0 {
		return
	}
	o.object("next_statement")
	o.date("statement_on", on)
	o.date("due_on", calendar.NextOnDay(on, a.OwnTerms().DueDay))
	o.number("amount", sum)
	o.end()
}

func addBlock(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.BlockRequest
	if err := c.read(&body); err != nil {
		return err
	}
	kind := credit.BlockKind(body.Kind)
	if err := c.mayBlock(kind); err != nil {
		return err
	}
	return c.do(id, credit.Freeze{Kind: kind, Note: body.Note}, fasthttp.StatusCreated, accountAnswer)
}

func liftBlock(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	kind := credit.BlockKind(c.parameters[1])
	if err := c.mayBlock(kind); err != nil {
		return err
	}
	return c.do(id, credit.Unfreeze{Kind: kind}, fasthttp.StatusOK, accountAnswer)
}

// mayBlock holds blocks by the lender's risk people and by courts to operator keys:
// each kind is lifted by whoever may. Kinds that nobody may touch are credit's to refuse.
func (c *call) mayBlock(kind credit.BlockKind) error {
	byOperators := []credit.BlockKind{credit.BlockRisk, credit.BlockJudicial, credit.BlockDispute}
	if slices.Contains(byOperators, kind) && c.caller.Role != catalogue.OperatorRole || c.principal != nil && kind != credit.BlockCustomer {
		return &problem{kind: kindOperatorKey}
	}
	return nil
}

func accountAnswer(o *out, a *credit.Account, _ []credit.Event, at credit.Moment) { o.account(a, at) }
