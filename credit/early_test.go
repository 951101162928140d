package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// early quotes a purchase, or everything for 0, as it is shown on the story's day.
func (s *story) early(purchase int64) credit.EarlyQuote {
	s.t.Helper()
	q, err := s.a.AsOf(s.day).EarlyQuote(purchase, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	return q
}

func (q quoted) command() credit.EarlyRepay {
	return credit.EarlyRepay{Purchase: q.Purchase, Amount: q.Sum, Currency: "CNY", Source: "p1", Quote: q.Token}
}

type quoted credit.EarlyQuote

func (s *story) repayEarly(purchase int64) credit.EarlyRepaymentReceived {
	s.t.Helper()
	return only[credit.EarlyRepaymentReceived](s.t, s.do(quoted(s.early(purchase)).command()))
}

// told prints a quote: "103.00 saves 6.00 until 2026-03-04".
func (q quoted) told() string {
	return fmt.Sprintf("%s saves %s until %s", q.Sum.Format("CNY"), q.Saved.Format("CNY"), q.HoldsUntil)
}

// What is charged of cost not yet billed, by the programme's rule.
func TestEarlyFees(t *testing.T) {
	for _, c := range []struct {
		plan, day string
		rule      credit.EarlyFees
		told      string
		earned    money.Amount
	}{
		{"next", "2026-02-21", credit.EarlyFeesWaived, "300.00 saves 0.00 until 2026-03-04", 0},
		{"flat3", "2026-02-21", credit.EarlyFeesWaived, "300.00 saves 9.00 until 2026-03-04", 0},
		{"flat3", "2026-03-04", credit.EarlyFeesWaived, "300.00 saves 9.00 until 2026-03-04", 0},
		{"flat3", "2026-03-05", credit.EarlyFeesWaived, "303.00 saves 6.00 until 2026-03-18", 0}, // the first is billed, and was due
		{"flat3", "2026-02-21", credit.EarlyFeesNextPeriod, "303.00 saves 6.00 until 2026-03-04", 0},
		{"flat3", "2026-03-05", credit.EarlyFeesNextPeriod, "306.00 saves 3.00 until 2026-03-18", 0},
		// All three fees for one month would be 36% a year: the cap of 24% leaves two.
		{"flat3", "2026-02-21", credit.EarlyFeesAll, "306.00 saves 3.00 until 2026-03-04", 0},
		{"flat3", "2026-03-05", credit.EarlyFeesAll, "309.00 saves 0.00 until 2026-03-18", 0},
		{"annuity6", "2026-02-21", credit.EarlyFeesWaived, "300.00 saves 6.15 until 2026-03-04", 0},
		{"annuity6", "2026-02-21", credit.EarlyFeesNextPeriod, "301.75 saves 4.40 until 2026-03-04", 0},
		{"annuity6", "2026-02-21", credit.EarlyFeesAll, "306.00 saves 0.15 until 2026-03-04", 0},
		// What the merchant bears goes the same way: given back, or earned.
		{"free3", "2026-02-21", credit.EarlyFeesWaived, "300.00 saves 0.00 until 2026-03-04", 0},
		{"free3", "2026-02-21", credit.EarlyFeesNextPeriod, "300.00 saves 0.00 until 2026-03-04", 3_00},
		{"free3", "2026-02-21", credit.EarlyFeesAll, "300.00 saves 0.00 until 2026-03-04", 9_00},
	} {
		s := opened(t, "2026-02-20", func(terms *credit.Terms) { terms.EarlyFees, terms.CostCap = c.rule, 240_000 })
		purchase := s.buy(300_00, c.plan)
		q := s.to(c.day).early(purchase)
		name := c.plan + " by the rule " + string(c.rule) + " on " + c.day
		equal(t, name, quoted(q).told(), c.told)
		equal(t, name, q.Earned, c.earned)
		if all := s.early(0); all.Sum != q.Sum || all.Token == q.Token {
			t.Errorf("%s: everything comes to %s with the token %s", name, quoted(all).told(), all.Token)
		}
		s.repayEarly(purchase)
		equal(t, name, s.a.Owed(), 0)
		equal(t, name, s.a.NextDue(), 0)
		s.refused(credit.NothingOwed, "", quoted(q).command())
	}
}

// A purchase that is settled on the day it was made was lent for no time: where days
// count, nothing can be charged for it, and a little more each day.
func TestEarlyFeesWhereDaysCount(t *testing.T) {
	for _, method := range []credit.RateMethod{credit.EffectiveOnDays, credit.UnitPeriod} {
		s := opened(t, "2026-02-10", func(terms *credit.Terms) {
			terms.EarlyFees, terms.RateMethod, terms.CostCap = credit.EarlyFeesAll, method, 320_000
		})
		purchase := s.buy(300_00, "annuity6")
		before := money.Amount(0)
		for _, day := range []string{"2026-02-10", "2026-02-11", "2026-02-20", "2026-03-04"} {
			q := s.to(day).early(purchase)
			charged := q.Sum - 300_00
			if (charged == 0) != (day == "2026-02-10") || charged < before {
				t.Errorf("%s: %s are charged on %s, after %s", method, charged.Format("CNY"), day, before.Format("CNY"))
			}
			equal(t, "holds until", q.HoldsUntil, s.day)
			before = charged
		}
	}
}

func TestEverythingEarly(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-10")
	second := s.buy(120_00, "next")
	q := s.early(0)
	equal(t, "quote", quoted(q).told(), "423.00 saves 6.00 until 2026-03-18")
	equal(t, "the same a week later", s.to("2026-03-18").early(0).Token, q.Token)

	// The day after, the bill is overdue, and its penalty grows day by day.
	s.to("2026-03-19").refused(credit.QuoteOutdated, "quote", quoted(q).command())
	late := s.early(0)
	equal(t, "quote", quoted(late).told(), "423.40 saves 6.00 until 2026-03-19") // 4 days of 100.00 at 0.1%
	s.to("2026-03-20").refused(credit.QuoteOutdated, "quote", quoted(late).command())
	wrong := quoted(s.early(0)).command()
	wrong.Amount--
	s.refused(credit.NotTheQuotedSum, "amount", wrong)
	wrong.Amount, wrong.Currency = wrong.Amount+1, "USD"
	s.refused(credit.CurrencyMismatch, "currency", wrong)
	wrong.Amount = -1
	s.refused(credit.InvalidAmount, "amount", wrong)

	// One purchase has to wait for what is overdue.
	if _, err := s.a.AsOf(s.day).EarlyQuote(second, s.day); err == nil {
		t.Error("one purchase is paid before what is overdue")
	}
	s.refused(credit.OverdueFirst, "", credit.EarlyRepay{Purchase: second, Currency: "CNY"})
	s.told()
	e := s.repayEarly(0)
	s.expect("2026-03-20 penalty.charged", "2026-03-20 early_repayment.received", "2026-03-20 statement.paid", "2026-03-20 block.lifted", "2026-03-20 account.graded")
	equal(t, "amount", e.Amount, 423_50)
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "available", s.a.Available(), 10_000_00)
	s.refused(credit.NothingOwed, "", credit.EarlyRepay{Currency: "CNY"})
	s.refused(credit.NotFound, "", credit.EarlyRepay{Purchase: 99, Currency: "CNY"})
	s.buy(1_00, "next") // free again
}

// One purchase takes its own lines off the statement; the others stay on it.
func TestOnePurchaseEarly(t *testing.T) {
	s := opened(t, "2026-02-20")
	first, second := s.buy(300_00, "flat3"), s.buy(60_00, "next")
	s.to("2026-03-06")
	e := s.repayEarly(first)
	equal(t, "amount", e.Amount, 303_00)
	equal(t, "billed", s.a.Billed(), 60_00)
	equal(t, "owed", s.a.Owed(), 60_00)
	e = s.repayEarly(second)
	equal(t, "amount", e.Amount, 60_00)
	equal(t, "statements", len(s.a.Statements), 0)

	// A refund of what was paid early is the customer's money; the fees that were due stay paid.
	refund := s.refund(first, 300_00)
	equal(t, "credited", refund.Credit, 300_00)
	equal(t, "cuts", len(refund.Cuts), 0)
}

// A credit balance is the customer's money: it pays first.
func TestCreditBalancePaysEarly(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.repay(70_00)
	purchase := s.buy(50_00, "next")
	q := s.early(purchase)
	equal(t, "sum", q.Sum, 0)
	equal(t, "from the credit balance", q.FromCredit, 50_00)
	other := s.buy(100_00, "flat3")
	equal(t, "sum of both", s.early(0).Sum, 80_00)
	s.repayEarly(purchase)
	equal(t, "credit balance", s.a.Credit, 20_00)
	// What was quoted for the other before changes with it.
	equal(t, "sum", s.early(other).Sum, 80_00)
	s.repayEarly(other)
	equal(t, "credit balance", s.a.Credit, 0)
	equal(t, "owed", s.a.Owed(), 0)
}

// Without a repayment that bounced, what was settled early stays settled, and what the
// repayment had paid is owed again.
func TestABounceBeforeAnEarlyRepayment(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-10")
	paid := s.repay(60_00).Number
	early := s.repayEarly(0)
	equal(t, "the rest", early.Amount, 243_00)
	s.to("2026-03-12").bounce(paid)
	equal(t, "owed", s.a.Owed(), 60_00)
	equal(t, "billed", s.a.Billed(), 60_00)
	equal(t, "unbilled", s.owes(s.a.Purchases[0].Number), "57.00+3.00 billed")
	s.bounce(early.Number)
	equal(t, "owed without both", s.a.Owed(), 309_00)
	s.repayEarly(0)
	equal(t, "owed", s.a.Owed(), 0)
}

// An ordinary repayment pays nothing that is not billed.
func TestASurplusPaysNothingUnbilled(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	equal(t, "credited", s.repay(300_00).Credit, 300_00)
	equal(t, "owed", s.a.Owed(), 309_00)
}
