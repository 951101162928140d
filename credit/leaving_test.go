package credit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// deregister asks for it and has it approved.
func (s *story) deregister() credit.AccountDeregistered {
	s.t.Helper()
	n := only[credit.ClosureRequested](s.t, s.do(credit.RequestClosure{Kind: credit.Deregister})).Number
	return only[credit.AccountDeregistered](s.t, s.do(credit.ApproveClosure{Closure: n, Reviewer: "r"}))
}

// Closing and de-registration are two things: a closed account may apply again the same
// day, a de-registered one waits for the contract's cool-down, to the day.
func TestDeregistration(t *testing.T) {
	s := opened(t, "2026-03-02", func(terms *credit.Terms) { terms.DeregisterCoolDown, terms.Applications = 30, 5 })
	e := s.deregister()
	equal(t, "apply from", e.ApplyFrom, on(t, "2026-04-01"))
	equal(t, "status", s.a.Status, credit.Deregistered)
	equal(t, "limit", s.a.Limit, 0)
	equal(t, "closed on", s.a.ClosedOn, s.day)
	for _, kind := range []credit.ClosureKind{credit.Close, credit.Deregister} {
		s.refused(credit.AccountNotOpen, "", credit.RequestClosure{Kind: kind})
	}
	s.refused(credit.AccountNotOpen, "", credit.Freeze{Kind: credit.BlockRisk})
	if got := fmt.Sprint(s.declined(1, "next")); got != "[account_not_active limit_exceeded]" {
		t.Errorf("got %s", got)
	}
	s.to("2026-03-31")
	again := only[credit.ApplicationRefused](t, s.do(s.application(s.a.Terms)))
	equal(t, "reason", strings.Join(again.Reasons, " "), credit.ReasonDeregistered)
	equal(t, "until", again.Until, on(t, "2026-04-01"))
	s.to("2026-04-01").do(s.application(s.a.Terms))
	equal(t, "status", s.a.Status, credit.Active)
	equal(t, "cool-down", s.a.ApplyFrom, calendar.Date(0))
}

// A closed account may be de-registered later. It stays closed while that is reviewed,
// and when it is refused or withdrawn.
func TestAClosedAccountIsDeregistered(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	s.to("2026-03-05").repay(100_00)
	s.shut()
	closed := s.a.ClosedOn
	s.refused(credit.AccountNotOpen, "", credit.RequestClosure{})
	s.to("2026-03-20").refund(purchase, 30_00)
	refusal := s.refused(credit.NotClear, "", credit.RequestClosure{Kind: credit.Deregister})
	equal(t, "unmet", unmet(s.a, refusal.Unmet), "credit_balance_unpaid 30.00")
	equal(t, "remedy", refusal.Unmet[0].Remedy, credit.RemedyReturn)
	s.do(credit.ReturnCredit{Reference: "x"})
	for _, end := range []func(int64) credit.Command{
		func(n int64) credit.Command {
			return credit.RefuseClosure{Closure: n, Reviewer: "r", Reason: "a claim"}
		},
		func(n int64) credit.Command { return credit.WithdrawClosure{Closure: n} },
	} {
		n := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{Kind: credit.Deregister})).Number
		equal(t, "under review", s.a.Status, credit.Closed)
		s.refused(credit.ClosurePending, "", s.application(contract()))
		s.refused(credit.ClosurePending, "", credit.RequestClosure{Kind: credit.Deregister})
		s.do(end(n))
		equal(t, "kept", s.a.Status, credit.Closed)
	}
	n := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{Kind: credit.Deregister})).Number
	// Money that comes in between is looked at again on approval.
	s.refund(purchase, 10_00)
	s.refused(credit.NotClear, "", credit.ApproveClosure{Closure: n, Reviewer: "r"})
	s.do(credit.ReturnCredit{Reference: "y"})
	s.do(credit.ApproveClosure{Closure: n, Reviewer: "r"})
	equal(t, "status", s.a.Status, credit.Deregistered)
	equal(t, "closed on", s.a.ClosedOn, closed)

	// After that too what comes is the customer's, and goes back once.
	s.refund(purchase, 60_00)
	equal(t, "credit balance", s.a.Credit, money.Amount(60_00))
	equal(t, "returned", only[credit.CreditReturned](t, s.do(credit.ReturnCredit{Reference: "z"})).Amount, 60_00)

	application := s.application(contract())
	application.Assessment = credit.Assessment{Decision: credit.Referred, Reasons: []string{"new"}}
	s.do(application)
	s.refused(credit.AccountNotOpen, "", credit.RequestClosure{Kind: credit.Deregister})
}

// Somebody who waits for a reviewer to be let in again can't be de-registered meanwhile.
func TestNoDeregistrationWhileApplying(t *testing.T) {
	s := opened(t, "2026-03-02")
	s.shut()
	application := s.application(contract())
	application.Assessment = credit.Assessment{Decision: credit.Referred, Reasons: []string{"new"}}
	s.do(application)
	s.refused(credit.ApplicationPending, "", credit.RequestClosure{Kind: credit.Deregister})
}

// The review's working days, with holidays and make-up days: the last one is in time, the day after raises the alarm.
func TestReviewOverHolidays(t *testing.T) {
	for _, c := range []struct{ requested, by string }{
		{"2026-09-30", "2026-10-10"}, // National Day 1–7 October; Saturday the 10th is made up
		{"2026-02-13", "2026-02-25"}, // before Spring Festival: Saturday the 14th is made up, then the 24th and 25th
	} {
		for _, kind := range []credit.ClosureKind{credit.Close, credit.Deregister} {
			s := opened(t, "2026-01-05")
			e := only[credit.ClosureRequested](t, s.to(c.requested).do(credit.RequestClosure{Kind: kind}))
			equal(t, c.requested, e.ReviewBy, on(t, c.by))
			s.pass(e.ReviewBy)
			equal(t, "breached on the last day", s.a.Closure.Breached, false)
			s.pass(e.ReviewBy + 1)
			equal(t, "breached the day after", s.a.Closure.Breached, true)
			s.do(credit.WithdrawClosure{Closure: e.Number}) // until approval
			equal(t, "status", s.a.Status, credit.Active)
		}
	}
}

// One sum settles what money can; the rest says what else has to happen.
func TestWhatMeetsEachCondition(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.to("2026-03-20")
	s.do(credit.Freeze{Kind: credit.BlockRisk})
	s.do(credit.Unfreeze{Kind: credit.BlockRisk})
	remedies := func() string {
		var list []string
		for _, u := range s.a.Obstacles(s.day) {
			list = append(list, u.Condition+" "+u.Remedy)
		}
		return strings.Join(list, "\n")
	}
	equal(t, "overdue", remedies(), "billed_amount_owed settlement\npenalty_owed settlement\ninstalments_running settlement\nblock_in_force_overdue settlement")
	s.repayEarly(0)
	equal(t, "settled", remedies(), "")
	hold := s.hold(5_00, "next")
	s.do(credit.Freeze{Kind: credit.BlockJudicial})
	s.repay(2_00)
	equal(t, "what money can't", remedies(), "hold_open capture_or_void\ncredit_balance_unpaid credit_balance_return\nblock_in_force_judicial block_lift")
	s.do(credit.Capture{Hold: hold, Amount: 5_00})
	equal(t, "a credit balance that is used up", remedies(), "unbilled_amount_owed settlement\ncredit_balance_unpaid settlement\nblock_in_force_judicial block_lift")
	equal(t, "the one sum", s.early(0).Sum, 3_00)
}
