package credit_test

import (
	"errors"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// payNow has the customer pay what is billed or part of it, or settle by a quote; and
// seldom what nobody may ask for.
func (l *life) payNow(t *rapid.T) {
	shown := l.story.a.AsOf(l.story.day)
	c := credit.RequestDebit{Currency: "CNY", Source: "tok_now", Bound: true}
	if rapid.Bool().Draw(t, "early") {
		if rapid.Bool().Draw(t, "one") {
			var open []int64
			for _, p := range shown.Purchases {
				open = append(open, p.Number)
			}
			c.Purchase = l.some(t, open)
		}
		q, err := shown.EarlyQuote(c.Purchase, l.story.day)
		c.Amount, c.Quote = q.Sum, q.Token
		if _, refused := l.do(c); err != nil && refused == nil {
			t.Fatalf("quoted: %v, and debited", err)
		}
		return
	}
	billed := shown.Billed()
	c.Amount = rapid.SampledFrom([]money.Amount{billed, billed, billed/2 + 1, 1, billed + 1, 0}).Draw(t, "amount")
	left := l.notOnItsWay(false)
	_, err := l.do(c)
	var refusal *credit.Error
	switch {
	case err == nil && c.Amount > left:
		t.Fatalf("%d were asked for, and %d are billed and not on their way", c.Amount, left)
	case errors.As(err, &refusal) && refusal.Kind == credit.DebitPending && len(l.story.a.PendingDebits()) == 0:
		t.Fatalf("nothing is on its way: %v", err)
	}
}

// notOnItsWay is what is billed, or owed at all, less what is on its way for it, each
// counted as far as it would pay.
func (l *life) notOnItsWay(early bool) money.Amount {
	a := l.nights.a.AsOf(l.nights.day) // the one that sees each day
	left := a.Billed()
	if early {
		left = a.Owed()
	}
	for _, d := range l.debits {
		switch {
		case d.status != credit.PendingDebit:
		case d.purpose == credit.StatementDebit:
			left -= min(d.amount, a.Remaining(d.statement))
		case d.purpose == credit.BillsDebit:
			left -= d.amount
		}
	}
	return left
}

// brought is what came with a debit that was settled: an early repayment only as long
// as its quote holds.
func brought(t *rapid.T, events []credit.Event) money.Amount {
	settled := only[credit.DebitSettled](t, events)
	for _, e := range events {
		switch e := e.(type) {
		case credit.RepaymentReceived:
			same(t, "the repayment", e.Number, settled.Repayment)
			return e.Amount
		case credit.EarlyRepaymentReceived:
			same(t, "the repayment", e.Number, settled.Repayment)
			same(t, "it lapsed", settled.Lapsed, false)
			return e.Amount
		}
	}
	return 0
}

// skipped wants a reason for not debiting a statement on its day.
func (l *life) skipped(e credit.DebitSkipped) {
	for _, d := range l.debits {
		if d.status == credit.PendingDebit && d.purpose != credit.StatementDebit {
			return
		}
	}
	l.t.Fatalf("statement %d was not debited, and nothing is on its way", e.Statement)
}
