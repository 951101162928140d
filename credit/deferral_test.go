package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// later offers deferrals: two weeks, twice a year, for 0.5% of the principal.
func later(t *credit.Terms) {
	t.Deferral = &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 5_000}
}

// deferral moves the one open statement's due date, as quoted.
func (s *story) deferral(due string) credit.Defer {
	s.t.Helper()
	n := s.a.Statements[len(s.a.Statements)-1].Number
	q, err := s.a.QuoteDeferral(n, on(s.t, due), s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	return credit.Defer{Statement: n, Due: on(s.t, due), Consent: s.consent(credit.Document{Name: credit.DeferralDocument, Version: 1, Hash: q.Token})}
}

func TestDeferral(t *testing.T) {
	s := opened(t, "2026-03-10", later)
	s.buy(1_000_00, "next")
	s.to("2026-04-14") // the day before it is due
	s.told()
	n := s.a.Statements[0].Number
	q, err := s.a.QuoteDeferral(n, on(t, "2026-04-29"), s.day)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "amount", q.Amount, 1_000_00)
	equal(t, "fee", q.Fee, 5_00)
	equal(t, "cut", q.Cut, 0)
	equal(t, "annual rate", q.AnnualRate.String(), "13.0357%") // 0.5% × 365 ÷ 14
	e := only[credit.StatementDeferred](t, s.do(s.deferral("2026-04-29")))
	equal(t, "was due", e.Before, on(t, "2026-04-15"))
	equal(t, "billed", s.a.Billed(), 1_005_00)
	equal(t, "owed", s.a.Owed(), 1_005_00)
	equal(t, "available", s.a.Available(), 9_000_00) // a fee is no principal

	// Nothing of the old due date is left: overdue and penalty count from the new one.
	s.to("2026-05-02")
	s.expect("2026-04-14 statement.deferred")
	if unmet := s.a.Obstacles(s.day); len(unmet) != 1 || unmet[0].Condition != credit.ConditionBilled || unmet[0].Amount != 1_005_00 {
		t.Errorf("got %+v", unmet)
	}
	s.to("2026-05-03")
	s.expect("2026-05-03 statement.overdue", "2026-05-03 block.added", "2026-05-03 penalty.charged", "2026-05-03 account.graded")
	equal(t, "penalty", s.a.Statements[0].Penalty, 4_00) // four days of 0.1%

	// Penalty, fee, principal.
	shares := s.repay(6_00).Shares
	equal(t, "shares", len(shares), 1)
	equal(t, "share", fmt.Sprint(shares[0]), fmt.Sprint(credit.Share{Statement: n, Penalty: 4_00, Fee: 2_00, Funders: []credit.FunderPart{{Funder: "bank", Cost: 6_00}}}))
	shares = s.repay(1_003_00).Shares
	equal(t, "the fee", shares[0].Fee, 3_00)
	equal(t, "the principal", shares[1].Principal, 1_000_00)
	equal(t, "owed", s.a.Owed(), 0)
}

// The day before the due date is in time, the due date is too late.
func TestDeferralInTime(t *testing.T) {
	s := opened(t, "2026-03-10", later)
	s.buy(1_000_00, "next")
	s.to("2026-04-14")
	in := s.deferral("2026-04-29")
	n := in.Statement
	refused := func(kind credit.Kind, field, due string) {
		t.Helper()
		in.Due = on(t, due)
		s.refused(kind, field, in)
	}
	refused(credit.InvalidDate, "due_on", "2026-04-15")
	refused(credit.InvalidDate, "due_on", "2026-04-30")
	refused(credit.ConsentOutdated, "hash", "2026-04-28") // other figures than were shown
	s.to("2026-04-15")
	refused(credit.DeferralTooLate, "", "2026-04-29")
	s.to("2026-04-18")
	refused(credit.DeferralTooLate, "", "2026-04-29")
	s.to("2026-04-19") // overdue
	refused(credit.DeferralTooLate, "", "2026-04-29")
	s.repay(s.a.AsOf(s.day).Billed())
	refused(credit.StatementNotOpen, "", "2026-04-29")
	in.Statement = 99
	refused(credit.NotFound, "", "2026-04-29")

	plain := opened(t, "2026-03-10")
	plain.buy(1_000_00, "next")
	plain.to("2026-04-10")
	plain.refused(credit.DeferralNotOffered, "", credit.Defer{Statement: n, Due: on(t, "2026-04-29")})
}

// A statement is deferred once, and so many are in any 365 days.
func TestDeferralsInAYear(t *testing.T) {
	s := opened(t, "2026-03-10", later)
	s.buy(300_00, "next")
	s.to("2026-04-10").do(s.deferral("2026-04-16"))
	n := s.a.Statements[0].Number
	s.refused(credit.AlreadyDeferred, "", credit.Defer{Statement: n, Due: on(t, "2026-04-20")})
	s.repay(s.a.Billed())
	s.buy(300_00, "next")
	s.to("2026-05-10").do(s.deferral("2026-05-29"))
	s.repay(s.a.Billed())
	s.buy(300_00, "next")
	s.to("2026-06-10")
	s.refused(credit.DeferralsUsedUp, "", credit.Defer{Statement: s.a.Statements[0].Number, Due: on(t, "2026-06-16")})

	s = opened(t, "2026-03-10", func(terms *credit.Terms) { later(terms); terms.Deferral.AYear = 1 })
	s.buy(300_00, "next")
	s.to("2026-04-10").do(s.deferral("2026-04-16"))
	s.repay(s.a.Billed())
	s.to("2027-03-10")
	s.buy(300_00, "next")
	s.to("2027-04-09") // the 365th day of the first: it counts
	n = s.a.Statements[0].Number
	s.refused(credit.DeferralsUsedUp, "", credit.Defer{Statement: n, Due: on(t, "2027-04-16")})
	s.to("2027-04-10").do(s.deferral("2027-04-16"))
	equal(t, "counted", len(s.a.Deferrals), 1)
}

// The fee is cut to the contract's cap, by every method, and says so.
func TestDeferralWithinTheCap(t *testing.T) {
	for _, c := range []struct {
		method  credit.RateMethod
		fee     money.Amount
		days    calendar.Date
		charged money.Amount
		costs   string
		rate    credit.Rate
	}{
		{credit.MonthlyTimesTwelve, 10_00, 14, 9_20, "23.9857%", 0},
		{credit.MonthlyTimesTwelve, 9_00, 14, 9_00, "23.4643%", 0},
		{credit.EffectiveOnDays, 10_00, 14, 8_28, "", 0},
		{credit.UnitPeriod, 10_00, 1, 65, "", 0},
		{credit.MonthlyTimesTwelve, 0, 7, 0, "0.00%", 0},
		{credit.MonthlyTimesTwelve, 0, 7, 4_60, "", 50_000},
	} {
		s := opened(t, "2026-03-10", func(terms *credit.Terms) {
			later(terms)
			terms.RateMethod, terms.CostCap = c.method, 240_000
			terms.Plans = terms.Plans[:1]
			terms.Deferral.Rate, terms.Deferral.Fee = c.rate, c.fee
		})
		s.buy(1_000_00, "next")
		s.to("2026-04-06")
		q, err := s.a.QuoteDeferral(s.a.Statements[0].Number, s.a.Statements[0].Due+c.days, s.day)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, string(c.method)+" fee", q.Fee, c.charged)
		equal(t, "asked", q.Fee+q.Cut, max(c.fee, c.rate.Of(1_000_00)))
		if q.AnnualRate > 240_000 {
			t.Errorf("%s: %d for %d days costs %s", c.method, q.Fee, c.days, q.AnnualRate)
		}
		if c.costs != "" {
			equal(t, "annual rate", q.AnnualRate.String(), c.costs)
		}
		e := only[credit.StatementDeferred](t, s.do(s.deferral((s.a.Statements[0].Due + c.days).String())))
		equal(t, "said", e.Cut, q.Cut)
	}
}

// What was deferred is paid after what falls due before it, and before it when that is later.
func TestADeferredStatementIsPaidInItsTurn(t *testing.T) {
	s := opened(t, "2026-03-10", func(terms *credit.Terms) { later(terms); terms.Deferral.MostDays = 60 })
	first := s.buy(300_00, "next")
	s.to("2026-04-10").do(s.deferral("2026-05-20"))
	second := s.buy(200_00, "next")
	s.to("2026-05-16") // the second is past due, the first is not
	e := s.repay(250_00)
	equal(t, "the second first", e.Shares[0].Purchase, second)
	equal(t, "its rest", e.Shares[0].Principal, 200_00)
	equal(t, "then the fee", e.Shares[1].Fee, 1_50)
	equal(t, "then the first", e.Shares[2].Purchase, first)
}

// A deferral runs until its new due date has passed.
func TestARunningDeferralKeepsTheAccountOpen(t *testing.T) {
	s := opened(t, "2026-03-10", later)
	s.buy(300_00, "next")
	s.to("2026-04-10").do(s.deferral("2026-04-29"))
	has := func() bool {
		for _, u := range s.a.Obstacles(s.day) {
			if u.Condition == credit.ConditionDeferral {
				equal(t, "until", u.Date, on(t, "2026-04-29"))
				return true
			}
		}
		return false
	}
	equal(t, "on the day", has(), true)
	s.to("2026-04-29")
	equal(t, "on the new due date", has(), true)
	s.to("2026-04-30")
	equal(t, "after it", has(), false)
	s.to("2026-04-30")
	s.repay(s.a.Billed())
	equal(t, "clear", len(s.a.Obstacles(s.day)), 0)
}

func TestDeferralTerms(t *testing.T) {
	for _, wrong := range []credit.DeferralTerms{
		{MostDays: 0, AYear: 1}, {MostDays: 61, AYear: 1}, {MostDays: 1, AYear: 0}, {MostDays: 1, AYear: 13},
		{MostDays: 1, AYear: 1, Rate: -1}, {MostDays: 1, AYear: 1, Rate: credit.Whole + 1}, {MostDays: 1, AYear: 1, Fee: -1},
		{MostDays: 1, AYear: 1, Fee: 1_000_000_001}, {MostDays: 1, AYear: 1, Fee: 1, Rate: 1},
	} {
		terms := contract()
		terms.Deferral = &wrong
		if terms.Validate() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}
