package api

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// TestABouncedRepayment: paid on time, bounced after the due day, and late since its own day.
func TestABouncedRepayment(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-bounce", 5_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 600_00, "next"), 600_00, true)
	s.goTo("2026-02-05")
	bill := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data[0]
	paid := ok(s.shop.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: bill.Total, Currency: client.CNY, Source: "pay-1"}))(s)
	s.is("owed", s.account(a.ID).Owed, int64(0))
	s.goTo("2026-02-28")

	key := s.key()
	back := ok(s.shop.ReverseRepayment(ctx, paid.ID, key, client.ReversalRequest{Reference: "bounce-1"}))(s)
	again := ok(s.shop.ReverseRepayment(ctx, paid.ID, key, client.ReversalRequest{Reference: "bounce-1"}))(s)
	s.is("the same answer", again.ID, back.ID)
	refused(s.shop.ReverseRepayment(ctx, paid.ID, s.key(), client.ReversalRequest{Reference: "bounce-2"}))(s, "already_reversed")
	s.is("amount", back.Amount, bill.Total)
	s.is("reopened", back.StatementsReopened[0].Statement, bill.ID)
	if back.Penalty <= 0 || back.StatementsReopened[0].OverdueSince <= bill.DueOn {
		t.Errorf("late since %s with a penalty of %d", back.StatementsReopened[0].OverdueSince, back.Penalty)
	}
	now := s.account(a.ID)
	s.is("owed", now.Owed, bill.Total+back.Penalty)
	s.is("owed as answered", now.Owed, back.Owed)
	s.is("frozen", now.CanSpend, false)
	list := ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s).Data
	s.is("reversed on", list[0].ReversedOn.String(), "2026-02-28")
	s.is("status", ok(s.shop.GetStatement(ctx, bill.ID))(s).Status, client.StatementStatusOverdue)
	s.is("remaining", ok(s.shop.GetStatement(ctx, bill.ID))(s).Remaining, now.Owed)

	story := ok(s.shop.ExplainStatement(ctx, a.ID, client.ExplainStatementQuery{Statement: bill.ID}))(s)
	s.is("remains by the story", story.Remaining, now.Owed)
	s.is("the line's", story.Lines[0].Remaining, bill.Total)
	s.is("the penalty's", story.StatementItself.Remaining, now.Owed-bill.Total)
	told := map[string]bool{}
	for _, e := range ok(s.shop.ListEvents(ctx, a.ID, client.ListEventsQuery{Limit: 200}))(s).Data {
		told[e.ID+e.Type] = true
	}
	for _, step := range story.Lines[0].Steps {
		if !told[step.Event+step.Type] {
			t.Errorf("no event %s is a %s", step.Event, step.Type)
		}
	}
	refused(s.shop.ExplainStatement(ctx, a.ID, client.ExplainStatementQuery{Statement: "stm_" + nobody[4:] + "_1"}))(s, "not_found")
	refused(s.shop.ExplainStatement(ctx, a.ID, client.ExplainStatementQuery{}))(s, "not_found")

	rest := ok(s.shop.Repay(ctx, a.ID, s.key(), client.RepaymentRequest{Amount: now.Owed, Currency: client.CNY, Source: "pay-2"}))(s)
	s.is("credited", rest.Credited, int64(0))
	s.is("can spend", s.account(a.ID).CanSpend, true)
}

// TestABouncedEarlyRepayment: what was settled stands on the bills on which it would have stood,
// on one that was never issued too.
func TestABouncedEarlyRepayment(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-early-bounce", 5_000_00, 10_000_00, false).Opened
	purchase := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true)
	quote := ok(s.shop.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{Purchase: purchase.ID}))(s)
	paid := ok(s.shop.RepayEarly(ctx, a.ID, s.key(), client.EarlyRepaymentRequest{Purchase: purchase.ID, Amount: quote.Amount, Currency: client.CNY, Source: "pay-1", Quote: quote.Quote}))(s)
	s.goTo("2026-02-28")
	s.is("bills", len(ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data), 0)

	back := ok(s.shop.ReverseRepayment(ctx, paid.ID, s.key(), client.ReversalRequest{Reference: "bounce-1"}))(s)
	s.is("owed as answered", back.Owed, s.account(a.ID).Owed)
	bills := ok(s.shop.ListStatements(ctx, a.ID, client.ListStatementsQuery{}))(s).Data
	s.is("bills of the past", len(bills), 1)
	s.is("reopened", back.StatementsReopened[0].Statement, bills[0].ID)
	s.is("dated", bills[0].StatementOn.String(), "2026-02-01")
	s.is("lines", len(ok(s.shop.GetStatement(ctx, bills[0].ID))(s).Lines), 1)
	if back.Penalty <= 0 || bills[0].Total < 100_00 {
		t.Errorf("a penalty of %d on a bill of %d", back.Penalty, bills[0].Total)
	}
	story := ok(s.shop.ExplainStatement(ctx, a.ID, client.ExplainStatementQuery{Statement: bills[0].ID}))(s)
	s.is("remains by the story", story.Remaining, bills[0].Total+back.Penalty)
	s.is("total by the story", story.Total, bills[0].Total)
	s.is("reversed on", ok(s.shop.ListRepayments(ctx, a.ID, client.ListRepaymentsQuery{}))(s).Data[0].ReversedOn.String(), "2026-02-28")
}

// TestTheTimeMachine: without penalty the same customer would owe less, and nothing that happened changes.
func TestTheTimeMachine(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-late", 5_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 600_00, "next"), 600_00, true)
	s.goTo("2026-03-10")
	before := s.account(a.ID)
	told := ok(s.shop.TellAgain(ctx, client.ForkRequest{Account: a.ID, Set: []string{"penalty_rate=0"}}))(s)
	s.is("changed", told.Changed, 1)
	d := told.Differences[0]
	s.is("owed as it was", d.Was.Owed, before.Owed)
	s.is("owed as it would be", d.WouldBe.Owed, int64(600_00))
	s.is("the bill's penalty", d.Statements[0].WouldBe.Penalty, int64(0))
	s.is("what happened", s.account(a.ID).Owed, before.Owed)
	refused(s.shop.TellAgain(ctx, client.ForkRequest{Set: []string{"currency=USD"}}))(s, kindInvalidRequest)
	refused(s.shop.TellAgain(ctx, client.ForkRequest{Set: []string{"grace_days=1"}, Position: 3}))(s, kindInvalidRequest)
	refused(s.shop.TellAgain(ctx, client.ForkRequest{Set: []string{"grace_days=1"}, Account: nobody}))(s, "not_found")
}
