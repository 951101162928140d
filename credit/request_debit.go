package credit

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// RequestDebit is the customer who repays now (主动还款): an amount is debited from a
// source of theirs at once. Nobody says that money came: it counts when the payment
// service says so. Without a quote it pays what is billed, or any part of it; with the
// quote of an early repayment, the one sum that settles a purchase or everything.
type RequestDebit struct {
	Amount   money.Amount   `json:"amount"`
	Currency money.Currency `json:"currency"`
	Source   string         `json:"source"`            // the payment service's name of the customer's card or account; no card number
	Quote    string         `json:"quote,omitzero"`    // of an early repayment: see EarlyQuote
	Purchase int64          `json:"purchase,omitzero"` // that the quote is for; 0: all that is owed

	Asks  map[string]int `json:"-"` // as in EarlyRepay
	Bound bool           `json:"-"` // the platform has told that the source is this customer's
}

func (RequestDebit) Name() string { return "request_debit" }

// DebitPurpose says what a debit is for.
type DebitPurpose string

// The purposes of a debit.
const (
	StatementDebit DebitPurpose = ""                // what remains of a statement, by a standing instruction
	BillsDebit     DebitPurpose = "bills"           // the customer pays what is billed
	EarlyDebit     DebitPurpose = "early_repayment" // the customer settles a purchase, or everything, by a quote
)

// maxAsked is how many debits that the customer asked for may wait for a result:
// enough for who pays in parts, and not so many that a service that is down is flooded.
const maxAsked = 3

func (c RequestDebit) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	switch {
	case c.Currency != a.Terms.Currency:
		return &Error{Kind: CurrencyMismatch, Field: "currency", Detail: "the account is in " + string(a.Terms.Currency)}
	case c.Source == "" || !c.Bound:
		return &Error{Kind: UnknownSource, Field: "source", Detail: "it is not one of the customer's sources"}
	}
	e := DebitRequested{Purpose: BillsDebit, Amount: c.Amount, Source: c.Source}
	if c.Quote == "" && c.Purchase == 0 {
		if err := a.mayDebitBilled(c.Amount, at.Day); err != nil {
			return err
		}
	} else {
		if err := c.mayDebitEarly(a, at.Day); err != nil {
			return err
		}
		e.Purpose, e.Purchase, e.Quote, e.FeeFree = EarlyDebit, c.Purchase, c.Quote, a.Asked(c.Asks)
	}
	e.Number = a.number()
	emit(e)
	return nil
}

// mayDebitBilled refuses to ask for more than is billed and not on its way already. A
// surplus would only have to be paid back.
func (a *Account) mayDebitBilled(amount money.Amount, day calendar.Date) error {
	now := a.AsOf(day)
	billed, left := now.Billed(), money.Amount(0)
	for _, part := range now.unasked() {
		left += part
	}
	early, all := a.asking()
	switch {
	case billed == 0:
		return refuse(NothingOwed, "nothing is billed that is not paid")
	case amount > billed:
		return &Error{Kind: MoreThanBilled, Field: "amount", Detail: billed.Format(a.Terms.Currency) + " is billed; what is not billed yet is repaid early, by a quote"}
	case early:
		return refuse(DebitPending, "the result of a debit for an early repayment is not known yet")
	case all >= maxAsked:
		return refuse(DebitPending, "the results of %d debits are not known yet", all)
	case amount > left:
		return refuse(DebitPending, "%s is billed, and %s of it is on its way", billed.Format(a.Terms.Currency), (billed - left).Format(a.Terms.Currency))
	}
	return nil
}

// mayDebitEarly refuses what the quote does not say. What is on its way would change
// what is owed, and the quote would not hold when its own money comes.
func (c RequestDebit) mayDebitEarly(a *Account, day calendar.Date) error {
	q, err := a.AsOf(day).leaving(a.Asked(c.Asks)).EarlyQuote(c.Purchase, day)
	switch {
	case err != nil:
		return err
	case len(a.PendingDebits()) > 0:
		return refuse(DebitPending, "the result of a debit is not known yet, and what is owed depends on it")
	case c.Quote != q.Token:
		return &Error{Kind: QuoteOutdated, Field: "quote", Detail: "what is owed is not what this quote says: ask again"}
	case c.Amount != q.Sum:
		return &Error{Kind: NotTheQuotedSum, Field: "amount", Detail: "the quoted sum is " + q.Sum.Format(a.Terms.Currency)}
	}
	return nil
}

// asking counts the debits that the customer asked for and that have no result, and
// says whether one of them repays early.
func (a *Account) asking() (early bool, all int) {
	for i := range a.Debits {
		if d := &a.Debits[i]; d.Status == PendingDebit && d.Purpose != StatementDebit {
			all++
			early = early || d.Purpose == EarlyDebit
		}
	}
	return early, all
}

// unasked is what remains of each statement once all that is on its way has come, so
// that no money is asked for twice. Money pays in the contract's order, but for one
// purchase's early repayment, which pays that purchase's lines.
func (a *Account) unasked() []money.Amount {
	left := make([]money.Amount, len(a.Statements))
	for i := range a.Statements {
		left[i] = a.remaining(&a.Statements[i])
	}
	for _, d := range a.Debits { // these first: theirs is one statement, and no other
		for i := range a.Statements {
			if d.Status == PendingDebit && d.Purpose == StatementDebit && a.Statements[i].Number == d.Statement {
				left[i] -= min(left[i], d.Amount)
			}
		}
	}
	sum := money.Amount(0)
	for _, d := range a.Debits {
		switch {
		case d.Status != PendingDebit:
		case d.Purpose == BillsDebit:
			sum += d.Amount
		case d.Purpose == EarlyDebit && d.Purchase == 0:
			sum += d.Amount + a.Credit // which pays its part of everything
		case d.Purpose == EarlyDebit:
			comes := d.Amount + a.Credit
			for i := range a.Statements {
				for purchase, in := range a.lines(a.Statements[i].Number) {
					if purchase == d.Purchase {
						part := min(in.owed(), comes, left[i])
						left[i], comes = left[i]-part, comes-part
					}
				}
			}
		}
	}
	for i := range left {
		part := min(left[i], sum)
		left[i], sum = left[i]-part, sum-part
	}
	return left
}

// stillQuoted is the quote that a debit repays early by, if it holds on the day on which
// its money comes.
func (a *Account) stillQuoted(d *Debit, day calendar.Date) (q EarlyQuote, holds bool) {
	if d.Purpose != EarlyDebit {
		return q, false
	}
	q, err := a.AsOf(day).leaving(d.FeeFree).EarlyQuote(d.Purchase, day)
	return q, err == nil && q.Token == d.Quote && q.Sum == d.Amount
}

// settleEarly repays early with a debit's money.
func (a *Account) settleEarly(d Debit, q EarlyQuote, at Moment, emit func(Event)) {
	a.chargePenalties(at.Day, emit)
	n := a.number()
	emit(DebitSettled{Debit: d.Number, Repayment: n})
	a.settling(emit, func() {
		emit(EarlyRepaymentReceived{
			Number: n, Purchase: d.Purchase, Amount: q.Sum, FromCredit: q.FromCredit, Source: string(a.ID.Part(PrefixDebit, d.Number)), Quote: q.Token,
			FeeFree: d.FeeFree, Shares: q.Shares, Waived: q.Waived, Earned: q.Earned,
		})
	})
}

// again lets the debit's money do what it did: an early repayment stays one, and one
// whose quote had lapsed stays an ordinary repayment. Under another contract the
// customer pays what they would have been quoted.
func (c SettleDebit) again(a *Account, f Fact, emit func(Event)) error {
	d, news, err := a.result(c.Debit, SettledDebit)
	if err != nil || !news {
		return err
	}
	for _, e := range f.Events {
		early, ok := e.(EarlyRepaymentReceived)
		if !ok {
			continue
		}
		if a.quiet {
			a.chargePenalties(f.At.Day, emit)
			emit(DebitSettled{Debit: c.Debit, Repayment: early.Number})
			a.repayAgain(early, f.At.Day, emit)
			return nil
		}
		if q, err := a.AsOf(f.At.Day).leaving(d.FeeFree).EarlyQuote(d.Purchase, f.At.Day); err == nil {
			a.settleEarly(*d, q, f.At, emit)
			return nil
		}
	}
	a.settleBilled(*d, f.At, emit)
	return nil
}
