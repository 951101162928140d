package wire

import (
	"bytes"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/jsonwrite"
	"github.com/yuefu/yuefu/money"
)

// A checkout is what the product does most, so its command and event are written
// by hand, at a third of the cost. The bytes are those of the JSON library, which
// a test compares; whatever is unusual, or can't be written, is left to it.

func appendAuthorise(b []byte, c *credit.Authorise) ([]byte, bool) {
	w := jsonwrite.Writer{B: b}
	w.Number(`{"amount":`, int64(c.Amount))
	w.Text(`,"currency":`, string(c.Currency))
	w.Text(`,"plan":`, c.Plan)
	w.Text(`,"scene":`, c.Scene)
	w.Text(`,"merchant":`, c.Merchant)
	w.Text(`,"order":`, c.Order)
	w.Text(`,"consent":{"person":`, c.Consent.Person)
	w.Text(`,"document":`, c.Consent.Document)
	w.Number(`,"version":`, int64(c.Consent.Version))
	w.Text(`,"hash":`, c.Consent.Hash)
	w.Instant(`,"shown_at":`, c.Consent.ShownAt)
	w.Instant(`,"accepted_at":`, c.Consent.AcceptedAt)
	w.Text(`,"act":`, c.Consent.Act)
	w.Text(`,"channel":`, c.Consent.Channel)
	w.Text(`,"language":`, c.Consent.Language)
	if c.Consent.ReadSeconds == nil {
		w.B = append(w.B, `,"read_seconds":null`...)
	} else {
		w.Number(`,"read_seconds":`, int64(*c.Consent.ReadSeconds))
	}
	switch p := c.Consent.Preselected; {
	case p == nil:
		w.B = append(w.B, `,"preselected":null}}`...)
	case *p:
		w.B = append(w.B, `,"preselected":true}}`...)
	default:
		w.B = append(w.B, `,"preselected":false}}`...)
	}
	return w.B, !w.Beyond
}

func appendAuthorised(b []byte, e *credit.Authorised) ([]byte, bool) {
	w := jsonwrite.Writer{B: b}
	w.Number(`{"n":`, e.Number)
	w.Number(`,"amount":`, int64(e.Amount))
	w.Text(`,"plan":`, e.Plan)
	w.Text(`,"scene":`, e.Scene)
	w.Text(`,"merchant":`, e.Merchant)
	w.Text(`,"order":`, e.Order)
	w.Text(`,"quote":`, e.Quote)
	w.Text(`,"agreement":{"text":{"document":`, e.Agreement.Document.Name)
	w.Number(`,"version":`, int64(e.Agreement.Document.Version))
	w.Text(`,"hash":`, e.Agreement.Document.Hash)
	w.Text(`},"person":`, e.Agreement.Person)
	w.Instant(`,"shown_at":`, e.Agreement.ShownAt)
	w.Instant(`,"accepted_at":`, e.Agreement.AcceptedAt)
	w.Text(`,"act":`, e.Agreement.Act)
	w.Text(`,"channel":`, e.Agreement.Channel)
	w.Text(`,"language":`, e.Agreement.Language)
	w.Number(`,"read_seconds":`, int64(e.Agreement.ReadSeconds))
	w.Flag(`,"preselected":`, e.Agreement.Preselected)
	w.B = append(w.B, '}')
	w.B = append(w.B, `,"last_day":"`...)
	w.B = append(e.LastDay.AppendText(w.B), '"')
	if e.Route != 0 {
		w.Number(`,"route":`, int64(e.Route))
	}
	if e.Minute != 0 {
		w.Number(`,"minute":`, int64(e.Minute))
	}
	w.B = append(w.B, '}')
	return w.B, !w.Beyond
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
