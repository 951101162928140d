// Package event is the one public form of what happened: webhooks, the feed of a
// platform and the history of an account tell an event in the same bytes. It knows
// how an entry of the log is told and whose it is; it refuses to know what an event means.
package event

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// Event (事件) is one thing that happened to an account, as others are told of it.
type Event struct {
	ID       string // evt_…: the same wherever and however often it is told
	Type     string // noun.verb_past
	Version  jsontext.Value
	On       calendar.Date // the business date on which it took effect
	At       time.Time     // when it was recorded
	Account  credit.ID
	Customer string // the platform's own id of the person
	Data     jsontext.Value
	Place    Place
}

// Place is where an event stands in its partition: its entry's position, and its own
// number in the entry, from 1. An account's events are in the order of their places.
type Place struct{ Position, Number int64 }

// Before tells whether p comes before q.
func (p Place) Before(q Place) bool {
	return p.Position < q.Position || p.Position == q.Position && p.Number < q.Number
}

// String is the place as ids and cursors have it.
func (p Place) String() string {
	return strconv.FormatInt(p.Position, 10) + "-" + strconv.FormatInt(p.Number, 10)
}

// ParsePlace reads a place that is written as String writes it, and in no other way.
func ParsePlace(s string) (p Place, ok bool) {
	position, number, _ := strings.Cut(s, "-")
	var err1, err2 error
	p.Position, err1 = strconv.ParseInt(position, 10, 64)
	p.Number, err2 = strconv.ParseInt(number, 10, 64)
	return p, err1 == nil && err2 == nil && p.Position >= 1 && p.Number >= 1 && p.String() == s
}

// prefix begins the ids of events.
const prefix = "evt_"

// IDOf is the id of an account's event.
func IDOf(account credit.ID, at Place) string {
	return prefix + strings.TrimPrefix(string(account), "acc_") + "_" + at.String()
}

// ParseID reads the id of an event.
func ParseID(id string) (account credit.ID, at Place, ok bool) {
	rest, begins := strings.CutPrefix(id, prefix)
	letters, place, parts := strings.Cut(rest, "_")
	account = credit.ID("acc_" + letters)
	at, ok = ParsePlace(place)
	return account, at, ok && begins && parts && account.Valid()
}

// Of tells the events of an entry, in their order.
func Of(e *eventlog.Entry, customer string) ([]Event, error) {
	if len(e.Events) <= len("[]") {
		return nil, nil
	}
	day, err := wire.EffectiveDay(e.Name, e.Command, calendar.Date(e.Day))
	if err != nil {
		return nil, err
	}
	var told [][3]jsontext.Value // name, version, data
	if err := json.Unmarshal(e.Events, &told); err != nil {
		return nil, fmt.Errorf("events of entry %d/%d: %w", e.Partition, e.Position, err)
	}
	list := make([]Event, len(told))
	for i := range told {
		at := Place{e.Position, int64(i + 1)}
		name := string(told[i][0])
		if err := withoutEvaluation(name, &told[i][2]); err != nil {
			return nil, fmt.Errorf("events of entry %d/%d: %w", e.Partition, e.Position, err)
		}
		list[i] = Event{
			ID: IDOf(credit.ID(e.Account), at), Type: name[1 : len(name)-1], Version: told[i][1], On: day, At: time.UnixMicro(e.Time).UTC(),
			Account: credit.ID(e.Account), Customer: customer, Data: told[i][2], Place: at,
		}
	}
	return list, nil
}

// withoutEvaluation leaves out how an applicant was scored: that is between the lender and
// its reviewers, see GET /v1/applications/{id}/assessment.
func withoutEvaluation(name string, data *jsontext.Value) error {
	if name != `"application.received"` {
		return nil
	}
	var e credit.ApplicationReceived
	if err := json.Unmarshal(*data, &e); err != nil {
		return err
	}
	e.Evaluation = nil
	short, err := json.Marshal(e)
	*data = short
	return err
}

// Append writes an event as everybody is told of it.
func (e *Event) Append(b []byte) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, e.ID...)
	b = append(b, `","type":"`...)
	b = append(b, e.Type...)
	b = append(b, `","version":`...)
	b = append(b, e.Version...)
	b = append(b, `,"on":"`...)
	b = e.On.AppendText(b)
	b = append(b, `","at":"`...)
	b = e.At.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","account":"`...)
	b = append(b, e.Account...)
	b = append(b, `","customer":`...)
	b, _ = jsontext.AppendQuote(b, e.Customer) // it is UTF-8: nothing else gets into the log
	b = append(b, `,"data":`...)
	b = append(b, e.Data...)
	return append(b, '}')
}

// types are the types of events that there are.
var types = func() map[string]bool {
	known := map[string]bool{}
	for _, name := range wire.EventNames() {
		known[name] = true
	}
	return known
}()

// Known tells whether there are events of a type.
func Known(name string) bool { return types[name] }
