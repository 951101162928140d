package api

import (
	"reflect"
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// TestDisputes: contested, overdue no more, lost and billed again; contested, refunded in part, won.
func TestDisputes(t *testing.T) {
	onBoth(t, disputes)
}

func disputes(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	next := s.capture(s.authorise(a, 1_000_00, "next"), 1_000_00, true)
	plan := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true)
	contest := func(purchase string, amount int64) client.DisputeRequest {
		return client.DisputeRequest{Amount: amount, Reason: client.NotReceived}
	}
	refused(s.shop.OpenDispute(ctx, next.ID, s.key(), contest(next.ID, 1_000_01)))(s, "dispute_too_large")
	refused(s.shop.OpenDispute(ctx, "pur_"+nobody[4:]+"_1", s.key(), contest("", 1)))(s, "not_found")

	// Overdue from the day after grace; the dispute ends that on its day.
	s.goTo("2026-02-14")
	a = s.account(a.ID)
	s.is("overdue", a.Overdue > 0, true)
	s.is("can spend", a.CanSpend, false)
	penalty := a.Overdue - 1_000_00 - plan.Instalments[0].Amount
	key := s.key()
	d := ok(s.shop.OpenDispute(ctx, next.ID, key, contest(next.ID, 1_000_00)))(s)
	s.is("status", string(d.Status), "open")
	s.is("again by the same key", ok(s.shop.OpenDispute(ctx, next.ID, key, contest(next.ID, 1_000_00)))(s).ID, d.ID)
	a = s.account(a.ID)
	s.is("the rest is overdue, and the penalty until today is owed", a.Overdue, penalty+plan.Instalments[0].Amount)
	ok(s.shop.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: a.Overdue, Currency: "CNY", Source: "p"}))(s)
	a = s.account(a.ID)
	s.is("contested", [2]int64{a.Contested, a.Disputes[0].Amount}, [2]int64{1_000_00, 1_000_00})
	s.is("overdue", a.Overdue, int64(0))
	s.is("can spend", a.CanSpend, true)
	s.is("outstanding", a.Outstanding, int64(1_500_00))
	refused(s.shop.SettleDispute(ctx, d.ID, s.key(), client.DisputeSettlementRequest{InFavourOf: client.DisputePartyMerchant}))(s, kindOperatorKey)
	unmet := ok(s.shop.GetClosingConditions(ctx, a.ID))(s).Unmet
	found := false
	for _, u := range unmet {
		found = found || u.Condition == "dispute_open" && u.Amount == 1_000_00 && u.Date.String() == "2026-02-14" && u.Reference == d.ID
	}
	s.is("a condition for closing", found, true)

	// Lost on the eve of a statement: it stands on that one, with no penalty for the time between.
	s.goTo("2026-02-28")
	ended := ok(s.lender.SettleDispute(ctx, d.ID, s.key(), client.DisputeSettlementRequest{InFavourOf: client.DisputePartyMerchant}))(s)
	s.is("status", string(ended.Status), "for_merchant")
	s.is("late part", [2]int64{int64(ended.Late[0].LatePartOf), ended.Late[0].Principal}, [2]int64{1, 1_000_00})
	refused(s.shop.WithdrawDispute(ctx, d.ID, s.key()))(s, "dispute_not_open")
	s.goTo("2026-03-01")
	statements := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data
	s.is("billed again", statements[0].Total, 1_000_00+plan.Instalments[1].Amount)
	s.is("the old bill", [2]any{string(statements[1].Status), statements[1].Remaining}, [2]any{"paid", int64(0)})
	told := ok(s.shop.GetPurchase(ctx, next.ID))(s)
	s.is("instalments", [3]int64{int64(len(told.Instalments)), told.Instalments[0].Principal, told.Instalments[1].Principal}, [3]int64{2, 0, 1_000_00})
	ok(s.shop.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: statements[0].Total, Currency: "CNY", Source: "p"}))(s)

	// Contested again though it was paid; the merchant gives a part, the lender decides for the rest.
	d = ok(s.shop.OpenDispute(ctx, next.ID, s.key(), contest(next.ID, 400_00)))(s)
	s.is("paid of it", d.Paid, int64(400_00))
	back := ok(s.shop.Refund(ctx, next.ID, s.key(), client.RefundRequest{Amount: 100_00}))(s)
	s.is("of the dispute", back.Disputes[0], client.ConcededDispute{Dispute: d.ID, Amount: 100_00})
	refused(s.shop.OpenDispute(ctx, next.ID, s.key(), contest(next.ID, 600_01)))(s, "dispute_too_large")
	won := ok(s.lender.SettleDispute(ctx, d.ID, s.key(), client.DisputeSettlementRequest{InFavourOf: client.DisputePartyCustomer}))(s)
	s.is("won", [2]any{string(won.Status), won.Refund.Amount}, [2]any{"for_customer", int64(300_00)})
	refused(s.shop.Refund(ctx, next.ID, s.key(), client.RefundRequest{Amount: 600_01}))(s, "refund_too_large")
	s.is("credit balance", s.account(a.ID).CreditBalance, int64(400_00))
	row := ok(s.shop.GetDispute(ctx, d.ID))(s)
	s.is("in the table", [3]any{string(row.Status), row.Refunded, row.Refund}, [3]any{"for_customer", int64(400_00), won.Refund.ID})
	given := ok(s.shop.OpenDispute(ctx, plan.ID, s.key(), contest(plan.ID, 300_00)))(s)
	s.is("taken out", int64(len(given.TakenOut)), int64(3))
	over := ok(s.shop.WithdrawDispute(ctx, given.ID, s.key()))(s)
	s.is("withdrawn", [2]any{string(over.Status), len(over.Restored)}, [2]any{"withdrawn", 3})
	s.is("listed", len(ok(s.shop.ListDisputes(ctx, a.ID, client.ListDisputesQuery{}))(s).Data), 3)
	if told := ok(s.shop.GetRefund(ctx, won.Refund.ID))(s); !reflect.DeepEqual(told, won.Refund) {
		t.Errorf("told as %+v and later as %+v", won.Refund, told)
	}
	s.verified()
}

// TestRefundLineage: a preview is the refund, to the fen, and so is what is told of it later.
func TestRefundLineage(t *testing.T) {
	onBoth(t, refundLineage)
}

func refundLineage(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	var purchases []client.Purchase
	for _, plan := range []string{"next", "flat6", "free3"} {
		purchases = append(purchases, s.capture(s.authorise(a, 300_01, plan), 300_01, true))
	}
	s.goTo("2026-02-01")
	for _, amount := range []int64{1, 77_77, 222_23} {
		for _, p := range purchases {
			shown := ok(s.shop.PreviewRefund(ctx, p.ID, client.RefundRequest{Amount: amount}))(s)
			s.is("id of a preview", shown.ID, "")
			done := ok(s.shop.Refund(ctx, p.ID, s.key(), client.RefundRequest{Amount: amount}))(s)
			if told := ok(s.shop.GetRefund(ctx, done.ID))(s); !reflect.DeepEqual(told, done) {
				t.Errorf("answered as %+v and told as %+v", done, told)
			}
			sum := done.Credited
			for _, cut := range done.Cuts {
				sum += cut.Principal
				s.is("principal", cut.Before.Principal-cut.Principal, cut.After.Principal)
			}
			s.is("sum", sum, amount)
			done.ID = ""
			if !reflect.DeepEqual(shown, done) {
				t.Errorf("shown as %+v and done as %+v", shown, done)
			}
			if _, err := s.shop.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: 60_00, Currency: "CNY", Source: "p"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	refused(s.shop.PreviewRefund(ctx, purchases[0].ID, client.RefundRequest{Amount: 1}))(s, "refund_too_large")
	refused(s.shop.PreviewRefund(ctx, "pur_"+nobody[4:]+"_1", client.RefundRequest{Amount: 1}))(s, "not_found")
	s.is("listed", len(ok(s.shop.ListRefunds(ctx, a.ID, client.ListRefundsQuery{}))(s).Data), 9)
	s.verified()
}

// verified wants the tables to be what the log says.
func (s *teller) verified() {
	s.t.Helper()
	report, err := s.w.tables.Verify(s.t.Context(), nil)
	if err != nil || !report.Clean() {
		s.t.Errorf("%v: %v", err, report.Violations)
	}
}
