package reference

import "github.com/yuefu/yuefu/money"

// AskDebit is a customer who pays now from a card: what is billed, or what a quote says.
func (a *Account) AskDebit(amount money.Amount, foreign, bound bool, shown *Early) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case amount <= 0 || amount > money.Max:
		return Answer{Refused: "invalid_amount"}
	case foreign:
		return Answer{Refused: "currency_mismatch"}
	case !bound:
		return Answer{Refused: "unknown_source"}
	}
	asked, waiting, early := 0, 0, false
	for _, d := range a.debits {
		if d.status == "pending" {
			waiting++
			if d.bill == 0 {
				asked++
			}
			early = early || d.early != nil
		}
	}
	wrong := ""
	if shown != nil {
		is, waived := a.early(shown.Of)
		switch wrong = a.mayEarly(shown.Of, is, waived); {
		case wrong != "":
		case waiting > 0:
			wrong = "debit_pending"
		case !is.same(*shown, waived):
			wrong = "quote_outdated"
		case amount != is.Sum:
			wrong = "not_the_quoted_sum"
		}
	} else {
		billed, left := money.Amount(0), money.Amount(0)
		for b, part := range a.unasked() {
			billed += a.owedOn(b)
			left += part
		}
		switch {
		case billed == 0:
			wrong = "nothing_owed"
		case amount > billed:
			wrong = "more_than_billed"
		case early, asked >= 3, amount > left:
			wrong = "debit_pending"
		}
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	d := &debit{n: a.number(), amount: amount, early: shown, status: "pending"}
	a.debits = append(a.debits, d)
	return Answer{Number: d.n, Amount: amount}
}

// unasked is what of each bill nobody has asked for. A debit for a bill is that bill's; one
// that settles a purchase is that purchase's lines'; all other money goes to the oldest bill first.
func (a *Account) unasked() map[*bill]money.Amount {
	left := map[*bill]money.Amount{}
	for _, b := range a.bills {
		left[b] = a.owedOn(b)
	}
	take := func(b *bill, part money.Amount) money.Amount {
		part = min(part, left[b])
		left[b] -= part
		return part
	}
	for _, d := range a.debits {
		for _, b := range a.bills {
			if d.status == "pending" && d.early == nil && d.bill == b.n {
				take(b, d.amount)
			}
		}
	}
	free := money.Amount(0)
	for _, d := range a.debits {
		switch {
		case d.status != "pending" || d.bill != 0:
		case d.early != nil && d.early.Of != 0:
			purse := d.amount + a.credit
			for _, b := range a.bills {
				lines, of := a.on(b)
				for i, x := range lines {
					if of[i].n == d.early.Of {
						purse -= take(b, min(x.asks(), purse))
					}
				}
			}
		case d.early != nil:
			free += d.amount + a.credit
		default:
			free += d.amount
		}
	}
	for _, b := range a.bills {
		free -= take(b, free)
	}
	return left
}
