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
		ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 10,
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

// converts is the customer's consent to a conversion as it was quoted.
func (w *world) converts(person string, text client.ConversionText) client.ConversionConsent {
	return client.ConversionConsent{
		Document: text.Document, Version: text.Version, Hash: text.Hash, Person: person, Act: "tap_convert",
		ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 10,
	}
}

// TestConversion tells of a customer who turns a bill into instalments, and returns a
// part of what stood on it.
func TestConversion(t *testing.T) {
	onBoth(t, conversion)
}

func conversion(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-dear", 10_000_00, 10_000_00, false).Opened
	first := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true) // 100.00 and 3.60 a month
	second := s.capture(s.authorise(a, 900_00, "next"), 900_00, true)
	s.goTo("2026-02-01")
	bill := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	s.is("billed", bill.Total, int64(1_003_60))

	quotes := ok(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{}))(s)
	s.is("one a plan", len(quotes.Data), 3)
	s.is("the principal, not the fee", quotes.Convertible, int64(1_000_00))
	for _, q := range quotes.Data {
		sum := int64(0)
		for _, in := range q.Instalments {
			sum += in.Amount
		}
		s.is("the sum of "+q.Plan, sum, q.Total)
	}
	part := ok(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{Plan: "bill3", Amount: 900_00}))(s)
	s.is("one plan", len(part.Data), 1)
	s.is("the first statement after today", part.Data[0].Instalments[0].StatementOn.String(), "2026-03-01")
	s.is("an instalment", part.Data[0].Instalments[0].Amount, int64(305_85)) // 300.00 + 0.65% of 900.00
	refused(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{Amount: 1_000_01}))(s, "conversion_too_large")
	refused(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{Plan: "flat6"}))(s, "unknown_plan")
	refused(s.shop.QuoteConversion(ctx, "stm_0123456789abcdefghjk_7", client.QuoteConversionQuery{}))(s, "not_found")
	refused(s.checker.client(s.w, s.w.stranger).QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{}))(s, "not_found")

	ask := func(plan string, amount int64, text client.ConversionText) (client.Conversion, error) {
		return s.shop.ConvertStatement(ctx, bill.ID, s.key(), client.ConversionRequest{Plan: plan, Amount: amount, Consent: s.w.converts("u-dear", text)})
	}
	p := refused(ask("bill6", 900_00, part.Data[0].Text))(s, "consent_outdated")
	s.is("where", p.Errors[0].Pointer, "/consent/hash")

	// On the due date, and not after it.
	s.goTo("2026-02-10")
	refused(ask("bill3", 900_00, part.Data[0].Text))(s, "consent_outdated") // a quote is of its day
	part = ok(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{Plan: "bill3", Amount: 900_00}))(s)
	before := s.account(a.ID)
	got := ok(ask("bill3", 900_00, part.Data[0].Text))(s)
	s.is("of the newest purchase", got.Lines[0].Purchase, second.ID)
	s.is("further instalments", got.Purchases[0].Instalments[0].Number, 2)
	s.is("their conversion", got.Purchases[0].Instalments[0].Conversion, got.ID)
	after := s.account(a.ID)
	s.is("outstanding", after.Outstanding, before.Outstanding)
	s.is("available", after.Available, before.Available)
	s.is("billed", after.Billed, int64(103_60))
	refused(ask("bill3", 0, part.Data[0].Text))(s, "already_converted")
	refused(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{}))(s, "already_converted")
	left := ok(s.shop.GetStatement(ctx, bill.ID))(s)
	s.is("it asked for", left.Total, int64(1_003_60))
	s.is("converted", left.Converted, int64(900_00))
	s.is("remaining", left.Remaining, int64(103_60))
	s.is("paid", left.Paid, int64(0))
	if paid := s.repay(a, 103_60); paid.StatementsPaid[0] != bill.ID {
		t.Errorf("%+v", paid)
	}

	// A refund takes the last instalments off, with their fees.
	back := ok(s.shop.Refund(ctx, second.ID, s.key(), client.RefundRequest{Amount: 450_00}))(s)
	s.is("credited", back.Credited, int64(0))
	bought := ok(s.shop.GetPurchase(ctx, second.ID))(s)
	sums := []int64{0, 305_85, 152_92, 0} // half of 5.85 is 2.925, to the even fen 2.92
	for i, in := range bought.Instalments {
		s.is("instalment", in.Amount, sums[i])
	}
	s.is("of its own plan", bought.Instalments[0].Conversion, "")
	s.is("of the conversion", bought.Instalments[1].Conversion, got.ID)

	// The next bill has both plans' instalments; what was converted is not converted again.
	s.goTo("2026-03-01")
	bill = ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	s.is("the next bill", bill.Total, int64(103_60+305_85))
	again := ok(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{Plan: "bill12"}))(s)
	s.is("only what is new", again.Convertible, int64(100_00))
	s.goTo("2026-03-11")
	refused(s.shop.QuoteConversion(ctx, bill.ID, client.QuoteConversionQuery{}))(s, "conversion_too_late")
	s.is("its first purchase", ok(s.shop.GetPurchase(ctx, first.ID))(s).Instalments[1].Statement, bill.ID)
}
