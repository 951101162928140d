package credit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// The table of all costs tells the figures of the quote, and what else the contract can charge.
func TestCostTable(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) {
		t.PenaltyRate = 180_000
		t.Deferral = &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 5_000}
	})
	for plan, want := range map[string]string{
		"next":     "10000 at 0.00% | penalty 18.00% 0 0 0 | deferral_fee 0.50% 0 0 0 | default 18.00%",
		"free3":    "10000 at 0.00% | instalment_fee 1.00% 0 0 300 | penalty 18.00% 0 0 0 | deferral_fee 0.50% 0 0 0 | default 18.00%",
		"flat3":    "10000 at 17.91% | instalment_fee 1.00% 0 300 0 | penalty 18.00% 0 0 0 | deferral_fee 0.50% 0 0 0 | default 18.00%",
		"annuity6": "10000 at 7.00% | interest 7.00% 0 205 0 | penalty 18.00% 0 0 0 | deferral_fee 0.50% 0 0 0 | default 18.00%",
	} {
		p, _ := s.a.Terms.Plan(plan)
		q := s.a.Quote(p, 100_00, s.day)
		equal(t, plan, costs(s.a.Terms.CostTable(p, q.Parts, q.AnnualRate)), want)
	}
}

func costs(c credit.CostTable) string {
	lines := []string{fmt.Sprintf("%d at %s", c.Principal, percent(c.AllIn))}
	for _, charge := range c.Charges {
		lines = append(lines, fmt.Sprintf("%s %s %d %d %d", charge.Kind, charge.Rate, charge.Fixed, charge.Amount, charge.Borne))
	}
	return strings.Join(append(lines, "default "+c.Default.String()), " | ")
}

// The cost of default in a year: of 360 days where months are counted, of 365 where
// days are; never above the contract's cap, as what is above it is cut; nothing where
// nothing is charged.
func TestCostOfDefault(t *testing.T) {
	next := credit.Plan{ID: "next", Kind: credit.PayNextMonth, Periods: 1}
	for _, c := range []struct {
		method       credit.RateMethod
		penalty, cap credit.Rate
		fee          money.Amount
		want         string
	}{
		{credit.MonthlyTimesTwelve, 180_000, 240_000, 0, "0 at 0.00% | penalty 18.00% 0 0 0 | default 18.00%"},
		{credit.UnitPeriod, 180_000, 240_000, 0, "0 at 0.00% | penalty 18.00% 0 0 0 | default 18.00%"},
		{credit.EffectiveOnDays, 180_000, 240_000, 0, "0 at 0.00% | penalty 18.00% 0 0 0 | default 18.25%"},
		{credit.EffectiveOnDays, 1, 240_000, 0, "0 at 0.00% | penalty 0.0001% 0 0 0 | default 0.0002%"},
		{credit.MonthlyTimesTwelve, 360_000, 240_000, 0, "0 at 0.00% | penalty 24.00% 0 0 0 | default 24.00%"},
		{credit.MonthlyTimesTwelve, 0, 240_000, 0, "0 at 0.00% | default 0.00%"},
		{credit.MonthlyTimesTwelve, 0, 240_000, 5_00, "0 at 0.00% | deferral_fee 0.00% 500 0 0 | default 0.00%"},
	} {
		terms := &credit.Terms{RateMethod: c.method, PenaltyRate: c.penalty, CostCap: c.cap}
		if c.fee > 0 {
			terms.Deferral = &credit.DeferralTerms{MostDays: 14, AYear: 1, Fee: c.fee}
		}
		equal(t, string(c.method), costs(terms.CostTable(next, nil, 0)), c.want)
	}
}
