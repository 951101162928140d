package api

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// defers is the customer's consent to a deferral as it was quoted.
func (w *world) defers(person string, text client.DeferralText) client.DeferralConsent {
	return client.DeferralConsent{
		Document: text.Document, Version: text.Version, Hash: text.Hash, Person: person, Act: "tap_defer",
		ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(),
	}
}

// TestDeferral tells of a customer who can't pay in time, and says so in time.
func TestDeferral(t *testing.T) {
	onBoth(t, deferral)
}

func deferral(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-late", 10_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	s.goTo("2026-02-01")
	bill := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	s.is("due", bill.DueOn.String(), "2026-02-10")

	quote := func(query client.QuoteDeferralQuery) client.DeferralQuote {
		t.Helper()
		return ok(s.shop.QuoteDeferral(ctx, bill.ID, query))(s)
	}
	most := quote(client.QuoteDeferralQuery{})
	s.is("at the latest", most.NewDueOn.String(), "2026-02-24")
	s.is("fee", most.Fee, int64(5_00))
	s.is("annual rate", most.AnnualRate, int64(130357)) // 0.5% × 365 ÷ 14
	short := quote(client.QuoteDeferralQuery{Days: 3})
	s.is("three days", short.NewDueOn.String(), "2026-02-13")
	s.is("the fee of three days", short.Fee, int64(1_97)) // 24% of 1,000.00 for 3 days
	s.is("what the cap took", short.FeeCut, int64(3_03))
	s.is("by date", quote(client.QuoteDeferralQuery{DueOn: calendar.Of(2026, 2, 13)}).Text.Hash, short.Text.Hash)
	refused(s.shop.QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{Days: 15}))(s, "invalid_date")
	refused(s.shop.QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{DueOn: bill.DueOn}))(s, "invalid_date")
	refused(s.shop.QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{Days: 1, DueOn: calendar.Of(2026, 2, 13)}))(s, kindInvalidParameter)
	refused(s.shop.QuoteDeferral(ctx, "stm_0123456789abcdefghjk_7", client.QuoteDeferralQuery{}))(s, "not_found")
	refused(s.checker.client(s.w, s.w.stranger).QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{}))(s, "not_found")

	ask := func(due calendar.Date, text client.DeferralText) (client.Deferral, error) {
		return s.shop.DeferStatement(ctx, bill.ID, s.key(), client.DeferralRequest{DueOn: due, Consent: s.w.defers("u-late", text)})
	}
	// Consent to other figures is none.
	p := refused(ask(most.NewDueOn, short.Text))(s, "consent_outdated")
	s.is("where", p.Errors[0].Pointer, "/consent/hash")

	// The day before: in time. The same again: once only.
	s.goTo("2026-02-09")
	s.is("still the same", quote(client.QuoteDeferralQuery{}).Text.Hash, most.Text.Hash)
	got := ok(ask(most.NewDueOn, most.Text))(s)
	s.is("was due", got.DeferredFrom, bill.DueOn)
	s.is("is due", got.DueOn.String(), "2026-02-24")
	s.is("fee", got.Fee, int64(5_00))
	refused(ask(most.NewDueOn, most.Text))(s, "already_deferred")

	a = s.account(a.ID)
	s.is("billed", a.Billed, int64(1_005_00))
	s.is("outstanding", a.Outstanding, int64(1_000_00))
	s.is("running", len(a.Deferrals), 1)
	s.is("until", a.Deferrals[0].DueOn.String(), "2026-02-24")
	s.is("coming", a.Coming[0].DueOn.String(), "2026-02-24")
	unmet := ok(s.shop.GetClosingConditions(ctx, a.ID))(s).Unmet
	s.is("conditions", len(unmet), 2)
	s.is("a condition", unmet[1].Condition, "deferral_running")

	// Nothing happens on the old due date, and nothing on the new one.
	s.goTo("2026-02-27")
	late := ok(s.shop.GetStatement(ctx, bill.ID))(s)
	s.is("in its grace", late.Status, client.StatementStatusOpen)
	s.is("deferred from", late.DeferredFrom.String(), "2026-02-10")
	s.is("its fee", late.DeferralFee, int64(5_00))
	s.is("remaining", late.Remaining, int64(1_005_00))
	s.is("no deferral runs", len(s.account(a.ID).Deferrals), 0)
	s.goTo("2026-02-28") // the fourth day after the new due date
	late = ok(s.shop.GetStatement(ctx, bill.ID))(s)
	s.is("late", late.Status, client.StatementStatusOverdue)
	s.is("penalty from the new due date", late.Penalty, int64(2_00)) // four days of 0.05%
	paid := s.repay(a, late.Remaining)
	s.is("the fee is paid first", paid.Shares[0].Fee, int64(5_00))
	s.is("with the penalty", paid.Shares[0].Penalty, int64(2_00))
	s.is("paid", ok(s.shop.GetStatement(ctx, bill.ID))(s).Remaining, int64(0))
	refused(s.shop.QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{}))(s, "statement_not_open")

	// On the due date it is too late.
	a = s.account(a.ID)
	s.capture(s.authorise(a, 100_00, "next"), 100_00, true)
	s.goTo("2026-03-10")
	bill = ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	refused(s.shop.QuoteDeferral(ctx, bill.ID, client.QuoteDeferralQuery{}))(s, "deferral_too_late")
	refused(ask(bill.DueOn+1, most.Text))(s, "deferral_too_late")
}
