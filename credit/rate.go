package credit

import (
	"math/bits"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// RateMethod says how a programme states the annual rate (年化利率) of a plan.
type RateMethod string

// The methods. Each is the internal rate of return of what the customer receives and pays.
const (
	// MonthlyTimesTwelve is the rate per period × 12 (China; PBoC notice no. 3 of 2021).
	MonthlyTimesTwelve RateMethod = "monthly_times_twelve"
	// EffectiveOnDays compounds daily over actual days in a year of 365 (EU, directive 2023/2225, Annex III).
	EffectiveOnDays RateMethod = "effective_on_days"
	// UnitPeriod is the actuarial rate with monthly unit-periods and odd days of 1/30 (US, Regulation Z, Appendix J).
	UnitPeriod RateMethod = "unit_period"
)

// one is 1 in the fixed-point numbers of this file. Floating point is banned in
// the core: its last digit may depend on the machine, and a rate is kept as evidence.
const one uint64 = 1_000_000_000_000_000_000

// AnnualRate returns the annual rate of a purchase of amount, captured on a date
// and paid by parts, by the method of the terms. A purchase that costs nothing has rate 0.
func AnnualRate(t *Terms, amount money.Amount, captured calendar.Date, parts []Part) Rate {
	total := money.Amount(0)
	for _, p := range parts {
		total += p.Sum()
	}
	if total <= amount {
		return 0
	}
	switch t.RateMethod {
	case EffectiveOnDays:
		days := make([]int, len(parts))
		for i, p := range parts {
			days[i] = int(calendar.NextOnDay(p.On, t.DueDay) - captured)
		}
		daily := discount(amount, parts, lowestDaily, func(v uint64, i int) uint64 { return power(v, days[i]) })
		return perMillion(inverse(power(daily, 365)) - one)
	case UnitPeriod:
		months, odd := unitPeriods(captured, calendar.NextOnDay(parts[0].On, t.DueDay))
		monthly := discount(amount, parts, lowestMonthly, func(v uint64, i int) uint64 {
			rate := inverse(v) - one
			return over(power(v, months+i), one+scale(rate, uint64(odd), 30))
		})
		return perMillion(12 * (inverse(monthly) - one))
	default:
		monthly := discount(amount, parts, lowestMonthly, func(v uint64, i int) uint64 { return power(v, i+1) })
		return perMillion(12 * (inverse(monthly) - one))
	}
}

// The smallest discount factors that are looked at: rates above some 60% a month
// or 1,400% a year all count as that.
const (
	lowestMonthly = one / 10 * 6
	lowestDaily   = one / 10_000 * 9_926
)

// discount finds the largest factor v at which what is paid is worth no more than
// what was received, by halving: what is paid is worth more the larger v is.
func discount(amount money.Amount, parts []Part, low uint64, factor func(v uint64, i int) uint64) uint64 {
	receivedHigh, receivedLow := bits.Mul64(uint64(amount), one)
	high := one
	for high-low > 1 {
		middle := low + (high-low)/2
		var paidHigh, paidLow uint64
		for i, p := range parts {
			h, l := bits.Mul64(uint64(p.Sum()), factor(middle, i))
			var carry uint64
			paidLow, carry = bits.Add64(paidLow, l, 0)
			paidHigh, _ = bits.Add64(paidHigh, h, carry)
		}
		if paidHigh > receivedHigh || (paidHigh == receivedHigh && paidLow > receivedLow) {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// unitPeriods counts back from the first payment in whole months; the days that
// remain to the start are odd days (Appendix J (b)(5)).
func unitPeriods(start, first calendar.Date) (months, oddDays int) {
	year, month, anchor := first.Split()
	for {
		if calendar.OnDay(year, month-time.Month(months+1), anchor) < start {
			return months, int(calendar.OnDay(year, month-time.Month(months), anchor) - start)
		}
		months++
	}
}

func power(v uint64, n int) uint64 {
	result := one
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = scale(result, v, one)
		}
		v = scale(v, v, one)
	}
	return result
}

func scale(a, b, c uint64) uint64 {
	high, low := bits.Mul64(a, b)
	quotient, _ := bits.Div64(high, low, c)
	return quotient
}

func over(a, b uint64) uint64  { return scale(a, one, b) }
func inverse(v uint64) uint64  { return scale(one, one, v) }
func perMillion(r uint64) Rate { return Rate((r + one/2_000_000) / (one / 1_000_000)) }
