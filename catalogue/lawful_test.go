package catalogue_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/law"
)

func on(t *testing.T, day string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTheLawIsPinned makes versions on the days around a change of the law.
func TestTheLawIsPinned(t *testing.T) {
	ctx := t.Context()
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	day := on(t, "2026-07-31")
	c.FollowDay(func() calendar.Date { return day })
	shop(t, c, "shop")
	silent := catalogue.Sample()
	silent.Terms.RulePack, silent.Terms.ReadingSeconds = "", 0
	silent.Terms.RulesFrom, silent.Terms.NoStudents = 1, true // whatever the draft says

	v, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, silent)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Terms; got.RulePack != "cn" || got.RulesFrom != on(t, "2025-12-01") || got.NoStudents {
		t.Errorf("pinned: %q since %s, no students: %t", got.RulePack, got.RulesFrom, got.NoStudents)
	}
	if err := c.Activate(ctx, "x", "shop", catalogue.SampleID, v.Number); err != nil {
		t.Error(err)
	}
	again, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, silent)
	if err != nil {
		t.Fatal(err)
	}

	day = on(t, "2026-08-01") // a reading time has to be forced from today
	for range 2 {
		_, err = c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, silent)
		broken(t, err, "cn.cost_table /terms/reading_seconds")
	}
	broken(t, c.Activate(ctx, "x", "shop", catalogue.SampleID, again.Number), "cn.cost_table /terms/reading_seconds")
	if terms, _ := c.Terms(ctx, "shop", catalogue.SampleID); terms.Version != v.Number || terms.ReadingSeconds != 0 {
		t.Error("a change of the law changed a version that is in force")
	}
	silent.Terms.ReadingSeconds = 1
	if v, err = c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, silent); err != nil || v.Terms.RulesFrom != day {
		t.Errorf("%v", err)
	}
}

func broken(t *testing.T, err error, want ...string) {
	t.Helper()
	var unlawful *catalogue.Unlawful
	if !errors.As(err, &unlawful) || !errors.Is(err, catalogue.ErrInvalid) {
		t.Fatalf("nothing is broken: %v", err)
	}
	var got []string
	for _, v := range unlawful.Violations {
		got = append(got, v.Rule.ID+" "+v.Field)
		if !strings.Contains(err.Error(), v.Rule.ID) || !strings.Contains(err.Error(), v.Rule.Source.Where) {
			t.Errorf("%v does not name rule and source", err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnlawfulProgrammes(t *testing.T) {
	ctx := t.Context()
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	c.FollowDay(func() calendar.Date { return on(t, "2026-11-24") })
	shop(t, c, "shop")
	for name, c2 := range map[string]struct {
		change func(*catalogue.Draft)
		want   []string
	}{
		"all at once": {func(d *catalogue.Draft) {
			d.Terms.CostCap, d.Terms.PenaltyRate, d.Terms.LenderKind = 250_000, 250_000, credit.MicroLender
			d.Policy.MaximumLimit, d.Policy.ExcludeStudents, d.Terms.LimitCap = 200_000_01, false, 0
		}, []string{"cn.cost_cap /terms/cost_cap", "cn.penalty /terms/penalty_rate", "cn.internet_loan /policy/maximum_limit", "cn.students /policy/exclude_students"}},
		"another country's": {func(d *catalogue.Draft) { d.Terms.RulePack, d.Terms.Conversions = "uk", nil }, []string{"uk.deferred_payment_credit /terms/plans/2", "uk.deferred_payment_credit /terms/plans/3", "uk.deferred_payment_credit /terms/plans/3"}},
	} {
		draft := catalogue.Sample()
		c2.change(&draft)
		_, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft)
		t.Run(name, func(t *testing.T) { broken(t, err, c2.want...) })
	}
	draft := catalogue.Sample()
	draft.Terms.RulePack = "mars"
	if _, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft); !errors.Is(err, catalogue.ErrInvalid) || !strings.Contains(err.Error(), "mars") {
		t.Errorf("a pack that is not there: %v", err)
	}
	draft.Terms.RulePack, draft.Terms.PenaltyRate = law.None, 1_000_000
	if v, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft); err != nil || v.Terms.RulePack != law.None {
		t.Errorf("no law: %v", err)
	}
}
