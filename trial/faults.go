package trial

import (
	"errors"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/memory"
	"github.com/yuefu/yuefu/servicing"
)

// faultRates are how often things go wrong, in a thousand.
type faultRates struct {
	append, read int // of the log
	overtake     int // somebody else is faster
	crash        int // of a server
	again        int // a request comes again
	jump         int // of a clock, each night
}

// appending decides what goes wrong with an append of the desk.
func (w *world) appending([]eventlog.Entry) memory.Fault {
	switch {
	case w.dead:
		return memory.Refused
	case w.calm:
		return memory.None
	case w.depth == 0 && !w.pending && w.chance(w.rate.overtake):
		// Another server does something first, perhaps on the same account: truly, so that the desk has to find out.
		w.fault("another writer")
		w.depth++
		w.follow()
		w.act(pick(w, w.customers...), w.other)
		w.depth--
		return memory.None
	case w.chance(w.rate.crash):
		w.dead = true
		return pick(w, memory.LostBefore, memory.LostAfter)
	case !w.chance(w.rate.append):
		return memory.None
	}
	fault := pick(w, memory.Refused, memory.LostBefore, memory.LostAfter, memory.LostAfter, memory.Overtaken)
	w.fault([]string{memory.Refused: "store error", memory.LostBefore: "lost before the commit", memory.LostAfter: "reply lost", memory.Overtaken: "fenced"}[fault])
	return fault
}

// reading decides whether the store answers.
func (w *world) reading() error {
	switch {
	case w.dead:
		return memory.ErrBroken
	case !w.calm && w.chance(w.rate.read):
		w.fault("read error")
		return memory.ErrBroken
	}
	return nil
}

// night lets the next date begin.
func (w *world) night() {
	w.note("night")
	day := w.day + 1
	midnight := int64(day) * dayLong
	if w.chance(w.rate.jump) {
		w.jump(midnight)
	}
	w.clock.now = midnight + w.random.Int64N(3600*second)
	w.day = day
	desk := w.desk
	if w.chance(50) {
		desk = w.other
	}
	for try := 0; w.failure == nil; try++ {
		err := w.open(desk)
		w.idle(desk)
		w.follow()
		if err == nil && calendar.Date(w.store.Head(w.store.Partitions()[0]).Day) != day {
			err = desk.OpenDay(background, day) // another server opened earlier dates
			w.idle(desk)
			w.follow()
		}
		if err == nil {
			break
		}
		w.mend(err, try)
		desk = w.desk
	}
	for _, c := range w.customers {
		if a := w.auditors[w.partition(c.id)].Account(c.id); a != nil && a.Terms != nil {
			w.result.AccountDays++
		}
		if w.index != nil && (w.changed[c.id] || (int(day)+len(c.name))%7 == 0) {
			w.model(c)
		}
	}
	w.settle()
	w.choose()
}

// open lets a desk find out that a date has begun. One that has missed some dates,
// as another opened them, is told so by an operator: its clock may not jump so far.
func (w *world) open(desk *servicing.Desk) error {
	if desk.Today().Day < w.day-1 {
		return desk.OpenDay(background, w.day)
	}
	return desk.CatchUp(background, time.UTC)
}

// jump moves the clock where it should not be: back, which changes nothing, or far
// ahead, where no date may open until an operator has looked.
func (w *world) jump(midnight int64) {
	w.fault("clock jump")
	before := w.store.Head(w.store.Partitions()[0]).Day
	if w.chance(500) {
		w.clock.now = midnight - int64(2+w.random.IntN(40))*dayLong
		if err := w.desk.CatchUp(background, time.UTC); err != nil && !w.unwell(err) {
			w.fail("a clock that went back: %v", err)
		}
	} else {
		w.clock.now = midnight + int64(4+w.random.IntN(400))*dayLong
		if err := w.desk.CatchUp(background, time.UTC); !errors.Is(err, servicing.ErrClockJump) && !w.unwell(err) {
			w.fail("a clock that is years ahead: %v", err)
		}
	}
	w.idle(w.desk)
	w.follow()
	if w.dead {
		w.restart()
	}
	if after := w.store.Head(w.store.Partitions()[0]).Day; after != before && w.desk.Today().Day > w.day {
		w.fail("a clock that jumped opened %s", calendar.Date(after))
	}
}

// unwell says whether an error is one of the faults.
func (w *world) unwell(err error) bool {
	return errors.Is(err, servicing.ErrUnavailable) || errors.Is(err, servicing.ErrOutcomeUnknown) || errors.Is(err, memory.ErrBroken)
}
