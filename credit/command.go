package credit

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
)

// Command is something asked of an account. What is asked is in its fields; what
// the edge found out beforehand (terms, an assessment) is in fields that are not
// part of the request and are left out of its JSON.
type Command interface {
	// Name is the command's wire name, such as "authorise".
	Name() string
	do(a *Account, at Moment, emit func(Event)) error
}

// Event is something that happened to an account, in the past tense. It is a
// durable format: its wire name and fields are read for ever.
type Event interface {
	// Name is the event's wire name, such as "purchase.captured".
	Name() string
	apply(a *Account, on calendar.Date)
}

// Moment is when a command is decided: the business date, and the instant in
// microseconds since 1970 (UTC), which only evidence of consent is compared with.
type Moment struct {
	Day  calendar.Date
	Time int64
}

// Do decides a command and applies what it decides. A refusal is an *Error and
// changes nothing. Everything that was due before the moment's day must have been
// done: see NextDue and CloseDay.
func (a *Account) Do(c Command, at Moment) (events []Event, err error) {
	if late, ok := c.(CloseDay); ok {
		at.Day = late.Day // what was due happened on its own day, whenever it is done
	}
	emit := func(e Event) {
		e.apply(a, at.Day)
		events = append(events, e)
	}
	if err = c.do(a, at, emit); err == nil && len(events) > 0 {
		a.follow(at.Day, emit)
	}
	if err != nil && len(events) > 0 {
		panic(fmt.Sprintf("%s refused after %d events: a rule must refuse first", c.Name(), len(events)))
	}
	return events, err
}

// Apply changes the account by what happened on a day, as the log tells it.
func (a *Account) Apply(e Event, on calendar.Date) { e.apply(a, on) }

// number gives the next number of the account to a new thing.
func (a *Account) number() int64 { return a.Numbers + 1 }

// given says whether a number was given to something of this account.
func (a *Account) given(n int64) bool { return n > 0 && n <= a.Numbers }

func (a *Account) numbered(n int64) { a.Numbers = max(a.Numbers, n) }
