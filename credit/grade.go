package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// Grade (五级分类) is how sound a lender has to call an account's debt. It follows from
// the days past due of the account's oldest overdue statement, for the account as a
// whole: who is late with one bill is judged by it for all that they owe.
// China: 商业银行金融资产风险分类办法 (令2023-1), the figures of which are in Grades.
type Grade string

// The grades, from sound to lost. An account that is not overdue is Normal; within
// its grace it is not overdue.
const (
	Normal         Grade = ""                // 正常
	SpecialMention Grade = "special_mention" // 关注: overdue
	Substandard    Grade = "substandard"     // 次级
	Doubtful       Grade = "doubtful"        // 可疑
	Loss           Grade = "loss"            // 损失; also whatever was charged off, however late it is
)

// Grades is when an account's grade falls: past so many days past due it is the next
// one. With none given they are those of China: past 90, 270 and 360 days.
type Grades struct {
	Substandard int `json:"substandard"`
	Doubtful    int `json:"doubtful"`
	Loss        int `json:"loss"`
}

var gradesOfChina = Grades{Substandard: 90, Doubtful: 270, Loss: 360}

// AccountGraded (五级分类调整) says that the account's grade fell as a day began, or rose
// since something was paid.
type AccountGraded struct {
	Grade       Grade `json:"grade,omitzero"`
	DaysPastDue int   `json:"days_past_due,omitzero"`
}

// Name is the event's wire name.
func (AccountGraded) Name() string { return "account.graded" }

const maxGradeDays = 3650

func (g Grades) validate() error {
	if g == (Grades{}) || 0 < g.Substandard && g.Substandard < g.Doubtful && g.Doubtful < g.Loss && g.Loss <= maxGradeDays {
		return nil
	}
	return fmt.Errorf("grades change past %d, %d and %d days past due: they have to rise, from 1 to %d", g.Substandard, g.Doubtful, g.Loss, maxGradeDays)
}

// OrOfChina is g, or what counts where a contract names none.
func (g Grades) OrOfChina() Grades {
	if g == (Grades{}) {
		return gradesOfChina
	}
	return g
}

// step is a grade and the days past due from which it is one.
type step struct {
	grade Grade
	from  int
}

// steps lists the grades of overdue accounts, each with the first of its days.
func (g Grades) steps() [4]step {
	g = g.OrOfChina()
	return [4]step{{SpecialMention, 1}, {Substandard, g.Substandard + 1}, {Doubtful, g.Doubtful + 1}, {Loss, g.Loss + 1}}
}

// of is the grade of an overdue account.
func (g Grades) of(daysPastDue int) Grade {
	grade := SpecialMention
	for _, s := range g.steps() {
		if daysPastDue >= s.from {
			grade = s.grade
		}
	}
	return grade
}

// overdueSince is the due date of the oldest overdue statement, or no date.
func (a *Account) overdueSince() (since calendar.Date) {
	for i := range a.Statements {
		if s := &a.Statements[i]; s.Overdue && (since == 0 || s.Due < since) {
			since = s.Due
		}
	}
	return since
}

// DaysPastDue (DPD) counts from the due date of the oldest overdue statement; 0 if none is.
func (a *Account) DaysPastDue(day calendar.Date) int {
	if since := a.overdueSince(); since != 0 {
		return int(day - since)
	}
	return 0
}

// follow says what follows from a command that paid, moved, contested or gave up a debt.
func (a *Account) follow(day calendar.Date, emit func(Event)) {
	if a.Terms != nil {
		a.liftOverdue(emit)
		a.regrade(day, emit)
		a.endFormer(emit)
	}
}

// regrade says so when the account's grade is another than it was. It is asked as a day
// is closed, and after every command that did something, so that whatever pays, moves or
// gives up a debt also changes its grade.
func (a *Account) regrade(day calendar.Date, emit func(Event)) {
	grade, late := Normal, a.DaysPastDue(day)
	switch {
	case a.chargedOff():
		grade = Loss
	case late > 0:
		grade = a.Terms.Grades.of(late)
	}
	if grade != a.Grade {
		emit(AccountGraded{Grade: grade, DaysPastDue: late})
	}
}

// regradeOn is when the account's grade falls next, if nothing is paid.
func (a *Account) regradeOn() calendar.Date {
	since := a.overdueSince()
	if since == 0 || a.chargedOff() {
		return 0
	}
	steps := a.Terms.Grades.steps()
	i := slices.IndexFunc(steps[:], func(s step) bool { return s.grade == a.Grade }) + 1
	if i == len(steps) {
		return 0
	}
	return since + calendar.Date(steps[i].from)
}

func (e AccountGraded) apply(a *Account, _ calendar.Date) { a.Grade = e.Grade }
