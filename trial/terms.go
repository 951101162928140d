package trial

import (
	"fmt"

	"github.com/yuefu/yuefu/credit"
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
	if w.chance(250) {
		t.RateMethod = credit.EffectiveOnDays
	}
	for i := range 1 + w.random.IntN(4) {
		p := credit.Plan{ID: fmt.Sprint("plan", i+1), Kind: pick(w, credit.Flat, credit.Annuity), Periods: pick(w, 1, 2, 3, 6, 12)}
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
		t.Plans = append(t.Plans, p)
		if t.Validate() != nil {
			t.Plans = t.Plans[:len(t.Plans)-1] // dearer than the cap
		}
	}
	if err := t.Validate(); err != nil {
		w.fail("terms: %v", err)
	}
	return t
}

// tell puts terms into the reference model's words.
func tell(t *credit.Terms) *reference.Terms {
	r := &reference.Terms{
		StatementDay: t.StatementDay, DueDay: t.DueDay, GraceDays: t.GraceDays, HoldDays: t.HoldDays, ReviewDays: t.ReviewDays,
		PenaltyRate: int64(t.PenaltyRate), CostCap: int64(t.CostCap), PenaltyCap: int64(t.PenaltyCap), Method: string(t.RateMethod), PrincipalFirst: t.PrincipalFirst,
		Applications: t.Applications, WindowDays: t.WindowDays, Reading: int64(t.ReadingSeconds) * second, Scenes: t.Scenes, Texts: len(t.Documents),
	}
	for _, p := range t.Plans {
		plan := reference.Plan{ID: p.ID, Kind: string(p.Kind), Periods: p.Periods, Rate: int64(p.Rate)}
		for _, s := range p.Subsidies {
			plan.Others += int64(s.Share)
		}
		r.Plans = append(r.Plans, plan)
	}
	return r
}
