package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// ChooseDueDay is the customer choosing another due day (还款日) from those that the
// contract offers. It takes effect with the next statement: those that are issued
// keep their due dates. Until then the customer may choose anew, or the former day
// again, which takes the choice back; so there is one change pending at most.
type ChooseDueDay struct {
	Day int `json:"day"`
}

// DueDayChosen says on which day of the month coming statements are due.
type DueDayChosen struct {
	Before int `json:"before"`
	Day    int `json:"day"`
}

func (ChooseDueDay) Name() string { return "choose_due_day" }
func (DueDayChosen) Name() string { return "due_day.chosen" }

func (c ChooseDueDay) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	pending := a.DueDayBefore != 0
	switch {
	case !slices.Contains(a.Terms.dueDays(), c.Day) && !(pending && c.Day == a.DueDayBefore):
		return &Error{Kind: DueDayNotOffered, Field: "day", Detail: fmt.Sprintf("the contract offers %v", a.Terms.dueDays())}
	case c.Day == a.dueDay():
		return refuse(Unchanged, "statements are due on day %d already", c.Day)
	case !pending && a.Terms.DueDayChanges > 0 && len(a.dueDayChangesOf(at.Day)) >= a.Terms.DueDayChanges:
		return refuse(DueDayChangesUsed, "the contract allows %d in a calendar year", a.Terms.DueDayChanges)
	}
	emit(DueDayChosen{Before: a.dueDay(), Day: c.Day})
	return nil
}

// dueDays are those that a customer can choose from.
func (t *Terms) dueDays() []int {
	if len(t.DueDays) == 0 {
		return []int{t.DueDay}
	}
	return t.DueDays
}

// checkDueDays refuses days that there are not, and a list without the day that contracts begin with.
func (t *Terms) checkDueDays() error {
	for i, day := range t.DueDays {
		if day < 1 || day > 31 || slices.Contains(t.DueDays[:i], day) {
			return fmt.Errorf("due_days has %d, which stands twice or is not within 1 to 31", day)
		}
	}
	if !slices.Contains(t.dueDays(), t.DueDay) {
		return fmt.Errorf("due_days lacks the due_day %d itself", t.DueDay)
	}
	return nil
}

// dueDay is the day of the month on which coming statements are due.
func (a *Account) dueDay() int {
	if a.DueDay == 0 {
		return a.Terms.DueDay
	}
	return a.DueDay
}

// OwnTerms are the contract's terms with the due day that this customer chose. They
// are shared with other accounts where nothing was chosen: for reading only.
func (a *Account) OwnTerms() *Terms {
	if a.Terms == nil || a.dueDay() == a.Terms.DueDay {
		return a.Terms
	}
	own := *a.Terms
	own.DueDay = a.DueDay
	return &own
}

// dueDayChangesOf are those of the calendar year that a day is in.
func (a *Account) dueDayChangesOf(day calendar.Date) (changes []calendar.Date) {
	year, _, _ := day.Split()
	for _, on := range a.DueDayChanges {
		if y, _, _ := on.Split(); y == year {
			changes = append(changes, on)
		}
	}
	return changes
}

func (e DueDayChosen) apply(a *Account, on calendar.Date) {
	switch {
	case a.DueDayBefore == 0:
		a.DueDayBefore = a.dueDay()
		a.DueDayChanges = append(a.dueDayChangesOf(on), on)
	case a.DueDayBefore == e.Day: // taken back: it never was a change
		a.DueDayBefore = 0
		a.DueDayChanges = a.DueDayChanges[:len(a.DueDayChanges)-1]
	}
	a.DueDay = e.Day
}
