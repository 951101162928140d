package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Rate is a share or a yearly rate in parts per million: 240,000 is 24%.
type Rate int64

// Whole is the rate of 100%.
const Whole Rate = 1_000_000

// Of returns the rate's share of a, rounded half-even.
func (r Rate) Of(a money.Amount) money.Amount { return a.MulDiv(int64(r), int64(Whole)) }

// maxWindowDays is how long an application may count at most.
const maxWindowDays = 366

// Terms (条款) is what a contract was signed under. It is kept with the account: a
// later change of the programme changes no running contract.
type Terms struct {
	Programme      string         `json:"programme"`
	Version        int            `json:"version"`
	Currency       money.Currency `json:"currency"`
	LenderKind     LenderKind     `json:"lender_kind,omitzero"`
	RulePack       string         `json:"rule_pack,omitzero"`       // 规则包: what the law asked when the version was made, …
	RulesFrom      calendar.Date  `json:"rules_from,omitzero"`      // … in the form that is in force since this date
	NoStudents     bool           `json:"no_students,omitzero"`     // the rules forbid this lender to lend to students
	StatementDay   int            `json:"statement_day"`            // 账单日, 1–31; 29–31 in a short month is its last day
	DueDay         int            `json:"due_day"`                  // 还款日, the first such day after the statement's date
	DueDays        []int          `json:"due_days,omitempty"`       // those that a customer can choose from; empty: only DueDay
	DueDayChanges  int            `json:"due_day_changes,omitzero"` // how many changes a calendar year; 0: as many as one likes
	GraceDays      int            `json:"grace_days"`               // 宽限期
	HoldDays       int            `json:"hold_days"`                // an uncaptured hold lives through this many days after its own
	PenaltyRate    Rate           `json:"penalty_rate"`             // 罚息, a year of 360 days
	PenaltyCap     Rate           `json:"penalty_cap,omitzero"`     // the most that all penalty of a statement comes to, of the principal that became overdue; 0: no such cap
	ChargeOffDays  int            `json:"charge_off_days,omitzero"` // 核销: days past due from which the books give the debt up; 0: never
	Contact        ContactTerms   `json:"contact,omitzero"`
	Grades         Grades         `json:"grades,omitzero"`
	CostCap        Rate           `json:"cost_cap"` // the most that a plan, and the penalty of what is overdue, may cost the customer, as an annual rate
	RateMethod     RateMethod     `json:"rate_method"`
	PrincipalFirst int            `json:"principal_first_from"`      // days past due from which principal is paid first; 0: never
	ReadingSeconds int            `json:"reading_seconds"`           // how long a text must have been shown before it can be accepted
	ReviewDays     int            `json:"review_days"`               // working days in which a closure is reviewed
	LimitCap       money.Amount   `json:"limit_cap,omitzero"`        // the most that law or programme let one person owe; 0: no such maximum
	Applications   int            `json:"applications"`              // how many applications are assessed …
	WindowDays     int            `json:"window_days"`               // … within so many days
	EarlyFees      EarlyFees      `json:"early_fees,omitzero"`       // what early repayment asks of cost not yet billed
	AutopayRetries []int          `json:"autopay_retries,omitempty"` // days after the due date on which a refused debit is tried again; none: 1 and 3
	Funder         string         `json:"funder"`
	Bureau         string         `json:"bureau,omitzero"`  // the bureau that the funder reports to, if it does
	Routes         []Route        `json:"routes,omitempty"` // the ways to fund a purchase, by preference; none: the funder has it all
	Scenes         []string       `json:"scenes"`
	SceneLimits    []SceneLimit   `json:"scene_limits,omitempty"`
	Merchants      MerchantRule   `json:"merchants,omitzero"`
	Plans          []Plan         `json:"plans"`
	Deferral       *DeferralTerms `json:"deferral,omitempty"`       // none: the contract offers no deferral
	Conversions    []Plan         `json:"conversions,omitempty"`    // plans for bills (账单分期); none: no bill can be converted
	ConvertOverdue bool           `json:"convert_overdue,omitzero"` // also after the due date
	Documents      []Document     `json:"documents"`                // what an applicant must have agreed to

	DeregisterCoolDown int `json:"deregister_cool_down_days,omitzero"` // days after de-registration in which an application is not assessed; 0: none
}

// LenderKind (放贷机构类型) is what the law takes the lender for.
type LenderKind string

// The kinds of lender. A programme that names none is nobody's special case.
const (
	Bank            LenderKind = "bank"
	ConsumerFinance LenderKind = "consumer_finance"
	MicroLender     LenderKind = "micro_lender"
)

func (k LenderKind) known() bool {
	return k == "" || k == Bank || k == ConsumerFinance || k == MicroLender
}

// Document (文本) is one version of a text that a person agrees to.
type Document struct {
	Name    string `json:"document"`
	Version int    `json:"version"`
	Hash    string `json:"hash"` // SHA-256 of the text, in hexadecimal
}

// Plan returns the plan with the given id.
func (t *Terms) Plan(id string) (Plan, bool) {
	for _, p := range t.Plans {
		if p.ID == id {
			return p, true
		}
	}
	return Plan{}, false
}

// Validate says what is wrong with terms that a programme wants to activate. A
// plan that would cost the customer more than the cap is refused here.
func (t *Terms) Validate() error {
	if t.Programme == "" || t.Version < 1 {
		return fmt.Errorf("terms need the programme's name, and a version from 1")
	}
	if _, err := t.Currency.Decimals(); err != nil {
		return err
	}
	if !t.LenderKind.known() {
		return fmt.Errorf("lender_kind %q is not known", t.LenderKind)
	}
	for _, bound := range []struct {
		name           string
		value, low, up int
	}{
		{"statement_day", t.StatementDay, 1, 31},
		{"due_day", t.DueDay, 1, 31},
		{"due_day_changes", t.DueDayChanges, 0, 366},
		{"grace_days", t.GraceDays, 0, 31},
		{"hold_days", t.HoldDays, 1, 60},
		{"reading_seconds", t.ReadingSeconds, 0, 600},
		{"review_days", t.ReviewDays, 1, 3},
		{"deregister_cool_down_days", t.DeregisterCoolDown, 0, maxWindowDays},
		{"applications", t.Applications, 1, 100},
		{"window_days", t.WindowDays, 1, maxWindowDays},
		{"penalty_rate", int(t.PenaltyRate), 0, int(Whole)},
		{"penalty_cap", int(t.PenaltyCap), 0, 10 * int(Whole)},
		{"cost_cap", int(t.CostCap), 0, 10 * int(Whole)},
		{"charge_off_days", t.ChargeOffDays, 0, maxChargeOffDays},
		{"principal_first_from", t.PrincipalFirst, 0, 3650},
	} {
		if bound.value < bound.low || bound.value > bound.up {
			return fmt.Errorf("%s is %d, not within %d to %d", bound.name, bound.value, bound.low, bound.up)
		}
	}
	if err := t.checkDueDays(); err != nil {
		return err
	}
	if t.LimitCap < 0 || t.LimitCap > money.Max {
		return fmt.Errorf("limit_cap is %d, not within 0 to %d", t.LimitCap, money.Max)
	}
	if err := t.checkRetries(); err != nil {
		return err
	}
	if t.ChargeOffDays > 0 && t.ChargeOffDays <= t.GraceDays {
		return fmt.Errorf("charge_off_days is %d, within the grace of %d days", t.ChargeOffDays, t.GraceDays)
	}
	if err := t.Contact.validate(); err != nil {
		return err
	}
	if err := t.Grades.validate(); err != nil {
		return err
	}
	switch t.RateMethod {
	case MonthlyTimesTwelve, EffectiveOnDays, UnitPeriod:
	default:
		return fmt.Errorf("rate_method %q is not known", t.RateMethod)
	}
	switch t.EarlyFees {
	case EarlyFeesWaived, EarlyFeesNextPeriod, EarlyFeesAll:
	default:
		return fmt.Errorf("early_fees %q is not known", t.EarlyFees)
	}
	if len(t.Plans) == 0 || len(t.Scenes) == 0 || len(t.Documents) == 0 {
		return fmt.Errorf("a programme needs at least one plan, one scene and one document")
	}
	if len(t.Routes) > maxRoutes {
		return fmt.Errorf("%d routes are more than %d", len(t.Routes), maxRoutes)
	}
	for i, r := range t.Routes {
		if err := r.validate(); err != nil {
			return fmt.Errorf("route %d: %w", i+1, err)
		}
	}
	if err := t.checkSceneLimits(); err != nil {
		return err
	}
	if err := t.Merchants.validate(); err != nil {
		return err
	}
	texts := map[string]bool{}
	for i, d := range t.Documents {
		if d.Name == "" || d.Version < 1 || d.Hash == "" {
			return fmt.Errorf("document %d has no name, version or hash", i+1)
		}
		if texts[d.Name] {
			return fmt.Errorf("document %q stands twice", d.Name) // nobody could consent to both
		}
		texts[d.Name] = true
	}
	if t.Deferral != nil {
		if err := t.Deferral.validate(); err != nil {
			return fmt.Errorf("deferral: %w", err)
		}
	}
	seen := map[string]bool{}
	for i, p := range slices.Concat(t.Plans, t.Conversions) {
		if seen[p.ID] {
			return fmt.Errorf("plan %q stands twice", p.ID)
		}
		seen[p.ID] = true
		if i >= len(t.Plans) && p.Kind == PayNextMonth {
			return fmt.Errorf("plan %q: a bill that is paid next month is deferred, not converted", p.ID)
		}
		if err := p.validate(); err != nil {
			return fmt.Errorf("plan %q: %w", p.ID, err)
		}
		if rate := p.costliest(t); rate > t.CostCap {
			return fmt.Errorf("plan %q costs %s a year, above the cap of %s", p.ID, rate, t.CostCap)
		}
	}
	return nil
}

// checkRetries wants a few days, in order, within the month of the bill.
func (t *Terms) checkRetries() error {
	const most, last = 5, 28
	if len(t.AutopayRetries) > most {
		return fmt.Errorf("autopay_retries are %d, more than %d", len(t.AutopayRetries), most)
	}
	for i, days := range t.AutopayRetries {
		if days < 1 || days > last || i > 0 && days <= t.AutopayRetries[i-1] {
			return fmt.Errorf("autopay_retries are days from 1 to %d, each later than the one before", last)
		}
	}
	return nil
}

// String prints a rate as a percentage with two decimals at least: "14.94%".
func (r Rate) String() string {
	whole, part := r/10_000, r%10_000
	if part%100 == 0 {
		return fmt.Sprintf("%d.%02d%%", whole, part/100)
	}
	return fmt.Sprintf("%d.%04d%%", whole, part)
}
