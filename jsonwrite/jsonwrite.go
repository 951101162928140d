// Package jsonwrite writes JSON by hand, member by member, for the few things of which
// there is one for each checkout: the library, which asks each value what it is, takes
// several times as long. It knows text, numbers and instants as the library writes them;
// the order of members and what stands between them is its caller's.
package jsonwrite

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Writer appends members to B. member is all that stands before the value, such as
// `,"amount":`. What it can't write, Beyond says: then the library has to, with its errors.
type Writer struct {
	B      []byte
	Beyond bool
}

// Text appends a member that is a string.
func (w *Writer) Text(member, value string) {
	w.B = append(w.B, member...)
	var err error
	if w.B, err = jsontext.AppendQuote(w.B, value); err != nil {
		w.Beyond = true
	}
}

// Number appends a member that is a whole number.
func (w *Writer) Number(member string, value int64) {
	w.B = strconv.AppendInt(append(w.B, member...), value, 10)
}

// Flag appends a member that is true or false.
func (w *Writer) Flag(member string, value bool) {
	w.B = strconv.AppendBool(append(w.B, member...), value)
}

// Instant appends a member that is an instant, in UTC.
func (w *Writer) Instant(member string, t time.Time) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		w.Beyond = true
		return
	}
	w.B = append(append(w.B, member...), '"')
	w.B = append(t.AppendFormat(w.B, time.RFC3339Nano), '"')
}
