package risk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

// TestLargestRecord: the largest policy that there is comes to a record that fits into an entry.
func TestLargestRecord(t *testing.T) {
	long := func(s string, i int) string { return fmt.Sprintf("%s%0*d", s, 48-len(s), i) }
	p := risk.Policy{MinimumLimit: 1, DefaultLimit: 1, MaximumLimit: 1_000_000_000_000, Scorecard: &risk.Scorecard{Limits: []risk.ScoreLimit{{From: -1_000_000, Limit: 1_000_000_000_000}}}}
	var facts []credit.PlatformFact
	for i := range 24 {
		p.Facts = append(p.Facts, risk.FactRule{Name: long("fact", i), Kind: risk.Word, Words: []string{long("word", i)}, Missing: risk.MissingRefers})
		facts = append(facts, credit.PlatformFact{Name: long("fact", i), Value: long("word", i)})
	}
	for i := range 16 {
		p.Scorecard.Characteristics = append(p.Scorecard.Characteristics, risk.Characteristic{Name: long("points", i), Fact: long("fact", i), Otherwise: -10_000})
	}
	for i := range 32 {
		p.Conditions = append(p.Conditions, risk.Condition{
			Name: long("condition", i), When: "ratio(1, requested) > 0 || student", Outcome: risk.Cap, Limit: 1_000_000_000_000, Reason: long("reason", i), Words: words,
		})
		p.Conditions[i].When = "true"
		if i%2 == 0 {
			p.Conditions[i].Outcome, p.Conditions[i].Limit = risk.Refuse, 0
		}
	}
	a := compiled(t, p).Assess(someone(flat(facts)...))
	if n := len(a.Evaluation); n > risk.LargestRecord {
		t.Errorf("%d bytes", n)
	} else {
		t.Log(n, "bytes")
	}
}

func flat(facts []credit.PlatformFact) (list []string) {
	for _, f := range facts {
		list = append(list, f.Name, f.Value)
	}
	return list
}

// FuzzCondition: whatever somebody writes, it is refused with a place, or assesses the same twice.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{
		"orders >= 10 && ratio(returns, orders) > 500000", "score < 5 ? student : !adult", "income * 9223372036854775807 > 1", "-(-9223372036854775808) > 0",
		"tier in ['gold', \"x\"]", "ratio(orders - 5, 0 - 1) == 0", "orders\n>\n", "'\\u0000' == tier", "1 / 0 > 5", "{}", "has(a.b)", strings.Repeat("!", 300) + "student",
	} {
		f.Add(s, int64(12), true)
	}
	f.Fuzz(func(t *testing.T, when string, orders int64, adult bool) {
		p := scored()
		p.Conditions[0].When = when
		rules, err := risk.Compile(p, 1)
		if err != nil {
			faults, ok := err.(risk.Faults)
			if !ok || faults[0].Line < 1 || faults[0].Column < 1 {
				t.Fatalf("refused without a place: %v", err)
			}
			return
		}
		who := someone("orders", fmt.Sprint(orders), "tier", "gold", "phone_verified", "true")
		who.Declared.Adult = &adult
		a := rules.Assess(who)
		if _, err := rules.Again(a.Evaluation, who); err != nil {
			t.Fatal(err)
		}
		if !adult && a.Decision != credit.Refused {
			t.Fatal("lends to a minor")
		}
	})
}
