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
	if !costs(amount, parts) {
		return 0
	}
	m := t.valuation(captured, parts)
	return perMillion(m.annual(halve(m.low, func(v uint64) bool { return m.worthMore(v, amount, parts) })))
}

// dearerThan says whether the annual rate of a purchase is above a cap. It values
// the payments once, at the cap, where AnnualRate looks for the rate.
func dearerThan(limit Rate, t *Terms, amount money.Amount, captured calendar.Date, parts []Part) bool {
	if !costs(amount, parts) {
		return false
	}
	return t.valuation(captured, parts).dearerThan(limit, amount, parts)
}

func (m valuation) dearerThan(limit Rate, amount money.Amount, parts []Part) bool {
	most := uint64(limit)*(one/1_000_000) + one/2_500_000 // what still rounds to the cap
	v := halve(m.low, func(v uint64) bool { return m.annual(v) <= most })
	return m.worthMore(v+1, amount, parts)
}

func costs(amount money.Amount, parts []Part) bool {
	total := money.Amount(0)
	for _, p := range parts {
		total += p.Sum()
	}
	return total > amount
}

// valuation is how a method discounts payments: by a factor v for each period (a
// month, or a day), down to a lowest v.
type valuation struct {
	single bool // one payment: v is for its whole term
	low    uint64
	factor func(v uint64, i int) uint64 // the present value of 1 paid with the i-th part
	annual func(v uint64) uint64        // the annual rate that v stands for
}

func (t *Terms) valuation(captured calendar.Date, parts []Part) valuation {
	timesTwelve := func(v uint64) uint64 { return 12 * (inverse(v) - one) }
	switch t.RateMethod {
	case EffectiveOnDays:
		days := make([]int, len(parts))
		for i, p := range parts {
			days[i] = int(calendar.NextOnDay(p.On, t.DueDay) - captured)
		}
		return valuation{
			low:    lowestDaily,
			factor: func(v uint64, i int) uint64 { return power(v, days[i]) },
			annual: func(v uint64) uint64 { return inverse(power(v, 365)) - one },
		}
	case UnitPeriod:
		first := calendar.NextOnDay(parts[0].On, t.DueDay)
		months, odd := unitPeriods(captured, first, t.DueDay)
		if len(parts) == 1 && first-captured < 365 {
			return singlePayment(int(first-captured), months, odd)
		}
		return valuation{
			low: lowestMonthly,
			factor: func(v uint64, i int) uint64 {
				return over(power(v, months+i), one+scale(inverse(v)-one, uint64(odd), 30))
			},
			annual: timesTwelve,
		}
	default:
		return valuation{
			low:    lowestMonthly,
			factor: func(v uint64, i int) uint64 { return power(v, i+1) },
			annual: timesTwelve,
		}
	}
}

// paidOn values the i-th part as paid on a day of its own. The method that counts
// periods counts the one that has begun as a whole one.
func (m valuation) paidOn(method RateMethod, captured calendar.Date, i int, day calendar.Date) valuation {
	scheduled := m.factor
	switch method {
	case EffectiveOnDays:
		m.factor = func(v uint64, k int) uint64 {
			if k == i {
				return power(v, int(day-captured))
			}
			return scheduled(v, k)
		}
	case UnitPeriod:
		_, _, anchor := day.Split()
		months, odd := unitPeriods(captured, day, anchor)
		if m.single {
			return singlePayment(int(day-captured), months, odd)
		}
		m.factor = func(v uint64, k int) uint64 {
			if k == i {
				return over(power(v, months), one+scale(inverse(v)-one, uint64(odd), 30))
			}
			return scheduled(v, k)
		}
	default:
	}
	return m
}

// singlePayment is a single advance that a single payment ends within a year: its
// unit-period is its whole term, of which a year has 12 ÷ months, or where the term
// is no number of whole months 365 ÷ days (Appendix J, examples (c)(5)).
func singlePayment(days, months, odd int) valuation {
	num, den := uint64(365), uint64(days)
	if odd == 0 && months > 0 {
		num, den = 12, uint64(months)
	}
	return valuation{
		single: true,
		low:    lowestMonthly,
		factor: func(v uint64, _ int) uint64 {
			if days == 0 {
				return one // lent for no time
			}
			return v
		},
		annual: func(v uint64) uint64 {
			high, low := bits.Mul64(inverse(v)-one, num)
			if den == 0 || high >= den {
				return highest
			}
			rate, _ := bits.Div64(high, low, den)
			return min(rate, highest)
		},
	}
}

// The smallest discount factors that are looked at: rates above some 60% a month
// or 1,400% a year all count as that.
const (
	lowestMonthly = one / 10 * 6
	lowestDaily   = one / 10_000 * 9_926
	highest       = 14 * one // of a single payment, whose term may be a day
)

// worthMore says whether what is paid, discounted by v, is worth more than amount.
func (m valuation) worthMore(v uint64, amount money.Amount, parts []Part) bool {
	receivedHigh, receivedLow := bits.Mul64(uint64(amount), one)
	var paidHigh, paidLow uint64
	for i, p := range parts {
		high, low := bits.Mul64(uint64(p.Sum()), m.factor(v, i))
		var carry uint64
		paidLow, carry = bits.Add64(paidLow, low, 0)
		paidHigh, _ = bits.Add64(paidHigh, high, carry)
	}
	return paidHigh > receivedHigh || (paidHigh == receivedHigh && paidLow > receivedLow)
}

// halve finds the largest factor from low to one at which high does not hold yet;
// whatever high asks holds from some factor on.
func halve(low uint64, high func(v uint64) bool) uint64 {
	up := one
	for up-low > 1 {
		if middle := low + (up-low)/2; high(middle) {
			up = middle
		} else {
			low = middle
		}
	}
	return low
}

// unitPeriods counts back from the first payment in whole months; the days that
// remain to the start are odd days (Appendix J (b)(5)). Where payments are due on
// the last days of months, months are counted from last day to last day.
func unitPeriods(start, first calendar.Date, anchor int) (months, oddDays int) {
	year, month, _ := first.Split()
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
