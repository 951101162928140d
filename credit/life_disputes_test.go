package credit_test

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// dispute opens disputes, and settles and withdraws them.
func (l *life) dispute(t *rapid.T) {
	var known, open []int64
	for n := range l.captured {
		known = append(known, n)
	}
	slices.Sort(known)
	for _, d := range l.story.a.Disputes {
		open = append(open, d.Number)
	}
	if rapid.Bool().Draw(t, "open") {
		n := l.some(t, known)
		owed, balance := l.story.a.AsOf(l.story.day).Owed(), l.story.a.Credit
		left := l.captured[n] - l.refunded[n]
		for d, amount := range l.claimed {
			if l.about[d] == n {
				left -= amount
			}
		}
		amount := l.amount(t, left)
		_, err := l.do(credit.OpenDispute{Purchase: n, Amount: amount, Reason: credit.NotReceived})
		if l.captured[n] > 0 && (err == nil) != (amount > 0 && amount <= left) {
			t.Fatalf("a dispute of %d of %d that may be contested: got %v", amount, left, err)
		}
		if l.story.a.Credit != balance || l.story.a.Owed() > owed {
			t.Fatalf("opening a dispute moves what is owed from %d to %d and the credit balance from %d to %d", owed, l.story.a.Owed(), balance, l.story.a.Credit)
		}
		return
	}
	n := l.some(t, open)
	l.do(rapid.SampledFrom([]credit.Command{
		credit.SettleDispute{Dispute: n, ForCustomer: true, Reviewer: "r"}, credit.SettleDispute{Dispute: n, Reviewer: "r"}, credit.WithdrawDispute{Dispute: n},
	}).Draw(t, "end"))
}

// disputed counts what a dispute takes out: of what was billed, or will be.
func (l *life) disputed(e credit.DisputeOpened) {
	l.claimed[e.Number], l.about[e.Number] = e.Amount, e.Purchase
	sum := e.Paid
	for _, part := range e.Parts {
		sum += part.Principal
		l.contested[e.Purchase] += part.Principal
		if part.Statement != 0 {
			l.billed[e.Purchase] -= part.Principal
			same(l.t, "billed cost that a dispute takes", part.Interest+part.Fee, 0)
		}
	}
	same(l.t, "contested", sum, e.Amount)
}

// conceded counts what a refund gives of disputes.
func (l *life) conceded(e credit.PurchaseRefunded) {
	for _, c := range e.Conceded {
		same(l.t, "the purchase of a dispute", l.about[c.Dispute], e.Purchase)
		if l.claimed[c.Dispute] -= c.Amount; c.Amount <= 0 || l.claimed[c.Dispute] < 0 {
			l.t.Fatalf("a refund gives %d of dispute %d", c.Amount, c.Dispute)
		}
	}
}

// disputeSettled wants a dispute to end with all of it refunded, or owed again on bills to come.
func (l *life) disputeSettled(e credit.DisputeSettled) {
	returned := money.Amount(0)
	for _, part := range slices.Concat(e.Restored, e.Late) {
		returned += part.Principal
		l.contested[e.Purchase] -= part.Principal
		if part.Statement != 0 || part.On <= l.story.day {
			l.t.Fatalf("a lost dispute leaves %+v on %s", part, l.story.day)
		}
	}
	if left := l.claimed[e.Dispute]; returned > left || (e.Refund != 0) != (left == 0) {
		l.t.Fatalf("dispute %d of %d ends %s with %d", e.Dispute, left, e.Outcome, returned)
	}
	delete(l.claimed, e.Dispute)
}

// checkDisputes holds the open disputes against what was counted, and adds their cost to that of their
// purchases. It returns contested principal, and all that is contested, by purchase.
func (l *life) checkDisputes(cost map[int64]money.Amount) (contested, open map[int64]money.Amount) {
	contested, open = map[int64]money.Amount{}, map[int64]money.Amount{}
	for _, d := range l.story.a.Disputes {
		same(l.t, "contested", d.Amount, l.claimed[d.Number])
		open[d.Purchase] += d.Amount
		for _, part := range d.Parts {
			contested[d.Purchase] += part.Principal
			cost[d.Purchase] += part.Interest + part.Fee
		}
	}
	same(l.t, "open disputes", len(l.story.a.Disputes), len(l.claimed))
	return contested, open
}
