package api

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

func dateOf(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDueDay: a chosen due day holds from the next statement.
func TestDueDay(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	s.is("the programme's", a.DueDay, 10)
	s.is("to choose from", len(a.DueDays), 3)
	s.capture(s.authorise(a, 300_00, "free3"), 300_00, false)
	refused(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: 11}))(s, "due_day_not_offered")
	refused(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: 10}))(s, "unchanged")
	s.goTo("2026-02-01") // the statement's own day
	a = ok(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: 20}))(s)
	s.is("chosen", a.DueDay, 20)
	s.is("the next one is due", a.NextStatement.DueOn, dateOf(t, "2026-03-20"))
	s.is("first", a.Coming[0].DueOn, dateOf(t, "2026-02-10"))
	s.is("then", a.Coming[1].DueOn, dateOf(t, "2026-03-20"))
	q := ok(s.shop.Quote(ctx, client.QuoteRequest{Account: a.ID, Amount: 100_00, Currency: client.CNY, Plan: "next"}))(s)
	s.is("quoted", q.Data[0].Instalments[0].DueOn, dateOf(t, "2026-03-20"))
	s.goTo("2026-03-01")
	for i, bill := range ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data {
		s.is("due", bill.DueOn, []calendar.Date{dateOf(t, "2026-03-20"), dateOf(t, "2026-02-10")}[i])
	}
	for _, day := range []int{15, 20, 15} { // taken back, and chosen anew
		ok(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: day}))(s)
	}
	s.repay(a, s.account(a.ID).Billed)
	for i, day := range []int{10, 20} { // the third and the fourth of the year
		s.goTo([]string{"2026-04-01", "2026-05-01"}[i])
		s.repay(a, s.account(a.ID).Billed)
		ok(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: day}))(s)
		s.capture(s.authorise(a, 10_00, "next"), 10_00, false)
	}
	s.goTo("2026-06-01")
	refused(s.shop.ChooseDueDay(ctx, a.ID, s.key(), client.DueDayRequest{Day: 10}))(s, "due_day_changes_used")
	report, err := s.w.tables.Verify(ctx, nil)
	if err != nil || !report.Clean() {
		t.Errorf("%v: %v", err, report.Violations)
	}
}

// TestLimits: a limit is raised by consent, lowered under use, and widened for a while.
func TestLimits(t *testing.T) {
	onBoth(t, limits)
}

func limits(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened

	// Raised: never unasked, once for each act, within what the law allows.
	refused(s.lender.ChangeLimit(ctx, a.ID, s.key(), client.LimitRequest{Limit: 12_000_00, Reason: client.LimitReasonReview}))(s, "consent_incomplete")
	shown := ok(s.shop.GetLimitIncrease(ctx, a.ID, client.GetLimitIncreaseQuery{Limit: 12_000_00}))(s)
	s.is("shown", [2]int64{shown.Limit, shown.RaisedTo}, [2]int64{10_000_00, 12_000_00})
	raise := client.LimitRequest{Limit: 12_000_00, Reason: client.LimitReasonCustomerRequest, Consent: s.w.raised(t, a, 12_000_00)}
	refused(s.shop.ChangeLimit(ctx, a.ID, s.key(), raise))(s, kindOperatorKey)
	ticked := raise
	ticked.Consent.Preselected = true
	p := refused(s.lender.ChangeLimit(ctx, a.ID, s.key(), ticked))(s, "consent_preselected")
	s.is("where", p.Errors[0].Pointer, "/consent/preselected")
	a = ok(s.lender.ChangeLimit(ctx, a.ID, s.key(), raise))(s)
	s.is("limit", a.Limit, int64(12_000_00))
	refused(s.lender.ChangeLimit(ctx, a.ID, s.key(), raise))(s, "unchanged")
	refused(s.shop.GetLimitIncrease(ctx, a.ID, client.GetLimitIncreaseQuery{Limit: 200_000_01}))(s, "limit_above_cap")
	refused(s.shop.GetLimitIncrease(ctx, a.ID, client.GetLimitIncreaseQuery{Limit: 12_000_00}))(s, "invalid_amount")
	refused(s.shop.GetLimitIncrease(ctx, a.ID, client.GetLimitIncreaseQuery{}))(s, kindInvalidParameter)
	refused(s.shop.GetLimitIncrease(ctx, nobody, client.GetLimitIncreaseQuery{Limit: 1}))(s, "not_found")

	// Widened for a while, and over at the close of its last day.
	refused(s.lender.GrantTemporaryLimit(ctx, a.ID, s.key(), client.TemporaryLimit{Amount: 1, LastDay: dateOf(t, "2026-01-14")}))(s, "invalid_date")
	refused(s.lender.WithdrawTemporaryLimit(ctx, a.ID, s.key()))(s, "nothing_to_withdraw")
	a = ok(s.lender.GrantTemporaryLimit(ctx, a.ID, s.key(), client.TemporaryLimit{Amount: 3_000_00, LastDay: dateOf(t, "2026-01-20")}))(s)
	s.is("temporary", a.TemporaryLimit.Amount, int64(3_000_00))
	s.is("available", a.Available, int64(15_000_00))
	s.capture(s.authorise(a, 12_500_00, "next"), 12_500_00, false)
	s.goTo("2026-01-20")
	s.is("available on the last day", s.account(a.ID).Available, int64(2_500_00))
	listed := ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-1"}))(s).Data[0]
	s.is("in the list", [2]int64{listed.TemporaryLimit, listed.Available}, [2]int64{3_000_00, 2_500_00})
	s.goTo("2026-01-21")
	a = s.account(a.ID)
	s.is("temporary", a.TemporaryLimit, client.TemporaryLimit{})
	s.is("available", a.Available, int64(0))
	s.is("owed", a.Owed, int64(12_500_00))
	s.is("declined", s.authorise(a, 1, "next").DeclineReason, "limit_exceeded")

	// Lowered below what is owed.
	a = ok(s.lender.ChangeLimit(ctx, a.ID, s.key(), client.LimitRequest{Limit: 5_000_00, Reason: client.LimitReasonRisk}))(s)
	s.is("available", a.Available, int64(0))
	s.goTo("2026-02-01")
	s.repay(a, 8_000_00)
	s.is("available", s.account(a.ID).Available, int64(500_00))
	ok(s.lender.GrantTemporaryLimit(ctx, a.ID, s.key(), client.TemporaryLimit{Amount: 1_00, LastDay: dateOf(t, "2026-02-01")}))(s)
	a = ok(s.lender.WithdrawTemporaryLimit(ctx, a.ID, s.key()))(s)
	s.is("available", a.Available, int64(500_00))

	ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-1"}))(s) // waits for the tables
	rows, err := s.w.tables.LimitChanges(ctx, credit.ID(a.ID))
	if err != nil || len(rows) != 6 {
		t.Fatalf("%v: %+v", err, rows)
	}
	s.is("the lowering's reason", string(rows[2].Reason), "risk")
	report, err := s.w.tables.Verify(ctx, nil)
	if err != nil || !report.Clean() {
		t.Errorf("%v: %v", err, report.Violations)
	}
}
