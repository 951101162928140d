package view_test

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// newer is a version of an account's terms with a text that is new, and the
// customer's agreement to it.
func (s *story) newer(a *credit.Account) (credit.Renew, credit.AgreementRenewed) {
	terms := *a.Terms
	terms.Version++
	terms.Documents = slices.Clone(terms.Documents)
	terms.Documents[0].Version++
	terms.Documents[0].Hash = "cc33"
	consent := s.consent(a.Customer, terms.Documents[0])
	return credit.Renew{Terms: &terms, Consents: []credit.Consent{consent}}, credit.AgreementRenewed{
		Number: a.Numbers + 1, Terms: &terms, Agreements: []credit.Agreement{consent.Kept(terms.Documents[0])},
	}
}

// plantedRenewals are violations of what a newer agreement stands on.
var plantedRenewals = []plant{
	{"a newer agreement that nobody agreed to", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.newer(a)
		e.Agreements = nil
		return command, []credit.Event{e}
	})},
	{"a newer agreement by the consent of another", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.newer(a)
		command.Consents[0].Person, e.Agreements[0].Person = "eve", "eve"
		return command, []credit.Event{e}
	})},
	{"a newer agreement that was not read", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.newer(a)
		e.Terms.ReadingSeconds = 31
		return command, []credit.Event{e}
	})},
	{"an older agreement in the place of a newer one", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.newer(a)
		e.Terms.Version = a.Terms.Version
		return command, []credit.Event{e}
	})},
	{"a newer agreement with another calendar", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.newer(a)
		e.Terms.StatementDay++
		return command, []credit.Event{e}
	})},
	{"a former agreement that ends while a purchase of it is owed", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.Repay{Amount: max(1, a.AsOf(s.day).Billed()), Currency: "CNY", Source: "clear"})
		s.buy(a.ID, 9_000, "next")
		command, _ := s.newer(a)
		s.must(a.ID, command)
		return credit.ReturnCredit{}, []credit.Event{credit.FormerTermsEnded{Version: a.Terms.Version}}
	})},
}
