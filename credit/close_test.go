package credit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// unmet prints the conditions of a refusal: "hold_open 5.00 2026-03-17 aut_…_3".
func unmet(a *credit.Account, list []credit.Unmet) string {
	var lines []string
	for _, u := range list {
		line := u.Condition
		if u.Amount != 0 {
			line += " " + u.Amount.Format("CNY")
		}
		if u.Date != 0 {
			line += " " + u.Date.String()
		}
		if u.Reference != "" {
			prefix, number := u.Reference[:4], u.Reference[strings.LastIndex(string(u.Reference), "_"):]
			line += " " + string(prefix) + string(number[1:])
			if account, _, ok := u.Reference.Owner(string(prefix)); !ok || account != a.ID {
				line += " of another account"
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestEveryConditionForClosing(t *testing.T) {
	for name, c := range map[string]struct {
		life func(s *story)
		want string
	}{
		"billed":          {func(s *story) { s.buy(50_00, "next"); s.to("2026-03-05") }, "billed_amount_owed 50.00 2026-03-15 stm_5"},
		"billed and late": {func(s *story) { s.buy(500_00, "next"); s.to("2026-03-25") }, "billed_amount_owed 500.00 2026-03-15 stm_5\npenalty_owed 5.00 2026-03-15 stm_5\nblock_in_force_overdue 2026-03-19"},
		"penalty only": {func(s *story) {
			purchase := s.buy(500_00, "next")
			s.to("2026-03-25").refund(purchase, 500_00)
		}, "penalty_owed 5.00 2026-03-15 stm_5\nblock_in_force_overdue 2026-03-19"},
		"unbilled":    {func(s *story) { s.buy(50_00, "next") }, "unbilled_amount_owed 50.00 2026-03-05 pur_4"},
		"instalments": {func(s *story) { s.buy(30_00, "flat3"); s.to("2026-03-05").repay(10_30) }, "instalments_running 20.60 2026-05-05 pur_4"},
		"hold":        {func(s *story) { s.hold(5_00, "next") }, "hold_open 5.00 2026-02-27 aut_3"},
		"part held":   {func(s *story) { s.do(credit.Capture{Hold: s.hold(5_00, "next"), Amount: 2_00}) }, "unbilled_amount_owed 2.00 2026-03-05 pur_4\nhold_open 3.00 2026-02-27 aut_3"},
		"credit":      {func(s *story) { s.repay(1) }, "credit_balance_unpaid 0.01"},
		"blocks": {func(s *story) {
			s.do(credit.Freeze{Kind: credit.BlockRisk})
			s.to("2026-02-21").do(credit.Freeze{Kind: credit.BlockJudicial})
			s.do(credit.Freeze{Kind: credit.BlockCustomer}) // the customer's own hinders nobody
		}, "block_in_force_risk 2026-02-20\nblock_in_force_judicial 2026-02-21"},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t, "2026-02-20")
			s.do(credit.Freeze{Kind: credit.BlockCustomer})
			s.do(credit.Unfreeze{Kind: credit.BlockCustomer})
			// Numbers 1 and 2 would be the application's; a declined order takes one.
			s.declined(20_000_00, "next")
			c.life(s)
			before := encoded(t, s.a)
			refusal := s.refused(credit.NotClear, "", credit.RequestClosure{})
			equal(t, "unmet", unmet(s.a, refusal.Unmet), c.want)
			if after := encoded(t, s.a); string(before) != string(after) {
				t.Error("a refusal changed the account")
			}
		})
	}
}

func TestClosure(t *testing.T) {
	s := opened(t, "2026-03-02")
	s.do(credit.Freeze{Kind: credit.BlockCustomer})
	e := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{}))
	equal(t, "review by", e.ReviewBy, on(t, "2026-03-05"))
	equal(t, "status", s.a.Status, credit.Closing)
	if got := fmt.Sprint(s.declined(1, "next")); got != "[account_not_active account_frozen]" {
		t.Errorf("got %s", got)
	}
	s.refused(credit.ClosurePending, "", credit.RequestClosure{})
	s.refused(credit.AlreadyOpen, "", s.application(contract()))
	s.refused(credit.NotFound, "", credit.ApproveClosure{Closure: 99})
	s.refused(credit.NotFound, "", credit.ApproveClosure{})
	s.refused(credit.NoClosurePending, "", credit.ApproveClosure{Closure: 1})

	s.to("2026-03-04").do(credit.ApproveClosure{Closure: e.Number, Reviewer: "r"})
	equal(t, "status", s.a.Status, credit.Closed)
	equal(t, "closed on", s.a.ClosedOn, s.day)
	equal(t, "limit", s.a.Limit, 0)
	equal(t, "available", s.a.Available(), 0)
	equal(t, "next due", s.a.NextDue(), 0)
	for _, c := range []credit.Command{
		credit.ApproveClosure{Closure: e.Number}, credit.RefuseClosure{Closure: e.Number}, credit.WithdrawClosure{Closure: e.Number},
	} {
		s.refused(credit.NoClosurePending, "", c)
	}
	s.refused(credit.AccountNotOpen, "", credit.RequestClosure{})
	s.refused(credit.AccountNotOpen, "", credit.Freeze{Kind: credit.BlockRisk})
	s.refused(credit.BlockMissing, "", credit.Unfreeze{Kind: credit.BlockCustomer})
	if got := fmt.Sprint(s.declined(1, "next")); got != "[account_not_active limit_exceeded]" {
		t.Errorf("got %s", got)
	}
	none := stranger(t, "2026-03-10")
	for _, c := range []credit.Command{
		credit.RequestClosure{}, credit.ApproveClosure{Closure: 1}, credit.RefuseClosure{Closure: 1}, credit.WithdrawClosure{Closure: 1},
	} {
		none.refused(credit.NotFound, "", c)
	}
}

func TestClosureIsRefusedOrWithdrawn(t *testing.T) {
	s := opened(t, "2026-03-02")
	for _, answer := range []func(n int64) credit.Command{
		func(n int64) credit.Command {
			return credit.RefuseClosure{Closure: n, Reviewer: "r", Reason: "court order"}
		},
		func(n int64) credit.Command { return credit.WithdrawClosure{Closure: n} },
	} {
		n := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{})).Number
		s.do(answer(n))
		equal(t, "status", s.a.Status, credit.Active)
		equal(t, "next due", s.a.NextDue(), 0)
		s.refused(credit.NoClosurePending, "", credit.ApproveClosure{Closure: n})
		hold := s.hold(1_00, "next")
		s.do(credit.Void{Hold: hold})
	}
}

// Three working days by China's calendar; the alarm comes the day after, once.
func TestReviewDays(t *testing.T) {
	for _, c := range []struct {
		requested, by string
	}{
		{"2026-03-02", "2026-03-05"}, // Monday: Thursday
		{"2026-03-05", "2026-03-10"}, // over a weekend
		{"2026-03-07", "2026-03-11"}, // on a Saturday
		{"2026-02-12", "2026-02-24"}, // over Spring Festival, with its make-up Saturday
		{"2026-09-29", "2026-10-09"}, // over National Day
		{"2026-02-11", "2026-02-14"}, // a make-up Saturday is a working day
	} {
		s := opened(t, "2026-01-01")
		e := only[credit.ClosureRequested](t, s.to(c.requested).do(credit.RequestClosure{}))
		equal(t, c.requested, e.ReviewBy, on(t, c.by))
		s.told()
		s.pass(e.ReviewBy)
		s.expect()
		s.pass(e.ReviewBy + 1)
		s.expect((e.ReviewBy + 1).String() + " closure.breached")
		s.pass(e.ReviewBy + 100)
		s.expect()
		s.do(credit.ApproveClosure{Closure: e.Number, Reviewer: "r"}) // late, but valid
	}
}

// The conditions are checked again on approval: money may have come in between.
func TestConditionsAreCheckedAgain(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	s.to("2026-03-05").repay(100_00)
	n := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{})).Number
	s.to("2026-03-06").refund(purchase, 100_00)
	refusal := s.refused(credit.NotClear, "", credit.ApproveClosure{Closure: n, Reviewer: "r"})
	equal(t, "unmet", unmet(s.a, refusal.Unmet), "credit_balance_unpaid 100.00")
	equal(t, "status", s.a.Status, credit.Closing) // the request stands
	s.do(credit.ReturnCredit{Reference: "x"})
	s.do(credit.Freeze{Kind: credit.BlockRisk})
	s.refused(credit.NotClear, "", credit.ApproveClosure{Closure: n, Reviewer: "r"})
	s.do(credit.Unfreeze{Kind: credit.BlockRisk})
	s.do(credit.ApproveClosure{Closure: n, Reviewer: "r"})
}

func (s *story) shut() {
	s.t.Helper()
	n := only[credit.ClosureRequested](s.t, s.do(credit.RequestClosure{})).Number
	s.do(credit.ApproveClosure{Closure: n, Reviewer: "r"})
}

// After closing, money that comes is owed to the customer, and goes back once.
func TestMoneyOnAClosedAccount(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	s.to("2026-03-05").repay(100_00)
	s.shut()
	s.to("2026-06-01").refund(purchase, 60_00)
	s.repay(5_00)
	equal(t, "credit balance", s.a.Credit, 65_00)
	equal(t, "status", s.a.Status, credit.Closed)
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 40_01})
	equal(t, "returned", only[credit.CreditReturned](t, s.do(credit.ReturnCredit{Reference: "x"})).Amount, 65_00)
	s.refused(credit.NoCreditBalance, "", credit.ReturnCredit{Reference: "x"})
}

// Opening again is a new application: nothing of the old consent, terms, limit or block carries over.
func TestOpeningAgain(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	s.to("2026-03-05").repay(100_00)
	s.do(credit.Freeze{Kind: credit.BlockCustomer})
	old := s.application(contract())
	s.shut()
	newer := contract()
	newer.Version, newer.Documents[0].Version, newer.Documents[0].Hash = 2, 4, "a4"

	s.to("2026-03-20")
	old.Terms = newer
	s.refused(credit.ConsentOutdated, "version", old)
	stale := s.application(contract())
	stale.Terms = newer
	s.refused(credit.ConsentOutdated, "version", stale)
	late := s.application(newer)
	late.Consents[0].AcceptedAt = late.Consents[0].AcceptedAt.Add(-15 * 24 * time.Hour)
	late.Consents[0].ShownAt = late.Consents[0].ShownAt.Add(-15 * 24 * time.Hour)
	s.refused(credit.ConsentOutdated, "accepted_at", late)

	application := s.application(newer)
	application.Assessment = credit.Assessment{Decision: credit.Referred, Reasons: []string{"new"}}
	s.do(application)
	equal(t, "status", s.a.Status, credit.Closed)
	equal(t, "limit", s.a.Limit, 0)
	if got := fmt.Sprint(s.declined(1_00, "next")); got != "[account_not_active limit_exceeded]" {
		t.Errorf("got %s", got)
	}
	s.do(credit.Review{Application: s.a.Application.Number, Approve: true, Limit: 70_00, Reviewer: "r"})
	equal(t, "status", s.a.Status, credit.Active)
	equal(t, "limit", s.a.Limit, 70_00)
	equal(t, "version", s.a.Terms.Version, 2)
	equal(t, "agreement", s.a.Application.Agreements[0].Document.Hash, "a4")
	equal(t, "opened on", s.a.OpenedOn, s.day)
	equal(t, "closed on", s.a.ClosedOn, calendar.Date(0))
	equal(t, "blocks", len(s.a.Blocks), 0)
	s.hold(70_00, "next")
	s.refund(purchase, 100_00) // the old purchase can still be refunded
	equal(t, "credit balance", s.a.Credit, money.Amount(100_00))

	// The application before the closure counts among those of 30 days.
	s.do(credit.ReturnCredit{Reference: "x"})
	s.to("2026-03-28")
	s.shut()
	s.refuse("income")
	e := s.refuse("income")
	equal(t, "reason", e.Reasons[0], credit.ReasonTooManyApplications)
}
