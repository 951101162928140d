package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
)

func TestAppeal(t *testing.T) {
	for _, c := range []struct {
		day      string
		possible bool
	}{
		{"2026-03-10", true}, // the day of the refusal
		{"2026-04-09", true}, // the last day
		{"2026-04-10", false},
	} {
		s := stranger(t, "2026-03-10")
		e := s.refuse("score_too_low")
		if e.Terms == nil {
			t.Fatal("nothing to open is kept for an appeal")
		}
		equal(t, "until", s.a.Application.AppealUntil(), on(t, "2026-04-09"))
		n := s.a.Application.Number
		appeal := credit.Appeal{Application: n, Ground: credit.GroundFacts}
		s.to(c.day)
		s.refused(credit.UnknownReason, "ground", credit.Appeal{Application: n, Ground: "please"})
		s.refused(credit.NotFound, "", credit.Appeal{Application: n + 1, Ground: credit.GroundFacts})
		if !c.possible {
			s.refused(credit.AppealNotPossible, "", appeal)
			continue
		}
		appealed := only[credit.ApplicationAppealed](t, s.do(appeal))
		if c.day == "2026-04-09" {
			equal(t, "expected by", appealed.ExpectedBy, on(t, "2026-04-14")) // over a weekend
		}
		equal(t, "decision", s.a.Application.Decision, credit.Referred)
		equal(t, "nobody can appeal twice", s.a.Application.AppealUntil(), 0)
		s.refused(credit.ApplicationPending, "", appeal)
		s.refused(credit.ApplicationPending, "", s.application(contract()))
		s.do(credit.Review{Application: n, Approve: true, Limit: 2_000_00, Reviewer: "r"})
		equal(t, "limit", s.a.Limit, 2_000_00)
		s.refused(credit.AppealNotPossible, "", appeal)
	}
}

// What a person refused, the law forbids, or nobody assessed, has no appeal.
func TestNoAppeal(t *testing.T) {
	s := stranger(t, "2026-03-10")
	s.refuse("income")
	appeal := func() credit.Appeal {
		return credit.Appeal{Application: s.a.Application.Number, Ground: credit.GroundPerson}
	}
	s.do(appeal())
	s.do(credit.Review{Application: s.a.Application.Number, Reviewer: "r"})
	s.refused(credit.AppealNotPossible, "", appeal())

	no := false
	minor := s.application(contract())
	minor.Declared.Adult = &no
	s.do(minor)
	s.refused(credit.AppealNotPossible, "", appeal())

	soon := s.refuse("income")
	equal(t, "reason", soon.Reasons[0], credit.ReasonTooManyApplications)
	s.refused(credit.AppealNotPossible, "", appeal())

	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Appeal{Application: 1, Ground: credit.GroundPerson})
}

// A refusal says at once when the next application is assessed, and that holds.
func TestRefusalTellsWhenToApplyAgain(t *testing.T) {
	s := stranger(t, "2026-03-10")
	equal(t, "after the first, at once", s.refuse("income").Until, 0)
	e := s.to("2026-03-12").refuse("income")
	equal(t, "after the second", e.Until, on(t, "2026-04-09"))
	s.pass(e.Until - 1)
	equal(t, "the day before", s.refuse("income").Reasons[0], credit.ReasonTooManyApplications)
	s.pass(e.Until)
	equal(t, "the day", s.refuse("income").Reasons[0], "income")
}

// How an assessment came about is kept with the application, as long as it was assessed.
func TestEvaluationIsKept(t *testing.T) {
	s := stranger(t, "2026-03-10")
	for i := range 3 {
		application := s.application(contract())
		application.Assessment = credit.Assessment{Decision: credit.Refused, Reasons: []string{"income"}, Evaluation: credit.Evaluation(`{"score":1}`)}
		received := s.do(application)[0].(credit.ApplicationReceived)
		want := `{"score":1}`
		if i == 2 {
			want = ""
		}
		equal(t, "evaluation", string(received.Evaluation), want)
	}
}
