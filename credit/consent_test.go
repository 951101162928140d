package credit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/credit"
)

// Each part of the evidence, missing or wrong, with the kind and field of its refusal.
var brokenConsents = []struct {
	name   string
	kind   credit.Kind
	field  string
	change func(c *credit.Consent, now time.Time)
}{
	{"no person", credit.ConsentIncomplete, "person", func(c *credit.Consent, _ time.Time) { c.Person = "" }},
	{"another person", credit.ConsentOfAnother, "person", func(c *credit.Consent, _ time.Time) { c.Person = "u2" }},
	{"no version", credit.ConsentIncomplete, "version", func(c *credit.Consent, _ time.Time) { c.Version = 0 }},
	{"an older version", credit.ConsentOutdated, "version", func(c *credit.Consent, _ time.Time) { c.Version-- }},
	{"a newer version", credit.ConsentOutdated, "version", func(c *credit.Consent, _ time.Time) { c.Version++ }},
	{"no hash", credit.ConsentIncomplete, "hash", func(c *credit.Consent, _ time.Time) { c.Hash = "" }},
	{"another hash", credit.ConsentOutdated, "hash", func(c *credit.Consent, _ time.Time) { c.Hash += "0" }},
	{"a hash in capitals", credit.ConsentOutdated, "hash", func(c *credit.Consent, _ time.Time) { c.Hash = strings.ToUpper(c.Hash) }},
	{"no act", credit.ConsentIncomplete, "act", func(c *credit.Consent, _ time.Time) { c.Act = "" }},
	{"no channel", credit.ConsentIncomplete, "channel", func(c *credit.Consent, _ time.Time) { c.Channel = "" }},
	{"no language", credit.ConsentIncomplete, "language", func(c *credit.Consent, _ time.Time) { c.Language = "" }},
	{"nothing said of reading", credit.ConsentIncomplete, "read_seconds", func(c *credit.Consent, _ time.Time) { c.ReadSeconds = nil }},
	{"read for less than nothing", credit.ConsentTooFast, "read_seconds", func(c *credit.Consent, _ time.Time) { c.ReadSeconds = new(-1) }},
	{"read for longer than it was shown", credit.ConsentTooFast, "read_seconds", func(c *credit.Consent, _ time.Time) { c.ReadSeconds = new(51) }},
	{"never shown", credit.ConsentIncomplete, "shown_at", func(c *credit.Consent, _ time.Time) { c.ShownAt = time.Time{} }},
	{"never accepted", credit.ConsentIncomplete, "accepted_at", func(c *credit.Consent, _ time.Time) { c.AcceptedAt = time.Time{} }},
	{"nothing said of ticks", credit.ConsentIncomplete, "preselected", func(c *credit.Consent, _ time.Time) { c.Preselected = nil }},
	{"ticked beforehand", credit.ConsentPreselected, "preselected", func(c *credit.Consent, _ time.Time) { yes := true; c.Preselected = &yes }},
	{"accepted before shown", credit.ConsentTooFast, "accepted_at", func(c *credit.Consent, _ time.Time) { c.ShownAt = c.AcceptedAt.Add(time.Millisecond) }},
	{"accepted later than now", credit.ConsentInFuture, "accepted_at", func(c *credit.Consent, now time.Time) { c.AcceptedAt = now.Add(2*time.Minute + time.Millisecond) }},
	{"accepted a century ahead", credit.ConsentInFuture, "accepted_at", func(c *credit.Consent, now time.Time) { c.AcceptedAt = now.Add(100 * 365 * 24 * time.Hour) }},
	{"older than a day", credit.ConsentOutdated, "accepted_at", func(c *credit.Consent, now time.Time) {
		c.AcceptedAt = now.Add(-24*time.Hour - time.Millisecond)
		c.ShownAt = c.AcceptedAt.Add(-time.Hour)
	}},
	{"of year 1", credit.ConsentOutdated, "accepted_at", func(c *credit.Consent, _ time.Time) {
		c.AcceptedAt = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
		c.ShownAt = c.AcceptedAt.Add(-time.Hour)
	}},
}

func TestConsentToAnApplication(t *testing.T) {
	for _, c := range brokenConsents {
		t.Run(c.name, func(t *testing.T) {
			s := stranger(t, "2026-03-10")
			for i := range 2 {
				application := s.application(contract())
				if i == 1 && c.name == "an older version" {
					continue // the second document is in its first version
				}
				c.change(&application.Consents[i], time.UnixMicro(s.at().Time))
				s.refused(c.kind, c.field, application)
			}
		})
	}
}

func TestConsentToAnOrder(t *testing.T) {
	for _, c := range brokenConsents {
		if c.name == "an older version" {
			continue // the contract is in its first version
		}
		t.Run(c.name, func(t *testing.T) {
			s := opened(t, "2026-03-10")
			order := s.order(100_00, "next")
			c.change(&order.Consent, time.UnixMicro(s.at().Time))
			s.refused(c.kind, c.field, order)
		})
	}
	s := opened(t, "2026-03-10")
	order := s.order(100_00, "next")
	order.Consent.Document = "agreement"
	s.refused(credit.ConsentOutdated, "document", order)
	order.Consent.Document = ""
	s.refused(credit.ConsentIncomplete, "document", order)
}

func TestEveryDocumentNeedsItsConsent(t *testing.T) {
	s := stranger(t, "2026-03-10")
	missing := s.application(contract())
	missing.Consents = missing.Consents[:1]
	s.refused(credit.ConsentIncomplete, "consents", missing)
	none := s.application(contract())
	none.Consents = nil
	s.refused(credit.ConsentIncomplete, "consents", none)
	twice := s.application(contract())
	twice.Consents = append(twice.Consents, twice.Consents[0])
	s.refused(credit.ConsentIncomplete, "consents", twice)
	same := s.application(contract())
	same.Consents[1] = same.Consents[0]
	s.refused(credit.ConsentIncomplete, "consents", same)
	s.do(s.application(contract()))
}

func TestReadingTime(t *testing.T) {
	for _, c := range []struct {
		read time.Duration
		ok   bool
	}{
		{0, false},
		{4_999 * time.Millisecond, false},
		{5*time.Second - time.Nanosecond, false},
		{5 * time.Second, true},
		{5_001 * time.Millisecond, true},
		{24 * time.Hour * 400, true}, // shown a year ago, accepted now
	} {
		s := stranger(t, "2026-03-10")
		application := s.application(contract())
		for i := range application.Consents {
			consent := &application.Consents[i]
			consent.ShownAt = consent.AcceptedAt.Add(-c.read)
			consent.ReadSeconds = new(int(c.read / time.Second))
		}
		if c.ok {
			s.do(application)
		} else {
			s.refused(credit.ConsentTooFast, "accepted_at", application)
		}
	}
}

// How long a text was read is said, and not worked out from how long a page was open:
// it takes the rules' reading time at least, and at most what lies between.
func TestHowLongATextWasRead(t *testing.T) {
	for _, c := range []struct {
		shown time.Duration
		read  int
		ok    bool
	}{
		{time.Minute, 4, false}, // the page was open, the text in another tab
		{time.Minute, 5, true},
		{time.Minute, 60, true},
		{time.Minute, 61, false},
		{5 * time.Second, 5, true},
		{5 * time.Second, 6, false},
		{6*time.Second - time.Nanosecond, 5, true}, // rounded down
		{6*time.Second - time.Nanosecond, 6, false},
	} {
		s := stranger(t, "2026-03-10")
		application := s.application(contract())
		consent := &application.Consents[1]
		consent.ShownAt, consent.ReadSeconds = consent.AcceptedAt.Add(-c.shown), new(c.read)
		if !c.ok {
			s.refused(credit.ConsentTooFast, "read_seconds", application)
			continue
		}
		s.do(application)
		if kept := s.a.Application.Agreements[1]; !consent.Proves(kept, "u1") || kept.ReadSeconds != c.read {
			t.Errorf("of %+v is kept %+v", *consent, kept)
		}
	}
}

// The platform's clock may run two minutes ahead; a consent can wait a day to be used.
func TestWhenConsentWasGiven(t *testing.T) {
	for _, before := range []time.Duration{-2 * time.Minute, -time.Second, 0, time.Hour, 24 * time.Hour} {
		s := opened(t, "2026-03-10")
		order := s.order(100_00, "next")
		order.Consent.AcceptedAt = time.UnixMicro(s.at().Time).Add(-before)
		order.Consent.ShownAt = order.Consent.AcceptedAt.Add(-time.Duration(s.a.Terms.ReadingSeconds) * time.Second)
		order.Consent.ReadSeconds = new(s.a.Terms.ReadingSeconds)
		s.do(order)
		hasty := s.order(100_00, "next")
		hasty.Consent.AcceptedAt = order.Consent.AcceptedAt
		hasty.Consent.ShownAt, hasty.Consent.ReadSeconds = order.Consent.ShownAt.Add(time.Millisecond), order.Consent.ReadSeconds
		s.refused(credit.ConsentTooFast, "accepted_at", hasty) // the figures of a quote are read as the texts are
	}
	// An instant is the same in every zone.
	s := opened(t, "2026-03-10")
	order := s.order(100_00, "next")
	order.Consent.ShownAt = order.Consent.ShownAt.In(time.FixedZone("", 8*3600))
	order.Consent.AcceptedAt = order.Consent.AcceptedAt.In(time.FixedZone("", -5*3600))
	s.do(order)
}

// A minor is refused whatever the assessment says, and a student where the rules
// that the terms pin forbid it: policy and reviewer can't open what the law closes.
func TestWhoMayNotBeLentTo(t *testing.T) {
	for _, c := range []struct {
		adult, student, noStudents bool
		decision                   credit.Decision
		want                       []string // reasons; none: the assessment stands
	}{
		{true, false, true, credit.Approved, nil},
		{true, true, false, credit.Approved, nil},
		{true, true, true, credit.Approved, []string{"students_excluded"}},
		{true, true, true, credit.Referred, []string{"students_excluded"}},
		{false, false, false, credit.Approved, []string{"under_age"}},
		{false, false, false, credit.Referred, []string{"under_age"}},
		{false, true, true, credit.Approved, []string{"under_age", "students_excluded"}},
	} {
		s := stranger(t, "2026-03-10")
		terms := contract()
		terms.LenderKind, terms.NoStudents = credit.MicroLender, c.noStudents
		application := s.application(terms)
		application.Declared.Adult, application.Declared.Student = &c.adult, &c.student
		application.Assessment.Decision = c.decision
		s.do(application)
		if c.want == nil {
			equal(t, "status", s.a.Status, credit.Active)
			continue
		}
		equal(t, "decision", s.a.Application.Decision, credit.Refused)
		equal(t, "reasons", strings.Join(s.a.Application.Reasons, " "), strings.Join(c.want, " "))
		equal(t, "terms", s.a.Terms == nil, true)
	}
}
