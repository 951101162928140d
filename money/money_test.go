package money_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		whole money.Amount
		n     int
		want  []money.Amount
	}{
		{10000, 3, []money.Amount{3333, 3333, 3334}},
		{1000, 3, []money.Amount{333, 333, 334}},
		{100, 1, []money.Amount{100}},
		{0, 3, []money.Amount{0, 0, 0}},
		{5, 2, []money.Amount{2, 3}}, // 2.5 goes to the even neighbour
		{7, 2, []money.Amount{4, 3}},
		{2, 3, []money.Amount{1, 1, 0}},
		{1, 12, []money.Amount{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
		{7, 12, []money.Amount{1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0}},
		{-7, 12, []money.Amount{-1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0}},
		{-10000, 3, []money.Amount{-3333, -3333, -3334}},
	} {
		if got := c.whole.Split(c.n); !slices.Equal(got, c.want) {
			t.Errorf("%d in %d: got %v, want %v", c.whole, c.n, got, c.want)
		}
	}
}

func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := money.Amount(rapid.Int64Range(0, int64(money.Max)).Draw(t, "whole"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		parts := whole.Split(n)
		var sum money.Amount
		for i, part := range parts {
			if part < 0 {
				t.Fatalf("part %d of %v is negative", i, parts)
			}
			if sum += part; i < n-1 && whole >= money.Amount(n*n) && part != parts[0] {
				t.Fatalf("part %d of %v differs before the last", i, parts)
			}
		}
		if sum != whole || len(parts) != n {
			t.Fatalf("%v add up to %d, not to %d in %d parts", parts, sum, whole, n)
		}
		// Equal parts are each at most half a minor unit away from the exact share,
		// and the last takes what that leaves.
		if last := parts[n-1]; whole >= money.Amount(n*n) && (last-parts[0] > money.Amount(n) || parts[0]-last > money.Amount(n)) {
			t.Fatalf("the last of %v is further off than rounding explains", parts)
		}
	})
}

func TestMulDiv(t *testing.T) {
	for _, c := range []struct {
		a        money.Amount
		num, den int64
		want     money.Amount
	}{
		{25, 1, 10, 2}, // half to even: down
		{35, 1, 10, 4}, // and up
		{-25, 1, 10, -2},
		{-35, 1, 10, -4},
		{25, -1, 10, -2},
		{-35, -1, 10, 4},
		{26, 1, 10, 3},
		{24, 1, 10, 2},
		{0, 1, 3, 0},
		{money.Max, 24 * 36500, 36500, 24 * money.Max},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MinInt64 + 1, 1, 1, math.MinInt64 + 1},
		{math.MaxInt64, -1, 1, -math.MaxInt64},
	} {
		if got := c.a.MulDiv(c.num, c.den); got != c.want {
			t.Errorf("%d × %d ÷ %d: got %d, want %d", c.a, c.num, c.den, got, c.want)
		}
	}
}

func TestMulDivDown(t *testing.T) {
	for _, c := range []struct {
		a        money.Amount
		num, den int64
		want     money.Amount
	}{
		{25, 1, 10, 2}, {29, 1, 10, 2}, {30, 1, 10, 3}, {0, 5, 3, 0}, {7, 0, 3, 0},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
	} {
		if got := c.a.MulDivDown(c.num, c.den); got != c.want {
			t.Errorf("%d × %d ÷ %d: got %d, want %d", c.a, c.num, c.den, got, c.want)
		}
	}
	for _, c := range [][3]int64{{-1, 1, 1}, {1, -1, 1}, {1, 1, 0}, {math.MaxInt64, 2, 1}, {math.MaxInt64, math.MaxInt64, 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d × %d ÷ %d came to something", c[0], c[1], c[2])
				}
			}()
			money.Amount(c[0]).MulDivDown(c[1], c[2])
		}()
	}
}

func TestMulDivAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64().Draw(t, "a")
		num := rapid.Int64().Draw(t, "num")
		den := rapid.Int64Range(1, math.MaxInt64).Draw(t, "den")
		want, fits := exactly(a, num, den)
		got, panicked := mulDiv(money.Amount(a), num, den)
		if panicked == fits {
			t.Fatalf("%d × %d ÷ %d is %s: panicked %t", a, num, den, want, panicked)
		}
		if fits && int64(got) != want.Int64() {
			t.Fatalf("%d × %d ÷ %d: got %d, want %s", a, num, den, got, want)
		}
	})
}

// exactly works the same sum out with integers of any size.
func exactly(a, num, den int64) (result *big.Int, fits bool) {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(num))
	quotient, remainder := new(big.Int).QuoRem(product.Abs(product), big.NewInt(den), new(big.Int))
	switch twice := remainder.Lsh(remainder, 1).Cmp(big.NewInt(den)); {
	case twice > 0, twice == 0 && quotient.Bit(0) == 1:
		quotient.Add(quotient, big.NewInt(1))
	}
	if (a < 0) != (num < 0) {
		quotient.Neg(quotient)
	}
	return quotient, new(big.Int).Abs(quotient).Cmp(big.NewInt(math.MaxInt64)) <= 0
}

func mulDiv(a money.Amount, num, den int64) (result money.Amount, panicked bool) {
	defer func() { panicked = recover() != nil }()
	return a.MulDiv(num, den), false
}

func TestMulDivByNothing(t *testing.T) {
	for _, den := range []int64{0, -1} {
		if _, panicked := mulDiv(1, 1, den); !panicked {
			t.Errorf("dividing by %d passed", den)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		a    money.Amount
		in   money.Currency
		want string
	}{
		{123456, "CNY", "1234.56"},
		{5, "CNY", "0.05"},
		{50, "CNY", "0.50"},
		{0, "CNY", "0.00"},
		{-5, "CNY", "-0.05"},
		{-123456, "CNY", "-1234.56"},
		{123456, "JPY", "123456"},
		{0, "JPY", "0"},
		{math.MinInt64, "CNY", "-92233720368547758.08"},
		{math.MaxInt64, "JPY", "9223372036854775807"},
	} {
		if got := c.a.Format(c.in); got != c.want {
			t.Errorf("%d %s: got %s, want %s", c.a, c.in, got, c.want)
		}
	}
}

func TestParseReadsWhatFormatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount(rapid.Int64Range(0, int64(money.Max)).Draw(t, "a"))
		in := rapid.SampledFrom([]money.Currency{"CNY", "USD", "EUR", "GBP", "HKD", "JPY"}).Draw(t, "currency")
		got, err := money.Parse(a.Format(in), in)
		if err != nil || got != a {
			t.Fatalf("%s came back as %d: %v", a.Format(in), got, err)
		}
	})
}

func TestParse(t *testing.T) {
	for s, want := range map[string]money.Amount{
		"0": 0, "12": 1200, "12.3": 1230, "12.30": 1230, "0.01": 1, "007.50": 750, "10000000000.00": money.Max,
	} {
		if got, err := money.Parse(s, "CNY"); err != nil || got != want {
			t.Errorf("%q: got %d, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", ".", "1.", ".5", "1.234", "-1", "+1", "1e3", "1,000", "1 000", " 1", "1 ", "0x1", "1.2.3", "1..2", "１２", "NaN", "Inf",
		"10000000000.01", "99999999999999999999", "1_000",
	} {
		if got, err := money.Parse(s, "CNY"); err == nil {
			t.Errorf("%q was read as %d", s, got)
		}
	}
	if got, err := money.Parse("1.0", "JPY"); err == nil {
		t.Errorf("yen have no sen any more, but got %d", got)
	}
	if _, err := money.Parse("1", "XXX"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("an unknown currency gave %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.30", "0.01", "10000000000.00", "1e3", "-1", "1.2.3", "٣.١", ""} {
		f.Add(s, "CNY")
		f.Add(s, "JPY")
	}
	f.Fuzz(func(t *testing.T, s, currency string) {
		a, err := money.Parse(s, money.Currency(currency))
		if err != nil {
			return
		}
		if a < 0 || a > money.Max {
			t.Errorf("%q was read as %d", s, a)
		}
		if again, err := money.Parse(a.Format(money.Currency(currency)), money.Currency(currency)); err != nil || again != a {
			t.Errorf("%q is %d, then %d: %v", s, a, again, err)
		}
	})
}
