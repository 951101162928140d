package view_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

var plantedOverdue = []plant{
	{"a debt charged off that is not late enough", view.CheckChargeOff, forge(bob, func(_ *story, a *credit.Account) (credit.Command, []credit.Event) {
		e := credit.DebtChargedOff{DaysPastDue: 100}
		for _, s := range a.Statements {
			e.Parts = append(e.Parts, credit.WrittenOff{Statement: s.Number, Penalty: s.Penalty})
		}
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a charge-off twice", view.CheckChargeOff, forge(gus, func(_ *story, a *credit.Account) (credit.Command, []credit.Event) {
		e := credit.DebtChargedOff{DaysPastDue: 100}
		for _, p := range a.Purchases {
			w := credit.WrittenOff{Purchase: p.Number}
			for _, in := range p.Instalments {
				w.Billed += in.Principal
			}
			e.Parts = append(e.Parts, w)
		}
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a charge-off of half the debt", view.CheckChargeOff, chargingOff(func(e credit.DebtChargedOff) []credit.Event {
		e.Parts = e.Parts[:1]
		return []credit.Event{e}
	})},
	{"a charge-off of more than the debt", view.CheckChargeOff, chargingOff(func(e credit.DebtChargedOff) []credit.Event {
		e.Parts[0].Billed++
		return []credit.Event{e}
	})},
	{"a recovery that is taken as income", view.CheckChargeOff, forge(gus, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.paying(a, 100)
		return command, []credit.Event{e}
	})},
	{"a repayment that is taken as a recovery", view.CheckChargeOff, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.paying(a, 100)
		e.Shares[0].ChargedOff = true
		return command, []credit.Event{e}
	})},
	{"a refund that leaves the loss as it was", view.CheckChargeOff, forge(gus, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		p := a.Purchases[0]
		in := p.Instalments[0]
		return credit.Refund{Purchase: p.Number, Amount: 100}, []credit.Event{credit.PurchaseRefunded{
			Number: a.Numbers + 1, Purchase: p.Number, Amount: 100, Merchant: p.Merchant,
			Cuts: []credit.Cut{{Instalment: in.Number, Statement: in.Statement, Principal: 100, Funders: []credit.FunderPart{{Funder: p.Funding[0].Funder, Principal: 100}}}},
		}}
	})},
	{"a call at night", view.CheckContacts, forge(bob, contact(1, credit.ContactMade{Minute: 22 * 60}))},
	{"a call in the morning", view.CheckContacts, forge(bob, contact(1, credit.ContactMade{Minute: 8*60 - 1}))},
	{"a fourth call", view.CheckContacts, forge(bob, contact(4, credit.ContactMade{Minute: 12 * 60}))},
	{"a call to somebody who owes nothing", view.CheckContacts, forge(ann, contact(1, credit.ContactMade{Minute: 12 * 60}))},
	{"a purchase above the cost cap", view.CheckCaps, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Parts[0].Fee = 3 // of 100, in a month
		return command, []credit.Event{e}
	})},
	{"a penalty above the cost cap", view.CheckCaps, forge(bob, penalty(1_000_000))},
	{"a grade that nothing gave", view.CheckOverdue, forge(ann, func(*story, *credit.Account) (credit.Command, []credit.Event) {
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{credit.AccountGraded{Grade: credit.Loss, DaysPastDue: 400}}
	})},
	{"a bucket too early", view.CheckOverdue, forge(bob, func(_ *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{credit.StatementAged{Statement: a.Statements[0].Number, Bucket: a.Statements[0].Bucket + 1}}
	})},
}

// chargingOff bends the charge-off of a new account, on its day.
func chargingOff(change func(e credit.DebtChargedOff) []credit.Event) func(*testing.T, *store, *story) {
	return func(t *testing.T, _ *store, s *story) {
		terms := termsOf("monthly", "CNY")
		terms.ChargeOffDays = 60
		id := s.apply("hal", terms, credit.Assessment{Decision: credit.Approved, Limit: 200_000})
		s.buy(id, 45_000, "next")
		for range 300 {
			s.openDay(s.day + 1)
			a := s.accounts[id]
			due := a.NextDue()
			if due != s.day {
				continue
			}
			events, err := clone(t, a).Do(credit.CloseDay{Day: due}, credit.Moment{Day: due})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(events, func(e credit.Event) bool { return e.Name() == "debt.charged_off" })
			if i < 0 {
				s.closeAll()
				continue
			}
			events = slices.Concat(events[:i], change(events[i].(credit.DebtChargedOff)), events[i+1:])
			s.record(a, "close:"+due.String(), credit.CloseDay{Day: due}, events)
			s.flush()
			return
		}
		t.Fatal("nothing was charged off")
	}
}

// contact forges some on one day.
func contact(times int, e credit.ContactMade) func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
	return func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		e.Channel, e.Purpose, e.Effective = credit.ByCall, credit.Collection, true
		var events []credit.Event
		for i := range times {
			e.Number = a.Numbers + 1 + int64(i)
			events = append(events, e)
		}
		return credit.MakeContact{Channel: e.Channel, Purpose: e.Purpose, Party: credit.TheCustomer, Effective: true}, events
	}
}

// penalty forges one, on the oldest overdue statement.
func penalty(amount money.Amount) func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
	return func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		i := slices.IndexFunc(a.Statements, func(s credit.Statement) bool { return s.Overdue })
		_, e := s.paying(a, 100)
		return credit.Repay{Amount: 100, Currency: "CNY", Source: "x"}, []credit.Event{
			credit.PenaltyCharged{Statement: a.Statements[i].Number, Amount: amount, Through: s.day}, e,
		}
	}
}
