package receipt

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// writer writes canonical JSON by hand: each checkout has a receipt, and the library, which
// writes it, reads it and puts its members in order, takes ten times as long. What it
// can't write is left to the library, with its errors.
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

// appendReceipt writes the members in the order of their names (RFC 8785).
func appendReceipt(b []byte, r *Receipt) ([]byte, bool) {
	w := writer{b: b}
	w.instant(`{"accepted_at":`, r.AcceptedAt)
	w.text(`,"account":`, string(r.Account))
	w.text(`,"act":`, r.Act)
	w.text(`,"blind":`, r.Blind)
	w.text(`,"channel":`, r.Channel)
	w.text(`,"customer":`, r.Customer)
	w.text(`,"document":{"hash":`, r.Document.Hash)
	w.text(`,"language":`, r.Document.Language)
	w.text(`,"name":`, r.Document.Name)
	w.text(`,"seals":`, string(r.Document.Seals))
	w.number(`,"version":`, int64(r.Document.Version))
	w.text(`},"event":{"id":`, r.Event.ID)
	w.text(`,"type":`, r.Event.Type)
	w.number(`},"form":`, int64(r.Form))
	w.text(`,"id":`, r.ID)
	w.number(`,"log":{"partition":`, int64(r.Log.Partition))
	w.number(`,"position":`, r.Log.Position)
	w.text(`},"on":`, r.On.String())
	w.b = strconv.AppendBool(append(w.b, `,"preselected":`...), r.Preselected)
	w.number(`,"read_seconds":`, int64(r.ReadSeconds))
	w.instant(`,"recorded_at":`, r.RecordedAt)
	w.instant(`,"shown_at":`, r.ShownAt)
	w.b = append(w.b, `,"subject":{`...)
	w.subject(&r.Subject)
	w.b = append(w.b, '}', '}')
	return w.b, !w.beyond
}

// subject writes what is there of a subject.
func (w *writer) subject(s *Subject) {
	begun := len(w.b)
	next := func() {
		if len(w.b) > begun {
			w.b = append(w.b, ',')
		}
	}
	number := func(member string, value int64) {
		if value != 0 {
			next()
			w.number(member, value)
		}
	}
	text := func(member, value string) {
		if value != "" {
			next()
			w.text(member, value)
		}
	}
	number(`"amount":`, s.Amount)
	number(`"before":`, s.Before)
	text(`"currency":`, s.Currency)
	if s.DueBefore != 0 {
		text(`"due_before":`, s.DueBefore.String())
	}
	if s.Due != 0 {
		text(`"due_on":`, s.Due.String())
	}
	number(`"fee":`, s.Fee)
	text(`"merchant":`, s.Merchant)
	text(`"order":`, s.Order)
	text(`"plan":`, s.Plan)
	text(`"scene":`, s.Scene)
	text(`"source":`, s.Source)
	text(`"statement":`, string(s.Statement))
}
