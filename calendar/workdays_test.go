package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

func TestWorking(t *testing.T) {
	for _, c := range []struct {
		day  string
		want bool
		why  string
	}{
		{"2026-02-13", true, "the Friday before Spring Festival"},
		{"2026-02-14", true, "a Saturday that makes up for it"},
		{"2026-02-15", false, "its first day, a Sunday"},
		{"2026-02-16", false, "its second, a Monday"},
		{"2026-02-23", false, "its last, a Monday"},
		{"2026-02-24", true, "the day after"},
		{"2026-02-28", true, "the other Saturday that makes up for it"},
		{"2026-03-01", false, "a Sunday like others"},
		{"2026-09-20", true, "a Sunday that makes up for National Day"},
		{"2026-09-30", true, "the day before National Day"},
		{"2026-10-01", false, "National Day"},
		{"2026-10-07", false, "its last day"},
		{"2026-10-08", true, "the day after"},
		{"2026-10-10", true, "a Saturday that makes up for it"},
		{"2022-12-30", true, "a Friday"},
		{"2022-12-31", false, "named by the notice for 2023"},
		{"2023-01-02", false, "New Year's Day moved to Monday"},
		{"2023-01-03", true, "the day after"},
		{"2018-12-29", true, "a Saturday that the notice for 2019 moved"},
		{"2018-12-31", false, "a Monday off by the notice for 2019"},
		{"2006-12-31", true, "a Sunday worked for 2007"},
		{"2020-01-31", false, "Spring Festival as it was prolonged in 2020"},
		{"2020-02-02", false, "the last day of that"},
		{"2020-02-03", true, "the Monday after"},
		{"2004-01-01", false, "the first day of the data"},
		{"2003-12-31", true, "a Wednesday before the data"},
		{"2027-01-01", true, "a holiday whose notice is not in the data: a Friday"},
		{"2027-01-02", false, "a Saturday there"},
	} {
		if got := calendar.Working(date(t, c.day)); got != c.want {
			t.Errorf("%s (%s): got %t, want %t", c.day, c.why, got, c.want)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-03-09", 3, "2026-03-12"},
		{"2026-03-11", 3, "2026-03-16"}, // over a weekend
		{"2026-03-13", 3, "2026-03-18"},
		{"2026-03-14", 3, "2026-03-18"}, // from Saturday
		{"2026-03-15", 3, "2026-03-18"}, // from Sunday: the same
		{"2026-02-11", 3, "2026-02-14"}, // the make-up Saturday counts
		{"2026-02-12", 3, "2026-02-24"}, // over Spring Festival
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-02-18", 3, "2026-02-26"}, // from within it
		{"2026-02-25", 3, "2026-02-28"},
		{"2026-02-26", 3, "2026-03-02"},
		{"2026-09-18", 1, "2026-09-20"}, // Friday, and Sunday is worked
		{"2026-09-29", 3, "2026-10-09"}, // over National Day
		{"2026-09-30", 3, "2026-10-10"},
		{"2025-12-30", 3, "2026-01-05"}, // the year's end: off till the 3rd, Sunday the 4th makes up for it
		{"2026-12-30", 3, "2027-01-04"}, // into a year whose notice is not known
		{"2026-03-10", 0, "2026-03-10"},
		{"2026-10-01", 0, "2026-10-01"},
	} {
		if got := calendar.AddWorkingDays(date(t, c.from), c.n); got.String() != c.want {
			t.Errorf("%s + %d: got %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

// What Published promises about years without a notice, measured on all
// years that have one.
func TestMondayToFridayIsRarelyLate(t *testing.T) {
	plain, err := calendar.LoadWorkdays([]byte(`[]`))
	if err != nil {
		t.Fatal(err)
	}
	var early, same, late int
	for d := calendar.Of(2004, time.January, 1); d < calendar.Of(2026, time.December, 1); d++ {
		switch by := plain.Add(d, 3) - calendar.AddWorkingDays(d, 3); {
		case by > 2:
			t.Errorf("a term of three working days from %s ends %d days late", d, by)
		case by > 0:
			late++
		case by == 0:
			same++
		default:
			early++
		}
	}
	t.Logf("three working days without a notice: %d terms early, %d right, %d late", early, same, late)
	if all := early + same + late; early < all*9/100 || late*26 > all {
		t.Errorf("of %d terms %d are early and %d late: the comment on Published says otherwise", all, early, late)
	}
}

func TestPublished(t *testing.T) {
	for year, want := range map[int]bool{2003: false, 2004: true, 2026: true, 2027: false} {
		if got := calendar.China().Published(year); got != want {
			t.Errorf("%d: got %t", year, got)
		}
	}
	for year := 2004; year <= 2026; year++ {
		if newYear := calendar.Of(year, time.January, 1); calendar.Working(newYear) {
			t.Errorf("%s would be worked on", newYear)
		}
	}
}

func TestAnOperatorAddsAYear(t *testing.T) {
	notice, err := calendar.LoadWorkdays([]byte(`[{"year": 2027, "off": ["2027-01-01/2027-01-03"], "work": ["2026-12-27"]}]`))
	if err != nil {
		t.Fatal(err)
	}
	with := calendar.China().With(notice)
	if !with.Published(2027) || !with.Published(2026) || calendar.China().Published(2027) {
		t.Error("the new value has to know both, and the old one to stay what it was")
	}
	newYear, sunday, spring := date(t, "2027-01-01"), date(t, "2026-12-27"), date(t, "2026-02-16")
	if with.Working(newYear) || !with.Working(sunday) || with.Working(spring) {
		t.Error("the added notice is not followed, or the others are forgotten")
	}
	if !calendar.Working(newYear) || calendar.Working(sunday) {
		t.Error("adding a notice changed the calendar that it was added to")
	}
	corrected, err := calendar.LoadWorkdays([]byte(`[{"year": 2027, "work": ["2027-01-01"]}]`))
	if err != nil {
		t.Fatal(err)
	}
	if !with.With(corrected).Working(newYear) {
		t.Error("a later notice has to win")
	}
}

var badNotices = map[string]string{
	`{}`:                                   "should stand",
	`[`:                                    "EOF",
	`[{"year":2027`:                        "EOF",
	`[{"year":2027}] []`:                   "more data",
	`[{"year":2027,"Off":[]}]`:             "unknown",
	`[{"year":2027,"off":[],"off":[]}]`:    "told twice",
	`[{"year":2027},{"year":2027}]`:        "told twice",
	`[{"year":0}]`:                         "no year",
	`[{"year":99999999}]`:                  "no year",
	`[{"year":"2027"}]`:                    "cannot unmarshal",
	`[{"year":2027,"off":["2027-02-30"]}]`: "not a date",
	`[{"year":2027,"off":["2027-02-03/2027-02-01"]}]`:                             "backwards",
	`[{"year":2027,"off":["2028-01-01"]}]`:                                        "not in the year",
	`[{"year":2027,"off":["2026-11-30"]}]`:                                        "not in the year",
	`[{"year":2027,"off":["2027-01-01/2027-01-03"],"work":["2027-01-03"]}]`:       "told twice",
	`[{"year":2027,"off":["2026-12-31"]},{"year":2026,"work":["2026-12-31"]}]`:    "told twice",
	`[{"year":2027,"off":["2027-01-01/2027-01-02/2027-01-03"]}]`:                  "not a date",
	`[{"year":2027,"off":["2027-01-01"],"work":["2027-01-02"],"note":"holiday"}]`: "unknown",
}

func TestLoadWorkdaysRefuses(t *testing.T) {
	for text, want := range badNotices {
		if _, err := calendar.LoadWorkdays([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", text, err, want)
		}
	}
}

func FuzzLoadWorkdays(f *testing.F) {
	for text := range badNotices {
		f.Add([]byte(text))
	}
	f.Add([]byte(`[{"year": 2027, "off": ["2027-01-01/2027-01-03"], "work": ["2026-12-27"]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if w, err := calendar.LoadWorkdays(text); err == nil {
			w.Add(date(t, "2026-12-30"), 3)
		}
	})
}
