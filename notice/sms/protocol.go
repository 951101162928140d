package sms

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// The protocol between yuefu and a provider, as docs/sms.md tells it:
//
//	POST /messages      Idempotency-Key: ntc_…   {"id":…,"phone":…,"text":…}
//	GET  /messages/{id}
//
// Both answer 200 with {"id":…,"status":…,"reason":…}, or 404 for ErrUnknown, or 409 for ErrConflict.

// sent is the body of a request.
type sent struct {
	ID    string `json:"id"`
	Phone string `json:"phone"`
	Text  string `json:"text"`
}

// told is the body of an answer.
type told struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
	Reason string `json:"reason,omitzero"`
}

// keyHeader carries the message's id too, where gateways on the way look for it.
const keyHeader = "Idempotency-Key"

// most is how many bytes of a body are read.
const most = 16 << 10

// unknownBody is the answer about a message that has not arrived.
const unknownBody = `{"error":"unknown"}`

// readTold takes an answer only if it is about this message, and says something that
// there is: what is half understood is not understood. Of an answer that is not
// understood no byte gets into the error: it could repeat the number.
func readTold(body []byte, id string) (Outcome, error) {
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return Outcome{}, fmt.Errorf("sms: the answer about %s is not of the protocol", id)
	}
	o := Outcome{Status: t.Status, Reason: code(t.Reason)}
	switch {
	case t.ID != id:
		return Outcome{}, fmt.Errorf("sms: the answer about %s is about another message", id)
	case t.Status != Accepted && !o.Final():
		return Outcome{}, fmt.Errorf("sms: the status of %s is none of the protocol's", id)
	case t.Status == Accepted || t.Status == Delivered:
		o.Reason = ""
	}
	return o, nil
}

// code keeps a provider's code as it is, if it is one: no sentence about a person, and
// no phone number, gets into the tables.
func code(reason string) string {
	letters := false
	for _, r := range reason {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
			letters = true
		case r >= '0' && r <= '9', r == '-', r == '.':
		default:
			return "other"
		}
	}
	digits := 0
	for _, r := range reason {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if len(reason) > 40 || digits > 6 || !letters && reason != "" {
		return "other"
	}
	return reason
}
