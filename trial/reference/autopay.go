package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// autopay is a standing instruction.
type autopay struct {
	n       int64
	since   calendar.Date
	retries []int // as they were agreed to
}

type debit struct {
	n, bill int64 // bill 0: the customer asked for it
	amount  money.Amount
	early   *Early // what is settled by it, if it is not for what is billed
	status  string // "pending", "settled", "refused"
	lapsed  bool   // early no more when the money came
	decided calendar.Date
}

// SetAutopay has bills debited from now on.
func (a *Account) SetAutopay(source bool, e Evidence, at Moment) Answer {
	wrong := ""
	switch {
	case a.terms == nil:
		wrong = "not_found"
	case a.status != "active":
		wrong = "account_not_open"
	case !source:
		wrong = "consent_incomplete"
	default:
		wrong = e.judge(a.terms.Reading, at.Time)
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	a.autopay = &autopay{a.number(), a.day, a.terms.Retries}
	return Answer{Number: a.autopay.n}
}

// CancelAutopay ends it.
func (a *Account) CancelAutopay() Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case a.autopay == nil:
		return Answer{Refused: "autopay_missing"}
	}
	a.autopay = nil
	return Answer{}
}

// askForMoney debits what is due today: on the due date, and on the contract's days
// after it, once at a time, and never for a day before the instruction or the last result.
func (a *Account) askForMoney() {
	if a.autopay == nil || a.retold {
		return
	}
	retries := a.autopay.retries
	if len(retries) == 0 {
		retries = []int{1, 3}
	}
	for _, b := range a.bills {
		if b.chargedOff || slices.ContainsFunc(a.debits, func(d *debit) bool { return d.bill == b.n && d.status == "pending" }) {
			continue
		}
		today := false // is it the day of this bill, or of one that follows it?
		for _, other := range a.bills {
			for _, days := range append([]int{0}, retries...) {
				today = today || other.due >= b.due && other.due+calendar.Date(days) == a.day
			}
		}
		if today && a.day > b.asked && a.day > a.autopay.since {
			b.asked, a.past.debited = a.day, true
			if left := a.unasked()[b]; left > 0 {
				a.debits = append(a.debits, &debit{n: a.number(), bill: b.n, amount: left, status: "pending"})
			}
		}
	}
}

// Debited tells what became of a debit.
func (a *Account) Debited(n int64, settled bool) Answer {
	if a.terms == nil {
		return Answer{Refused: "not_found"}
	}
	i := slices.IndexFunc(a.debits, func(d *debit) bool { return d.n == n })
	if i < 0 {
		if n > 0 && n <= a.numbers {
			return Answer{Refused: "debit_not_pending"}
		}
		return Answer{Refused: "not_found"}
	}
	d, result := a.debits[i], "refused"
	if settled {
		result = "settled"
	}
	if d.status == result {
		return Answer{} // heard before
	}
	if d.status != "pending" {
		return Answer{Refused: "debit_not_pending"}
	}
	d.status, d.decided = result, a.day
	for _, b := range a.bills {
		if b.n == d.bill {
			b.asked = a.day
		}
	}
	a.forget(d)
	d.lapsed = a.past.lapsed[d.n] // what it was is what it is
	if !settled || a.skip {
		return Answer{}
	}
	if d.early != nil && !d.lapsed {
		if is, waived := a.early(d.early.Of); a.mayEarly(d.early.Of, is, waived) == "" && is.same(*d.early, waived) {
			return a.settleEarly(is, d.amount)
		}
		if a.retold {
			return Answer{Refused: Beyond}
		}
		d.lapsed, a.past.lapsed[d.n] = true, true
	}
	answer := Answer{Number: a.number(), Amount: d.amount}
	a.Received += d.amount
	answer.Parts, answer.Credit = a.pay(d.amount)
	a.credit += answer.Credit
	return answer
}

// forget keeps the results of the last dozen debits.
func (a *Account) forget(newest *debit) {
	var old []*debit
	for _, d := range a.debits {
		if d.status != "pending" && d != newest {
			old = append(old, d)
		}
	}
	if len(old) < 12 {
		return
	}
	oldest := slices.MinFunc(old, func(x, y *debit) int { return int(x.decided - y.decided) })
	a.debits = slices.DeleteFunc(a.debits, func(d *debit) bool { return d == oldest })
}
