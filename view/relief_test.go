package view_test

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

var plantedInRelief = []plant{
	{"a statement deferred too far", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.postponing(a)
		command.Due, e.Due = command.Due+1, e.Due+1
		return command, []credit.Event{e}
	})},
	{"a statement deferred on its due date", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.postponing(a)
		s.openDay(e.Before)
		s.closeAll()
		return command, []credit.Event{e}
	})},
	{"a third deferral within a year", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, _ := s.postponing(a)
		s.must(a.ID, command)
		s.must(a.ID, credit.Repay{Amount: a.Billed(), Currency: "CNY", Source: "x"})
		command, e := s.postponing(a)
		return command, []credit.Event{e}
	})},
	{"a deferral for another fee", view.CheckAmounts, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.postponing(a)
		e.Fee++
		return command, []credit.Event{e}
	})},
	{"a deferral that nobody agreed to", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.postponing(a)
		command.Consent.Person = "bob"
		return command, []credit.Event{e}
	})},

	{"a line converted that is paid", view.CheckBilled, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		s.must(a.ID, credit.Repay{Amount: 1, Currency: "CNY", Source: "x"})
		return command, []credit.Event{e}
	})},
	{"a statement converted twice", view.CheckBilled, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		command.Amount, e.Amount, e.Lines[0].Principal = 4_000, 4_000, 4_000
		e.Purchases[0].First = 5 // after those of the first time
		half := s.converting(a, command.Statement, command.Plan, 4_000)
		s.must(a.ID, half)
		e.Number = a.Numbers + 1
		return command, []credit.Event{e}
	})},
	{"a statement converted after its due date", view.CheckBilled, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		s.openDay(a.Statements[0].Due + 1)
		s.closeAll()
		return command, []credit.Event{e}
	})},
	{"a conversion that loses something", view.CheckSums, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		e.Purchases[0].Parts[2].Principal--
		return command, []credit.Event{e}
	})},
	{"a conversion that leaves a number out", view.CheckSums, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		e.Purchases[0].First++
		return command, []credit.Event{e}
	})},
	{"a conversion that skips a statement", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		e.Purchases[0].Parts[0].On = e.Purchases[0].Parts[1].On
		return command, []credit.Event{e}
	})},
	{"a dearer conversion than was quoted", view.CheckCaps, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		e.Purchases[0].Parts[0].Fee++
		return command, []credit.Event{e}
	})},
	{"a conversion that nobody agreed to", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		command.Consent.Hash = "qt_other"
		return command, []credit.Event{e}
	})},
	{"another amount than was asked for", view.CheckAmounts, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.moving(a)
		command.Amount = 8_999
		return command, []credit.Event{e}
	})},
	{"conversion", view.CheckTables, tamper(`UPDATE conversion SET fee = fee + 1`)},
	{"a line that a conversion left", view.CheckTables, tamper(`UPDATE statement_line SET converted = 0 WHERE converted > 0`)},
}

// deferring asks for a later due date, as quoted.
func (s *story) deferring(a *credit.Account, statement int64, due calendar.Date) credit.Defer {
	q, _ := a.QuoteDeferral(statement, due, s.day) // what is refused is refused again
	return credit.Defer{Statement: statement, Due: due, Consent: s.consent(a.Customer, credit.Document{Name: credit.DeferralDocument, Version: a.Terms.Version, Hash: q.Token})}
}

// postponing buys something, waits for its bill, and returns what would defer it by
// 14 days, whether the rules allow it or not.
func (s *story) postponing(a *credit.Account) (credit.Defer, credit.StatementDeferred) {
	s.buy(a.ID, 9_000, "next")
	for len(a.Statements) == 0 {
		s.openDay(s.day + 1)
		s.closeAll()
	}
	bill := a.Statements[0]
	command := s.deferring(a, bill.Number, bill.Due+14)
	q, _ := a.QuoteDeferral(bill.Number, bill.Due+14, s.day)
	return command, credit.StatementDeferred{Statement: bill.Number, Due: bill.Due + 14, Before: bill.Due, Fee: q.Fee, Cut: q.Cut, Quote: q.Token,
		Agreement: command.Consent.Kept(credit.Document{Name: credit.DeferralDocument, Version: a.Terms.Version, Hash: q.Token})}
}

// converting asks for instalments, as quoted.
func (s *story) converting(a *credit.Account, statement int64, plan string, amount money.Amount) credit.Convert {
	q, _ := a.QuoteConversion(statement, plan, amount, s.day) // what is refused is refused again
	return credit.Convert{
		Statement: statement, Plan: plan, Amount: amount,
		Consent: s.consent(a.Customer, credit.Document{Name: credit.ConversionDocument, Version: a.Terms.Version, Hash: q.Token}),
	}
}

// moving buys something, waits for its bill, and returns what would convert all of it.
func (s *story) moving(a *credit.Account) (credit.Convert, credit.StatementConverted) {
	for len(a.Statements) > 0 {
		s.must(a.ID, credit.Repay{Amount: a.AsOf(s.day).Billed(), Currency: "CNY", Source: "x"})
	}
	s.buy(a.ID, 9_000, "next")
	for len(a.Statements) == 0 {
		s.openDay(s.day + 1)
		s.closeAll()
	}
	bill := a.Statements[0]
	q, err := a.QuoteConversion(bill.Number, "bill3", 0, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	command := s.converting(a, bill.Number, "bill3", 0)
	return command, credit.StatementConverted{
		Number: a.Numbers + 1, Statement: bill.Number, Amount: q.Amount, Plan: q.Plan, Quote: q.Token,
		Agreement: command.Consent.Kept(credit.Document{Name: credit.ConversionDocument, Version: a.Terms.Version, Hash: q.Token}), Lines: q.Lines, Purchases: q.Purchases,
	}
}
