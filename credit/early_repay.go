package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// EarlyRepay pays before it is due (提前还款): one purchase, or all that is owed. It is
// the one way to pay what is not billed: an ordinary repayment pays only what is,
// and its surplus is a credit balance. Its quote says what the customer was shown.
type EarlyRepay struct {
	Purchase int64          `json:"purchase,omitzero"` // 0: all that is owed
	Amount   money.Amount   `json:"amount"`            // the quoted sum; 0 where the credit balance pays it all
	Currency money.Currency `json:"currency"`
	Source   string         `json:"source"`
	Quote    string         `json:"quote"`

	Asks map[string]int `json:"-"` // by programme: the newest version that asks for the customer's agreement
}

// EarlyRepaymentReceived says where every minor unit of an early repayment went, and
// which cost is not asked for any more.
type EarlyRepaymentReceived struct {
	Number     int64        `json:"n"`
	Purchase   int64        `json:"purchase,omitzero"`
	Amount     money.Amount `json:"amount"`
	FromCredit money.Amount `json:"from_credit,omitzero"` // what the credit balance paid besides
	Source     string       `json:"source"`
	Quote      string       `json:"quote"`
	FeeFree    bool         `json:"fee_free,omitzero"` // a newer agreement asked: nobody pays a fee to leave
	Shares     []Share      `json:"shares,omitempty"`  // statement 0: not billed
	Waived     []Waiver     `json:"waived,omitempty"`
	Earned     money.Amount `json:"earned,omitzero"` // subsidies of cost that was charged
}

func (EarlyRepay) Name() string             { return "repay_early" }
func (EarlyRepaymentReceived) Name() string { return "early_repayment.received" }

func (c EarlyRepay) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if c.Amount < 0 || c.Amount > money.Max {
		return &Error{Kind: InvalidAmount, Field: "amount", Detail: "an early repayment is of the quoted sum, and that is not negative"}
	}
	if c.Currency != a.Terms.Currency {
		return &Error{Kind: CurrencyMismatch, Field: "currency", Detail: "the account is in " + string(a.Terms.Currency)}
	}
	free := a.Asked(c.Asks)
	q, err := a.AsOf(at.Day).leaving(free).EarlyQuote(c.Purchase, at.Day)
	switch {
	case err != nil:
		return err
	case c.Quote != q.Token:
		return &Error{Kind: QuoteOutdated, Field: "quote", Detail: "what is owed is not what this quote says: ask again"}
	case c.Amount != q.Sum:
		return &Error{Kind: NotTheQuotedSum, Field: "amount", Detail: "the quoted sum is " + q.Sum.Format(a.Terms.Currency)}
	}
	a.chargePenalties(at.Day, emit)
	a.settling(emit, func() {
		emit(EarlyRepaymentReceived{
			Number: a.number(), Purchase: c.Purchase, Amount: q.Sum, FromCredit: q.FromCredit, Source: c.Source, Quote: q.Token,
			FeeFree: free, Shares: q.Shares, Waived: q.Waived, Earned: q.Earned,
		})
	})
	return nil
}

// again settles the same with the same money, if that is a fact of the world. What is
// billed asks for no less in a past without some money. Under another contract the
// customer pays what they would have been quoted.
func (c EarlyRepay) again(a *Account, f Fact, emit func(Event)) error {
	if !a.quiet {
		free := slices.ContainsFunc(f.Events, func(e Event) bool {
			early, ok := e.(EarlyRepaymentReceived)
			return ok && early.FeeFree
		})
		if free {
			c.Asks = map[string]int{a.Terms.Programme: a.agreement().Version + 1}
		}
		q, err := a.AsOf(f.At.Day).leaving(free).EarlyQuote(c.Purchase, f.At.Day)
		if err != nil {
			return err
		}
		c.Amount, c.Quote = q.Sum, q.Token
		return c.do(a, f.At, emit)
	}
	a.chargePenalties(f.At.Day, emit)
	for _, e := range f.Events {
		if e, ok := e.(EarlyRepaymentReceived); ok {
			a.repayAgain(e, f.At.Day, emit)
		}
	}
	return nil
}

// repayAgain settles the same, as far as it was still owed: a credit balance that an
// early repayment which never came had used may have paid a part of it. What a credit
// balance paid that would not have been there, the customer owes; money that finds less
// to settle pays what is billed.
func (a *Account) repayAgain(e EarlyRepaymentReceived, day calendar.Date, emit func(Event)) {
	sum := money.Amount(0)
	shares := make([]Share, 0, len(e.Shares))
	for _, s := range e.Shares {
		a.limitShare(&s)
		if s.sum() > 0 {
			shares = append(shares, s)
			sum += s.sum()
		}
	}
	used := sum - e.Amount
	there := min(used, max(0, a.Credit))
	a.overreturned += used - there
	e.FromCredit, e.Shares = there, shares
	(&claims{a: a}).divide(e.Shares)
	a.settling(emit, func() { emit(e) })
	if there < 0 {
		a.useCredit(day, emit)
	}
}

// limitShare lowers a share to what is owed there.
func (a *Account) limitShare(s *Share) {
	owed := Share{}
	if p := a.purchase(s.Purchase); p != nil {
		for _, in := range p.Instalments {
			if in.Number == s.Instalment && in.Statement == s.Statement {
				owed.Fee, owed.Interest, owed.Principal = in.Fee, in.Interest, in.Principal
			}
		}
	} else if bill := a.statement(s.Statement); s.Purchase == 0 && bill != nil {
		owed.Penalty, owed.Fee = bill.Penalty, bill.Fee
	}
	s.Penalty, s.Fee = min(s.Penalty, owed.Penalty), min(s.Fee, owed.Fee)
	s.Interest, s.Principal = min(s.Interest, owed.Interest), min(s.Principal, owed.Principal)
}

func (e EarlyRepaymentReceived) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.accrue(on)
	a.Credit -= e.FromCredit
	for _, w := range e.Waived {
		p := a.purchase(w.Purchase)
		for i := range p.Instalments {
			if in := &p.Instalments[i]; in.Number == w.Instalment {
				in.Interest -= w.Interest
				in.Fee -= w.Fee
			}
		}
	}
	a.pay(e.Shares) // and drops the instalments that ask for nothing now
}
