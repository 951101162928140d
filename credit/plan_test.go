package credit_test

import (
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func plan(kind credit.PlanKind, periods int, rate credit.Rate, subsidies ...credit.Subsidy) credit.Plan {
	return credit.Plan{ID: "p", Kind: kind, Periods: periods, Rate: rate, Subsidies: subsidies}
}

func by(bearer credit.Bearer, share credit.Rate) credit.Subsidy {
	return credit.Subsidy{Bearer: bearer, Share: share}
}

// amounts leaves the dates of a schedule out.
func amounts(list []credit.Part) string {
	var short []string
	for _, line := range strings.Split(parts(list), ", ") {
		_, amount, _ := strings.Cut(line, " ")
		short = append(short, amount)
	}
	return strings.Join(short, ", ")
}

func TestSchedule(t *testing.T) {
	for name, c := range map[string]struct {
		plan   credit.Plan
		amount money.Amount
		want   string
	}{
		"next month":                     {plan(credit.PayNextMonth, 1, 0), 100_00, "100.00"},
		"three of 100.00":                {plan(credit.Flat, 3, 0), 100_00, "33.33, 33.33, 33.34"},
		"two of one fen":                 {plan(credit.Flat, 2, 0), 1, "0.00, 0.01"},
		"flat":                           {plan(credit.Flat, 3, 10_000), 100_00, "33.33+1.00, 33.33+1.00, 33.34+1.00"},
		"flat, half a fen":               {plan(credit.Flat, 2, 5_000), 1_00, "0.50, 0.50"}, // 0.5 fen to the even 0
		"flat, one fen and a half":       {plan(credit.Flat, 2, 5_000), 3_00, "1.50+0.02, 1.50+0.02"},
		"annuity of the contract":        {plan(credit.Annuity, 6, 70_000), 100_00, "16.43+0.58, 16.52+0.49, 16.62+0.39, 16.72+0.29, 16.81+0.20, 16.90+0.10"},
		"annuity without a rate":         {plan(credit.Annuity, 3, 0), 100_00, "33.33, 33.33, 33.34"},
		"annuity of one period":          {plan(credit.Annuity, 1, 120_000), 100_00, "100.00+1.00"},
		"annuity of a fen":               {plan(credit.Annuity, 3, 240_000), 1, "0.00, 0.00, 0.01"},
		"merchant bears all":             {plan(credit.Flat, 3, 10_000, by(credit.Merchant, credit.Whole)), 100_00, "33.33 merchant 1.00, 33.33 merchant 1.00, 33.34 merchant 1.00"},
		"platform bears a half":          {plan(credit.Flat, 2, 10_000, by(credit.Platform, 500_000)), 100_50, "50.25+0.50 platform 0.50, 50.25+0.50 platform 0.50"},
		"three bear a third each":        {plan(credit.Flat, 1, 10_000, by(credit.Merchant, 333_333), by(credit.Platform, 333_333), by(credit.Funder, 333_334)), 1_00_00, "100.00 merchant 0.33 platform 0.34 funder 0.33"},
		"shares short of the whole":      {plan(credit.Flat, 1, 10_000, by(credit.Merchant, 333_333), by(credit.Funder, 333_333)), 100_00, "100.00+0.33 merchant 0.33 funder 0.34"},
		"nobody bears a cost of nothing": {plan(credit.Flat, 3, 500_000, by(credit.Funder, credit.Whole)), 2, "0.01 funder 0.01, 0.01 funder 0.01, 0.00"},
		"subsidised annuity":             {plan(credit.Annuity, 2, 120_000, by(credit.Funder, credit.Whole)), 100_00, "49.75 funder 1.00, 50.25 funder 0.50"},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "schedule", amounts(c.plan.Schedule(c.amount, on(t, "2026-03-10"), 5)), c.want)
		})
	}
}

// "An annuity of 100.00 over 6 months at 7% a year is five payments of 17.01 and a last of 17.00."
func TestAnnuityOfTheContract(t *testing.T) {
	for i, p := range plan(credit.Annuity, 6, 70_000).Schedule(100_00, on(t, "2026-03-10"), 5) {
		want := money.Amount(17_01)
		if i == 5 {
			want = 17_00
		}
		equal(t, "payment", p.Sum(), want)
	}
}

// Whatever the figures: principals add up, nothing is negative, and what the
// customer and others bear is what the plan costs without subsidy.
func TestSchedulesAddUp(t *testing.T) {
	for _, kind := range []credit.PlanKind{credit.Flat, credit.Annuity} {
		for _, rate := range []credit.Rate{0, 1, 4_999, 70_000, 239_999, credit.Whole} {
			for _, periods := range []int{1, 2, 3, 7, 12, 60} {
				for _, amount := range []money.Amount{1, 2, 7, 50, 99, 100, 12_345, 99_999_99, money.Max} {
					full := plan(kind, periods, rate).Schedule(amount, on(t, "2026-03-10"), 31)
					shared := plan(kind, periods, rate, by(credit.Merchant, 123_457), by(credit.Platform, 333_333), by(credit.Funder, 500_001)).Schedule(amount, on(t, "2026-03-10"), 31)
					sum := money.Amount(0)
					for i, p := range full {
						sum += p.Principal
						s := shared[i]
						borne := money.Amount(0)
						for _, b := range s.Borne {
							if b.Amount <= 0 {
								t.Fatalf("%s bears %d", b.Bearer, b.Amount)
							}
							borne += b.Amount
						}
						if p.Principal < 0 || p.Interest < 0 || p.Fee < 0 || s.Fee < 0 || s.Interest < 0 || s.Principal != p.Principal {
							t.Fatalf("%s %d × %d at %d: instalment %d is %+v, shared %+v", kind, periods, amount, rate, i+1, p, s)
						}
						if s.Interest+s.Fee+borne != p.Interest+p.Fee && s.Sum() != 0 {
							t.Fatalf("%s %d × %d at %d: instalment %d costs %d, and %d with %d borne", kind, periods, amount, rate, i+1, p.Interest+p.Fee, s.Interest+s.Fee, borne)
						}
					}
					if sum != amount {
						t.Fatalf("%s %d × %d at %d: principals are %d", kind, periods, amount, rate, sum)
					}
				}
			}
		}
	}
}

func TestTermsThatCannotBeActivated(t *testing.T) {
	if err := contract().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*credit.Terms){
		"programme":                func(t *credit.Terms) { t.Programme = "" },
		"version":                  func(t *credit.Terms) { t.Version = 0 },
		"unknown currency":         func(t *credit.Terms) { t.Currency = "XYZ" },
		"statement_day is 0":       func(t *credit.Terms) { t.StatementDay = 0 },
		"statement_day is 32":      func(t *credit.Terms) { t.StatementDay = 32 },
		"due_day is 0":             func(t *credit.Terms) { t.DueDay = 0 },
		"due_day is 32":            func(t *credit.Terms) { t.DueDay = 32 },
		"grace_days is -1":         func(t *credit.Terms) { t.GraceDays = -1 },
		"hold_days is 0":           func(t *credit.Terms) { t.HoldDays = 0 },
		"review_days is 4":         func(t *credit.Terms) { t.ReviewDays = 4 },
		"applications is 0":        func(t *credit.Terms) { t.Applications = 0 },
		"window_days is 367":       func(t *credit.Terms) { t.WindowDays = 367 },
		"penalty_rate is -1":       func(t *credit.Terms) { t.PenaltyRate = -1 },
		"penalty_cap is -1":        func(t *credit.Terms) { t.PenaltyCap = -1 },
		"have to rise":             func(t *credit.Terms) { t.Grades = credit.Grades{Substandard: 90, Doubtful: 90, Loss: 360} },
		"past 0, 270 and 360":      func(t *credit.Terms) { t.Grades = credit.Grades{Doubtful: 270, Loss: 360} },
		"rate_method":              func(t *credit.Terms) { t.RateMethod = "simple" },
		"at least one plan":        func(t *credit.Terms) { t.Plans = nil },
		"one scene":                func(t *credit.Terms) { t.Scenes = nil },
		"one document":             func(t *credit.Terms) { t.Documents = nil },
		`plan "next" stands twice`: func(t *credit.Terms) { t.Plans = append(t.Plans, t.Plans[0]) },
		"no id":                    func(t *credit.Terms) { t.Plans[0].ID = "" },
		"has one period":           func(t *credit.Terms) { t.Plans[0].Periods = 2 },
		"no rate":                  func(t *credit.Terms) { t.Plans[0].Rate = 1 },
		"no subsidy":               func(t *credit.Terms) { t.Plans[0].Subsidies = t.Plans[1].Subsidies },
		"0 periods":                func(t *credit.Terms) { t.Plans[1].Periods = 0 },
		"61 periods":               func(t *credit.Terms) { t.Plans[1].Periods = 61 },
		"rate 1000001":             func(t *credit.Terms) { t.Plans[2].Rate = credit.Whole + 1 },
		"rate -1":                  func(t *credit.Terms) { t.Plans[2].Rate = -1 },
		`kind "balloon"`:           func(t *credit.Terms) { t.Plans[0].Kind = "balloon" },
		"share of 0":               func(t *credit.Terms) { t.Plans[1].Subsidies[0].Share = 0 },
		`"state" cannot bear`:      func(t *credit.Terms) { t.Plans[1].Subsidies[0].Bearer = "state" },
		"add up to 130.00%":        func(t *credit.Terms) { t.Plans[4].Subsidies[0].Share = credit.Whole },
		"merchant bears twice":     func(t *credit.Terms) { t.Plans[4].Subsidies[1].Bearer = credit.Merchant },
		"document 1 has no":        func(t *credit.Terms) { t.Documents[0].Name = "" },
		"document 2 has no":        func(t *credit.Terms) { t.Documents[1].Hash = "" },
		`"agreement" stands twice`: func(t *credit.Terms) { t.Documents[1].Name = "agreement" },
		"above the cap":            func(t *credit.Terms) { t.CostCap, t.Plans[2].Rate = 240_000, 14_000 }, // 25% a year by three instalments
	} {
		terms := contract()
		terms.Plans[4].Subsidies[1].Share = 150_000
		change(terms)
		if err := terms.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// Where days count, a plan is measured by the month in which its first instalment
// comes soonest: bills on the 30th, due on the 31st, that is one day in January and 31 in February.
func TestCostCapInTheDearestMonth(t *testing.T) {
	for _, c := range []struct{ statementDay, dueDay int }{{30, 31}, {28, 1}, {5, 6}} {
		for _, method := range []credit.RateMethod{credit.EffectiveOnDays, credit.UnitPeriod} {
			terms := contract()
			terms.RateMethod, terms.StatementDay, terms.DueDay = method, c.statementDay, c.dueDay
			terms.Plans = []credit.Plan{plan(credit.Flat, 1, 1_000)}
			for terms.CostCap = 0; terms.Validate() != nil; {
				terms.CostCap += 1_000
			}
			for day := on(t, "2026-01-01"); day <= on(t, "2028-03-31"); day++ {
				list := terms.Plans[0].Schedule(10_000_00, day, c.statementDay)
				if rate := credit.AnnualRate(terms, 10_000_00, day, list); rate > terms.CostCap {
					t.Fatalf("%s with bills on the %d, due on the %d: captured on %s costs %s, and passed a cap of %s", method, c.statementDay, c.dueDay, day, rate, terms.CostCap)
				}
			}
		}
	}
}

// The cap counts what the customer bears: the same plan with a subsidy passes.
func TestCostCap(t *testing.T) {
	for _, c := range []struct {
		plan credit.Plan
		cap  credit.Rate
		ok   bool
	}{
		{plan(credit.Annuity, 12, 240_000), 240_000, true},
		{plan(credit.Annuity, 12, 240_001), 240_000, false},
		{plan(credit.Annuity, 60, 240_000), 240_000, true},
		{plan(credit.Flat, 1, 20_000), 240_000, true},
		{plan(credit.Flat, 1, 20_001), 240_000, false},
		{plan(credit.Flat, 12, 11_000), 240_000, true}, // 23.6%
		{plan(credit.Flat, 12, 11_200), 240_000, true},
		{plan(credit.Flat, 12, 11_600), 240_000, false},
		{plan(credit.Flat, 12, 11_600, by(credit.Merchant, 100_000)), 240_000, true},
		{plan(credit.Flat, 12, 900_000, by(credit.Merchant, credit.Whole)), 0, true},
		{plan(credit.Flat, 12, 0), 0, true},
		{plan(credit.Annuity, 1, 1), 0, false},
	} {
		terms := contract()
		terms.Plans, terms.CostCap = []credit.Plan{c.plan}, c.cap
		if err := terms.Validate(); (err == nil) != c.ok {
			t.Errorf("%+v under a cap of %s: got %v", c.plan, c.cap, err)
		}
	}
}
