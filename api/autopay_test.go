package api

import (
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// TestAutopay debits a bill of the 1st that is due on the 10th: nothing the day before, the whole on
// the due date, again a day and three days later after a refusal. The operators tell
// the results, as where no payment service is connected.
func TestAutopay(t *testing.T) { onBoth(t, autopayStory) }

func autopayStory(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	refused(s.shop.CancelAutopay(ctx, a.ID, s.key()))(s, "autopay_missing")

	// The consent is an act of its own, for this account and this source.
	shown := ok(s.shop.PreviewAutopay(ctx, a.ID, client.AutopayPreviewRequest{Source: "tok_1"}))(s)
	s.is("debit days", len(shown.DebitDays), 3)
	wrong := s.w.autopay(t, a, "tok_1")
	wrong.Source = "tok_2"
	p := refused(s.shop.SetAutopay(ctx, a.ID, s.key(), wrong))(s, "consent_outdated")
	s.is("where", p.Errors[0].Pointer, "/consent/hash")
	wrong = s.w.autopay(t, a, "tok_1")
	wrong.Consent.Preselected = true
	refused(s.shop.SetAutopay(ctx, a.ID, s.key(), wrong))(s, "consent_preselected")
	a = ok(s.shop.SetAutopay(ctx, a.ID, s.key(), s.w.autopay(t, a, "tok_1")))(s)
	s.is("source", a.Autopay.Source, "tok_1")

	s.capture(s.authorise(a, 100_00, "next"), 100_00, false)
	s.goTo("2026-02-09")
	s.repay(a, 30_00)
	a = s.account(a.ID)
	s.is("the next debit", a.Autopay.NextDebit.DueOn.String(), "2026-02-10")
	s.is("of", a.Autopay.NextDebit.Amount, int64(70_00))
	s.is("debits the day before", len(ok(s.shop.ListDebits(ctx, a.ID, client.ListDebitsQuery{}))(s).Data), 0)

	s.goTo("2026-02-10")
	first := s.pendingDebit(a.ID)
	s.is("what remains", first.Amount, int64(70_00))
	s.is("attempt", first.Attempt, 1)
	refused(s.shop.RequestClosure(ctx, a.ID, s.key()))(s, "account_not_clear")
	refused(s.shop.SettleDebit(ctx, first.ID, s.key()))(s, "operator_key_required")
	one := ok(s.lender.RefuseDebit(ctx, first.ID, s.key(), client.DebitRefusalRequest{Reason: "insufficient_funds"}))(s)
	s.is("status", one.Status, client.DebitStatusRefused)
	ok(s.lender.RefuseDebit(ctx, first.ID, s.key(), client.DebitRefusalRequest{Reason: "insufficient_funds"}))(s) // told twice
	refused(s.lender.SettleDebit(ctx, first.ID, s.key()))(s, "debit_not_pending")

	s.goTo("2026-02-11")
	second := s.pendingDebit(a.ID)
	s.is("attempt", second.Attempt, 2)
	s.goTo("2026-02-13") // nobody knows what became of it: on the third day nothing is asked for
	s.is("on its way", s.pendingDebit(a.ID).ID, second.ID)
	paid := ok(s.lender.SettleDebit(ctx, second.ID, s.key()))(s)
	s.is("status", paid.Status, client.DebitStatusSettled)
	s.is("told twice", ok(s.lender.SettleDebit(ctx, second.ID, s.key()))(s).Repayment, paid.Repayment)
	refused(s.lender.RefuseDebit(ctx, second.ID, s.key(), client.DebitRefusalRequest{Reason: "late"}))(s, "debit_not_pending")

	debits := ok(s.shop.ListDebits(ctx, a.ID, client.ListDebitsQuery{}))(s).Data
	s.is("debits", len(debits), 2)
	s.is("the newest", debits[0].Repayment, paid.Repayment)
	s.is("read by itself", ok(s.shop.GetDebit(ctx, first.ID))(s).Reason, "insufficient_funds")
	repayments := ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s).Data
	s.is("repayments", len(repayments), 2)
	s.is("its source", repayments[0].Source, second.ID)
	a = s.account(a.ID)
	s.is("owed", a.Owed, int64(0))
	s.is("on their way", len(a.PendingDebits), 0)

	// Another source replaces it; the customer and closing end it.
	s.is("cancelled", ok(s.shop.CancelAutopay(ctx, a.ID, s.key()))(s).Autopay.ID, "")
	ok(s.shop.SetAutopay(ctx, a.ID, s.key(), s.w.autopay(t, a, "tok_1")))(s)
	a = ok(s.shop.SetAutopay(ctx, a.ID, s.key(), s.w.autopay(t, a, "tok_2")))(s)
	s.is("source", a.Autopay.Source, "tok_2")
	closure := ok(s.shop.RequestClosure(ctx, a.ID, s.key()))(s)
	ok(s.lender.ApproveClosure(ctx, closure.ID, s.key()))(s)
	s.is("after closing", s.account(a.ID).Autopay.ID, "")
}

// pendingDebit is the one debit of an account that is on its way.
func (s *teller) pendingDebit(account string) client.Debit {
	s.t.Helper()
	pending := s.account(account).PendingDebits
	if len(pending) != 1 {
		s.t.Fatalf("on %s there are %d debits on their way", s.w.desk.Today().Day, len(pending))
	}
	return pending[0]
}

// TestPaymentFigures tell whether anybody carries debits out, and how many wait.
func TestPaymentFigures(t *testing.T) {
	for _, connected := range []bool{false, true} {
		w := newWorld(t, func(o *Options) {
			if connected {
				o.Payments = func() PaymentFigures { return PaymentFigures{Sent: 3, Settled: 2, Undecided: 1, Contradicted: 4} }
			}
		})
		s := &teller{t: t, w: w, checker: newChecker(t), shop: w.client(w.platform), lender: w.client(w.operator)}
		a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
		ok(s.shop.SetAutopay(t.Context(), a.ID, s.key(), w.autopay(t, a, "tok_1")))(s)
		s.capture(s.authorise(a, 100_00, "next"), 100_00, false)
		s.goTo("2026-02-10")
		s.pendingDebit(a.ID)
		ok(s.shop.ListDebits(t.Context(), a.ID, client.ListDebitsQuery{}))(s) // once it is in the tables
		f := ok(s.shop.GetFigures(t.Context()))(s).Payments
		want := client.PaymentFigures{Pending: 1}
		if connected {
			want = client.PaymentFigures{Connected: true, Pending: 1, Sent: 3, Settled: 2, Undecided: 1, Contradicted: 4}
		}
		s.is("figures", f, want)
		metrics := w.get(t, "", "/metrics").body
		if !strings.Contains(metrics, "\nyuefu_debits_pending 1\n") || strings.Contains(metrics, `yuefu_debits_total{what="contradicted"} 4`) != connected {
			t.Errorf("connected %v: %s", connected, metrics)
		}
	}
}
