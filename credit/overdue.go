package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// StatementOverdue (逾期) says that a statement was not paid within its grace.
type StatementOverdue struct {
	Statement   int64        `json:"statement"`
	DaysPastDue int          `json:"days_past_due"`
	Principal   money.Amount `json:"principal,omitzero"` // that is overdue: what a cap on its penalty is a share of
}

// StatementAged says that an overdue statement moved into the next bucket: M2 from
// 31 days past due, M3 from 61, and so on.
type StatementAged struct {
	Statement int64 `json:"statement"`
	Bucket    int   `json:"bucket"`
}

// PenaltyCharged (罚息) is interest on overdue principal, counted through a day.
type PenaltyCharged struct {
	Statement int64         `json:"statement"`
	Amount    money.Amount  `json:"amount"`
	Cut       money.Amount  `json:"cut,omitzero"` // what the rate came to beyond a cap, and nobody owes
	Through   calendar.Date `json:"through"`
}

func (StatementOverdue) Name() string { return "statement.overdue" }
func (StatementAged) Name() string    { return "statement.aged" }
func (PenaltyCharged) Name() string   { return "penalty.charged" }

const bucketDays = 30

// bucket of a number of days past due: 1–30 is 1, 31–60 is 2, … without an end, so
// that a debt which nobody touches is charged its penalty every 30 days all the same.
func bucket(daysPastDue int) int { return (daysPastDue-1)/bucketDays + 1 }

// overdueOn is the day on which an unpaid statement becomes overdue.
func (a *Account) overdueOn(s *Statement) calendar.Date {
	return s.Due + calendar.Date(a.Terms.GraceDays) + 1
}

// becomeOverdue marks statements whose grace has ended and blocks the account.
func (a *Account) becomeOverdue(day calendar.Date, emit func(Event)) {
	for i := range a.Statements {
		s := &a.Statements[i]
		if s.Overdue || day < a.overdueOn(s) {
			continue
		}
		emit(StatementOverdue{Statement: s.Number, DaysPastDue: int(day - s.Due), Principal: a.accruing(s)})
		if !a.blocked(BlockOverdue) {
			emit(BlockAdded{Kind: BlockOverdue})
		}
	}
}

// moveBuckets ages overdue statements. What is off the books has no bucket to move to.
func (a *Account) moveBuckets(day calendar.Date, emit func(Event)) {
	for i := range a.Statements {
		s := &a.Statements[i]
		if now := bucket(int(day - s.Due)); s.Overdue && !s.ChargedOff && now > s.Bucket {
			emit(StatementAged{Statement: s.Number, Bucket: now})
		}
	}
}

// chargePenalties charges what overdue statements have earned through a day, until
// they are off the books: one that was given up within its grace costs nothing. The
// sum is worked out from the whole base each time and what was charged before is
// taken off, so that it does not matter on which days somebody looked.
func (a *Account) chargePenalties(day calendar.Date, emit func(Event)) {
	for i := range a.Statements {
		s := &a.Statements[i]
		if !s.Overdue || s.ChargedOff {
			continue
		}
		base := s.Base + a.accruing(s)*money.Amount(max(0, day-s.Accrued))
		full := base.MulDiv(int64(a.Terms.PenaltyRate), int64(Whole)*360)
		most := a.Terms.mostPenalty(base, s.Late, full)
		if amount := most - s.Charged; amount > 0 {
			emit(PenaltyCharged{Statement: s.Number, Amount: amount, Cut: max(0, full-most-s.Cut), Through: day})
		}
	}
}

// mostPenalty is what the two caps leave of a statement's whole penalty. As a rate on
// what was overdue for how long it stays within the cap on the customer's cost that is
// pinned to the contract; and it stays within the contract's share of the principal that became overdue. Both
// are rounded down, as half a fen above a cap is above it.
func (t *Terms) mostPenalty(base, late, full money.Amount) money.Amount {
	most := full
	if t.PenaltyRate > t.CostCap {
		most = min(most, base.MulDivDown(int64(t.CostCap), int64(Whole)*360))
	}
	if t.PenaltyCap > 0 {
		most = min(most, late.MulDivDown(int64(t.PenaltyCap), int64(Whole)))
	}
	return most
}

// AsOf returns the account as a person is shown it on a day: with the penalty that
// has grown since somebody last touched it, which the next repayment will charge
// first. It is a, or shares everything else with a: it is for reading only.
func (a *Account) AsOf(day calendar.Date) *Account {
	if !a.overdue() {
		return a
	}
	grown := *a
	grown.Statements = slices.Clone(a.Statements)
	grown.chargePenalties(day, func(e Event) { e.apply(&grown, day) })
	return &grown
}

// accrue counts each statement's penalty base up to a day. It comes before every
// change of the principal, also within grace: if grace runs out, the penalty
// counts from the due date on what was owed each day.
func (a *Account) accrue(day calendar.Date) {
	for i := range a.Statements {
		if s := &a.Statements[i]; day > s.Accrued {
			s.Base += a.accruing(s) * money.Amount(day-s.Accrued)
			s.Accrued = day
		}
	}
}

// liftOverdue lifts the overdue block once no overdue statement is left, nor anything
// that was charged off, billed or not.
func (a *Account) liftOverdue(emit func(Event)) {
	if a.blocked(BlockOverdue) && !a.overdue() && !a.chargedOff() {
		emit(BlockLifted{Kind: BlockOverdue})
	}
}

func (a *Account) overdue() bool {
	return slices.ContainsFunc(a.Statements, func(s Statement) bool { return s.Overdue })
}

// Bucket is the one that the statement begins in: M1, or M2 after a grace of 30 days.
func (e StatementOverdue) Bucket() int { return bucket(e.DaysPastDue) }

func (e StatementOverdue) apply(a *Account, _ calendar.Date) {
	s := a.statement(e.Statement)
	s.Overdue, s.Bucket, s.Late = true, e.Bucket(), e.Principal
}

func (e StatementAged) apply(a *Account, _ calendar.Date) { a.statement(e.Statement).Bucket = e.Bucket }

func (e PenaltyCharged) apply(a *Account, _ calendar.Date) {
	s := a.statement(e.Statement)
	s.Charged += e.Amount
	s.Cut += e.Cut
	s.Penalty += e.Amount
}
