package credit

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// GrantTemporaryLimit adds an amount to the permanent limit until a last day
// (临时额度). It takes the place of the one before. The customer owes nothing by it:
// what they spend of it they consent to at the checkout.
type GrantTemporaryLimit struct {
	Amount   money.Amount  `json:"amount"`
	LastDay  calendar.Date `json:"last_day"` // the last day on which it can be spent
	Operator string        `json:"operator"`
}

// WithdrawTemporaryLimit ends a temporary limit before its last day.
type WithdrawTemporaryLimit struct {
	Operator string `json:"operator"`
}

// TemporaryLimit (临时额度) is what may be owed beyond the permanent limit, for a while.
type TemporaryLimit struct {
	Amount  money.Amount  `json:"amount"`
	LastDay calendar.Date `json:"last_day"`
}

// TemporaryLimitGranted says that for a while more may be owed.
type TemporaryLimitGranted struct {
	Amount   money.Amount  `json:"amount"`
	LastDay  calendar.Date `json:"last_day"`
	Operator string        `json:"operator"`
}

// TemporaryLimitWithdrawn says that a temporary limit ended early.
type TemporaryLimitWithdrawn struct {
	Amount   money.Amount `json:"amount"`
	Operator string       `json:"operator"`
}

// TemporaryLimitLapsed says that a temporary limit's last day is over. What was
// spent of it stays owed, by its plans.
type TemporaryLimitLapsed struct {
	Amount money.Amount `json:"amount"`
}

func (GrantTemporaryLimit) Name() string     { return "grant_temporary_limit" }
func (WithdrawTemporaryLimit) Name() string  { return "withdraw_temporary_limit" }
func (TemporaryLimitGranted) Name() string   { return "temporary_limit.granted" }
func (TemporaryLimitWithdrawn) Name() string { return "temporary_limit.withdrawn" }
func (TemporaryLimitLapsed) Name() string    { return "temporary_limit.lapsed" }

// maxTemporaryDays keeps a temporary limit from being a permanent one that nobody consented to.
const maxTemporaryDays = 366

func (c GrantTemporaryLimit) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	if a.Status != Active {
		return refuse(AccountNotOpen, "the account is %s", a.Status)
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if c.LastDay < at.Day || c.LastDay > at.Day+maxTemporaryDays {
		return &Error{Kind: InvalidDate, Field: "last_day", Detail: "a temporary limit ends on " + at.Day.String() + " or within a year after it"}
	}
	if err := a.Terms.allows("amount", a.Limit, c.Amount); err != nil {
		return err
	}
	emit(TemporaryLimitGranted(c))
	return nil
}

func (c WithdrawTemporaryLimit) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	if a.Temporary == nil {
		return refuse(NothingToWithdraw, "the account has no temporary limit")
	}
	emit(TemporaryLimitWithdrawn{Amount: a.Temporary.Amount, Operator: c.Operator})
	return nil
}

// lapseTemporaryLimit ends a temporary limit on the day after its last.
func (a *Account) lapseTemporaryLimit(day calendar.Date, emit func(Event)) {
	if t := a.Temporary; t != nil && t.LastDay < day {
		emit(TemporaryLimitLapsed{Amount: t.Amount})
	}
}

func (a *Account) temporary() money.Amount {
	if a.Temporary == nil {
		return 0
	}
	return a.Temporary.Amount
}

func (e TemporaryLimitGranted) apply(a *Account, _ calendar.Date) {
	a.Temporary = &TemporaryLimit{Amount: e.Amount, LastDay: e.LastDay}
}

func (e TemporaryLimitWithdrawn) apply(a *Account, _ calendar.Date) { a.Temporary = nil }
func (e TemporaryLimitLapsed) apply(a *Account, _ calendar.Date)    { a.Temporary = nil }
