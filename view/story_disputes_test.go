package view_test

import (
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// contest lets chance open a dispute about the newest purchase, or end the newest dispute.
func (s *story) contest(t *rapid.T, a *credit.Account, amount money.Amount) {
	s.t.Helper()
	number := rapid.Int64Range(1, max(1, a.Numbers)).Draw(t, "number")
	if n := len(a.Purchases); n > 0 {
		number = a.Purchases[n-1].Number
	}
	command := credit.Command(credit.OpenDispute{Purchase: number, Amount: amount/4 + 1, Reason: credit.NotReceived})
	if n := len(a.Disputes); n > 0 && rapid.IntRange(0, 2).Draw(t, "end") > 0 {
		n := a.Disputes[n-1].Number
		command = rapid.SampledFrom([]credit.Command{
			credit.SettleDispute{Dispute: n, ForCustomer: true, Reviewer: "rita"}, credit.SettleDispute{Dispute: n, Reviewer: "rita"},
			credit.WithdrawDispute{Dispute: n}, credit.Refund{Purchase: number, Amount: amount/8 + 1},
		}).Draw(t, "dispute")
	}
	_ = s.do(a.ID, command)
}

// disputes ends a dispute for the merchant, another for the customer, and leaves a third open with a part refunded.
func (s *story) disputes(id credit.ID, lost int64) {
	s.t.Helper()
	a, purchase := s.accounts[id], s.firstPurchase(id)
	s.must(id, credit.SettleDispute{Dispute: lost, Reviewer: "rita"})
	s.must(id, credit.OpenDispute{Purchase: purchase, Amount: 600, Reason: credit.WrongAmount})
	s.must(id, credit.SettleDispute{Dispute: a.Disputes[0].Number, ForCustomer: true, Reviewer: "rita"})
	s.must(id, credit.OpenDispute{Purchase: purchase, Amount: 3_000, Reason: credit.NotAsDescribed})
	s.must(id, credit.Refund{Purchase: purchase, Amount: 200})
}
