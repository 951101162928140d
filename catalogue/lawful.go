package catalogue

import (
	"errors"
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/law"
)

// Unlawful (不合规) says which rules of its rule pack a programme breaks: all of them, each with its source.
type Unlawful struct {
	Pack       string
	Violations []law.Violation
}

func (e *Unlawful) Error() string {
	said := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		said[i] = v.String()
	}
	return ErrInvalid.Error() + ": rule pack " + e.Pack + ": " + strings.Join(said, "; ")
}

// Is makes an unlawful programme one that is not valid.
func (e *Unlawful) Is(target error) bool { return errors.Is(ErrInvalid, target) }

// pin refuses a version that breaks what the law asks on a day, and copies into its
// terms what contracts look up there: a later change of the law changes none that runs.
func (v *Version) pin(day calendar.Date) error {
	t := v.Terms
	if t.RulePack == "" {
		t.RulePack = SampleRulePack
	}
	if err := v.lawful(day); err != nil {
		return err
	}
	rules, err := law.On(t.RulePack, day)
	if err != nil {
		return invalid("terms: rule_pack: %v", err)
	}
	rules.Pin(t)
	return nil
}

// lawful says which rules a version breaks on a day. A version that was made before
// there were rule packs is held against none.
func (v *Version) lawful(day calendar.Date) error {
	if v.Terms.RulePack == "" {
		return nil
	}
	rules, err := law.On(v.Terms.RulePack, day)
	if err != nil {
		return invalid("terms: rule_pack: %v", err)
	}
	if found := rules.Check(v.Offer()); len(found) > 0 {
		return &Unlawful{Pack: v.Terms.RulePack, Violations: found}
	}
	return nil
}

// Offer is what of a version the law asks about.
func (v *Version) Offer() law.Offer {
	return law.Offer{Terms: v.Terms, MaximumLimit: v.Policy.MaximumLimit, Students: !v.Policy.ExcludeStudents}
}
