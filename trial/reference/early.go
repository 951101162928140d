package reference

import (
	"slices"

	"github.com/yuefu/yuefu/money"
)

// Early is what a customer was shown: what settles one purchase, or everything for 0.
type Early struct {
	Of     int64
	Parts  []Part
	Sum    money.Amount // what is left to pay after the credit balance
	Waived money.Amount // of cost that is not billed
}

// same says whether what is owed is what a customer was shown.
func (e Early) same(shown Early, waived money.Amount) bool {
	return e.Sum == shown.Sum && waived == shown.Waived && slices.Equal(e.Parts, shown.Parts)
}

// early works out what settles a purchase or everything: what is billed, and the
// principal that is not. Cost that is not billed is waived, or as much of it charged as the
// contract says and its cap allows.
func (a *Account) early(n int64) (e Early, waived money.Amount) {
	e.Of = n
	for _, b := range a.bills {
		if own := (Part{Bill: b.n, Penalty: a.penalty(b), Fee: b.fee}); n == 0 && own.Penalty+own.Fee > 0 {
			e.Parts = append(e.Parts, own)
		}
		lines, of := a.on(b)
		for i, x := range lines {
			if n == 0 || of[i].n == n {
				e.Parts = append(e.Parts, Part{Bill: b.n, Purchase: of[i].n, K: x.k, Fee: x.fee, Interest: x.interest, Principal: x.principal})
			}
		}
	}
	for _, p := range a.purchases {
		if n != 0 && p.n != n {
			continue
		}
		allowed, first := a.chargeable(p), true
		for _, x := range p.parts {
			if x.bill != 0 || x.asks() == 0 {
				continue
			}
			pays := Part{Purchase: p.n, K: x.k, Principal: x.principal}
			if (a.terms.EarlyFees == "all" || first) && x.k <= p.plan.Periods {
				pays.Interest = min(x.interest, allowed)
				allowed -= pays.Interest
				pays.Fee = min(x.fee, allowed)
				allowed -= pays.Fee
			}
			first = false
			waived += x.interest + x.fee - pays.Interest - pays.Fee
			if pays.Principal+pays.Interest+pays.Fee > 0 {
				e.Parts = append(e.Parts, pays)
			}
		}
	}
	for _, p := range e.Parts {
		e.Sum += p.Penalty + p.Fee + p.Interest + p.Principal
	}
	e.Sum -= min(a.credit, e.Sum)
	return e, waived
}

// chargeable is how much of what a purchase would have cost from today on can be charged at
// once, so that it is not dearer than the contract's cap for the time that the money was lent.
func (a *Account) chargeable(p *purchase) money.Amount {
	if a.terms.EarlyFees == "" || p.chargedOff {
		return 0
	}
	var principal, cost money.Amount
	for _, x := range p.parts {
		if x.bill == 0 {
			principal += x.principal
			if x.k <= p.plan.Periods {
				cost += x.interest + x.fee
			}
		}
	}
	lent, paid := principal, []Part(nil)
	for _, x := range a.own().Schedule(p.plan, p.amount, p.on) {
		if x.On <= a.day { // as it was laid out
			lent, paid = lent+x.Principal, append(paid, x)
		}
	}
	dearer := func(charged money.Amount) bool {
		return a.own().dearerBy(lent, p.on, append(slices.Clone(paid), Part{Principal: principal, Fee: charged}), a.day)
	}
	low, high := money.Amount(0), cost // low is within
	for low < high {
		if mid := high - (high-low)/2; dearer(mid) {
			high = mid - 1
		} else {
			low = mid
		}
	}
	return low
}

// RepayEarly settles what a quote says, if that is still what is owed.
func (a *Account) RepayEarly(n int64, amount money.Amount, foreign bool, shown Early) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case amount < 0 || amount > money.Max:
		return Answer{Refused: "invalid_amount"}
	case foreign:
		return Answer{Refused: "currency_mismatch"}
	}
	is, waived := a.early(n)
	wrong := a.mayEarly(n, is, waived)
	switch {
	case wrong != "":
	case !is.same(shown, waived):
		wrong = "quote_outdated"
	case amount != is.Sum:
		wrong = "not_the_quoted_sum"
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	return a.settleEarly(is, amount)
}

// mayEarly says why a purchase, or everything, can't be settled.
func (a *Account) mayEarly(n int64, is Early, waived money.Amount) string {
	switch {
	case n != 0 && !slices.ContainsFunc(a.purchases, func(p *purchase) bool { return p.n == n }):
		return "not_found"
	case len(is.Parts) == 0 && waived == 0:
		return "nothing_owed"
	case n != 0 && a.isOverdue():
		return "overdue_first"
	}
	return ""
}

// settleEarly pays what an early repayment is of.
func (a *Account) settleEarly(is Early, amount money.Amount) Answer {
	n := is.Of
	answer := Answer{Number: a.number(), Amount: amount, Parts: is.Parts, Credit: -amount}
	for _, p := range is.Parts {
		answer.Credit += p.Penalty + p.Fee + p.Interest + p.Principal
	}
	a.Received += amount
	a.credit -= answer.Credit
	for _, b := range a.bills {
		if n == 0 {
			b.penaltyPaid += a.penalty(b)
			b.fee = 0
		}
	}
	for _, p := range a.purchases {
		for _, x := range p.parts {
			if n == 0 || p.n == n {
				if x.bill == 0 {
					x.others = 0
				}
				x.principal, x.interest, x.fee = 0, 0, 0
			}
		}
	}
	a.settle()
	return answer
}
