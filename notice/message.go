package notice

import (
	"time"

	"github.com/yuefu/yuefu/credit"
)

// Message (短信) is what became of the text message of a notice.
type Message struct {
	Status    MessageStatus
	Reason    string // of one that was not sent, or not delivered
	SentAt    int64  // 0: not handed over, as far as anybody knows
	SettledAt int64  // 0: it goes on
}

// MessageStatus says how far a message is.
type MessageStatus string

// The statuses of a message.
const (
	Waiting     MessageStatus = "waiting"     // for its hour, or for its turn
	Sending     MessageStatus = "sending"     // it may have been handed over: the provider is asked
	Accepted    MessageStatus = "accepted"    // the provider has it; no receipt yet
	Delivered   MessageStatus = "delivered"   // the phone has it
	Undelivered MessageStatus = "undelivered" // the phone never gets it
	Unconfirmed MessageStatus = "unconfirmed" // the provider took it, and never said what became of it
	Refused     MessageStatus = "refused"     // by the provider
	Dropped     MessageStatus = "dropped"     // nobody tried, and Reason says why
	Dead        MessageStatus = "dead"        // tried until it was too late: people have to look
)

// Why a message was dropped.
const (
	NoPhone     = "no_phone"      // the inbox is all there is
	SwitchedOff = "switched_off"  // by the customer
	NotNeeded   = "not_needed"    // paid before it was sent
	TooLate     = "too_late"      // its day was over
	TooOften    = "too_often"     // the contract's count of contacts was reached
	Unsent      = "provider_down" // of a dead one
)

// Nobody's phone rings at night, whatever the contract allows: the hours of GB/T 45251-2025.
const (
	nightFrom, nightUntil = 22, 8 // local hours
	lifetime              = 24 * time.Hour
	receiptsFor           = 72 * time.Hour // after that nobody asks for one any more
)

// hours are the first and the last instant of a message about something that happened
// at one. About a debt it is until the evening: next morning it may be paid, and the
// customer's count of contacts is another day's.
func (r *Room) hours(c channel, at int64) (from, to int64) {
	t := time.UnixMicro(at).In(r.zone)
	if c != atOnce {
		t = morning(t)
	}
	if c == aboutDebt {
		evening := time.Date(t.Year(), t.Month(), t.Day(), nightFrom, 0, 0, 0, r.zone)
		return t.UnixMicro(), evening.UnixMicro()
	}
	return t.UnixMicro(), t.Add(lifetime).UnixMicro()
}

// morning is an instant, or at night the end of it.
func morning(t time.Time) time.Time {
	switch hour := t.Hour(); {
	case hour >= nightFrom:
		return time.Date(t.Year(), t.Month(), t.Day()+1, nightUntil, 0, 0, 0, t.Location())
	case hour < nightUntil:
		return time.Date(t.Year(), t.Month(), t.Day(), nightUntil, 0, 0, 0, t.Location())
	}
	return t
}

func (r *Room) night(at int64) bool {
	t := time.UnixMicro(at).In(r.zone)
	return !morning(t).Equal(t)
}

// open is a message that goes on, with the notice that it tells.
type open struct {
	partition int32
	notice    Notice
	status    MessageStatus
	notBefore int64
	notAfter  int64
	tries     int
	text      string

	// What this round finds out.
	phone    string // for one call, and in no table
	settled  bool
	reason   string
	language Language
	changed  bool
	held     bool // until later: nothing is to be done in this round
}

func (o *open) id() credit.ID { return o.notice.ID() }

// settle ends a message.
func (o *open) settle(status MessageStatus, reason string) {
	o.status, o.reason, o.settled, o.changed = status, reason, true, true
}
