package api

import (
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func getLimitIncrease(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	limit, err := c.queryNumber("limit", 1, int64(money.Max), 0)
	if err != nil {
		return err
	}
	var text credit.Document
	var refused error
	var refusal *credit.Error
	var o out
	opened := false
	if _, err := c.look(id, func(a *credit.Account, _ credit.Moment) {
		if opened = a.Terms != nil; !opened {
			return
		}
		if text, refused = a.LimitIncrease(money.Amount(limit)); refused != nil {
			return
		}
		o.begin()
		o.id("account", a.ID)
		o.text("currency", string(a.Terms.Currency))
		o.amount("limit", a.Limit)
		o.number("raised_to", limit)
		o.number("reading_seconds", int64(a.Terms.ReadingSeconds))
		o.object("text")
		o.text("document", text.Name)
		o.number("version", int64(text.Version))
		o.text("hash", text.Hash)
		o.end()
		o.end()
	}); err != nil {
		return err
	}
	switch {
	case !opened:
		return missing("account")
	case limit == 0:
		return parameterProblem(kindInvalidParameter, "limit", "is missing: to which limit?")
	case errors.As(refused, &refusal) && refusal.Field != "":
		return parameterProblem(string(refusal.Kind), "limit", refusal.Detail)
	case refused != nil:
		return refused
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func changeLimit(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.LimitRequest
	if err := c.read(&body); err != nil {
		return err
	}
	command := credit.ChangeLimit{Limit: money.Amount(body.Limit), Reason: credit.LimitReason(body.Reason), Operator: c.caller.KeyID}
	if v := &body.Consent; v.Document != "" {
		command.Consent = &credit.Consent{
			Person: v.Person, Document: string(v.Document), Version: v.Version, Hash: v.Hash,
			ShownAt: v.ShownAt, AcceptedAt: v.AcceptedAt, Act: v.Act,
			Channel: v.Channel, Language: string(v.Language), ReadSeconds: &v.ReadSeconds, Preselected: &v.Preselected,
		}
	}
	return c.do(id, command, fasthttp.StatusOK, accountAnswer)
}

func lowerLimit(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.LowerLimitRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.LowerLimit{Limit: money.Amount(body.Limit)}, fasthttp.StatusOK, accountAnswer)
}

func chooseDueDay(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.DueDayRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.ChooseDueDay{Day: body.Day}, fasthttp.StatusOK, accountAnswer)
}

func grantTemporaryLimit(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.TemporaryLimit
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.GrantTemporaryLimit{Amount: money.Amount(body.Amount), LastDay: body.LastDay, Operator: c.caller.KeyID}, fasthttp.StatusCreated, accountAnswer)
}

func withdrawTemporaryLimit(c *call) error {
	return c.decide(credit.WithdrawTemporaryLimit{Operator: c.caller.KeyID})
}
