package view_test

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// plantedLimits are violations of what limits an account's spending.
var plantedLimits = []plant{
	{"a limit that nobody agreed to", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.raising(a, a.Limit+1)
		command.Consent.Person = "eve"
		return command, []credit.Event{e}
	})},
	{"a limit by the consent to another", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.raising(a, a.Limit+1)
		command.Limit, e.Limit = command.Limit+1, e.Limit+1
		return command, []credit.Event{e}
	})},
	{"a limit beyond the law", view.CheckLimits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.raising(a, a.Limit+1)
		command.Limit, e.Limit = a.Terms.LimitCap+1, a.Terms.LimitCap+1
		return command, []credit.Event{e}
	})},
	{"a limit changed from another", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.ChangeLimit{Limit: 1, Reason: credit.LimitByRisk}, []credit.Event{credit.LimitChanged{Before: a.Limit + 1, Limit: 1, Reason: credit.LimitByRisk}}
	})},
	{"a hold in a scene that is off", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 100)
		command.Scene, e.Scene = "live", "live"
		return command, []credit.Event{e}
	})},
	{"a hold in no scene", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 100)
		command.Scene, e.Scene = "moon", "moon"
		return command, []credit.Event{e}
	})},
	{"a hold at a merchant that is blocked", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 100)
		command.Merchant, e.Merchant = "pawn shop", "pawn shop"
		return command, []credit.Event{e}
	})},
	{"a hold beyond the account's limit of a scene", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetSceneLimit{Scene: "mall", Limit: 1})
		command, e := s.ordered(a, 100)
		return command, []credit.Event{e}
	})},
	{"a hold beyond the contract's limit of a scene", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.openDay(s.day + 2) // it is on again
		_ = s.do(a.ID, credit.KeepSpendingCap{})
		command, e := s.ordered(a, 60_001)
		command.Scene, e.Scene = "live", "live"
		return command, []credit.Event{e}
	})},
	{"a hold beyond the customer's own cap", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetSpendingCap{Amount: 99})
		command, e := s.ordered(a, 100)
		return command, []credit.Event{e}
	})},
	{"a hold in the night", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetNightLock{From: 23 * 60, Until: 8 * 60})
		command, e := s.ordered(a, 100)
		e.Minute = 8*60 - 1
		return command, []credit.Event{e}
	})},
	{"a night that is shorter at once", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetNightLock{From: 23 * 60, Until: 8 * 60})
		return credit.SetNightLock{From: 23 * 60, Until: 8*60 - 1}, []credit.Event{credit.NightLockSet{From: 23 * 60, Until: 8*60 - 1}}
	})},
	{"a night that ends tomorrow", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetNightLock{From: 23 * 60, Until: 8 * 60})
		return credit.RemoveNightLock{}, []credit.Event{credit.NightLockLooseningRequested{None: true, TakesEffect: s.day + 1}}
	})},
	{"a night that ends unasked", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SetNightLock{From: 23 * 60, Until: 8 * 60})
		return credit.RemoveNightLock{}, []credit.Event{credit.NightLockLoosened{None: true}}
	})},
	{"a cap that is raised at once", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.SetSpendingCap{Amount: 500_000}, []credit.Event{credit.SpendingCapSet{Amount: 500_000}}
	})},
	{"a cap that is raised too early", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.openDay(s.day + 1)
		return credit.SetSpendingCap{Amount: 400_000}, []credit.Event{credit.SpendingCapRaised{Amount: 400_000}}
	})},
	{"a raise of the cap from tomorrow", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.RemoveSpendingCap{}, []credit.Event{credit.SpendingCapRaiseRequested{None: true, From: s.day + 1}}
	})},
	{"a scene that is on too early", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.SwitchSceneOn{Scene: "live"}, []credit.Event{credit.SceneSwitchedOn{Scene: "live"}}
	})},
	{"a scene that is to be on tomorrow", view.CheckLimits, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.SwitchSceneOff{Scene: "mall"})
		return credit.SwitchSceneOn{Scene: "mall"}, []credit.Event{credit.SceneOnRequested{Scene: "mall", From: s.day + 1}}
	})},
	{"a temporary limit of yesterday", view.CheckLimits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		c := credit.GrantTemporaryLimit{Amount: 1, LastDay: s.day - 1}
		return c, []credit.Event{credit.TemporaryLimitGranted(c)}
	})},
	{"a temporary limit that ends early", view.CheckLimits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.GrantTemporaryLimit{Amount: 5, LastDay: s.day + 5})
		return credit.WithdrawTemporaryLimit{}, []credit.Event{credit.TemporaryLimitLapsed{Amount: 5}}
	})},
	{"a temporary limit that ends twice", view.CheckLimits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.WithdrawTemporaryLimit{}, []credit.Event{credit.TemporaryLimitWithdrawn{Amount: 5}}
	})},
	{"a due day that nobody offers", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.ChooseDueDay{Day: 13}, []credit.Event{credit.DueDayChosen{Before: a.OwnTerms().DueDay, Day: 13}}
	})},
	{"a due day before that was not", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.ChooseDueDay{Day: 31}, []credit.Event{credit.DueDayChosen{Before: 10, Day: 31}}
	})},
	{"captured in another scene", view.CheckHolds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Scene = "live"
		return command, []credit.Event{e}
	})},
}
