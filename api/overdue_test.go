package api

import (
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// TestOverdueLife: a bill of 2026-02-01, due on 02-10, that nobody pays for half a year
// and more: its buckets, its grades, its penalty, and how it all ends with a repayment.
func TestOverdueLife(t *testing.T) { onBoth(t, overdueLife) }

func overdueLife(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-late", 10_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	for _, c := range []struct {
		day    string
		late   int
		grade  client.Grade
		bucket int
	}{
		{"2026-02-10", 0, client.Normal, 0}, // due
		{"2026-02-13", 0, client.Normal, 0}, // the last day of grace
		{"2026-02-14", 4, client.SpecialMention, 1},
		{"2026-03-12", 30, client.SpecialMention, 1},
		{"2026-03-13", 31, client.SpecialMention, 2},
		{"2026-05-11", 90, client.SpecialMention, 3},
		{"2026-05-12", 91, client.Substandard, 4},
	} {
		s.goTo(c.day)
		now := s.account(a.ID)
		s.is("days past due on "+c.day, now.DaysPastDue, c.late)
		s.is("the grade on "+c.day, now.Grade, c.grade)
		if c.bucket == 0 {
			s.is("overdue statements on "+c.day, len(now.OverdueStatements), 0)
			continue
		}
		late := now.OverdueStatements[0]
		s.is("the bucket on "+c.day, late.Bucket, c.bucket)
		s.is("its days", late.DaysPastDue, c.late)
		s.is("its penalty", late.Penalty, int64(c.late*50)) // 0.05% a day
		s.is("its amount", late.Amount, now.Overdue)
		ok(s.shop.ListOverdueHistory(ctx, a.ID))(s) // waits for the tables, which the list of accounts does not
		rows := ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-late"}))(s).Data
		s.is("the grade in the list", rows[0].Grade, c.grade)
	}
	s.goTo("2026-05-20")
	a = s.account(a.ID)
	s.repay(a, a.Owed)
	a = s.account(a.ID)
	s.is("the grade once paid", a.Grade, client.Normal)
	s.is("can spend", a.CanSpend, true)
	s.is("overdue statements", len(a.OverdueStatements), 0)

	type step struct {
		Step, On string
		Bucket   int
		Grade    client.Grade
		Late     int
	}
	want := []step{
		{"overdue", "2026-02-14", 1, "", 4}, {"graded", "2026-02-14", 0, client.SpecialMention, 4},
		{"aged", "2026-03-13", 2, "", 31}, {"aged", "2026-04-12", 3, "", 61},
		{"aged", "2026-05-12", 4, "", 91}, {"graded", "2026-05-12", 0, client.Substandard, 91},
		{"graded", "2026-05-20", 0, client.Normal, 0},
	}
	history := ok(s.shop.ListOverdueHistory(ctx, a.ID))(s).Data
	s.is("steps", len(history), len(want))
	for i := range min(len(want), len(history)) {
		h := history[i]
		s.is("a step", step{string(h.Step), h.On.String(), h.Bucket, h.Grade, h.DaysPastDue}, want[i])
		if (h.Statement == "") != (h.Step == "graded") {
			t.Errorf("%+v", h)
		}
	}
}

// TestPenaltyIsCut: a programme whose penalty is above its own caps charges what they leave.
func TestPenaltyIsCut(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	now := ok(s.shop.GetProgramme(ctx, "default"))(s)
	s.is("its cap on penalties", now.Terms.PenaltyCap, int64(200_000))
	draft := client.ProgrammeRequest{ID: "default", Names: now.Names, Terms: now.Terms, Policy: now.Policy}
	draft.Terms.PenaltyRate, draft.Terms.PenaltyCap = 360_000, 20_000 // 0.1% a day, 2% in all
	draft.Terms.RulePack = "none"                                     // another would refuse such a rate
	draft.Terms.Grades = client.Grades{Substandard: 10, Doubtful: 20, Loss: 30}
	newer := ok(s.lender.CreateProgramme(ctx, draft))(s)
	s.is("its grades", newer.Terms.Grades, draft.Terms.Grades)
	draft.Terms.Grades.Loss = 20
	refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)

	a := s.apply("u-late", 10_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	bill := func() client.Statement {
		return ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	}
	s.goTo("2026-02-14") // four days late: 4.00 at its rate, 2.66 at a cap of 24%
	s.is("penalty", bill().Penalty, int64(2_66))
	s.is("cut", bill().PenaltyCut, int64(1_34))
	s.goTo("2026-03-13") // 31 days: 31.00 at its rate, 20.66 at 24%, and 2% of the principal is 20.00
	s.is("penalty", bill().Penalty, int64(20_00))
	s.is("cut", bill().PenaltyCut, int64(11_00))
	s.is("the grade", s.account(a.ID).Grade, client.Loss)
	s.goTo("2026-06-13")
	s.is("penalty", bill().Penalty, int64(20_00))
	s.is("owed", s.account(a.ID).Owed, int64(1_020_00))
}

// TestChargeOff: a debt of 2026-02 that is given up 180 days past due, on 08-09, with
// instalments that are billed after it, and how it is paid after all.
func TestChargeOff(t *testing.T) { onBoth(t, chargeOff) }

func chargeOff(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-gone", 10_000_00, 10_000_00, false).Opened
	bought := s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	parts := s.capture(s.authorise(a, 1_200_00, "annuity12"), 1_200_00, true)
	s.goTo("2026-08-08")
	s.is("charge-offs the day before", len(ok(s.shop.ListChargeOffs(ctx, a.ID))(s).Data), 0)
	s.goTo("2026-08-09")
	given := ok(s.shop.ListChargeOffs(ctx, a.ID))(s).Data
	s.is("charge-offs on the day", len(given), 1)
	s.goTo("2026-08-10")
	again := ok(s.shop.ListChargeOffs(ctx, a.ID))(s).Data
	s.is("charge-offs the day after", len(again), 1)
	g := given[0]
	s.is("days past due", g.DaysPastDue, 180)
	s.is("its day", g.ChargedOffOn.String(), "2026-08-09")
	s.is("principal", g.Principal, int64(2_200_00))
	s.is("the sum", g.Amount, g.Principal+g.Interest+g.Fee+g.Penalty)
	if g.Interest == 0 || g.Penalty == 0 || g.Fee != 0 {
		t.Errorf("%+v", g)
	}
	a = s.account(a.ID)
	s.is("the grade", a.Grade, client.Loss)
	s.is("all of it is owed", a.ChargedOff, a.Owed)
	s.is("can spend", a.CanSpend, false)
	s.is("the purchase", ok(s.shop.GetPurchase(ctx, bought.ID))(s).ChargedOffOn.String(), "2026-08-09")
	steps := ok(s.shop.ListOverdueHistory(ctx, a.ID))(s).Data
	s.is("the last steps", steps[len(steps)-2].Step, client.OverdueStepStep("charged_off"))

	// Still billed, without a penalty.
	owed := a.Owed
	s.goTo("2026-10-20")
	a = s.account(a.ID)
	s.is("owed", a.Owed, owed)
	bill := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	s.is("billed on", bill.StatementOn.String(), "2026-10-01")
	s.is("no penalty", bill.Penalty, int64(0))

	// Paid in part: a recovery. Refunded: less of a loss, and the rest is the customer's.
	paid := s.repay(a, 500_00)
	for _, share := range paid.Shares {
		s.is("a recovery", share.ChargedOff, true)
	}
	kept := ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s).Data[0]
	s.is("in the list too", kept.Shares[0].ChargedOff, true)
	ok(s.shop.Refund(ctx, bought.ID, s.key(), client.RefundRequest{Amount: 1_000_00}))(s)
	s.is("all of it is owed", s.account(a.ID).ChargedOff, s.account(a.ID).Owed)
	a = s.account(a.ID)
	s.repay(a, a.Billed)
	a = s.account(a.ID)
	s.is("nothing overdue", a.DaysPastDue, 0)
	s.is("but not free", a.CanSpend, false) // instalments that were given up are not billed yet
	s.is("the grade", a.Grade, client.Loss)
	ok(s.shop.Refund(ctx, parts.ID, s.key(), client.RefundRequest{Amount: 1_200_00}))(s)
	a = s.account(a.ID)
	s.is("owed at last", a.Owed, int64(0))
	s.is("free", a.CanSpend, true)
	s.is("the grade", a.Grade, client.Normal)
	s.is("charged off", a.ChargedOff, int64(0))
	if report, err := s.w.tables.Verify(ctx, nil); err != nil || !report.Clean() {
		t.Errorf("%v: %v", err, report.Violations)
	}
}

// TestContacts: a debt that people may speak of with the customer, from eight in the
// morning until ten at night, three times a day.
func TestContacts(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-call", 10_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	ask := client.ContactRequest{Channel: client.Call, Purpose: client.Collection, Party: "customer", Effective: true}
	// at has the clock stand at a time in Shanghai, on the open day.
	at := func(day, clock string) {
		t.Helper()
		set := func(text string) {
			instant, err := time.ParseInLocation("2006-01-02 15:04", text, s.w.server.location)
			if err != nil {
				t.Fatal(err)
			}
			s.w.clock.Set(instant)
		}
		set(s.w.desk.Today().Day.String() + " 00:01") // so that the days on the way begin at night
		s.goTo(day)
		set(day + " " + clock)
	}
	at("2026-02-13", "20:00") // the last day of grace
	refused(s.shop.MakeContact(ctx, a.ID, s.key(), ask))(s, "contact_not_needed")
	reminder := ask
	reminder.Purpose = client.Reminder
	s.is("left after a reminder", ok(s.shop.MakeContact(ctx, a.ID, s.key(), reminder))(s).LeftToday, 2)

	at("2026-02-14", "07:59")
	p := refused(s.lender.MakeContact(ctx, a.ID, s.key(), ask))(s, "contact_quiet_hours")
	if !strings.Contains(p.Detail, "again from 08:00 on 2026-02-14") {
		t.Error(p.Detail)
	}
	at("2026-02-14", "08:00")
	first := ok(s.lender.MakeContact(ctx, a.ID, s.key(), ask))(s)
	s.is("its time", first.LocalTime, "08:00")
	s.is("its day", first.MadeOn.String(), "2026-02-14")
	missed := ask
	missed.Effective = false
	s.is("left after nobody answered", ok(s.shop.MakeContact(ctx, a.ID, s.key(), missed))(s).LeftToday, 2)
	family := ask
	family.Party = "mother"
	refused(s.shop.MakeContact(ctx, a.ID, s.key(), family))(s, "contact_wrong_party")
	s.is("left", ok(s.shop.MakeContact(ctx, a.ID, s.key(), ask))(s).LeftToday, 1)
	at("2026-02-14", "21:59")
	key := s.key()
	third := ok(s.shop.MakeContact(ctx, a.ID, key, ask))(s)
	s.is("left", third.LeftToday, 0)
	s.is("the same call again", ok(s.shop.MakeContact(ctx, a.ID, key, ask))(s), third)
	p = refused(s.shop.MakeContact(ctx, a.ID, s.key(), ask))(s, "contact_too_often")
	if !strings.Contains(p.Detail, "again from 08:00 on 2026-02-15") {
		t.Error(p.Detail)
	}
	at("2026-02-14", "22:00")
	p = refused(s.shop.MakeContact(ctx, a.ID, s.key(), ask))(s, "contact_quiet_hours")
	if !strings.Contains(p.Detail, "again from 08:00 on 2026-02-15") {
		t.Error(p.Detail)
	}
	at("2026-02-15", "08:00")
	s.is("left on the next day", ok(s.shop.MakeContact(ctx, a.ID, s.key(), ask))(s).LeftToday, 2)

	kept := ok(s.shop.ListContacts(ctx, a.ID, client.ListContactsQuery{Limit: 2}))(s)
	s.is("contacts in a page", len(kept.Data), 2)
	s.is("the newest", kept.Data[0].MadeOn.String(), "2026-02-15")
	rest := ok(s.shop.ListContacts(ctx, a.ID, client.ListContactsQuery{Cursor: kept.Next}))(s)
	s.is("the others", len(rest.Data), 4)
	if report, err := s.w.tables.Verify(ctx, nil); err != nil || !report.Clean() {
		t.Errorf("%v: %v", err, report.Violations)
	}
}
