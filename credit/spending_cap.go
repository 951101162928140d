package credit

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// SetSpendingCap is the customer's own limit of a calendar month (自设消费上限). It is set
// or lowered at once; a raise has to wait for a whole day, as whoever capped
// themselves meant it. See aDayLater.
type SetSpendingCap struct {
	Amount money.Amount `json:"amount"`
}

// RemoveSpendingCap takes the cap away, a whole day after it is asked for.
type RemoveSpendingCap struct{}

// KeepSpendingCap takes back a raise, or a removal, that has not taken effect.
type KeepSpendingCap struct{}

// SpendingCap (自设消费上限) is the most that may be authorised in a calendar month. What
// was voided, expired, given back by a final capture or refunded does not count; an
// order counts in the month in which it was authorised, whenever it is delivered.
type SpendingCap struct {
	Amount money.Amount `json:"amount"`
	Raise  *CapRaise    `json:"raise,omitzero"` // asked for, and not in effect
}

// CapRaise is what a spending cap becomes.
type CapRaise struct {
	Amount money.Amount  `json:"amount,omitzero"`
	None   bool          `json:"none,omitzero"` // no cap any more
	From   calendar.Date `json:"from"`
}

// SpendingCapSet says what may be spent a month, from now on.
type SpendingCapSet struct {
	Amount money.Amount `json:"amount"`
}

// SpendingCapRaiseRequested says what may be spent a month later on.
type SpendingCapRaiseRequested struct {
	Amount money.Amount  `json:"amount,omitzero"`
	None   bool          `json:"none,omitzero"`
	From   calendar.Date `json:"from"`
}

// SpendingCapRaised says that a raise, or a removal, has taken effect.
type SpendingCapRaised struct {
	Amount money.Amount `json:"amount,omitzero"`
	None   bool         `json:"none,omitzero"`
}

// SpendingCapKept says that the customer took a raise back.
type SpendingCapKept struct {
	Amount money.Amount `json:"amount"`
}

func (SetSpendingCap) Name() string            { return "set_spending_cap" }
func (RemoveSpendingCap) Name() string         { return "remove_spending_cap" }
func (KeepSpendingCap) Name() string           { return "keep_spending_cap" }
func (SpendingCapSet) Name() string            { return "spending_cap.set" }
func (SpendingCapRaiseRequested) Name() string { return "spending_cap.raise_requested" }
func (SpendingCapRaised) Name() string         { return "spending_cap.raised" }
func (SpendingCapKept) Name() string           { return "spending_cap.kept" }

func (c SetSpendingCap) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	switch now := a.SpendingCap; {
	case c.Amount < 0 || c.Amount > money.Max:
		return &Error{Kind: InvalidAmount, Field: "amount", Detail: "a cap is a whole number of minor units from 0 to " + money.Max.Format("JPY")}
	case now == nil || c.Amount < now.Amount:
		emit(SpendingCapSet(c))
	case c.Amount == now.Amount:
		return refuse(Unchanged, "the cap is that already")
	default:
		emit(SpendingCapRaiseRequested{Amount: c.Amount, From: aDayLater(at.Day)})
	}
	return nil
}

func (c RemoveSpendingCap) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	if a.SpendingCap == nil {
		return refuse(NothingToWithdraw, "the customer has no spending cap")
	}
	emit(SpendingCapRaiseRequested{None: true, From: aDayLater(at.Day)})
	return nil
}

func (c KeepSpendingCap) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	if a.SpendingCap == nil || a.SpendingCap.Raise == nil {
		return refuse(NothingToWithdraw, "no raise of the spending cap waits")
	}
	emit(SpendingCapKept{Amount: a.SpendingCap.Amount})
	return nil
}

// raiseSpendingCap does what the customer asked for a day ago.
func (a *Account) raiseSpendingCap(day calendar.Date, emit func(Event)) {
	if now := a.SpendingCap; now != nil && now.Raise != nil && now.Raise.From <= day {
		emit(SpendingCapRaised{Amount: now.Raise.Amount, None: now.Raise.None})
	}
}

// SpentIn is what counts against a spending cap in the calendar month that a day is
// in. Nothing that is asked about lies before the newest authorisation's month.
func (a *Account) SpentIn(day calendar.Date) money.Amount {
	if a.Month != monthOf(day) {
		return 0
	}
	return a.Spent
}

// monthOf is the first day of the month that a day is in.
func monthOf(day calendar.Date) calendar.Date {
	_, _, d := day.Split()
	return day - calendar.Date(d) + 1
}

func (a *Account) spend(on calendar.Date, amount money.Amount) {
	if month := monthOf(on); month != a.Month {
		a.Month, a.Spent = month, 0
	}
	a.Spent += amount
}

// unspend takes what comes back of an order off the month in which it was authorised.
// What a customer owes since too much was paid back to them was never an order.
func (a *Account) unspend(ordered calendar.Date, amount money.Amount) {
	if ordered != 0 && monthOf(ordered) == a.Month {
		a.Spent -= amount
	}
}

func (a *Account) checkSpending() error {
	if a.Spent < 0 {
		return fmt.Errorf("%d were spent since %s", a.Spent, a.Month)
	}
	if c := a.SpendingCap; c != nil && (c.Amount < 0 || c.Raise != nil && (c.Raise.From == 0 || !c.Raise.None && c.Raise.Amount <= c.Amount)) {
		return fmt.Errorf("the spending cap is %d, to become %+v", c.Amount, c.Raise)
	}
	return nil
}

func (e SpendingCapSet) apply(a *Account, _ calendar.Date) {
	a.SpendingCap = &SpendingCap{Amount: e.Amount}
}

func (e SpendingCapRaiseRequested) apply(a *Account, _ calendar.Date) {
	a.SpendingCap = &SpendingCap{Amount: a.SpendingCap.Amount, Raise: &CapRaise{Amount: e.Amount, None: e.None, From: e.From}}
}

func (e SpendingCapRaised) apply(a *Account, _ calendar.Date) {
	a.SpendingCap = nil
	if !e.None {
		a.SpendingCap = &SpendingCap{Amount: e.Amount}
	}
}

func (e SpendingCapKept) apply(a *Account, _ calendar.Date) {
	a.SpendingCap = &SpendingCap{Amount: a.SpendingCap.Amount}
}
