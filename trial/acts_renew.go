package trial

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/trial/reference"
)

// renew agrees to a newer version, mostly one that the account can take over, whose
// prices and rules of a bill are better or worse than before.
func (w *world) renew(c *customer, a *credit.Account) act {
	agreed := a.Terms
	if a.Agreed != nil {
		agreed = a.Agreed
	}
	t := *agreed
	t.Version++
	t.GraceDays = pick(w, 0, 1, 3, 5, 31)
	t.HoldDays = pick(w, 1, 3, 7, 20)
	t.PenaltyRate = credit.Rate(pick(w, 0, 180_000, 180_000, 365_000))
	t.PenaltyCap = credit.Rate(pick(w, 0, 0, 100_000, 1_000_000))
	t.PrincipalFirst = pick(w, 0, 1, 31, 91)
	if t.ChargeOffDays = pick(w, 0, 60, 180); t.GraceDays == 31 {
		t.ChargeOffDays = 0
	}
	t.ReadingSeconds = pick(w, 0, 3, 10)
	if w.chance(300) {
		t.AutopayRetries = pick(w, nil, []int{1}, []int{2, 5, 9})
	}
	if w.chance(300) {
		t.Deferral = pick(w, nil, &credit.DeferralTerms{MostDays: 10, AYear: 2, Rate: 5_000})
	}
	if w.chance(200) {
		t.Conversions, t.ConvertOverdue = nil, false
	}
	if w.chance(500) {
		t.Plans = slices.Clone(t.Plans)
		for i := range t.Plans {
			t.Plans[i].Rate /= 2
		}
	}
	t.Documents = slices.Clone(t.Documents)
	t.Documents[0].Version++
	t.Documents[0].Hash = fmt.Sprint("a", t.Documents[0].Version)
	if err := t.Validate(); err != nil {
		w.fail("renewed terms: %v", err)
	}
	newer, continuing := true, true
	switch {
	case w.chance(50):
		t.Version, newer = agreed.Version, false
	case w.chance(50):
		t.StatementDay, continuing = t.StatementDay%31+1, false
	}
	command := credit.Renew{Terms: &t}
	var shown []reference.Evidence
	fresh := a.NewDocuments(&t)
	for _, d := range fresh {
		consent, evidence := w.consent(c, d.Name, d.Version, d.Hash, int64(t.ReadingSeconds)*second)
		command.Consents, shown = append(command.Consents, consent), append(shown, evidence)
	}
	told := tell(&t)
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		return r.Renew(told, newer && r.Version() < told.Version, continuing, shown, len(fresh), at)
	}}
}
