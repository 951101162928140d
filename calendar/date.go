// Package calendar counts in whole business dates. It knows months, anchors and
// working days; it refuses to know clocks and time zones: whoever turns an
// instant into a date does so at the edge.
package calendar

import (
	"fmt"
	"time"
)

// Date is a business date as days since 1970-01-01. The zero value means 'no
// date', which costs the product one day that no account ever sees.
type Date int32

// Of returns the date of a year, month and day, which must exist.
func Of(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// At returns the date that an instant has in its own location.
func At(t time.Time) Date {
	y, m, d := t.Date()
	return Date(floorDiv(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// Parse reads a date written as 2006-01-02. A date that does not exist is
// refused, and so is 1970-01-01, which would mean 'no date' ever after.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date of the form 2006-01-02", s)
	}
	d := At(t)
	if d == 0 {
		return 0, fmt.Errorf("%s stands for 'no date' here and cannot be used as one", s)
	}
	return d, nil
}

// Time returns the midnight, in UTC, that begins d.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String prints d as 2006-01-02, and no date as the empty string.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return string(d.AppendText(nil))
}

// AppendText appends d as 2006-01-02 without allocating a string.
func (d Date) AppendText(b []byte) []byte {
	if d == 0 {
		return b
	}
	return d.Time().AppendFormat(b, time.DateOnly)
}

// MarshalText writes d as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Split returns year, month and day of d.
func (d Date) Split() (year int, month time.Month, day int) { return d.Time().Date() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// OnDay returns the date in year and month whose day of the month is the
// anchor, or the month's last day where the month is shorter. The anchor itself
// never changes, so that 31 → 28 → 31.
func OnDay(year int, month time.Month, anchor int) Date {
	first := Of(year, month, 1)
	last := Of(year, month+1, 1) - 1
	return min(first+Date(anchor)-1, last)
}

// NextOnDay returns the first date after d that falls on the anchor day.
func NextOnDay(d Date, anchor int) Date {
	year, month, _ := d.Split()
	if on := OnDay(year, month, anchor); on > d {
		return on
	}
	return OnDay(year, month+1, anchor)
}

// NthOnDay returns the n-th date after d that falls on the anchor day; n is at least 1.
func NthOnDay(d Date, anchor, n int) Date {
	year, month, _ := NextOnDay(d, anchor).Split()
	return OnDay(year, month+time.Month(n-1), anchor)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
