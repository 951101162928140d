package credit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// paid prints where a repayment went: "s1 penalty 1.00, s1/p2/1 principal 33.33".
func paid(e credit.RepaymentReceived) string {
	statement, purchase := map[int64]int{}, map[int64]int{}
	order := func(m map[int64]int, n int64) int {
		if m[n] == 0 {
			m[n] = len(m) + 1
		}
		return m[n]
	}
	var list []string
	for _, s := range e.Shares {
		name := fmt.Sprintf("s%d", order(statement, s.Statement))
		if s.Purchase != 0 {
			name += fmt.Sprintf("/p%d/%d", order(purchase, s.Purchase), s.Instalment)
		}
		for _, part := range []struct {
			name   string
			amount money.Amount
		}{{"penalty", s.Penalty}, {"fee", s.Fee}, {"interest", s.Interest}, {"principal", s.Principal}} {
			if part.amount != 0 {
				name += " " + part.name + " " + part.amount.Format("CNY")
			}
		}
		list = append(list, name)
	}
	if e.Credit != 0 {
		list = append(list, "rest "+e.Credit.Format("CNY"))
	}
	return strings.Join(list, ", ")
}

func TestRepaymentOrder(t *testing.T) {
	// Statement 1 (due 03-15): 300.00 flat (100.00 + 3.00) and 600.00 annuity (98.55 + 3.50); statement 2 (04-15):
	// their second instalments (100.00 + 3.00; 99.12 + 2.93) and 50.00.
	life := func(day string) *story {
		s := opened(t, "2026-02-20")
		s.buy(300_00, "flat3")
		s.buy(600_00, "annuity6")
		s.to("2026-03-05").buy(50_00, "next")
		return s.to(day)
	}
	for _, c := range []struct {
		day    string
		amount money.Amount
		want   string
	}{
		{"2026-03-05", 1_00, "s1/p1/1 fee 1.00"},
		{"2026-03-05", 3_00, "s1/p1/1 fee 3.00"},
		{"2026-03-05", 6_50, "s1/p1/1 fee 3.00, s1/p2/1 interest 3.50"},
		{"2026-03-05", 10_00, "s1/p1/1 fee 3.00 principal 3.50, s1/p2/1 interest 3.50"},
		{"2026-03-05", 204_00, "s1/p1/1 fee 3.00 principal 100.00, s1/p2/1 interest 3.50 principal 97.50"},
		{"2026-03-05", 205_07, "s1/p1/1 fee 3.00 principal 100.00, s1/p2/1 interest 3.50 principal 98.55, rest 0.02"},
		{"2026-03-25", 1_99, "s1 penalty 1.99"}, // ten days of 198.55 at 0.1%
		{"2026-03-25", 2_99, "s1 penalty 1.99, s1/p1/1 fee 1.00"},
		{"2026-03-25", 9_00, "s1 penalty 1.99, s1/p1/1 fee 3.00 principal 0.51, s1/p2/1 interest 3.50"},
		// The overdue one is paid before the one just billed.
		{"2026-04-10", 5_17, "s1 penalty 5.16, s1/p1/1 fee 0.01"},
		{"2026-04-10", 211_20, "s1 penalty 5.16, s1/p1/1 fee 3.00 principal 100.00, s1/p2/1 interest 3.50 principal 98.55, s2/p1/2 fee 0.99"},
		// From the 91st day past due principal comes first, statement by statement.
		{"2026-06-13", 1_00, "s1 penalty 1.00"},        // the 90th
		{"2026-06-14", 1_00, "s1/p1/1 principal 1.00"}, // the 91st
		{"2026-06-14", 198_56, "s1 penalty 0.01, s1/p1/1 principal 100.00, s1/p2/1 principal 98.55"},
		{"2026-06-14", 223_13, "s1 penalty 18.07, s1/p1/1 fee 3.00 principal 100.00, s1/p2/1 interest 3.50 principal 98.55, s2 penalty 0.01"},
	} {
		s := life(c.day)
		equal(t, fmt.Sprintf("%s on %s", c.amount.Format("CNY"), c.day), paid(s.repay(c.amount)), c.want)
	}
	without := opened(t, "2026-02-20", func(t *credit.Terms) { t.PrincipalFirst = 0 })
	without.buy(300_00, "flat3")
	equal(t, "no second order in the contract", paid(without.to("2027-06-14").repay(1_00)), "s1 penalty 1.00")
}

func TestRepayRefuses(t *testing.T) {
	s, _ := late(t)
	for _, c := range []struct {
		kind  credit.Kind
		field string
		repay credit.Repay
	}{
		{credit.InvalidAmount, "amount", credit.Repay{Amount: 0, Currency: "CNY"}},
		{credit.InvalidAmount, "amount", credit.Repay{Amount: -5, Currency: "CNY"}},
		{credit.InvalidAmount, "amount", credit.Repay{Amount: money.Max + 1, Currency: "CNY"}},
		{credit.CurrencyMismatch, "currency", credit.Repay{Amount: 1, Currency: "EUR"}},
	} {
		s.refused(c.kind, c.field, c.repay)
	}
	none := stranger(t, "2026-03-10")
	none.refused(credit.NotFound, "", credit.Repay{Amount: 1, Currency: "CNY"})
	none.refused(credit.NotFound, "", credit.ReturnCredit{})
}

// A surplus pays nothing unbilled: it waits for the next statement, or goes back once.
func TestSurplus(t *testing.T) {
	s, _ := late(t)
	s.buy(200_00, "next")
	e := s.repay(1_050_00)
	equal(t, "surplus", e.Credit, 50_00)
	equal(t, "unbilled", s.a.Owed(), 200_00)
	s.to("2026-04-05")
	equal(t, "billed", s.a.Billed(), 150_00)
	equal(t, "credit balance", s.a.Credit, 0)
	s.refused(credit.NoCreditBalance, "", credit.ReturnCredit{Reference: "r"})

	s.repay(170_00)
	equal(t, "returned", only[credit.CreditReturned](t, s.do(credit.ReturnCredit{Reference: "r"})).Amount, 20_00)
	s.refused(credit.NoCreditBalance, "", credit.ReturnCredit{Reference: "r"})
	equal(t, "credit balance", s.a.Credit, 0)
}

// Rounding of partial payments loses no fen: paid in any steps, it is paid.
func TestPaidInSteps(t *testing.T) {
	for _, step := range []money.Amount{1_33, 7_77, 100_01} {
		s := opened(t, "2026-02-20")
		for range 3 {
			s.buy(33_33, "flat3")
			s.buy(50_01, "annuity6")
		}
		s.to("2026-03-05")
		total, sum := s.a.Billed(), money.Amount(0)
		for sum < total {
			sum += step
			equal(t, "rest", s.repay(step).Credit, max(0, sum-total))
		}
		equal(t, "billed", s.a.Billed(), 0)
		equal(t, "credit", s.a.Credit, sum-total)
	}
}
