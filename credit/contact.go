package credit

import (
	"fmt"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// MakeContact asks whether a customer may be contacted about a debt now, and records
// that it was done (催收联系). The answer is for the moment of asking: a time told by
// whoever calls could be any.
type MakeContact struct {
	Channel   ContactChannel `json:"channel"`
	Purpose   ContactPurpose `json:"purpose"`
	Party     string         `json:"party"`
	Effective bool           `json:"effective,omitzero"` // somebody is, or was, reached: it counts

	Offset int `json:"-"` // seconds that local time is ahead of UTC: the edge knows the time zone
}

// ContactChannel is how a customer is contacted.
type ContactChannel string

// The channels. The rules are the same for all: ten messages are no gentler than ten calls.
const (
	ByCall    ContactChannel = "call"    // 电话
	ByMessage ContactChannel = "message" // 短信
	ByApp     ContactChannel = "app"     // 应用内消息
	ByEmail   ContactChannel = "email"   // 电子邮件
	ByVisit   ContactChannel = "visit"   // 上门
)

// ContactPurpose is what a contact is about.
type ContactPurpose string

// The purposes.
const (
	Collection ContactPurpose = "collection" // 催收: something is overdue, or was given up and is owed
	Reminder   ContactPurpose = "reminder"   // 还款提醒: something is billed
)

// TheCustomer is the only party that may be contacted about a debt: no family, no colleague.
const TheCustomer = "customer"

// ContactTerms (催收联系规则) is when and how often a customer may be contacted about a
// debt. Without any they are China's (GB/T 45251-2025): not from 22:00 to 08:00, and at
// most three effective contacts a day. Local time, in minutes since midnight.
type ContactTerms struct {
	QuietFrom  int `json:"quiet_from"`
	QuietUntil int `json:"quiet_until"` // the same as QuietFrom: no quiet hours
	ADay       int `json:"a_day"`       // effective ones
}

var contactInChina = ContactTerms{QuietFrom: 22 * 60, QuietUntil: 8 * 60, ADay: 3}

const minutesADay = 24 * 60

func (t ContactTerms) validate() error {
	if t == (ContactTerms{}) {
		return nil
	}
	if min(t.QuietFrom, t.QuietUntil) < 0 || max(t.QuietFrom, t.QuietUntil) >= minutesADay || t.ADay < 1 || t.ADay > 100 {
		return fmt.Errorf("contact: quiet hours are minutes from 0 to %d, and contacts a day 1 to 100", minutesADay-1)
	}
	return nil
}

// Contact is the rule in force.
func (t *Terms) contact() ContactTerms {
	if t.Contact == (ContactTerms{}) {
		return contactInChina
	}
	return t.Contact
}

// quiet says whether nobody may be contacted in a minute of the day.
func (t ContactTerms) quiet(minute int) bool {
	return within(t.QuietFrom, t.QuietUntil, minute)
}

// again is when contact is allowed again after quiet hours in which a minute of a day falls.
func (t ContactTerms) again(day calendar.Date, minute int) string {
	if minute >= t.QuietUntil {
		day++
	}
	return clockTime(t.QuietUntil) + " on " + day.String()
}

func clockTime(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Contacts counts a day's contacts.
type Contacts struct {
	On        calendar.Date `json:"on"`
	Effective int           `json:"effective"`
}

// ContactMade (催收联系) says that a customer was contacted about a debt, within the rules.
type ContactMade struct {
	Number    int64          `json:"n"`
	Channel   ContactChannel `json:"channel"`
	Purpose   ContactPurpose `json:"purpose"`
	Effective bool           `json:"effective,omitzero"`
	Minute    int            `json:"minute"` // of the local day
}

func (MakeContact) Name() string { return "make_contact" }
func (ContactMade) Name() string { return "contact.made" }

func (c MakeContact) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	switch c.Channel {
	case ByCall, ByMessage, ByApp, ByEmail, ByVisit:
	default:
		return &Error{Kind: UnknownReason, Field: "channel", Detail: "not one of the channels of a contact"}
	}
	if c.Party != TheCustomer {
		return &Error{Kind: ContactWrongParty, Field: "party", Detail: "nobody but the customer is contacted about a debt"}
	}
	owed := false
	switch c.Purpose {
	case Collection:
		owed = a.OverdueAmount() > 0 || a.ChargedOffOwed() > 0
	case Reminder:
		owed = a.Billed() > 0
	default:
		return &Error{Kind: UnknownReason, Field: "purpose", Detail: "not one of the purposes of a contact"}
	}
	if !owed {
		return refuse(ContactNotNeeded, "nothing is owed that a %s could be about", c.Purpose)
	}
	rule, minute := a.Terms.contact(), minuteOf(at.Time, c.Offset)
	if rule.quiet(minute) {
		return refuse(ContactQuiet, "it is %s, and nobody is contacted from %s to %s: again from %s",
			clockTime(minute), clockTime(rule.QuietFrom), clockTime(rule.QuietUntil), rule.again(at.Day, minute))
	}
	if a.Contacts.On == at.Day && a.Contacts.Effective >= rule.ADay {
		from := (at.Day + 1).String()
		if rule.quiet(0) {
			from = rule.again(at.Day+1, 0)
		}
		return refuse(ContactTooOften, "%d effective contacts were made today: again from %s", a.Contacts.Effective, from)
	}
	emit(ContactMade{Number: a.number(), Channel: c.Channel, Purpose: c.Purpose, Effective: c.Effective, Minute: minute})
	return nil
}

// minuteOf is the minute of the local day at an instant in microseconds.
func minuteOf(micros int64, offset int) int {
	const day = int64(minutesADay) * int64(time.Minute/time.Microsecond)
	local := (micros + int64(offset)*int64(time.Second/time.Microsecond)) % day
	return int((local + day) % day / int64(time.Minute/time.Microsecond))
}

// ContactsLeft is how many more effective contacts the rule allows on a day.
func (a *Account) ContactsLeft(day calendar.Date) int {
	if a.Contacts.On != day {
		return a.Terms.contact().ADay
	}
	return max(0, a.Terms.contact().ADay-a.Contacts.Effective)
}

func (e ContactMade) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	if a.Contacts.On != on {
		a.Contacts = Contacts{On: on}
	}
	if e.Effective {
		a.Contacts.Effective++
	}
}
