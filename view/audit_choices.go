package view

import (
	"slices"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// auditedChoices are what customer and lender chose for an account, and what was
// spent, as its events add up.
type auditedChoices struct {
	own    map[string]money.Amount // limits of scenes
	off    map[string]bool
	onFrom map[string]calendar.Date
	capped bool
	most   money.Amount
	raise  credit.SpendingCapRaiseRequested
	night  credit.NightLock       // no span: there is none
	spent  map[month]money.Amount // by the month of the order
}

type month struct {
	year  int
	month time.Month
}

func monthOf(day calendar.Date) month {
	y, m, _ := day.Split()
	return month{y, m}
}

// forget is what an account's end does to choices. What was spent stays so.
func (c *auditedChoices) forget() {
	spent := c.spent
	if spent == nil {
		spent = map[month]money.Amount{}
	}
	*c = auditedChoices{own: map[string]money.Amount{}, off: map[string]bool{}, onFrom: map[string]calendar.Date{}, spent: spent}
}

// spending checks a hold against the scene, the merchant, and what was capped.
func (x *audited) spending(day calendar.Date, e credit.Authorised) *Violation {
	t, c := x.state.Terms, &x.choices
	switch {
	case !slices.Contains(t.Scenes, e.Scene), c.off[e.Scene]:
		return wrong(CheckLimits, "hold %d was given in the scene %q, which there is not or is switched off", e.Number, e.Scene)
	case c.locks(e.Minute):
		return wrong(CheckLimits, "hold %d was given at minute %d of the day, and the customer's night lock is from %d to %d", e.Number, e.Minute, c.night.From, c.night.Until)
	case slices.Contains(t.Merchants.Blocked, e.Merchant), len(t.Merchants.Allowed) > 0 && !slices.Contains(t.Merchants.Allowed, e.Merchant):
		return wrong(CheckLimits, "hold %d was given at a merchant that the terms do not allow", e.Number)
	}
	used := x.usedIn(e.Scene) + e.Amount
	limits := slices.Clone(t.SceneLimits)
	if own, ok := c.own[e.Scene]; ok {
		limits = append(limits, credit.SceneLimit{Scene: e.Scene, Limit: own})
	}
	for _, l := range limits {
		if l.Scene == e.Scene && used > l.Limit {
			return wrong(CheckLimits, "with hold %d, %d are held and owed in the scene %q, whose limit is %d", e.Number, used, e.Scene, l.Limit)
		}
	}
	c.spent[monthOf(day)] += e.Amount
	if spent := c.spent[monthOf(day)]; c.capped && spent > c.most {
		return wrong(CheckLimits, "with hold %d, %d are spent in the month, and the customer's cap is %d", e.Number, spent, c.most)
	}
	return nil
}

// locks says whether the customer locked a minute of the day.
func (c *auditedChoices) locks(minute int) bool {
	from, until := c.night.From, c.night.Until
	if from > until { // past midnight
		return minute >= from || minute < until
	}
	return from <= minute && minute < until
}

// usedIn is what is held and owed in a scene.
func (x *audited) usedIn(scene string) (sum money.Amount) {
	for _, h := range x.holds {
		if h.scene == scene {
			sum += h.left
		}
	}
	for _, d := range x.state.Disputes {
		if b := x.bought[d.Purchase]; b != nil && b.scene == scene {
			for _, part := range d.Parts {
				sum += part.Principal
			}
		}
	}
	for _, p := range x.state.Purchases {
		if b := x.bought[p.Number]; b != nil && b.scene == scene {
			for _, in := range p.Instalments {
				sum += in.Principal
			}
		}
	}
	return sum
}

// chosen checks an event about choices, and counts it. What a customer has back
// only after a day takes effect on the second date after it was asked for.
func (x *audited) chosen(day calendar.Date, event credit.Event) *Violation {
	c := &x.choices
	switch e := event.(type) {
	case credit.SceneLimitSet:
		c.own[e.Scene] = e.Limit
	case credit.SceneLimitRemoved:
		delete(c.own, e.Scene)
	case credit.SceneSwitchedOff:
		c.off[e.Scene] = true
		delete(c.onFrom, e.Scene)
	case credit.SceneOnRequested:
		c.onFrom[e.Scene] = day + 2
		if e.From != day+2 || !c.off[e.Scene] {
			return wrong(CheckLimits, "the scene %q was asked for on %s, to be on from %s", e.Scene, day, e.From)
		}
	case credit.SceneSwitchedOn:
		if from := c.onFrom[e.Scene]; from != day {
			return wrong(CheckLimits, "the scene %q was switched on on %s, and it was due on %q", e.Scene, day, from)
		}
		delete(c.off, e.Scene)
		delete(c.onFrom, e.Scene)
	case credit.NightLockSet:
		after := auditedChoices{night: credit.NightLock{From: e.From, Until: e.Until}}
		for minute := range 24 * 60 {
			if c.locks(minute) && !after.locks(minute) {
				return wrong(CheckLimits, "a night lock from %d to %d left minute %d free at once", e.From, e.Until, minute)
			}
		}
		c.night = after.night
	case credit.NightLockLooseningRequested:
		wish := credit.NightWish(e)
		c.night.Loosened = &wish
		if e.TakesEffect != day+2 {
			return wrong(CheckLimits, "a looser night lock was asked for on %s, from %s", day, e.TakesEffect)
		}
	case credit.NightLockLoosened:
		if w := c.night.Loosened; w == nil || w.TakesEffect != day || w.From != e.From || w.Until != e.Until || w.None != e.None {
			return wrong(CheckLimits, "the night lock became %d to %d on %s, which nobody had asked for", e.From, e.Until, day)
		}
		c.night = credit.NightLock{From: e.From, Until: e.Until}
	case credit.SpendingCapSet:
		if c.capped && e.Amount >= c.most {
			return wrong(CheckLimits, "a spending cap of %d was raised to %d at once", c.most, e.Amount)
		}
		c.capped, c.most, c.raise = true, e.Amount, credit.SpendingCapRaiseRequested{}
	case credit.SpendingCapRaiseRequested:
		c.raise = e
		if e.From != day+2 {
			return wrong(CheckLimits, "a raise of the spending cap was asked for on %s, from %s", day, e.From)
		}
	case credit.SpendingCapKept:
		c.raise = credit.SpendingCapRaiseRequested{}
	case credit.SpendingCapRaised:
		if r := c.raise; r.From != day || r.Amount != e.Amount || r.None != e.None {
			return wrong(CheckLimits, "the spending cap became %d on %s, and %d was asked for from %q", e.Amount, day, r.Amount, r.From)
		}
		c.capped, c.most, c.raise = !e.None, e.Amount, credit.SpendingCapRaiseRequested{}
	}
	return nil
}
