package credit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// DeferralTerms says on which terms a statement's due date can be moved. Without
// them a contract offers no deferral.
type DeferralTerms struct {
	MostDays int          `json:"most_days"`     // how far the due date moves at most
	AYear    int          `json:"a_year"`        // how many are granted in any 365 days
	Rate     Rate         `json:"rate,omitzero"` // the fee, as a share of the principal deferred …
	Fee      money.Amount `json:"fee,omitzero"`  // … or as an amount
}

// deferralWindow is the year in which deferrals are counted: the day asked on and the 364 before it.
const deferralWindow = 365

const mostDeferralFee money.Amount = 1_000_000_000

func (d *DeferralTerms) validate() error {
	switch {
	case d.MostDays < 1 || d.MostDays > 60:
		return fmt.Errorf("most_days is %d, not within 1 to 60", d.MostDays)
	case d.AYear < 1 || d.AYear > 12:
		return fmt.Errorf("a_year is %d, not within 1 to 12", d.AYear)
	case d.Rate < 0 || d.Rate > Whole:
		return fmt.Errorf("rate is %d, not within 0 to %d", d.Rate, Whole)
	case d.Fee < 0 || d.Fee > mostDeferralFee:
		return fmt.Errorf("fee is %d, not within 0 to %d", d.Fee, mostDeferralFee)
	case d.Rate > 0 && d.Fee > 0:
		return fmt.Errorf("the fee is a rate or an amount, not both")
	}
	return nil
}

// Defer asks that a statement fall due later (延期还款). Consent names the quote that the customer saw.
type Defer struct {
	Statement int64         `json:"statement"`
	Due       calendar.Date `json:"due"`
	Consent   Consent       `json:"consent"`
}

// DeferralDocument is the name under which a customer consents to a quoted deferral.
const DeferralDocument = "deferral_quote"

// StatementDeferred says that a statement is to be paid later, and for what fee.
type StatementDeferred struct {
	Statement int64         `json:"statement"`
	Due       calendar.Date `json:"due"`
	Before    calendar.Date `json:"before"`       // when it was due
	Fee       money.Amount  `json:"fee,omitzero"` // billed on it at once
	Cut       money.Amount  `json:"cut,omitzero"` // what the contract's cap took off the fee
	Quote     string        `json:"quote"`
	Agreement Agreement     `json:"agreement"`
}

func (Defer) Name() string             { return "defer" }
func (StatementDeferred) Name() string { return "statement.deferred" }

// DeferralQuote is what moving a statement's due date would cost, before it is agreed to.
type DeferralQuote struct {
	Statement  int64
	Before     calendar.Date
	Due        calendar.Date
	Amount     money.Amount // what is owed on the statement, without the fee
	Principal  money.Amount // of that: what the fee is worked out on
	Fee        money.Amount
	Cut        money.Amount // what the contract's cap took off the fee
	AnnualRate Rate
	Token      string
}

// QuoteDeferral works out what it costs to move a statement's due date, or says
// why it can't be moved. It is asked for before the due date: on the due date
// itself the money is due, and it is too late.
func (a *Account) QuoteDeferral(statement int64, due, day calendar.Date) (DeferralQuote, error) {
	s, err := a.openStatement(statement)
	if err != nil {
		return DeferralQuote{}, err
	}
	terms := a.Terms.Deferral
	switch {
	case terms == nil:
		return DeferralQuote{}, refuse(DeferralNotOffered, "the contract offers no deferral")
	case s.ChargedOff:
		return DeferralQuote{}, refuse(DeferralNotOffered, "the books gave it up: it is due as it is")
	case s.Deferred != 0:
		return DeferralQuote{}, refuse(AlreadyDeferred, "it was due on %s, and was deferred to %s", s.Deferred, s.Due)
	case day >= s.Due:
		return DeferralQuote{}, refuse(DeferralTooLate, "it is due on %s: a deferral is asked for on the day before at the latest", s.Due)
	case due <= s.Due || due > s.Due+calendar.Date(terms.MostDays):
		last := s.Due + calendar.Date(terms.MostDays)
		return DeferralQuote{}, &Error{Kind: InvalidDate, Field: "due_on", Detail: "a statement due on " + s.Due.String() + " can be deferred to " + (s.Due + 1).String() + " at the earliest and " + last.String() + " at the latest"}
	}
	if granted := a.deferred(day); len(granted) >= terms.AYear {
		again := granted[len(granted)-terms.AYear] + deferralWindow
		return DeferralQuote{}, refuse(DeferralsUsedUp, "%d were granted in the last %d days: the next can be from %s", len(granted), deferralWindow, again)
	}

	q := DeferralQuote{Statement: s.Number, Before: s.Due, Due: due, Amount: a.remaining(s), Principal: a.accruing(s)}
	q.Fee, q.Cut, q.AnnualRate = a.Terms.DeferralFee(q.Principal, int(due-s.Due))
	q.Token = a.deferralToken(&q)
	return q, nil
}

// deferralToken seals what was shown. The day is no part of it: nothing that was
// shown depends on it, and consent ages by itself.
func (a *Account) deferralToken(q *DeferralQuote) string {
	b := fmt.Appendf(nil, "%s%s\x00%s\x00", a.ID, a.Terms.Programme, DeferralDocument)
	for _, v := range []int64{
		int64(a.Terms.Version), q.Statement, int64(q.Before), int64(q.Due), int64(q.Amount), int64(q.Principal), int64(q.Fee), int64(q.AnnualRate),
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	sum := sha256.Sum256(b)
	return "qt_" + crockford.EncodeToString(sum[:17])[:26]
}

// DeferralFee is what deferring a principal by some days costs, what the contract's
// cap took off that, and what it is as an annual rate.
func (t *Terms) DeferralFee(principal money.Amount, days int) (fee, cut money.Amount, annual Rate) {
	asked := t.Deferral.Fee
	if t.Deferral.Rate > 0 {
		asked = t.Deferral.Rate.Of(principal)
	}
	fee = t.capFee(principal, asked, days)
	return fee, asked - fee, t.deferralRate(principal, fee, days)
}

// deferralRate is the annual cost of paying principal some days later for a fee.
// Where days count, it compounds daily; by the other methods it is the fee for
// the days, times 365 ÷ days: one payment within less than two months has nothing
// to compound (Appendix J (c)(5)(ii) for a single payment).
func (t *Terms) deferralRate(principal, fee money.Amount, days int) Rate {
	switch {
	case fee == 0:
		return 0
	case principal == 0:
		return 1000 * Whole // no principal, but a fee: beyond every cap
	case t.RateMethod != EffectiveOnDays:
		return Rate(fee.MulDiv(365*int64(Whole), int64(principal)*int64(days)))
	}
	m := valuation{
		factor: func(v uint64, _ int) uint64 { return power(v, days) },
		annual: func(v uint64) uint64 { return inverse(power(v, 365)) - one },
	}
	paid := []Part{{Principal: principal, Fee: fee}}
	return perMillion(m.annual(halve(lowestDaily, func(v uint64) bool { return m.worthMore(v, principal, paid) })))
}

// capFee is the largest fee, up to the one asked, that keeps the annual cost of
// what is deferred within the contract's cap. Each stretch of time that costs the
// cap at most makes a whole that does.
func (t *Terms) capFee(principal, asked money.Amount, days int) money.Amount {
	if t.deferralRate(principal, asked, days) <= t.CostCap {
		return asked
	}
	low, high := money.Amount(0), asked
	for high-low > 1 {
		if middle := low + (high-low)/2; t.deferralRate(principal, middle, days) <= t.CostCap {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// deferred returns when deferrals were granted that count on a day.
func (a *Account) deferred(day calendar.Date) []calendar.Date {
	i, _ := slices.BinarySearch(a.Deferrals, day-deferralWindow+1)
	return a.Deferrals[i:]
}

// DeferralRuns says whether a statement's deferral runs on a day: until the new
// due date has passed, or the statement is paid.
func (s *Statement) DeferralRuns(day calendar.Date) bool { return s.Deferred != 0 && day <= s.Due }

// Bill returns a copy of an account that has one of its statements and what stands on
// it, for whoever works out what deferring or converting it costs, elsewhere.
func (a *Account) Bill(statement int64) *Account {
	bill := &Account{ID: a.ID, Terms: a.Terms, DueDay: a.DueDay, Numbers: a.Numbers, Deferrals: slices.Clone(a.Deferrals), Debits: a.PendingDebits(), Disputes: slices.Clone(a.Disputes)}
	s := a.statement(statement)
	if s == nil {
		return bill
	}
	bill.Statements = []Statement{*s}
	for i := range a.Purchases {
		p := a.Purchases[i]
		if p.Instalments = slices.Clone(p.Instalments); slices.ContainsFunc(p.Instalments, func(in Instalment) bool { return in.Statement == statement }) {
			bill.Purchases = append(bill.Purchases, p)
		}
	}
	return bill
}

// openStatement finds a statement on which something is owed. One whose number was
// given, but which is not open, is paid.
func (a *Account) openStatement(number int64) (*Statement, error) {
	if err := a.opened(); err != nil {
		return nil, err
	}
	if s := a.statement(number); s != nil {
		return s, nil
	}
	if a.given(number) {
		return nil, refuse(StatementNotOpen, "nothing is owed on it")
	}
	return nil, refuse(NotFound, "there is no such statement")
}

func (c Defer) do(a *Account, at Moment, emit func(Event)) error {
	q, err := a.QuoteDeferral(c.Statement, c.Due, at.Day)
	if err != nil {
		return err
	}
	shown := Document{Name: DeferralDocument, Version: a.Terms.Version, Hash: q.Token}
	if err := checkConsent(c.Consent, a.Customer, shown, a.Terms.reading(), at); err != nil {
		return err
	}
	emit(StatementDeferred{Statement: q.Statement, Due: q.Due, Before: q.Before, Fee: q.Fee, Cut: q.Cut, Quote: q.Token, Agreement: c.Consent.Kept(shown)})
	return nil
}

func (e StatementDeferred) apply(a *Account, on calendar.Date) {
	s := a.statement(e.Statement)
	s.Deferred, s.Due, s.Accrued = s.Due, e.Due, e.Due // penalty counts from the new due date
	s.Fee += e.Fee
	a.Deferrals = append(slices.Clone(a.deferred(on)), on)
	a.firstDueFirst()
}

// again moves the due date as it was moved, if that was still possible. The fee that
// was agreed to stays; under another contract it is the other contract's.
func (c Defer) again(a *Account, f Fact, emit func(Event)) error {
	s, err := a.openStatement(c.Statement)
	if err != nil {
		return err
	}
	if s.Deferred != 0 || f.At.Day >= s.Due || c.Due <= s.Due {
		return refuse(DeferralTooLate, "it is due on %s", s.Due)
	}
	for _, e := range f.Events {
		if e, ok := e.(StatementDeferred); ok {
			e.Before = s.Due
			if !a.quiet && a.Terms.Deferral != nil {
				e.Fee, e.Cut, _ = a.Terms.DeferralFee(a.accruing(s), int(e.Due-s.Due))
			}
			emit(e)
		}
	}
	return nil
}

// deferralFees are what facts charge for deferrals, by statement.
func deferralFees(facts []Fact) map[int64]money.Amount {
	fees := map[int64]money.Amount{}
	for _, f := range facts {
		for _, e := range f.Events {
			if e, ok := e.(StatementDeferred); ok {
				fees[e.Statement] += e.Fee
			}
		}
	}
	return fees
}

// firstDueFirst keeps statements in the order in which they are paid: a deferred
// one may fall due after one that was issued later.
func (a *Account) firstDueFirst() {
	slices.SortStableFunc(a.Statements, func(s, t Statement) int { return int(s.Due - t.Due) })
}
