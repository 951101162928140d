package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// in orders in a scene at a merchant, and returns the reasons of a decline.
func (s *story) in(scene, merchant string, amount money.Amount) []credit.Reason {
	s.t.Helper()
	order := s.order(amount, "next")
	order.Scene, order.Merchant = scene, merchant
	if e, ok := s.do(order)[0].(credit.Declined); ok {
		return e.Reasons
	}
	return nil
}

// let wants an order in live commerce let through, or declined for one reason.
func (s *story) let(amount money.Amount, reason credit.Reason) {
	s.t.Helper()
	var want []credit.Reason
	if reason != "" {
		want = []credit.Reason{reason}
	}
	if got := s.in("live", "m1", amount); !slices.Equal(got, want) {
		s.t.Errorf("an order of %s on %s: got %v, want %v", amount.Format("CNY"), s.day, got, want)
	}
}

func limited(t *credit.Terms) { t.SceneLimits = []credit.SceneLimit{{Scene: "live", Limit: 1_000_00}} }

func TestASceneHasItsLimit(t *testing.T) {
	s := opened(t, "2026-03-10", limited)
	hold := s.hold(600_00, "flat3")
	s.let(400_01, credit.ReasonSceneLimit)
	if reasons := s.in("mall", "m1", 5_000_00); reasons != nil {
		t.Errorf("another scene: %v", reasons)
	}
	purchase := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: hold, Amount: 500_00, Final: true})).Number
	s.let(500_01, credit.ReasonSceneLimit) // what a final capture releases is free again
	s.let(500_00, "")
	s.let(1, credit.ReasonSceneLimit)
	s.refund(purchase, 100_00)
	s.let(100_01, credit.ReasonSceneLimit)
	s.to("2026-04-05").repay(s.a.Billed()) // the hold has expired by then
	equal(t, "used", s.a.UsedIn("live"), 233_33)
	s.let(766_68, credit.ReasonSceneLimit)
	s.let(766_67, "")
}

// Of the contract's and the account's own limit the lower holds.
func TestAnAccountHasSceneLimitsOfItsOwn(t *testing.T) {
	s := opened(t, "2026-03-10", limited)
	set := func(scene string, limit money.Amount) credit.SetSceneLimit {
		return credit.SetSceneLimit{Scene: scene, Limit: limit, Operator: "op_1"}
	}
	for _, c := range []struct{ own, most money.Amount }{{300_00, 300_00}, {2_000_00, 1_000_00}, {0, 0}, {999_99, 999_99}} {
		s.do(set("live", c.own))
		s.refused(credit.Unchanged, "", set("live", c.own))
		if most, limited := s.a.SceneLimit("live"); !limited || most != c.most {
			t.Errorf("own limit of %d: got %d", c.own, most)
		}
	}
	s.let(1_000_00, credit.ReasonSceneLimit)
	s.do(credit.RemoveSceneLimit{Scene: "live"})
	s.refused(credit.NothingToWithdraw, "", credit.RemoveSceneLimit{Scene: "live"})
	s.let(1_000_00, "")
	s.do(set("live", 1)) // below what is used
	s.let(1, credit.ReasonSceneLimit)
	s.do(set("mall", 5_00))
	equal(t, "in the mall", len(s.in("mall", "m1", 5_01)), 1)
	s.refused(credit.UnknownScene, "scene", set("casino", 1))
	s.refused(credit.UnknownScene, "scene", credit.RemoveSceneLimit{Scene: "casino"})
	s.refused(credit.InvalidAmount, "limit", set("live", -1))
	s.refused(credit.InvalidAmount, "limit", set("live", money.Max+1))
	stranger(t, "2026-03-10").refused(credit.NotFound, "", set("live", 1))
}

// Off at once; on again after a whole day, at whatever hour it was asked for.
func TestASceneIsSwitchedOffAndOn(t *testing.T) {
	s := opened(t, "2026-03-10")
	hold := s.hold(1_00, "next")
	s.do(credit.SwitchSceneOff{Scene: "live"})
	s.let(1, credit.ReasonSceneOff)
	if reasons := s.in("mall", "m1", 1); reasons != nil {
		t.Errorf("another scene: %v", reasons)
	}
	s.do(credit.Capture{Hold: hold, Amount: 1_00}) // it was promised
	s.refused(credit.Unchanged, "", credit.SwitchSceneOff{Scene: "live"})
	s.refused(credit.Unchanged, "", credit.SwitchSceneOn{Scene: "mall"})
	s.do(credit.SwitchSceneOn{Scene: "live"})
	s.refused(credit.Unchanged, "", credit.SwitchSceneOn{Scene: "live"})
	s.let(1, credit.ReasonSceneOff)
	s.to("2026-03-11").let(1, credit.ReasonSceneOff)
	s.do(credit.SwitchSceneOff{Scene: "live"}) // thought better of it
	s.to("2026-03-12").let(1, credit.ReasonSceneOff)
	s.do(credit.SwitchSceneOn{Scene: "live"})
	s.to("2026-03-13").let(1, credit.ReasonSceneOff)
	s.told()
	s.to("2026-03-14").let(1, "")
	s.expect("2026-03-14 scene.switched_on", "2026-03-14 authorisation.approved")
	if again := s.close(s.day); len(again) != 0 {
		t.Errorf("the same night again: %s", names(again))
	}
	s.refused(credit.UnknownScene, "scene", credit.SwitchSceneOff{Scene: "casino"})
	s.refused(credit.UnknownScene, "scene", credit.SwitchSceneOn{Scene: "casino"})
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.SwitchSceneOff{Scene: "live"})
}

func TestMerchantsAreAllowedAndBlocked(t *testing.T) {
	refused := []credit.Reason{credit.ReasonMerchant}
	for _, c := range []struct {
		rule     credit.MerchantRule
		merchant string
		want     []credit.Reason
	}{
		{credit.MerchantRule{}, "m1", nil},
		{credit.MerchantRule{Blocked: []string{"m1"}}, "m1", refused},
		{credit.MerchantRule{Blocked: []string{"m1"}}, "m2", nil},
		{credit.MerchantRule{Allowed: []string{"m1", "m2"}}, "m2", nil},
		{credit.MerchantRule{Allowed: []string{"m1", "m2"}}, "m3", refused},
		{credit.MerchantRule{Allowed: []string{"m1"}, Blocked: []string{"m2"}}, "m2", refused},
	} {
		s := opened(t, "2026-03-10", func(t *credit.Terms) { t.Merchants = c.rule })
		if got := s.in("live", c.merchant, 1_00); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %s is %v", c.rule, c.merchant, got)
		}
	}
}

func TestTermsNameScenesAndMerchants(t *testing.T) {
	for says, change := range map[string]func(*credit.Terms){
		"no scene":         func(t *credit.Terms) { t.SceneLimits = []credit.SceneLimit{{Scene: "casino", Limit: 1}} },
		"a scene twice":    func(t *credit.Terms) { t.SceneLimits = []credit.SceneLimit{{Scene: "live"}, {Scene: "live"}} },
		"below nothing":    func(t *credit.Terms) { t.SceneLimits = []credit.SceneLimit{{Scene: "live", Limit: -1}} },
		"a merchant twice": func(t *credit.Terms) { t.Merchants.Allowed = []string{"m1", "m1"} },
		"allowed, blocked": func(t *credit.Terms) {
			t.Merchants = credit.MerchantRule{Allowed: []string{"m1"}, Blocked: []string{"m1"}}
		},
		"no name":           func(t *credit.Terms) { t.Merchants.Blocked = []string{""} },
		"too many of these": func(t *credit.Terms) { t.Merchants.Blocked = make([]string, 201) },
	} {
		terms := contract()
		change(terms)
		if terms.Validate() == nil {
			t.Error(says)
		}
	}
}
