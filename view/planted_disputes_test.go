package view_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

var plantedInDisputes = []plant{
	{"a refund that leaves more than is left", view.CheckRefunds, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		e := s.refunding(a, 100)
		e.Cuts[0].PrincipalLeft++
		return credit.Refund{Purchase: e.Purchase, Amount: 100}, []credit.Event{e}
	})},

	{"contested twice", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		p := a.Purchases[0]
		e := credit.DisputeOpened{Number: a.Numbers + 1, Purchase: p.Number, Amount: p.Amount - p.Refunded - a.Contested() + 1, Reason: credit.NotReceived}
		e.Paid = e.Amount
		return credit.OpenDispute{Purchase: p.Number, Amount: e.Amount, Reason: e.Reason}, []credit.Event{e}
	})},
	{"a refund that takes nothing off what is contested", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		p := a.Purchases[0]
		e := credit.PurchaseRefunded{Number: a.Numbers + 1, Purchase: p.Number, Merchant: p.Merchant, Amount: p.Amount - p.Refunded - a.Contested() + 1}
		e.Credit = e.Amount
		return credit.Refund{Purchase: p.Number, Amount: e.Amount}, []credit.Event{e}
	})},
	{"a refund of more than is contested", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		e := s.refunding(a, 100)
		e.Conceded[0].Amount = a.Contested() + 1
		return credit.Refund{Purchase: e.Purchase, Amount: 100}, []credit.Event{e}
	})},
	{"a dispute that takes for paid what is owed", view.CheckDisputes, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		e := credit.DisputeOpened{Number: a.Numbers + 1, Purchase: a.Purchases[0].Number, Amount: 100, Reason: credit.NotReceived, Paid: 100}
		return credit.OpenDispute{Purchase: e.Purchase, Amount: 100, Reason: e.Reason}, []credit.Event{e}
	})},
	{"a dispute won without a refund", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		d := a.Disputes[0]
		return credit.SettleDispute{Dispute: d.Number, ForCustomer: true}, []credit.Event{credit.DisputeSettled{Dispute: d.Number, Purchase: d.Purchase, Outcome: credit.ForCustomer}}
	})},
	{"a dispute lost, and nobody owes it", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		d := a.Disputes[0]
		return credit.WithdrawDispute{Dispute: d.Number}, []credit.Event{credit.DisputeSettled{Dispute: d.Number, Purchase: d.Purchase, Outcome: credit.Withdrawn}}
	})},
	{"a dispute settled twice", view.CheckDisputes, forge(dan, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		won := a.Disputes[0].Number - 2 // and the refund that it was settled by
		return credit.SettleDispute{Dispute: won, ForCustomer: true, Reviewer: "rita"}, []credit.Event{credit.DisputeSettled{Dispute: won, Purchase: a.Purchases[0].Number, Outcome: credit.ForCustomer, Reviewer: "rita", Refund: won + 1}}
	})},
	{"a lost dispute billed a day later", view.CheckCycles, losing(func(e *credit.DisputeSettled) { e.Late[0].On++ })},
	{"a lost dispute that goes back to a bill of the past", view.CheckBilled, losing(func(e *credit.DisputeSettled) {
		e.Restored = append(e.Restored, e.Late[0])
		e.Restored[len(e.Restored)-1].Number = e.Late[0].Of
	})},
	{"closed with a dispute", view.CheckClosed, func(t *testing.T, _ *store, s *story) {
		a := s.accounts[s.order[ann]]
		purchase := s.firstPurchase(a.ID)
		for _, h := range a.Holds {
			s.must(a.ID, credit.Void{Hold: h.Number})
		}
		s.must(a.ID, credit.RequestClosure{})
		s.must(a.ID, credit.OpenDispute{Purchase: purchase, Amount: 100, Reason: credit.NotReceived})
		s.record(a, "forged", credit.ApproveClosure{Closure: a.Closure.Number}, []credit.Event{credit.ClosureApproved{Closure: a.Closure.Number}})
		s.flush()
	}},
}

// refunding is a refund of an amount that an account contests.
func (s *story) refunding(a *credit.Account, amount money.Amount) credit.PurchaseRefunded {
	state, err := wire.EncodeState(a)
	if err != nil {
		s.t.Fatal(err)
	}
	other, err := wire.DecodeState(state)
	if err != nil {
		s.t.Fatal(err)
	}
	events, err := other.Do(credit.Refund{Purchase: a.Disputes[0].Purchase, Amount: amount}, credit.Moment{Day: s.day})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		if e, ok := e.(credit.PurchaseRefunded); ok {
			return e
		}
	}
	s.t.Fatal("nothing was refunded")
	return credit.PurchaseRefunded{}
}

// losing bends how a dispute ends for the merchant of whom part of it comes late.
func losing(change func(*credit.DisputeSettled)) func(*testing.T, *store, *story) {
	return func(t *testing.T, _ *store, s *story) {
		a := s.accounts[s.order[bob]]
		for _, p := range a.Purchases {
			s.must(a.ID, credit.OpenDispute{Purchase: p.Number, Amount: p.Amount - p.Refunded, Reason: credit.NotReceived})
		}
		for _, d := range a.Disputes {
			command := credit.WithdrawDispute{Dispute: d.Number}
			events, err := clone(t, a).Do(command, credit.Moment{Day: s.day})
			if err != nil {
				t.Fatal(err)
			}
			if e := events[0].(credit.DisputeSettled); len(e.Late) > 0 {
				change(&e)
				s.record(a, "forged", command, []credit.Event{e})
				s.flush()
				return
			}
		}
		t.Fatal("nothing comes late")
	}
}
