package credit

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
)

// NightLock (夜间锁) is a span of the day in which the customer does not want to spend,
// in minutes of local time since midnight. It may reach past midnight.
type NightLock struct {
	From     int        `json:"from"`
	Until    int        `json:"until"`             // the first minute that is free again
	Loosened *NightWish `json:"loosened,omitzero"` // asked for, and not in effect
}

// NightWish is what a night lock becomes.
type NightWish struct {
	From        int           `json:"from,omitzero"`
	Until       int           `json:"until,omitzero"`
	None        bool          `json:"none,omitzero"` // no lock any more
	TakesEffect calendar.Date `json:"takes_effect"`
}

// SetNightLock is the customer who locks a span of the day. It is on at once if
// there was no lock, or it leaves no minute of the present one free. Any other takes
// the place of the present one after a whole day, as whoever locked their nights
// meant it. See aDayLater. The present span again takes such a wish back.
type SetNightLock struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// RemoveNightLock takes the lock away, a whole day after it is asked for.
type RemoveNightLock struct{}

// NightLockSet says in which span nothing can be spent, from now on.
type NightLockSet struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// NightLockLooseningRequested says what the lock becomes later on.
type NightLockLooseningRequested struct {
	From        int           `json:"from,omitzero"`
	Until       int           `json:"until,omitzero"`
	None        bool          `json:"none,omitzero"`
	TakesEffect calendar.Date `json:"takes_effect"`
}

// NightLockLoosened says that another span, or none, is locked since the day began.
type NightLockLoosened struct {
	From  int  `json:"from,omitzero"`
	Until int  `json:"until,omitzero"`
	None  bool `json:"none,omitzero"`
}

func (SetNightLock) Name() string                { return "set_night_lock" }
func (RemoveNightLock) Name() string             { return "remove_night_lock" }
func (NightLockSet) Name() string                { return "night_lock.set" }
func (NightLockLooseningRequested) Name() string { return "night_lock.loosening_requested" }
func (NightLockLoosened) Name() string           { return "night_lock.loosened" }

func (c SetNightLock) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	wrong := func(field, detail string) error { return &Error{Kind: InvalidTime, Field: field, Detail: detail} }
	wanted, now := NightLock{From: c.From, Until: c.Until}, a.NightLock
	switch {
	case c.From < 0 || c.From >= minutesADay:
		return wrong("from", "a time of the day is 00:00 to 23:59")
	case c.Until < 0 || c.Until >= minutesADay:
		return wrong("until", "a time of the day is 00:00 to 23:59")
	case c.From == c.Until:
		return wrong("until", "a lock ends at another time than it begins; to spend nothing at all, set a spending cap of 0")
	case now == nil || wanted.covers(*now) && (now.Loosened != nil || !now.covers(wanted)):
		emit(NightLockSet(c))
	case wanted.covers(*now):
		return refuse(Unchanged, "the lock is that already")
	case now.Loosened != nil && !now.Loosened.None && now.Loosened.From == c.From && now.Loosened.Until == c.Until:
		return refuse(Unchanged, "the lock becomes that on %s", now.Loosened.TakesEffect)
	default:
		emit(NightLockLooseningRequested{From: c.From, Until: c.Until, TakesEffect: aDayLater(at.Day)})
	}
	return nil
}

func (c RemoveNightLock) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	switch now := a.NightLock; {
	case now == nil:
		return refuse(NothingToWithdraw, "the customer has no night lock")
	case now.Loosened != nil && now.Loosened.None:
		return refuse(Unchanged, "the lock ends on %s", now.Loosened.TakesEffect)
	}
	emit(NightLockLooseningRequested{None: true, TakesEffect: aDayLater(at.Day)})
	return nil
}

// loosenNightLock does what the customer asked for a day ago.
func (a *Account) loosenNightLock(day calendar.Date, emit func(Event)) {
	if l := a.NightLock; l != nil && l.Loosened != nil && l.Loosened.TakesEffect <= day {
		emit(NightLockLoosened{From: l.Loosened.From, Until: l.Loosened.Until, None: l.Loosened.None})
	}
}

// Locks says whether nothing can be spent in a minute of the local day.
func (l *NightLock) Locks(minute int) bool { return l != nil && within(l.From, l.Until, minute) }

// covers says whether a lock leaves no minute of another one free.
func (l *NightLock) covers(other NightLock) bool {
	length := func(from, until int) int { return (until - from + minutesADay) % minutesADay }
	return length(l.From, other.From)+length(other.From, other.Until) <= length(l.From, l.Until)
}

// within says whether a minute is in a span of the day, which may reach past
// midnight. A span that ends when it begins has no minute.
func within(from, until, minute int) bool {
	if from <= until {
		return from <= minute && minute < until
	}
	return minute >= from || minute < until
}

func (a *Account) checkNightLock() error {
	l := a.NightLock
	if l == nil {
		return nil
	}
	sound := func(from, until int) bool {
		return min(from, until) >= 0 && max(from, until) < minutesADay && from != until
	}
	if w := l.Loosened; !sound(l.From, l.Until) || w != nil && (w.TakesEffect == 0 || !w.None && !sound(w.From, w.Until)) {
		return fmt.Errorf("the night lock is from minute %d until %d, to become %+v", l.From, l.Until, w)
	}
	return nil
}

func (e NightLockSet) apply(a *Account, _ calendar.Date) {
	a.NightLock = &NightLock{From: e.From, Until: e.Until}
}

func (e NightLockLooseningRequested) apply(a *Account, _ calendar.Date) {
	a.NightLock = &NightLock{From: a.NightLock.From, Until: a.NightLock.Until, Loosened: (*NightWish)(&e)}
}

func (e NightLockLoosened) apply(a *Account, _ calendar.Date) {
	a.NightLock = nil
	if !e.None {
		a.NightLock = &NightLock{From: e.From, Until: e.Until}
	}
}
