package risk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

// scored is a policy with all of it, small enough to work out by hand. docs/policy.md has its examples.
func scored(change ...func(*risk.Policy)) risk.Policy {
	p := risk.Policy{
		MinimumLimit: 100_00, DefaultLimit: 5_000_00, MaximumLimit: 50_000_00, AutoApproveUpTo: 20_000_00, IncomeMultiple: 3,
		Facts: []risk.FactRule{
			{Name: "orders", Kind: risk.Number, Most: 1_000_000, Missing: risk.MissingAssumes, Assume: "0"},
			{Name: "returns", Kind: risk.Number, Missing: risk.MissingAssumes, Assume: "0"},
			{Name: "tier", Kind: risk.Word, Words: []string{"gold", "silver", "none"}, Missing: risk.MissingRefers},
			{Name: "phone_verified", Kind: risk.Flag, Missing: risk.MissingRefuses},
		},
		Scorecard: &risk.Scorecard{
			Base: 100,
			Characteristics: []risk.Characteristic{
				{Name: "orders", Fact: "orders", Below: []risk.Below{{Number: 3}, {Number: 12, Points: 15}}, Otherwise: 40},
				{Name: "work", Fact: "employment", Is: []risk.WordIs{{Words: []string{"employed", "retired"}, Points: 30}}},
				{Name: "phone", Fact: "phone_verified", Is: []risk.WordIs{{Words: []string{"true"}, Points: 5}}, Otherwise: -50},
			},
			Limits: []risk.ScoreLimit{{From: 100, Limit: 2_000_00}, {From: 150, Limit: 30_000_00}},
		},
		Conditions: []risk.Condition{
			{Name: "many_returns", When: "orders >= 10 && ratio(returns, orders) > 500000", Outcome: risk.Refer, Reason: "returns_high", Words: words},
			{Name: "late_before", When: "worst_bucket >= 3 || charged_off", Outcome: risk.Refuse, Reason: "earlier_default", Words: words},
			{Name: "no_tier", When: "tier == 'none'", Outcome: risk.Cap, Limit: 1_000_00, Reason: "new", Words: words},
			{Name: "blunt", When: "ratio(returns, orders) > 900000", Outcome: risk.Refuse, Reason: "returns_all", Words: words},
		},
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

var words = risk.Label{ZH: "说明", EN: "words"}

func someone(facts ...string) risk.Applicant {
	yes, no := true, false
	a := risk.Applicant{Declared: credit.Declared{Adult: &yes, Student: &no, Income: 10_000_00, Employment: "employed"}, Wanted: 10_000_00}
	for i := 0; i < len(facts); i += 2 {
		a.Facts = append(a.Facts, credit.PlatformFact{Name: facts[i], Value: facts[i+1]})
	}
	return a
}

func TestEvaluate(t *testing.T) {
	rules := compiled(t, scored())
	late := func(h risk.History) func(*risk.Applicant) { return func(a *risk.Applicant) { a.History = h } }
	for _, c := range []struct {
		name     string
		facts    []string
		change   func(*risk.Applicant)
		score    int
		decision credit.Decision
		limit    int64
		reasons  []string
		values   string // of the conditions
	}{
		{"the day before a bin", []string{"orders", "11", "tier", "gold", "phone_verified", "true"}, nil, 150, credit.Approved, 10_000_00, nil, "false false false false"},
		{"in it", []string{"orders", "12", "tier", "gold", "phone_verified", "true"}, nil, 175, credit.Approved, 10_000_00, nil, "false false false false"},
		{"half came back", []string{"orders", "10", "returns", "5", "tier", "gold", "phone_verified", "true"}, nil, 150, credit.Approved, 10_000_00, nil, "false false false false"},
		{"more than half", []string{"orders", "10", "returns", "6", "tier", "gold", "phone_verified", "true"}, nil, 150, credit.Referred, 10_000_00, []string{"returns_high"}, "true false false false"},
		{"refusing comes first, and all reasons are told", []string{"orders", "10", "returns", "10", "tier", "gold", "phone_verified", "true"}, late(risk.History{WorstBucket: 3}), 150,
			credit.Refused, 0, []string{"earlier_default", "returns_all"}, "true true false true"},
		{"M2 is not M3", []string{"orders", "12", "tier", "gold", "phone_verified", "true"}, late(risk.History{WorstBucket: 2, Overdue: 1}), 175, credit.Approved, 10_000_00, nil, "false false false false"},
		{"a cap", []string{"orders", "12", "tier", "none", "phone_verified", "true"}, nil, 175, credit.Approved, 1_000_00, nil, "false false true false"},
		{"a score that carries less", []string{"orders", "3", "tier", "gold", "phone_verified", "true"}, func(a *risk.Applicant) { a.Declared.Employment = "" }, 120, credit.Approved, 2_000_00, nil, "false false false false"},
		{"a score that carries nothing", []string{"orders", "3", "tier", "gold", "phone_verified", "false"}, func(a *risk.Applicant) { a.Declared.Employment = "" }, 65, credit.Refused, 0, []string{risk.ScoreTooLow}, "false false false false"},
		{"what is missing refers", []string{"orders", "12", "phone_verified", "true"}, nil, 175, credit.Referred, 10_000_00, []string{risk.FactsMissing}, "false false undecided false"},
		{"or refuses", []string{"orders", "12", "tier", "gold"}, nil, 170, credit.Refused, 0, []string{risk.FactsMissing}, "false false false false"},
		{"a ratio of nothing is for a person", []string{"tier", "gold", "phone_verified", "true"}, nil, 135, credit.Referred, 2_000_00, []string{risk.RuleUndecided}, "false false false undecided"},
	} {
		who := someone(c.facts...)
		if c.change != nil {
			c.change(&who)
		}
		r := rules.Evaluate(who)
		var values []string
		for _, j := range r.Conditions {
			values = append(values, string(j.Value))
		}
		if r.Score.Total != c.score || r.Decision != c.decision || int64(r.Limit) != c.limit || !slices.Equal(r.Reasons, c.reasons) || strings.Join(values, " ") != c.values {
			t.Errorf("%s: got %+v of score %+v", c.name, r, r.Score)
		}
		// The same again, byte for byte, by rules that were compiled anew.
		kept := rules.Assess(who).Evaluation
		if _, err := compiled(t, scored()).Again(kept, who); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAgainFindsWhatIsPlanted(t *testing.T) {
	rules := compiled(t, scored())
	who := someone("orders", "12", "tier", "gold", "phone_verified", "true")
	who.History = risk.History{Applications: 2, Refusals: 1, Closures: 1, Overdue: 1, WorstBucket: 2}
	kept := rules.Assess(who).Evaluation
	if _, err := rules.Again(kept, who); err != nil {
		t.Fatal(err)
	}
	for _, planted := range [][2]string{
		{`"limit":1000000`, `"limit":1000001`}, {`"total":175`, `"total":176`}, {`"value":"12"`, `"value":"13"`}, {`"approved"`, `"refused"`},
		{`"name":"worst_bucket","value":"2"`, `"name":"worst_bucket","value":"3"`}, {rules.Hash(), strings.Repeat("0", 64)}, {`"policy_version":1`, `"policy_version":2`},
		{`"facts"`, `"fakts"`}, {`"name":"charged_off","value":"false"`, `"name":"charged_off","value":"no"`},
	} {
		changed := strings.Replace(string(kept), planted[0], planted[1], 1)
		if changed == string(kept) {
			t.Fatalf("%s is not in %s", planted[0], kept)
		}
		if _, err := rules.Again(credit.Evaluation(changed), who); err == nil {
			t.Errorf("%s as %s was not found", planted[0], planted[1])
		}
	}
	other := someone("orders", "13", "tier", "gold", "phone_verified", "true")
	other.History = who.History
	if _, err := rules.Again(kept, other); err == nil {
		t.Error("the evaluation of another application was not found")
	}
	if _, err := compiled(t, scored(func(p *risk.Policy) { p.MaximumLimit-- })).Again(kept, who); err == nil {
		t.Error("another policy was not found")
	}
}

func TestBadPolicies(t *testing.T) {
	when := func(text string) func(*risk.Policy) {
		return func(p *risk.Policy) { p.Conditions[0].When = text }
	}
	for _, c := range []struct {
		name         string
		spoil        func(*risk.Policy)
		field        string
		line, column int
		says         string
	}{
		{"no such fact", when("orders >= 10 && oders > 1"), "conditions/0/when", 1, 17, "oders"},
		{"behind a word of two bytes a letter", when("tier == '金' && oders > 1"), "conditions/0/when", 1, 16, "oders"},
		{"two lines", when("orders >= 10 &&\norders > 1"), "conditions/0/when", 1, 16, "line break"},
		{"half an expression", when("orders >="), "conditions/0/when", 1, 10, "Syntax error"},
		{"not true or false", when("orders + 1"), "conditions/0/when", 1, 1, "true or false"},
		{"a bare division", when("returns / orders > 1"), "conditions/0/when", 1, 9, "ratio"},
		{"a remainder", when("returns % 2 == 1"), "conditions/0/when", 1, 9, "ratio"},
		{"a fraction", when("0.5 == 0.5"), "conditions/0/when", 1, 1, "whole numbers"},
		{"a number beside a fraction", when("income > 5000.0"), "conditions/0/when", 1, 8, "no matching overload"},
		{"a flag that is no word", when("student == 'yes'"), "conditions/0/when", 1, 9, "no matching overload"},
		{"a loop", when("[1, 2].exists(i, i == orders)"), "conditions/0/when", 1, 14, "undeclared"},
		{"a clock", when("timestamp('2026-01-01T00:00:00Z') < now"), "conditions/0/when", 1, 10, "undeclared"},
		{"text functions", when("tier.matches('(a+)+')"), "conditions/0/when", 1, 13, "undeclared"},
		{"nothing", when(" "), "conditions/0/when", 1, 1, "nothing"},
		{"too dear", when(strings.Repeat("tier=='x'||", 40) + "tier=='x'"), "conditions/0/when", 1, 1, "costs"},
		{"too long", when(strings.Repeat("student||", 80) + "student"), "conditions/0/when", 1, 1, "size"},
		{"too deep", when(strings.Repeat("(", 200) + "student" + strings.Repeat(")", 200)), "conditions/0/when", 1, 1, "recursion"},
		{"the score without a scorecard", func(p *risk.Policy) { p.Scorecard = nil; p.Conditions[0].When = "score > 1" }, "conditions/0/when", 1, 1, "score"},
		{"a reason with a meaning of its own", func(p *risk.Policy) { p.Conditions[0].Reason = risk.UnderAge }, "conditions/0/reason", 0, 0, "meaning"},
		{"a reason with two texts", func(p *risk.Policy) {
			p.Conditions[1].Reason = "returns_high"
			p.Conditions[1].Words.EN = "other"
		}, "conditions/0/reason", 0, 0, "other words"},
		{"a condition twice", func(p *risk.Policy) { p.Conditions[1].Name = "many_returns" }, "conditions/1/name", 0, 0, "another"},
		{"no words", func(p *risk.Policy) { p.Conditions[0].Words.ZH = "" }, "conditions/0/words/zh", 0, 0, "say something"},
		{"a cap without a limit", func(p *risk.Policy) { p.Conditions[2].Limit = 0 }, "conditions/2/limit", 0, 0, "amount"},
		{"a refusal with one", func(p *risk.Policy) { p.Conditions[1].Limit = 1 }, "conditions/1/limit", 0, 0, "only a cap"},
		{"an outcome that there is not", func(p *risk.Policy) { p.Conditions[0].Outcome = "block" }, "conditions/0/outcome", 0, 0, "refuse, refer or cap"},
		{"a fact twice", func(p *risk.Policy) { p.Facts[1].Name = "orders" }, "facts/1/name", 0, 0, "another"},
		{"a fact that every policy has", func(p *risk.Policy) { p.Facts[0].Name = "income" }, "facts/0/name", 0, 0, "another"},
		{"a fact called score", func(p *risk.Policy) { p.Facts[0].Name = "score" }, "facts/0/name", 0, 0, "another"},
		{"a fact that does not say what if it is missing", func(p *risk.Policy) { p.Facts[0].Missing = "" }, "facts/0/missing", 0, 0, "refer, refuse or assume"},
		{"an assumption out of bounds", func(p *risk.Policy) { p.Facts[0].Assume = "-1" }, "facts/0/assume", 0, 0, "from 0"},
		{"an assumption that is never used", func(p *risk.Policy) { p.Facts[2].Assume = "gold" }, "facts/2/assume", 0, 0, "never used"},
		{"words that are none", func(p *risk.Policy) { p.Facts[2].Words = nil }, "facts/2/words", 0, 0, "listed"},
		{"bins out of order", func(p *risk.Policy) { p.Scorecard.Characteristics[0].Below[1].Number = 3 }, "scorecard/characteristics/0/below/1/number", 0, 0, "above"},
		{"bins of a word for a number", func(p *risk.Policy) { p.Scorecard.Characteristics[0].Is = []risk.WordIs{{Words: []string{"1"}}} }, "scorecard/characteristics/0/is", 0, 0, "number"},
		{"a word in two bins", func(p *risk.Policy) { p.Scorecard.Characteristics[1].Is[0].Words[1] = "employed" }, "scorecard/characteristics/1/is/0/words", 0, 0, "another bin"},
		{"points for nothing", func(p *risk.Policy) { p.Scorecard.Characteristics[0].Fact = "colour" }, "scorecard/characteristics/0/fact", 0, 0, "no fact"},
		{"points for the score", func(p *risk.Policy) { p.Scorecard.Characteristics[0].Fact = "score" }, "scorecard/characteristics/0/fact", 0, 0, "no fact"},
		{"a higher score with a lower limit", func(p *risk.Policy) { p.Scorecard.Limits[1].Limit = 1 }, "scorecard/limits/1", 0, 0, "no lower"},
		{"no limits", func(p *risk.Policy) { p.Scorecard.Limits = nil }, "scorecard/limits", 0, 0, "not 1 to"},
	} {
		_, err := risk.Compile(scored(c.spoil), 1)
		var faults risk.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if f := faults[0]; f.Field != c.field || f.Line != c.line || f.Column != c.column && c.column != 1 || !strings.Contains(f.Says, c.says) {
			t.Errorf("%s: got %d:%d %s", c.name, f.Line, f.Column, f)
		}
	}
}

func TestAdmit(t *testing.T) {
	rules := compiled(t, scored())
	for _, c := range []struct{ name, value, says string }{
		{"orders", "12", ""}, {"orders", "-0", "whole number"}, {"orders", "012", "whole number"}, {"orders", "1.5", "whole number"}, {"orders", "1000001", "from 0 to 1000000"},
		{"tier", "gold", ""}, {"tier", "Gold", "one of"}, {"phone_verified", "true", ""}, {"phone_verified", "yes", "true or false"},
		{"oders", "12", "no fact"}, {"income", "12", "no fact"}, {"earlier_overdue", "0", "no fact"},
	} {
		err := rules.Admit([]credit.PlatformFact{{Name: c.name, Value: c.value}})
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s = %s: %v", c.name, c.value, err)
		}
	}
	if err := rules.Admit([]credit.PlatformFact{{Name: "orders", Value: "1"}, {Name: "orders", Value: "1"}}); err == nil {
		t.Error("a fact twice")
	}
}

// TestHistory counts what events say.
func TestHistory(t *testing.T) {
	var h risk.History
	for _, e := range []credit.Event{
		credit.ApplicationReceived{Assessed: true}, credit.ApplicationRefused{}, credit.ApplicationReceived{}, credit.ApplicationRefused{},
		credit.StatementOverdue{DaysPastDue: 4}, credit.StatementAged{Bucket: 3}, credit.StatementOverdue{DaysPastDue: 4},
		credit.ClosureApproved{}, credit.AccountDeregistered{}, credit.DebtChargedOff{},
	} {
		h.Learn(e)
	}
	if want := (risk.History{Applications: 1, Refusals: 2, Closures: 1, Overdue: 2, WorstBucket: 3, ChargedOff: true}); h != want {
		t.Error(cmp.Diff(want, h))
	}
}
