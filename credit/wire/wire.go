// Package wire is the durable form of the core's commands, events and state: JSON
// with explicit names and versions. What was written once is read for ever, so a
// name or field here is never changed; a new version gets a new number beside it.
package wire

import (
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// StateFormat is the version of EncodeState's form. A snapshot of another version is
// ignored, so it goes up with every change of what the state holds or means: the
// account is then made anew from its events.
const StateFormat = 3

// events maps a wire name to what reads an event of that name.
var events = map[string]func(*jsontext.Decoder) (credit.Event, error){}

func register[E credit.Event]() {
	var zero E
	events[zero.Name()] = func(d *jsontext.Decoder) (credit.Event, error) {
		var e E
		err := json.UnmarshalDecode(d, &e)
		return e, err
	}
}

func init() {
	register[credit.ApplicationReceived]()
	register[credit.ApplicationReferred]()
	register[credit.ApplicationRefused]()
	register[credit.ApplicationAppealed]()
	register[credit.AccountOpened]()
	register[credit.AgreementRenewed]()
	register[credit.FormerTermsEnded]()
	register[credit.Authorised]()
	register[credit.Declined]()
	register[credit.PurchaseCaptured]()
	register[credit.HoldVoided]()
	register[credit.HoldExpired]()
	register[credit.PurchaseRefunded]()
	register[credit.DisputeOpened]()
	register[credit.DisputeSettled]()
	register[credit.StatementIssued]()
	register[credit.StatementPaid]()
	register[credit.StatementDeferred]()
	register[credit.StatementConverted]()
	register[credit.StatementOverdue]()
	register[credit.StatementAged]()
	register[credit.PenaltyCharged]()
	register[credit.AccountGraded]()
	register[credit.ContactMade]()
	register[credit.DebtChargedOff]()
	register[credit.RepaymentReceived]()
	register[credit.EarlyRepaymentReceived]()
	register[credit.CreditUsed]()
	register[credit.CreditReturned]()
	register[credit.RepaymentReversed]()
	register[credit.BlockAdded]()
	register[credit.BlockLifted]()
	register[credit.ClosureRequested]()
	register[credit.ClosureApproved]()
	register[credit.AccountDeregistered]()
	register[credit.ClosureRefused]()
	register[credit.ClosureWithdrawn]()
	register[credit.ClosureBreached]()
	register[credit.LimitChanged]()
	register[credit.DueDayChosen]()
	register[credit.SceneLimitSet]()
	register[credit.SceneLimitRemoved]()
	register[credit.SceneSwitchedOff]()
	register[credit.SceneOnRequested]()
	register[credit.SceneSwitchedOn]()
	register[credit.NightLockSet]()
	register[credit.NightLockLooseningRequested]()
	register[credit.NightLockLoosened]()
	register[credit.SpendingCapSet]()
	register[credit.SpendingCapRaiseRequested]()
	register[credit.SpendingCapRaised]()
	register[credit.SpendingCapKept]()
	register[credit.TemporaryLimitGranted]()
	register[credit.TemporaryLimitWithdrawn]()
	register[credit.TemporaryLimitLapsed]()
	register[credit.AutopayInstructed]()
	register[credit.AutopayEnded]()
	register[credit.DebitRequested]()
	register[credit.DebitSkipped]()
	register[credit.DebitSettled]()
	register[credit.DebitRefused]()
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
		if e, ok := e.(credit.Authorised); ok {
			if fast, ok := appendAuthorised(b, &e); ok {
				b = append(fast, ']')
				continue
			}
		}
		body, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode event %s: %w", e.Name(), err)
		}
		b = append(b, body...)
		b = append(b, ']')
	}
	return append(b, ']'), nil
}

// DecodeEvents reads what EncodeEvents wrote. What it does not know to the last
// member it refuses: an event that is read with a part left out is a wrong balance.
func DecodeEvents(b []byte) ([]credit.Event, error) {
	if len(b) == 0 || string(b) == "[]" {
		return nil, nil
	}
	var list eventList
	if err := json.Unmarshal(b, &list, reading); err != nil {
		return nil, fmt.Errorf("decode events: %w", err)
	}
	return list, nil
}

type eventList []credit.Event

// UnmarshalJSONFrom reads a list of events.
func (l *eventList) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if err := expect(d, '['); err != nil {
		return err
	}
	for d.PeekKind() == '[' {
		e, err := decodeEvent(d)
		if err != nil {
			return err
		}
		*l = append(*l, e)
	}
	return expect(d, ']')
}

func decodeEvent(d *jsontext.Decoder) (credit.Event, error) {
	if err := expect(d, '['); err != nil {
		return nil, err
	}
	name, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if name.Kind() != '"' {
		return nil, fmt.Errorf("%s stands where an event's name should", name)
	}
	decode, known := events[name.String()]
	if !known {
		return nil, fmt.Errorf("event %q is not known", name.String())
	}
	number, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if number.Kind() != '0' || number.String() != "1" {
		return nil, fmt.Errorf("version %s of an event is not known", number)
	}
	e, err := decode(d)
	if err != nil {
		return nil, err
	}
	return e, expect(d, ']')
}

func expect(d *jsontext.Decoder, kind jsontext.Kind) error {
	token, err := d.ReadToken()
	if err == nil && token.Kind() != kind {
		err = fmt.Errorf("%s stands where %s should", token, kind)
	}
	return err
}

// EncodeCommand writes what was asked. The same request gives the same bytes, so
// that they also tell whether a repeated key asks for the same thing: an instant
// is the same one in whichever zone a client writes it.
func EncodeCommand(c credit.Command) ([]byte, error) {
	switch asked := c.(type) {
	case credit.Authorise:
		if b, ok := appendAuthorise(make([]byte, 0, 512), &asked); ok {
			return b, nil
		}
		asked.Consent = inUTC(asked.Consent)
		c = asked
	case credit.ChangeLimit:
		if asked.Consent != nil {
			consent := inUTC(*asked.Consent)
			asked.Consent = &consent
		}
		c = asked
	case credit.SetAutopay:
		asked.Consent = inUTC(asked.Consent)
		c = asked
	case credit.Convert:
		asked.Consent = inUTC(asked.Consent)
		c = asked
	case credit.Defer:
		asked.Consent = inUTC(asked.Consent)
		c = asked
	case credit.Renew:
		asked.Consents = slices.Clone(asked.Consents)
		for i := range asked.Consents {
			asked.Consents[i] = inUTC(asked.Consents[i])
		}
		c = asked
	case credit.Apply:
		asked.Consents = slices.Clone(asked.Consents)
		for i := range asked.Consents {
			asked.Consents[i] = inUTC(asked.Consents[i])
		}
		c = asked
	}
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode command %s: %w", c.Name(), err)
	}
	return b, nil
}

func inUTC(c credit.Consent) credit.Consent {
	c.ShownAt, c.AcceptedAt = c.ShownAt.UTC(), c.AcceptedAt.UTC()
	return c
}

// EffectiveDay is the date on which an entry's events happened: the entry's own
// business date, but for a day that was closed late it is that day.
func EffectiveDay(name string, command []byte, day calendar.Date) (calendar.Date, error) {
	if name != (credit.CloseDay{}).Name() {
		return day, nil
	}
	var c credit.CloseDay
	if err := json.Unmarshal(command, &c, json.RejectUnknownMembers(true)); err != nil {
		return 0, fmt.Errorf("decode %s: %w", name, err)
	}
	if c.Day == 0 {
		return 0, fmt.Errorf("decode %s: it names no day", name)
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

// reading refuses members that are not known, and makes accounts that were signed
// under the same terms share them in memory: a programme has a few versions and a
// million accounts.
var reading = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, t **credit.Terms) error {
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
		if err := json.Unmarshal(raw, read, json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		known, _ := terms.LoadOrStore(string(raw), read)
		*t = known.(*credit.Terms)
		return nil
	})))

var terms sync.Map // the JSON of credit.Terms → *credit.Terms, never changed once stored
