package credit_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// late has a statement of 1,000.00, by one purchase, due on 2026-03-15.
func late(t tb, change ...func(*credit.Terms)) (s *story, purchase int64) {
	t.Helper()
	s = opened(t, "2026-02-20", change...)
	purchase = s.buy(1_000_00, "next")
	s.to("2026-03-05").told()
	return s, purchase
}

func TestOverdueFromTheDayAfterGrace(t *testing.T) {
	for _, c := range []struct {
		grace   int
		day     string
		overdue bool
	}{
		{3, "2026-03-15", false}, // the due date itself is not late
		{3, "2026-03-16", false},
		{3, "2026-03-18", false}, // the last day of grace
		{3, "2026-03-19", true},
		{0, "2026-03-15", false},
		{0, "2026-03-16", true},
	} {
		s, _ := late(t, func(t *credit.Terms) { t.GraceDays = c.grace })
		s.to(c.day)
		equal(t, fmt.Sprintf("overdue on %s with grace %d", c.day, c.grace), s.a.Statements[0].Overdue, c.overdue)
		equal(t, "blocks", len(s.a.Blocks) == 1 && s.a.Blocks[0].Kind == credit.BlockOverdue, c.overdue)
		if c.overdue {
			if reasons := s.declined(1_00, "next"); !slices.Equal(reasons, []credit.Reason{credit.ReasonFrozen}) {
				t.Errorf("got %v", reasons)
			}
		} else {
			s.hold(1_00, "next")
		}
		if again := s.close(s.day); len(again) != 0 {
			t.Errorf("the same night again: %s", names(again))
		}
	}
}

func TestGraceCostsNothing(t *testing.T) {
	s, _ := late(t)
	s.to("2026-03-18").repay(1_000_00)
	s.to("2026-06-30").expect("2026-03-18 repayment.received", "2026-03-18 statement.paid")
	equal(t, "owed", s.a.Owed(), 0)
}

// The penalty is 0.1% a day of the principal that was overdue on each day, from the due date.
func TestPenalty(t *testing.T) {
	type payment struct {
		day     string
		amount  money.Amount
		penalty money.Amount // of it
	}
	for name, c := range map[string]struct {
		payments []payment
		day      string
		penalty  money.Amount // charged in all by then
	}{
		"the first day":                 {nil, "2026-03-19", 4_00}, // four days: from the due date
		"the tenth":                     {nil, "2026-03-25", 10_00},
		"paid in part on the due date":  {[]payment{{"2026-03-15", 400_00, 0}}, "2026-03-25", 6_00},
		"paid in part the day before":   {[]payment{{"2026-03-14", 400_00, 0}}, "2026-03-25", 6_00},
		"paid in part within grace":     {[]payment{{"2026-03-17", 400_00, 0}}, "2026-03-25", 2_00 + 8*60},
		"twice within grace":            {[]payment{{"2026-03-16", 400_00, 0}, {"2026-03-18", 100_00, 0}}, "2026-03-25", 1_00 + 2*60 + 7*50},
		"while overdue":                 {[]payment{{"2026-03-20", 405_00, 5_00}}, "2026-03-25", 5_00 + 5*60},
		"only the penalty":              {[]payment{{"2026-03-20", 5_00, 5_00}}, "2026-03-25", 10_00},
		"less than the penalty":         {[]payment{{"2026-03-20", 2_00, 2_00}}, "2026-03-25", 10_00},
		"twice on a day":                {[]payment{{"2026-03-20", 205_00, 5_00}, {"2026-03-20", 200_00, 0}}, "2026-03-25", 5_00 + 5*60},
		"all of it":                     {[]payment{{"2026-03-20", 1_005_00, 5_00}}, "2026-03-25", 5_00},
		"principal, penalty left":       {[]payment{{"2026-03-20", 1_004_00, 5_00}}, "2026-03-30", 5_00 + 1}, // 1.00 for ten days: 1 fen
		"in grace and overdue and late": {[]payment{{"2026-03-18", 500_00, 0}, {"2026-04-15", 300_00, 3_00 + 28*50}}, "2026-05-15", 3_00 + 28*50 + 6_51},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := late(t)
			charged := money.Amount(0)
			count := func(events []credit.Event) {
				for _, e := range events {
					if e, ok := e.(credit.PenaltyCharged); ok {
						charged += e.Amount
					}
				}
			}
			pass := func(day calendar.Date) {
				for due := s.a.NextDue(); due != 0 && due <= day; due = s.a.NextDue() {
					count(s.close(due))
				}
				s.day = day
			}
			for _, p := range c.payments {
				pass(on(t, p.day))
				events := s.do(credit.Repay{Amount: p.amount, Currency: "CNY", Source: "p"})
				count(events)
				paid := money.Amount(0)
				for _, share := range only[credit.RepaymentReceived](t, events).Shares {
					paid += share.Penalty
				}
				equal(t, "penalty paid on "+p.day, paid, p.penalty)
			}
			pass(on(t, c.day))
			count(s.do(credit.Repay{Amount: 1, Currency: "CNY", Source: "p"})) // whoever touches it charges it
			equal(t, "penalty", charged, c.penalty)
		})
	}
}

// What is shown on a day is what a repayment of that day asks for, although nothing was charged yet.
func TestWhatIsShownIsWhatIsOwed(t *testing.T) {
	s, _ := late(t)
	s.to("2026-03-25")
	before := encoded(t, s.a)
	shown := s.a.AsOf(s.day)
	equal(t, "owed", shown.Owed(), 1_010_00)
	equal(t, "billed", shown.Billed(), 1_010_00)
	equal(t, "overdue", shown.OverdueAmount(), 1_010_00)
	equal(t, "penalty", shown.Statements[0].Penalty, 10_00)
	equal(t, "due", shown.Coming()[0].Amount, 1_010_00)
	if after := encoded(t, s.a); string(before) != string(after) {
		t.Errorf("looking changed\n%s\nto\n%s", before, after)
	}
	s.repay(shown.Owed())
	equal(t, "statements", len(s.a.Statements), 0)
	equal(t, "credit balance", s.a.Credit, 0)
	equal(t, "blocks", len(s.a.Blocks), 0)
}

func TestTwoStatementsOverdue(t *testing.T) {
	s, _ := late(t)
	s.buy(500_00, "next")
	s.to("2026-04-19") // the first is 35 days late, the second 4
	s.expect("2026-03-05 authorisation.approved", "2026-03-05 purchase.captured",
		"2026-03-19 statement.overdue", "2026-03-19 block.added", "2026-03-19 penalty.charged", "2026-03-19 account.graded",
		"2026-04-05 statement.issued", "2026-04-05 penalty.charged",
		"2026-04-15 penalty.charged", "2026-04-15 statement.aged",
		"2026-04-19 statement.overdue", "2026-04-19 penalty.charged", "2026-04-19 penalty.charged")
	equal(t, "bucket of the first", s.a.Statements[0].Bucket, 2)
	equal(t, "bucket of the second", s.a.Statements[1].Bucket, 1)
	equal(t, "penalty of the first", s.a.Statements[0].Penalty, 35_00)
	equal(t, "penalty of the second", s.a.Statements[1].Penalty, 2_00)
	s.repay(1_035_00)
	equal(t, "statements", len(s.a.Statements), 1)
	equal(t, "blocks", len(s.a.Blocks), 1) // one is still overdue
	s.repay(502_00)
	s.expect("2026-04-19 repayment.received", "2026-04-19 statement.paid",
		"2026-04-19 repayment.received", "2026-04-19 statement.paid", "2026-04-19 block.lifted", "2026-04-19 account.graded")
	s.hold(1_00, "next")
}

func TestBuckets(t *testing.T) {
	for _, c := range []struct{ daysPastDue, bucket int }{
		{3, 0}, // within grace
		{4, 1}, {30, 1}, {31, 2}, {60, 2}, {61, 3}, {90, 3}, {91, 4}, {120, 4}, {121, 5}, {150, 5}, {151, 6}, {180, 6}, {181, 7}, {210, 7}, {211, 8}, {1000, 34},
	} {
		s, _ := late(t)
		s.pass(on(t, "2026-03-15") + calendar.Date(c.daysPastDue))
		equal(t, fmt.Sprintf("bucket %d days past due", c.daysPastDue), s.a.Statements[0].Bucket, c.bucket)
	}
}

func TestTheBucketOfTheFirstDayOverdue(t *testing.T) {
	for grace, bucket := range map[int]int{0: 1, 28: 1, 29: 1, 30: 2, 31: 2} {
		s, _ := late(t, func(t *credit.Terms) { t.GraceDays = grace })
		s.pass(on(t, "2026-03-15") + calendar.Date(grace) + 1)
		equal(t, fmt.Sprintf("bucket after a grace of %d days", grace), s.a.Statements[0].Bucket, bucket)
	}
}

// With a grace of 31 days a statement is in M2 on the day it becomes overdue.
func TestALongGraceSkipsABucket(t *testing.T) {
	s, _ := late(t, func(t *credit.Terms) { t.GraceDays = 31 })
	s.to("2026-04-16").to("2026-05-15")
	s.expect("2026-04-16 statement.overdue", "2026-04-16 block.added", "2026-04-16 penalty.charged", "2026-04-16 account.graded",
		"2026-05-15 penalty.charged", "2026-05-15 statement.aged")
	equal(t, "bucket", s.a.Statements[0].Bucket, 3)
}

// An account that somebody looks at every night, on days with and without
// something due, and one that nobody touches for a year tell the same story.
func TestItDoesNotMatterWhoLooked(t *testing.T) {
	live := func(nightly bool) *story {
		s := opened(t, "2026-01-20")
		s.buy(1_000_00, "flat3")
		s.buy(333_33, "next")
		s.hold(5_00, "next")
		for _, day := range []string{"2026-03-17", "2027-01-31"} {
			if nightly {
				for d := s.day + 1; d <= on(t, day); d++ {
					s.close(d)
				}
			}
			s.to(day)
			s.repay(100_00)
		}
		return s
	}
	nightly, lazily := live(true), live(false)
	if a, b := nightly.told(), lazily.told(); a != b {
		t.Errorf("nightly\n%s\nlazily\n%s", a, b)
	}
	if a, b := encoded(t, nightly.a), encoded(t, lazily.a); string(a) != string(b) {
		t.Errorf("nightly\n%s\nlazily\n%s", a, b)
	}
}

func TestADayIsNotClosedBeforeTheOneThatIsDue(t *testing.T) {
	s, _ := late(t)
	defer func() {
		if recover() == nil {
			t.Error("2026-03-19 was skipped")
		}
	}()
	s.close(on(t, "2026-03-20"))
}
