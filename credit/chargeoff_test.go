package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// owing has 1,000.00 by one purchase due on 2026-03-15, and 300.00 by three instalments
// of which two are billed later; nothing is paid, and 180 days past due are 2026-09-11.
func owing(t tb) (s *story, single, parts int64) {
	t.Helper()
	s = opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 180 })
	single = s.buy(1_000_00, "next")
	s.to("2026-03-10")
	parts = s.buy(300_00, "flat3") // falls on 04-05, 05-05 and 06-05
	return s, single, parts
}

func TestChargeOffOnItsDay(t *testing.T) {
	for _, c := range []struct{ days, late int }{{180, 179}, {180, 180}, {180, 181}, {0, 400}, {30, 29}, {30, 30}} {
		s, _ := late(t, func(t *credit.Terms) { t.ChargeOffDays = c.days })
		s.pass(on(t, "2026-03-15") + calendar.Date(c.late))
		want := c.days != 0 && c.late >= c.days
		equal(t, fmt.Sprintf("charged off %d days past due of %d", c.late, c.days), s.a.ChargedOff().Billed, map[bool]money.Amount{true: 1_000_00}[want])
		if want {
			equal(t, "grade", s.a.Grade, credit.Loss)
		}
		if again := s.close(s.day); len(again) != 0 {
			t.Errorf("the same night again: %s", names(again))
		}
		equal(t, "owed by the customer", s.a.Outstanding(), 1_000_00)
	}
}

// Everything goes, billed or not, with the penalty until that day; nothing more grows.
func TestChargeOffTakesEverything(t *testing.T) {
	s, _, _ := owing(t)
	s.to("2026-09-10").told()
	e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-09-11")))
	s.expect("2026-09-11 penalty.charged", "2026-09-11 penalty.charged", "2026-09-11 penalty.charged", "2026-09-11 penalty.charged",
		"2026-09-11 debt.charged_off", "2026-09-11 account.graded")
	var sum credit.WrittenOff
	for _, w := range e.Parts {
		sum.Unbilled, sum.Billed, sum.Interest, sum.Fee, sum.Penalty = sum.Unbilled+w.Unbilled, sum.Billed+w.Billed, sum.Interest+w.Interest, sum.Fee+w.Fee, sum.Penalty+w.Penalty
		if w.Statement == 0 {
			funders := money.Amount(0)
			for _, f := range w.Funders {
				funders += f.Principal + f.Cost
			}
			equal(t, "the funders' loss", funders, w.Unbilled+w.Billed+w.Interest+w.Fee)
		}
	}
	// 180 days of 1.00, 149 + 119 + 88 of 0.10, from each due date.
	want := credit.WrittenOff{Billed: 1_300_00, Fee: 9_00, Penalty: 180_00 + 14_90 + 11_90 + 8_80}
	deep(t, "given up", sum, want)
	equal(t, "in all", e.Sum(), s.a.Owed())
	deep(t, "and owed", s.a.ChargedOff(), want)
	owed := s.a.Owed()
	s.to("2027-09-11").expect() // no penalty, no bucket, no grade, and never again
	equal(t, "a year later", s.a.AsOf(s.day).Owed(), owed)
	equal(t, "nothing is due", s.a.NextDue(), 0)
	if reasons := s.declined(1_00, "next"); len(reasons) != 1 || reasons[0] != credit.ReasonFrozen {
		t.Errorf("got %v", reasons)
	}
}

// What was not billed yet is given up with the rest, and billed all the same, so that
// the customer knows; its fee becomes nobody's income until it is paid.
func TestInstalmentsAreBilledAfterTheChargeOff(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 30 })
	s.buy(1_000_00, "next") // due on 03-15
	parts := s.buy(300_00, "flat3")
	s.to("2026-04-13").told()
	e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-04-14")))
	unbilled := money.Amount(0)
	for _, w := range e.Parts {
		unbilled += w.Unbilled
		if w.Purchase == parts {
			equal(t, "its fee", w.Fee, 6_00) // of the two that are billed
		}
	}
	equal(t, "not billed", unbilled, 100_00)
	s.told()
	s.to("2026-05-04").expect("2026-04-19 statement.overdue") // the second bill, with nothing to charge
	bill := only[credit.StatementIssued](t, s.close(on(t, "2026-05-05")))
	equal(t, "its line is off the books", bill.Lines[0].ChargedOff, true)
	equal(t, "its total", bill.Total, 103_00)
	s.to("2027-01-05").expect("2026-05-05 statement.issued", "2026-05-19 statement.overdue") // no penalty
	equal(t, "bills", len(s.a.Statements), 3)
	// 30 days of 1.10 and, on the second bill, within its due date, none.
	equal(t, "owed", s.a.AsOf(s.day).Owed(), 1_309_00+33_00)
}

// A payment on what is off the books is a recovery, whatever it was owed as; once
// everything is paid the account is free again.
func TestRecovery(t *testing.T) {
	s, _, _ := owing(t)
	s.to("2026-10-01").told()
	e := s.repay(500_00)
	for _, share := range e.Shares {
		equal(t, "a recovery", share.ChargedOff, true)
	}
	equal(t, "grade", s.a.Grade, credit.Loss)
	s.repay(s.a.Owed())
	s.expect("2026-10-01 repayment.received", "2026-10-01 repayment.received",
		"2026-10-01 statement.paid", "2026-10-01 statement.paid", "2026-10-01 statement.paid", "2026-10-01 statement.paid",
		"2026-10-01 block.lifted", "2026-10-01 account.graded")
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "grade", s.a.Grade, credit.Normal)
	deep(t, "still charged off", s.a.ChargedOff(), credit.WrittenOff{})

	// A new episode: what is bought now is on the books, and may be given up in its turn.
	s.buy(50_00, "next") // on 10-05, due on 10-15
	s.to("2027-04-12")
	equal(t, "charged off again", s.a.ChargedOff().Billed, 0)
	s.to("2027-04-13")
	equal(t, "charged off again", s.a.ChargedOff().Billed, 50_00)
}

// The block stays while anything that was given up is owed, billed or not.
func TestTheBlockStaysUntilAllIsPaid(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 30 })
	s.buy(300_00, "flat3")
	s.to("2026-04-20").repay(s.a.Billed())
	equal(t, "overdue", s.a.OverdueAmount(), 0)
	equal(t, "days past due", s.a.DaysPastDue(s.day), 0)
	equal(t, "grade", s.a.Grade, credit.Loss)
	equal(t, "blocks", len(s.a.Blocks), 1)
	s.declined(1_00, "next")
	s.to("2026-05-05")
	equal(t, "a recovery", s.repay(103_00).Shares[0].ChargedOff, true)
	equal(t, "blocks", len(s.a.Blocks), 0)
	s.hold(1_00, "next")
}

// A refund of what was given up takes it off what is owed and off the loss; what had been
// recovered of it goes back to the customer, and pays what else is owed.
func TestRefundAfterTheChargeOff(t *testing.T) {
	s, single, parts := owing(t)
	s.to("2026-10-01")
	s.repay(600_00) // principal first on the first bill
	e := s.refund(single, 1_000_00)
	off := money.Amount(0)
	for _, cut := range e.Cuts {
		equal(t, "off the books", cut.ChargedOff, true)
		off += cut.Principal
	}
	equal(t, "less of a loss", off, 400_00)
	equal(t, "recovered before, and the customer's", e.Credit, 600_00)
	// It paid the penalties and the other bills: 215.60 + 309.00.
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "credit balance", s.a.Credit, 600_00-215_60-309_00)
	// Refunded once more after all was settled, it is all the customer's.
	again := s.refund(parts, 300_00)
	equal(t, "cuts", len(again.Cuts), 0)
	equal(t, "credit", again.Credit, 300_00)
}

// An order that was let through before the debt went bad is delivered after it was given
// up: it is an ordinary purchase on the same bills.
func TestAPurchaseAfterTheChargeOff(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays, t.HoldDays = 30, 60 })
	s.buy(300_00, "flat3")
	s.to("2026-03-10")
	hold := s.hold(40_00, "next")
	s.to("2026-04-20").do(credit.Capture{Hold: hold, Amount: 40_00})
	equal(t, "still charged off", s.a.ChargedOff().Unbilled+s.a.ChargedOff().Billed, 300_00)
	s.to("2026-05-05").told() // a bill of 103.00 and 40.00, due on 05-15
	s.to("2026-06-13").expect("2026-05-19 statement.overdue", "2026-05-19 penalty.charged")
	equal(t, "a penalty on what is on the books", s.a.AsOf(s.day).Statements[2].Penalty, 29*4)
	e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-06-14")))
	equal(t, "given up then", e.Sum(), 40_00+30*4) // and not once more what was before
	equal(t, "days past due", e.DaysPastDue, 91)   // of the oldest bill
}

// A recovery that bounces was none; a repayment that bounces after the debt it paid was
// given up is settled by hand; and a debt that turns out to be late for so long is given
// up on the day after.
func TestABounceNearAChargeOff(t *testing.T) {
	s, _, _ := owing(t)
	s.to("2026-09-01")
	early := s.repay(10_00).Number
	s.to("2026-10-01")
	owed, off := s.a.Owed(), s.a.ChargedOff()
	paid := s.repay(owed)
	equal(t, "paid", s.a.Owed(), 0)
	s.to("2026-10-03")
	for _, share := range s.bounce(paid.Number).Shares {
		equal(t, "a recovery that was none", share.ChargedOff, true)
	}
	equal(t, "owed", s.a.Owed(), owed)
	deep(t, "of what was given up", s.a.ChargedOff(), off)
	equal(t, "grade", s.a.Grade, credit.Loss)
	s.refused(credit.NotReversible, "", credit.ReverseRepayment{Repayment: early, Reference: "b2", History: s.facts})

	s, _ = late(t, func(t *credit.Terms) { t.ChargeOffDays = 180 })
	s.to("2026-09-10")
	paid = s.repay(s.a.AsOf(s.day).Owed())
	s.to("2026-09-14") // 183 days past due
	s.bounce(paid.Number)
	equal(t, "days past due", s.a.DaysPastDue(s.day), 183)
	deep(t, "given up", s.a.ChargedOff(), credit.WrittenOff{})
	equal(t, "next", s.a.NextDue(), on(t, "2026-09-15"))
	e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-09-15")))
	equal(t, "given up on the day after", e.Sum(), 1_000_00+184_00)
}

// What the customer has paid for is off nobody's books any more, also while they
// contest it: with nothing owed and nothing contested that is unpaid, the account
// is neither frozen for being late nor lost.
func TestChargedOffAndPaidButContestedIsNotLost(t *testing.T) {
	s, purchase := late(t, func(t *credit.Terms) { t.ChargeOffDays = 180 })
	s.to("2026-09-11")
	s.repay(400_00) // of 1,000.00
	s.contest(purchase, 700_00)
	s.refund(purchase, 600_00) // the part that was not paid
	if owed := s.a.AsOf(s.day).Owed(); owed > 0 {
		s.repay(owed)
	}
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "still contested", s.a.Contested(), 100_00)
	equal(t, "grade", s.a.Grade, credit.Normal)
	equal(t, "blocks", len(s.a.Blocks), 0)
}

// What is contested is given up with the rest, and asked for by nobody: lost, it is billed
// off the books; won, it is less of a loss.
func TestADisputeAcrossTheChargeOff(t *testing.T) {
	for _, won := range []bool{true, false} {
		s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 30 })
		s.buy(1_000_00, "next") // due on 03-15
		contested := s.buy(300_00, "next")
		s.to("2026-03-10")
		n := s.contest(contested, 300_00).Number
		s.to("2026-04-13").told()
		e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-04-14")))
		equal(t, "given up", e.Sum(), 1_300_00+30_00)
		equal(t, "contested of it", s.a.ChargedOff().Disputed, 300_00)
		equal(t, "owed of it", s.a.ChargedOffOwed(), 1_030_00)
		s.repay(1_030_00)
		equal(t, "owed", s.a.Owed(), 0)
		equal(t, "blocked until all of it is settled", len(s.a.Blocks), 1)
		equal(t, "grade", s.a.Grade, credit.Loss)
		if won {
			for _, cut := range s.win(n).Cuts {
				equal(t, "less of a loss", cut.ChargedOff, true)
			}
		} else {
			equal(t, "off the books", s.lose(n).ChargedOff, true)
			s.to("2026-05-05")
			equal(t, "a recovery", s.repay(300_00).Shares[0].ChargedOff, true)
		}
		equal(t, "owed", s.a.Owed(), 0)
		equal(t, "blocks", len(s.a.Blocks), 0)
		equal(t, "grade", s.a.Grade, credit.Normal)
	}

	// Contested after it was given up: it stays off the books.
	s, single, _ := owing(t)
	s.to("2026-10-01")
	e := s.contest(single, 1_000_00)
	equal(t, "off the books", e.ChargedOff, true)
	equal(t, "not asked for", s.a.ChargedOff().Disputed, 1_000_00)
	s.lose(e.Number)
	s.to("2026-10-05")
	equal(t, "asked for again", s.a.ChargedOff().Billed, 1_300_00)
	s.to("2027-10-05")
	equal(t, "without a penalty", s.a.AsOf(s.day).Owed(), s.a.ChargedOffOwed())
}

// A purchase of which only something that was paid is contested has nothing on the books to give up.
func TestNothingIsGivenUpOfAPaidPurchase(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 180 })
	first, second := s.buy(100_00, "next"), s.buy(50_00, "next")
	s.to("2026-03-06").repay(40_00)
	s.contest(first, 100_00)
	s.refund(first, 90_00) // all that was unpaid, and most of the rest
	equal(t, "contested", s.a.Contested(), 10_00)
	s.pass(on(t, "2026-03-15") + 179)
	e := only[credit.DebtChargedOff](t, s.close(on(t, "2026-03-15")+180))
	for _, w := range e.Parts {
		if w.Purchase != 0 && w.Purchase != second {
			t.Errorf("%+v is given up", w)
		}
	}
}
