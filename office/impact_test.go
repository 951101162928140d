package office_test

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/servicing"
)

// a pack that a lender may be afraid of: a lower cap, and less for one person.
const stricter = `{"pack": "draft", "edition": 1, "title": {"zh": "草案", "en": "Draft"}, "currency": "CNY", "rules": [
	{"id": "draft.first", "title": {"zh": "始", "en": "First"}, "source": {"name": {"zh": "草案", "en": "Draft"}, "where": "§ 0"}, "mark": "C",
	 "from": "2025-01-01", "figures": {"cost_table": true}},
	{"id": "draft.cap", "title": {"zh": "上限", "en": "Cap"}, "source": {"name": {"zh": "草案", "en": "Draft"}, "where": "§ 1"}, "mark": "C",
	 "from": "2027-01-01", "figures": {"cost_cap": 130000}},
	{"id": "draft.person", "title": {"zh": "每人", "en": "A person"}, "source": {"name": {"zh": "草案", "en": "Draft"}, "where": "§ 2"}, "mark": "C",
	 "from": "2027-01-01", "figures": {"most_a_person": 600000}}
]}`

// TestImpact holds three contracts of two programmes against a pack, on the day
// before it would count and on the day.
func TestImpact(t *testing.T) {
	ctx := t.Context()
	o, err := office.Open(ctx, filepath.Join(t.TempDir(), "yuefu.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-11-24T04:00:00Z", Partitions: 4}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := o.Catalogue.CreatePlatform(ctx, "x", "shop", "Shop"); err != nil {
		t.Fatal(err)
	}
	publish := func(id string, change func(*catalogue.Draft)) *credit.Terms {
		d := catalogue.Sample()
		d.Terms.ReadingSeconds = 1
		change(&d)
		v, err := o.Catalogue.CreateProgramme(ctx, "x", "shop", id, d)
		if err != nil {
			t.Fatal(err)
		}
		return v.Terms
	}
	dear := publish("dear", func(*catalogue.Draft) {})
	free := publish("free", func(d *catalogue.Draft) {
		d.Terms.CostCap, d.Terms.PenaltyRate, d.Terms.Conversions = 100_000, 100_000, nil
		d.Terms.Plans = d.Terms.Plans[:2] // they cost the customer nothing
	})
	if dear.RulesFrom != calendar.Of(2026, 9, 30) {
		t.Errorf("the sandbox's law is that of %s", dear.RulesFrom)
	}
	var where []servicing.Answer
	do := func(id credit.ID, key string, c credit.Command) {
		t.Helper()
		answer, err := o.Desk.Do(ctx, servicing.Request{Account: id, Platform: "shop", Key: key, Command: c,
			Answer: func(*credit.Account, []credit.Event, credit.Moment) []byte { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		where = append(where, answer)
	}
	yes, no := true, false
	now := o.Desk.Today()
	shown := time.UnixMicro(now.Time).UTC()
	consent := func(customer string, d credit.Document) credit.Consent {
		return credit.Consent{Person: customer, Document: d.Name, Version: d.Version, Hash: d.Hash, ShownAt: shown.Add(-time.Minute), AcceptedAt: shown, Act: "tap", Channel: "api", Language: "zh-Hans", ReadSeconds: new(60), Preselected: &no}
	}
	open := func(terms *credit.Terms, customer string, limit money.Amount, spent money.Amount) {
		id := credit.AccountID("shop", terms.Programme, customer)
		apply := credit.Apply{Platform: "shop", Programme: terms.Programme, Customer: customer, Terms: terms, Declared: credit.Declared{Adult: &yes, Student: &no},
			Assessment: credit.Assessment{Decision: credit.Approved, Limit: limit}}
		for _, d := range terms.Documents {
			apply.Consents = append(apply.Consents, consent(customer, d))
		}
		do(id, "apply", apply)
		line := credit.Account{ID: id, Terms: terms}
		quote := line.Quote(terms.Plans[0], spent, now.Day)
		do(id, "buy", credit.Authorise{Amount: spent, Currency: "CNY", Plan: terms.Plans[0].ID, Scene: "mall", Merchant: "m", Order: "o",
			Consent: consent(customer, credit.Document{Name: credit.QuoteDocument, Version: terms.Version, Hash: quote.Token})})
		do(id, "ship", credit.Capture{Hold: 2, Amount: spent, Final: true})
	}
	open(dear, "u1", 5_000_00, 100_00)
	open(dear, "u2", 6_000_01, 20_00)
	open(free, "u3", 9_000_00, 3_00)
	for _, a := range where {
		if err := o.Tables.WaitFor(ctx, a.Partition, a.Position); err != nil {
			t.Fatal(err)
		}
	}

	pack, err := law.Load([]byte(stricter))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string][]string{
		"2026-12-31": nil,
		"2027-01-01": {
			"dear 2 12000 draft.cap /terms/cost_cap", "dear 2 12000 draft.cap /terms/plans/3", "dear 2 12000 draft.cap /terms/conversions/2", "dear 2 12000 draft.cap /terms/penalty_rate",
			"dear 1 2000 draft.person /policy/maximum_limit",
			"free 1 300 draft.person /policy/maximum_limit",
		},
	} {
		on, err := calendar.Parse(day)
		if err != nil {
			t.Fatal(err)
		}
		calls := int64(0)
		impact, err := office.ImpactOf(ctx, o.Catalogue, o.Tables, pack, on, func(done, all int64) { calls += all / done })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range impact.Broken {
			got = append(got, fmt.Sprint(b.Programme, " ", b.Accounts, " ", int64(b.Owed), " ", b.Rule, " ", b.Field))
		}
		if diff := cmp.Diff(want, got); diff != "" || impact.Accounts != 3 || impact.Versions != 2 || calls == 0 {
			t.Errorf("%s: %d accounts of %d versions: %s", day, impact.Accounts, impact.Versions, diff)
		}
	}
	for name, accounts := range map[string]int64{"cn": 3, "uk": 0, "none": 3} { // contracts in yuan are not the uk's
		other, err := law.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		impact, err := office.ImpactOf(ctx, o.Catalogue, o.Tables, other, calendar.Of(2027, 1, 1), func(int64, int64) {})
		if err != nil || len(impact.Broken) > 0 || impact.Accounts != accounts {
			t.Errorf("%s: %+v, %v", name, impact, err)
		}
	}
	if _, err := office.ImpactOf(ctx, o.Catalogue, o.Tables, pack, calendar.Of(2024, 12, 31), func(int64, int64) {}); err == nil {
		t.Error("a date that the pack does not know")
	}
}
