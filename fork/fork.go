// Package fork is the time machine: it tells accounts' histories again from a past
// moment on, under another contract, and says what would be different in bills, in the
// books and in the whole. It knows how to read histories and how to compare; the rules are
// credit's. It refuses to write anything: not one byte of what happened changes.
package fork

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// Ask is a question to the past.
type Ask struct {
	Account  credit.ID   // only this one; empty: all that Filter lists
	Filter   view.Filter // its Limit and After are not used
	From     calendar.Date
	Position int64         // or from this position of the account's partition; only for one account
	Until    calendar.Date // days are closed through this one: the business date
	Rules    Rules         // what is different from there on
	Most     int           // how many accounts to tell of; default 20, those that differ most
}

// Report is what would be different.
type Report struct {
	From, Until calendar.Date
	Accounts    int          // told again
	Changed     int          // that would be different
	Failed      []Failure    // that can't be told so; the first hundred
	Failures    int          // how many
	Currencies  []Currency   // in order
	Differences []Difference // of the accounts that differ most, the most different first
}

// Failure is an account whose facts do not fit the other past.
type Failure struct {
	Account credit.ID
	Says    string
}

// Currency is what all accounts of a currency come to.
type Currency struct {
	Currency money.Currency
	Was, Is  Totals
	Classes  []Class // of the general ledger, those that differ
}

// Class is the balance (debit less credit) that the postings since then come to.
type Class struct {
	Class   ledger.Class
	Was, Is money.Amount
}

// Totals are what happened since the past moment, and how it stands at the end.
type Totals struct {
	Bills                  int
	Billed, Interest, Fees money.Amount // on statements
	Penalty                money.Amount // charged
	Paid                   money.Amount // of what is owed, by repayments and the credit balance
	Owed, Overdue          money.Amount // at the end
	CreditBalance          money.Amount // at the end
	OverdueAccounts        int          // at the end
}

// Difference is what would be different for one account.
type Difference struct {
	Account  credit.ID
	Currency money.Currency
	Was, Is  Totals
	Bills    []Bill // those that differ
	Dropped  int    // requests that would have been refused
}

// Bill is a statement in both pasts; a Total of 0 says that there is none.
type Bill struct {
	Date    calendar.Date
	Was, Is Charged
}

// Charged is what a statement asks for, and the penalty that was charged on it.
type Charged struct {
	Due                           calendar.Date
	Total, Interest, Fee, Penalty money.Amount
}

// ErrAsk says that a question can't be asked so; the text around it says why.
var ErrAsk = errors.New("fork: the question is wrong")

// Run answers a question. progress is told how many accounts were told again; it may be nil.
func Run(ctx context.Context, tables *view.Tables, ask Ask, progress func(done int)) (*Report, error) {
	if ask.Most <= 0 {
		ask.Most = 20
	}
	if ask.Position != 0 && ask.Account == "" {
		return nil, fmt.Errorf("%w: a position is of one partition: name the account", ErrAsk)
	}
	r := &reporter{report: &Report{From: ask.From, Until: ask.Until}, ask: ask, sums: map[money.Currency]*sums{}}
	one := func(id credit.ID) error {
		history, err := tables.Facts(ctx, id)
		if err != nil {
			return fmt.Errorf("fork: read the history of %s: %w", id, err)
		}
		r.account(id, history)
		if progress != nil {
			progress(r.report.Accounts)
		}
		return ctx.Err()
	}
	if ask.Account != "" {
		if err := one(ask.Account); err != nil {
			return nil, err
		}
		return r.finish(), nil
	}
	const page = 500
	f := ask.Filter
	f.After, f.Limit = "", page
	for {
		rows, err := tables.Accounts(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("fork: list the accounts: %w", err)
		}
		for i := range rows {
			if err := one(rows[i].ID); err != nil {
				return nil, err
			}
		}
		if len(rows) < page {
			return r.finish(), nil
		}
		f.After = rows[len(rows)-1].ID
	}
}

type sums struct {
	was, is Totals
	classes map[ledger.Class]*Class
}

type reporter struct {
	report *Report
	ask    Ask
	sums   map[money.Currency]*sums
}

// account tells one account twice, with and without the change, and adds both up.
func (r *reporter) account(id credit.ID, history []view.Fact) {
	facts := make([]credit.Fact, len(history))
	from := len(history)
	for i, h := range history {
		facts[i] = h.Fact
		if from == len(history) && (r.ask.Position != 0 && h.Position >= r.ask.Position || r.ask.Position == 0 && h.At.Day >= r.ask.From) {
			from = i
		}
	}
	was, err := credit.Retell(id, facts, credit.Change{From: from, Until: r.ask.Until})
	if err == nil && was.Account.Terms == nil {
		return // never opened
	}
	var is credit.Retold
	if err == nil {
		is, err = credit.Retell(id, facts, credit.Change{From: from, Terms: r.ask.Rules.under, Until: r.ask.Until})
	}
	r.report.Accounts++
	if err != nil {
		r.report.Failures++
		if len(r.report.Failed) < 100 {
			r.report.Failed = append(r.report.Failed, Failure{id, err.Error()})
		}
		return
	}
	currency := was.Account.Terms.Currency
	s := r.sums[currency]
	if s == nil {
		s = &sums{classes: map[ledger.Class]*Class{}}
		r.sums[currency] = s
	}
	one, other := outcome(was, was.From, r.ask.Until), outcome(is, is.From, r.ask.Until)
	s.was.add(one.totals)
	s.is.add(other.totals)
	changed := one.totals != other.totals
	for class, balance := range one.classes {
		s.class(class).Was += balance
		changed = changed || balance != other.classes[class]
	}
	for class, balance := range other.classes {
		s.class(class).Is += balance
		changed = changed || balance != one.classes[class]
	}
	d := Difference{Account: id, Currency: currency, Was: one.totals, Is: other.totals, Bills: bills(one.bills, other.bills), Dropped: len(is.Dropped)}
	if !changed && len(d.Bills) == 0 && d.Dropped == 0 {
		return
	}
	r.report.Changed++
	r.report.Differences = append(r.report.Differences, d)
	if len(r.report.Differences) > 4*r.ask.Most { // only the largest are kept
		r.largest()
	}
}

func (s *sums) class(c ledger.Class) *Class {
	if s.classes[c] == nil {
		s.classes[c] = &Class{Class: c}
	}
	return s.classes[c]
}

func (r *reporter) largest() {
	weight := func(d *Difference) money.Amount {
		w := magnitude(d.Is.Owed-d.Was.Owed) + magnitude(d.Is.Penalty-d.Was.Penalty) + magnitude(d.Is.Billed-d.Was.Billed)
		for _, b := range d.Bills {
			w += magnitude(b.Is.Total - b.Was.Total)
		}
		return w
	}
	list := r.report.Differences
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(weight(&b), weight(&a)), cmp.Compare(a.Account, b.Account))
	})
	r.report.Differences = list[:min(len(list), r.ask.Most)]
}

func magnitude(a money.Amount) money.Amount { return max(a, -a) }

func (r *reporter) finish() *Report {
	r.largest()
	for currency, s := range r.sums {
		c := Currency{Currency: currency, Was: s.was, Is: s.is}
		for _, class := range ledger.Chart {
			if x := s.classes[class]; x != nil && x.Was != x.Is {
				c.Classes = append(c.Classes, *x)
			}
		}
		r.report.Currencies = append(r.report.Currencies, c)
	}
	slices.SortFunc(r.report.Currencies, func(a, b Currency) int { return cmp.Compare(a.Currency, b.Currency) })
	return r.report
}
