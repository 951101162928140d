package calendar

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Workdays (工作日) knows which dates are worked on: Monday to Friday, except
// the holidays (节假日) and with the make-up days (调休) that yearly notices name.
// A value never changes; what an operator loads makes a new one, see With.
type Workdays struct {
	worked    map[Date]bool // only the dates that a notice names
	published map[int]bool
}

// notice is what a government publishes for one year. Off and Work hold dates
// or, as ISO 8601 writes them, ranges "2026-02-15/2026-02-23". A notice may also
// move the last days of December of the year before.
type notice struct {
	Year      int
	Off, Work []string
}

// LoadWorkdays reads yearly notices:
//
//	[{"year": 2027, "off": ["2027-01-01", "2027-02-05/2027-02-11"], "work": ["2027-01-30"]}]
//
// An unknown or repeated member, a year told twice, a date of another year and a
// date told twice are refused: a typing error must not move anybody's deadline.
func LoadWorkdays(data []byte) (*Workdays, error) {
	notices, err := readNotices(data)
	if err != nil {
		return nil, fmt.Errorf("read working days: %w", err)
	}
	w := &Workdays{worked: map[Date]bool{}, published: map[int]bool{}}
	for _, n := range notices {
		if w.published[n.Year] {
			return nil, fmt.Errorf("read working days: the year %d is told twice", n.Year)
		}
		if n.Year < 1971 || n.Year > 9998 {
			return nil, fmt.Errorf("read working days: no year %d", n.Year)
		}
		w.published[n.Year] = true
		if err := errors.Join(w.mark(n.Year, n.Off, false), w.mark(n.Year, n.Work, true)); err != nil {
			return nil, fmt.Errorf("read working days of %d: %w", n.Year, err)
		}
	}
	return w, nil
}

func (w *Workdays) mark(year int, ranges []string, worked bool) error {
	first, last := Of(year-1, time.December, 1), Of(year, time.December, 31)
	for _, r := range ranges {
		from, to, isRange := strings.Cut(r, "/")
		if !isRange {
			to = from
		}
		begin, err := Parse(from)
		if err != nil {
			return err
		}
		end, err := Parse(to)
		if err != nil {
			return err
		}
		if begin > end || begin < first || end > last {
			return fmt.Errorf("%s is backwards, or not in the year or the December before it", r)
		}
		for d := begin; d <= end; d++ {
			if _, told := w.worked[d]; told {
				return fmt.Errorf("%s is told twice", d)
			}
			w.worked[d] = worked
		}
	}
	return nil
}

// With returns w with the notices of later added. Where both name a date,
// later is right: that is how a notice is corrected in the course of its year.
func (w *Workdays) With(later *Workdays) *Workdays {
	both := &Workdays{worked: maps.Clone(w.worked), published: maps.Clone(w.published)}
	maps.Copy(both.worked, later.worked)
	maps.Copy(both.published, later.published)
	return both
}

// Published reports whether the notice for year is known. The days of a year
// without one count as Monday to Friday, holidays included. Of all terms of three
// working days from 2004 to 2026 this would have ended one in ten early, to the
// customer's good, and one in twenty-seven late, by at most two days, where a
// weekend was worked on. The notice comes in November: load it then.
func (w *Workdays) Published(year int) bool { return w.published[year] }

// Working reports whether d is worked on.
func (w *Workdays) Working(d Date) bool {
	if worked, told := w.worked[d]; told {
		return worked
	}
	day := d.Weekday()
	return day != time.Saturday && day != time.Sunday
}

// Add returns the n-th working day after d. The day d itself does not count,
// worked on or not, so a term of three working days that begins on any day of
// a weekend ends on Wednesday. n must not be negative; 0 is d itself.
func (w *Workdays) Add(d Date, n int) Date {
	if n < 0 {
		panic("calendar: working days are counted forwards only")
	}
	for n > 0 {
		d++
		if w.Working(d) {
			n--
		}
	}
	return d
}
