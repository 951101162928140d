package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func TestGrades(t *testing.T) {
	early := credit.Grades{Substandard: 10, Doubtful: 20, Loss: 30}
	for _, c := range []struct {
		grades credit.Grades
		late   int
		grade  credit.Grade
	}{
		{credit.Grades{}, 0, credit.Normal},
		{credit.Grades{}, 3, credit.Normal}, // the last day of grace
		{credit.Grades{}, 4, credit.SpecialMention},
		{credit.Grades{}, 90, credit.SpecialMention},
		{credit.Grades{}, 91, credit.Substandard},
		{credit.Grades{}, 270, credit.Substandard},
		{credit.Grades{}, 271, credit.Doubtful},
		{credit.Grades{}, 360, credit.Doubtful},
		{credit.Grades{}, 361, credit.Loss},
		{credit.Grades{}, 3000, credit.Loss},
		{early, 10, credit.SpecialMention},
		{early, 11, credit.Substandard},
		{early, 20, credit.Substandard},
		{early, 21, credit.Doubtful},
		{early, 30, credit.Doubtful},
		{early, 31, credit.Loss},
	} {
		s, _ := late(t, func(t *credit.Terms) { t.Grades = c.grades })
		s.pass(on(t, "2026-03-15") + calendar.Date(c.late))
		equal(t, fmt.Sprintf("grade %d days past due", c.late), s.a.Grade, c.grade)
		if again := s.close(s.day); len(again) != 0 {
			t.Errorf("the same night again: %s", names(again))
		}
	}
}

// A grace that is longer than a grade's days skips that grade.
func TestAnAccountMayBeSubstandardOnItsFirstDayOverdue(t *testing.T) {
	s, _ := late(t, func(t *credit.Terms) {
		t.GraceDays, t.Grades = 31, credit.Grades{Substandard: 20, Doubtful: 40, Loss: 60}
	})
	e := only[credit.AccountGraded](t, s.to("2026-04-15").close(on(t, "2026-04-16")))
	equal(t, "graded", e, credit.AccountGraded{Grade: credit.Substandard, DaysPastDue: 32})
}

// The oldest overdue statement tells the grade: once it is paid, the next one does.
func TestTheGradeRisesAsBillsArePaid(t *testing.T) {
	s, _ := late(t)
	s.buy(500_00, "next") // due on 04-15
	s.to("2026-06-14")
	equal(t, "grade", s.a.Grade, credit.Substandard)
	equal(t, "days past due", s.a.DaysPastDue(s.day), 91)
	s.told()
	s.repay(1_000_00) // principal first from 91 days on: its penalty is still owed
	equal(t, "grade", s.a.Grade, credit.Substandard)
	s.repay(91_00)
	equal(t, "grade", s.a.Grade, credit.SpecialMention)
	equal(t, "days past due", s.a.DaysPastDue(s.day), 60)
	s.repay(s.a.AsOf(s.day).Owed())
	equal(t, "grade", s.a.Grade, credit.Normal)
	equal(t, "days past due", s.a.DaysPastDue(s.day), 0)
	s.expect("2026-06-14 repayment.received",
		"2026-06-14 repayment.received", "2026-06-14 statement.paid", "2026-06-14 account.graded",
		"2026-06-14 repayment.received", "2026-06-14 statement.paid", "2026-06-14 block.lifted", "2026-06-14 account.graded")
}

// charged is all penalty that was charged, and cut, by the days that were closed.
func charged(t *testing.T, s *story, day string) (amount, cut money.Amount) {
	t.Helper()
	for due := s.a.NextDue(); due != 0 && due <= on(t, day); due = s.a.NextDue() {
		for _, e := range s.close(due) {
			if e, ok := e.(credit.PenaltyCharged); ok {
				amount, cut = amount+e.Amount, cut+e.Cut
			}
		}
	}
	s.day = on(t, day)
	return amount, cut
}

// Nobody touches the account, and its penalty is charged every 30 days for years.
func TestPenaltyIsChargedEveryMonth(t *testing.T) {
	s, _ := late(t)
	for _, c := range []struct {
		late   int
		amount money.Amount // by this day, of 1.00 a day
	}{{180, 151_00}, {181, 181_00}, {210, 181_00}, {211, 211_00}, {240, 211_00}, {241, 241_00}, {721, 721_00}} {
		day := on(t, "2026-03-15") + calendar.Date(c.late)
		s.pass(day)
		equal(t, fmt.Sprintf("charged by day %d", c.late), s.a.Statements[0].Charged, c.amount)
		equal(t, fmt.Sprintf("shown on day %d", c.late), s.a.AsOf(day).Statements[0].Charged, money.Amount(c.late)*100)
	}
}

// With 1,000.00 overdue at 0.1% a day, a cap of 3.5% is reached on the 35th day.
func TestPenaltyCap(t *testing.T) {
	for _, c := range []struct {
		cap          credit.Rate
		day          string
		amount, rest money.Amount
	}{
		{35_000, "2026-04-18", 31_00, 34_00},      // day 34
		{35_000, "2026-04-19", 31_00, 35_00},      // day 35
		{35_000, "2026-04-20", 31_00, 35_00},      // and no more
		{35_000, "2026-05-15", 35_00, 35_00},      // day 61
		{35_000, "2027-03-15", 35_00, 35_00},      //
		{0, "2026-05-15", 61_00, 61_00},           // no cap
		{1, "2026-05-15", 0, 0},                   // a tenth of a fen is no fen
		{10, "2026-05-15", 1, 1},                  // a fen
		{1_000_000, "2027-03-15", 361_00, 365_00}, // not reached
	} {
		s, _ := late(t, func(t *credit.Terms) { t.PenaltyCap = c.cap })
		amount, _ := charged(t, s, c.day)
		equal(t, fmt.Sprintf("charged by %s with a cap of %s", c.day, c.cap), amount, c.amount)
		equal(t, fmt.Sprintf("shown on %s with a cap of %s", c.day, c.cap), s.a.AsOf(s.day).Statements[0].Charged, c.rest)
	}
}

// The cap is a share of what became overdue: what was paid in grace lowers it, what
// is paid later does not.
func TestPenaltyCapIsOfWhatBecameOverdue(t *testing.T) {
	s, _ := late(t, func(t *credit.Terms) { t.PenaltyCap = 20_000 }) // 2%
	s.to("2026-03-17").repay(400_00)                                 // within grace
	s.to("2026-03-20").repay(100_00 + 2_00 + 3*60)                   // overdue: its penalty and 100.00
	s.to("2026-05-01")
	equal(t, "charged", s.a.AsOf(s.day).Statements[0].Charged, 12_00)
}

// A rate above the cap that is pinned to the contract is cut to it, and says by how much.
func TestPenaltyIsCutToTheCostCap(t *testing.T) {
	for name, c := range map[string]struct {
		cap         credit.Rate
		day         string
		amount, cut money.Amount
	}{
		"at the cap":      {360_000, "2026-03-19", 4_00, 0},
		"a step below":    {359_999, "2026-03-19", 3_99, 1}, // rounded down
		"at 24%":          {240_000, "2026-03-19", 2_66, 1_34},
		"at 24%, a month": {240_000, "2026-04-15", 20_66, 10_34},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := late(t, func(t *credit.Terms) { t.CostCap = c.cap })
			amount, cut := charged(t, s, c.day)
			equal(t, "charged", amount, c.amount)
			equal(t, "cut", cut, c.cut)
		})
	}
	s, _ := late(t, func(t *credit.Terms) { t.CostCap, t.Plans = 0, t.Plans[:1] })
	if amount, cut := charged(t, s, "2026-06-15"); amount != 0 || cut != 0 {
		t.Errorf("under a cap of nothing %d were charged, %d cut", amount, cut)
	}
	equal(t, "owed", s.a.AsOf(s.day).Owed(), 1_000_00)
}
