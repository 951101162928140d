package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// decide carries out a command that is about the path's account and has no body.
func (c *call) decide(command credit.Command) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	return c.do(id, command, fasthttp.StatusOK, accountAnswer)
}

func setSceneLimit(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.SceneLimit
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.SetSceneLimit{Scene: body.Scene, Limit: money.Amount(body.Limit), Operator: c.caller.KeyID}, fasthttp.StatusOK, accountAnswer)
}

func removeSceneLimit(c *call) error {
	return c.decide(credit.RemoveSceneLimit{Scene: c.parameters[1], Operator: c.caller.KeyID})
}

func switchSceneOff(c *call) error { return c.decide(credit.SwitchSceneOff{Scene: c.parameters[1]}) }
func switchSceneOn(c *call) error  { return c.decide(credit.SwitchSceneOn{Scene: c.parameters[1]}) }

func setSpendingCap(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.SpendingCapRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.SetSpendingCap{Amount: money.Amount(body.Amount)}, fasthttp.StatusOK, accountAnswer)
}

func removeSpendingCap(c *call) error { return c.decide(credit.RemoveSpendingCap{}) }
func keepSpendingCap(c *call) error   { return c.decide(credit.KeepSpendingCap{}) }

// choices writes where, and how much a month, the account may spend.
func (o *out) choices(a *credit.Account, day calendar.Date) {
	o.list("scenes")
	for _, scene := range a.Terms.Scenes {
		o.begin()
		o.text("scene", scene)
		o.amount("used", a.UsedIn(scene))
		if limit, limited := a.SceneLimit(scene); limited {
			o.amount("limit", limit)
		}
		off := credit.SceneOff{}
		for _, s := range a.ScenesOff {
			if s.Scene == scene {
				off = s
			}
		}
		o.bool("is_off", off.Since != 0)
		o.date("on_from", off.OnFrom)
		o.end()
	}
	o.endList()
	o.object("spending")
	o.amount("this_month", a.SpentIn(day))
	if c := a.SpendingCap; c != nil {
		o.amount("cap", c.Amount)
		if r := c.Raise; r != nil {
			o.object("raise")
			if !r.None {
				o.amount("cap", r.Amount)
			}
			o.date("takes_effect", r.From)
			o.end()
		}
	}
	o.end()
}
