package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func capAt(amount money.Amount) credit.SetSpendingCap { return credit.SetSpendingCap{Amount: amount} }

func TestASpendingCapIsLoweredAtOnceAndRaisedAfterADay(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.hold(100_00, "next") // counts, although there was no cap
	s.do(capAt(500_00))
	s.let(400_01, credit.ReasonSpendingCap)
	s.do(capAt(300_00))
	s.let(200_01, credit.ReasonSpendingCap)
	s.do(capAt(600_00)) // a raise
	s.let(200_01, credit.ReasonSpendingCap)
	s.to("2026-03-11").let(200_01, credit.ReasonSpendingCap)
	s.told()
	s.to("2026-03-12").expect("2026-03-12 spending_cap.raised") // a whole day lies between
	if again := s.close(s.day); len(again) != 0 {
		t.Errorf("the same night again: %s", names(again))
	}
	s.let(500_01, credit.ReasonSpendingCap)
	s.let(500_00, "")
	s.let(1, credit.ReasonSpendingCap)
	s.refused(credit.Unchanged, "", capAt(600_00))

	s.do(credit.RemoveSpendingCap{})
	s.to("2026-03-13").let(1, credit.ReasonSpendingCap)
	s.to("2026-03-14").let(1, "")
	s.refused(credit.NothingToWithdraw, "", credit.RemoveSpendingCap{})
	s.do(capAt(0)) // nothing more this month
	s.let(1, credit.ReasonSpendingCap)
}

func TestARaiseOfTheCapIsTakenBack(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.refused(credit.NothingToWithdraw, "", credit.KeepSpendingCap{})
	s.do(capAt(100_00))
	s.refused(credit.NothingToWithdraw, "", credit.KeepSpendingCap{})
	s.do(capAt(200_00))
	s.do(credit.KeepSpendingCap{})
	s.to("2026-03-12").let(100_01, credit.ReasonSpendingCap)
	s.do(capAt(200_00))
	s.to("2026-03-13").do(capAt(300_00)) // in its place: a day from now
	s.to("2026-03-14").let(100_01, credit.ReasonSpendingCap)
	s.do(capAt(50_00)) // whoever lowers the cap wants no raise
	s.to("2026-03-15").let(50_01, credit.ReasonSpendingCap)
	s.to("2026-03-16").let(50_01, credit.ReasonSpendingCap)
	s.let(50_00, "")
}

func TestWhatCountsAgainstASpendingCap(t *testing.T) {
	s := opened(t, "2026-03-10")
	spent := func(want money.Amount) {
		t.Helper()
		equal(t, "spent by "+s.day.String(), s.a.SpentIn(s.day), want)
	}
	voided, captured, expiring := s.hold(10_00, "next"), s.hold(20_00, "next"), s.hold(40_00, "next")
	spent(70_00)
	s.do(credit.Void{Hold: voided})
	spent(60_00)
	purchase := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: captured, Amount: 15_00})).Number
	spent(60_00) // in parts: the rest is still held
	s.do(credit.Capture{Hold: captured, Amount: 2_00, Final: true})
	spent(57_00)
	s.refund(purchase, 5_00)
	spent(52_00)
	s.to("2026-03-18") // nobody captured it
	s.refused(credit.HoldNotOpen, "", credit.Void{Hold: expiring})
	spent(12_00)
	s.refund(purchase, 10_00) // it is settled by this
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 1})
	spent(2_00)
	last := s.to("2026-03-31").hold(9_00, "next")
	spent(11_00)
	s.do(capAt(20_00))
	s.let(9_01, credit.ReasonSpendingCap)
	s.to("2026-04-01") // another month, and what comes back of the old one is not of this
	spent(0)
	s.let(20_00, "")
	spent(20_00)
	late := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: last, Amount: 8_00, Final: true})).Number
	s.refund(late, 8_00)
	spent(20_00)
	s.let(1, credit.ReasonSpendingCap)
}

func TestACapEndsWithItsAccount(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.do(capAt(1_00))
	s.do(capAt(2_00))
	s.do(credit.SwitchSceneOff{Scene: "live"})
	s.do(credit.SwitchSceneOn{Scene: "live"})
	s.do(credit.SetSceneLimit{Scene: "live", Limit: 1})
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	equal(t, "next due", s.a.NextDue(), 0)
	s.refused(credit.AccountNotOpen, "", capAt(1))
	s.refused(credit.AccountNotOpen, "", credit.SwitchSceneOff{Scene: "live"})
	s.do(s.application(s.a.Terms))
	s.let(5_00, "")
}

func TestCappingSpendingRefuses(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.refused(credit.InvalidAmount, "amount", capAt(-1))
	s.refused(credit.InvalidAmount, "amount", capAt(money.Max+1))
	for _, c := range []credit.Command{capAt(1), credit.RemoveSpendingCap{}, credit.KeepSpendingCap{}} {
		stranger(t, "2026-03-10").refused(credit.NotFound, "", c)
	}
}
