package view_test

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
)

// whole is a story with everything in it: what tests that need a full database use.
func (s *story) whole() (accounts []credit.ID) {
	s.t.Helper()
	ann, bob, cai := s.open("ann", 500_000), s.open("bob", 400_000), s.open("cai", 300_000)
	dan := s.apply("dan", termsOf("euro", "EUR"), credit.Assessment{Decision: credit.Referred, Reasons: []string{"income"}})
	s.must(dan, credit.Review{Application: 1, Approve: true, Limit: 200_000, Reviewer: "rita"})
	s.must(ann, credit.GrantTemporaryLimit{Amount: 100_000, LastDay: s.day + 40, Operator: "olga"})
	fay := s.open("fay", 100_000)
	s.must(fay, s.autopay(s.accounts[fay], "tok old"))
	s.must(fay, s.autopay(s.accounts[fay], "tok fay"))
	s.buy(fay, 60_000, "annuity6")
	gus := s.badDebt()
	s.buy(ann, 10_000, "next")
	s.buy(ann, 30_001, "flat3")
	s.buy(ann, 60_000, "free3")
	s.buy(bob, 50_000, "annuity6")
	s.buy(dan, 7_777, "half12")
	s.must(dan, credit.OpenDispute{Purchase: s.firstPurchase(dan), Amount: 3_000, Reason: credit.NotReceived})
	lost := s.accounts[dan].Disputes[0].Number
	s.buy(cai, 20_000, "next")
	s.authorise(bob, 900_000, "next", "tea house")
	hold := s.authorise(bob, 10_000, "next", "书店 a:b; c")
	s.must(bob, credit.Capture{Hold: hold, Amount: 4_000})
	s.must(bob, credit.Void{Hold: hold})
	s.authorise(ann, 3_000, "next", "tea house")
	converted := false
	for range 150 {
		s.openDay(s.day + 1)
		s.closeAll()
		s.debit(fay)
		_, _, dayOfMonth := s.day.Split()
		if a := s.accounts[ann]; dayOfMonth == 5 && len(a.Statements) > 0 && len(a.Deferrals) == 0 {
			s.must(ann, s.deferring(a, a.Statements[0].Number, a.Statements[0].Due+14))
		}
		if a := s.accounts[ann]; dayOfMonth == 6 && len(a.Statements) > 0 && a.Statements[0].Deferred == 0 && !converted {
			s.must(ann, s.converting(a, a.Statements[0].Number, "bill3", 10_000))
			converted = true
		}
		if dayOfMonth == 8 {
			for _, id := range []credit.ID{ann, dan} {
				if owed := s.accounts[id].Billed(); owed > 0 {
					s.must(id, credit.Repay{Amount: owed, Currency: s.accounts[id].Terms.Currency, Source: "bank"})
				}
			}
		}
		if dayOfMonth == 20 {
			s.must(bob, credit.Repay{Amount: 3_000, Currency: "CNY", Source: "part"})
		}
	}
	if err := s.bounce(dan, 2); err != nil { // the third bill before, and all since
		s.t.Fatal(err)
	}
	s.must(dan, credit.Repay{Amount: s.accounts[dan].AsOf(s.day).Billed(), Currency: "EUR", Source: "again"})
	for _, channel := range []credit.ContactChannel{credit.ByCall, credit.ByMessage} {
		s.must(gus, credit.MakeContact{Channel: channel, Purpose: credit.Collection, Party: credit.TheCustomer, Effective: channel == credit.ByCall, Offset: s.noon()})
	}
	s.must(gus, credit.Repay{Amount: 12_345, Currency: "CNY", Source: "a recovery"})
	s.must(gus, credit.Refund{Purchase: s.firstPurchase(gus), Amount: 45_000})
	s.must(ann, credit.Refund{Purchase: s.firstPurchase(ann), Amount: 5_000})
	s.must(ann, credit.ReturnCredit{Reference: "back"})
	if err := s.repayEarly(dan, s.buy(dan, 45_000, "free3")); err != nil {
		s.t.Fatal(err)
	}
	s.must(cai, credit.Repay{Amount: s.accounts[cai].Owed() + 500, Currency: "CNY", Source: "all"})
	if s.accounts[cai].Credit > 0 {
		s.must(cai, credit.ReturnCredit{Reference: "back"})
	}
	s.must(cai, credit.Freeze{Kind: credit.BlockCustomer, Note: "holiday"})
	s.must(cai, credit.RequestClosure{})
	s.must(cai, credit.ApproveClosure{Closure: s.accounts[cai].Closure.Number, Reviewer: "rita"})
	s.choices(ann)
	s.must(bob, credit.Freeze{Kind: credit.BlockRisk, Note: "look"})
	s.disputes(dan, lost)
	gil := s.open("gil", 100_000)
	s.must(gil, credit.RequestClosure{Kind: credit.Deregister})
	s.must(gil, credit.ApproveClosure{Closure: s.accounts[gil].Closure.Number, Reviewer: "rita"})
	s.flush()
	return []credit.ID{ann, bob, cai, dan, fay, gus, gil}
}

// debit tells the result of an account's debit: each first attempt is refused, each
// second one settled, and the very first of all stays on its way for two days.
func (s *story) debit(id credit.ID) {
	for _, d := range s.accounts[id].Debits {
		switch {
		case d.Status != credit.PendingDebit || s.day < d.On+2 && d.Number == s.accounts[id].Debits[0].Number:
		case d.Attempt == 1:
			s.must(id, credit.RefuseDebit{Debit: d.Number, Reason: "insufficient_funds"})
		case s.day > d.On:
			s.must(id, credit.SettleDebit{Debit: d.Number})
		}
	}
}

func (s *story) firstPurchase(id credit.ID) int64 {
	a := s.accounts[id]
	numbers := []int64{}
	for _, p := range a.Purchases {
		numbers = append(numbers, p.Number)
	}
	for _, p := range a.Settled {
		numbers = append(numbers, p.Number)
	}
	return slices.Min(numbers)
}

// bounce reverses the n-th newest repayment of an account, if there is one.
func (s *story) bounce(id credit.ID, n int) error {
	s.catchUp(s.account(id)) // the history that the command is decided on has the missed days in it
	var repayments []int64
	for _, f := range s.facts[id] {
		for _, e := range f.Events {
			switch e := e.(type) {
			case credit.RepaymentReceived:
				repayments = append(repayments, e.Number)
			case credit.EarlyRepaymentReceived:
				repayments = append(repayments, e.Number)
			}
		}
	}
	if n >= len(repayments) {
		return nil
	}
	return s.do(id, credit.ReverseRepayment{Repayment: repayments[len(repayments)-1-n], Reference: "bounce", History: s.facts[id]})
}
