package api

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// early asks what settles a purchase, or everything for "".
func (s *teller) early(a client.Account, purchase string) client.EarlyRepaymentQuote {
	s.t.Helper()
	return ok(s.shop.QuoteEarlyRepayment(s.t.Context(), a.ID, client.EarlyRepaymentQuoteRequest{Purchase: purchase}))(s)
}

func (s *teller) by(q client.EarlyRepaymentQuote) client.EarlyRepaymentRequest {
	return client.EarlyRepaymentRequest{Purchase: q.Purchase, Amount: q.Amount, Currency: q.Currency, Source: s.key(), Quote: q.Quote}
}

// TestPayingEarly settles purchases before they are due, on the last day that a quote
// holds and on the day after.
func TestPayingEarly(t *testing.T) {
	onBoth(t, payingEarly)
}

func payingEarly(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-early", 10_000_00, 10_000_00, false).Opened
	first := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true)
	second := s.capture(s.authorise(a, 120_00, "next"), 120_00, true)

	q := s.early(a, first.ID)
	s.is("the sum", q.Amount, int64(600_00))
	s.is("saved", q.Saved, int64(21_60)) // six fees of 3.60
	s.is("holds until", q.HoldsUntil.String(), "2026-01-31")
	s.is("parts", len(q.Parts), 6)
	s.is("waived with the first", q.Parts[0].Waived, int64(3_60))
	refused(s.shop.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{Purchase: "pur_0123456789abcdefghjk_1"}))(s, "not_found")
	refused(s.shop.QuoteEarlyRepayment(ctx, nobody, client.EarlyRepaymentQuoteRequest{}))(s, "not_found")
	wrong := s.by(q)
	wrong.Amount--
	refused(s.shop.RepayEarly(ctx, a.ID, s.key(), wrong))(s, "not_the_quoted_sum")
	wrong.Purchase = ""
	refused(s.shop.RepayEarly(ctx, a.ID, s.key(), wrong))(s, "quote_outdated")

	// The day after the last one, the first instalment is billed, and its fee is due.
	s.goTo("2026-02-01")
	refused(s.shop.RepayEarly(ctx, a.ID, s.key(), s.by(q)))(s, "quote_outdated")
	q = s.early(a, first.ID)
	s.is("the sum", q.Amount, int64(603_60))
	s.is("saved", q.Saved, int64(18_00))
	s.is("holds through grace", q.HoldsUntil.String(), "2026-02-13")
	s.is("the billed part", q.Parts[0].Statement == "", false)
	s.is("the next one", q.Parts[1].Statement, "")
	s.goTo("2026-02-13")
	key := s.key()
	paid := ok(s.shop.RepayEarly(ctx, a.ID, key, s.by(q)))(s)
	s.is("early", paid.Early, true)
	s.is("waived", paid.Waived, int64(18_00))
	s.is("the bill goes on", len(paid.StatementsPaid), 0)
	bought := ok(s.shop.GetPurchase(ctx, first.ID))(s)
	s.is("the billed instalment", bought.Instalments[0].RepaidEarly, int64(0))
	s.is("the next one", bought.Instalments[1].RepaidEarly, int64(100_00))
	s.is("its fee", bought.Instalments[1].Fee, int64(0))
	listed := ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s)
	s.is("listed", listed.Data[0].ID, paid.ID)
	s.is("as early", listed.Data[0].Early, true)
	s.is("with all its parts", len(listed.Data[0].Shares), len(paid.Shares))
	refused(s.shop.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{Purchase: first.ID}))(s, "nothing_owed")
	a = s.account(a.ID)
	s.is("owed", a.Owed, int64(120_00))

	// Overdue: one purchase waits, everything can be settled, and the sum is today's.
	s.goTo("2026-02-14")
	refused(s.shop.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{Purchase: second.ID}))(s, "overdue_first")
	q = s.early(a, "")
	s.is("holds until", q.HoldsUntil, q.AsOf)
	s.goTo("2026-02-18")
	refused(s.shop.RepayEarly(ctx, a.ID, s.key(), s.by(q)))(s, "quote_outdated")
	q = s.early(a, "")
	s.is("the sum", q.Amount, int64(120_63)) // 0.05% a day: three of 220.00, five of 120.00
	paid = ok(s.shop.RepayEarly(ctx, a.ID, s.key(), s.by(q)))(s)
	s.is("the bill is paid", len(paid.StatementsPaid), 1)
	a = s.account(a.ID)
	s.is("owed", a.Owed, int64(0))
	s.is("free again", a.CanSpend, true)
	refused(s.shop.RepayEarly(ctx, a.ID, s.key(), s.by(q)))(s, "nothing_owed")

	// What was paid early and is refunded is the customer's, and pays the next purchase first.
	back := ok(s.shop.Refund(ctx, first.ID, s.key(), client.RefundRequest{Amount: 100_00}))(s)
	s.is("credited", back.Credited, int64(100_00))
	s.capture(s.authorise(a, 90_00, "next"), 90_00, true)
	q = s.early(a, "")
	s.is("to be paid", q.Amount, int64(0))
	s.is("from the credit balance", q.FromCreditBalance, int64(90_00))
	ok(s.shop.RepayEarly(ctx, a.ID, s.key(), s.by(q)))(s)
	s.is("left", s.account(a.ID).CreditBalance, int64(10_00))
}
