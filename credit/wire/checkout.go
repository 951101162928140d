package wire

import (
	"bytes"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// A checkout is what the product does most, so its command and event are written
// by hand, at a third of the cost. The bytes are those of the JSON library, which
// a test compares; whatever is unusual, or can't be written, is left to it.

// writer appends members, and remembers whether one was beyond it.
type writer struct {
	b      []byte
	beyond bool
}

func (w *writer) text(member, value string) {
	w.b = append(w.b, member...)
	var err error
	if w.b, err = jsontext.AppendQuote(w.b, value); err != nil {
		w.beyond = true
	}
}

func (w *writer) number(member string, value int64) {
	w.b = strconv.AppendInt(append(w.b, member...), value, 10)
}

func (w *writer) instant(member string, t time.Time) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		w.beyond = true
		return
	}
	w.b = append(append(w.b, member...), '"')
	w.b = append(t.AppendFormat(w.b, time.RFC3339Nano), '"')
}

func appendAuthorise(b []byte, c *credit.Authorise) ([]byte, bool) {
	w := writer{b: b}
	w.number(`{"amount":`, int64(c.Amount))
	w.text(`,"currency":`, string(c.Currency))
	w.text(`,"plan":`, c.Plan)
	w.text(`,"scene":`, c.Scene)
	w.text(`,"merchant":`, c.Merchant)
	w.text(`,"order":`, c.Order)
	w.text(`,"consent":{"person":`, c.Consent.Person)
	w.text(`,"document":`, c.Consent.Document)
	w.number(`,"version":`, int64(c.Consent.Version))
	w.text(`,"hash":`, c.Consent.Hash)
	w.instant(`,"shown_at":`, c.Consent.ShownAt)
	w.instant(`,"accepted_at":`, c.Consent.AcceptedAt)
	w.text(`,"act":`, c.Consent.Act)
	w.text(`,"channel":`, c.Consent.Channel)
	w.text(`,"language":`, c.Consent.Language)
	if c.Consent.ReadSeconds == nil {
		w.b = append(w.b, `,"read_seconds":null`...)
	} else {
		w.number(`,"read_seconds":`, int64(*c.Consent.ReadSeconds))
	}
	switch p := c.Consent.Preselected; {
	case p == nil:
		w.b = append(w.b, `,"preselected":null}}`...)
	case *p:
		w.b = append(w.b, `,"preselected":true}}`...)
	default:
		w.b = append(w.b, `,"preselected":false}}`...)
	}
	return w.b, !w.beyond
}

func appendAuthorised(b []byte, e *credit.Authorised) ([]byte, bool) {
	w := writer{b: b}
	w.number(`{"n":`, e.Number)
	w.number(`,"amount":`, int64(e.Amount))
	w.text(`,"plan":`, e.Plan)
	w.text(`,"scene":`, e.Scene)
	w.text(`,"merchant":`, e.Merchant)
	w.text(`,"order":`, e.Order)
	w.text(`,"quote":`, e.Quote)
	w.text(`,"agreement":{"text":{"document":`, e.Agreement.Document.Name)
	w.number(`,"version":`, int64(e.Agreement.Document.Version))
	w.text(`,"hash":`, e.Agreement.Document.Hash)
	w.text(`},"person":`, e.Agreement.Person)
	w.instant(`,"shown_at":`, e.Agreement.ShownAt)
	w.instant(`,"accepted_at":`, e.Agreement.AcceptedAt)
	w.text(`,"act":`, e.Agreement.Act)
	w.text(`,"channel":`, e.Agreement.Channel)
	w.text(`,"language":`, e.Agreement.Language)
	w.number(`,"read_seconds":`, int64(e.Agreement.ReadSeconds))
	w.b = strconv.AppendBool(append(w.b, `,"preselected":`...), e.Agreement.Preselected)
	w.b = append(w.b, '}')
	w.b = append(w.b, `,"last_day":"`...)
	w.b = append(e.LastDay.AppendText(w.b), '"')
	if e.Route != 0 {
		w.number(`,"route":`, int64(e.Route))
	}
	if e.Minute != 0 {
		w.number(`,"minute":`, int64(e.Minute))
	}
	w.b = append(w.b, '}')
	return w.b, !w.beyond
}

// CurrencyOf is the currency that an order names in its command; empty for what is no
// order. The currency stands at the beginning of what appendAuthorise writes, so that
// the rest need not be read.
func CurrencyOf(name string, command []byte) (money.Currency, error) {
	if name != (credit.Authorise{}).Name() {
		return "", nil
	}
	if rest, ok := bytes.CutPrefix(command, []byte(`{"amount":`)); ok {
		rest = bytes.TrimLeft(rest, "-0123456789")
		if rest, ok = bytes.CutPrefix(rest, []byte(`,"currency":"`)); ok && len(rest) > 4 && rest[3] == '"' && !bytes.ContainsAny(rest[:3], `"\`) {
			return money.Currency(rest[:3]), nil
		}
	}
	asked, err := DecodeCommand(name, command)
	if err != nil {
		return "", err
	}
	authorise, _ := asked.(credit.Authorise)
	return authorise.Currency, nil
}
