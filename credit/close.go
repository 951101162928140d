package credit

import (
	"github.com/yuefu/yuefu/calendar"
)

// RequestClosure asks to close the account (关闭 / 注销). It is accepted when every condition
// is met; spending stops at once, and a reviewer decides within the contract's working days.
type RequestClosure struct{}

// ApproveClosure closes the account for good, if every condition is still met.
type ApproveClosure struct {
	Closure  int64  `json:"closure"`
	Reviewer string `json:"reviewer"`
}

// RefuseClosure keeps the account open, and says why.
type RefuseClosure struct {
	Closure  int64  `json:"closure"`
	Reviewer string `json:"reviewer"`
	Reason   string `json:"reason"`
}

// WithdrawClosure is the customer thinking better of it, until approval.
type WithdrawClosure struct {
	Closure int64 `json:"closure"`
}

// Closure is a request to close that is under review.
type Closure struct {
	Number   int64         `json:"n"`
	On       calendar.Date `json:"on"`
	ReviewBy calendar.Date `json:"review_by"` // the last working day for the decision
	Breached bool          `json:"breached,omitzero"`
}

// ClosureRequested says that the customer asked to close, and by when they hear.
type ClosureRequested struct {
	Number   int64         `json:"n"`
	ReviewBy calendar.Date `json:"review_by"`
}

// ClosureApproved ends the life of the credit line: the limit is 0, services stop.
type ClosureApproved struct {
	Closure  int64  `json:"closure"`
	Reviewer string `json:"reviewer"`
}

// ClosureRefused says that the account stays, and why.
type ClosureRefused struct {
	Closure  int64  `json:"closure"`
	Reviewer string `json:"reviewer"`
	Reason   string `json:"reason"`
}

// ClosureWithdrawn says that the customer keeps the account.
type ClosureWithdrawn struct {
	Closure int64 `json:"closure"`
}

// ClosureBreached says that a review was not decided in its working days: an alarm.
type ClosureBreached struct {
	Closure int64 `json:"closure"`
}

func (RequestClosure) Name() string   { return "request_closure" }
func (ApproveClosure) Name() string   { return "approve_closure" }
func (RefuseClosure) Name() string    { return "refuse_closure" }
func (WithdrawClosure) Name() string  { return "withdraw_closure" }
func (ClosureRequested) Name() string { return "closure.requested" }
func (ClosureApproved) Name() string  { return "closure.approved" }
func (ClosureRefused) Name() string   { return "closure.refused" }
func (ClosureWithdrawn) Name() string { return "closure.withdrawn" }
func (ClosureBreached) Name() string  { return "closure.breached" }

// The conditions for closing.
const (
	ConditionBilled        = "billed_amount_owed"
	ConditionPenalty       = "penalty_owed"
	ConditionUnbilled      = "unbilled_amount_owed"
	ConditionInstalments   = "instalments_running"
	ConditionHold          = "hold_open"
	ConditionCreditBalance = "credit_balance_unpaid"
	ConditionDeferral      = "deferral_running"
	ConditionBlock         = "block_in_force"
	ConditionDebit         = "debit_pending"
	ConditionDispute       = "dispute_open"
)

// Obstacles lists every condition for closing that is not met on a day, with its
// amount or date.
func (a *Account) Obstacles(day calendar.Date) (unmet []Unmet) {
	a = a.AsOf(day)
	for i := range a.Statements {
		s := &a.Statements[i]
		if owed := a.remaining(s) - s.Penalty; owed > 0 {
			unmet = append(unmet, Unmet{Condition: ConditionBilled, Amount: owed, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
		if s.Penalty > 0 {
			unmet = append(unmet, Unmet{Condition: ConditionPenalty, Amount: s.Penalty, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
		if s.DeferralRuns(day) {
			unmet = append(unmet, Unmet{Condition: ConditionDeferral, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
	}
	for i := range a.Purchases {
		p := &a.Purchases[i]
		u := Unmet{Condition: ConditionUnbilled, Reference: a.ID.Part(PrefixPurchase, p.Number)}
		for _, in := range p.Instalments {
			if in.Statement == 0 {
				u.Amount += in.owed()
				u.Date = max(u.Date, in.On) // the last one's statement
			}
		}
		if p.Plan.Periods > 1 || len(p.Conversions) > 0 {
			u.Condition = ConditionInstalments
		}
		if u.Amount > 0 {
			unmet = append(unmet, u)
		}
	}
	for _, h := range a.Holds {
		unmet = append(unmet, Unmet{Condition: ConditionHold, Amount: h.Amount, Date: h.LastDay, Reference: a.ID.Part(PrefixHold, h.Number)})
	}
	for i := range a.Disputes {
		d := &a.Disputes[i]
		unmet = append(unmet, Unmet{Condition: ConditionDispute, Amount: d.Amount, Date: d.On, Reference: a.ID.Part(PrefixDispute, d.Number)})
	}
	if a.Credit > 0 {
		unmet = append(unmet, Unmet{Condition: ConditionCreditBalance, Amount: a.Credit})
	}
	for _, d := range a.Debits {
		if d.Status == PendingDebit {
			unmet = append(unmet, Unmet{Condition: ConditionDebit, Amount: d.Amount, Date: d.On, Reference: a.ID.Part(PrefixDebit, d.Number)})
		}
	}
	for _, b := range a.Blocks {
		// The customer's own block hinders nobody: it is theirs to keep or lift.
		if b.Kind != BlockCustomer {
			unmet = append(unmet, Unmet{Condition: ConditionBlock + "_" + string(b.Kind), Date: b.Since})
		}
	}
	return unmet
}

func (a *Account) clear(day calendar.Date) error {
	if unmet := a.Obstacles(day); len(unmet) > 0 {
		return &Error{Kind: NotClear, Detail: "not every condition for closing is met", Unmet: unmet}
	}
	return nil
}

func (c RequestClosure) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	switch a.Status {
	case Closing:
		return refuse(ClosurePending, "a request of %s is under review", a.Closure.On)
	case Closed:
		return refuse(AccountNotOpen, "the account is closed")
	case Unopened, Active:
	}
	if err := a.clear(at.Day); err != nil {
		return err
	}
	emit(ClosureRequested{Number: a.number(), ReviewBy: calendar.AddWorkingDays(at.Day, a.Terms.ReviewDays)})
	return nil
}

func (c ApproveClosure) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.underReview(c.Closure); err != nil {
		return err
	}
	if err := a.clear(at.Day); err != nil {
		return err
	}
	a.endAutopay(AutopayEndedByClosure, emit)
	emit(ClosureApproved(c))
	return nil
}

func (c RefuseClosure) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.underReview(c.Closure); err != nil {
		return err
	}
	emit(ClosureRefused(c))
	return nil
}

func (c WithdrawClosure) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.underReview(c.Closure); err != nil {
		return err
	}
	emit(ClosureWithdrawn(c))
	return nil
}

func (a *Account) underReview(number int64) error {
	if err := a.opened(); err != nil {
		return err
	}
	if a.Closure != nil && a.Closure.Number == number {
		return nil
	}
	if a.given(number) {
		return refuse(NoClosurePending, "it was approved, refused or withdrawn")
	}
	return refuse(NotFound, "there is no such request")
}

// reviewBreached raises the alarm once when a review was not decided in time.
func (a *Account) reviewBreached(day calendar.Date, emit func(Event)) {
	if a.Closure != nil && !a.Closure.Breached && day > a.Closure.ReviewBy {
		emit(ClosureBreached{Closure: a.Closure.Number})
	}
}

func (e ClosureRequested) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.Status = Closing
	a.Closure = &Closure{Number: e.Number, On: on, ReviewBy: e.ReviewBy}
}

func (e ClosureApproved) apply(a *Account, on calendar.Date) {
	a.Status, a.Closure, a.Limit, a.ClosedOn = Closed, nil, 0, on
	a.Blocks, a.Temporary = nil, nil
	a.SceneLimits, a.ScenesOff, a.SpendingCap = nil, nil, nil
}

func (e ClosureRefused) apply(a *Account, _ calendar.Date)   { a.Status, a.Closure = Active, nil }
func (e ClosureWithdrawn) apply(a *Account, _ calendar.Date) { a.Status, a.Closure = Active, nil }
func (e ClosureBreached) apply(a *Account, _ calendar.Date)  { a.Closure.Breached = true }
