package credit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
)

// calling is a call of the collectors at a time of the story's day, which is told at noon UTC.
func calling(hour, minute int) credit.MakeContact {
	return credit.MakeContact{
		Channel: credit.ByCall, Purpose: credit.Collection, Party: credit.TheCustomer, Effective: true,
		Offset: (hour-12)*3600 + minute*60,
	}
}

func TestQuietHours(t *testing.T) {
	night, noon := credit.ContactTerms{}, credit.ContactTerms{QuietFrom: 12 * 60, QuietUntil: 14 * 60, ADay: 1}
	never := credit.ContactTerms{QuietFrom: 60, QuietUntil: 60, ADay: 1}
	for _, c := range []struct {
		rule         credit.ContactTerms
		hour, minute int
		again        string // empty: it is allowed
	}{
		{night, 21, 59, ""},
		{night, 22, 0, "08:00 on 2026-03-21"},
		{night, 23, 59, "08:00 on 2026-03-21"},
		{night, 0, 0, "08:00 on 2026-03-20"},
		{night, 7, 59, "08:00 on 2026-03-20"},
		{night, 8, 0, ""},
		{noon, 11, 59, ""},
		{noon, 12, 0, "14:00 on 2026-03-20"},
		{noon, 13, 59, "14:00 on 2026-03-20"},
		{noon, 14, 0, ""},
		{never, 1, 0, ""},
		{never, 0, 59, ""},
	} {
		what := fmt.Sprintf("%02d:%02d with %+v", c.hour, c.minute, c.rule)
		s, _ := late(t, func(t *credit.Terms) { t.Contact = c.rule })
		s.to("2026-03-20")
		if c.again != "" {
			refusal := s.refused(credit.ContactQuiet, "", calling(c.hour, c.minute))
			if !strings.Contains(refusal.Detail, "again from "+c.again) {
				t.Errorf("%s: %q", what, refusal.Detail)
			}
			continue
		}
		equal(t, what, only[credit.ContactMade](t, s.do(calling(c.hour, c.minute))).Minute, c.hour*60+c.minute)
	}
}

// Three calls that reached somebody, and no fourth; one that did not counts for nothing.
func TestThreeEffectiveContactsADay(t *testing.T) {
	s, _ := late(t)
	s.to("2026-03-20")
	missed := calling(9, 0)
	missed.Effective = false
	for i, c := range []credit.MakeContact{calling(9, 0), missed, calling(10, 0), missed, calling(11, 0)} {
		s.do(c)
		equal(t, "left", s.a.ContactsLeft(s.day), []int{2, 2, 1, 1, 0}[i])
	}
	refusal := s.refused(credit.ContactTooOften, "", calling(12, 0))
	if !strings.Contains(refusal.Detail, "again from 08:00 on 2026-03-21") {
		t.Error(refusal.Detail)
	}
	s.refused(credit.ContactTooOften, "", missed) // it might reach somebody
	message := calling(12, 0)
	message.Channel = credit.ByMessage
	s.refused(credit.ContactTooOften, "", message)
	s.to("2026-03-21")
	equal(t, "left", s.a.ContactsLeft(s.day), 3)
	s.do(calling(8, 0))
	equal(t, "left", s.a.ContactsLeft(s.day), 2)
}

// Nobody but the customer is asked for money, and nobody who owes none.
func TestWhoIsContactedAboutWhat(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) { t.ChargeOffDays = 30 })
	s.refused(credit.ContactNotNeeded, "", calling(9, 0))
	s.buy(300_00, "flat3")
	reminder := calling(9, 0)
	reminder.Purpose = credit.Reminder
	s.refused(credit.ContactNotNeeded, "", reminder) // nothing is billed
	s.to("2026-03-05").do(reminder)
	s.to("2026-03-18").refused(credit.ContactNotNeeded, "", calling(9, 0)) // the last day of grace
	s.to("2026-03-19").do(calling(9, 0))

	family, odd, why := calling(9, 0), calling(9, 0), calling(9, 0)
	family.Party, odd.Channel, why.Purpose = "family", "telepathy", "small talk"
	s.refused(credit.ContactWrongParty, "party", family)
	s.refused(credit.UnknownReason, "channel", odd)
	s.refused(credit.UnknownReason, "purpose", why)

	s.to("2026-04-20").repay(s.a.Billed()) // given up on 04-14, and one instalment is not billed yet
	s.do(calling(9, 0))
	s.refused(credit.ContactNotNeeded, "", reminder)
	s.to("2026-05-05").repay(s.a.Billed())
	s.refused(credit.ContactNotNeeded, "", calling(9, 0))
}

func TestContactTermsThatAreNone(t *testing.T) {
	for _, bad := range []credit.ContactTerms{{ADay: 101}, {QuietFrom: -1, ADay: 1}, {QuietUntil: 1440, ADay: 1}, {QuietFrom: 1320, QuietUntil: 480}} {
		terms := contract()
		terms.Contact = bad
		if err := terms.Validate(); err == nil || !strings.Contains(err.Error(), "contact") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
