// Package money counts money in the smallest unit of its currency. It knows how
// to split, scale and print an amount exactly; it refuses to know exchange
// rates, taxes or what an amount is for.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a sum in minor units (分, cents) of a currency named beside it.
type Amount int64

// Max is the largest amount that the product accepts at its door: ten thousand
// million of a currency with two decimals. Sums of many such amounts, and an
// amount times a rate times the days of a century, stay far inside 128 bits.
const Max Amount = 1_000_000_000_000

// ErrCurrency is returned for a currency that the product has no minor unit for.
var ErrCurrency = errors.New("unknown currency")

// Currency is an ISO 4217 code.
type Currency string

// decimals is the number of minor-unit digits by ISO 4217.
var decimals = map[Currency]int{"CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "JPY": 0}

// Decimals returns how many digits of c stand behind the point.
func (c Currency) Decimals() (int, error) {
	d, ok := decimals[c]
	if !ok {
		return 0, fmt.Errorf("%w: %q", ErrCurrency, string(c))
	}
	return d, nil
}

// Split divides a into n parts that add up to a. Equal parts are rounded half-even;
// the last part takes what is left over, as the contract says. An amount of so few
// minor units that rounding up would spend it all early (7 fen in 12) ends in parts of
// nothing, since an instalment is never negative. n must be at least 1.
func (a Amount) Split(n int) []Amount {
	parts := make([]Amount, n)
	each := a.MulDiv(1, int64(n))
	rest := a
	for i := range n - 1 {
		if magnitude(int64(each)) > magnitude(int64(rest)) {
			each = rest
		}
		parts[i] = each
		rest -= each
	}
	parts[n-1] = rest
	return parts
}

// MulDiv returns a × num ÷ den rounded half-even, with a 128-bit product in
// between. It panics when den is not positive or the result leaves int64: both
// are programming errors, amounts and rates being bounded at the door.
func (a Amount) MulDiv(num, den int64) Amount {
	if den <= 0 {
		panic("money: MulDiv by a divisor that is not positive")
	}
	negative := (a < 0) != (num < 0)
	hi, lo := bits.Mul64(magnitude(int64(a)), magnitude(num))
	if hi >= uint64(den) {
		panic("money: MulDiv overflows")
	}
	quotient, remainder := bits.Div64(hi, lo, uint64(den))
	twice := remainder * 2 // cannot wrap: remainder < den ≤ 2^63-1
	if quotient <= math.MaxInt64 && (twice > uint64(den) || (twice == uint64(den) && quotient&1 == 1)) {
		quotient++
	}
	if quotient > math.MaxInt64 {
		panic("money: MulDiv overflows")
	}
	if negative {
		return -Amount(quotient)
	}
	return Amount(quotient)
}

// MulDivDown is MulDiv of what is not negative, rounded down: for caps.
func (a Amount) MulDivDown(num, den int64) Amount {
	if a < 0 || num < 0 || den <= 0 {
		panic("money: MulDivDown of something negative")
	}
	hi, lo := bits.Mul64(uint64(a), uint64(num))
	if hi >= uint64(den) {
		panic("money: MulDivDown overflows")
	}
	quotient, _ := bits.Div64(hi, lo, uint64(den))
	if quotient > math.MaxInt64 {
		panic("money: MulDivDown overflows")
	}
	return Amount(quotient)
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-(v + 1)) + 1
	}
	return uint64(v)
}

// Format prints a in c's major unit: 123456 CNY is "1234.56".
func (a Amount) Format(c Currency) string {
	places, err := c.Decimals()
	if err != nil {
		places = 0
	}
	digits := strconv.FormatUint(magnitude(int64(a)), 10)
	sign := ""
	if a < 0 {
		sign = "-"
	}
	if places == 0 {
		return sign + digits
	}
	if len(digits) <= places {
		digits = strings.Repeat("0", places-len(digits)+1) + digits
	}
	return sign + digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}

// Parse reads a decimal amount in c's major unit, such as "12.30", exactly:
// more decimals than the currency has, signs, exponents and amounts beyond Max
// are refused.
func Parse(s string, c Currency) (Amount, error) {
	places, err := c.Decimals()
	if err != nil {
		return 0, err
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" || len(fraction) > places || (strings.Contains(s, ".") && fraction == "") {
		return 0, fmt.Errorf("amount %q is not a decimal with at most %d places", s, places)
	}
	digits := whole + fraction + strings.Repeat("0", places-len(fraction))
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("amount %q is not a plain decimal number", s)
		}
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || Amount(v) > Max {
		return 0, fmt.Errorf("amount %q is beyond %s", s, Max.Format(c))
	}
	return Amount(v), nil
}
