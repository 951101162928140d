package api

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
)

// TestLeaving closes an account by the one sum that settles it, and de-registers it later.
func TestLeaving(t *testing.T) {
	onBoth(t, leaving)
}

func leaving(t *testing.T, s *teller) {
	ctx := t.Context()
	now := ok(s.shop.GetProgramme(ctx, catalogue.SampleID))(s)
	draft := client.ProgrammeRequest{ID: catalogue.SampleID, Names: now.Names, Terms: now.Terms, Policy: now.Policy}
	draft.Terms.DeregisterCoolDownDays = 10
	ok(s.lender.CreateProgramme(ctx, draft))(s)
	a := s.apply("u-leaving", 10_000_00, 10_000_00, false).Opened
	bought := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true)
	hold := s.authorise(a, 50_00, "next")

	// What stands in the way, the one sum for all of it, and what money can't do.
	conditions := ok(s.shop.GetClosingConditions(ctx, a.ID))(s)
	s.is("conditions", len(conditions.Unmet), 2)
	s.is("money", conditions.Unmet[0].Remedy, client.RemedySettlement)
	s.is("what money can't", conditions.Unmet[1].Remedy, client.RemedyCaptureOrVoid)
	s.is("the one sum", conditions.Settlement.Amount, int64(600_00))
	s.is("holds until", conditions.Settlement.HoldsUntil.String(), "2026-01-22") // the hold's last day
	s.goTo("2026-01-22")
	ok(s.shop.RepayEarly(ctx, a.ID, s.key(), client.EarlyRepaymentRequest{
		Amount: conditions.Settlement.Amount, Currency: client.CNY, Source: "pay-all", Quote: conditions.Settlement.Quote,
	}))(s)
	p := refused(s.shop.RequestDeregistration(ctx, a.ID, s.key()))(s, "account_not_clear")
	s.is("what is left", p.Unmet[0].Reference, hold.ID)
	ok(s.shop.Void(ctx, hold.ID, s.key()))(s)
	clear := ok(s.shop.GetClosingConditions(ctx, a.ID))(s)
	s.is("clear", clear.Clear, true)
	s.is("a settlement of nothing", clear.Settlement.Quote, "")

	// The review: the last working day is in time, the day after is an alarm.
	asked := ok(s.shop.RequestClosure(ctx, a.ID, s.key()))(s)
	s.is("kind", asked.Kind, client.ClosureKindClose)
	s.is("by", asked.ReviewBy.String(), "2026-01-27") // Thursday, and three working days
	s.goTo("2026-01-27")
	s.is("in time", s.account(a.ID).Closure.Breached, false)
	s.is("metrics", s.metric(a.ID, `yuefu_closures{state="breached"}`), "0")
	s.goTo("2026-01-28")
	s.is("late", s.account(a.ID).Closure.Breached, true)
	s.is("read again", ok(s.shop.GetClosure(ctx, asked.ID))(s).Breached, true)
	s.is("metrics", s.metric(a.ID, `yuefu_closures{state="breached"}`), "1")
	refused(s.shop.GetClosingCertificate(ctx, asked.ID))(s, "closure_not_approved")
	s.is("approved, if late", ok(s.lender.ApproveClosure(ctx, asked.ID, s.key()))(s).Status, client.ClosureStatusApproved)
	s.is("metrics", s.metric(a.ID, `yuefu_closures{state="breached"}`), "0")
	s.is("status", s.account(a.ID).Status, client.Closed)
	first := s.certificate(asked.ID)
	if !strings.Contains(first, `"owed":0`) || !strings.Contains(first, "关闭") || !strings.Contains(first, `"kind":"close"`) {
		t.Errorf("certificate: %s", first)
	}

	// A refund after closing is the customer's money, and has to go back before more ends.
	back := ok(s.shop.Refund(ctx, bought.ID, s.key(), client.RefundRequest{Amount: 100_00}))(s)
	s.is("credited", back.Credited, int64(100_00))
	p = refused(s.shop.RequestDeregistration(ctx, a.ID, s.key()))(s, "account_not_clear")
	s.is("what is left", p.Unmet[0].Remedy, client.RemedyCreditBalanceReturn)
	s.is("returned", ok(s.shop.ReturnCreditBalance(ctx, a.ID, s.key(), client.CreditBalanceReturnRequest{Reference: "out"}))(s).Amount, int64(100_00))
	withdrawn := ok(s.shop.RequestDeregistration(ctx, a.ID, s.key()))(s)
	s.is("kind", withdrawn.Kind, client.ClosureKindDeregister)
	s.is("withdrawn", ok(s.shop.WithdrawClosure(ctx, withdrawn.ID, s.key()))(s).Kind, client.ClosureKindDeregister)
	s.is("still closed", s.account(a.ID).Status, client.Closed)
	asked = ok(s.shop.RequestDeregistration(ctx, a.ID, s.key()))(s)
	refused(s.shop.RequestDeregistration(ctx, a.ID, s.key()))(s, "closure_pending")
	s.is("approved", ok(s.lender.ApproveClosure(ctx, asked.ID, s.key()))(s).Kind, client.ClosureKindDeregister)
	a = s.account(a.ID)
	s.is("status", a.Status, client.Deregistered)
	s.is("apply again on", a.ApplyAgainOn.String(), "2026-02-07")
	s.is("found", len(ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-leaving", Status: client.Deregistered}))(s).Data), 1)
	s.is("requests", len(ok(s.shop.ListClosures(ctx, a.ID, client.ListClosuresQuery{}))(s).Data), 3)
	second := s.certificate(asked.ID)
	if !strings.Contains(second, "注销") || !strings.Contains(second, `"kind":"deregister"`) {
		t.Errorf("certificate: %s", second)
	}

	// Applying again: refused through the day before, with its date; then a new life.
	s.goTo("2026-02-06")
	again := s.apply("u-leaving", 5_000_00, 10_000_00, false)
	s.is("too soon", again.Status, client.DecisionRefused)
	s.is("why", again.Reasons[0], "deregistered_recently")
	s.is("when", again.ApplyAgainOn.String(), "2026-02-07")
	s.goTo("2026-02-07")
	s.is("let in", s.apply("u-leaving", 5_000_00, 10_000_00, false).Status, client.DecisionApproved)
	s.is("the same account", s.account(a.ID).Status, client.Active)
	if s.certificate(withdrawnFirst(t, s, a.ID)) != first || s.certificate(asked.ID) != second {
		t.Error("a certificate has other bytes now")
	}
}

// withdrawnFirst is the id of the account's first request.
func withdrawnFirst(t *testing.T, s *teller, account string) string {
	list := ok(s.shop.ListClosures(t.Context(), account, client.ListClosuresQuery{}))(s).Data
	return list[len(list)-1].ID
}

// certificate reads a certificate as bytes, and checks them against its hash.
func (s *teller) certificate(closure string) string {
	s.t.Helper()
	got := s.w.get(s.t, s.w.platform, "/v1/closures/"+closure+"/certificate")
	told := ok(s.shop.GetClosingCertificate(s.t.Context(), closure))(s)
	body := strings.TrimPrefix(got.body, `{"certificate":`)
	i := strings.LastIndex(body, `,"sha256":`)
	if i < 0 {
		s.t.Fatal(got.body)
	}
	canonical := jsontext.Value(body[:i])
	if err := canonical.Canonicalize(); err != nil || string(canonical) != body[:i] {
		s.t.Errorf("not canonical: %s %v", body[:i], err)
	}
	sum := sha256.Sum256(canonical)
	s.is("its hash", hex.EncodeToString(sum[:]), told.Sha256)
	return got.body
}

// metric reads one value of /metrics, once the tables have all of an account.
func (s *teller) metric(account, name string) string {
	s.t.Helper()
	ok(s.shop.ListClosures(s.t.Context(), account, client.ListClosuresQuery{}))(s)
	r, err := http.Get(s.w.url + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return value
		}
	}
	return ""
}
