package law_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/money"
)

// TestEveryRuleBeginsAndEnds goes through every rule of every pack: what it sets is
// not there on the day before it begins and is there on the day, twice; it is there
// on its last day, and gone the day after. What is only proposed is never there.
func TestEveryRuleBeginsAndEnds(t *testing.T) {
	looked := 0
	for _, name := range law.Names() {
		p := find(t, name)
		for i := range p.Rules {
			rule := &p.Rules[i]
			sets := func(day string, want bool) {
				t.Helper()
				looked++
				rules, err := p.On(on(t, day))
				if err != nil && want {
					t.Fatalf("%s: %v", rule.ID, err)
				}
				for f := range rule.Figures {
					got := err == nil && rules.Rule(f) == rule
					if got != want {
						t.Errorf("%s on %s: %s is set by it: %t", rule.ID, day, f, got)
					}
				}
			}
			switch from := rule.From.Day; {
			case rule.Proposed:
				sets("2026-11-24", false)
				sets("2099-01-01", false)
			case from == 0:
				sets(p.Turns()[0].String(), true)
			default:
				sets((from - 1).String(), false)
				sets(from.String(), true)
				sets(from.String(), true)
				sets((from + 1).String(), rule.To == 0 || from < rule.To)
			}
			if rule.To != 0 {
				sets(rule.To.String(), true)
				sets((rule.To + 1).String(), false)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d looks", looked)
	}
}

// offer is a programme that every pack accepts once currency and method are its own:
// two instalments that cost nothing, and more than three weeks to pay.
func offer(pack string) law.Offer {
	currency := map[string]string{"cn": "CNY", "eu": "EUR", "uk": "GBP", "us-ny": "USD", "none": "JPY"}[pack]
	method := map[string]credit.RateMethod{"eu": credit.EffectiveOnDays, "us-ny": credit.UnitPeriod}[pack]
	if method == "" {
		method = credit.MonthlyTimesTwelve
	}
	o := law.Offer{MaximumLimit: 1_000_00, Terms: &credit.Terms{
		StatementDay: 1, DueDay: 25, PenaltyRate: 120_000, CostCap: 160_000, ReadingSeconds: 3, RateMethod: method,
		Plans: []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}, {ID: "free2", Kind: credit.Flat, Periods: 2}},
	}}
	o.Terms.Currency = money.Currency(currency)
	return o
}

// TestProgrammes holds programmes that have to be accepted, and ones that have to be
// refused, against each pack on the days around its rules' first days.
func TestProgrammes(t *testing.T) {
	annuity := func(rate credit.Rate, periods int) func(*law.Offer) {
		return func(o *law.Offer) {
			o.Terms.Plans = append(o.Terms.Plans, credit.Plan{ID: "paid", Kind: credit.Annuity, Periods: periods, Rate: rate})
		}
	}
	flat := func(rate credit.Rate, periods int, subsidies ...credit.Subsidy) func(*law.Offer) {
		return func(o *law.Offer) {
			o.Terms.Plans = append(o.Terms.Plans, credit.Plan{ID: "paid", Kind: credit.Flat, Periods: periods, Rate: rate, Subsidies: subsidies})
		}
	}
	terms := func(change func(*credit.Terms)) func(*law.Offer) { return func(o *law.Offer) { change(o.Terms) } }
	micro := terms(func(t *credit.Terms) { t.LenderKind = credit.MicroLender })
	all := func(changes ...func(*law.Offer)) func(*law.Offer) {
		return func(o *law.Offer) {
			for _, c := range changes {
				c(o)
			}
		}
	}
	penalty := func(rate credit.Rate) func(*law.Offer) { return terms(func(t *credit.Terms) { t.PenaltyRate = rate }) }
	contact := func(from, until, aDay int) func(*law.Offer) {
		return terms(func(t *credit.Terms) { t.Contact = credit.ContactTerms{QuietFrom: from, QuietUntil: until, ADay: aDay} })
	}
	routes := func(share credit.Rate) func(*law.Offer) {
		return terms(func(t *credit.Terms) {
			t.Routes = []credit.Route{
				{Shares: []credit.FunderShare{{Funder: "bank", Share: credit.Whole}}},
				{Shares: []credit.FunderShare{{Funder: "trust", Share: share}, {Funder: "bank", Share: credit.Whole - share}}},
			}
		})
	}
	for _, c := range []struct {
		pack, on string
		change   func(*law.Offer)
		broken   []string // rule and field
	}{
		{"cn", "2025-09-30", all(terms(func(t *credit.Terms) { t.CostCap = 360_000 }), annuity(360_000, 12)), nil},
		{"cn", "2025-10-01", all(terms(func(t *credit.Terms) { t.CostCap = 360_000 }), annuity(360_000, 12)), []string{"cn.cost_cap /terms/cost_cap", "cn.cost_cap /terms/plans/2"}},
		{"cn", "2025-10-01", all(terms(func(t *credit.Terms) { t.CostCap = 240_000 }), annuity(240_000, 12)), nil},
		{"cn", "2025-10-01", terms(func(t *credit.Terms) { t.CostCap = 240_001 }), []string{"cn.cost_cap /terms/cost_cap"}},
		{"cn", "2025-10-01", all(terms(func(t *credit.Terms) { t.CostCap = 240_000 }), flat(20_000, 3)), []string{"cn.cost_cap /terms/plans/2"}}, // 2% a period is far more than 24% a year
		{"cn", "2026-11-24", flat(20_000, 3, credit.Subsidy{Bearer: credit.Merchant, Share: credit.Whole}), nil},
		{"cn", "2025-11-30", all(micro, terms(func(t *credit.Terms) { t.CostCap = 250_000 })), []string{"cn.cost_cap /terms/cost_cap"}},
		{"cn", "2021-02-01", all(micro, func(o *law.Offer) { o.Students = true }), []string{"cn.students /policy/exclude_students"}},
		{"cn", "2021-01-31", all(micro, func(o *law.Offer) { o.Students = true }), nil},
		{"cn", "2021-02-01", func(o *law.Offer) { o.Students = true; o.Terms.LenderKind = credit.Bank }, nil},
		{"cn", "2019-12-31", func(o *law.Offer) { o.MaximumLimit = 200_000_01 }, nil},
		{"cn", "2020-01-01", func(o *law.Offer) { o.MaximumLimit = 200_000_01 }, []string{"cn.internet_loan /policy/maximum_limit"}},
		{"cn", "2020-01-01", func(o *law.Offer) { o.MaximumLimit = 200_000_00 }, nil},
		{"cn", "2020-01-01", terms(func(t *credit.Terms) { t.Currency = "USD" }), []string{"cn.internet_loan /terms/currency"}},
		{"cn", "2026-07-31", terms(func(t *credit.Terms) { t.ReadingSeconds = 0 }), nil},
		{"cn", "2026-08-01", terms(func(t *credit.Terms) { t.ReadingSeconds = 0 }), []string{"cn.cost_table /terms/reading_seconds"}},
		{"cn", "2026-08-01", terms(func(t *credit.Terms) { t.ReadingSeconds = 1 }), nil},
		{"cn", "2021-03-30", terms(func(t *credit.Terms) { t.RateMethod = credit.EffectiveOnDays }), nil},
		{"cn", "2021-03-31", terms(func(t *credit.Terms) { t.RateMethod = credit.EffectiveOnDays }), []string{"cn.annual_rate /terms/rate_method"}},
		{"cn", "2026-11-24", all(annuity(120_000, 12), penalty(180_000)), nil},
		{"cn", "2026-11-24", all(annuity(120_000, 12), penalty(180_100)), []string{"cn.penalty /terms/penalty_rate"}},
		{"cn", "2026-11-24", penalty(240_000), nil}, // nothing to add 50% to: the cap on all cost binds
		{"cn", "2026-11-24", penalty(240_001), []string{"cn.cost_cap /terms/penalty_rate"}},
		{"cn", "2026-11-24", terms(func(t *credit.Terms) { t.DueDay = 2 }), nil},

		{"cn", "2021-12-31", routes(299_999), nil},
		{"cn", "2022-01-01", routes(299_999), []string{"cn.joint_loan /terms/routes/1/shares/0"}},
		{"cn", "2022-01-01", routes(300_000), nil},
		{"cn", "2020-01-01", terms(func(t *credit.Terms) { t.LimitCap = 200_000_01 }), []string{"cn.internet_loan /terms/limit_cap"}},
		{"cn", "2020-01-01", terms(func(t *credit.Terms) { t.LimitCap = 200_000_00 }), nil},
		{"cn", "2023-06-30", terms(func(t *credit.Terms) { t.Grades = credit.Grades{Substandard: 91, Doubtful: 271, Loss: 361} }), nil},
		{"cn", "2023-07-01", terms(func(t *credit.Terms) { t.Grades = credit.Grades{Substandard: 90, Doubtful: 270, Loss: 360} }), nil},
		{"cn", "2023-07-01", terms(func(t *credit.Terms) { t.Grades = credit.Grades{Substandard: 91, Doubtful: 271, Loss: 361} }), []string{
			"cn.grades /terms/grades/substandard", "cn.grades /terms/grades/doubtful", "cn.grades /terms/grades/loss",
		}},
		{"cn", "2025-02-27", contact(22*60+1, 8*60, 4), nil},
		{"cn", "2025-02-28", contact(22*60+1, 8*60, 4), []string{"cn.collection /terms/contact/a_day", "cn.collection /terms/contact/quiet_from"}},
		{"cn", "2025-02-28", contact(22*60, 8*60-1, 3), []string{"cn.collection /terms/contact/quiet_from"}},
		{"cn", "2025-02-28", contact(22*60, 8*60, 3), nil},
		{"cn", "2025-02-28", contact(21*60, 9*60, 1), nil},

		{"eu", "2026-11-20", nil, nil},
		{"eu", "2026-11-20", all(terms(func(t *credit.Terms) { t.CostCap = 900_000 }), annuity(500_000, 24)), nil},
		{"eu", "2026-11-20", terms(func(t *credit.Terms) { t.RateMethod = credit.MonthlyTimesTwelve }), []string{"eu.annual_rate /terms/rate_method"}},

		{"uk", "2026-07-15", nil, nil},
		{"uk", "2026-07-15", annuity(10_000, 3), []string{"uk.deferred_payment_credit /terms/plans/2"}},
		{"uk", "2026-07-15", flat(10_000, 3, credit.Subsidy{Bearer: credit.Merchant, Share: credit.Whole}), nil},
		{"uk", "2026-07-15", flat(10_000, 3, credit.Subsidy{Bearer: credit.Merchant, Share: credit.Whole - 1}), []string{"uk.deferred_payment_credit /terms/plans/2"}},
		{"uk", "2026-07-15", terms(func(t *credit.Terms) {
			t.Conversions = []credit.Plan{{ID: "bill3", Kind: credit.Flat, Periods: 3, Rate: 1}}
		}), []string{"uk.deferred_payment_credit /terms/conversions/0"}},
		{"uk", "2026-07-15", flat(0, 11), nil},
		{"uk", "2026-07-15", flat(0, 12), []string{"uk.deferred_payment_credit /terms/plans/2"}}, // the twelfth bill comes after a year, and is due later
		{"uk", "2026-07-15", flat(0, 13), []string{"uk.deferred_payment_credit /terms/plans/2", "uk.deferred_payment_credit /terms/plans/2"}},

		{"us-ny", "2025-05-09", nil, nil},
		{"us-ny", "2025-05-09", annuity(120_000, 4), nil},
		{"us-ny", "2025-05-09", all(annuity(161_000, 4), terms(func(t *credit.Terms) { t.CostCap = 161_000 })), []string{"us-ny.cost_cap /terms/cost_cap", "us-ny.cost_cap /terms/plans/2"}},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.DueDay = 22 }), nil},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.DueDays = []int{22, 25} }), nil},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.DueDays = []int{21, 25} }), []string{"us-ny.bill /terms/due_day"}},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.DueDay = 21 }), []string{"us-ny.bill /terms/due_day"}},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.StatementDay, t.DueDay = 31, 20 }), []string{"us-ny.bill /terms/due_day"}},
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.StatementDay, t.DueDay = 31, 21 }), nil},
		{"us-ny", "2025-05-09", annuity(160_000, 4), []string{"us-ny.cost_cap /terms/plans/2"}}, // a first period of less than a month
		{"us-ny", "2025-05-09", terms(func(t *credit.Terms) { t.RateMethod = credit.EffectiveOnDays }), []string{"us-ny.annual_rate /terms/rate_method"}},

		{"none", "2026-11-24", all(annuity(900_000, 12), penalty(900_000), micro, func(o *law.Offer) { o.Students, o.MaximumLimit = true, 1<<40 }), nil},
	} {
		o := offer(c.pack)
		if c.change != nil {
			c.change(&o)
		}
		rules, err := law.On(c.pack, on(t, c.on))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // asked again it says the same
			var got []string
			for _, v := range rules.Check(o) {
				got = append(got, v.Rule.ID+" "+v.Field)
				if v.Says.ZH == "" || v.Says.EN == "" || v.String() == "" {
					t.Errorf("%s says nothing", v.Rule.ID)
				}
			}
			if diff := cmp.Diff(c.broken, got); diff != "" {
				t.Errorf("%s on %s: %s", c.pack, c.on, diff)
			}
		}
	}
}

// What is pinned finds the very same rules again.
func TestPinnedFigures(t *testing.T) {
	for _, c := range []struct {
		pack, on   string
		kind       credit.LenderKind
		since      string
		noStudents bool
	}{
		{"cn", "2026-07-31", credit.MicroLender, "2025-12-01", true},
		{"cn", "2026-08-01", credit.MicroLender, "2026-08-01", true},
		{"cn", "2026-11-24", credit.Bank, "2026-09-30", false},
		{"cn", "2021-01-31", credit.MicroLender, "2020-01-01", false},
		{"uk", "2026-11-24", credit.MicroLender, "2026-07-15", false},
		{"none", "2026-11-24", credit.MicroLender, "", false},
	} {
		rules, err := law.On(c.pack, on(t, c.on))
		if err != nil {
			t.Fatal(err)
		}
		terms := credit.Terms{LenderKind: c.kind, Currency: "CNY"}
		rules.Pin(&terms)
		got := fmt.Sprintln(terms.RulePack, terms.RulesFrom, terms.NoStudents, terms.LimitCap)
		if want := fmt.Sprintln(c.pack, c.since, c.noStudents, rules.MostAPerson); got != want {
			t.Errorf("%s on %s: %s, not %s", c.pack, c.on, got, want)
		}
		lower := credit.Terms{LimitCap: 1, Currency: "CNY"}
		if rules.Pin(&lower); lower.LimitCap != 1 {
			t.Errorf("a lower maximum of the programme's became %d", lower.LimitCap)
		}
		if again, err := law.On(terms.RulePack, max(terms.RulesFrom, 1)); err != nil || !slices.Equal(again.InForce, rules.InForce) {
			t.Errorf("%s on %s: the rules are not found again by what is pinned: %v", c.pack, c.on, err)
		}
	}
}
