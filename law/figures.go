package law

import (
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Rules is what a pack asks on one date, typed. A figure of 0 or false is not asked for.
type Rules struct {
	Pack     string
	Edition  int
	Since    calendar.Date // since when these very rules are in force
	Currency money.Currency
	InForce  []*Rule

	from map[Figure]*Rule

	// What credit may cost.
	CostCap            credit.Rate       // 综合融资成本上限: all-in, a year
	CostCapMicroLender credit.Rate       // … of micro-lenders
	LPRMultiple        int               // … of micro-lenders, × the one-year loan prime rate
	GuaranteeCounts    bool              // guarantee fees count into the cost
	PlatformFree       bool              // the platform charges the borrower nothing
	InterestFree       bool              // a plan may cost the customer nothing at all
	RateMethod         credit.RateMethod // how the annual rate is worked out
	PenaltyLeast       credit.Rate       // 罚息加收: above the contract's rate, of it
	PenaltyMost        credit.Rate
	LateFeeCap         money.Amount

	// Whom credit may be given to, and how much.
	LeastAge             int
	MostAPerson          money.Amount
	NoStudentsMicro      bool // micro-lenders lend to no university student
	StudentsSecondSource bool // others want a second source of repayment, and do no targeted marketing
	AlwaysAssess         bool
	HumanReview          bool
	MaxInstalments       int
	MaxMonths            int
	ThirdPartyLender     bool
	ScopeUpTo            money.Amount
	OwnDeferralDays      int // out of scope: a supplier's own deferral, free of interest, up to so many days
	OwnDeferralLarge     int // … of a large online seller
	InstalmentsInScope   int // in scope from more instalments than these
	JointShareLeast      credit.Rate
	OnlyLenderCollects   bool

	// What is shown, and agreed to.
	CostTable              bool // 综合融资成本明示
	ForcedReading          bool // a pop-up with a forced reading time, and a confirmation
	OwnCreditStep          bool // pay-later is its own, actively chosen credit step
	NothingPreselected     bool
	NothingUnsolicited     bool
	CostWarning            bool
	KeyInformation         bool
	BureauSearchTold       bool
	SeparateConsent        bool // for financial data; can be withdrawn
	CopyMoveDelete         bool
	RateAsProminent        bool // the annual rate as prominent as the daily or monthly figure
	WithdrawalDays         int
	WithdrawalMonthsUntold int // … if the terms were not given: so many months more

	// The bill, and afterwards.
	BillDaysBeforeDue   int
	BillingErrorDays    int
	NoContactFrom       Clock
	NoContactTo         Clock
	ContactsADay        int
	DebtorOnly          bool
	MissedPaymentNotice bool
	DebtAdvice          bool // signposted before enforcement
	SpecialMention      int  // days past due from which a debt is of this grade
	Substandard         int
	Doubtful            int
	Loss                int
	AdverseYears        int  // adverse data is kept
	ToldBeforeAdverse   bool // the person, before adverse data is reported
	ObjectionDays       int  // in which an objection is answered
}

// Clock is a time of day, in minutes after midnight.
type Clock int

// String prints a time of day as 22:00.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// MarshalText writes a time of day as a pack has it.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Figure names one thing that a rule sets.
type Figure string

// Place is where a figure is looked up.
type Place string

// The places. Told means that the product shows the rule, and checks nothing by it.
const (
	Programme  Place = "programme" // when a programme is made or activated
	Quoting    Place = "quote"
	Applying   Place = "consent"
	Posting    Place = "posting"
	Contacting Place = "contact"
	Always     Place = "always" // held by construction, whatever the pack says
	Told       Place = "told"
)

type figure struct {
	name  Figure
	place Place
	field func(*Rules) any // a pointer to it
}

var figures = []figure{
	{"cost_cap", Posting, func(r *Rules) any { return &r.CostCap }},
	{"cost_cap_micro_lender", Posting, func(r *Rules) any { return &r.CostCapMicroLender }},
	{"lpr_multiple_micro_lender", Told, func(r *Rules) any { return &r.LPRMultiple }},
	{"guarantee_fees_count", Told, func(r *Rules) any { return &r.GuaranteeCounts }},
	{"platform_charges_nothing", Always, func(r *Rules) any { return &r.PlatformFree }},
	{"interest_free", Programme, func(r *Rules) any { return &r.InterestFree }},
	{"rate_method", Quoting, func(r *Rules) any { return &r.RateMethod }},
	{"penalty_surplus_least", Told, func(r *Rules) any { return &r.PenaltyLeast }},
	{"penalty_surplus_most", Programme, func(r *Rules) any { return &r.PenaltyMost }},
	{"late_fee_cap", Told, func(r *Rules) any { return &r.LateFeeCap }},

	{"least_age", Applying, func(r *Rules) any { return &r.LeastAge }},
	{"most_a_person", Programme, func(r *Rules) any { return &r.MostAPerson }},
	{"no_students_micro_lender", Applying, func(r *Rules) any { return &r.NoStudentsMicro }},
	{"students_second_source", Told, func(r *Rules) any { return &r.StudentsSecondSource }},
	{"always_assess", Always, func(r *Rules) any { return &r.AlwaysAssess }},
	{"human_review", Told, func(r *Rules) any { return &r.HumanReview }},
	{"max_instalments", Programme, func(r *Rules) any { return &r.MaxInstalments }},
	{"max_months", Programme, func(r *Rules) any { return &r.MaxMonths }},
	{"third_party_lender", Told, func(r *Rules) any { return &r.ThirdPartyLender }},
	{"scope_up_to", Told, func(r *Rules) any { return &r.ScopeUpTo }},
	{"own_deferral_days", Told, func(r *Rules) any { return &r.OwnDeferralDays }},
	{"own_deferral_days_large_seller", Told, func(r *Rules) any { return &r.OwnDeferralLarge }},
	{"instalments_out_of_scope", Told, func(r *Rules) any { return &r.InstalmentsInScope }},
	{"joint_share_least", Programme, func(r *Rules) any { return &r.JointShareLeast }},
	{"only_lender_collects", Told, func(r *Rules) any { return &r.OnlyLenderCollects }},

	{"cost_table", Always, func(r *Rules) any { return &r.CostTable }},
	{"forced_reading", Applying, func(r *Rules) any { return &r.ForcedReading }},
	{"own_credit_step", Always, func(r *Rules) any { return &r.OwnCreditStep }},
	{"nothing_preselected", Always, func(r *Rules) any { return &r.NothingPreselected }},
	{"nothing_unsolicited", Always, func(r *Rules) any { return &r.NothingUnsolicited }},
	{"cost_warning", Told, func(r *Rules) any { return &r.CostWarning }},
	{"key_information", Always, func(r *Rules) any { return &r.KeyInformation }},
	{"bureau_search_told", Always, func(r *Rules) any { return &r.BureauSearchTold }},
	{"separate_consent", Told, func(r *Rules) any { return &r.SeparateConsent }},
	{"copy_move_delete", Told, func(r *Rules) any { return &r.CopyMoveDelete }},
	{"rate_as_prominent", Told, func(r *Rules) any { return &r.RateAsProminent }},
	{"withdrawal_days", Told, func(r *Rules) any { return &r.WithdrawalDays }},
	{"withdrawal_months_untold", Told, func(r *Rules) any { return &r.WithdrawalMonthsUntold }},

	{"bill_days_before_due", Programme, func(r *Rules) any { return &r.BillDaysBeforeDue }},
	{"billing_error_days", Told, func(r *Rules) any { return &r.BillingErrorDays }},
	{"no_contact_from", Contacting, func(r *Rules) any { return &r.NoContactFrom }},
	{"no_contact_to", Contacting, func(r *Rules) any { return &r.NoContactTo }},
	{"contacts_a_day", Contacting, func(r *Rules) any { return &r.ContactsADay }},
	{"debtor_only", Always, func(r *Rules) any { return &r.DebtorOnly }},
	{"missed_payment_notice", Told, func(r *Rules) any { return &r.MissedPaymentNotice }},
	{"debt_advice", Told, func(r *Rules) any { return &r.DebtAdvice }},
	{"special_mention_from_day", Always, func(r *Rules) any { return &r.SpecialMention }},
	{"substandard_from_day", Programme, func(r *Rules) any { return &r.Substandard }},
	{"doubtful_from_day", Programme, func(r *Rules) any { return &r.Doubtful }},
	{"loss_from_day", Programme, func(r *Rules) any { return &r.Loss }},
	{"adverse_data_years", Told, func(r *Rules) any { return &r.AdverseYears }},
	{"told_before_adverse", Told, func(r *Rules) any { return &r.ToldBeforeAdverse }},
	{"objection_days", Told, func(r *Rules) any { return &r.ObjectionDays }},
}

// Place says where the figure is looked up.
func (f Figure) Place() Place {
	for _, known := range figures {
		if known.name == f {
			return known.place
		}
	}
	return Told
}

// Rule returns the rule that sets a figure on the date, or nil.
func (r *Rules) Rule(f Figure) *Rule { return r.from[f] }

// read turns a figure of a file into its type.
func (f *figure) read(raw json.RawMessage) (value any, err error) {
	switch f.field(new(Rules)).(type) {
	case *credit.Rate:
		return number(raw, credit.Rate(0), 10*int64(credit.Whole))
	case *money.Amount:
		return number(raw, money.Amount(0), int64(money.Max))
	case *int:
		return number(raw, 0, 10_000)
	case *bool:
		if string(raw) != "true" {
			return nil, fmt.Errorf("is %s: a rule that does not ask is left out", raw)
		}
		return true, nil
	case *Clock:
		text, err := words(raw)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse("15:04", text)
		if err != nil || at.Format("15:04") != text {
			return nil, fmt.Errorf("%q is no time of day", text)
		}
		return Clock(at.Hour()*60 + at.Minute()), nil
	case *credit.RateMethod:
		text, err := words(raw)
		switch m := credit.RateMethod(text); m {
		case credit.MonthlyTimesTwelve, credit.EffectiveOnDays, credit.UnitPeriod:
			return m, err
		}
		return nil, fmt.Errorf("rate method %q is not known", text)
	}
	panic("law: the figure " + string(f.name) + " has a type that nobody reads")
}

func (f *figure) put(r *Rules, value any) {
	switch field := f.field(r).(type) {
	case *credit.Rate:
		*field = value.(credit.Rate)
	case *money.Amount:
		*field = value.(money.Amount)
	case *int:
		*field = value.(int)
	case *bool:
		*field = value.(bool)
	case *Clock:
		*field = value.(Clock)
	case *credit.RateMethod:
		*field = value.(credit.RateMethod)
	}
}

func number[N ~int | ~int64](raw json.RawMessage, _ N, most int64) (any, error) {
	var n int64
	if err := json.Unmarshal(raw, &n); err != nil {
		return nil, fmt.Errorf("%s is no whole number", raw)
	}
	if n < 1 || n > most {
		return nil, fmt.Errorf("%d is not within 1 to %d", n, most)
	}
	return N(n), nil
}

func words(raw json.RawMessage) (text string, err error) {
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", fmt.Errorf("%s is no text", raw)
	}
	return text, nil
}

// KnownFigures lists every figure that a rule can set, in the order in which they are told.
func KnownFigures() []Figure {
	names := make([]Figure, len(figures))
	for i, f := range figures {
		names[i] = f.name
	}
	return names
}

// Figures walks the figures in force with their values, in the order in which they are told.
func (r *Rules) Figures() iter.Seq2[Figure, any] {
	return func(yield func(Figure, any) bool) {
		for _, f := range figures {
			if rule := r.from[f.name]; rule != nil && !yield(f.name, rule.Figures[f.name]) {
				return
			}
		}
	}
}
