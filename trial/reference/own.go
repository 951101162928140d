package reference

import (
	"maps"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// ownCap is what a customer lets themselves spend in a calendar month.
type ownCap struct {
	amount money.Amount
	raise  *raise
}

// raise is what a cap becomes, a whole day after it was asked for.
type raise struct {
	amount money.Amount
	none   bool
	from   calendar.Date
}

// order is what was authorised, less what came back of it.
type order struct {
	on     calendar.Date
	amount money.Amount
}

// spent is what counts against a cap in the month of a day.
func (a *Account) spent(day calendar.Date) (sum money.Amount) {
	year, month, _ := day.Split()
	for _, o := range a.orders {
		if y, m, _ := o.on.Split(); y == year && m == month {
			sum += o.amount
		}
	}
	return sum
}

// SetCap lowers a cap at once, and raises it after a day.
func (a *Account) SetCap(amount money.Amount) Answer {
	wrong := a.missing()
	switch {
	case wrong != "":
	case amount < 0 || amount > money.Max:
		wrong = "invalid_amount"
	case a.cap == nil || amount < a.cap.amount:
		a.cap = &ownCap{amount: amount}
	case amount == a.cap.amount:
		wrong = "unchanged"
	default:
		a.cap.raise = &raise{amount: amount, from: a.day + 2}
	}
	return Answer{Refused: wrong}
}

// RemoveCap takes it away after a day.
func (a *Account) RemoveCap() Answer {
	if wrong := a.missing(); wrong != "" {
		return Answer{Refused: wrong}
	}
	if a.cap == nil {
		return Answer{Refused: "nothing_to_withdraw"}
	}
	a.cap.raise = &raise{none: true, from: a.day + 2}
	return Answer{}
}

// KeepCap takes a raise back.
func (a *Account) KeepCap() Answer {
	if wrong := a.missing(); wrong != "" {
		return Answer{Refused: wrong}
	}
	if a.cap == nil || a.cap.raise == nil {
		return Answer{Refused: "nothing_to_withdraw"}
	}
	a.cap.raise = nil
	return Answer{}
}

// wishes are what the customer asked for a day ago.
func (a *Account) wishes() {
	if a.cap != nil && a.cap.raise != nil && a.cap.raise.from <= a.day {
		if r := a.cap.raise; r.none {
			a.cap = nil
		} else {
			a.cap = &ownCap{amount: r.amount}
		}
	}
	if a.wished != nil && a.wished.from <= a.day {
		a.night, a.wished = a.wished.night, nil
	}
	for scene, on := range a.off {
		if on != 0 && on <= a.day {
			delete(a.off, scene)
		}
	}
}

// night is every minute of the day in which nothing is spent.
type night map[int]bool

func nightOf(from, until int) night {
	n := night{}
	for minute := from; minute != until; minute = (minute + 1) % 1440 {
		n[minute] = true
	}
	return n
}

// wished is the night from a day on.
type wished struct {
	night night
	from  calendar.Date
}

// Lock locks a span of the day, at once if no minute becomes free by it, and otherwise after a day.
func (a *Account) Lock(from, until int) Answer {
	if wrong := a.missing(); wrong != "" {
		return Answer{Refused: wrong}
	}
	if from < 0 || from > 1439 || until < 0 || until > 1439 || from == until {
		return Answer{Refused: "invalid_time"}
	}
	wanted := nightOf(from, until)
	freed := false
	for minute := range a.night {
		freed = freed || !wanted[minute]
	}
	switch {
	case !freed && a.wished == nil && maps.Equal(wanted, a.night), freed && a.wished != nil && maps.Equal(wanted, a.wished.night):
		return Answer{Refused: "unchanged"}
	case freed:
		a.wished = &wished{wanted, a.day + 2}
	default:
		a.night, a.wished = wanted, nil
	}
	return Answer{}
}

// Unlock frees all of the day, after a day.
func (a *Account) Unlock() Answer {
	wrong := a.missing()
	switch {
	case wrong != "":
	case a.night == nil:
		wrong = "nothing_to_withdraw"
	case a.wished != nil && a.wished.night == nil:
		wrong = "unchanged"
	default:
		a.wished = &wished{from: a.day + 2}
	}
	return Answer{Refused: wrong}
}

// SceneLimit limits one scene for this account; nil takes that back.
func (a *Account) SceneLimit(scene string, limit *money.Amount) Answer {
	wrong := a.missing()
	own, limited := a.sceneLimits[scene]
	switch {
	case wrong != "":
	case !slices.Contains(a.terms.Scenes, scene):
		wrong = "unknown_scene"
	case limit == nil && !limited:
		wrong = "nothing_to_withdraw"
	case limit == nil:
		delete(a.sceneLimits, scene)
	case *limit < 0 || *limit > money.Max:
		wrong = "invalid_amount"
	case limited && own == *limit:
		wrong = "unchanged"
	default:
		if a.sceneLimits == nil {
			a.sceneLimits = map[string]money.Amount{}
		}
		a.sceneLimits[scene] = *limit
	}
	return Answer{Refused: wrong}
}

// Switch turns a scene off at once, and on after a day.
func (a *Account) Switch(scene string, on bool) Answer {
	wrong := a.missing()
	from, off := a.off[scene]
	switch {
	case wrong != "":
	case !slices.Contains(a.terms.Scenes, scene):
		wrong = "unknown_scene"
	case on && (!off || from != 0), !on && off && from == 0:
		wrong = "unchanged"
	case on:
		a.off[scene] = a.day + 2
	default:
		if a.off == nil {
			a.off = map[string]calendar.Date{}
		}
		a.off[scene] = 0
	}
	return Answer{Refused: wrong}
}

// room says whether an amount more fits into a scene.
func (a *Account) room(scene string, amount money.Amount) bool {
	used := amount
	for _, h := range a.holds {
		if h.scene == scene {
			used += h.amount
		}
	}
	for _, p := range a.purchases {
		if p.scene != scene {
			continue
		}
		for _, x := range p.parts {
			used += x.principal
		}
		for _, d := range a.disputes {
			if d.purchase == p {
				used += d.unpaid()
			}
		}
	}
	for _, limits := range []map[string]money.Amount{a.terms.SceneLimits, a.sceneLimits} {
		if most, limited := limits[scene]; limited && used > most {
			return false
		}
	}
	return true
}
