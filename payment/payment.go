// Package payment is the seam to a payment service: whoever debits customers'
// cards and accounts. It knows debits by their ids and what may be said of one;
// it refuses to know statements, accounts and why a debit is asked for.
//
// A payment service is far away: answers are lost, come late, or not at all. So
// each debit has an id of our own, under which it happens once at most however
// often it is asked for, and what an error leaves open is asked about again.
package payment

import (
	"context"
	"errors"

	"github.com/yuefu/yuefu/money"
)

// Service is a payment service (支付服务). Every implementation passes paymenttest.
type Service interface {
	// Debit asks for a debit, and says what became of it. The same request again is
	// the same debit: it takes money once. The same id with something else in it is
	// ErrConflict, and takes nothing. After any other error nobody knows yet.
	Debit(ctx context.Context, r Request) (Outcome, error)
	// Ask says what became of a debit. ErrUnknown says that no such debit has arrived:
	// the request may still be on its way, so only the same one may follow. After any
	// other error nobody knows more than before.
	Ask(ctx context.Context, id string) (Outcome, error)
}

// Request is what is asked of a payment service.
type Request struct {
	ID       string         // ours, and idempotent
	Amount   money.Amount   // in minor units, above 0
	Currency money.Currency //
	Source   string         // the service's own name of the customer's card or account
}

// Outcome is what became of a debit. Once Succeeded or Refused it stays so.
type Outcome struct {
	Status Status
	Reason string // the service's code of a refusal
}

// Status says how far a debit is.
type Status string

// The statuses of a debit at a payment service.
const (
	Pending   Status = "pending"   // it has arrived, and is not decided
	Succeeded Status = "succeeded" // the money is taken
	Refused   Status = "refused"   // for certain: it took nothing, and never will
)

// Final says whether an outcome stays as it is.
func (o Outcome) Final() bool { return o.Status == Succeeded || o.Status == Refused }

// What a service may say instead of an outcome.
var (
	ErrUnknown  = errors.New("payment: no such debit has arrived")
	ErrConflict = errors.New("payment: a debit with this id and something else in it has arrived before")
)
