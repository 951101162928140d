package credit

import (
	"github.com/yuefu/yuefu/calendar"
)

// ClosureKind says how far a customer gives the credit line back.
type ClosureKind string

// The two ways. A closed account may be de-registered later.
const (
	Close      ClosureKind = ""           // 关闭: the limit is 0, services stop; the customer may apply again at any time
	Deregister ClosureKind = "deregister" // 注销: all that, and the contract ends; applying again waits for the contract's cool-down
)

// RequestClosure asks to close the account (关闭) or to de-register it (注销). It is accepted when every condition
// is met; spending stops at once, and a reviewer decides within the contract's working days.
type RequestClosure struct {
	Kind ClosureKind `json:"kind,omitzero"`
}

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
	Kind     ClosureKind   `json:"kind,omitzero"`
	On       calendar.Date `json:"on"`
	ReviewBy calendar.Date `json:"review_by"` // the last working day for the decision
	Breached bool          `json:"breached,omitzero"`
}

// ClosureRequested says that the customer asked to close, and by when they hear.
type ClosureRequested struct {
	Number   int64         `json:"n"`
	Kind     ClosureKind   `json:"kind,omitzero"`
	ReviewBy calendar.Date `json:"review_by"`
	Ended    bool          `json:"ended,omitzero"` // the account was closed before, and stays so
}

// ClosureApproved ends the life of the credit line: the limit is 0, services stop.
type ClosureApproved struct {
	Closure  int64         `json:"closure"`
	Reviewer string        `json:"reviewer"`
	Kind     ClosureKind   `json:"kind,omitzero"`
	OpenedOn calendar.Date `json:"opened_on"`      // when this life of the credit line began: for its certificate
	Ended    bool          `json:"ended,omitzero"` // the account was closed before
}

// AccountDeregistered (注销) says that the contract ended too. Whoever keeps personal data
// listens to it: what no law wants kept is erased.
type AccountDeregistered struct {
	Closure   int64         `json:"closure"`
	ApplyFrom calendar.Date `json:"apply_from,omitzero"` // the first day on which an application is assessed again
}

// ClosureRefused says that the account stays, and why.
type ClosureRefused struct {
	Closure  int64  `json:"closure"`
	Reviewer string `json:"reviewer"`
	Reason   string `json:"reason"`
	Ended    bool   `json:"ended,omitzero"` // the account was closed before, and stays so
}

// ClosureWithdrawn says that the customer keeps the account.
type ClosureWithdrawn struct {
	Closure int64 `json:"closure"`
	Ended   bool  `json:"ended,omitzero"` // the account was closed before, and stays so
}

// ClosureBreached says that a review was not decided in its working days: an alarm.
type ClosureBreached struct {
	Closure int64 `json:"closure"`
}

func (RequestClosure) Name() string      { return "request_closure" }
func (ApproveClosure) Name() string      { return "approve_closure" }
func (RefuseClosure) Name() string       { return "refuse_closure" }
func (WithdrawClosure) Name() string     { return "withdraw_closure" }
func (ClosureRequested) Name() string    { return "closure.requested" }
func (ClosureApproved) Name() string     { return "closure.approved" }
func (AccountDeregistered) Name() string { return "account.deregistered" }
func (ClosureRefused) Name() string      { return "closure.refused" }
func (ClosureWithdrawn) Name() string    { return "closure.withdrawn" }
func (ClosureBreached) Name() string     { return "closure.breached" }

func (c RequestClosure) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	switch {
	case a.Closure != nil:
		return refuse(ClosurePending, "a request of %s is under review", a.Closure.On)
	case a.Status == Deregistered:
		return refuse(AccountNotOpen, "the account is de-registered")
	case a.Status == Closed && c.Kind == Close:
		return refuse(AccountNotOpen, "the account is closed")
	case a.Application != nil && a.Application.Decision == Referred:
		return refuse(ApplicationPending, "application %d waits for a reviewer", a.Application.Number)
	}
	if err := a.clear(at.Day); err != nil {
		return err
	}
	emit(ClosureRequested{Number: a.number(), Kind: c.Kind, ReviewBy: calendar.AddWorkingDays(at.Day, a.Terms.ReviewDays), Ended: a.Status.Over()})
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
	kind := a.Closure.Kind
	emit(ClosureApproved{Closure: c.Closure, Reviewer: c.Reviewer, Kind: kind, OpenedOn: a.OpenedOn, Ended: a.Status.Over()})
	if kind == Deregister {
		e := AccountDeregistered{Closure: c.Closure}
		if days := a.Terms.DeregisterCoolDown; days > 0 {
			e.ApplyFrom = at.Day + calendar.Date(days)
		}
		emit(e)
	}
	return nil
}

func (c RefuseClosure) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.underReview(c.Closure); err != nil {
		return err
	}
	emit(ClosureRefused{Closure: c.Closure, Reviewer: c.Reviewer, Reason: c.Reason, Ended: a.Status.Over()})
	return nil
}

func (c WithdrawClosure) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.underReview(c.Closure); err != nil {
		return err
	}
	emit(ClosureWithdrawn{Closure: c.Closure, Ended: a.Status.Over()})
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
	if !e.Ended {
		a.Status = Closing
	}
	a.Closure = &Closure{Number: e.Number, Kind: e.Kind, On: on, ReviewBy: e.ReviewBy}
}

func (e ClosureApproved) apply(a *Account, on calendar.Date) {
	a.Closure = nil
	if e.Ended {
		return
	}
	a.Status, a.Limit, a.ClosedOn = Closed, 0, on
	a.Blocks, a.Temporary = nil, nil
	a.SceneLimits, a.ScenesOff, a.SpendingCap, a.NightLock = nil, nil, nil, nil
}

func (e AccountDeregistered) apply(a *Account, _ calendar.Date) {
	a.Status, a.ApplyFrom = Deregistered, e.ApplyFrom
}

func (e ClosureRefused) apply(a *Account, _ calendar.Date)   { a.keep(e.Ended) }
func (e ClosureWithdrawn) apply(a *Account, _ calendar.Date) { a.keep(e.Ended) }
func (e ClosureBreached) apply(a *Account, _ calendar.Date)  { a.Closure.Breached = true }

// keep ends a request to close without closing.
func (a *Account) keep(ended bool) {
	a.Closure = nil
	if !ended {
		a.Status = Active
	}
}
