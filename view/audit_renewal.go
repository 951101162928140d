package view

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
)

// renewed checks that the customer agreed to each text of the newer version that they
// had not agreed to before, and to nothing that a running account can't take over.
func (x *audited) renewed(command credit.Command, e credit.AgreementRenewed) *Violation {
	c, ok := command.(credit.Renew)
	before := x.state.Terms
	if x.state.Agreed != nil {
		before = x.state.Agreed
	}
	if !ok || e.Terms == nil || e.Terms.Version <= before.Version || e.Terms.Programme != before.Programme ||
		e.Terms.Currency != before.Currency || e.Terms.StatementDay != before.StatementDay || e.Terms.RateMethod != before.RateMethod {
		return wrong(CheckConsent, "the agreement of version %d was renewed by %s to one that does not continue it", before.Version, command.Name())
	}
	for _, document := range e.Terms.Documents {
		if slices.Contains(before.Documents, document) {
			continue
		}
		proven := slices.ContainsFunc(e.Agreements, func(kept credit.Agreement) bool {
			return kept.Document == document && kept.ReadSeconds >= e.Terms.ReadingSeconds &&
				slices.ContainsFunc(c.Consents, func(given credit.Consent) bool { return given.Proves(kept, x.state.Customer) })
		})
		if !proven {
			return wrong(CheckConsent, "the agreement was renewed without one to version %d of %s", document.Version, document.Name)
		}
	}
	return nil
}

// alone checks that the newest agreement holds alone only once nothing of a former one runs.
func (x *audited) alone(e credit.FormerTermsEnded) *Violation {
	if x.state.Agreed == nil || x.state.Agreed.Version != e.Version {
		return wrong(CheckCycles, "version %d of the terms holds alone, beside which there was no other", e.Version)
	}
	last := x.state.Former[len(x.state.Former)-1]
	for number, h := range x.holds {
		if number <= last.Through && h.left > 0 && !h.resolved {
			return wrong(CheckCycles, "hold %d of version %d of the terms is open, and they have ended", number, last.Terms.Version)
		}
	}
	for _, p := range x.state.Purchases {
		if p.On <= last.On {
			return wrong(CheckCycles, "purchase %d of version %d of the terms is owed, and they have ended", p.Number, last.Terms.Version)
		}
	}
	if n := len(x.state.Statements); n > 0 {
		return wrong(CheckCycles, "%d statements are unpaid whose terms have ended", n)
	}
	return nil
}
