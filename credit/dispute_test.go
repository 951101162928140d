package credit_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func (s *story) contest(purchase int64, amount money.Amount) credit.DisputeOpened {
	s.t.Helper()
	return only[credit.DisputeOpened](s.t, s.do(credit.OpenDispute{Purchase: purchase, Amount: amount, Reason: credit.NotReceived}))
}

func (s *story) lose(dispute int64) credit.DisputeSettled {
	s.t.Helper()
	return only[credit.DisputeSettled](s.t, s.do(credit.SettleDispute{Dispute: dispute, Reviewer: "op_1"}))
}

func (s *story) win(dispute int64) credit.PurchaseRefunded {
	s.t.Helper()
	return only[credit.PurchaseRefunded](s.t, s.do(credit.SettleDispute{Dispute: dispute, ForCustomer: true, Reviewer: "op_1"}))
}

// A contested amount goes from the last instalment backwards, like a refund's, with
// the cost that was not billed yet; and comes back as it was agreed on the same day.
func TestADisputeTakesOutWhatARefundWould(t *testing.T) {
	for _, plan := range []string{"next", "free3", "flat3", "annuity6", "shared3"} {
		for _, amount := range []money.Amount{1, 50_00, 100_00, 250_00, 299_99, 300_00} {
			for _, day := range []string{"2026-02-20", "2026-03-04", "2026-03-05", "2026-04-05"} {
				disputed, refunded := opened(t, "2026-02-20"), opened(t, "2026-02-20")
				a, b := disputed.buy(300_00, plan), refunded.buy(300_00, plan)
				disputed.to(day)
				refunded.to(day).refund(b, amount)
				agreed := disputed.owes(a)
				e := disputed.contest(a, amount)
				what := fmt.Sprintf("%s of %d on %s", plan, amount, day)
				equal(t, what+" owes", disputed.owes(a), refunded.owes(b))
				equal(t, what+" billed", disputed.a.Billed(), refunded.a.Billed())
				equal(t, what+" available", disputed.a.Available(), 10_000_00-300_00)
				equal(t, what+" contested", disputed.a.Contested(), amount)
				unbilled := true
				for _, part := range e.Parts {
					unbilled = unbilled && part.Statement == 0
				}
				disputed.do(credit.WithdrawDispute{Dispute: e.Number})
				if unbilled {
					equal(t, what+" withdrawn", disputed.owes(a), agreed)
				}
				equal(t, what+" contested", disputed.a.Contested(), 0)
			}
		}
	}
}

// What comes late stands on the next statement: the first dated after the settlement.
func TestALostDisputeIsBilledOnTheNextStatement(t *testing.T) {
	for _, c := range []struct {
		opened, settled string
		owes            string
		next            string // the date of the late parts' statement
	}{
		// Nothing was billed, nothing is late.
		{"2026-03-04", "2026-03-04", "100.00+3.00, 100.00+3.00, 100.00+3.00", ""},
		// Opened before the first bill, settled on its day: that bill has been written.
		{"2026-03-04", "2026-03-05", "100.00+3.00, 100.00+3.00, 100.00+3.00", "2026-04-05"},
		{"2026-03-04", "2026-04-04", "100.00+3.00, 100.00+3.00, 100.00+3.00", "2026-04-05"},
		{"2026-03-04", "2026-04-05", "100.00+3.00, 100.00+3.00, 100.00+3.00", "2026-05-05"},
		// Opened after the first bill: its fee was due, and stays.
		{"2026-03-05", "2026-03-06", "0.00+3.00 billed, 100.00+3.00, 100.00, 100.00+3.00", "2026-04-05"},
		{"2026-03-05", "2026-05-04", "0.00+3.00 billed, 100.00+3.00, 100.00, 100.00+3.00", "2026-05-05"},
		{"2026-03-05", "2026-05-05", "0.00+3.00 billed, 100.00, 100.00+3.00, 100.00+3.00", "2026-06-05"},
	} {
		s := opened(t, "2026-02-20", func(t *credit.Terms) { t.PenaltyRate = 0 })
		purchase := s.buy(300_00, "flat3")
		e := s.to(c.opened).contest(purchase, 300_00)
		lost := s.to(c.settled).lose(e.Number)
		what := "opened on " + c.opened + ", settled on " + c.settled
		equal(t, what, s.owes(purchase), c.owes)
		late := ""
		for _, in := range lost.Late {
			if late != "" && late != in.On.String() {
				t.Errorf("%s: late on %s and %s", what, late, in.On)
			}
			late = in.On.String()
		}
		equal(t, what+": late", late, c.next)
		equal(t, "available", s.a.Available(), 10_000_00-300_00)
		s.to("2026-06-05")
		billed := money.Amount(0)
		for _, p := range s.a.Purchases {
			for _, in := range p.Instalments {
				billed += in.Principal + in.Interest + in.Fee
			}
		}
		equal(t, what+": billed in the end", billed, 309_00)
	}
}

// The rest of an instalment was billed while its part was contested: the part comes
// late under a number of its own, priced as the instalment that it is of.
func TestAPartComesLate(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(300_00, "flat3")
	e := s.contest(purchase, 250_00)
	equal(t, "owes", s.owes(purchase), "50.00+1.50")
	s.to("2026-03-10").repay(51_50)
	equal(t, "owes", s.owes(purchase), "")
	lost := s.lose(e.Number)
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 50.00+1.50, 100.00+3.00")
	equal(t, "number", lost.Late[0].Number, 4)
	equal(t, "of", lost.Late[0].Of, 1)
	s.refund(purchase, 120_00) // the last instalment, and 20 of the late part
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 30.00+0.90")

	// A second dispute about the same gives the next number.
	e = s.contest(purchase, 130_00)
	s.to("2026-04-05")
	lost = s.lose(e.Number)
	equal(t, "number", lost.Late[1].Number, 6)
	equal(t, "of", lost.Late[1].Of, 1)
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 30.00+0.90")
	s.to("2026-05-05").repay(133_90)
	equal(t, "purchases", len(s.a.Purchases), 0)
}

// Interest that was not billed in the meantime is asked for with what comes late; what
// others bear of it they bear.
func TestInterestComesLate(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(300_00, "annuity6")
	agreed := s.owes(purchase)
	e := s.contest(purchase, 50_44) // the last instalment, and its interest in the five before
	s.to("2026-03-05").repay(s.a.Billed())
	s.lose(e.Number)
	equal(t, "agreed", agreed, "49.28+1.75, 49.57+1.46, 49.86+1.17, 50.15+0.88, 50.44+0.59, 50.70+0.30")
	equal(t, "owes", s.owes(purchase), "49.57+1.46, 0.00+0.29, 49.86+1.17, 50.15+0.88, 50.44+0.59, 50.70+0.30")

	s = opened(t, "2026-02-20", func(t *credit.Terms) {
		for i := range t.Plans {
			if t.Plans[i].ID == "annuity6" {
				t.Plans[i].Subsidies = []credit.Subsidy{by(credit.Merchant, 1_000_000)}
			}
		}
	})
	purchase = s.buy(300_00, "annuity6")
	e = s.contest(purchase, 50_00)
	s.to("2026-03-05").repay(s.a.Billed())
	lost := s.lose(e.Number)
	sum := money.Amount(0)
	for _, in := range slices.Concat(lost.Restored, lost.Late) {
		for _, b := range in.Borne {
			sum += b.Amount
		}
	}
	want := money.Amount(0)
	for _, in := range e.Parts {
		for _, b := range in.Borne {
			want += b.Amount
		}
	}
	equal(t, "borne late", sum, want)
}

// From the day that it is opened nothing grows, and the account is overdue no more.
func TestADisputeEndsAnOverdue(t *testing.T) {
	for _, day := range []string{"2026-03-18", "2026-03-19", "2026-03-25"} {
		s, purchase := late(t) // 1,000.00 due on 03-15, with three days of grace
		s.to(day)
		penalty := s.a.AsOf(s.day).Billed() - 1_000_00
		s.told()
		e := s.contest(purchase, 1_000_00)
		equal(t, day+": billed", s.a.Billed(), penalty)
		equal(t, day+": contested", s.a.Contested(), 1_000_00)
		s.to("2026-05-25")
		equal(t, day+": penalty", s.a.AsOf(s.day).Billed(), penalty)
		if penalty > 0 { // what grew until then stays owed
			equal(t, "blocks", len(s.a.Blocks), 1)
			s.repay(penalty)
		}
		equal(t, day+": blocks", len(s.a.Blocks), 0)
		s.lose(e.Number)
		s.to("2026-06-05")
		equal(t, day+": billed again, and no penalty for the time between", s.a.Billed(), 1_000_00)
		s.to("2026-06-18")
		equal(t, day+": in grace", s.a.AsOf(s.day).Billed(), 1_000_00)
		s.to("2026-06-19")
		equal(t, day+": overdue again", s.a.AsOf(s.day).Billed(), 1_004_00)
	}

	s, purchase := late(t) // only a part is contested: the rest is overdue, and costs
	s.to("2026-03-25").contest(purchase, 400_00)
	s.to("2026-04-04")
	equal(t, "penalty", s.a.AsOf(s.day).Statements[0].Penalty, 10_00+6_00)
}

// Won, a dispute is a refund: what was not paid is owed no more, what was paid is the customer's.
func TestAWonDisputeIsARefund(t *testing.T) {
	for _, c := range []struct{ paid, contested, owed, credit money.Amount }{
		{0, 100_00, 0, 0},
		{0, 40_00, 60_00, 0},
		{60_00, 100_00, 0, 60_00},
		{60_00, 40_00, 0, 0},
		{100_00, 100_00, 0, 100_00},
		{100_00, 30_00, 0, 30_00},
	} {
		s := opened(t, "2026-02-20")
		purchase := s.buy(100_00, "next")
		s.to("2026-03-06")
		if c.paid > 0 {
			s.repay(c.paid)
		}
		e := s.contest(purchase, c.contested)
		equal(t, "paid of it", e.Paid, c.contested-min(c.contested, 100_00-c.paid))
		s.to("2026-03-10").told()
		refund := s.win(e.Number)
		s.expect("2026-03-10 purchase.refunded", "2026-03-10 dispute.settled")
		equal(t, "merchant", refund.Merchant, "m1")
		equal(t, "refunded", refund.Amount, c.contested)
		equal(t, "owed", s.a.Owed(), c.owed)
		equal(t, "credit balance", s.a.Credit, c.credit)
		equal(t, "available", s.a.Available(), 10_000_00-c.owed)
		s.refused(credit.DisputeNotOpen, "", credit.SettleDispute{Dispute: e.Number, ForCustomer: true})
		s.refused(credit.DisputeNotOpen, "", credit.WithdrawDispute{Dispute: e.Number})
		s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 100_01 - c.contested})
		s.refused(credit.DisputeTooLarge, "amount", credit.OpenDispute{Purchase: purchase, Amount: 100_01 - c.contested})
	}
}

// Money that a won dispute gives back pays what is billed, like a refund's.
func TestAWonDisputePaysWhatIsBilled(t *testing.T) {
	s := opened(t, "2026-02-20")
	first := s.buy(100_00, "next")
	s.buy(50_00, "next")
	s.to("2026-03-06").repay(100_00)
	e := s.contest(first, 100_00)
	s.told()
	s.win(e.Number)
	s.expect("2026-03-06 purchase.refunded", "2026-03-06 dispute.settled", "2026-03-06 credit_balance.used", "2026-03-06 statement.paid")
	equal(t, "credit balance", s.a.Credit, 50_00)
}

// A refund while a dispute is open gives what is contested first: never twice.
func TestARefundShrinksADispute(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(300_00, "flat3")
	first, second := s.contest(purchase, 100_00), s.contest(purchase, 50_00)
	s.refused(credit.DisputeTooLarge, "amount", credit.OpenDispute{Purchase: purchase, Amount: 150_01})
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 50.00+1.50")
	s.told()

	e := s.refund(purchase, 40_00)
	equal(t, "of the dispute", e.Conceded[0], credit.Conceded{Dispute: first.Number, Amount: 40_00})
	equal(t, "fee that it makes undue", e.Cuts[0].Fee, 1_20)
	equal(t, "left", e.Cuts[0].PrincipalLeft, 60_00)
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 50.00+1.50")
	equal(t, "contested", s.a.Contested(), 110_00)
	s.expect("2026-02-20 purchase.refunded")

	e = s.refund(purchase, 80_00) // the first to the end, and a part of the second
	equal(t, "conceded", len(e.Conceded), 2)
	s.expect("2026-02-20 purchase.refunded", "2026-02-20 dispute.settled")
	s.refused(credit.DisputeNotOpen, "", credit.SettleDispute{Dispute: first.Number, ForCustomer: true})

	won := s.win(second.Number)
	equal(t, "won", won.Amount, 30_00)
	equal(t, "owes", s.owes(purchase), "100.00+3.00, 50.00+1.50")
	equal(t, "refunded", s.a.Purchases[0].Refunded, 150_00)
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 150_01})

	third := s.contest(purchase, 60_00)
	s.told()
	e = s.refund(purchase, 100_00) // all that is contested, and 40 of what is not
	s.expect("2026-02-20 purchase.refunded", "2026-02-20 dispute.settled")
	equal(t, "conceded", e.Conceded[0], credit.Conceded{Dispute: third.Number, Amount: 60_00})
	equal(t, "owes", s.owes(purchase), "50.00+1.50")
}

// A decision gives what is left of its own dispute, whatever else is contested.
func TestDisputesDoNotPayForEachOther(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(300_00, "next")
	first, second := s.contest(purchase, 100_00), s.contest(purchase, 50_00)
	won := s.win(second.Number)
	equal(t, "won", won.Amount, 50_00)
	equal(t, "still contested", s.a.Contested(), 100_00)
	s.lose(first.Number)
	equal(t, "owes", s.owes(purchase), "250.00")
}

func TestNoClosingWhileSomethingIsContested(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	s.to("2026-03-06").repay(100_00)
	closure := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{})).Number
	e := s.contest(purchase, 30_00)
	refusal := s.refused(credit.NotClear, "", credit.ApproveClosure{Closure: closure})
	equal(t, "conditions", len(refusal.Unmet), 1)
	equal(t, "condition", refusal.Unmet[0], credit.Unmet{
		Condition: credit.ConditionDispute, Amount: 30_00, Date: s.day, Reference: s.a.ID.Part(credit.PrefixDispute, e.Number), Remedy: credit.RemedyDispute,
	})
	s.do(credit.WithdrawDispute{Dispute: e.Number})
	s.do(credit.ApproveClosure{Closure: closure})

	// Afterwards a purchase of before may still be contested: only money can come back.
	e = s.to("2026-04-01").contest(purchase, 100_00)
	equal(t, "paid", e.Paid, 100_00)
	equal(t, "owed", s.a.Owed(), 0)
	s.refund(purchase, 20_00)
	equal(t, "won", s.win(e.Number).Amount, 80_00)
	equal(t, "credit balance", s.a.Credit, 100_00)
	s.do(credit.ReturnCredit{Reference: "x"})
	s.refused(credit.DisputeTooLarge, "amount", credit.OpenDispute{Purchase: purchase, Amount: 1})
}

func TestADisputeOfNothing(t *testing.T) {
	s := opened(t, "2026-03-10")
	purchase := s.buy(100_00, "next")
	for _, amount := range []money.Amount{0, -1, money.Max + 1} {
		s.refused(credit.InvalidAmount, "amount", credit.OpenDispute{Purchase: purchase, Amount: amount})
	}
	s.refused(credit.UnknownReason, "reason", credit.OpenDispute{Purchase: purchase, Amount: 1, Reason: "mood"})
	hold := s.hold(1_00, "next")
	for _, other := range []int64{0, -1, 1, hold, 99} {
		s.refused(credit.NotFound, "", credit.OpenDispute{Purchase: other, Amount: 1})
	}
	s.refused(credit.NotFound, "", credit.SettleDispute{Dispute: 99})
	s.refused(credit.NotFound, "", credit.WithdrawDispute{Dispute: 0})
	s.refused(credit.DisputeNotOpen, "", credit.WithdrawDispute{Dispute: purchase})
	none := stranger(t, "2026-03-10")
	none.refused(credit.NotFound, "", credit.OpenDispute{Purchase: 1, Amount: 1})
	none.refused(credit.NotFound, "", credit.SettleDispute{Dispute: 1})
}

// A repayment that bounces leaves disputes of other money as they are. One that was about
// its money would have been another dispute: a person has to look.
func TestABounceAndADispute(t *testing.T) {
	s := opened(t, "2026-02-20")
	first, second := s.buy(100_00, "next"), s.buy(50_00, "next")
	s.to("2026-03-06")
	paid := s.repay(100_00).Number // the first line
	other := s.contest(second, 50_00)
	s.bounce(paid)
	equal(t, "owed", s.a.Owed(), 100_00)
	equal(t, "contested", s.a.Contested(), 50_00)
	s.win(other.Number)

	paid = s.repay(100_00).Number
	s.contest(first, 100_00)
	s.refused(credit.NotReversible, "", credit.ReverseRepayment{Repayment: paid, Reference: "b1", History: s.facts})
}

// What a dispute took out is a difference of rounded parts. A refund of a fen of it leaves what the
// plan still costs, whoever bears it.
func TestARefundOfADisputeLosesNoPartOfACost(t *testing.T) {
	s := opened(t, "2026-10-01", func(t *credit.Terms) {
		t.Plans = []credit.Plan{plan(credit.Annuity, 12, 117_876, by(credit.Merchant, 1), by(credit.Funder, 150_000))}
	})
	purchase := s.buy(401_85, "p")
	s.contest(purchase, 200_93)
	s.refund(purchase, 1)
	for _, part := range s.a.Disputes[0].Parts[:7] { // the interest of a month on 200.92
		sum := part.Interest
		for _, b := range part.Borne {
			sum += b.Amount
		}
		equal(t, fmt.Sprintf("instalment %d", part.Number), sum, 1_97)
	}
}
