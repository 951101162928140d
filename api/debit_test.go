package api

import (
	"errors"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
)

// connected is a world with a payment service, whose results the operators tell.
func connected(o *Options) { o.Payments = func() PaymentFigures { return PaymentFigures{} } }

// TestRepayingNow has the customer's own pages ask for debits: of a part, of the rest, and
// early by a quote, once while it holds and once when it holds no more.
func TestRepayingNow(t *testing.T) {
	w := newWorld(t, connected)
	ctx := t.Context()
	checker := newChecker(t)
	s := &teller{t: t, w: w, checker: checker, shop: checker.client(w, w.platform), lender: checker.client(w, w.operator)}
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	me := checker.customer(w, "u-1")

	told := ok(s.shop.PutSources(ctx, a.ID, client.SourcesRequest{Sources: []client.SourceTold{{Source: "tok_1", Label: "招商银行 ···· 1234"}, {Source: "tok_2", Label: "零钱"}}}))(s)
	s.is("sources", len(told.Data), 2)
	s.is("as the customer sees them", ok(me.ListSources(ctx, a.ID))(s).Data[0].Label, "招商银行 ···· 1234")
	refused(w.client(w.stranger).ListSources(ctx, a.ID))(s, "not_found")
	p := refused(s.shop.PutSources(ctx, a.ID, client.SourcesRequest{Sources: []client.SourceTold{{Source: "tok_1", Label: "6225881234567890"}}}))(s, "invalid_request")
	s.is("where", p.Errors[0].Pointer, "/sources")
	refused(me.PutSources(ctx, a.ID, client.SourcesRequest{Sources: []client.SourceTold{}}))(s, "no_such_route")

	pay := func(amount int64) client.DebitRequest {
		return client.DebitRequest{Amount: amount, Currency: "CNY", Source: "tok_1"}
	}
	s.capture(s.authorise(a, 100_00, "next"), 100_00, false)
	refused(me.RequestDebit(ctx, a.ID, s.key(), pay(100_00)))(s, "nothing_owed")
	s.goTo("2026-02-03")
	refused(me.RequestDebit(ctx, a.ID, s.key(), pay(100_01)))(s, "more_than_billed")
	another := pay(1)
	another.Source = "tok_3"
	p = refused(me.RequestDebit(ctx, a.ID, s.key(), another))(s, "unknown_source")
	s.is("where", p.Errors[0].Pointer, "/source")
	refused(w.as("u-2", false).RequestDebit(ctx, a.ID, s.key(), pay(1)))(s, "not_found")
	refused(me.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: 1, Currency: "CNY", Source: "x"}))(s, "no_such_route")

	key := s.key()
	first := ok(me.RequestDebit(ctx, a.ID, key, pay(40_00)))(s)
	s.is("status", first.Status, client.DebitStatusPending)
	s.is("purpose", first.Purpose, client.DebitPurposeBills)
	s.is("the same key", ok(me.RequestDebit(ctx, a.ID, key, pay(40_00)))(s).ID, first.ID)
	refused(me.RequestDebit(ctx, a.ID, s.key(), pay(60_01)))(s, "debit_pending")
	s.is("billed until it came", s.account(a.ID).Billed, int64(100_00))
	ok(s.lender.SettleDebit(ctx, first.ID, s.key()))(s)
	shown := ok(me.GetDebit(ctx, first.ID))(s)
	s.is("paid by it", shown.Paid.Amount, int64(40_00))
	s.is("of principal", shown.Paid.Shares[0].Principal, int64(40_00))
	s.is("the repayment", shown.Paid.ID, shown.Repayment)

	second := ok(me.RequestDebit(ctx, a.ID, s.key(), pay(60_00)))(s)
	ok(s.lender.RefuseDebit(ctx, second.ID, s.key(), client.DebitRefusalRequest{Reason: "insufficient_funds"}))(s)
	s.is("why", ok(me.GetDebit(ctx, second.ID))(s).Reason, "insufficient_funds")

	// Early, by the quote that the page shows.
	quote := ok(me.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{}))(s)
	early := pay(quote.Amount)
	early.Quote = quote.Quote
	debit := ok(me.RequestDebit(ctx, a.ID, s.key(), early))(s)
	s.is("purpose", debit.Purpose, client.DebitPurposeEarlyRepayment)
	refused(me.RequestDebit(ctx, a.ID, s.key(), pay(1)))(s, "debit_pending")
	ok(s.lender.SettleDebit(ctx, debit.ID, s.key()))(s)
	shown = ok(me.GetDebit(ctx, debit.ID))(s)
	s.is("early", shown.Paid.Early, true)
	s.is("owed", s.account(a.ID).Owed, int64(0))

	bought := s.capture(s.authorise(a, 300_00, "next"), 300_00, false)
	quote = ok(me.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{Purchase: bought.ID}))(s)
	early = client.DebitRequest{Amount: quote.Amount, Currency: "CNY", Source: "tok_2", Quote: quote.Quote, Purchase: bought.ID}
	debit = ok(me.RequestDebit(ctx, a.ID, s.key(), early))(s)
	s.is("of", debit.Purchase, bought.ID)
	ok(s.shop.Refund(ctx, bought.ID, s.key(), client.RefundRequest{Amount: 100_00}))(s)
	s.is("lapsed", ok(s.lender.SettleDebit(ctx, debit.ID, s.key()))(s).QuoteLapsed, true)
	shown = ok(me.GetDebit(ctx, debit.ID))(s)
	s.is("a credit balance", shown.Paid.Credited, int64(300_00))

	// The credit balance pays the rest, and that needs no money.
	quote = ok(me.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{}))(s)
	s.is("nothing to pay", quote.Amount, int64(0))
	free := client.EarlyRepaymentRequest{Currency: "CNY", Source: "credit balance", Quote: quote.Quote}
	claimed := free
	claimed.Amount = 1
	refused(me.RepayEarly(ctx, a.ID, s.key(), claimed))(s, "invalid_request")
	ok(me.RepayEarly(ctx, a.ID, s.key(), free))(s)
	s.is("owed", s.account(a.ID).Owed, int64(0))

	// A standing instruction takes only what is theirs, too.
	refused(me.PreviewAutopay(ctx, a.ID, client.AutopayPreviewRequest{Source: "tok_3"}))(s, "unknown_source")
	refused(me.SetAutopay(ctx, a.ID, s.key(), w.autopay(t, s.account(a.ID), "tok_3")))(s, "unknown_source")
	ok(me.SetAutopay(ctx, a.ID, s.key(), w.autopay(t, s.account(a.ID), "tok_2")))(s)
}

// TestWithoutAPaymentService nobody is left waiting for a debit that never comes.
func TestWithoutAPaymentService(t *testing.T) {
	w := newWorld(t)
	account := w.opened(t, "u-1")
	var problem *client.Problem
	_, err := w.as("u-1", false).RequestDebit(t.Context(), account.ID, "k-1", client.DebitRequest{Amount: 1, Currency: "CNY", Source: "tok_1"})
	if !errors.As(err, &problem) || problem.Kind != client.ProblemKind("no_payment_service") {
		t.Errorf("%v", err)
	}
	other := (&Principal{Platform: "shop", Programme: catalogue.SampleID, Customer: "nobody"}).Account()
	_, err = w.client(w.platform).RequestDebit(t.Context(), string(other), "k-2", client.DebitRequest{Amount: 1, Currency: "CNY", Source: "tok_1"})
	if !errors.As(err, &problem) || problem.Kind != "not_found" {
		t.Errorf("of nobody's account: %v", err)
	}
}
