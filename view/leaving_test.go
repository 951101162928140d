package view_test

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
	"pgregory.net/rapid"
)

// leaving lets chance de-register a closed account, or decide about it.
func (s *story) leaving(t *rapid.T, a *credit.Account) {
	if a.Closure == nil {
		_ = s.do(a.ID, credit.RequestClosure{Kind: credit.Deregister})
		return
	}
	n := a.Closure.Number
	_ = s.do(a.ID, rapid.SampledFrom([]credit.Command{
		credit.ApproveClosure{Closure: n, Reviewer: "rita"}, credit.RefuseClosure{Closure: n, Reviewer: "rita", Reason: "a claim"}, credit.WithdrawClosure{Closure: n},
	}).Draw(t, "decision"))
}

var plantedLeaving = []plant{
	{"a de-registration of an account that is open", view.CheckClosed, forge(ann, func(_ *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.ApproveClosure{Closure: 1}, []credit.Event{credit.AccountDeregistered{Closure: 1}}
	})},
	{"a cool-down that the contract has not", view.CheckClosed, forge(cai, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.RequestClosure{Kind: credit.Deregister})
		n := a.Closure.Number
		return credit.ApproveClosure{Closure: n, Reviewer: "rita"}, []credit.Event{
			credit.ClosureApproved{Closure: n, Reviewer: "rita", Kind: credit.Deregister, OpenedOn: a.OpenedOn, Ended: true}, credit.AccountDeregistered{Closure: n, ApplyFrom: s.day + 3650},
		}
	})},
	{"a request to close what is de-registered", view.CheckClosed, forge(gil, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.RequestClosure{}, []credit.Event{credit.ClosureRequested{Number: a.Numbers + 1, ReviewBy: s.day + 3, Ended: true}}
	})},
}
