package trial

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/trial/reference"
)

// dispute contests a purchase, mostly one that was bought lately.
func (w *world) dispute(c *customer, a *credit.Account) act {
	n := w.number(a, c.bought)
	if l := len(c.bought); l > 4 && w.chance(800) {
		n = c.bought[l-1-w.random.IntN(4)]
	}
	most := money.Amount(100_00)
	for _, p := range a.Purchases {
		if p.Number == n {
			most = p.Amount - p.Refunded
		}
	}
	for _, d := range a.Disputes {
		if d.Purchase == n {
			most -= d.Amount
		}
	}
	command := credit.OpenDispute{Purchase: n, Amount: w.amount(most), Reason: pick(w, credit.DisputeReasons...)}
	if w.chance(20) {
		command.Reason = "whim"
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.OpenDispute(n, command.Amount, command.Reason != "whim")
	}}
}

// decide ends a dispute.
func (w *world) decide(_ *customer, a *credit.Account) act {
	var open []int64
	for _, d := range a.Disputes {
		open = append(open, d.Number)
	}
	n := w.number(a, open)
	if w.chance(300) {
		return act{credit.WithdrawDispute{Dispute: n}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.WithdrawDispute(n) }}
	}
	command := credit.SettleDispute{Dispute: n, ForCustomer: w.chance(500), Reviewer: "r1"}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.SettleDispute(n, command.ForCustomer)
	}}
}
