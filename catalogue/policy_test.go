package catalogue_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

// TestAssessAgain: an application comes to the same bytes under the version that it was
// assessed by, years and versions later; what somebody changed does not.
func TestAssessAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, time.Now)
		shop(t, c, "shop")
		v, err := c.Programme(ctx, "shop", catalogue.SampleID)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := c.Rules(v)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := c.Rules(v); again != rules {
			t.Error("a version is compiled twice")
		}
		yes, no := true, false
		asked := credit.Apply{Declared: credit.Declared{Adult: &yes, Student: &no, Income: 8_000_00}, Facts: []credit.PlatformFact{{Name: "orders", Value: "12"}}}
		kept := rules.Assess(risk.Applicant{Declared: asked.Declared, Facts: asked.Facts, History: risk.History{Refusals: 1}}).Evaluation
		received := credit.ApplicationReceived{Platform: "shop", Programme: catalogue.SampleID, Version: v.Number, Evaluation: kept}

		draft := catalogue.Sample()
		draft.Policy.Scorecard.Base = 0
		if _, err := c.CreateVersion(ctx, "x", "shop", catalogue.SampleID, draft); err != nil {
			t.Fatal(err)
		}
		if err := c.Activate(ctx, "x", "shop", catalogue.SampleID, 2); err != nil {
			t.Fatal(err)
		}
		for _, books := range []*catalogue.Catalogue{c, another(t, dsn)} { // one that has just begun, too
			if again, err := books.AssessAgain(asked, received); err != nil || !bytes.Equal(again.Evaluation, kept) {
				t.Errorf("%v\n%s\n%s", err, again.Evaluation, kept)
			}
		}
		richer := asked
		richer.Declared.Income++
		if _, err := c.AssessAgain(richer, received); err == nil {
			t.Error("another income was not found")
		}
		for _, spoil := range []func(*credit.ApplicationReceived){
			func(e *credit.ApplicationReceived) { e.Version = 2 },
			func(e *credit.ApplicationReceived) { e.Version = 3 },
			func(e *credit.ApplicationReceived) {
				e.Evaluation = bytes.Replace(kept, []byte(`"value":"12"`), []byte(`"value":"13"`), 1)
			},
		} {
			bad := received
			spoil(&bad)
			if _, err := c.AssessAgain(asked, bad); err == nil {
				t.Errorf("not found: %+v", bad)
			}
		}
	})
}

func another(t *testing.T, dsn string) *catalogue.Catalogue {
	c, _ := server(t, dsn, time.Now)
	return c
}

// TestBadPolicyIsNoVersion: with the condition and the place.
func TestBadPolicyIsNoVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		c, _ := server(t, dsn, time.Now)
		shop(t, c, "shop")
		draft := catalogue.Sample()
		draft.Policy.Conditions[0].When = "phone_verified &&"
		_, err := c.CreateVersion(t.Context(), "x", "shop", catalogue.SampleID, draft)
		var bad *catalogue.BadPolicy
		if !errors.As(err, &bad) || !errors.Is(err, catalogue.ErrInvalid) || bad.Faults[0].Condition != "phone_not_verified" || !strings.Contains(err.Error(), "line 1, column 18") {
			t.Errorf("%v", err)
		}
	})
}
