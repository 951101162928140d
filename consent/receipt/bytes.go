package receipt

import "github.com/yuefu/yuefu/jsonwrite"

// appendReceipt writes the members in the order of their names (RFC 8785), by hand: each
// checkout has a receipt, and the library, which writes it, reads it and puts its members
// in order, takes ten times as long. What it can't write is left to the library.
func appendReceipt(b []byte, r *Receipt) ([]byte, bool) {
	w := jsonwrite.Writer{B: b}
	w.Instant(`{"accepted_at":`, r.AcceptedAt)
	w.Text(`,"account":`, string(r.Account))
	w.Text(`,"act":`, r.Act)
	w.Text(`,"blind":`, r.Blind)
	w.Text(`,"channel":`, r.Channel)
	w.Text(`,"customer":`, r.Customer)
	w.Text(`,"document":{"hash":`, r.Document.Hash)
	w.Text(`,"language":`, r.Document.Language)
	w.Text(`,"name":`, r.Document.Name)
	w.Text(`,"seals":`, string(r.Document.Seals))
	w.Number(`,"version":`, int64(r.Document.Version))
	w.Text(`},"event":{"id":`, r.Event.ID)
	w.Text(`,"type":`, r.Event.Type)
	w.Number(`},"form":`, int64(r.Form))
	w.Text(`,"id":`, r.ID)
	w.Number(`,"log":{"partition":`, int64(r.Log.Partition))
	w.Number(`,"position":`, r.Log.Position)
	w.Text(`},"on":`, r.On.String())
	w.Flag(`,"preselected":`, r.Preselected)
	w.Number(`,"read_seconds":`, int64(r.ReadSeconds))
	w.Instant(`,"recorded_at":`, r.RecordedAt)
	w.Instant(`,"shown_at":`, r.ShownAt)
	w.B = append(w.B, `,"subject":{`...)
	appendSubject(&w, &r.Subject)
	w.B = append(w.B, '}', '}')
	return w.B, !w.Beyond
}

// appendSubject writes what is there of a subject.
func appendSubject(w *jsonwrite.Writer, s *Subject) {
	begun := len(w.B)
	next := func() {
		if len(w.B) > begun {
			w.B = append(w.B, ',')
		}
	}
	number := func(member string, value int64) {
		if value != 0 {
			next()
			w.Number(member, value)
		}
	}
	text := func(member, value string) {
		if value != "" {
			next()
			w.Text(member, value)
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
