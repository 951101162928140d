package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func TestApplicationIsApproved(t *testing.T) {
	s := stranger(t, "2026-03-10")
	events := s.do(s.application(contract()))
	received, account := only[credit.ApplicationReceived](t, events), only[credit.AccountOpened](t, events)
	equal(t, "agreements", len(received.Agreements), 2)
	equal(t, "limit", account.Limit, 10_000_00)
	equal(t, "available", s.a.Available(), 10_000_00)
	equal(t, "opened on", s.a.OpenedOn, s.day)
	equal(t, "decision", s.a.Application.Decision, credit.Approved)
	s.refused(credit.AlreadyOpen, "", s.application(contract()))
}

func TestApplicationNamesWhatItNeeds(t *testing.T) {
	for _, c := range []struct {
		kind   credit.Kind
		field  string
		change func(*credit.Apply)
	}{
		{credit.ConsentIncomplete, "customer", func(c *credit.Apply) { c.Customer = "" }},
		{credit.ConsentIncomplete, "declared", func(c *credit.Apply) { c.Declared.Adult = nil }},
		{credit.ConsentIncomplete, "declared", func(c *credit.Apply) { c.Declared.Student = nil }},
		{credit.InvalidAmount, "requested_limit", func(c *credit.Apply) { c.Wanted = -1 }},
		{credit.InvalidAmount, "requested_limit", func(c *credit.Apply) { c.Wanted = money.Max + 1 }},
		{credit.InvalidAmount, "declared", func(c *credit.Apply) { c.Declared.Income = -1 }},
		{credit.InvalidAmount, "declared", func(c *credit.Apply) { c.Declared.Income = money.Max + 1 }},
	} {
		s := stranger(t, "2026-03-10")
		application := s.application(contract())
		c.change(&application)
		s.refused(c.kind, c.field, application)
	}
}

// Nobody else ever applies for, or learns of, an account.
func TestAnotherPlatformsAccount(t *testing.T) {
	s := stranger(t, "2026-03-10")
	s.refer()
	other := s.application(contract())
	other.Platform = "rival"
	s.refused(credit.NotFound, "", other)
	other = s.application(contract())
	other.Customer = "u2"
	s.refused(credit.NotFound, "", other)
}

func (s *story) refer() int64 {
	s.t.Helper()
	application := s.application(contract())
	application.Assessment = credit.Assessment{Decision: credit.Referred, Reasons: []string{"above_auto_approval"}}
	s.do(application)
	return s.a.Application.Number
}

func (s *story) refuse(reasons ...string) credit.ApplicationRefused {
	s.t.Helper()
	application := s.application(contract())
	application.Assessment = credit.Assessment{Decision: credit.Refused, Reasons: reasons}
	return only[credit.ApplicationRefused](s.t, s.do(application))
}

func TestApplicationIsRefused(t *testing.T) {
	s := stranger(t, "2026-03-10")
	e := s.refuse("under_age")
	if !slices.Equal(e.Reasons, []string{"under_age"}) || e.Until != 0 {
		t.Errorf("got %+v", e)
	}
	equal(t, "status", s.a.Status, credit.Unopened)
	equal(t, "next due", s.a.NextDue(), 0)
	s.refused(credit.NotFound, "", credit.Freeze{Kind: credit.BlockRisk})
	s.refuse() // without a reason
}

func TestReview(t *testing.T) {
	s := stranger(t, "2026-03-10")
	n := s.refer()
	s.refused(credit.ApplicationPending, "", s.application(contract()))
	s.refused(credit.NotFound, "", credit.Review{Application: n + 1, Approve: true, Limit: 1})
	for _, limit := range []int64{0, -1, int64(money.Max) + 1} {
		s.refused(credit.InvalidAmount, "limit", credit.Review{Application: n, Approve: true, Limit: limit, Reviewer: "r"})
	}
	s.to("2026-03-20")
	s.do(credit.Review{Application: n, Approve: true, Limit: 2_000_00, Reviewer: "r"})
	equal(t, "limit", s.a.Limit, 2_000_00)
	equal(t, "opened on", s.a.OpenedOn, s.day)
	equal(t, "programme", s.a.Terms.Programme, "yuefu")
	s.refused(credit.NoApplicationPending, "", credit.Review{Application: n, Approve: true, Limit: 1})

	s = stranger(t, "2026-03-10")
	n = s.refer()
	e := only[credit.ApplicationRefused](t, s.do(credit.Review{Application: n, Reasons: []string{"income"}, Reviewer: "r"}))
	if !slices.Equal(e.Reasons, []string{"income"}) {
		t.Errorf("got %+v", e)
	}
	s.refused(credit.NoApplicationPending, "", credit.Review{Application: n, Approve: true, Limit: 1})

	// Nobody is refused without a reason.
	s = stranger(t, "2026-03-10")
	e = only[credit.ApplicationRefused](t, s.do(credit.Review{Application: s.refer(), Reviewer: "r"}))
	if !slices.Equal(e.Reasons, []string{credit.ReasonReview}) {
		t.Errorf("got %+v", e)
	}
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Review{Application: 1, Approve: true, Limit: 1})
}

// The third application within 30 days is refused until the first of them no longer counts.
func TestApplyingAgainAndAgain(t *testing.T) {
	for _, c := range []struct {
		days  [2]string
		third string
		until string // empty: it is assessed
	}{
		{[2]string{"2026-03-01", "2026-03-02"}, "2026-03-02", "2026-03-31"},
		{[2]string{"2026-03-01", "2026-03-02"}, "2026-03-30", "2026-03-31"},
		{[2]string{"2026-03-01", "2026-03-02"}, "2026-03-31", ""},
		{[2]string{"2026-03-01", "2026-03-01"}, "2026-03-30", "2026-03-31"},
		{[2]string{"2026-03-01", "2026-03-20"}, "2026-04-18", ""},
	} {
		s := stranger(t, c.days[0])
		s.refuse("income")
		s.to(c.days[1]).refuse("income")
		e := s.to(c.third).refuse("income")
		if c.until == "" {
			equal(t, c.third, e.Reasons[0], "income")
			continue
		}
		equal(t, c.third, e.Reasons[0], credit.ReasonTooManyApplications)
		equal(t, "until", e.Until, on(t, c.until))
		// One that was not assessed doesn't count: the cool-down ends when it was said to.
		s.pass(e.Until - 1)
		equal(t, "the day before", s.refuse("income").Reasons[0], credit.ReasonTooManyApplications)
		s.pass(e.Until)
		equal(t, "the day itself", s.refuse("income").Reasons[0], "income")
		if c.days[0] == c.days[1] {
			equal(t, "the day itself again", s.refuse("income").Reasons[0], "income")
		}
	}
}

// A programme that became stricter counts by its new figures, and keeps its word on the date.
func TestAStricterProgramme(t *testing.T) {
	s := stranger(t, "2026-03-01")
	s.refuse("income")
	s.to("2026-03-11").refuse("income")
	s.to("2026-03-15")
	strict := contract()
	strict.Applications = 1
	application := s.application(strict)
	e := only[credit.ApplicationRefused](t, s.do(application))
	equal(t, "until", e.Until, on(t, "2026-04-10")) // 30 days after the last that counts
	s.pass(e.Until - 1)
	equal(t, "the day before", only[credit.ApplicationRefused](t, s.do(s.application(strict))).Reasons[0], credit.ReasonTooManyApplications)
	s.pass(e.Until)
	s.do(s.application(strict))
	equal(t, "status", s.a.Status, credit.Active)
}

func TestApplicationsAreForgottenOnceNoneCounts(t *testing.T) {
	s := stranger(t, "2020-01-01")
	for range 40 {
		s.refuse("income")
		s.pass(s.day + 60)
	}
	if n := len(s.a.Applications); n > 7 {
		t.Errorf("%d dates are kept; a window has 366 days at most", n)
	}
}
