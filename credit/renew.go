package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// Renew is the customer who agrees to a newer version of the agreement (重新签约), after
// a change that matters: by one consent for each text that is new. Orders from now on
// run under it. What was agreed to before keeps its terms: see FormerTerms.
type Renew struct {
	Consents []Consent `json:"consents"`

	Terms *Terms `json:"-"` // of the newest version that asks: the edge knows; nil: none does
}

// AgreementRenewed says under which terms orders run from now on, and what was agreed to.
type AgreementRenewed struct {
	Number     int64       `json:"n"`
	Terms      *Terms      `json:"terms"`
	Agreements []Agreement `json:"agreements"`
}

// FormerTermsEnded says that nothing runs any more that was agreed to before, and
// nothing billed is unpaid: the newest agreement holds alone.
type FormerTermsEnded struct {
	Version int `json:"version"` // that holds alone
}

// FormerTerms is an agreement that was renewed while something of it runs. An order that was
// let through under it is priced and funded by it. A bill is one, and may have
// purchases of both: until the former ends, grace, penalty and order of payment are
// those that are kinder to the customer, so that nobody is served worse than either says.
type FormerTerms struct {
	Terms   *Terms        `json:"terms"`
	Through int64         `json:"through"` // numbers up to it were given under these terms
	On      calendar.Date `json:"on"`      // the day on which they were renewed
}

func (Renew) Name() string            { return "renew_agreement" }
func (AgreementRenewed) Name() string { return "agreement.renewed" }
func (FormerTermsEnded) Name() string { return "former_terms.ended" }

// NewDocuments are the texts of a version of the terms that the account's agreement does not have.
func (a *Account) NewDocuments(t *Terms) (documents []Document) {
	for _, d := range t.Documents {
		if !slices.Contains(a.agreement().Documents, d) {
			documents = append(documents, d)
		}
	}
	return documents
}

// agreement is the newest one as it was agreed to.
func (a *Account) agreement() *Terms {
	if a.Agreed != nil {
		return a.Agreed
	}
	return a.Terms
}

// Asked says whether a newer version asks for the customer's agreement, given the
// newest that does by programme.
func (a *Account) Asked(asks map[string]int) bool {
	return a.Status == Active && a.agreement().Version < asks[a.Terms.Programme]
}

// FeeFree is the account as it may be settled while a newer agreement asks: no cost
// that is not billed yet is charged of whoever would rather leave. It is for reading only.
func (a *Account) FeeFree() *Account {
	free, terms := *a, *a.Terms
	terms.EarlyFees = EarlyFeesWaived
	free.Terms = &terms
	return &free
}

// leaving is the account as it is quoted for an early repayment that is fee-free, or is not.
func (a *Account) leaving(free bool) *Account {
	if free {
		return a.FeeFree()
	}
	return a
}

// TermsOf are those under which a number of this account was given.
func (a *Account) TermsOf(number int64) *Terms {
	for _, f := range a.Former {
		if number <= f.Through {
			return f.Terms
		}
	}
	return a.Terms
}

func (c Renew) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	switch now := a.agreement(); {
	case a.Status != Active:
		return refuse(AccountNotOpen, "the account is %s", a.Status)
	case c.Terms == nil || c.Terms.Version <= now.Version:
		return refuse(AgreementNotPending, "no newer version asks for the customer's agreement")
	case !c.Terms.Continues(now):
		return refuse(AgreementNotPending, "the newer version has another currency, calendar or rate method, which a running account cannot take over")
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; s.Overdue {
			return refuse(OverdueFirst, "the statement due on %s is overdue, and its terms stay until it is paid", s.Due)
		}
	}
	agreements, err := agreed(c.Consents, a.Customer, c.Terms, a.NewDocuments(c.Terms), at)
	if err != nil {
		return err
	}
	emit(AgreementRenewed{Number: a.number(), Terms: c.Terms, Agreements: agreements})
	return nil
}

// Continues says whether running accounts can take terms over from earlier ones: one
// bill a month has one calendar, and one way to count what a year costs.
func (t *Terms) Continues(before *Terms) bool {
	return t.Programme == before.Programme && t.Currency == before.Currency && t.StatementDay == before.StatementDay &&
		t.DueDay == before.DueDay && slices.Equal(t.DueDays, before.DueDays) && t.RateMethod == before.RateMethod
}

// kinder is the newest agreement, with those rules of a bill that are kinder in a former one.
func (a *Account) kinder() *Terms {
	if len(a.Former) == 0 {
		return a.agreement()
	}
	least := func(x, y int) int { // 0 is none
		if x == 0 || y == 0 {
			return max(x, y)
		}
		return min(x, y)
	}
	t := *a.Agreed
	for _, f := range a.Former {
		t.GraceDays = max(t.GraceDays, f.Terms.GraceDays)
		t.PenaltyRate = min(t.PenaltyRate, f.Terms.PenaltyRate)
		t.PenaltyCap = Rate(least(int(t.PenaltyCap), int(f.Terms.PenaltyCap)))
		t.CostCap = min(t.CostCap, f.Terms.CostCap)
		t.PrincipalFirst = least(t.PrincipalFirst, f.Terms.PrincipalFirst)
		if t.ChargeOffDays != 0 && (f.Terms.ChargeOffDays == 0 || f.Terms.ChargeOffDays > t.ChargeOffDays) {
			t.ChargeOffDays = f.Terms.ChargeOffDays
		}
		if f.Terms.EarlyFees == EarlyFeesWaived || t.EarlyFees == EarlyFeesAll {
			t.EarlyFees = f.Terms.EarlyFees
		}
		if t.Deferral == nil {
			t.Deferral = f.Terms.Deferral
		}
		if len(t.Conversions) == 0 {
			t.Conversions, t.ConvertOverdue = f.Terms.Conversions, f.Terms.ConvertOverdue
		}
	}
	return &t
}

// endFormer lets the newest agreement hold alone once nothing of a former one runs.
// While a statement is unpaid the rules of the bill stay, so that nobody is overdue
// sooner than the bill said.
func (a *Account) endFormer(emit func(Event)) {
	if len(a.Former) == 0 || len(a.Statements) > 0 || len(a.Disputes) > 0 {
		return
	}
	last := a.Former[len(a.Former)-1]
	for i := range a.Holds {
		if a.Holds[i].Number <= last.Through {
			return
		}
	}
	for i := range a.Purchases {
		if a.Purchases[i].Ordered <= last.On {
			return
		}
	}
	emit(FormerTermsEnded{Version: a.Agreed.Version})
}

func (a *Account) checkFormer() error {
	if (len(a.Former) > 0) != (a.Agreed != nil) {
		return fmt.Errorf("%d former agreements, beside one of now: %t", len(a.Former), a.Agreed != nil)
	}
	for i, f := range a.Former {
		if f.Through > a.Numbers || i > 0 && f.Through <= a.Former[i-1].Through || f.Terms.Version >= a.Agreed.Version {
			return fmt.Errorf("terms of version %d hold through number %d of %d", f.Terms.Version, f.Through, a.Numbers)
		}
	}
	return nil
}

func (e AgreementRenewed) apply(a *Account, on calendar.Date) {
	a.Former = append(a.Former, FormerTerms{Terms: a.agreement(), Through: e.Number, On: on})
	a.Agreed = e.Terms
	a.Terms = a.kinder()
	a.numbered(e.Number)
}

func (e FormerTermsEnded) apply(a *Account, _ calendar.Date) {
	a.Terms, a.Agreed, a.Former = a.Agreed, nil, nil
}
