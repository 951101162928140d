package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func TestQuoteShowsTheWholeCost(t *testing.T) {
	s := opened(t, "2026-03-10")
	for _, c := range []struct {
		plan                    string
		total, cost, subsidised money.Amount
		rate                    string
	}{
		{"next", 100_00, 0, 0, "0.00%"},
		{"free3", 100_00, 0, 3_00, "0.00%"},
		{"flat3", 103_00, 3_00, 0, "17.91%"},
		{"annuity6", 102_05, 2_05, 0, "7.00%"},
		{"shared3", 100_90, 90, 2_10, "5.39%"},
	} {
		p, _ := s.a.Terms.Plan(c.plan)
		q := s.a.Quote(p, 100_00, s.day)
		got := fmt.Sprint(q.Total, q.Cost, q.Subsidised, percent(q.AnnualRate))
		want := fmt.Sprint(c.total, c.cost, c.subsidised, c.rate)
		equal(t, c.plan, got, want)
	}
}

// The token seals everything that was shown.
func TestQuoteToken(t *testing.T) {
	s := opened(t, "2026-03-10")
	token := func(plan string, amount money.Amount, day string, a *credit.Account) string {
		p, _ := a.Terms.Plan(plan)
		return a.Quote(p, amount, on(t, day)).Token
	}
	other := opened(t, "2026-03-10")
	other.a.ID = credit.AccountID("shop", "yuefu", "u2")
	newer := opened(t, "2026-03-10", func(t *credit.Terms) { t.Version = 2 })
	dearer := opened(t, "2026-03-10", func(t *credit.Terms) { t.Plans[2].Rate = 10_001 })
	later := opened(t, "2026-03-10", func(t *credit.Terms) { t.StatementDay = 6 })
	seen := map[string]bool{}
	for _, token := range []string{
		token("flat3", 100_00, "2026-03-10", s.a),
		token("free3", 100_00, "2026-03-10", s.a),
		token("flat3", 100_01, "2026-03-10", s.a),
		token("flat3", 100_00, "2026-03-11", s.a),
		token("flat3", 1_000_00, "2026-03-10", dearer.a),
		token("flat3", 100_00, "2026-03-10", later.a),
		token("flat3", 100_00, "2026-03-10", other.a),
		token("flat3", 100_00, "2026-03-10", newer.a),
	} {
		if seen[token] || len(token) != 29 {
			t.Errorf("token %q", token)
		}
		seen[token] = true
	}
	if !seen[token("flat3", 100_00, "2026-03-10", s.a)] {
		t.Error("the same figures gave another token")
	}
}

// Rounding to the fen must not lift a small purchase above the cap that its plan
// keeps for a large one: not when it is quoted, nor when a part of it is captured.
func TestRoundingStaysUnderTheCap(t *testing.T) {
	plans := []credit.Plan{
		{ID: "flat12", Kind: credit.Flat, Periods: 12, Rate: 11_000},
		{ID: "annuity12", Kind: credit.Annuity, Periods: 12, Rate: 240_000},
		{ID: "annuity3", Kind: credit.Annuity, Periods: 3, Rate: 239_000},
		{ID: "flat1", Kind: credit.Flat, Periods: 1, Rate: 20_000},
		{ID: "tiny60", Kind: credit.Flat, Periods: 60, Rate: 100_000, Subsidies: []credit.Subsidy{by(credit.Funder, 900_000)}},
		{ID: "half6", Kind: credit.Flat, Periods: 6, Rate: 19_500, Subsidies: []credit.Subsidy{by(credit.Merchant, 400_000)}},
	}
	s := opened(t, "2026-03-10", func(t *credit.Terms) { t.Plans = plans })
	for _, plan := range plans {
		for amount := money.Amount(1); amount < 30_00; amount += 1 + amount/50 {
			q := s.a.Quote(plan, amount, s.day)
			if q.AnnualRate > s.a.Terms.CostCap {
				t.Fatalf("%s of %s costs %s: %s", amount.Format("CNY"), plan.ID, q.AnnualRate, parts(q.Parts))
			}
			for _, part := range q.Parts {
				if part.Sum() == 0 && len(part.Borne) > 0 {
					t.Fatalf("%s of %s: somebody bears the cost of nothing: %s", amount.Format("CNY"), plan.ID, parts(q.Parts))
				}
			}
		}
		hold := s.hold(30_00, plan.ID)
		for _, amount := range []money.Amount{1, 7, 44, 99, 1_37} {
			e := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: hold, Amount: amount}))
			if rate := credit.AnnualRate(s.a.Terms, amount, s.day, e.Parts); rate > s.a.Terms.CostCap {
				t.Fatalf("%s of %s costs %s: %s", amount.Format("CNY"), plan.ID, rate, parts(e.Parts))
			}
			equal(t, "captured as quoted", parts(e.Parts), parts(s.a.Quote(plan, amount, s.day).Parts))
		}
	}
	q := s.a.Quote(plans[0], 100_00, s.day)
	equal(t, "what is not lifted by rounding", q.Cost, 12*1_10)
}

func TestComing(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-05").buy(50_00, "next")
	s.hold(5_00, "next") // not owed yet
	got := ""
	for _, d := range s.a.Coming() {
		got += d.On.String() + " " + d.Amount.Format("CNY") + "\n"
	}
	equal(t, "coming", got, "2026-03-15 103.00\n2026-04-15 153.00\n2026-05-15 103.00\n")
	s.repay(103_00)
	equal(t, "the first that comes", s.a.Coming()[0].On, on(t, "2026-04-15"))
	equal(t, "nothing comes", len(opened(t, "2026-02-20").a.Coming()), 0)
}
