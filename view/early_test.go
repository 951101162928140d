package view_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

var plantedEarly = []plant{
	{"an ordinary repayment of what is not billed", view.CheckPayments, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		purchase := s.buy(a.ID, 100, "next")
		return credit.Repay{Amount: 100, Currency: "CNY", Source: "x"}, []credit.Event{
			credit.RepaymentReceived{Number: a.Numbers + 1, Amount: 100, Source: "x", Shares: []credit.Share{{Purchase: purchase, Instalment: 1, Principal: 100}}},
		}
	})},
	{"an early repayment by a quote that nobody gave", view.CheckPayments, early(func(c *credit.EarlyRepay, e *credit.EarlyRepaymentReceived) { c.Quote, e.Quote = "eq_0", "eq_0" })},
	{"an early repayment of another quote than was agreed to", view.CheckPayments, early(func(c *credit.EarlyRepay, _ *credit.EarlyRepaymentReceived) { c.Quote = "eq_0" })},
	{"an early repayment that forgets an instalment", view.CheckPayments, early(func(c *credit.EarlyRepay, e *credit.EarlyRepaymentReceived) {
		c.Amount -= e.Shares[2].Principal
		e.Amount -= e.Shares[2].Principal
		e.Shares = e.Shares[:2]
	})},
	{"an early repayment that forgives too little", view.CheckPayments, early(func(_ *credit.EarlyRepay, e *credit.EarlyRepaymentReceived) { e.Waived[1].Fee-- })},
	{"an early repayment that leaves a promise standing", view.CheckPayments, early(func(_ *credit.EarlyRepay, e *credit.EarlyRepaymentReceived) {
		e.Waived[1].Borne = e.Waived[1].Borne[1:]
	})},
	{"an early repayment from a credit balance that is not there", view.CheckPayments, early(func(c *credit.EarlyRepay, e *credit.EarlyRepaymentReceived) {
		c.Amount, e.Amount, e.FromCredit = c.Amount-1, e.Amount-1, 1
	})},
}

// early bends what settles a purchase in three instalments that others bear a part of.
func early(change func(c *credit.EarlyRepay, e *credit.EarlyRepaymentReceived)) func(*testing.T, *store, *story) {
	return forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		purchase := s.buy(a.ID, 90_000, "part3")
		q, err := a.AsOf(s.day).EarlyQuote(purchase, s.day)
		if err != nil || len(q.Shares) != 3 || len(q.Waived) != 3 {
			s.t.Fatalf("%+v, %v", q, err)
		}
		command := credit.EarlyRepay{Purchase: purchase, Amount: q.Sum, Currency: a.Terms.Currency, Source: "x", Quote: q.Token}
		e := credit.EarlyRepaymentReceived{
			Number: a.Numbers + 1, Purchase: purchase, Amount: q.Sum, FromCredit: q.FromCredit, Source: "x", Quote: q.Token,
			Shares: q.Shares, Waived: q.Waived, Earned: q.Earned,
		}
		change(&command, &e)
		return command, []credit.Event{e}
	})
}

// repayEarly settles a purchase, or all that is owed for 0, by a quote of today.
func (s *story) repayEarly(id credit.ID, purchase int64) error {
	s.t.Helper()
	a := s.account(id)
	for next := a.NextDue(); next != 0 && next <= s.day; next = a.NextDue() {
		if err := s.decide(a, "close:"+next.String(), credit.CloseDay{Day: next}, next); err != nil {
			s.t.Fatal(err)
		}
	}
	quote, _ := a.AsOf(s.day).EarlyQuote(purchase, s.day)
	return s.do(id, credit.EarlyRepay{Purchase: purchase, Amount: quote.Sum, Currency: a.Terms.Currency, Source: "early", Quote: quote.Token})
}
