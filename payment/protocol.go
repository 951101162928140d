package payment

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/money"
)

// The protocol between yuefu and a payment service, as docs/payments.md tells it:
//
//	POST /debits      Idempotency-Key: deb_…   {"id":…,"amount":…,"currency":…,"source":…}
//	GET  /debits/{id}
//
// Both answer 200 with {"id":…,"status":…,"reason":…}, or 404 for ErrUnknown, or 409 for ErrConflict.

// asked is the body of a request.
type asked struct {
	ID       string         `json:"id"`
	Amount   money.Amount   `json:"amount"`
	Currency money.Currency `json:"currency"`
	Source   string         `json:"source"`
}

// told is the body of an answer.
type told struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
	Reason string `json:"reason,omitzero"`
}

// keyHeader carries the debit's id too, where gateways on the way look for it.
const keyHeader = "Idempotency-Key"

// most is how many bytes of a body are read.
const most = 16 << 10

// readTold takes an answer only if it is about this debit, and says something that
// there is: what is half understood is not understood.
func readTold(body []byte, id string) (Outcome, error) {
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return Outcome{}, fmt.Errorf("payment: answer about %s: %w", id, err)
	}
	o := Outcome{Status: t.Status, Reason: t.Reason}
	switch {
	case t.ID != id:
		return Outcome{}, fmt.Errorf("payment: the answer about %s is about %q", id, t.ID)
	case t.Status != Pending && !o.Final():
		return Outcome{}, fmt.Errorf("payment: %s is said to be %q", id, t.Status)
	case t.Status != Refused:
		o.Reason = ""
	}
	return o, nil
}
