package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

type temporary struct {
	amount money.Amount
	last   calendar.Date
}

// spendable is the permanent limit and the temporary one.
func (a *Account) spendable() money.Amount {
	if a.temporary == nil {
		return a.limit
	}
	return a.limit + a.temporary.amount
}

// capped says whether more may be owed than anybody may.
func (t *Terms) capped(limit money.Amount) bool {
	if t.LimitCap > 0 {
		return limit > t.LimitCap
	}
	return limit > money.Max
}

func (a *Account) missing() string {
	switch {
	case a.terms == nil:
		return "not_found"
	case a.over():
		return "account_not_open"
	}
	return ""
}

// ChangeLimit sets the permanent limit; a raise needs consent, nil is none.
func (a *Account) ChangeLimit(limit money.Amount, knownReason bool, e *Evidence, at Moment) Answer {
	wrong := a.missing()
	switch {
	case wrong != "":
	case limit < 0 || limit > money.Max:
		wrong = "invalid_amount"
	case !knownReason:
		wrong = "unknown_reason"
	case limit == a.limit:
		wrong = "unchanged"
	case limit > a.limit && a.status != "active":
		wrong = "account_not_open"
	case limit > a.limit && a.terms.capped(limit+a.spendable()-a.limit):
		wrong = "limit_above_cap"
	case limit > a.limit && e == nil:
		wrong = "consent_incomplete"
	case limit > a.limit:
		wrong = e.judge(a.terms.Reading, at.Time)
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	a.limit = limit
	a.Changes++
	return Answer{Amount: limit}
}

// GrantTemporary lets more be owed for a while.
func (a *Account) GrantTemporary(amount money.Amount, last calendar.Date) Answer {
	wrong := a.missing()
	switch {
	case wrong != "":
	case a.status != "active":
		wrong = "account_not_open"
	case wrongAmount(amount):
		wrong = "invalid_amount"
	case last < a.day || last > a.day+366:
		wrong = "invalid_date"
	case a.terms.capped(a.limit + amount):
		wrong = "limit_above_cap"
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	a.temporary = &temporary{amount, last}
	return Answer{Amount: amount, Until: last}
}

// WithdrawTemporary ends a temporary limit early.
func (a *Account) WithdrawTemporary() Answer {
	if wrong := a.missing(); wrong != "" {
		return Answer{Refused: wrong}
	}
	if a.temporary == nil {
		return Answer{Refused: "nothing_to_withdraw"}
	}
	amount := a.temporary.amount
	a.temporary = nil
	return Answer{Amount: amount}
}

// OwedOn is what is owed on a bill, 0 if nothing is.
func (a *Account) OwedOn(n int64) money.Amount {
	for _, b := range a.bills {
		if b.n == n {
			return a.owedOn(b)
		}
	}
	return 0
}

// DueDay is due, for whoever has shown it to a customer.
func (a *Account) DueDay() int { return a.due() }

// due is on which day of the month the next bills will be due.
func (a *Account) due() int {
	if a.chosen == 0 {
		return a.terms.DueDay
	}
	return a.chosen
}

// own are the terms with the customer's due day.
func (a *Account) own() *Terms {
	own := *a.terms
	own.DueDay = a.due()
	return &own
}

// ChooseDueDay is for coming bills.
func (a *Account) ChooseDueDay(day int) Answer {
	if wrong := a.missing(); wrong != "" {
		return Answer{Refused: wrong}
	}
	back := a.before != 0 && day == a.before // takes a choice back that no bill has seen
	offered := a.terms.DueDays
	if len(offered) == 0 {
		offered = []int{a.terms.DueDay}
	}
	this, _, _ := a.day.Split()
	changes := 0
	for _, on := range a.choices {
		if year, _, _ := on.Split(); year == this {
			changes++
		}
	}
	switch {
	case !slices.Contains(offered, day) && !back:
		return Answer{Refused: "due_day_not_offered"}
	case day == a.due():
		return Answer{Refused: "unchanged"}
	case a.before == 0 && a.terms.DueDayChanges > 0 && changes >= a.terms.DueDayChanges:
		return Answer{Refused: "due_day_changes_used"}
	}
	switch {
	case back:
		a.before, a.choices = 0, a.choices[:len(a.choices)-1]
	case a.before == 0:
		a.before, a.choices = a.due(), append(a.choices, a.day)
	}
	a.chosen = day
	return Answer{}
}
