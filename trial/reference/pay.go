package reference

import (
	"github.com/yuefu/yuefu/money"
)

// Repay is money from the customer.
func (a *Account) Repay(amount money.Amount, foreign bool) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case wrongAmount(amount):
		return Answer{Refused: "invalid_amount"}
	case foreign:
		return Answer{Refused: "currency_mismatch"}
	}
	answer := Answer{Number: a.number(), Amount: amount}
	a.Received += amount
	answer.Parts, answer.Credit = a.pay(amount)
	a.credit += answer.Credit
	return answer
}

// ReturnCredit pays the credit balance back.
func (a *Account) ReturnCredit() Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case a.credit == 0:
		return Answer{Refused: "no_credit_balance"}
	}
	answer := Answer{Number: a.number(), Amount: a.credit}
	a.PaidOut += a.credit
	a.credit = 0
	return answer
}

// useCredit pays what is billed from what is owed to the customer.
func (a *Account) useCredit() (paid []Part) {
	if a.credit > 0 {
		paid, a.credit = a.pay(a.credit)
	}
	return paid
}

// pay pays one debt after the other: the oldest bill first; on a bill penalty, fee,
// interest, principal, or principal first when it is as late as the contract says.
func (a *Account) pay(sum money.Amount) (paid []Part, rest money.Amount) {
	for _, b := range a.bills {
		lines, of := a.on(b)
		shares := make([]Part, len(lines)+1)
		shares[0].Bill = b.n
		for i, x := range lines {
			shares[i+1] = Part{Bill: b.n, Purchase: of[i].n, K: x.k}
		}
		take := func(owed *money.Amount, share *money.Amount) {
			amount := min(*owed, sum)
			*owed -= amount
			*share += amount
			sum -= amount
		}
		penalties := func() {
			owed := a.penalty(b)
			take(&owed, &shares[0].Penalty)
			b.penaltyPaid += shares[0].Penalty
		}
		costs := func() {
			take(&b.fee, &shares[0].Fee)
			for i, x := range lines {
				take(&x.fee, &shares[i+1].Fee)
			}
			for i, x := range lines {
				take(&x.interest, &shares[i+1].Interest)
			}
		}
		principals := func() {
			for i, x := range lines {
				take(&x.principal, &shares[i+1].Principal)
			}
		}
		if first := a.terms.PrincipalFirst; first > 0 && int(a.day-b.due) >= first {
			principals()
			penalties()
			costs()
		} else {
			penalties()
			costs()
			principals()
		}
		for _, s := range shares {
			if s.Penalty+s.Fee+s.Interest+s.Principal > 0 {
				paid = append(paid, s)
			}
		}
	}
	a.settle()
	return paid, sum
}
