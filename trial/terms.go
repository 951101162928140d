package trial

import (
	"fmt"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/trial/reference"
)

// anyTerms draws a programme that could be activated.
func (w *world) anyTerms() *credit.Terms {
	t := &credit.Terms{
		Programme: "monthly", Version: 1, Currency: "CNY",
		StatementDay: pick(w, 1, 5, 15, 28, 29, 30, 31, 1+w.random.IntN(31)), DueDay: pick(w, 1, 10, 20, 28, 29, 31, 1+w.random.IntN(31)),
		GraceDays: pick(w, 0, 1, 3, 3, 31), HoldDays: pick(w, 1, 3, 7, 20), PenaltyRate: credit.Rate(pick(w, 0, 180_000, 180_000, 365_000, w.random.IntN(400_000))),
		CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: pick(w, 0, 1, 31, 91, 91), ReadingSeconds: pick(w, 0, 3, 10),
		ReviewDays: pick(w, 1, 2, 3), Applications: pick(w, 1, 2, 2, 5), WindowDays: pick(w, 7, 30, 30, 90),
		Funder: "bank", Scenes: []string{"mall", "live_commerce"},
		Plans:     []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}},
		Documents: []credit.Document{{Name: "agreement", Version: 3, Hash: "a3"}, {Name: "reporting", Version: 1, Hash: "r1"}},
	}
	if w.chance(300) {
		t.PenaltyCap = credit.Rate(pick(w, 100_000, 500_000, 1_000_000, 10_000))
	}
	if w.chance(500) {
		t.DueDays = []int{t.DueDay, t.DueDay%31 + 1, (t.DueDay+13)%31 + 1}
		t.DueDayChanges = pick(w, 0, 1, 3)
	}
	if w.chance(300) {
		t.LimitCap = money.Amount(pick(w, 5_000_00, 20_000_00, 200_000_00))
	}
	if w.chance(300) {
		t.Grades = pick(w, credit.Grades{Substandard: 30, Doubtful: 60, Loss: 90}, credit.Grades{Substandard: 1, Doubtful: 2, Loss: 31})
	}
	if w.chance(600) {
		t.ChargeOffDays = pick(w, 32, 60, 90, 180)
	}
	if w.chance(600) {
		t.Deferral = &credit.DeferralTerms{MostDays: pick(w, 1, 15, 31, 60), AYear: pick(w, 1, 2, 12)}
		switch w.random.IntN(3) {
		case 0:
			t.Deferral.Rate = credit.Rate(pick(w, 5_000, 10_000, 50_000))
		case 1:
			t.Deferral.Fee = money.Amount(pick(w, 1, 5_00, 100_00))
		}
	}
	if w.chance(300) {
		t.SceneLimits = []credit.SceneLimit{{Scene: "live_commerce", Limit: money.Amount(pick(w, 500_00, 2_000_00, 10_000_00))}}
	}
	if w.chance(300) {
		t.Merchants.Blocked = []string{"m3", "m4"}
	}
	t.EarlyFees = pick(w, credit.EarlyFeesWaived, credit.EarlyFeesWaived, credit.EarlyFeesNextPeriod, credit.EarlyFeesAll)
	if w.chance(400) {
		t.AutopayRetries = pick(w, []int{1}, []int{2, 5, 9}, []int{1, 2, 3, 28})
	}
	switch w.random.IntN(3) {
	case 0:
		t.Routes = []credit.Route{{Shares: []credit.FunderShare{{Funder: "bank", Share: 700_000}, {Funder: "trust", Share: 300_000}}}}
	case 1:
		t.Routes = []credit.Route{
			{Shares: []credit.FunderShare{{Funder: "bank", Share: 333_333}, {Funder: "trust", Share: 333_333}, {Funder: "city", Share: 333_334}}},
			{Shares: []credit.FunderShare{{Funder: "city", Share: credit.Whole}}},
		}
	}
	if w.chance(250) {
		t.RateMethod = credit.EffectiveOnDays
	}
	for i := range 1 + w.random.IntN(4) {
		t.Plans = append(t.Plans, w.anyPlan(fmt.Sprint("plan", i+1)))
		if t.Validate() != nil {
			t.Plans = t.Plans[:len(t.Plans)-1] // dearer than the cap
		}
	}
	for i := range pick(w, 0, 1, 2) {
		t.Conversions = append(t.Conversions, w.anyPlan(fmt.Sprint("bill", i+1)))
		if t.Validate() != nil {
			t.Conversions = t.Conversions[:len(t.Conversions)-1]
		}
	}
	t.ConvertOverdue = w.chance(400)
	t.DeregisterCoolDown = pick(w, 0, 1, 30)
	if err := t.Validate(); err != nil {
		w.fail("terms: %v", err)
	}
	return t
}

// anyPlan draws a plan for purchases, or for bills.
func (w *world) anyPlan(id string) credit.Plan {
	p := credit.Plan{ID: id, Kind: pick(w, credit.Flat, credit.Annuity), Periods: pick(w, 1, 2, 3, 6, 12)}
	p.Rate = credit.Rate(pick(w, 0, 6_000, 8_333, w.random.IntN(11_000)))
	if p.Kind == credit.Annuity {
		p.Rate *= 12
	}
	left := credit.Whole
	for _, bearer := range []credit.Bearer{credit.Merchant, credit.Platform, credit.Funder} {
		share := credit.Rate(pick(w, 0, 0, 0, 1, 150_000, 333_333, 500_000, 1_000_000))
		if share > 0 && share <= left {
			p.Subsidies = append(p.Subsidies, credit.Subsidy{Bearer: bearer, Share: share})
			left -= share
		}
	}
	return p
}

// tell puts terms into the reference model's words.
func tell(t *credit.Terms) *reference.Terms {
	r := &reference.Terms{
		Version:      t.Version,
		StatementDay: t.StatementDay, DueDay: t.DueDay, GraceDays: t.GraceDays, HoldDays: t.HoldDays, ReviewDays: t.ReviewDays,
		PenaltyRate: int64(t.PenaltyRate), CostCap: int64(t.CostCap), PenaltyCap: int64(t.PenaltyCap), Method: string(t.RateMethod), EarlyFees: string(t.EarlyFees), PrincipalFirst: t.PrincipalFirst,
		Applications: t.Applications, WindowDays: t.WindowDays, CoolDown: t.DeregisterCoolDown, Reading: int64(t.ReadingSeconds) * second, Scenes: t.Scenes, Texts: len(t.Documents),
		LimitCap: t.LimitCap, ChargeOffDays: t.ChargeOffDays, DueDays: t.DueDays, DueDayChanges: t.DueDayChanges, Retries: t.AutopayRetries,
		Grades: [3]int{t.Grades.Substandard, t.Grades.Doubtful, t.Grades.Loss},
	}
	r.Barred = t.Merchants.Blocked
	for _, l := range t.SceneLimits {
		if r.SceneLimits == nil {
			r.SceneLimits = map[string]money.Amount{}
		}
		r.SceneLimits[l.Scene] = l.Limit
	}
	if d := t.Deferral; d != nil {
		r.Deferral = &reference.Deferral{MostDays: d.MostDays, AYear: d.AYear, Rate: int64(d.Rate), Fee: d.Fee}
	}
	r.Plans, r.Conversions, r.ConvertLate = tellPlans(t.Plans), tellPlans(t.Conversions), t.ConvertOverdue
	return r
}

func tellPlans(plans []credit.Plan) (told []reference.Plan) {
	for _, p := range plans {
		plan := reference.Plan{ID: p.ID, Kind: string(p.Kind), Periods: p.Periods, Rate: int64(p.Rate)}
		for _, s := range p.Subsidies {
			plan.Others += int64(s.Share)
		}
		told = append(told, plan)
	}
	return told
}
