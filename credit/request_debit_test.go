package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func payNow(amount money.Amount) credit.RequestDebit {
	return credit.RequestDebit{Amount: amount, Currency: "CNY", Source: "tok_now", Bound: true}
}

// settleNow has the account's newest debit succeed.
func (s *story) settleNow() []credit.Event {
	s.t.Helper()
	return s.do(credit.SettleDebit{Debit: s.debit().Number})
}

// billedStory is a bill of 100.00 of 2026-03-05, due on the 15th, and nobody who is
// debited by themselves.
func billedStory(t *testing.T, change ...func(*credit.Terms)) *story {
	s := opened(t, "2026-02-20", change...)
	s.buy(100_00, "next")
	s.to("2026-03-05").told()
	return s
}

func TestPayNow(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(100_00, "next")
	s.refused(credit.NothingOwed, "", payNow(100_00)) // nothing is billed yet
	s.to("2026-03-05").told()
	s.refused(credit.MoreThanBilled, "amount", payNow(100_01))
	s.refused(credit.InvalidAmount, "amount", payNow(0))
	another := payNow(1)
	another.Bound = false
	s.refused(credit.UnknownSource, "source", another)
	s.refused(credit.CurrencyMismatch, "currency", credit.RequestDebit{Amount: 1, Currency: "USD", Source: "tok_now", Bound: true})
	s.do(payNow(40_00))
	s.expect("2026-03-05 debit.requested")
	equal(t, "billed until the money comes", s.a.Billed(), 100_00)
	refusal := s.refused(credit.DebitPending, "", payNow(60_01))
	equal(t, "detail", refusal.Detail, "100.00 is billed, and 40.00 of it is on its way")
	s.settleNow()
	s.expect("2026-03-05 debit.settled", "2026-03-05 repayment.received")
	equal(t, "billed", s.a.Billed(), 60_00)
	s.do(payNow(60_00))
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.do(payNow(60_00)) // refused: it can be asked for again
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)
	s.refused(credit.NothingOwed, "", payNow(1))
}

func TestThreeDebitsAtMostAreOnTheirWay(t *testing.T) {
	s := billedStory(t)
	for range 3 {
		s.do(payNow(10_00))
	}
	s.refused(credit.DebitPending, "", payNow(10_00))
	s.settleNow()
	s.do(payNow(10_00))
}

// What is on its way when the due date begins is not asked for a second time.
func TestPayNowAndAutopay(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-14").do(payNow(30_00))
	equal(t, "foretold", s.a.NextDebit().Amount, 70_00)
	s.told()
	s.to("2026-03-15").expect("2026-03-15 debit.requested")
	equal(t, "the rest", s.debit().Amount, 70_00)
	s.refused(credit.DebitPending, "", payNow(1)) // all of it is on its way
	for _, d := range s.a.PendingDebits() {
		s.do(credit.SettleDebit{Debit: d.Number})
	}
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "credit balance", s.a.Credit, 0)

	// All of it is on its way: nobody is debited on the due date, and if it is refused, on the next day.
	s = debitedStory(t)
	s.to("2026-03-14").do(payNow(100_00))
	equal(t, "foretold", s.a.NextDebit().Amount, 0)
	s.told()
	s.to("2026-03-15").expect("2026-03-15 debit.skipped")
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-03-16").expect("2026-03-16 debit.requested")
	equal(t, "attempt", s.debit().Attempt, 1)
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.do(payNow(100_00)) // nobody knows, for days
	s.told()
	s.to("2026-03-18").expect("2026-03-18 debit.skipped")
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)

	// On the due date itself the standing instruction was first.
	s = debitedStory(t)
	s.to("2026-03-15")
	s.refused(credit.DebitPending, "", payNow(100_00))
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.do(payNow(100_00))
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)
}

// What is owed changed while the money was on its way: the surplus is the customer's.
func TestPaidByHandWhilePayNowIsOnItsWay(t *testing.T) {
	s := billedStory(t)
	s.do(payNow(100_00))
	s.repay(30_00)
	e := only[credit.RepaymentReceived](t, s.settleNow())
	equal(t, "credited", e.Credit, 30_00)
}

// quotedDebit asks for a debit of what settles a purchase, or everything.
func (s *story) quotedDebit(purchase int64) credit.RequestDebit {
	q := s.early(purchase)
	return credit.RequestDebit{Amount: q.Sum, Currency: "CNY", Source: "tok_now", Bound: true, Quote: q.Token, Purchase: purchase}
}

func TestPayEarlyNow(t *testing.T) {
	s := billedStory(t)
	purchase := s.buy(300_00, "flat3")
	c := s.quotedDebit(purchase)
	wrong := c
	wrong.Amount--
	s.refused(credit.NotTheQuotedSum, "amount", wrong)
	wrong = c
	wrong.Quote = "eq_another"
	s.refused(credit.QuoteOutdated, "quote", wrong)
	wrong.Quote = "" // a purchase is settled by a quote, or not at all
	s.refused(credit.QuoteOutdated, "quote", wrong)
	s.do(c)
	s.refused(credit.DebitPending, "", c)
	s.refused(credit.DebitPending, "", payNow(100_00))
	s.told()
	e := only[credit.EarlyRepaymentReceived](t, s.settleNow())
	s.expect("2026-03-05 debit.settled", "2026-03-05 early_repayment.received")
	equal(t, "source", e.Source, string(s.a.ID.Part(credit.PrefixDebit, s.debit().Number)))
	equal(t, "owed", s.a.Owed(), 100_00)
	s.do(payNow(50_00))
	s.refused(credit.DebitPending, "", s.quotedDebit(0)) // it would not be what is owed
	s.settleNow()
	s.do(s.quotedDebit(0))
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)
	s.do(credit.RequestClosure{})
}

// The last day on which the quote holds, and the day after: then it is an ordinary
// repayment, and says so.
func TestAQuoteThatHoldsNoMore(t *testing.T) {
	begin := func() *story {
		s := billedStory(t)
		s.buy(300_00, "flat3")
		equal(t, "holds until", s.early(0).HoldsUntil, on(t, "2026-03-18"))
		s.do(s.quotedDebit(0))
		return s
	}
	s := begin()
	s.to("2026-03-18")
	events := s.settleNow()
	equal(t, "lapsed", only[credit.DebitSettled](t, events).Lapsed, false)
	equal(t, "owed", s.a.Owed(), 0)

	s = begin() // overdue since the day after, with a penalty of four days
	s.to("2026-03-19")
	events = s.settleNow()
	equal(t, "lapsed", only[credit.DebitSettled](t, events).Lapsed, true)
	equal(t, "the debit says so", s.debit().Lapsed, true)
	e := only[credit.RepaymentReceived](t, events)
	equal(t, "credited", e.Credit, 299_60) // of 400.00
	equal(t, "billed", s.a.Billed(), 0)
	// What is left is settled by the credit balance and a little more.
	s.do(s.quotedDebit(0))
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "credit balance", s.a.Credit, 0)

	s = begin() // something was bought since
	s.buy(1_00, "next")
	equal(t, "lapsed", only[credit.DebitSettled](t, s.settleNow()).Lapsed, true)
}

// An early repayment of one purchase takes its line off the bill, and what is debited
// on the due date is the others.
func TestPayEarlyNowAndAutopay(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.do(s.autopay("tok_1"))
	first := s.buy(300_00, "flat3")
	s.buy(50_00, "next")
	s.to("2026-03-14").do(s.quotedDebit(first))
	early := s.debit()
	s.to("2026-03-15")
	equal(t, "the other line", s.debit().Amount, 50_00)
	for _, n := range []int64{early.Number, s.debit().Number} {
		s.do(credit.SettleDebit{Debit: n})
	}
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "credit balance", s.a.Credit, 0)
}

// Repaying always works: overdue and frozen, charged off, while the account is closing.
func TestPayNowWhateverTheAccountIs(t *testing.T) {
	s := billedStory(t, func(t *credit.Terms) { t.ChargeOffDays = 180 })
	s.do(credit.Freeze{Kind: credit.BlockRisk})
	s.to("2026-04-01")
	s.do(payNow(10_00))
	s.settleNow()
	s.to("2026-10-15")
	if s.a.Grade != credit.Loss {
		t.Fatalf("the account is graded %q", s.a.Grade)
	}
	s.do(payNow(s.a.AsOf(s.day).Billed()))
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)

	s = billedStory(t)
	s.do(payNow(100_00))
	refusal := s.refused(credit.NotClear, "", credit.RequestClosure{})
	equal(t, "conditions", refusal.Unmet[len(refusal.Unmet)-1].Condition, credit.ConditionDebit)
	paid := only[credit.RepaymentReceived](t, s.settleNow()).Number
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	s.refused(credit.NothingOwed, "", payNow(1))
	s.to("2026-03-12").bounce(paid) // closed on money that never came
	s.do(payNow(100_00))
	s.settleNow()
	equal(t, "owed", s.a.Owed(), 0)
}

// A bounce before an early repayment by debit leaves it settled, and one whose quote
// had lapsed stays an ordinary repayment.
func TestABounceBeforePayEarlyNow(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-10")
	s.do(payNow(60_00))
	paid := only[credit.RepaymentReceived](t, s.settleNow()).Number
	s.do(s.quotedDebit(0))
	early := only[credit.EarlyRepaymentReceived](t, s.settleNow())
	s.to("2026-03-12").bounce(paid)
	equal(t, "owed", s.a.Owed(), 60_00)
	s.bounce(early.Number)
	equal(t, "owed without both", s.a.Owed(), 309_00)
	equal(t, "a debit waits", len(s.a.PendingDebits()), 0)

	s = opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-10")
	paid = s.repay(60_00).Number
	s.do(s.quotedDebit(0)) // of 243.00
	s.buy(10_00, "next")
	lapsed := only[credit.RepaymentReceived](t, s.settleNow())
	equal(t, "credited", lapsed.Credit, 200_00)
	s.to("2026-03-12").bounce(paid)
	equal(t, "owed", s.a.Owed(), 216_00)
	equal(t, "credit balance", s.a.Credit, 140_00)
	s.bounce(lapsed.Number)
	equal(t, "owed", s.a.Owed(), 319_00)
	equal(t, "credit balance", s.a.Credit, 0)
}
