package wire_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew: only for names and versions that no log holds yet")

// golden compares with a file that is kept for ever.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(slices.Clone(got), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := append(slices.Clone(got), '\n'); !bytes.Equal(got, want) {
		t.Errorf("%s has changed: logs hold it as\n%sand it would now be\n%s", name, want, got)
	}
}

func TestEventsAreReadForEver(t *testing.T) {
	covered := map[string]bool{}
	for _, e := range eventExamples {
		covered[e.Name()] = true
		list := []credit.Event{e}
		b, err := wire.EncodeEvents(list)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "events/"+e.Name()+".json", b)
		kept, err := os.ReadFile("testdata/events/" + e.Name() + ".json")
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.DecodeEvents(kept)
		if err != nil {
			t.Errorf("%s: %v", e.Name(), err)
			continue
		}
		if diff := cmp.Diff(list, read); diff != "" {
			t.Errorf("%s: %s", e.Name(), diff)
		}
	}
	for _, name := range wire.EventNames() {
		if !covered[name] {
			t.Errorf("%s has no example", name)
		}
	}
}

func TestCommandsAreReadForEver(t *testing.T) {
	for _, c := range commandExamples {
		b, err := wire.EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "commands/"+c.Name()+".json", b)
		again, _ := wire.EncodeCommand(c)
		if !bytes.Equal(b, again) {
			t.Errorf("%s: twice the same gives\n%s\n%s", c.Name(), b, again)
		}
	}
}

// A repeated key with the same instants in another zone asks for the same thing.
func TestACommandIsTheSameInEveryZone(t *testing.T) {
	shanghai := time.FixedZone("", 8*3600)
	elsewhere := evidence
	elsewhere.ShownAt, elsewhere.AcceptedAt = evidence.ShownAt.In(shanghai), evidence.AcceptedAt.In(shanghai)
	for _, c := range [][2]credit.Command{
		{credit.Authorise{Consent: evidence}, credit.Authorise{Consent: elsewhere}},
		{credit.Apply{Consents: []credit.Consent{evidence}}, credit.Apply{Consents: []credit.Consent{elsewhere}}},
	} {
		a, err := wire.EncodeCommand(c[0])
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := wire.EncodeCommand(c[1]); !bytes.Equal(a, b) {
			t.Errorf("got\n%s\n%s", a, b)
		}
	}
	if elsewhere.AcceptedAt.Location() != shanghai {
		t.Error("encoding changed the command")
	}
}

// Each field of a command is part of what was asked.
func TestCommandsDiffer(t *testing.T) {
	base := credit.Authorise{Amount: 1, Currency: "CNY", Plan: "p", Scene: "s", Merchant: "m", Order: "o", Consent: evidence}
	seen := map[string]bool{}
	for _, change := range []func(*credit.Authorise){
		func(*credit.Authorise) {},
		func(c *credit.Authorise) { c.Amount++ },
		func(c *credit.Authorise) { c.Currency = "USD" },
		func(c *credit.Authorise) { c.Plan = "s" },
		func(c *credit.Authorise) { c.Scene = "p" },
		func(c *credit.Authorise) { c.Merchant = "m2" },
		func(c *credit.Authorise) { c.Order = "o2" },
		func(c *credit.Authorise) { c.Consent.Hash = "h2" },
		func(c *credit.Authorise) { c.Consent.AcceptedAt = c.Consent.AcceptedAt.Add(time.Nanosecond) },
		func(c *credit.Authorise) { c.Consent.Preselected = nil },
		func(c *credit.Authorise) { c.Consent.Preselected = &yes },
	} {
		c := base
		change(&c)
		b, err := wire.EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(b)] {
			t.Errorf("twice %s", b)
		}
		seen[string(b)] = true
	}
}

func TestEmptyLists(t *testing.T) {
	b, err := wire.EncodeEvents(nil)
	if err != nil || string(b) != "[]" {
		t.Errorf("got %s, %v", b, err)
	}
	for _, empty := range []string{"", "[]", " [ ] "} {
		if list, err := wire.DecodeEvents([]byte(empty)); err != nil || len(list) != 0 {
			t.Errorf("%q: got %v, %v", empty, list, err)
		}
	}
	all, err := wire.EncodeEvents(eventExamples)
	if err != nil {
		t.Fatal(err)
	}
	list, err := wire.DecodeEvents(all)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(eventExamples, list); diff != "" {
		t.Error(diff)
	}
}

// What is not known to the last member is refused: half an event is a wrong balance.
var badEvents = map[string]string{
	`{}`:                                     "where [ should",
	`null`:                                   "where [ should",
	`[`:                                      "EOF",
	`[]]`:                                    "after top-level value",
	`[1]`:                                    "where ] should",
	`[[]]`:                                   "name",
	`[[1,1,{}]]`:                             "name",
	`[["statement.paid"]]`:                   "version",
	`[["statement.paid",2,{"statement":9}]]`: "version 2",
	`[["statement.paid",0,{"statement":9}]]`: "version 0",
	`[["statement.paid",-1,{"statement":9}]]`:                         "version -1",
	`[["statement.paid",1.0,{"statement":9}]]`:                        "version 1.0",
	`[["statement.paid","1",{"statement":9}]]`:                        "version",
	`[["statement.paid",1]]`:                                          "unmarshal",
	`[["statement.paid",1,null,{}]]`:                                  "where ] should",
	`[["statement.paid",1,{"statement":9},{}]]`:                       "where ] should",
	`[["statement.paid",1,{"statement":9}],2]`:                        "where ] should",
	`[["statement.paid",1,{"statement":9}]] []`:                       "after top-level value",
	`[["statement.lost",1,{"statement":9}]]`:                          "not known",
	`[["Statement.paid",1,{"statement":9}]]`:                          "not known",
	`[["statement.paid",1,{"statement":9,"amount":1}]]`:               "unknown",
	`[["statement.paid",1,{"Statement":9}]]`:                          "unknown",
	`[["statement.paid",1,{"statement":9,"statement":9}]]`:            "duplicate",
	`[["statement.paid",1,{"statement":"9"}]]`:                        "unmarshal",
	`[["statement.paid",1,{"statement":9.5}]]`:                        "unmarshal",
	`[["statement.paid",1,{"statement":9223372036854775808}]]`:        "range",
	`[["statement.paid",1,[9]]]`:                                      "unmarshal",
	`[["penalty.charged",1,{"through":"2026-02-30"}]]`:                "not a date",
	`[["account.opened",1,{"terms":{"programme":"x","colour":"y"}}]]`: "unknown",
	"[[\"block.added\",1,{\"kind\":\"\xff\"}]]":                       "UTF-8",
}

func TestDecodeEventsRefuses(t *testing.T) {
	for text, want := range badEvents {
		if list, err := wire.DecodeEvents([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %q in it", text, list, err, want)
		}
	}
}

func TestEffectiveDay(t *testing.T) {
	for _, c := range []struct {
		name, command string
		want          calendar.Date
		wrong         string
	}{
		{"close_day", `{"day":"2026-03-05"}`, calendar.Of(2026, 3, 5), ""},
		{"repay", `{"day":"2026-03-05"}`, 20_600, ""},
		{"open_day", `{}`, 20_600, ""},
		{"close_day", `{}`, 0, "names no day"},
		{"close_day", `{"day":""}`, 0, "names no day"},
		{"close_day", `{"day":"2026-03-32"}`, 0, "not a date"},
		{"close_day", `{"day":"2026-03-05","by":"x"}`, 0, "unknown"},
		{"close_day", `[]`, 0, "unmarshal"},
		{"close_day", ``, 0, "EOF"},
	} {
		day, err := wire.EffectiveDay(c.name, []byte(c.command), 20_600)
		if c.wrong == "" && (err != nil || day != c.want) || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s %s: got %s, %v, want %s %s", c.name, c.command, day, err, c.want, c.wrong)
		}
	}
}

func TestStateIsReadAgain(t *testing.T) {
	a, _ := busy(t, 4, 2)
	state := encodeState(t, a)
	golden(t, "state.json", state)
	read, err := wire.DecodeState(state)
	if err != nil {
		t.Fatal(err)
	}
	if again := encodeState(t, read); !bytes.Equal(state, again) {
		t.Errorf("got\n%s\nfrom\n%s", again, state)
	}
	other, err := wire.DecodeState(state)
	if err != nil {
		t.Fatal(err)
	}
	if read.Terms != other.Terms {
		t.Error("two accounts signed under the same terms keep them twice")
	}
	for text, want := range map[string]string{
		`[]`: "unmarshal", ``: "EOF", `{"id":"acc_1","colour":1}`: "unknown", `{"id":1}`: "unmarshal", `{} {}`: "after top-level value", `{"terms":{"plans":1}}`: "unmarshal", `{"terms":null,"holds":[{"n":1,"x":2}]}`: "unknown",
	} {
		if _, err := wire.DecodeState([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", text, err, want)
		}
	}
}

// Any event, whatever is in it, is read as it was written.
func TestAnyEventComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "直播", `"\`, "\u2028", "</script>"}))
		amount := rapid.Int64()
		e := credit.Authorised{
			Number: amount.Draw(t, "n"), Plan: text.Draw(t, "plan"), Scene: text.Draw(t, "scene"), Merchant: text.Draw(t, "merchant"),
			Order: text.Draw(t, "order"), Quote: text.Draw(t, "quote"), LastDay: calendar.Date(rapid.Int32Range(0, 100_000).Draw(t, "day")),
		}
		b, err := wire.EncodeEvents([]credit.Event{e})
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.DecodeEvents(b)
		if err != nil || len(read) != 1 || read[0] != credit.Event(e) {
			t.Fatalf("%s: got %+v, %v", b, read, err)
		}
	})
}

func FuzzDecodeEvents(f *testing.F) {
	for text := range badEvents {
		f.Add([]byte(text))
	}
	for _, e := range eventExamples {
		b, err := wire.EncodeEvents([]credit.Event{e})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := wire.DecodeEvents(b)
		if err != nil {
			return
		}
		again, err := wire.EncodeEvents(list)
		if err != nil {
			t.Fatalf("%q was read and can't be written: %v", b, err)
		}
		if read, err := wire.DecodeEvents(again); err != nil || !cmp.Equal(list, read) {
			t.Fatalf("%q became %q: %v", b, again, err)
		}
	})
}

func FuzzDecodeState(f *testing.F) {
	a, _ := busy(f, 1, 1)
	f.Add(encodeState(f, a))
	f.Add([]byte(`{"id":"acc_1","purchases":[{"n":1,"instalments":null}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := wire.DecodeState(b)
		if err != nil {
			return
		}
		state, err := wire.EncodeState(a)
		if err != nil {
			return // a time beyond year 9999, which no decision writes
		}
		read, err := wire.DecodeState(state)
		if err != nil {
			t.Fatalf("%s: %v", state, err)
		}
		if again := encodeState(t, read); !bytes.Equal(state, again) {
			t.Fatalf("%s became %s", state, again)
		}
	})
}

func FuzzEffectiveDay(f *testing.F) {
	f.Add([]byte(`{"day":"2026-03-05"}`))
	f.Add([]byte(`{"day":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if day, err := wire.EffectiveDay("close_day", b, 1); err == nil && day == 0 {
			t.Errorf("%q: no day", b)
		}
	})
}

// A checkout is written by hand: its bytes are those of the JSON library, and so
// are its errors.
func TestTheHandWritesWhatTheLibraryWrites(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "\x7f", "直播", `"\/`, "\u2028", "</script>&", "\xff", "a\xc3", "\U0001F600"}))
	day := rapid.OneOf(rapid.Int32(), rapid.SampledFrom([]int32{0, -719_528, -719_529, 2_932_896, 2_932_897}))
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(-1<<38, 1<<38).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).UTC()
	})
	compare := func(t *rapid.T, by string, got []byte, wrong error, want []byte, refused error) {
		if (wrong == nil) != (refused == nil) || wrong == nil && !bytes.Equal(got, want) {
			t.Fatalf("%s: by hand\n%s %v\nby the library\n%s %v", by, got, wrong, want, refused)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		e := credit.Authorised{
			Number: rapid.Int64().Draw(t, "n"), Amount: money.Amount(rapid.Int64().Draw(t, "amount")), Plan: text.Draw(t, "plan"), Scene: text.Draw(t, "scene"),
			Merchant: text.Draw(t, "merchant"), Order: text.Draw(t, "order"), Quote: text.Draw(t, "quote"), LastDay: calendar.Date(day.Draw(t, "day")),
			Route: rapid.IntRange(0, 2).Draw(t, "route"), Minute: rapid.IntRange(0, 2).Draw(t, "minute"),
			Agreement: credit.Agreement{
				Document: credit.Document{Name: text.Draw(t, "document"), Version: rapid.Int().Draw(t, "version"), Hash: text.Draw(t, "hash")},
				Person:   text.Draw(t, "person"), ShownAt: instant.Draw(t, "shown"), AcceptedAt: instant.Draw(t, "accepted"), Act: text.Draw(t, "act"),
				Channel: text.Draw(t, "channel"), Language: text.Draw(t, "language"), ReadSeconds: rapid.Int().Draw(t, "read"), Preselected: rapid.Bool().Draw(t, "preselected"),
			},
		}
		got, wrong := wire.EncodeEvents([]credit.Event{e})
		want, refused := json.Marshal([]any{[]any{e.Name(), 1, e}})
		compare(t, "event", got, wrong, want, refused)

		c := credit.Authorise{
			Amount: e.Amount, Currency: money.Currency(text.Draw(t, "currency")), Plan: e.Plan, Scene: e.Scene, Merchant: e.Merchant, Order: e.Order,
			Consent: credit.Consent{
				Person: text.Draw(t, "person"), Document: text.Draw(t, "document"), Version: int(e.Number), Hash: e.Quote, Act: text.Draw(t, "act"),
				Channel: text.Draw(t, "channel"), Language: text.Draw(t, "language"), ReadSeconds: rapid.Ptr(rapid.Int(), true).Draw(t, "read"),
				ShownAt: instant.Draw(t, "shown"), AcceptedAt: instant.Draw(t, "accepted"), Preselected: rapid.Ptr(rapid.Bool(), true).Draw(t, "preselected"),
			},
		}
		got, wrong = wire.EncodeCommand(c)
		want, refused = json.Marshal(c)
		compare(t, "command", got, wrong, want, refused)
	})
}
