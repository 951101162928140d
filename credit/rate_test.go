package credit_test

import (
	"fmt"
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

// The worked examples that were published with this formula, in the annex of directive 98/7/EC, on the days
// that they name (the formula is that of 2008/48/EC, Annex I, and of 2023/2225, Annex III), and figures that are plain to see.
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
		// 1,000 of 1 January 1994, 1,200 on 1 July 1995, 546 days later: 12.96204%.
		"98/7 first example": {1_000_00, "1994-01-01", 1, []credit.Part{{On: on(t, "1995-06-05"), Principal: 1_200_00}}, "12.96%"},
		// … of which the lender keeps 50 for its expenses: 16.9026%.
		"98/7 second example": {950_00, "1994-01-01", 1, []credit.Part{{On: on(t, "1995-06-05"), Principal: 1_200_00}}, "16.90%"},
		// 600 after one year and 600 after two: 13.066%.
		"98/7 third example": {1_000_00, "1994-01-01", 1, []credit.Part{{On: on(t, "1994-12-05"), Principal: 600_00}, {On: on(t, "1995-12-05"), Principal: 600_00}}, "13.07%"},
		// 272 after three months (90 days) and six (181), 544 after a year: 13.226%.
		"98/7 fourth example": {1_000_00, "1994-01-01", 1, []credit.Part{
			{On: on(t, "1994-03-05"), Principal: 272_00}, {On: on(t, "1994-06-05"), Principal: 272_00}, {On: on(t, "1994-12-05"), Principal: 544_00},
		}, "13.23%"},
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

// Regulation Z, Appendix J (c): a single advance with (1) an odd first period or none, (2) an odd first payment,
// (3) an odd final payment, (4) both, (5) a single payment. Its examples by weeks, half months and quarters
// are of schedules that no plan here has.
func TestUnitPeriodRate(t *testing.T) {
	for name, c := range map[string]struct {
		amount   money.Amount
		advanced string
		first    string // payment
		count    int
		each     money.Amount
		sooner   money.Amount // with the first payment
		more     money.Amount // with the last payment
		want     string
	}{
		"(1) (i) monthly payments":                {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 0, 0, "9.69%"},
		"(1) (ii) with a long first period":       {6_000_00, "1978-02-10", "1978-04-01", 36, 200_00, 0, 0, "11.82%"},
		"(3) (i) with an irregular final payment": {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 0, 50_00, "10.50%"},
		"(2) (i) with an irregular first payment": {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 20_00, 0, "10.08%"},
		"(4) (i) with both":                       {5_000_00, "1978-01-10", "1978-02-10", 24, 230_00, 20_00, 50_00, "10.90%"},
		"(5) (i) one payment after 255 days":      {1_000_00, "1978-01-03", "1978-09-15", 1, 1_080_00, 0, 0, "11.45%"},
		"(5) (ii) one payment after six months":   {1_000_00, "1978-07-15", "1979-01-15", 1, 1_044_00, 0, 0, "8.80%"},
	} {
		t.Run(name, func(t *testing.T) {
			first := on(t, c.first)
			_, _, day := first.Split()
			terms := &credit.Terms{RateMethod: credit.UnitPeriod, DueDay: day}
			list := make([]credit.Part, c.count)
			for i := range list {
				list[i] = credit.Part{On: calendar.NthOnDay(first-2, day, i+1) - 1, Principal: c.each}
			}
			list[0].Principal += c.sooner
			list[c.count-1].Principal += c.more
			equal(t, "first payment", calendar.NextOnDay(list[0].On, day), first)
			equal(t, "rate", percent(credit.AnnualRate(terms, c.amount, on(t, c.advanced), list)), c.want)
		})
	}
}

// One payment after a short term: so many terms are in a year; what is beyond all sense counts as 1,400%.
func TestUnitPeriodOfOneShortTerm(t *testing.T) {
	for _, c := range []struct {
		days calendar.Date
		fee  money.Amount
		want string
	}{
		{1, 1, "3.65%"}, {1, 3_00, "1095.00%"}, {1, 5_00, "1400.00%"}, {1, 99_00, "1400.00%"}, {12, 1_00, "30.42%"},
		{30, 1_00, "12.17%"}, {31, 1_00, "12.00%"}, // of one whole month
		{32, 1_00, "11.41%"},
	} {
		day := on(t, "2026-01-15") + c.days // after a January of 31 days
		_, _, due := day.Split()
		terms := &credit.Terms{RateMethod: credit.UnitPeriod, DueDay: due}
		got := credit.AnnualRate(terms, 100_00, on(t, "2026-01-15"), []credit.Part{{On: day - 1, Principal: 100_00, Fee: c.fee}})
		equal(t, fmt.Sprint(c.days, " days"), percent(got), c.want)
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
