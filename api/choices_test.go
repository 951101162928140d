package api

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/credit"
)

// in orders in a scene at a merchant.
func (s *teller) in(a client.Account, scene, merchant string, amount int64) client.Authorisation {
	s.t.Helper()
	order := s.w.checkout(s.t, a, amount, "next", s.key())
	order.Scene, order.Merchant = scene, merchant
	return ok(s.shop.Authorise(s.t.Context(), s.key(), order))(s)
}

// TestChoices: limits of scenes, scenes that are off, merchants, and the customer's own cap.
func TestChoices(t *testing.T) {
	onBoth(t, choices)
}

func choices(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	scene := func(name string) (found client.AccountScene) {
		for _, one := range s.account(a.ID).Scenes {
			if one.Scene == name {
				found = one
			}
		}
		return found
	}

	// Scenes and merchants.
	s.is("the contract's limit", scene("tipping").Limit, int64(2_000_00))
	s.is("tipped", s.in(a, "tipping", "m-1", 1_500_00).Status, client.AuthorisationStatusApproved)
	s.is("too much", s.in(a, "tipping", "m-1", 500_01).DeclineReason, "scene_limit_exceeded")
	s.is("used", scene("tipping").Used, int64(1_500_00))
	s.is("blocked", s.in(a, "mall", "sample_blocked_merchant", 1).DeclineReason, "merchant_not_allowed")
	refused(s.shop.SetSceneLimit(ctx, a.ID, s.key(), client.SceneLimit{Scene: "mall", Limit: 1}))(s, kindOperatorKey)
	refused(s.lender.SetSceneLimit(ctx, a.ID, s.key(), client.SceneLimit{Scene: "casino", Limit: 1}))(s, "unknown_scene")
	ok(s.lender.SetSceneLimit(ctx, a.ID, s.key(), client.SceneLimit{Scene: "mall", Limit: 100_00}))(s)
	s.is("its own limit", s.in(a, "mall", "m-1", 100_01).DeclineReason, "scene_limit_exceeded")
	ok(s.lender.RemoveSceneLimit(ctx, a.ID, "mall", s.key()))(s)
	refused(s.lender.RemoveSceneLimit(ctx, a.ID, "mall", s.key()))(s, "nothing_to_withdraw")
	s.is("without it", s.in(a, "mall", "m-1", 100_01).Status, client.AuthorisationStatusApproved)

	// Off at once, on after a day.
	ok(s.shop.SwitchSceneOff(ctx, a.ID, "live_commerce", s.key()))(s)
	refused(s.shop.SwitchSceneOff(ctx, a.ID, "live_commerce", s.key()))(s, "unchanged")
	refused(s.shop.SwitchSceneOff(ctx, a.ID, "casino", s.key()))(s, "unknown_scene")
	s.is("off", s.in(a, "live_commerce", "m-1", 1).DeclineReason, "scene_switched_off")
	ok(s.shop.SwitchSceneOn(ctx, a.ID, "live_commerce", s.key()))(s)
	s.is("asked for", scene("live_commerce"), client.AccountScene{Scene: "live_commerce", IsOff: true, OnFrom: dateOf(t, "2026-01-17")})

	// The customer's own cap.
	a = ok(s.shop.SetSpendingCap(ctx, a.ID, s.key(), client.SpendingCapRequest{Amount: 2_000_00}))(s)
	s.is("spending", a.Spending, client.Spending{ThisMonth: 1_600_01, Cap: 2_000_00})
	s.is("beyond it", s.in(a, "mall", "m-1", 400_00).DeclineReason, "spending_cap_exceeded")
	a = ok(s.shop.SetSpendingCap(ctx, a.ID, s.key(), client.SpendingCapRequest{Amount: 3_000_00}))(s)
	s.is("a raise waits", a.Spending.Raise, client.CapRaise{Cap: 3_000_00, TakesEffect: dateOf(t, "2026-01-17")})
	s.goTo("2026-01-16")
	s.is("the day after", s.in(a, "mall", "m-1", 400_00).DeclineReason, "spending_cap_exceeded")
	s.is("still off", s.in(a, "live_commerce", "m-1", 1).DeclineReason, "scene_switched_off")
	s.goTo("2026-01-17")
	s.is("a whole day later", s.in(a, "mall", "m-1", 400_00).Status, client.AuthorisationStatusApproved)
	s.is("on", s.in(a, "live_commerce", "m-1", 1).Status, client.AuthorisationStatusApproved)
	a = ok(s.shop.RemoveSpendingCap(ctx, a.ID, s.key()))(s)
	s.is("a removal waits", a.Spending.Raise, client.CapRaise{TakesEffect: dateOf(t, "2026-01-19")})
	ok(s.shop.KeepSpendingCap(ctx, a.ID, s.key()))(s)
	refused(s.shop.KeepSpendingCap(ctx, a.ID, s.key()))(s, "nothing_to_withdraw")
	s.goTo("2026-01-19")
	s.is("kept", s.account(a.ID).Spending.Cap, int64(3_000_00))
	s.goTo("2026-02-01") // by now the holds have expired
	s.is("another month", s.account(a.ID).Spending, client.Spending{Cap: 3_000_00})

	ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-1"}))(s) // waits for the tables
	rows, err := s.w.tables.Settings(ctx, credit.ID(a.ID))
	if err != nil || len(rows) != 10 {
		t.Errorf("%v: %+v", err, rows)
	}
	report, err := s.w.tables.Verify(ctx, nil)
	if err != nil || !report.Clean() {
		t.Errorf("%v: %v", err, report.Violations)
	}
}
