// Package reference is the contract told a second time, in the plainest way that
// works: it lives each day, keeps every part of every purchase for ever, adds up
// everything anew whenever it is asked, and is slow. A simulation gives it the same
// commands as the product and compares what both say. It knows what the rules of
// the product say in words; it refuses to know how the product does it: nothing but
// money and calendar is shared.
package reference

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Terms are what a contract was signed under, as far as this package counts them.
type Terms struct {
	Version                         int
	StatementDay, DueDay            int
	GraceDays, HoldDays, ReviewDays int
	PenaltyRate                     int64 // parts per million a year of 360 days
	CostCap                         int64 // parts per million a year
	PenaltyCap                      int64 // parts per million of what became overdue; 0: none
	Method                          string
	EarlyFees                       string // of cost not yet billed: "" none, "next_period", "all"
	PrincipalFirst                  int
	Applications, WindowDays        int
	CoolDown                        int          // days after de-registration
	ChargeOffDays                   int          // 0: never
	LimitCap                        money.Amount // 0: none
	DueDays                         []int
	DueDayChanges                   int
	Grades                          [3]int // past so many days substandard, doubtful, loss
	Deferral                        *Deferral
	Retries                         []int
	Reading                         int64 // microseconds
	Scenes                          []string
	SceneLimits                     map[string]money.Amount
	Barred                          []string // merchants
	Plans                           []Plan
	Conversions                     []Plan // for bills
	ConvertLate                     bool   // after the due date too
	Texts                           int    // how many texts an applicant has to agree to
}

// Plan is how a purchase is owed.
type Plan struct {
	ID      string
	Kind    string // "pay_next_month", "flat", "annuity"
	Periods int
	Rate    int64 // parts per million
	Others  int64 // the share of the cost that others bear, in parts per million
}

// Moment is a day and an instant in microseconds since 1970.
type Moment struct {
	Day  calendar.Date
	Time int64
}

// Answer is what a command comes to: a refusal, or what happened.
type Answer struct {
	Refused  string   // the kind; everything else is empty then, but for Unmet
	Declined []string // the reasons of a decline
	Number   int64    // of what was made
	Parts    []Part   // what a purchase asks for, what a refund cut, what a repayment paid
	Used     []Part   // what the credit balance paid by it
	Credit   money.Amount
	Amount   money.Amount
	Until    calendar.Date // the last day of a hold, of a review; when an application is assessed again
	Unmet    []Unmet
}

// Part is an amount of an instalment, or of a bill's penalty.
type Part struct {
	Bill, Purchase           int64
	K                        int
	On                       calendar.Date
	Penalty                  money.Amount
	Fee, Interest, Principal money.Amount
	Others                   money.Amount // what others bear of it
}

// Unmet is a condition for closing that is not met.
type Unmet struct {
	Condition string
	Amount    money.Amount
}
