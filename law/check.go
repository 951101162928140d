package law

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Offer (受检方案) is what of a programme the law asks about: its terms, and whom it lends to.
type Offer struct {
	Terms        *credit.Terms
	MaximumLimit money.Amount
	Students     bool // students are not excluded
}

// Violation (违规项) is one rule that an offer does not keep, and by what.
type Violation struct {
	Rule  *Rule
	Field string // a JSON pointer into the programme: "/terms/penalty_rate"
	Says  Label
}

// String names field, rule and source.
func (v Violation) String() string { return v.Field + ": " + v.Detail() }

// Detail says what is wrong, by which rule, and where that stands.
func (v Violation) Detail() string {
	return fmt.Sprintf("%s (rule %s; %s, %s)", v.Says.EN, v.Rule.ID, v.Rule.Source.Name.EN, v.Rule.Source.Where)
}

// Check holds an offer against the rules, and returns every one that it breaks.
func (r *Rules) Check(o Offer) []Violation {
	return slices.Concat(r.checkCost(o.Terms), r.checkPeople(o), r.checkPlans(o.Terms), r.checkBill(o.Terms), r.checkGrades(o.Terms), r.checkContact(o.Terms))
}

func (r *Rules) violation(f Figure, field, zh, en string) Violation {
	return Violation{Rule: r.from[f], Field: field, Says: Label{zh, en}}
}

// Cap is the most that credit of a kind of lender may cost a year, and the figure that says so; 0: no rule does.
func (r *Rules) Cap(kind credit.LenderKind) (limit credit.Rate, by Figure) {
	limit, by = r.CostCap, "cost_cap"
	if micro := r.CostCapMicroLender; kind == credit.MicroLender && micro > 0 && (limit == 0 || micro < limit) {
		limit, by = micro, "cost_cap_micro_lender"
	}
	return limit, by
}

// checkCost holds the cap that a programme names, and each plan as the law reckons it.
func (r *Rules) checkCost(t *credit.Terms) (found []Violation) {
	terms := *t
	if r.RateMethod != "" {
		if t.RateMethod != r.RateMethod {
			found = append(found, r.violation("rate_method", "/terms/rate_method", "年化利率须按 "+string(r.RateMethod)+" 计算", "the annual rate has to be worked out as "+string(r.RateMethod)))
		}
		terms.RateMethod = r.RateMethod
	}
	if limit, by := r.Cap(t.LenderKind); limit > 0 {
		if t.CostCap > limit {
			found = append(found, r.violation(by, "/terms/cost_cap", "上限 "+t.CostCap.String()+" 高于 "+limit.String(), "a cap of "+t.CostCap.String()+" is above "+limit.String()))
		}
		for field, p := range plans(t) {
			if rate := terms.Costliest(p); rate > limit {
				found = append(found, r.violation(by, field, "年化成本 "+rate.String()+" 高于 "+limit.String(), "it costs "+rate.String()+" a year, above "+limit.String()))
			}
		}
	}
	if most, by := r.PenaltyCap(t); most > 0 && t.PenaltyRate > most {
		found = append(found, r.violation(by, "/terms/penalty_rate", "罚息 "+t.PenaltyRate.String()+" 高于 "+most.String(), "a penalty of "+t.PenaltyRate.String()+" is above "+most.String()))
	}
	return found
}

// plans walks all that a customer can agree to, for a purchase or for a bill, with where it stands.
func plans(t *credit.Terms) iter.Seq2[string, credit.Plan] {
	return func(yield func(string, credit.Plan) bool) {
		for i, p := range slices.Concat(t.Plans, t.Conversions) {
			field := fmt.Sprintf("/terms/plans/%d", i)
			if k := i - len(t.Plans); k >= 0 {
				field = fmt.Sprintf("/terms/conversions/%d", k)
			}
			if !yield(field, p) {
				return
			}
		}
	}
}

// PenaltyCap is the highest penalty rate under the rules, and the figure that says
// so; 0: no rule does. The contract's rate is that of its dearest plan before
// subsidies: who bears the cost does not change what the credit costs. A programme
// without a priced plan has no rate to add to; the cap on all cost then binds, as it
// does wherever it is lower: what is late may not cost more than credit may.
func (r *Rules) PenaltyCap(t *credit.Terms) (most credit.Rate, by Figure) {
	most, by = r.Cap(t.LenderKind)
	if r.PenaltyMost == 0 {
		return most, by
	}
	dearest := credit.Rate(0)
	for _, p := range plans(t) {
		p.Subsidies = nil
		dearest = max(dearest, t.Costliest(p))
	}
	surplus := dearest + credit.Rate(r.PenaltyMost.Of(money.Amount(dearest)))
	if surplus > 0 && (most == 0 || surplus < most) {
		return surplus, "penalty_surplus_most"
	}
	return most, by
}

func (r *Rules) checkPeople(o Offer) (found []Violation) {
	t := o.Terms
	if r.MostAPerson > 0 && t.Currency != r.Currency {
		found = append(found, r.violation("most_a_person", "/terms/currency", "该规则以 "+string(r.Currency)+" 计", "the rule is in "+string(r.Currency)))
	} else if r.MostAPerson > 0 && o.MaximumLimit > r.MostAPerson {
		most := string(r.Currency) + " " + r.MostAPerson.Format(r.Currency)
		found = append(found, r.violation("most_a_person", "/policy/maximum_limit", "额度上限高于每人 "+most, "the limit may be above "+most+" a person"))
	}
	if r.MostAPerson > 0 && t.LimitCap > r.MostAPerson && t.Currency == r.Currency {
		found = append(found, r.violation("most_a_person", "/terms/limit_cap", "高于每人可欠上限", "it is above what a person may owe"))
	}
	for i, route := range t.Routes {
		for k, s := range route.Shares {
			if r.JointShareLeast > 0 && s.Share < r.JointShareLeast {
				found = append(found, r.violation("joint_share_least", fmt.Sprintf("/terms/routes/%d/shares/%d", i, k),
					"份额 "+s.Share.String()+" 低于 "+r.JointShareLeast.String(), "a share of "+s.Share.String()+" is below "+r.JointShareLeast.String()))
			}
		}
	}
	if r.NoStudentsMicro && t.LenderKind == credit.MicroLender && o.Students {
		found = append(found, r.violation("no_students_micro_lender", "/policy/exclude_students", "小额贷款公司不得向学生放贷", "a micro-lender has to exclude students"))
	}
	if r.ForcedReading && t.ReadingSeconds == 0 {
		found = append(found, r.violation("forced_reading", "/terms/reading_seconds", "须强制阅读", "a reading time has to be forced"))
	}
	return found
}

func (r *Rules) checkPlans(t *credit.Terms) (found []Violation) {
	for field, p := range plans(t) {
		if r.MaxInstalments > 0 && p.Periods > r.MaxInstalments {
			found = append(found, r.violation("max_instalments", field, fmt.Sprintf("多于 %d 期", r.MaxInstalments), fmt.Sprintf("it has more than %d instalments", r.MaxInstalments)))
		}
		if r.MaxMonths > 0 && longest(t, p) > r.MaxMonths {
			found = append(found, r.violation("max_months", field, fmt.Sprintf("最后一期可能晚于 %d 个月", r.MaxMonths), fmt.Sprintf("its last instalment can be due more than %d months after the purchase", r.MaxMonths)))
		}
		if r.InterestFree && !free(p) {
			found = append(found, r.violation("interest_free", field, "须免息", "it has to cost the customer nothing"))
		}
	}
	return found
}

// free says whether a plan costs the customer nothing, to the last minor unit.
func free(p credit.Plan) bool {
	borne := credit.Rate(0)
	for _, s := range p.Subsidies {
		borne += s.Share
	}
	return p.Rate == 0 || borne >= credit.Whole
}

// sampleYear is any year: what is asked of months is the same in each, and
// February is looked at in its shortest form.
const sampleYear = 2023

// longest is after how many whole months, counted up, the last instalment of a plan can be due: a purchase on
// a statement's day waits the longest for the next.
func longest(t *credit.Terms, p credit.Plan) (months int) {
	for m := range time.Month(12) {
		bought := calendar.OnDay(sampleYear, time.January+m, t.StatementDay)
		bill := calendar.NthOnDay(bought, t.StatementDay, p.Periods)
		due := calendar.NextOnDay(bill, t.DueDay)
		for _, chosen := range t.DueDays {
			due = max(due, calendar.NextOnDay(bill, chosen))
		}
		_, _, day := bought.Split()
		n := p.Periods
		for calendar.OnDay(sampleYear, time.January+m+time.Month(n), day) < due {
			n++
		}
		months = max(months, n)
	}
	return months
}

// checkBill holds the shortest time between a bill and its due date against the rules.
func (r *Rules) checkBill(t *credit.Terms) (found []Violation) {
	if r.BillDaysBeforeDue == 0 {
		return nil
	}
	shortest := r.BillDaysBeforeDue
	for m := range time.Month(12) {
		bill := calendar.OnDay(sampleYear, time.January+m, t.StatementDay)
		for _, due := range append([]int{t.DueDay}, t.DueDays...) {
			shortest = min(shortest, int(calendar.NextOnDay(bill, due)-bill))
		}
	}
	if shortest < r.BillDaysBeforeDue {
		found = append(found, r.violation("bill_days_before_due", "/terms/due_day",
			fmt.Sprintf("账单日到还款日只有 %d 天，少于 %d 天", shortest, r.BillDaysBeforeDue),
			fmt.Sprintf("a bill can be due %d days after its date, sooner than %d", shortest, r.BillDaysBeforeDue)))
	}
	return found
}

// checkGrades refuses a grade that falls later than the law lets it. Terms name the last day of a
// grade, the law the first of the next.
func (r *Rules) checkGrades(t *credit.Terms) (found []Violation) {
	g := t.Grades.OrOfChina()
	for _, grade := range []struct {
		name            string
		of              Figure
		contract, first int
	}{
		{"substandard", "substandard_from_day", g.Substandard, r.Substandard},
		{"doubtful", "doubtful_from_day", g.Doubtful, r.Doubtful},
		{"loss", "loss_from_day", g.Loss, r.Loss},
	} {
		if grade.first > 0 && grade.contract >= grade.first {
			found = append(found, r.violation(grade.of, "/terms/grades/"+grade.name, fmt.Sprintf("须自逾期第 %d 天起", grade.first), fmt.Sprintf("it has to begin on day %d past due", grade.first)))
		}
	}
	return found
}

// checkContact refuses a contract that lets its customer be called when, or oftener than, the law does not. A
// contract that names nothing has the rules of China, or is given the pack's.
func (r *Rules) checkContact(t *credit.Terms) (found []Violation) {
	c := t.Contact
	if c == (credit.ContactTerms{}) {
		return nil
	}
	if r.ContactsADay > 0 && c.ADay > r.ContactsADay {
		found = append(found, r.violation("contacts_a_day", "/terms/contact/a_day", fmt.Sprintf("每日多于 %d 次", r.ContactsADay), fmt.Sprintf("more than %d a day", r.ContactsADay)))
	}
	for minute := Clock(0); r.NoContactFrom != r.NoContactTo && minute < 24*60; minute++ {
		if within(minute, r.NoContactFrom, r.NoContactTo) && !within(minute, Clock(c.QuietFrom), Clock(c.QuietUntil)) {
			return append(found, r.violation("no_contact_from", "/terms/contact/quiet_from", r.NoContactFrom.String()+" 至 "+r.NoContactTo.String()+" 不得联系",
				"no contact from "+r.NoContactFrom.String()+" to "+r.NoContactTo.String()))
		}
	}
	return found
}

// within says whether a time of day is in a period, which may go over midnight.
func within(minute, from, to Clock) bool {
	if from <= to {
		return from <= minute && minute < to
	}
	return minute >= from || minute < to
}

// Pin copies into terms what a contract looks up in them later.
func (r *Rules) Pin(t *credit.Terms) {
	t.RulePack, t.RulesFrom = r.Pack, r.Since
	if t.LimitCap == 0 && t.Currency == r.Currency {
		t.LimitCap = r.MostAPerson
	}
	if t.Contact == (credit.ContactTerms{}) && r.ContactsADay > 0 {
		t.Contact = credit.ContactTerms{QuietFrom: int(r.NoContactFrom), QuietUntil: int(r.NoContactTo), ADay: r.ContactsADay}
	}
	t.NoStudents = r.NoStudentsMicro && t.LenderKind == credit.MicroLender
}
