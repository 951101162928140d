package reference

import (
	"math"
	"math/big"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

const million = 1_000_000

// equal cuts an amount into n equal parts, rounded half-even; the last takes the rest.
func equal(amount money.Amount, n int) []money.Amount {
	var parts []money.Amount
	each, rest := amount.MulDiv(1, int64(n)), amount
	for len(parts) < n-1 {
		part := min(each, rest)
		parts = append(parts, part)
		rest -= part
	}
	return append(parts, rest)
}

// Schedule says what a purchase captured on a day asks for, part by part.
func (t *Terms) Schedule(p Plan, amount money.Amount, day calendar.Date) []Part {
	return t.scheduleFrom(p, amount, day, day)
}

// scheduleFrom is Schedule where the customer has the money from another day on.
func (t *Terms) scheduleFrom(p Plan, amount money.Amount, day, from calendar.Date) []Part {
	var parts []Part
	on := day
	for k := 1; k <= p.Periods; k++ {
		on = calendar.NextOnDay(on, t.StatementDay)
		parts = append(parts, Part{K: k, On: on})
	}
	switch p.Kind {
	case "annuity":
		annuity(p, amount, parts)
	default:
		for i, principal := range equal(amount, p.Periods) {
			parts[i].Principal = principal
			parts[i].Fee = amount.MulDiv(p.Rate, million)
		}
	}
	for i := range parts {
		x := &parts[i]
		x.Others = (x.Fee + x.Interest).MulDiv(p.Others, million)
		if x.Interest > 0 {
			x.Interest -= x.Others
		} else {
			x.Fee -= x.Others
		}
	}
	for {
		for i := range parts {
			if x := &parts[i]; x.Principal+x.Interest+x.Fee == 0 {
				x.Others = 0 // nobody bears the cost of what is never billed
			}
		}
		if !t.dearer(amount, from, parts) {
			return parts
		}
		for i := range parts {
			if x := &parts[i]; x.Interest > 0 {
				x.Interest--
			} else if x.Fee > 0 {
				x.Fee--
			}
		}
	}
}

// floor is a × num ÷ den rounded down.
func floor(a money.Amount, num, den int64) money.Amount {
	product := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(num))
	return money.Amount(product.Quo(product, big.NewInt(den)).Int64())
}

// annuity fills in equal payments; the last takes the rest.
func annuity(p Plan, amount money.Amount, parts []Part) {
	n := len(parts)
	if p.Rate == 0 {
		for i, principal := range equal(amount, n) {
			parts[i].Principal = principal
		}
		return
	}
	rate := big.NewRat(p.Rate, 12*million)
	growth := big.NewRat(1, 1)
	for range n {
		growth.Mul(growth, new(big.Rat).Add(big.NewRat(1, 1), rate))
	}
	exact := new(big.Rat).Mul(big.NewRat(int64(amount), 1), rate)
	exact.Mul(exact, growth).Quo(exact, new(big.Rat).Sub(growth, big.NewRat(1, 1)))
	payment := halfEven(exact)
	left := amount
	for i := range parts {
		parts[i].Interest = left.MulDiv(p.Rate, 12*million)
		parts[i].Principal = min(payment-parts[i].Interest, left)
		if i == n-1 {
			parts[i].Principal = left
		}
		left -= parts[i].Principal
	}
}

func halfEven(r *big.Rat) money.Amount {
	doubled := new(big.Rat).Mul(r, big.NewRat(2, 1))
	whole := new(big.Int).Quo(r.Num(), r.Denom()).Int64()
	switch rest := new(big.Rat).Sub(doubled, big.NewRat(2*whole, 1)); rest.Cmp(big.NewRat(1, 1)) {
	case 1:
		whole++
	case 0:
		whole += whole % 2
	}
	return money.Amount(whole)
}

// dearer says whether what the customer pays, valued at the cap, is worth more than
// what they got. A rate that is printed as the cap's is not above it: hence the 0.4.
func (t *Terms) dearer(amount money.Amount, day calendar.Date, parts []Part) bool {
	return t.dearerBy(amount, day, parts, 0)
}

// dearerBy is dearer where the last part is paid on a day of its own, unless that is none.
func (t *Terms) dearerBy(amount money.Amount, day calendar.Date, parts []Part, last calendar.Date) bool {
	total := money.Amount(0)
	for _, x := range parts {
		total += x.Principal + x.Interest + x.Fee
	}
	if total <= amount {
		return false
	}
	rate := (float64(t.CostCap) + 0.4) / million
	worth := 0.0
	for i, x := range parts {
		pays := float64(x.Principal + x.Interest + x.Fee)
		switch t.Method {
		case "monthly_times_twelve":
			worth += pays / math.Pow(1+rate/12, float64(i+1))
		case "effective_on_days":
			paid := calendar.NextOnDay(x.On, t.DueDay)
			if last != 0 && i == len(parts)-1 {
				paid = last
			}
			worth += pays / math.Pow(1+rate, float64(paid-day)/365)
		default:
			panic("reference: no such method: " + t.Method)
		}
	}
	return worth > float64(amount)
}
