package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNthOnDay(t *testing.T) {
	for _, c := range []struct {
		from   string
		anchor int
		n      int
		want   string
	}{
		{"2026-03-09", 10, 1, "2026-03-10"}, // the day before
		{"2026-03-10", 10, 1, "2026-04-10"}, // the day itself is not after itself
		{"2026-03-11", 10, 1, "2026-04-10"},
		{"2026-01-30", 31, 1, "2026-01-31"},
		{"2026-01-31", 31, 1, "2026-02-28"}, // a short month
		{"2026-02-27", 31, 1, "2026-02-28"},
		{"2026-02-28", 31, 1, "2026-03-31"}, // and the anchor is 31 still
		{"2026-01-31", 31, 2, "2026-03-31"},
		{"2028-01-31", 30, 1, "2028-02-29"}, // a leap year
		{"2028-01-31", 29, 1, "2028-02-29"},
		{"2026-01-31", 29, 1, "2026-02-28"},
		{"2025-12-31", 31, 1, "2026-01-31"}, // the year's end
		{"2025-12-30", 31, 1, "2025-12-31"},
		{"2025-11-05", 1, 14, "2027-01-01"},
	} {
		if got := calendar.NthOnDay(date(t, c.from), c.anchor, c.n); got.String() != c.want {
			t.Errorf("day %d, number %d after %s: got %s, want %s", c.anchor, c.n, c.from, got, c.want)
		}
	}
}

// Every start day of twenty-one years, every anchor and every tenor of up to
// twelve months, against a model that only walks from day to day: each date is
// in exactly one cycle, so no day is billed twice and none is left out.
func TestCyclesTileTime(t *testing.T) {
	first, last := calendar.Of(2020, time.January, 1), calendar.Of(2040, time.December, 31)
	horizon := calendar.Of(2042, time.January, 31)
	for anchor := 1; anchor <= 31; anchor++ {
		next := make([]calendar.Date, horizon-first+1) // the first anchor day after each date
		for d := horizon - 1; d >= first; d-- {
			next[d-first] = next[d+1-first]
			if falls(d+1, anchor) {
				next[d-first] = d + 1
			}
		}
		for d := first; d <= last; d++ {
			if got, want := calendar.NextOnDay(d, anchor), next[d-first]; got != want {
				t.Fatalf("first day %d after %s: got %s, want %s", anchor, d, got, want)
			}
			want := d
			for n := 1; n <= 12; n++ {
				want = next[want-first]
				if got := calendar.NthOnDay(d, anchor, n); got != want {
					t.Fatalf("day %d, number %d after %s: got %s, want %s", anchor, n, d, got, want)
				}
			}
		}
	}
}

func falls(d calendar.Date, anchor int) bool {
	_, _, day := d.Split()
	_, _, tomorrow := (d + 1).Split()
	return day == anchor || (day < anchor && tomorrow == 1)
}

func TestAt(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		instant time.Time
		want    string
	}{
		{time.Date(2026, 3, 10, 23, 59, 59, 999, shanghai), "2026-03-10"},
		{time.Date(2026, 3, 11, 0, 0, 0, 0, shanghai), "2026-03-11"},
		{time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC).In(shanghai), "2026-03-11"}, // Shanghai is ahead
		{time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC), "2026-03-10"},
		{time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), "1969-12-31"},
	} {
		if got := calendar.At(c.instant); got.String() != c.want {
			t.Errorf("%s: got %s, want %s", c.instant, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-3-10", "26-03-10", "2026/03/10", "20260310",
		"2026-03-10 ", " 2026-03-10", "2026-03-10T00:00:00Z", "+2026-03-10", "-026-03-10", "２０２６-03-10", "1970-01-01",
	} {
		if d, err := calendar.Parse(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	type holder struct {
		Day calendar.Date `json:"day"`
	}
	rapid.Check(t, func(t *rapid.T) {
		day := calendar.Date(rapid.Int32Range(-700_000, 2_900_000).Draw(t, "day"))
		text, err := json.Marshal(holder{day})
		if err != nil {
			t.Fatal(err)
		}
		var back holder
		if err := json.Unmarshal(text, &back); err != nil || back.Day != day {
			t.Fatalf("%s came back as %d: %v", text, back.Day, err)
		}
		if y, m, d := day.Split(); calendar.Of(y, m, d) != day || day.Weekday() != day.Time().Weekday() {
			t.Fatalf("%s is not its own year, month and day", day)
		}
	})
	if got := calendar.Date(0).String(); got != "" {
		t.Errorf("no date prints as %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-03-10", "2028-02-29", "2026-02-29", "0000-01-01", "9999-12-31", "1970-01-01", "2026-3-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := calendar.Parse(s); err == nil && d.String() != s {
			t.Errorf("%q was read as %s", s, d)
		}
	})
}
