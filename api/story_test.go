package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database/pgtest"
)

// teller tells a story through the API: what goes wrong ends the test.
type teller struct {
	t       *testing.T
	w       *world
	checker *checker
	shop    *client.Client
	lender  *client.Client
	keys    int
}

func newTeller(t *testing.T) *teller {
	return newTellerOn(t, filepath.Join(t.TempDir(), "yuefu.db"))
}

// onBoth tells a story on both databases.
func onBoth(t *testing.T, story func(t *testing.T, s *teller)) {
	t.Run("sqlite", func(t *testing.T) { story(t, newTeller(t)) })
	if testing.Short() {
		return // what SQL says differs below this room, and the rooms there run both
	}
	t.Run("postgres", func(t *testing.T) { story(t, newTellerOn(t, pgtest.NewWith(t, pgtest.Options{NoSync: true}))) })
}

func newTellerOn(t *testing.T, dsn string) *teller {
	w, c := newWorldOn(t, dsn), newChecker(t)
	return &teller{t: t, w: w, checker: c, shop: c.client(w, w.platform), lender: c.client(w, w.operator)}
}

func (s *teller) key() string {
	s.keys++
	return fmt.Sprintf("key-%d", s.keys)
}

// ok ends the test if something went wrong.
func ok[T any](v T, err error) func(*teller) T {
	return func(s *teller) T {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		return v
	}
}

// refused wants a problem of a kind.
func refused[T any](_ T, err error) func(*teller, string) client.Problem {
	return func(s *teller, kind string) client.Problem {
		s.t.Helper()
		var p *client.Problem
		if !errors.As(err, &p) || string(p.Kind) != kind {
			s.t.Fatalf("%v and not %s", err, kind)
		}
		return *p
	}
}

func (s *teller) is(what string, got, want any) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s is %v and not %v", what, got, want)
	}
}

func (s *teller) goTo(date string) {
	s.t.Helper()
	to, err := calendar.Parse(date)
	if err != nil {
		s.t.Fatal(err)
	}
	for day := s.w.desk.Today().Day; day < to; {
		day = min(day+maxAdvance, to)
		clock := ok(s.shop.AdvanceClock(s.t.Context(), client.AdvanceRequest{To: day}))(s)
		s.is("the business date", clock.BusinessDate, day)
	}
}

func (s *teller) apply(customer string, limit, income int64, student bool) client.Application {
	s.t.Helper()
	return ok(s.shop.Apply(s.t.Context(), s.key(), client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: s.w.consents(s.t, customer),
		Declared: client.Declared{Adult: true, Student: student, MonthlyIncome: income}, RequestedLimit: limit,
	}))(s)
}

func (s *teller) account(id string) client.Account {
	s.t.Helper()
	return ok(s.shop.GetAccount(s.t.Context(), id))(s)
}

func (s *teller) authorise(a client.Account, amount int64, plan string) client.Authorisation {
	s.t.Helper()
	return ok(s.shop.Authorise(s.t.Context(), s.key(), s.w.checkout(s.t, a, amount, plan, s.key())))(s)
}

func (s *teller) capture(hold client.Authorisation, amount int64, final bool) client.Purchase {
	s.t.Helper()
	return ok(s.shop.Capture(s.t.Context(), hold.ID, s.key(), client.CaptureRequest{Amount: amount, Final: final}))(s)
}

func (s *teller) repay(a client.Account, amount int64) client.Repayment {
	s.t.Helper()
	return ok(s.shop.Repay(s.t.Context(), a.ID, s.key(), client.RepaymentRequest{Amount: amount, Currency: client.CNY, Source: s.key()}))(s)
}

// TestMainJob lives a customer's whole life with the product: from the first look
// at its cost to the closed account, and its opening again.
func TestMainJob(t *testing.T) {
	onBoth(t, mainJob)
}

func mainJob(t *testing.T, s *teller) {
	ctx := t.Context()

	// What it costs is shown before anybody agrees to anything.
	offers := ok(s.shop.ListProgrammes(ctx))(s)
	s.is("programmes", len(offers.Data), 1)
	ok(s.shop.GetProgramme(ctx, offers.Data[0].ID))(s)
	shown := ok(s.shop.GetDisclosure(ctx, offers.Data[0].ID, client.GetDisclosureQuery{Amount: 600_00}))(s)
	s.is("plans shown", len(shown.Plans), len(offers.Data[0].Terms.Plans))
	for _, plan := range shown.Plans {
		s.costTable(plan.CostTable, 600_00, plan.Cost, plan.Subsidised, plan.AnnualRate)
	}
	for _, document := range shown.Documents {
		text := ok(s.shop.GetText(ctx, document.Hash))(s)
		s.is("document", text.Document, document.Document)
	}

	opening := s.apply("u-1001", 10_000_00, 10_000_00, false)
	s.is("application", opening.Status, client.DecisionApproved)
	a := opening.Opened
	s.is("application read again", ok(s.shop.GetApplication(ctx, opening.ID))(s).Status, client.DecisionApproved)
	refused(s.shop.Apply(ctx, s.key(), client.ApplicationRequest{
		Customer: "u-1001", Programme: catalogue.SampleID, Consents: s.w.consents(t, "u-1001"), Declared: client.Declared{Adult: true},
	}))(s, "already_open")

	// Spending: in parts, voided, expired, declined.
	quotes := ok(s.shop.Quote(ctx, client.QuoteRequest{Account: a.ID, Amount: 600_00, Currency: client.CNY}))(s)
	s.is("quotes", len(quotes.Data), len(offers.Data[0].Terms.Plans))
	for _, q := range quotes.Data {
		sum := int64(0)
		for _, in := range q.Instalments {
			sum += in.Amount
		}
		s.is("the sum of "+q.Plan, sum, q.Total)
		s.costTable(q.CostTable, 600_00, q.Cost, q.Subsidised, q.AnnualRate)
	}
	hold := s.authorise(a, 600_00, "flat6")
	first := s.capture(hold, 400_00, false)
	s.is("held after a part", ok(s.shop.GetAuthorisation(ctx, hold.ID))(s).Held, int64(200_00))
	second := s.capture(hold, 100_00, true)
	refused(s.shop.Capture(ctx, hold.ID, s.key(), client.CaptureRequest{Amount: 1}))(s, "hold_not_open")
	voided := s.authorise(a, 50_00, "next")
	s.is("given back", ok(s.shop.Void(ctx, voided.ID, s.key()))(s).Released, int64(50_00))
	refused(s.shop.Void(ctx, voided.ID, s.key()))(s, "hold_not_open")
	forgotten := s.authorise(a, 70_00, "next")
	declined := s.authorise(a, 20_000_00, "next")
	s.is("too much", declined.Status, client.AuthorisationStatusDeclined)
	s.is("why", declined.DeclineReason, "limit_exceeded")
	large := s.w.checkout(t, a, 10_00, "next", "o-large")
	large.Consent.Preselected = true
	refused(s.shop.Authorise(ctx, s.key(), large))(s, "consent_preselected")
	single := s.capture(s.authorise(a, 120_00, "next"), 120_00, false)
	refused(s.shop.Capture(ctx, single.Authorisation, s.key(), client.CaptureRequest{Amount: 1}))(s, "hold_not_open")

	// A refund before the bill.
	back := ok(s.shop.Refund(ctx, first.ID, s.key(), client.RefundRequest{Amount: 40_00}))(s)
	s.is("paid back in cash", back.Credited, int64(0))
	refused(s.shop.Refund(ctx, first.ID, s.key(), client.RefundRequest{Amount: 400_00}))(s, "refund_too_large")
	a = s.account(a.ID)
	s.is("outstanding", a.Outstanding, int64(360_00+100_00+120_00))
	s.is("held", a.Held, int64(70_00))
	s.is("available", a.Available, a.Limit-a.Held-a.Outstanding)

	// The bill.
	next := a.NextStatement
	s.goTo("2026-02-01")
	bills := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s)
	s.is("bills", len(bills.Data), 1)
	bill := ok(s.shop.GetStatement(ctx, bills.Data[0].ID))(s)
	s.is("as foretold", bill.Total, next.Amount)
	s.is("due", bill.DueOn, next.DueOn)
	sum := int64(0)
	for _, line := range bill.Lines {
		sum += line.Amount
	}
	s.is("the sum of its lines", sum, bill.Total)
	s.is("the forgotten hold", ok(s.shop.GetAuthorisation(ctx, forgotten.ID))(s).Status, client.AuthorisationStatusExpired)
	s.is("billed", s.account(a.ID).Billed, bill.Total)
	bought := ok(s.shop.GetPurchase(ctx, second.ID))(s)
	s.is("billed on", bought.Instalments[0].Statement, bill.ID)
	s.is("not billed yet", bought.Instalments[1].Statement, "")

	// Paid in part, then late: overdue, penalty, block; paid, and free again.
	part := s.repay(a, 100_00)
	s.is("left over", part.Credited, int64(0))
	s.goTo("2026-02-20")
	a = s.account(a.ID)
	if a.Overdue == 0 || a.DaysPastDue == 0 || a.CanSpend || len(a.Blocks) != 1 || a.Blocks[0].Kind != client.BlockKindOverdue {
		t.Fatalf("not overdue: %+v", a)
	}
	late := ok(s.shop.GetStatement(ctx, bill.ID))(s)
	s.is("late", late.Status, client.StatementStatusOverdue)
	if late.Penalty == 0 || late.Remaining != bill.Total-100_00+late.Penalty || late.Paid != 100_00 {
		t.Errorf("late bill: %+v", late)
	}
	if frozen := s.authorise(a, 1_00, "next"); frozen.DeclineReason != "account_frozen" {
		t.Errorf("frozen: %+v", frozen)
	}
	refused(s.lender.LiftBlock(ctx, a.ID, "overdue", s.key()))(s, "block_not_yours")
	paid := s.repay(a, a.Overdue+30_00)
	s.is("surplus", paid.Credited, int64(30_00))
	if !slices.Contains(paid.StatementsPaid, bill.ID) {
		t.Errorf("%+v did not pay %s", paid, bill.ID)
	}
	a = s.account(a.ID)
	if a.Overdue != 0 || !a.CanSpend || a.CreditBalance != 30_00 {
		t.Fatalf("not free: %+v", a)
	}
	s.is("repayments", len(ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s).Data), 2)
	returned := ok(s.shop.ReturnCreditBalance(ctx, a.ID, s.key(), client.CreditBalanceReturnRequest{Reference: "out-1"}))(s)
	s.is("paid back", returned.Amount, int64(30_00))
	refused(s.shop.ReturnCreditBalance(ctx, a.ID, s.key(), client.CreditBalanceReturnRequest{Reference: "out-2"}))(s, "no_credit_balance")

	// A refund after the bill was paid becomes the customer's money.
	after := ok(s.shop.Refund(ctx, single.ID, s.key(), client.RefundRequest{Amount: 120_00}))(s)
	s.is("credited", after.Credited, int64(120_00))

	// Closing: every condition that is not met, then the review.
	unmet := ok(s.shop.GetClosingConditions(ctx, a.ID))(s)
	s.is("clear", unmet.Clear, false)
	p := refused(s.shop.RequestClosure(ctx, a.ID, s.key()))(s, "account_not_clear")
	s.is("conditions told", len(p.Unmet), len(unmet.Unmet))
	for _, purchase := range ok(s.shop.ListPurchases(ctx, a.ID, client.ListPurchasesQuery{}))(s).Data {
		if rest := purchase.Amount - purchase.Refunded; rest > 0 {
			ok(s.shop.Refund(ctx, purchase.ID, s.key(), client.RefundRequest{Amount: rest}))(s)
		}
	}
	s.goTo("2026-09-15") // what is left of fees is billed
	if a = s.account(a.ID); a.CreditBalance > 0 {
		ok(s.shop.ReturnCreditBalance(ctx, a.ID, s.key(), client.CreditBalanceReturnRequest{Reference: "out-3"}))(s)
	}
	s.is("clear", ok(s.shop.GetClosingConditions(ctx, a.ID))(s).Clear, true)
	asked := ok(s.shop.RequestClosure(ctx, a.ID, s.key()))(s)
	refused(s.shop.RequestClosure(ctx, a.ID, s.key()))(s, "closure_pending")
	s.is("closing", s.account(a.ID).Status, client.Closing)
	s.is("withdrawn", ok(s.shop.WithdrawClosure(ctx, asked.ID, s.key()))(s).Status, client.ClosureStatusWithdrawn)
	asked = ok(s.shop.RequestClosure(ctx, a.ID, s.key()))(s)
	refused(s.shop.ApproveClosure(ctx, asked.ID, s.key()))(s, kindOperatorKey)
	s.is("refused", ok(s.lender.RefuseClosure(ctx, asked.ID, s.key(), client.ClosureRefusalRequest{Reason: "wait"}))(s).Status, client.ClosureStatusRefused)
	asked = ok(s.shop.RequestClosure(ctx, a.ID, s.key()))(s)
	s.is("approved", ok(s.lender.ApproveClosure(ctx, asked.ID, s.key()))(s).Status, client.ClosureStatusApproved)
	a = s.account(a.ID)
	s.is("closed", a.Status, client.Closed)
	s.is("its limit", a.Limit, int64(0))
	refused(s.shop.Quote(ctx, client.QuoteRequest{Account: a.ID, Amount: 1, Currency: client.CNY}))(s, "account_not_open")

	// And again, by a new application.
	again := s.apply("u-1001", 5_000_00, 10_000_00, false)
	s.is("opened again", again.Opened.ID, a.ID)
	s.is("the first application", ok(s.shop.GetApplication(ctx, opening.ID))(s).Status, client.DecisionApproved)
	s.is("the second", ok(s.shop.GetApplication(ctx, again.ID))(s).AppliedOn, again.AppliedOn)

	// The whole history, page by page, is the whole history.
	all := ok(s.shop.ListEvents(ctx, a.ID, client.ListEventsQuery{Limit: 200}))(s).Data
	var paged []client.Event
	for cursor := ""; ; {
		page := ok(s.shop.ListEvents(ctx, a.ID, client.ListEventsQuery{Limit: 3, Cursor: cursor}))(s)
		paged = append(paged, page.Data...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(paged) != len(all) || len(all) < 30 {
		t.Errorf("%d events in pages, %d at once", len(paged), len(all))
	}
	for i := range min(len(all), len(paged)) {
		s.is("event", paged[i].ID, all[i].ID)
	}
	s.is("the first event", all[0].Type, "application.received")
	feed := ok(s.shop.ListAllEvents(ctx, client.ListAllEventsQuery{Account: a.ID, Limit: 200}))(s)
	s.is("events in the feed", len(feed.Data), len(all))
	s.is("its last event", feed.Data[len(all)-1].ID, all[len(all)-1].ID)

	ok(s.lender.AddBlock(ctx, a.ID, s.key(), client.BlockRequest{Kind: client.BlockKindRisk, Note: "checked"}))(s)
	refused(s.lender.AddBlock(ctx, a.ID, s.key(), client.BlockRequest{Kind: client.BlockKindRisk}))(s, "block_exists")
	s.is("blocks", len(s.account(a.ID).Blocks), 1)
	ok(s.lender.LiftBlock(ctx, a.ID, "risk", s.key()))(s)
	refused(s.lender.LiftBlock(ctx, a.ID, "risk", s.key()))(s, "block_missing")
	ok(s.shop.GetClock(ctx))(s)
	ok(s.shop.GetFigures(ctx))(s)
	ok(s.shop.GetHealth(ctx))(s)
	ok(s.shop.GetReadiness(ctx))(s)
	for path, begins := range map[string]string{"/metrics": "# HELP", "/openapi.yaml": "openapi: 3.1.0"} {
		r, err := (&http.Client{Transport: s.checker}).Get(s.w.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.HasPrefix(string(body), begins) {
			t.Errorf("%s: %v %.100s", path, err, body)
		}
	}
}

// TestWhoIsLetIn: referred and reviewed, refused, and refused for asking too often.
func TestWhoIsLetIn(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	referred := s.apply("u-rich", 30_000_00, 100_000_00, false)
	s.is("a large limit", referred.Status, client.DecisionReferred)
	refused(s.shop.GetAccount(ctx, referred.Account))(s, "not_found")
	refused(s.shop.ReviewApplication(ctx, referred.ID, s.key(), client.ReviewRequest{Approve: true, Limit: 1}))(s, kindOperatorKey)
	refused(s.lender.ReviewApplication(ctx, referred.ID, s.key(), client.ReviewRequest{Approve: true}))(s, "invalid_amount")
	let := ok(s.lender.ReviewApplication(ctx, referred.ID, s.key(), client.ReviewRequest{Approve: true, Limit: 25_000_00}))(s)
	s.is("its limit", let.Opened.Limit, int64(25_000_00))
	refused(s.lender.ReviewApplication(ctx, referred.ID, s.key(), client.ReviewRequest{}))(s, "no_application_pending")

	for range 2 {
		a := s.apply("u-student", 5_000_00, 3_000_00, true)
		s.is("a student", a.Status, client.DecisionRefused)
		if !slices.Contains(a.Reasons, "students_excluded") {
			t.Errorf("reasons %v", a.Reasons)
		}
	}
	third := s.apply("u-student", 5_000_00, 3_000_00, false)
	if third.Status != client.DecisionRefused || third.ApplyAgainOn == 0 || !slices.Contains(third.Reasons, "too_many_applications") {
		t.Errorf("the third application: %+v", third)
	}
	if first := ok(s.shop.GetApplication(ctx, third.ID))(s); first.ApplyAgainOn != third.ApplyAgainOn {
		t.Errorf("read again: %+v", first)
	}
	refused(s.shop.ListEvents(ctx, nobody, client.ListEventsQuery{}))(s, "not_found")
	s.is("events of who was not let in", len(ok(s.shop.ListEvents(ctx, third.Account, client.ListEventsQuery{}))(s).Data), 6)

	missing := s.w.consents(t, "u-2")[1:]
	refused(s.shop.Apply(ctx, s.key(), client.ApplicationRequest{Customer: "u-2", Programme: catalogue.SampleID, Consents: missing, Declared: client.Declared{Adult: true}}))(s, "consent_incomplete")
	hasty := s.w.consents(t, "u-2")
	hasty[0].AcceptedAt = hasty[0].ShownAt.Add(time.Second)
	refused(s.shop.Apply(ctx, s.key(), client.ApplicationRequest{Customer: "u-2", Programme: catalogue.SampleID, Consents: hasty, Declared: client.Declared{Adult: true}}))(s, "consent_too_fast")
	refused(s.shop.Apply(ctx, s.key(), client.ApplicationRequest{Customer: "u-2", Programme: "none", Declared: client.Declared{Adult: true}}))(s, "not_found")
}

// TestLists: filters mean what they say, pages tile, and what was written is read.
func TestLists(t *testing.T) {
	onBoth(t, lists)
}

func lists(t *testing.T, s *teller) {
	ctx := t.Context()
	var ids []string
	for i := range 7 {
		ids = append(ids, s.apply(fmt.Sprintf("u-%d", i), 1_000_00, 10_000_00, false).Account)
	}
	s.apply("u-refused", 1_000_00, 1_000_00, true)
	slices.Sort(ids)
	var paged []string
	for cursor := ""; ; {
		page := ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Limit: 3, Cursor: cursor}))(s)
		for _, a := range page.Data {
			paged = append(paged, a.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	slices.Sort(paged)
	if !slices.Equal(ids, paged) {
		t.Errorf("%v in pages, %v opened", paged, ids)
	}
	found := ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-3"}))(s).Data
	if len(found) != 1 || found[0].Customer != "u-3" {
		t.Fatalf("found %+v", found)
	}
	for _, query := range []client.ListAccountsQuery{
		{Customer: "u-3", Status: client.Closed}, {Customer: "u-9"}, {Customer: "u-refused"}, {Programme: "none"}, {Customer: "u-3", Programme: "none"}, {Status: client.Closed},
	} {
		if found := ok(s.shop.ListAccounts(ctx, query))(s).Data; len(found) != 0 {
			t.Errorf("%+v finds %+v", query, found)
		}
	}
	stranger := s.checker.client(s.w, s.w.stranger)
	s.is("a stranger's accounts", len(ok(stranger.ListAccounts(ctx, client.ListAccountsQuery{}))(s).Data), 0)
	s.is("a stranger's search", len(ok(stranger.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-3"}))(s).Data), 0)

	a := s.account(found[0].ID)
	var holds []string
	for range 5 {
		holds = append(holds, s.authorise(a, 1_00, "next").ID)
		list := ok(s.shop.ListAuthorisations(ctx, a.ID, client.ListAuthorisationsQuery{Limit: 1}))(s)
		s.is("the newest", list.Data[0].ID, holds[len(holds)-1])
	}
	slices.Reverse(holds)
	paged = nil
	for cursor := ""; ; {
		page := ok(s.shop.ListAuthorisations(ctx, a.ID, client.ListAuthorisationsQuery{Limit: 2, Cursor: cursor}))(s)
		for _, h := range page.Data {
			paged = append(paged, h.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if !slices.Equal(holds, paged) {
		t.Errorf("%v in pages, %v authorised", paged, holds)
	}
}

// costTable holds a table of all costs against the quote that it stands in.
func (s *teller) costTable(table client.CostTable, amount, cost, subsidised, annual int64) {
	s.t.Helper()
	paid, borne, payees, late := int64(0), int64(0), map[string]bool{}, int64(0)
	for _, charge := range table.Charges {
		paid += charge.Amount
		borne += charge.Subsidised
		payees[charge.Payee.En] = true
		if charge.Kind == "penalty" {
			late = charge.Rate
		}
		if charge.Name.Zh == "" || charge.Name.En == "" || charge.How.Zh == "" || charge.How.En == "" || charge.When.Zh == "" || charge.When.En == "" || charge.Rate == 0 && charge.Fixed == 0 {
			s.t.Errorf("a charge says not what, how or when: %+v", charge)
		}
	}
	s.is("principal", table.Principal, amount)
	s.is("all charges", paid, cost)
	s.is("what others pay", borne, subsidised)
	s.is("in a year", table.AnnualCost, annual)
	s.is("default", table.DefaultAnnualCost, int64(180_000))
	s.is("penalty", late, int64(180_000))
	s.is("payees", len(payees), 1)
	s.is("the payee", payees["Sample Consumer Finance Ltd"], true)
	s.is("nothing else", table.NothingElse.Zh != "" && table.NothingElse.En != "", true)
}

func TestProgrammes(t *testing.T) {
	onBoth(t, programmes)
}

func programmes(t *testing.T, s *teller) {
	ctx := t.Context()
	now := ok(s.shop.GetProgramme(ctx, catalogue.SampleID))(s)
	draft := client.ProgrammeRequest{ID: catalogue.SampleID, Names: now.Names, Terms: now.Terms, Policy: now.Policy}
	draft.Terms.GraceDays = 5
	newer := ok(s.lender.CreateProgramme(ctx, draft))(s)
	s.is("version", newer.Version, now.Version+1)
	s.is("what applicants get", ok(s.shop.GetProgramme(ctx, catalogue.SampleID))(s).Terms.GraceDays, 5)
	draft.ID = "another"
	s.is("a new one", ok(s.lender.CreateProgramme(ctx, draft))(s).Version, 1)
	s.is("programmes", len(ok(s.shop.ListProgrammes(ctx))(s).Data), 2)
	draft.Terms.Plans[3].Rate = 500_000
	p := refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	if p.Detail == "" {
		t.Error("nobody says why")
	}
	draft.Terms.Plans[3].Rate, draft.Terms.PenaltyRate, draft.Policy.MaximumLimit, draft.Terms.LimitCap = 100, 240_001, 200_000_01, 0
	p = refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	s.is("rules broken", len(p.Errors), 2)
	for i, want := range []struct{ pointer, rule string }{{"/terms/penalty_rate", "cn.penalty"}, {"/policy/maximum_limit", "cn.internet_loan"}} {
		if got := p.Errors[i]; got.Pointer != want.pointer || !strings.Contains(got.Detail, want.rule) {
			t.Errorf("%+v, not %+v", got, want)
		}
	}
	draft.Terms.PenaltyRate, draft.Policy.MaximumLimit = 0, 200_000_00
	s.is("the law", ok(s.lender.CreateProgramme(ctx, draft))(s).Terms.LimitCap, int64(200_000_00))
	draft.ID = "Bad Id"
	refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	draft.ID = "another"
	draft.Terms.Documents[0].Hash = "0"
	refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	s.is("the other platform's", ok(s.checker.client(s.w, s.w.stranger).GetProgramme(ctx, catalogue.SampleID))(s).Version, 1)
	refused(s.shop.AdvanceClock(ctx, client.AdvanceRequest{To: calendar.Of(2025, 1, 1)}))(s, kindClockBackwards)
	refused(s.shop.AdvanceClock(ctx, client.AdvanceRequest{To: calendar.Of(2036, 1, 1)}))(s, kindInvalidRequest)
}
