package api

import (
	"errors"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/explain"
	"github.com/yuefu/yuefu/money"
)

// explainStatement tells a bill as a story: each line, the events that it comes
// from, the rule and its source.
func explainStatement(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	asked, err := c.queryText("statement", 64)
	if err != nil {
		return err
	}
	account, number, ok := credit.ID(asked).Owner(credit.PrefixStatement)
	if !ok || account != id {
		return missing("statement")
	}
	var today calendar.Date
	if _, err := c.look(id, func(_ *credit.Account, at credit.Moment) { today = at.Day }); err != nil {
		return err
	}
	read, err := c.server.tables.Facts(background, id)
	if err != nil {
		return err
	}
	history := make([]explain.Fact, len(read))
	for i := range read {
		history[i] = explain.Fact(read[i])
	}
	bill, err := explain.Tell(id, history, number, today)
	if errors.Is(err, explain.ErrNoStatement) {
		return missing("statement")
	}
	if err != nil {
		return err
	}
	var o out
	o.bill(id, &bill)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (o *out) bill(id credit.ID, b *explain.Bill) {
	o.begin()
	o.id("account", id)
	o.id("statement", id.Part(credit.PrefixStatement, b.Statement))
	o.date("statement_on", b.Date)
	o.date("due_on", b.Due)
	o.text("currency", string(b.Currency))
	o.amount("total", b.Total)
	o.amount("remaining", b.Remaining)
	o.list("lines")
	for i := range b.Lines {
		l := &b.Lines[i]
		o.begin()
		o.id("purchase", id.Part(credit.PrefixPurchase, l.Purchase))
		o.number("instalment", int64(l.Instalment))
		o.number("periods", int64(l.Periods))
		o.text("merchant", l.Merchant)
		o.costs(l.Principal, l.Interest, l.Fee)
		o.amount("remaining", remains(l.Steps))
		o.steps(id, l.Steps)
		o.end()
	}
	o.endList()
	o.object("statement_itself")
	o.amount("remaining", remains(b.Own))
	o.steps(id, b.Own)
	o.end()
	o.list("rules")
	for _, r := range b.Rules {
		o.begin()
		o.text("id", r.ID)
		o.label("text", r.Text)
		o.label("source", r.Source)
		o.end()
	}
	o.endList()
	o.end()
}

func remains(steps []explain.Step) (sum money.Amount) {
	for _, s := range steps {
		sum += s.Amount
	}
	return sum
}

func (o *out) steps(id credit.ID, steps []explain.Step) {
	o.list("steps")
	for _, s := range steps {
		o.begin()
		if s.Event != "" {
			o.text("event", "evt_"+strings.TrimPrefix(string(id), "acc_")+"_"+strconv.FormatInt(s.Position, 10)+"-"+strconv.Itoa(s.Number))
			o.text("type", s.Event)
		}
		o.date("on", s.On)
		o.amount("amount", s.Amount)
		o.label("text", s.Text)
		o.text("rule", s.Rule)
		o.end()
	}
	o.endList()
}

func (o *out) label(name string, t explain.Text) {
	o.object(name)
	o.text("zh", t.ZH)
	o.text("en", t.EN)
	o.end()
}
