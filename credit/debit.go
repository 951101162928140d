package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// SettleDebit says that a debit succeeded: its amount is a repayment. To say it
// twice changes nothing more; to say it of one that was refused is refused.
type SettleDebit struct {
	Debit int64 `json:"debit"`
}

// RefuseDebit says that a debit surely took nothing, and never will. Whoever does
// not know says nothing: a debit whose outcome is unknown stays pending.
type RefuseDebit struct {
	Debit  int64  `json:"debit"`
	Reason string `json:"reason"` // the payment service's code
}

// DebitStatus says what became of a debit.
type DebitStatus string

// The statuses of a debit.
const (
	PendingDebit DebitStatus = "pending" // asked for, result not known
	SettledDebit DebitStatus = "settled"
	RefusedDebit DebitStatus = "refused"
)

// Debit (扣款) is money asked of the customer's source: for a statement by a standing
// instruction, or for what the customer asked to pay. The pending ones are all kept,
// of those with a result the newest few.
type Debit struct {
	Number    int64         `json:"n"`
	Purpose   DebitPurpose  `json:"purpose,omitzero"`
	Statement int64         `json:"statement,omitzero"` // of a StatementDebit
	Purchase  int64         `json:"purchase,omitzero"`  // of an EarlyDebit; 0: all that is owed
	Quote     string        `json:"quote,omitzero"`     // of an EarlyDebit
	FeeFree   bool          `json:"fee_free,omitzero"`  // an EarlyDebit while a newer agreement asks
	Amount    money.Amount  `json:"amount"`
	Attempt   int           `json:"attempt,omitzero"` // of a StatementDebit: 1 on the due date, 2 after a refusal, …
	Source    string        `json:"source"`
	On        calendar.Date `json:"on"`
	Status    DebitStatus   `json:"status"`
	Repayment int64         `json:"repayment,omitzero"` // of a settled one
	Lapsed    bool          `json:"lapsed,omitzero"`    // a settled EarlyDebit whose quote held no more: see DebitSettled
	Reason    string        `json:"reason,omitzero"`    // of a refused one
	Decided   calendar.Date `json:"decided,omitzero"`
}

// DebitRequested says that the payment service is to debit an amount. The number is
// new with each attempt, and the service knows the debit by it.
type DebitRequested struct {
	Number    int64        `json:"n"`
	Purpose   DebitPurpose `json:"purpose,omitzero"`
	Statement int64        `json:"statement,omitzero"`
	Purchase  int64        `json:"purchase,omitzero"`
	Quote     string       `json:"quote,omitzero"`
	FeeFree   bool         `json:"fee_free,omitzero"`
	Amount    money.Amount `json:"amount"`
	Attempt   int          `json:"attempt,omitzero"`
	Source    string       `json:"source"`
}

// DebitSkipped says that a statement is not debited on its day, because what the
// customer asked to pay is on its way and pays all of it: nobody is debited twice.
type DebitSkipped struct {
	Statement int64 `json:"statement"`
}

// DebitSettled says that a debit succeeded, and which repayment it is. Lapsed says
// that it was to repay early by a quote that held no more when the money came: so it
// paid what is billed, and the rest is a credit balance.
type DebitSettled struct {
	Debit     int64 `json:"debit"`
	Repayment int64 `json:"repayment"`
	Lapsed    bool  `json:"lapsed,omitzero"`
}

// DebitRefused says that a debit took nothing, and why.
type DebitRefused struct {
	Debit  int64  `json:"debit"`
	Reason string `json:"reason"`
}

func (SettleDebit) Name() string    { return "settle_debit" }
func (RefuseDebit) Name() string    { return "refuse_debit" }
func (DebitRequested) Name() string { return "debit.requested" }
func (DebitSkipped) Name() string   { return "debit.skipped" }
func (DebitSettled) Name() string   { return "debit.settled" }
func (DebitRefused) Name() string   { return "debit.refused" }

// keptDebits is how many debits with a result an account remembers, so that one
// that is told twice is known: a year of them and more.
const keptDebits = 12

// debitDay is the next date on which a statement is debited, or none: the due date
// and the contract's days after a refusal, as they come after the instruction was
// given. What stays unpaid in spite of them is debited again with the statements
// that follow it, on their days: a customer who agreed to be debited and has money
// again does not expect arrears to be left. A debt that the books gave up is for
// people to settle, and not for an instruction that is half a year old. While a debit is pending there is no
// other for its statement, however long its result takes; a day that passed
// meanwhile is not made up for.
func (a *Account) debitDay(s *Statement) (next calendar.Date) {
	if a.Autopay == nil || a.telling || s.ChargedOff || a.pending(s.Number) {
		return 0
	}
	after, days := max(s.Debited, a.Autopay.Since), debitDays(a.Autopay.Retries)
	for i := range a.Statements {
		other := &a.Statements[i]
		if other.Due < s.Due {
			continue
		}
		for _, d := range days {
			if on := other.Due + calendar.Date(d); on > after && (next == 0 || on < next) {
				next = on
			}
		}
	}
	return next
}

// requestDebits asks for what remains of the statements whose day it is. It comes as
// the date begins, so that the money is there on the due date itself: what the
// customer paid by hand up to the day before lowers the amount, and so does what they
// asked to pay and is on its way; what they pay while the debit is on its way makes
// the rest of it a credit balance.
func (a *Account) requestDebits(day calendar.Date, emit func(Event)) {
	for i := range a.Statements {
		s := &a.Statements[i]
		if on := a.debitDay(s); on == 0 || on > day {
			continue
		}
		left := a.unasked()[i]
		if left == 0 {
			emit(DebitSkipped{Statement: s.Number})
			continue
		}
		emit(DebitRequested{
			Number: a.number(), Statement: s.Number, Amount: min(left, money.Max),
			Attempt: s.Attempts + 1, Source: a.Autopay.Source,
		})
	}
}

func (a *Account) pending(statement int64) bool {
	return slices.ContainsFunc(a.Debits, func(d Debit) bool { return d.Statement == statement && d.Status == PendingDebit })
}

func (a *Account) debit(number int64) *Debit {
	for i := range a.Debits {
		if a.Debits[i].Number == number {
			return &a.Debits[i]
		}
	}
	return nil
}

// result finds the debit that a result is about, and says whether it is news.
func (a *Account) result(number int64, status DebitStatus) (d *Debit, news bool, err error) {
	if err := a.opened(); err != nil {
		return nil, false, err
	}
	d = a.debit(number)
	switch {
	case d == nil && a.given(number):
		return nil, false, refuse(DebitNotPending, "nothing with this number waits for a result")
	case d == nil:
		return nil, false, refuse(NotFound, "there is no such debit")
	case d.Status == PendingDebit:
		return d, true, nil
	case d.Status == status:
		return d, false, nil
	}
	return nil, false, refuse(DebitNotPending, "the debit was %s on %s", d.Status, d.Decided)
}

func (c SettleDebit) do(a *Account, at Moment, emit func(Event)) error {
	d, news, err := a.result(c.Debit, SettledDebit)
	if err != nil || !news {
		return err
	}
	q, holds := a.stillQuoted(d, at.Day)
	if holds {
		a.settleEarly(*d, q, at, emit)
	} else {
		a.settleBilled(*d, at, emit)
	}
	return nil
}

// settleBilled pays with a debit's money what is billed.
func (a *Account) settleBilled(d Debit, at Moment, emit func(Event)) {
	a.chargePenalties(at.Day, emit)
	n := a.number()
	emit(DebitSettled{Debit: d.Number, Repayment: n, Lapsed: d.Purpose == EarlyDebit})
	a.settling(emit, func() {
		shares, rest := a.allocate(d.Amount, at.Day)
		emit(RepaymentReceived{Number: n, Amount: d.Amount, Source: string(a.ID.Part(PrefixDebit, d.Number)), Shares: shares, Credit: rest})
	})
}

func (c RefuseDebit) do(a *Account, _ Moment, emit func(Event)) error {
	_, news, err := a.result(c.Debit, RefusedDebit)
	if err != nil || !news {
		return err
	}
	emit(DebitRefused(c))
	return nil
}

func (e DebitRequested) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	if s := a.statement(e.Statement); s != nil {
		s.Attempts, s.Debited = e.Attempt, on
	}
	a.Debits = append(a.Debits, Debit{
		Number: e.Number, Purpose: e.Purpose, Statement: e.Statement, Purchase: e.Purchase, Quote: e.Quote, FeeFree: e.FeeFree,
		Amount: e.Amount, Attempt: e.Attempt, Source: e.Source, On: on, Status: PendingDebit,
	})
}

func (e DebitSkipped) apply(a *Account, on calendar.Date) {
	if s := a.statement(e.Statement); s != nil {
		s.Debited = on
	}
}

func (e DebitSettled) apply(a *Account, on calendar.Date) {
	d := a.debit(e.Debit)
	d.Status, d.Repayment, d.Lapsed, d.Decided = SettledDebit, e.Repayment, e.Lapsed, on
	a.decided(e.Debit, d.Statement, on)
}

func (e DebitRefused) apply(a *Account, on calendar.Date) {
	d := a.debit(e.Debit)
	d.Status, d.Reason, d.Decided = RefusedDebit, e.Reason, on
	a.decided(e.Debit, d.Statement, on)
}

// decided counts a statement's next debit day from a result, and forgets the oldest
// result beyond those that are kept, which is never the one that has just come.
func (a *Account) decided(number, statement int64, on calendar.Date) {
	if s := a.statement(statement); s != nil {
		s.Debited = on
	}
	others, oldest := 0, -1
	for i := range a.Debits {
		d := &a.Debits[i]
		if d.Status == PendingDebit || d.Number == number {
			continue
		}
		others++
		if oldest < 0 || d.Decided < a.Debits[oldest].Decided {
			oldest = i
		}
	}
	if others >= keptDebits {
		a.Debits = slices.Delete(a.Debits, oldest, oldest+1)
	}
}

// checkDebits holds the debits against what must never be: two on their way for one
// statement, or one of nothing.
func (a *Account) checkDebits() error {
	for i, d := range a.Debits {
		if d.Amount <= 0 || i > 0 && d.Number <= a.Debits[i-1].Number {
			return fmt.Errorf("debit %d is of %d", d.Number, d.Amount)
		}
		if d.Status != PendingDebit {
			continue
		}
		for _, other := range a.Debits[:i] {
			if other.Status == PendingDebit && other.Statement == d.Statement && d.Statement != 0 {
				return fmt.Errorf("debits %d and %d are both on their way for statement %d", other.Number, d.Number, d.Statement)
			}
		}
		if a.Status.Over() {
			return fmt.Errorf("debit %d is on its way from a closed account", d.Number)
		}
	}
	if early, all := a.asking(); all > maxAsked || early && all > 1 {
		return fmt.Errorf("%d debits that the customer asked for are on their way, and one repays early: %t", all, early)
	}
	if a.Status.Over() && a.Autopay != nil {
		return fmt.Errorf("a closed account is to be debited from %d on", a.Autopay.Number)
	}
	return nil
}

// PendingDebits are the debits whose result is not known.
func (a *Account) PendingDebits() (pending []Debit) {
	for _, d := range a.Debits {
		if d.Status == PendingDebit {
			pending = append(pending, d)
		}
	}
	return pending
}

// NextDebit is when an account is debited next, and of what as things are now; no
// date when nothing is to come. What is not billed yet is not foretold.
func (a *Account) NextDebit() (next Due) {
	unasked := a.unasked()
	for i := range a.Statements {
		switch on := a.debitDay(&a.Statements[i]); {
		case on == 0 || unasked[i] == 0 || next.On != 0 && on > next.On:
		case on == next.On:
			next.Amount += unasked[i]
		default:
			next = Due{On: on, Amount: unasked[i]}
		}
	}
	return next
}
