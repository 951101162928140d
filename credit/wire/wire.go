// Package wire is the durable form of the core's commands, events and state: JSON
// with explicit names and versions. What was written once is read for ever, so a
// name or field here is never changed; a new version gets a new number beside it.
package wire

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// StateFormat is the version of EncodeState's form. A snapshot of another version is ignored.
const StateFormat = 1

// version of every event's form so far.
const version = 1

var events = map[string]func(*jsontext.Decoder) (credit.Event, error){}

func register[E credit.Event]() {
	var zero E
	events[zero.Name()] = func(d *jsontext.Decoder) (credit.Event, error) {
		var e E
		err := json.UnmarshalDecode(d, &e, reading)
		return e, err
	}
}

func init() {
	register[credit.ApplicationReceived]()
	register[credit.ApplicationReferred]()
	register[credit.ApplicationRefused]()
	register[credit.AccountOpened]()
	register[credit.Authorised]()
	register[credit.Declined]()
	register[credit.PurchaseCaptured]()
	register[credit.HoldVoided]()
	register[credit.HoldExpired]()
	register[credit.PurchaseRefunded]()
	register[credit.StatementIssued]()
	register[credit.StatementPaid]()
	register[credit.StatementOverdue]()
	register[credit.StatementAged]()
	register[credit.PenaltyCharged]()
	register[credit.RepaymentReceived]()
	register[credit.CreditUsed]()
	register[credit.CreditReturned]()
	register[credit.BlockAdded]()
	register[credit.BlockLifted]()
	register[credit.ClosureRequested]()
	register[credit.ClosureApproved]()
	register[credit.ClosureRefused]()
	register[credit.ClosureWithdrawn]()
	register[credit.ClosureBreached]()
}

// EventNames returns the wire names of all events, in no order.
func EventNames() []string {
	names := make([]string, 0, len(events))
	for name := range events {
		names = append(names, name)
	}
	return names
}

// EncodeEvents writes events as [["name",version,{…}],…].
func EncodeEvents(list []credit.Event) ([]byte, error) {
	b := make([]byte, 0, 256*len(list)+2)
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `["`...)
		b = append(b, e.Name()...)
		b = append(b, `",1,`...)
		body, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode event %s: %w", e.Name(), err)
		}
		b = append(b, body...)
		b = append(b, ']')
	}
	return append(b, ']'), nil
}

// DecodeEvents reads what EncodeEvents wrote.
func DecodeEvents(b []byte) ([]credit.Event, error) {
	if len(b) == 0 || string(b) == "[]" {
		return nil, nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(b))
	var list []credit.Event
	if err := open(d); err != nil {
		return nil, err
	}
	for d.PeekKind() == '[' {
		e, err := decodeEvent(d)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	_, err := d.ReadToken()
	return list, err
}

func decodeEvent(d *jsontext.Decoder) (credit.Event, error) {
	if err := open(d); err != nil {
		return nil, err
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	name := token.String()
	token, err = d.ReadToken()
	if err != nil {
		return nil, err
	}
	decode, ok := events[name]
	if number, wrong := token.Int(); !ok || wrong != nil || number != version {
		return nil, fmt.Errorf("event %s version %s is not known", name, token)
	}
	e, err := decode(d)
	if err != nil {
		return nil, fmt.Errorf("decode event %s: %w", name, err)
	}
	_, err = d.ReadToken()
	return e, err
}

func open(d *jsontext.Decoder) error {
	token, err := d.ReadToken()
	if err == nil && token.Kind() != '[' {
		err = fmt.Errorf("events begin with %s and not with a list", token)
	}
	return err
}

// EncodeCommand writes what was asked. The same request gives the same bytes, so
// that they also tell whether a repeated key asks for the same thing.
func EncodeCommand(c credit.Command) ([]byte, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode command %s: %w", c.Name(), err)
	}
	return b, nil
}

// EffectiveDay is the date on which an entry's events happened: the entry's own
// business date, but for a day that was closed late it is that day.
func EffectiveDay(name string, command []byte, day calendar.Date) (calendar.Date, error) {
	if name != (credit.CloseDay{}).Name() {
		return day, nil
	}
	var c credit.CloseDay
	if err := json.Unmarshal(command, &c); err != nil {
		return 0, fmt.Errorf("decode %s: %w", name, err)
	}
	return c.Day, nil
}

// EncodeState writes an account's whole state.
func EncodeState(a *credit.Account) ([]byte, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode state of %s: %w", a.ID, err)
	}
	return b, nil
}

// DecodeState reads what EncodeState wrote.
func DecodeState(b []byte) (*credit.Account, error) {
	a := new(credit.Account)
	if err := json.Unmarshal(b, a, reading); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	return a, nil
}

// reading makes accounts that were signed under the same terms share them in
// memory: a programme has a few versions and a million accounts.
var reading = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, t **credit.Terms) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	if raw.Kind() == 'n' {
		*t = nil
		return nil
	}
	if known, ok := terms.Load(string(raw)); ok {
		*t = known.(*credit.Terms)
		return nil
	}
	read := new(credit.Terms)
	if err := json.Unmarshal(raw, read); err != nil {
		return err
	}
	known, _ := terms.LoadOrStore(string(raw), read)
	*t = known.(*credit.Terms)
	return nil
}))

var terms sync.Map // the JSON of credit.Terms → *credit.Terms, never changed once stored
