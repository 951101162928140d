package strict

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/calendar"
)

// Text reads a string of low to up characters, none of which is a control
// character or otherwise unprintable: ids and references travel through logs,
// files and screens.
func (r *Reader) Text(low, up int) string {
	s, ok := r.letters()
	if !ok {
		return ""
	}
	if n := utf8.RuneCountInString(s); n < low || n > up {
		r.Fault("has to have from %d to %d characters", low, up)
		return ""
	}
	if !Printable(s) {
		r.Fault("has a character that cannot be printed")
		return ""
	}
	return s
}

// Printable says whether s has nothing in it but printable characters and plain spaces.
func Printable(s string) bool {
	for _, c := range s {
		if !unicode.IsPrint(c) || c == utf8.RuneError {
			return false
		}
	}
	return true
}

func (r *Reader) letters() (string, bool) {
	if r.broken != nil {
		return "", false
	}
	if r.decoder.PeekKind() != '"' {
		r.skip("a string")
		return "", false
	}
	var token jsontext.Token
	if token, r.broken = r.decoder.ReadToken(); r.broken != nil {
		return "", false
	}
	return token.String(), true
}

// Word reads a string that has to be one of a few.
func (r *Reader) Word(words []string) string {
	s, ok := r.letters()
	if !ok {
		return ""
	}
	for _, w := range words {
		if s == w {
			return w
		}
	}
	r.Fault("has to be one of %q", words)
	return ""
}

// Whole reads a whole number of low to up, written without fraction or exponent:
// 1e2 and 100.0 are numbers that somebody's library made of something else.
func (r *Reader) Whole(low, up int64) int64 {
	if r.broken != nil {
		return 0
	}
	if r.decoder.PeekKind() != '0' {
		r.skip("a whole number")
		return 0
	}
	var raw jsontext.Value
	if raw, r.broken = r.decoder.ReadValue(); r.broken != nil {
		return 0
	}
	// ParseInt takes neither a fraction nor an exponent; -0 it would.
	v, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || v < low || v > up || raw[0] == '-' && v == 0 {
		r.Fault("has to be a whole number from %d to %d", low, up)
		return 0
	}
	return v
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	if r.broken != nil {
		return false
	}
	if kind := r.decoder.PeekKind(); kind != 't' && kind != 'f' {
		r.skip("true or false")
		return false
	}
	var token jsontext.Token
	if token, r.broken = r.decoder.ReadToken(); r.broken != nil {
		return false
	}
	return token.Bool()
}

// The years that dates and instants may have: what lies outside of them is a
// mistake, and some databases do not take it.
const firstYear, lastYear = 1971, 9998

// Date reads a date that exists, written as 2006-01-02.
func (r *Reader) Date() calendar.Date {
	s, ok := r.letters()
	if !ok {
		return 0
	}
	d, err := calendar.Parse(s)
	if err != nil {
		r.Fault("has to be a date that exists, such as 2026-03-10")
		return 0
	}
	if year, _, _ := d.Split(); year < firstYear || year > lastYear {
		r.Fault("has to be a date of the years %d to %d", firstYear, lastYear)
		return 0
	}
	return d
}

// Instant reads a point in time of RFC 3339, as UTC.
func (r *Reader) Instant() time.Time {
	s, ok := r.letters()
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !exact(s) || t.UTC().Year() < firstYear || t.UTC().Year() > lastYear {
		r.Fault("has to be an instant as RFC 3339 writes it, such as 2026-03-10T08:30:00Z")
		return time.Time{}
	}
	return t.UTC()
}

// exact refuses what package time lets through though RFC 3339 does not: an hour of
// one digit, a comma before the fraction, an offset of 25 hours.
func exact(s string) bool {
	const seconds = len("2006-01-02T15:04:05")
	if len(s) <= seconds || s[13] != ':' || s[16] != ':' || s[seconds] == ',' {
		return false
	}
	if zone := s[len(s)-1]; zone == 'Z' {
		return true
	}
	offset := s[len(s)-len("+08:00"):]
	return offset[3] == ':' && offset[1:3] < "24" && offset[4:] < "60"
}
