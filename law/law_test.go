package law_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/law"
)

var update = flag.Bool("update", false, "write the golden files anew")

func on(t testing.TB, day string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func find(t testing.TB, name string) *law.Pack {
	t.Helper()
	p, err := law.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told prints everything that a pack says, date by date as it changes.
func told(t testing.TB, p *law.Pack) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, edition %d, %s · %s, in %q\n", p.Name, p.Edition, p.Title.ZH, p.Title.EN, p.Currency)
	for i := range p.Rules {
		r := &p.Rules[i]
		fmt.Fprintf(&b, "\n%s [%s] from %q to %q proposed %t\n  %s · %s\n  %s · %s, %s\n", r.ID, r.Mark, r.From, r.To, r.Proposed,
			r.Title.ZH, r.Title.EN, r.Source.Name.ZH, r.Source.Name.EN, r.Source.Where)
		if r.Note != (law.Label{}) {
			fmt.Fprintf(&b, "  %s · %s\n", r.Note.ZH, r.Note.EN)
		}
	}
	for _, turn := range append(p.Turns(), on(t, "2030-01-01")) {
		rules, err := p.On(turn)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\non %s, since %s:\n", turn, rules.Since)
		for f, v := range rules.Figures() {
			fmt.Fprintf(&b, "  %-32s %-18v %s (%s)\n", f, v, rules.Rule(f).ID, f.Place())
		}
	}
	return b.String()
}

// TestPacks holds each pack against what it said when somebody last looked at it.
func TestPacks(t *testing.T) {
	if diff := cmp.Diff([]string{"cn", "eu", "none", "uk", "us-ny"}, law.Names()); diff != "" {
		t.Error(diff)
	}
	for _, name := range law.Names() {
		golden := filepath.Join("testdata", name+".txt")
		got := told(t, find(t, name))
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestEveryFigureIsSomewhere keeps a figure that no pack sets, and a field of Rules
// that no figure fills, out of the product.
func TestEveryFigureIsSomewhere(t *testing.T) {
	set := map[law.Figure]bool{}
	for _, name := range law.Names() {
		for _, r := range find(t, name).Rules {
			for f := range r.Figures {
				set[f] = true
			}
		}
	}
	known := law.KnownFigures()
	for _, f := range known {
		if !set[f] {
			t.Errorf("no pack sets %s", f)
		}
	}
	fields := 0
	for i := range reflect.TypeFor[law.Rules]().NumField() {
		switch reflect.TypeFor[law.Rules]().Field(i).Name {
		case "Pack", "Edition", "Since", "Currency", "InForce", "from":
		default:
			fields++
		}
	}
	if fields != len(known) {
		t.Errorf("Rules has %d fields for %d figures", fields, len(known))
	}
}

func TestUnknownPackAndDate(t *testing.T) {
	for _, c := range []struct {
		pack string
		on   calendar.Date
		ok   bool
	}{
		{"mars", on(t, "2026-11-24"), false},
		{"", on(t, "2026-11-24"), false},
		{"cn", 0, false},
		{"cn", on(t, "2013-03-14"), false},
		{"cn", on(t, "2013-03-15"), true},
		{"eu", on(t, "2026-11-19"), false},
		{"eu", on(t, "2026-11-20"), true},
		{"uk", on(t, "2026-07-14"), false},
		{"uk", on(t, "2026-07-15"), true},
		{"us-ny", on(t, "2025-05-08"), false},
		{"us-ny", on(t, "2025-05-09"), true},
		{"none", on(t, "1999-01-01"), true},
		{"none", 0, false},
	} {
		if rules, err := law.On(c.pack, c.on); (err == nil) != c.ok || (rules == nil) == c.ok {
			t.Errorf("%s on %s: %v", c.pack, c.on, err)
		}
	}
}

const small = `{"pack": "x", "edition": 1, "title": {"zh": "某", "en": "X"}, "currency": "CNY", "rules": [
	{"id": "x.one", "title": {"zh": "一", "en": "One"}, "source": {"name": {"zh": "书", "en": "Book"}, "where": "p. 1"}, "mark": "A",
	 "from": "2026-03", "to": "2026-06-30", "figures": {"cost_cap": 240000}},
	{"id": "x.two", "title": {"zh": "二", "en": "Two"}, "source": {"name": {"zh": "书", "en": "Book"}, "where": "p. 2"}, "mark": "B",
	 "from": "2026-07-01", "figures": {"cost_cap": 200000, "no_contact_from": "22:00"}}
]}`

// A rule is in force from its first day through its last, and not a day sooner or later.
func TestTheDayBeforeTheDayAndTheDayAfter(t *testing.T) {
	p, err := law.Load([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{
		"2026-03-01": "24.00% 00:00 2026-03-01", "2026-06-30": "24.00% 00:00 2026-03-01",
		"2026-07-01": "20.00% 22:00 2026-07-01", "2031-01-01": "20.00% 22:00 2026-07-01",
	} {
		for range 2 { // the day again
			rules, err := p.On(on(t, day))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(rules.CostCap, " ", rules.NoContactFrom, " ", rules.Since); got != want {
				t.Errorf("%s: %s, not %s", day, got, want)
			}
		}
	}
	if _, err := p.On(on(t, "2026-02-28")); err == nil {
		t.Error("the day before the first rule is known")
	}
}

func TestLoaderIsStrict(t *testing.T) {
	if _, err := law.Load([]byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, says string }{
		{`"edition": 1`, `"edition": 0`, "edition from 1"},
		{`"edition": 1`, `"edition": 1, "edition": 2`, "told twice"},
		{`"edition": 1`, `"Edition": 1`, "small letters"},
		{`"edition": 1`, `"edition": 1, "colour": 1`, "unknown field"},
		{`"pack": "x"`, `"pack": "X y"`, "has a name"},
		{`"currency": "CNY"`, `"currency": "XAU"`, "XAU"},
		{`"en": "X"`, `"en": ""`, "both languages"},
		{`"id": "x.two"`, `"id": "x.one"`, "stands twice"},
		{`"id": "x.two"`, `"id": "y.two"`, "an id is"},
		{`"where": "p. 1"`, `"where": ""`, "where to check"},
		{`"en": "Book"`, `"en": ""`, "source.name"},
		{`"mark": "B"`, `"mark": "D"`, "mark"},
		{`"from": "2026-03"`, `"from": "2026-13"`, "not a date"},
		{`"from": "2026-03"`, `"from": "soon"`, "not a date"},
		{`"to": "2026-06-30"`, `"to": "2026-02-28"`, "before it begins"},
		{`"to": "2026-06-30"`, `"to": "2026-07-01"`, "both set cost_cap"},
		{`"to": "2026-06-30"`, `"note": {"zh": "", "en": "n"}`, "both languages"},
		{`{"cost_cap": 240000}`, `{}`, "no figure"},
		{`{"cost_cap": 240000}`, `{"cost_hat": 240000}`, "not known"},
		{`{"cost_cap": 240000}`, `{"cost_cap": 24.5}`, "no whole number"},
		{`{"cost_cap": 240000}`, `{"cost_cap": "24%"}`, "no whole number"},
		{`{"cost_cap": 240000}`, `{"cost_cap": 0}`, "not within"},
		{`{"cost_cap": 240000}`, `{"cost_cap": 10000001}`, "not within"},
		{`{"cost_cap": 240000}`, `{"cost_table": false}`, "left out"},
		{`{"cost_cap": 240000}`, `{"rate_method": "nominal"}`, "not known"},
		{`"no_contact_from": "22:00"`, `"no_contact_from": "24:00"`, "no time of day"},
		{`"no_contact_from": "22:00"`, `"no_contact_from": "8:00"`, "no time of day"},
		{`"no_contact_from": "22:00"`, `"no_contact_from": 22`, "no text"},
		{`"currency": "CNY", "rules": [`, `"currency": "", "rules": [ {"id": "x.three", "title": {"zh": "三", "en": "3"}, "source": {"name": {"zh": "书", "en": "Book"}, "where": "p"}, "mark": "A", "from": "", "figures": {"most_a_person": 1}},`, "no currency"},
		{"]}", "]} {}", "after the pack"},
		{`"一"`, "\"\xff\"", "UTF-8"},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Fatalf("%s is not there", c.old)
		}
		if _, err := law.Load([]byte(text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, which does not say %q", c.new, err, c.says)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := law.Load(data)
		if err != nil {
			return
		}
		for _, turn := range p.Turns() {
			if turn > 0 {
				if _, err := p.On(turn); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
