package catalogue_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/law"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestProgrammeGrowsByVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, time.Now)
		shop(t, c, "shop")
		shop(t, c, "another") // has a programme of the same name

		first, err := c.Terms(ctx, "shop", catalogue.SampleID)
		if err != nil || first.Programme != catalogue.SampleID || first.Version != 1 {
			t.Fatalf("%+v, %v", first, err)
		}
		if again, _ := c.Terms(ctx, "shop", catalogue.SampleID); again != first {
			t.Error("terms are copied instead of shared")
		}

		draft := catalogue.Sample()
		draft.Terms = *first // a version is often made from the last one, its disclosure and all
		draft.Terms.GraceDays = 5
		v, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft)
		if err != nil || v.Number != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		if terms, _ := c.Terms(ctx, "shop", catalogue.SampleID); terms != first || first.GraceDays != 3 {
			t.Error("a version is in force before it was activated, or changed an older one")
		}
		draft.Terms.Currency = "USD"
		if _, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft); !errors.Is(err, catalogue.ErrInvalid) || !strings.Contains(err.Error(), "the programme is in CNY") {
			t.Errorf("a version in another currency: %v", err)
		}
		for range 2 {
			if err := c.Activate(ctx, "x", "shop", catalogue.SampleID, 2); err != nil {
				t.Fatal(err)
			}
		}
		if terms, _ := c.Terms(ctx, "shop", catalogue.SampleID); terms != v.Terms || terms.GraceDays != 5 {
			t.Errorf("%+v", terms)
		}
		if terms, _ := c.Terms(ctx, "another", catalogue.SampleID); terms.Version != 1 {
			t.Error("another platform's programme moved")
		}

		reopened, _ := server(t, dsn, time.Now)
		versions, err := reopened.Versions(ctx, "shop", catalogue.SampleID)
		if err != nil || len(versions) != 2 {
			t.Fatalf("%v, %v", versions, err)
		}
		if diff := cmp.Diff(v, versions[1]); diff != "" {
			t.Error("what is read is not what was written: " + diff)
		}
		if one, err := reopened.Version(ctx, "shop", catalogue.SampleID, 1); err != nil || one != versions[0] {
			t.Errorf("%v, %v", one, err)
		}
		if all := reopened.Programmes(ctx, "shop"); len(all) != 1 || all[0] != versions[1] {
			t.Errorf("%v", all)
		}
	})
}

func TestProgrammeIsRefused(t *testing.T) {
	ctx := t.Context()
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	shop(t, c, "shop")
	for name, spoil := range map[string]func(*catalogue.Draft){
		"terms: plan \"flat6\" costs":       func(d *catalogue.Draft) { d.Terms.CostCap = 120_000 },
		"terms: unknown currency":           func(d *catalogue.Draft) { d.Terms.Currency = "XAU" },
		"above the terms' limit_cap":        func(d *catalogue.Draft) { d.Terms.LimitCap = 49_999_99 },
		"policy: default_limit":             func(d *catalogue.Draft) { d.Policy.DefaultLimit = 60_000_00 },
		"names.programme.zh":                func(d *catalogue.Draft) { d.Names.Programme.ZH = "" },
		"names.funder.en":                   func(d *catalogue.Draft) { d.Names.Funder.EN = strings.Repeat("x", 101) },
		"names.bureau.zh":                   func(d *catalogue.Draft) { d.Names.Bureau = catalogue.Label{} },
		"terms: funder":                     func(d *catalogue.Draft) { d.Terms.Funder = "" },
		"stands twice":                      func(d *catalogue.Draft) { d.Terms.Documents = append(d.Terms.Documents, d.Terms.Documents[0]) },
		"needs bureau_query":                func(d *catalogue.Draft) { d.Terms.Documents = d.Terms.Documents[1:] },
		"needs bureau_report":               func(d *catalogue.Draft) { d.Terms.Documents = slices.Delete(d.Terms.Documents, 1, 2) },
		"there is no text with this hash":   func(d *catalogue.Draft) { d.Terms.Documents[2].Hash = "0" },
		"the text with this hash is credit": func(d *catalogue.Draft) { d.Terms.Documents[2].Version = 2 },
	} {
		draft := catalogue.Sample()
		spoil(&draft)
		if _, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft); !errors.Is(err, catalogue.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"no version":  c.Activate(ctx, "x", "shop", catalogue.SampleID, 2),
		"no such one": c.Activate(ctx, "x", "shop", "other", 1),
		"not theirs":  c.Activate(ctx, "x", "nobody", catalogue.SampleID, 1),
	} {
		if !notFound(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.CreateProgramme(ctx, "x", "shop", catalogue.SampleID, catalogue.Sample()); !errors.Is(err, catalogue.ErrExists) {
		t.Errorf("twice: %v", err)
	}
	if _, err := c.CreateProgramme(ctx, "x", "nobody", catalogue.SampleID, catalogue.Sample()); !notFound(err) {
		t.Errorf("no platform: %v", err)
	}
	if _, err := c.CreateProgramme(ctx, "x", "shop", "Not An Id", catalogue.Sample()); !errors.Is(err, catalogue.ErrInvalid) {
		t.Errorf("no id: %v", err)
	}
	if _, err := c.CreatePlatform(ctx, "x", "shop", "Again"); !errors.Is(err, catalogue.ErrExists) {
		t.Errorf("a platform twice: %v", err)
	}
	if versions, err := c.Versions(ctx, "shop", catalogue.SampleID); err != nil || len(versions) != 1 {
		t.Errorf("a refusal left something behind: %v, %v", versions, err)
	}
	if _, err := c.Programme(ctx, "nobody", catalogue.SampleID); !notFound(err) {
		t.Errorf("not theirs: %v", err)
	}
}

// TestDisclosure holds the cost disclosure of the sample against a golden file:
// somebody has to look at what customers will read.
func TestDisclosure(t *testing.T) {
	ctx := t.Context()
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	shop(t, c, "shop")
	terms, err := c.Terms(ctx, "shop", catalogue.SampleID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(terms.Documents, func(d credit.Document) bool { return d.Name == catalogue.CostDisclosure })
	if i < 0 {
		t.Fatal("an applicant need not see what it costs")
	}
	text, err := c.Text(ctx, terms.Documents[i].Hash)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256([]byte(text.Body)); hex.EncodeToString(sum[:]) != text.Hash {
		t.Error("the hash is not that of the body")
	}
	const golden = "testdata/cost_disclosure.md"
	if *update {
		if err := os.WriteFile(golden, []byte(text.Body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.Body); diff != "" {
		t.Error(diff)
	}
}

func TestDisclosureSaysWhoReportsNothing(t *testing.T) {
	ctx := t.Context()
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	shop(t, c, "shop")
	draft := catalogue.Sample()
	draft.Terms.Bureau, draft.Terms.Currency, draft.Terms.RateMethod, draft.Terms.PrincipalFirst = "", "JPY", credit.UnitPeriod, 0
	draft.Terms.PenaltyRate, draft.Terms.RulePack = 100_000, law.None
	v, err := c.CreateProgramme(ctx, "x", "shop", "yen", draft)
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.Text(ctx, v.Terms.Documents[len(v.Terms.Documents)-1].Hash)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 是否报送征信 | 否 |", "| Reported to a credit bureau | no |", "a purchase of JPY 1,000,", "1 to 2: JPY 333 each, 3: JPY 334", "10.00% a year (of 360 days),"} {
		if !strings.Contains(text.Body, want) {
			t.Errorf("%q is missing in\n%s", want, text.Body)
		}
	}
	if strings.Contains(text.Body, "Principal is paid first") {
		t.Error("principal first without a day")
	}
}

func TestTextIsKeptOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, time.Now)
		text := catalogue.Text{Name: "notice", Version: 1, Language: "en", Body: "Read me.\n"}
		kept, err := c.CreateText(ctx, "x", text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := c.CreateText(ctx, "y", text); err != nil || again != kept {
			t.Errorf("%+v, %v", again, err)
		}
		text.Version = 2
		if _, err := c.CreateText(ctx, "x", text); !errors.Is(err, catalogue.ErrExists) {
			t.Errorf("one body as two versions: %v", err)
		}
		for name, wrong := range map[string]catalogue.Text{
			"name":     {Name: "A b", Version: 1, Language: "en", Body: "x"},
			"version":  {Name: "a", Language: "en", Body: "x"},
			"language": {Name: "a", Version: 1, Body: "x"},
			"body":     {Name: "a", Version: 1, Language: "en"},
			"utf-8":    {Name: "a", Version: 1, Language: "en", Body: "\xff"},
		} {
			if _, err := c.CreateText(ctx, "x", wrong); !errors.Is(err, catalogue.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.Text(ctx, "0"); !notFound(err) {
			t.Error(err)
		}
	})
}

// What a version asks of running accounts is known from memory, and only of those below it.
func TestAVersionThatMatters(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, func() time.Time { return time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC) })
		shop(t, c, "shop")
		today := on(t, "2026-03-01")
		draft := catalogue.Sample()
		material := func(from, until calendar.Date) *catalogue.Material {
			return &catalogue.Material{From: from, Until: until, Changes: catalogue.Label{ZH: "宽限期", EN: "Grace"}}
		}
		invalid := func(what string, m *catalogue.Material, change func(*catalogue.Draft)) {
			t.Helper()
			d := draft
			d.Material = m
			if change != nil {
				change(&d)
			}
			if _, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, d); !errors.Is(err, catalogue.ErrInvalid) || !strings.Contains(err.Error(), what) {
				t.Errorf("%v, and it should say %q", err, what)
			}
		}
		invalid("today", material(today-1, today+30), nil)
		invalid("7 days", material(today, today+6), nil)
		invalid("both languages", &catalogue.Material{From: today, Until: today + 7}, nil)
		invalid("statement_day", material(today, today+7), func(d *catalogue.Draft) { d.Terms.StatementDay = 2 })
		first := draft
		first.Material = material(today, today+7)
		if _, err := c.CreateProgramme(ctx, "x", "shop", "another", first); !errors.Is(err, catalogue.ErrInvalid) {
			t.Errorf("a first version that asks: %v", err)
		}

		version := func(m *catalogue.Material, active bool) {
			t.Helper()
			d := draft
			d.Material = m
			v, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, d)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m, v.Material); diff != "" {
				t.Error(diff)
			}
			if active {
				if err := c.Activate(ctx, "x", "shop", catalogue.SampleID, v.Number); err != nil {
					t.Fatal(err)
				}
			}
		}
		version(material(today+1, today+10), true) // 2
		version(nil, true)                         // 3
		version(material(today+5, today+12), true) // 4
		version(material(today, today+7), false)   // 5: nobody is asked for what nobody gets
		invalid("due_day", nil, func(d *catalogue.Draft) { d.Terms.DueDay = 20 })

		for _, one := range []struct {
			version int
			day     calendar.Date
			changes int
			since   calendar.Date
			until   calendar.Date
			asks    int
			must    int
		}{
			{1, today, 0, 0, 0, 0, 0}, // the day before
			{1, today + 1, 1, today + 1, today + 10, 2, 0},
			{2, today + 1, 0, 0, 0, 2, 0},
			{1, today + 5, 2, today + 1, today + 10, 4, 0},
			{3, today + 5, 1, today + 5, today + 12, 4, 0},
			{1, today + 10, 2, today + 1, today + 10, 4, 0}, // the last day
			{1, today + 11, 2, today + 1, today + 10, 4, 2},
			{3, today + 13, 1, today + 5, today + 12, 4, 4},
			{4, today + 13, 0, 0, 0, 4, 4},
		} {
			asks, must := c.Asking("shop", one.day)
			p := c.Pending("shop", catalogue.SampleID, one.version, one.day)
			if asks[catalogue.SampleID] != one.asks || must[catalogue.SampleID] != one.must || (p != nil) != (one.changes > 0) ||
				p != nil && (len(p.Changes) != one.changes || p.Since != one.since || p.Until != one.until || p.Terms.Version != 4) {
				t.Errorf("%+v: asks %v, must %v, pending %+v", one, asks, must, p)
			}
		}
		if asks, must := c.Asking("nobody", today+20); asks != nil || must != nil || c.Pending("nobody", "default", 1, today) != nil {
			t.Error("a platform without programmes asks")
		}
	})
}
