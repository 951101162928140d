package credit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func statementDay(day, due int) func(*credit.Terms) {
	return func(t *credit.Terms) { t.StatementDay, t.DueDay = day, due }
}

func issued(s *story) (list []credit.StatementIssued) {
	s.t.Helper()
	for due := s.a.NextDue(); due != 0; due = s.a.NextDue() {
		if len(list) == 0 && due > s.day+1000 {
			break
		}
		for _, e := range s.close(due) {
			if e, ok := e.(credit.StatementIssued); ok {
				list = append(list, e)
				s.repay(e.Total)
			}
		}
	}
	return list
}

func TestPurchaseFallsOnTheNextStatement(t *testing.T) {
	for _, c := range []struct {
		statementDay           int
		captured, billed, late string // late: the due date
	}{
		{5, "2026-03-04", "2026-03-05", "2026-03-15"},
		{5, "2026-03-05", "2026-04-05", "2026-04-15"}, // on the statement day itself: the next one
		{5, "2026-03-06", "2026-04-05", "2026-04-15"},
		{29, "2026-01-28", "2026-01-29", "2026-02-15"},
		{29, "2026-01-29", "2026-02-28", "2026-03-15"},
		{29, "2026-02-27", "2026-02-28", "2026-03-15"},
		{29, "2026-02-28", "2026-03-29", "2026-04-15"},
		{29, "2028-02-28", "2028-02-29", "2028-03-15"}, // a leap year
		{29, "2028-02-29", "2028-03-29", "2028-04-15"},
		{30, "2026-01-30", "2026-02-28", "2026-03-15"},
		{30, "2026-02-28", "2026-03-30", "2026-04-15"},
		{30, "2028-02-28", "2028-02-29", "2028-03-15"},
		{31, "2026-01-30", "2026-01-31", "2026-02-15"},
		{31, "2026-01-31", "2026-02-28", "2026-03-15"},
		{31, "2026-02-27", "2026-02-28", "2026-03-15"},
		{31, "2026-02-28", "2026-03-31", "2026-04-15"}, // and not the 28th for good
		{31, "2026-03-31", "2026-04-30", "2026-05-15"},
		{31, "2026-12-31", "2027-01-31", "2027-02-15"},
		{1, "2026-12-31", "2027-01-01", "2027-01-15"},
	} {
		s := opened(t, "2026-01-01", statementDay(c.statementDay, 15))
		s.to(c.captured).buy(100_00, "next")
		s.pass(on(t, c.billed) - 1)
		equal(t, "statements on the eve of "+c.billed, len(s.a.Statements), 0)
		s.to(c.billed)
		if len(s.a.Statements) != 1 {
			t.Fatalf("bills on the %d, captured %s: no statement on %s", c.statementDay, c.captured, c.billed)
		}
		st := s.a.Statements[0]
		equal(t, "date", st.Date, on(t, c.billed))
		equal(t, "due", st.Due, on(t, c.late))
		equal(t, "billed", s.a.Billed(), 100_00)
		if again := s.close(s.day); len(again) != 0 {
			t.Errorf("the same night again: %s", names(again))
		}
	}
}

func TestDueDay(t *testing.T) {
	for _, c := range []struct {
		statementDay, dueDay int
		statement, due       string
	}{
		{5, 15, "2026-03-05", "2026-03-15"},
		{5, 5, "2026-03-05", "2026-04-05"}, // never the statement's own day
		{5, 4, "2026-03-05", "2026-04-04"},
		{5, 31, "2026-02-05", "2026-02-28"},
		{5, 31, "2028-02-05", "2028-02-29"},
		{25, 10, "2026-12-25", "2027-01-10"},
		{31, 10, "2026-02-28", "2026-03-10"},
		{31, 28, "2026-02-28", "2026-03-28"},
		{30, 31, "2026-02-28", "2026-03-31"},
		{30, 31, "2026-01-30", "2026-01-31"},
		{31, 31, "2026-01-31", "2026-02-28"},
	} {
		s := opened(t, "2025-12-01", statementDay(c.statementDay, c.dueDay))
		s.pass(on(t, c.statement) - 1)
		s.buy(100_00, "next")
		s.to(c.statement)
		equal(t, c.statement, s.a.Statements[0].Due, on(t, c.due))
	}
}

func TestInstalmentsFallOnThatManyStatements(t *testing.T) {
	for _, c := range []struct {
		day      int
		captured string
		want     []string
	}{
		{31, "2026-01-30", []string{"2026-01-31 33.33", "2026-02-28 33.33", "2026-03-31 33.34"}},
		{31, "2026-01-31", []string{"2026-02-28 33.33", "2026-03-31 33.33", "2026-04-30 33.34"}},
		{29, "2028-01-29", []string{"2028-02-29 33.33", "2028-03-29 33.33", "2028-04-29 33.34"}},
		{5, "2026-11-05", []string{"2026-12-05 33.33", "2027-01-05 33.33", "2027-02-05 33.34"}},
	} {
		s := opened(t, "2025-12-01", statementDay(c.day, 15))
		s.to(c.captured).buy(100_00, "free3")
		var got []string
		for _, e := range issued(s) {
			got = append(got, e.Date.String()+" "+e.Total.Format("CNY"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("bills on the %d, captured %s: got %v, want %v", c.day, c.captured, got, c.want)
		}
		equal(t, "owed at the end", s.a.Owed(), 0)
	}
}

func TestNothingToBillNoStatement(t *testing.T) {
	s := opened(t, "2026-01-01")
	s.hold(1_00, "next")
	s.to("2026-01-08")
	s.told()
	s.to("2027-01-01").expect("2026-01-09 authorisation.expired")
	equal(t, "next due", s.a.NextDue(), 0)
}

// One statement a cycle, however many purchases; its total is the sum of its lines.
func TestOneStatementACycle(t *testing.T) {
	s := opened(t, "2026-02-10")
	a, b, c := s.buy(100_00, "flat3"), s.buy(60_00, "next"), s.buy(60_00, "annuity6")
	events := s.to("2026-03-04").close(on(t, "2026-03-05"))
	e := only[credit.StatementIssued](t, events)
	total := money.Amount(0)
	var lines []int64
	for _, line := range e.Lines {
		total += line.Principal + line.Interest + line.Fee
		lines = append(lines, line.Purchase)
		equal(t, "instalment", line.Instalment, 1)
	}
	if !slices.Equal(lines, []int64{a, b, c}) {
		t.Errorf("lines of purchases %v, want %d, %d, %d", lines, a, b, c)
	}
	equal(t, "total", e.Total, total)
	equal(t, "total in yuan", e.Total, 33_33+1_00+60_00+10_21)
	equal(t, "billed", s.a.Billed(), total)
}

func TestCreditBalancePaysTheNextStatement(t *testing.T) {
	for _, c := range []struct {
		surplus      money.Amount
		billed, left money.Amount
		then         string
	}{
		{30_00, 70_00, 0, "statement.issued credit_balance.used"},
		{100_00, 0, 0, "statement.issued credit_balance.used statement.paid"},
		{130_00, 0, 30_00, "statement.issued credit_balance.used statement.paid"},
	} {
		s := opened(t, "2026-02-10")
		e := s.repay(c.surplus)
		equal(t, "surplus", e.Credit, c.surplus)
		equal(t, "shares", len(e.Shares), 0)
		s.buy(100_00, "next") // not billed yet: the credit balance stays
		equal(t, "credit balance", s.a.Credit, c.surplus)
		s.to("2026-03-04").told()
		s.to("2026-03-05")
		equal(t, "events", strings.ReplaceAll(strings.ReplaceAll(s.told(), "2026-03-05 ", ""), "\n", " "), c.then)
		equal(t, "billed", s.a.Billed(), c.billed)
		equal(t, "credit balance", s.a.Credit, c.left)
	}
}
