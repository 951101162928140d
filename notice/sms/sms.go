// Package sms is the seam to a provider of text messages (短信). It knows messages by
// their ids and what may be said of one; it refuses to know customers, debts and why
// something is sent.
//
// A provider is far away: answers are lost, come late, or not at all. So each message
// has an id of our own, under which it reaches the phone once at most however often it
// is sent, and what an error leaves open is asked about again. No error, and nothing
// that this room prints, has the number or the text in it.
package sms

import (
	"context"
	"errors"
)

// Provider sends messages. Every implementation passes smstest.
type Provider interface {
	// Send hands a message over, and says what became of it. The same message again is
	// the same one: the phone gets it once. The same id with something else in it is
	// ErrConflict, and sends nothing. After any other error nobody knows yet.
	Send(ctx context.Context, m Message) (Outcome, error)
	// Ask says what became of a message: this is how delivery receipts (回执) come.
	// ErrUnknown says that no such message has arrived: only the same one may follow.
	// After any other error nobody knows more than before.
	Ask(ctx context.Context, id string) (Outcome, error)
}

// Message (短信) is what a provider is asked to send.
type Message struct {
	ID    string // ours, and idempotent
	Phone string // E.164: +8613800000000
	Text  string
}

// Outcome is what became of a message. Once it is final it stays so.
type Outcome struct {
	Status Status
	Reason string // the provider's code for what was refused or not delivered
}

// Status says how far a message is.
type Status string

// The statuses of a message at a provider.
const (
	Accepted    Status = "accepted"    // the provider has it, and goes on
	Delivered   Status = "delivered"   // the phone has it
	Undelivered Status = "undelivered" // for certain: the phone never gets it
	Refused     Status = "refused"     // for certain: the provider does not send it, and never will
)

// Final says whether an outcome stays as it is.
func (o Outcome) Final() bool {
	return o.Status == Delivered || o.Status == Undelivered || o.Status == Refused
}

// What a provider may say instead of an outcome.
var (
	ErrUnknown  = errors.New("sms: no such message has arrived")
	ErrConflict = errors.New("sms: a message with this id and something else in it has arrived before")
)
