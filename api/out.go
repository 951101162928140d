package api

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// out writes an answer by appending to it: no reflection on the hot path, and the
// same state always gives the same bytes, which the log keeps.
type out struct {
	b     []byte
	asked func(*credit.Account, calendar.Date) *catalogue.Pending // nil: nothing is told of newer agreements
}

func (o *out) comma() {
	if n := len(o.b); n > 0 && o.b[n-1] != '{' && o.b[n-1] != '[' && o.b[n-1] != ':' {
		o.b = append(o.b, ',')
	}
}

func (o *out) name(name string) {
	o.comma()
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *out) begin() {
	o.comma()
	o.b = append(o.b, '{')
}

func (o *out) end()     { o.b = append(o.b, '}') }
func (o *out) endList() { o.b = append(o.b, ']') }

func (o *out) object(name string) {
	o.name(name)
	o.b = append(o.b, '{')
}

func (o *out) list(name string) {
	o.name(name)
	o.b = append(o.b, '[')
}

func (o *out) quote(s string) {
	// An error would say that s is not UTF-8; it is then written with U+FFFD instead.
	o.b, _ = jsontext.AppendQuote(o.b, s)
}

func (o *out) text(name, s string) {
	o.name(name)
	o.quote(s)
}

// maybe writes a text unless it is empty.
func (o *out) maybe(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

func (o *out) id(name string, id credit.ID) { o.text(name, string(id)) }

func (o *out) number(name string, v int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, v, 10)
}

func (o *out) amount(name string, a money.Amount) { o.number(name, int64(a)) }

func (o *out) bool(name string, v bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, v)
}

// date writes a date, unless there is none.
func (o *out) date(name string, d calendar.Date) {
	if d == 0 {
		return
	}
	o.name(name)
	o.b = append(o.b, '"')
	o.b = d.AppendText(o.b)
	o.b = append(o.b, '"')
}

func (o *out) instant(name string, t time.Time) {
	o.name(name)
	o.b = append(o.b, '"')
	o.b = t.UTC().AppendFormat(o.b, time.RFC3339Nano)
	o.b = append(o.b, '"')
}

func (o *out) texts(name string, list []string) {
	o.list(name)
	for _, s := range list {
		o.comma()
		o.quote(s)
	}
	o.endList()
}

func (o *out) numbers(name string, list []int) {
	o.list(name)
	for _, v := range list {
		o.comma()
		o.b = strconv.AppendInt(o.b, int64(v), 10)
	}
	o.endList()
}

// days writes days of the month, unless there are none.
func (o *out) days(name string, days []int) {
	if len(days) == 0 {
		return
	}
	o.list(name)
	for _, day := range days {
		o.comma()
		o.b = strconv.AppendInt(o.b, int64(day), 10)
	}
	o.endList()
}

// raw writes a value that is JSON already.
func (o *out) raw(name string, value []byte) {
	o.name(name)
	o.b = append(o.b, value...)
}

func (o *out) unmet(name string, unmet []credit.Unmet) {
	o.list(name)
	for _, u := range unmet {
		o.begin()
		o.text("condition", u.Condition)
		if u.Amount != 0 {
			o.amount("amount", u.Amount)
		}
		o.date("date", u.Date)
		o.maybe("reference", string(u.Reference))
		o.text("remedy", u.Remedy)
		o.end()
	}
	o.endList()
}
