package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

func choosable(days ...int) func(*credit.Terms) {
	return func(t *credit.Terms) { t.DueDays = append([]int{t.DueDay}, days...) }
}

// dues are the due dates of the open statements.
func (s *story) dues() (dues []calendar.Date) {
	for _, statement := range s.a.Statements {
		dues = append(dues, statement.Due)
	}
	return dues
}

// Bills come on the 5th, due on the 15th or, if the customer likes, on the 28th.
func TestADueDayHoldsFromTheNextStatement(t *testing.T) {
	for _, c := range []struct{ chosen, march, april string }{
		{"2026-03-04", "2026-03-28", "2026-04-28"}, // the day before the statement
		{"2026-03-05", "2026-03-15", "2026-04-28"}, // its day: it is issued already
		{"2026-03-06", "2026-03-15", "2026-04-28"},
		{"2026-04-04", "2026-03-15", "2026-04-28"},
		{"2026-04-05", "2026-03-15", "2026-04-15"},
	} {
		s := opened(t, "2026-02-20", choosable(28))
		s.buy(300_00, "flat3")
		s.to(c.chosen)
		s.do(credit.ChooseDueDay{Day: 28})
		if coming := s.a.Coming(); coming[len(coming)-1].On != on(t, "2026-05-28") {
			t.Errorf("chosen on %s: coming %v", c.chosen, coming)
		}
		s.to("2026-04-05")
		if got := s.dues(); got[0] != on(t, c.march) || got[1] != on(t, c.april) {
			t.Errorf("chosen on %s: got %v", c.chosen, got)
		}
	}
}

// A running statement keeps its due date, its grace and its penalty.
func TestAStatementKeepsItsDueDay(t *testing.T) {
	s := opened(t, "2026-02-20", choosable(28))
	s.buy(100_00, "next")
	s.to("2026-03-10").do(credit.ChooseDueDay{Day: 28})
	s.to("2026-03-18")
	equal(t, "overdue", s.a.OverdueAmount(), 0)
	s.to("2026-03-19")
	equal(t, "four days late", s.a.OverdueAmount(), 100_40)
}

func TestADueDayInShortMonths(t *testing.T) {
	s := opened(t, "2026-01-20", func(t *credit.Terms) { t.StatementDay, t.DueDay, t.DueDays = 29, 15, []int{15, 29, 30, 31} })
	s.buy(300_00, "flat3")
	s.do(credit.ChooseDueDay{Day: 31})
	s.to("2026-03-29")
	want := []string{"2026-01-31", "2026-03-31", "2026-03-31"} // February's statement is of its last day
	for i, due := range s.dues() {
		equal(t, "due", due, on(t, want[i]))
	}
	s.repay(s.a.AsOf(s.day).Billed())
	s.buy(300_00, "flat3")
	s.do(credit.ChooseDueDay{Day: 30})
	s.to("2026-04-29")
	equal(t, "due", s.dues()[0], on(t, "2026-04-30"))
	s.do(credit.ChooseDueDay{Day: 29})
	s.to("2026-05-29")
	equal(t, "due", s.dues()[1], on(t, "2026-06-29"))
}

func TestOneChangeOfTheDueDayIsPending(t *testing.T) {
	s := opened(t, "2026-02-20", choosable(10, 28), func(t *credit.Terms) { t.DueDayChanges = 2 })
	due := func() (days int) { return s.a.OwnTerms().DueDay }
	s.buy(300_00, "flat3")
	s.refused(credit.Unchanged, "", credit.ChooseDueDay{Day: 15})
	for _, day := range []int{28, 10, 15, 28, 10, 15, 28} { // to and fro is one change, or none
		s.do(credit.ChooseDueDay{Day: day})
		equal(t, "due day", due(), day)
		s.refused(credit.Unchanged, "", credit.ChooseDueDay{Day: day})
	}
	s.to("2026-03-05").do(credit.ChooseDueDay{Day: 10}) // the second of the year
	s.to("2026-04-05")
	s.refused(credit.DueDayChangesUsed, "", credit.ChooseDueDay{Day: 15})
	s.to("2026-12-31").refused(credit.DueDayChangesUsed, "", credit.ChooseDueDay{Day: 15})
	s.to("2027-01-01").do(credit.ChooseDueDay{Day: 15})
}

func TestChoosingADueDayRefuses(t *testing.T) {
	s := opened(t, "2026-02-20", choosable(28))
	for _, day := range []int{0, -1, 14, 32} {
		s.refused(credit.DueDayNotOffered, "day", credit.ChooseDueDay{Day: day})
	}
	opened(t, "2026-02-20").refused(credit.DueDayNotOffered, "day", credit.ChooseDueDay{Day: 28})
	stranger(t, "2026-02-20").refused(credit.NotFound, "", credit.ChooseDueDay{Day: 28})
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	s.refused(credit.AccountNotOpen, "", credit.ChooseDueDay{Day: 28})
}

// Who opens again begins with the contract's own due day.
func TestADueDayEndsWithItsContract(t *testing.T) {
	s := opened(t, "2026-02-20", choosable(28))
	s.do(credit.ChooseDueDay{Day: 28})
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	s.do(s.application(s.a.Terms))
	s.buy(100_00, "next")
	s.to("2026-03-05")
	equal(t, "due", s.dues()[0], on(t, "2026-03-15"))
}

// Where days count, the rate follows the due day, and a quote is for the one it was made by.
func TestAQuoteIsForItsDueDay(t *testing.T) {
	s := opened(t, "2026-02-20", choosable(28), func(t *credit.Terms) { t.RateMethod, t.CostCap = credit.EffectiveOnDays, 2*credit.Whole })
	plan, _ := s.a.Terms.Plan("flat3")
	before, order := s.a.Quote(plan, 300_00, s.day), s.order(300_00, "flat3")
	s.do(credit.ChooseDueDay{Day: 28})
	if after := s.a.Quote(plan, 300_00, s.day); after.AnnualRate >= before.AnnualRate {
		t.Errorf("paid later at %s, and before at %s", after.AnnualRate, before.AnnualRate)
	}
	s.refused(credit.ConsentOutdated, "hash", order)
	s.do(s.order(300_00, "flat3"))
}

func TestTermsOfferDueDays(t *testing.T) {
	for _, c := range []struct {
		days []int
		ok   bool
	}{
		{nil, true}, {[]int{15}, true}, {[]int{1, 31, 15}, true},
		{[]int{1}, false}, {[]int{15, 15}, false}, {[]int{15, 0}, false}, {[]int{15, 32}, false},
	} {
		terms := contract()
		terms.DueDays = c.days
		if err := terms.Validate(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.days, err)
		}
	}
	terms := contract()
	terms.RateMethod, terms.DueDay, terms.CostCap = credit.EffectiveOnDays, 28, 230_000
	terms.Plans = []credit.Plan{{ID: "flat3", Kind: credit.Flat, Periods: 3, Rate: 10_000}}
	if err := terms.Validate(); err != nil {
		t.Fatal(err)
	}
	if terms.DueDays = []int{28, 6}; terms.Validate() == nil {
		t.Error("a due day that a customer may choose makes the plan dearer than the cap")
	}
}
