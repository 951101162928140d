package view_test

import (
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// raising is a raise of the limit that the customer agreed to, and what happens by it.
func (s *story) raising(a *credit.Account, limit money.Amount) (credit.ChangeLimit, credit.LimitChanged) {
	s.t.Helper()
	text, err := a.LimitIncrease(limit)
	if err != nil {
		s.t.Fatal(err)
	}
	consent := s.consent(a.Customer, text)
	kept := consent.Kept(text)
	return credit.ChangeLimit{Limit: limit, Reason: credit.LimitByRequest, Operator: "olga", Consent: &consent}, credit.LimitChanged{
		Before: a.Limit, Limit: limit, Reason: credit.LimitByRequest, Operator: "olga", Agreement: &kept,
	}
}

// choices change an account's limits, and leave a temporary one in force.
func (s *story) choices(id credit.ID) {
	s.t.Helper()
	a := s.accounts[id]
	raise, _ := s.raising(a, a.Limit+10_000)
	s.must(id, raise)
	s.must(id, credit.SetSpendingCap{Amount: 300_000})
	s.must(id, credit.SetSpendingCap{Amount: 400_000})
	s.must(id, credit.SetSceneLimit{Scene: "mall", Limit: 450_000, Operator: "olga"})
	renewal, _ := s.newer(a)
	_ = s.do(id, renewal) // refused while something is overdue
	s.must(id, credit.LowerLimit{Limit: a.Limit - 1})
	s.must(id, credit.SetNightLock{From: 60, Until: 120})
	s.must(id, credit.SetNightLock{From: 60, Until: 90})
	s.must(id, credit.SwitchSceneOff{Scene: "live"})
	s.must(id, credit.SwitchSceneOn{Scene: "live"})
	s.must(id, credit.ChooseDueDay{Day: 20})
	s.must(id, credit.ChangeLimit{Limit: a.Limit - 5_000, Reason: credit.LimitByRisk, Operator: "olga"})
	s.must(id, credit.GrantTemporaryLimit{Amount: 7_000, LastDay: s.day + 3, Operator: "olga"})
	s.must(id, credit.WithdrawTemporaryLimit{Operator: "olga"})
	s.must(id, credit.GrantTemporaryLimit{Amount: 8_000, LastDay: s.day + 9, Operator: "olga"})
}

// choose lets chance change an account's limits.
func (s *story) choose(t *rapid.T, a *credit.Account, amount money.Amount) {
	switch rapid.IntRange(0, 6).Draw(t, "choice") {
	case 0:
		change := credit.ChangeLimit{Limit: amount, Reason: credit.LimitByReview, Operator: "olga"}
		if _, err := a.LimitIncrease(amount); err == nil {
			change, _ = s.raising(a, amount)
		}
		_ = s.do(a.ID, change)
	case 1:
		_ = s.do(a.ID, credit.GrantTemporaryLimit{Amount: amount, LastDay: s.day + calendar.Date(rapid.IntRange(0, 40).Draw(t, "days")), Operator: "olga"})
	case 3:
		_ = s.do(a.ID, credit.ChooseDueDay{Day: rapid.SampledFrom(a.Terms.DueDays).Draw(t, "due day")})
	case 4:
		_ = s.do(a.ID, rapid.SampledFrom([]credit.Command{
			credit.SetSpendingCap{Amount: amount}, credit.SetSpendingCap{Amount: 2 * amount}, credit.RemoveSpendingCap{}, credit.KeepSpendingCap{},
		}).Draw(t, "cap"))
	case 5:
		scene := rapid.SampledFrom(a.Terms.Scenes).Draw(t, "scene")
		_ = s.do(a.ID, rapid.SampledFrom([]credit.Command{credit.SwitchSceneOff{Scene: scene}, credit.SwitchSceneOn{Scene: scene}}).Draw(t, "switch"))
	case 6:
		scene := rapid.SampledFrom(a.Terms.Scenes).Draw(t, "scene")
		_ = s.do(a.ID, rapid.SampledFrom([]credit.Command{
			credit.SetSceneLimit{Scene: scene, Limit: amount, Operator: "olga"}, credit.RemoveSceneLimit{Scene: scene, Operator: "olga"},
		}).Draw(t, "scene limit"))
	case 2:
		_ = s.do(a.ID, credit.WithdrawTemporaryLimit{Operator: "olga"})
	}
}
