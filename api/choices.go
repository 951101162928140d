package api

import (
	"fmt"
	"time"

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

// setNightLock takes times of the day as a person says them. What is none becomes
// minute -1, which the rules refuse by its name.
func setNightLock(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.NightLockRequest
	if err := c.read(&body); err != nil {
		return err
	}
	return c.do(id, credit.SetNightLock{From: minuteOf(body.From), Until: minuteOf(body.Until)}, fasthttp.StatusOK, accountAnswer)
}

func removeNightLock(c *call) error { return c.decide(credit.RemoveNightLock{}) }

func minuteOf(text string) int {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

func timeOfDay(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// nightLock writes in which span of the day nothing can be spent.
func (o *out) nightLock(a *credit.Account) {
	l := a.NightLock
	if l == nil {
		return
	}
	o.object("night_lock")
	o.text("from", timeOfDay(l.From))
	o.text("until", timeOfDay(l.Until))
	if w := l.Loosened; w != nil {
		o.object("loosened")
		if !w.None {
			o.text("from", timeOfDay(w.From))
			o.text("until", timeOfDay(w.Until))
		}
		o.date("takes_effect", w.TakesEffect)
		o.end()
	}
	o.end()
}

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
	o.nightLock(a)
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
