package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func TestRateInWords(t *testing.T) {
	for rate, want := range map[credit.Rate]string{0: "0.00%", 149_400: "14.94%", 240_000: "24.00%", 5: "0.0005%", 1_000_000: "100.00%", 12_345: "1.2345%"} {
		equal(t, "rate", rate.String(), want)
	}
}

func monthly(t tb, count int, each money.Amount) (list []credit.Part) {
	for k := range count {
		list = append(list, credit.Part{On: calendar.NthOnDay(on(t, "2026-03-10"), 5, k+1), Principal: each})
	}
	return list
}

// percent prints a rate to two decimals, as contracts do.
func percent(r credit.Rate) string { return ((r + 50) / 100 * 100).String() }

// The total fee is spread over the periods in equal parts.
func TestMonthlyRateTimesTwelve(t *testing.T) {
	terms := &credit.Terms{RateMethod: credit.MonthlyTimesTwelve}
	for _, c := range []struct {
		periods int
		fee     credit.Rate
		want    string
	}{
		{3, 25_000, "14.94%"},
		{6, 45_000, "15.27%"},
		{12, 85_000, "15.34%"},
		{1, 20_000, "24.00%"},
		{12, 0, "0.00%"},
	} {
		const amount = 1_000_000_00
		principals, fees := money.Amount(amount).Split(c.periods), c.fee.Of(amount).Split(c.periods)
		list := monthly(t, c.periods, 0)
		for i := range list {
			list[i].Principal, list[i].Fee = principals[i], fees[i]
		}
		equal(t, "rate", percent(credit.AnnualRate(terms, amount, on(t, "2026-03-10"), list)), c.want)
	}
}

// An annuity's nominal rate is found again, for any number of periods.
func TestAnnuityRateIsFoundAgain(t *testing.T) {
	for _, nominal := range []credit.Rate{10_000, 70_000, 180_000, 240_000, 500_000} {
		for _, periods := range []int{1, 3, 6, 12, 24, 60} {
			terms := &credit.Terms{RateMethod: credit.MonthlyTimesTwelve}
			list := plan(credit.Annuity, periods, nominal).Schedule(10_000_000_00, on(t, "2026-03-10"), 5)
			got := credit.AnnualRate(terms, 10_000_000_00, on(t, "2026-03-10"), list)
			if got < nominal-1 || got > nominal+1 {
				t.Errorf("%d × at %s: got %s", periods, nominal, got)
			}
		}
	}
}

// Examples of directive 2008/48/EC, Annex I, as the Commission's examples for the
// same formula give them, with payments on given days.
func TestEffectiveRateOnActualDays(t *testing.T) {
	for name, c := range map[string]struct {
		amount   money.Amount
		captured string
		dueDay   int
		list     []credit.Part
		want     string
	}{
		// 1,000 lent, 1,200 repaid after 547 days ≈ 1.5 years: 1.2^(365/547) − 1 = 12.94%.
		"one payment after a year and a half": {1_000_00, "2024-01-05", 5, []credit.Part{{On: on(t, "2025-06-05"), Principal: 1_000_00, Fee: 200_00}}, "12.94%"},
		// 1,000 lent, 1,100 after 365 days: 10%.
		"one payment after a year": {1_000_00, "2026-03-05", 5, []credit.Part{{On: on(t, "2027-02-05"), Principal: 1_000_00, Fee: 100_00}}, "10.00%"},
		// Two payments after 182 and 363 days, at 10% by construction: 1,000 = x·1.1^(−182/365) + 600·1.1^(−363/365) gives x = 476.37.
		"two payments": {1_000_00, "2026-03-05", 3, []credit.Part{{On: on(t, "2026-08-05"), Principal: 400_00, Fee: 76_37}, {On: on(t, "2027-02-06"), Principal: 600_00}}, "10.00%"},
	} {
		t.Run(name, func(t *testing.T) {
			terms := &credit.Terms{RateMethod: credit.EffectiveOnDays, DueDay: c.dueDay}
			for _, p := range c.list {
				t.Logf("paid after %d days", calendar.NextOnDay(p.On, c.dueDay)-on(t, c.captured))
			}
			equal(t, "rate", percent(credit.AnnualRate(terms, c.amount, on(t, c.captured), c.list)), c.want)
		})
	}
}

// Regulation Z, Appendix J (c)(1): single advance transaction, with or without an odd first period, and otherwise
// regular; (c)(3): with an odd final payment.
func TestUnitPeriodRate(t *testing.T) {
	for name, c := range map[string]struct {
		amount   money.Amount
		advanced string
		first    string // payment
		count    int
		each     money.Amount
		more     money.Amount // with the last payment
		want     string
	}{
		"(1) (i) monthly payments":                {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 0, "9.69%"},
		"(1) (ii) with a long first period":       {6_000_00, "1978-02-10", "1978-04-01", 36, 200_00, 0, "11.82%"},
		"(3) (i) with an irregular final payment": {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 50_00, "10.50%"},
	} {
		t.Run(name, func(t *testing.T) {
			first := on(t, c.first)
			_, _, day := first.Split()
			terms := &credit.Terms{RateMethod: credit.UnitPeriod, DueDay: day}
			list := make([]credit.Part, c.count)
			for i := range list {
				list[i] = credit.Part{On: calendar.NthOnDay(first-2, day, i+1) - 1, Principal: c.each}
			}
			list[c.count-1].Principal += c.more
			equal(t, "first payment", calendar.NextOnDay(list[0].On, day), first)
			equal(t, "rate", percent(credit.AnnualRate(terms, c.amount, on(t, c.advanced), list)), c.want)
		})
	}
}

// Payments on the last day of each month: months are counted from last day to
// last day, so that a February in between adds no odd days.
func TestUnitPeriodsOfMonthEnds(t *testing.T) {
	terms := &credit.Terms{RateMethod: credit.UnitPeriod, DueDay: 31}
	due := []string{"2026-02-28", "2026-03-31", "2026-04-30"}
	list := make([]credit.Part, len(due))
	for i, day := range due {
		list[i] = credit.Part{On: on(t, day) - 3, Principal: 102_00}
	}
	exact := credit.AnnualRate(terms, 300_00, on(t, "2026-01-31"), list)
	regular := credit.AnnualRate(&credit.Terms{RateMethod: credit.MonthlyTimesTwelve}, 300_00, on(t, "2026-01-31"), list)
	equal(t, "rate", exact, regular)
}

// A rate beyond what is looked at counts as that, and nothing overflows.
func TestAbsurdRates(t *testing.T) {
	for _, method := range []credit.RateMethod{credit.MonthlyTimesTwelve, credit.EffectiveOnDays, credit.UnitPeriod} {
		terms := &credit.Terms{RateMethod: method, DueDay: 15}
		for _, amount := range []money.Amount{1, 100, money.Max} {
			for _, count := range []int{1, 60} {
				list := monthly(t, count, money.Max)
				if got := credit.AnnualRate(terms, amount, on(t, "2026-03-04"), list); got < 2_000_000 && (amount < money.Max || count > 1) {
					t.Errorf("%s: %d for %d × %d: got %s", method, amount, count, money.Max, got)
				}
			}
		}
		equal(t, "nothing is paid", credit.AnnualRate(terms, 1, on(t, "2026-03-04"), nil), 0)
	}
}
