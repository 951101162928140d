package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Apply is a customer's request to open an account, with the consents that it
// stands on. Terms and Assessment are what the edge found out for it.
type Apply struct {
	Platform  string       `json:"platform"`
	Programme string       `json:"programme"`
	Customer  string       `json:"customer"`
	Consents  []Consent    `json:"consents"`
	Declared  Declared     `json:"declared"`
	Wanted    money.Amount `json:"requested_limit,omitzero"`

	Facts []PlatformFact `json:"facts,omitempty"` // what the platform tells of its customer

	Terms      *Terms     `json:"-"`
	Assessment Assessment `json:"-"`
}

// Declared is what the customer says of themselves, as far as the rules ask. It
// holds no personal data that could tell who they are.
type Declared struct {
	Adult      *bool        `json:"adult"`
	Student    *bool        `json:"student"`
	Income     money.Amount `json:"monthly_income,omitzero"`
	Employment string       `json:"employment,omitzero"` // one of Employments; empty: not said
}

// EmploymentNotSaid is the employment of who does not say it.
const EmploymentNotSaid = "not_said"

// Employments (就业状况) are what an applicant can say to be.
var Employments = []string{"employed", "self_employed", "retired", "unemployed", "other", EmploymentNotSaid}

// Assessment (授信审批) is what the policy says of an applicant: a decision, the limit
// where it approves, the reasons where it does not.
type Assessment struct {
	Decision Decision     `json:"decision"`
	Limit    money.Amount `json:"limit,omitzero"`
	Reasons  []string     `json:"reasons,omitempty"`

	Evaluation Evaluation `json:"evaluation,omitzero"` // how it came about
}

// The reasons that the rules themselves give for refusing an application; others
// come from the assessment.
const (
	ReasonTooManyApplications = "too_many_applications" // somebody applies again and again
	ReasonDeregistered        = "deregistered_recently" // the contract's cool-down after de-registration
	ReasonReview              = "refused_on_review"     // a reviewer refused, and named no reason
	ReasonUnderAge            = "under_age"             // whatever the assessment says
	ReasonStudent             = "students_excluded"     // … where the rules that the terms pin forbid it
)

// ApplicationReceived says that somebody applied, and to which texts they agreed.
type ApplicationReceived struct {
	Number     int64       `json:"n"`
	Platform   string      `json:"platform"`
	Customer   string      `json:"customer"`
	Programme  string      `json:"programme,omitzero"`
	Version    int         `json:"version,omitzero"` // of the programme
	Agreements []Agreement `json:"agreements"`
	Assessed   bool        `json:"assessed"`

	Evaluation Evaluation `json:"evaluation,omitzero"` // how the assessment came to what it says
}

// ApplicationReferred says that a reviewer decides.
type ApplicationReferred struct {
	Number     int64         `json:"n"`
	Reasons    []string      `json:"reasons"`
	Terms      *Terms        `json:"terms"`
	ExpectedBy calendar.Date `json:"expected_by,omitzero"`
}

// ApplicationRefused says that no account is opened, and why.
type ApplicationRefused struct {
	Number  int64         `json:"n"`
	Reasons []string      `json:"reasons"`
	Until   calendar.Date `json:"until,omitzero"`
	Terms   *Terms        `json:"terms,omitzero"` // where the policy alone refused: what an appeal may open
}

// AccountOpened (开通) begins the life of the credit line, under terms kept with it.
type AccountOpened struct {
	Application int64        `json:"application"`
	Limit       money.Amount `json:"limit"`
	Terms       *Terms       `json:"terms"`
}

func (Apply) Name() string               { return "apply" }
func (ApplicationReceived) Name() string { return "application.received" }
func (ApplicationReferred) Name() string { return "application.referred" }
func (ApplicationRefused) Name() string  { return "application.refused" }
func (AccountOpened) Name() string       { return "account.opened" }

func (c Apply) do(a *Account, at Moment, emit func(Event)) error {
	if a.Platform != "" && (a.Platform != c.Platform || a.Customer != c.Customer) {
		return refuse(NotFound, "this account belongs to somebody else")
	}
	if err := a.CanApply(); err != nil {
		return err
	}
	switch {
	case c.Customer == "":
		return &Error{Kind: ConsentIncomplete, Field: "customer", Detail: "an application names its customer"}
	case c.Declared.Adult == nil || c.Declared.Student == nil:
		return &Error{Kind: ConsentIncomplete, Field: "declared", Detail: "an application says whether the applicant is an adult and whether a student"}
	case c.Wanted < 0 || c.Wanted > money.Max:
		return &Error{Kind: InvalidAmount, Field: "requested_limit", Detail: "a limit that is asked for is not negative and within what the product accepts"}
	case c.Declared.Employment != "" && !slices.Contains(Employments, c.Declared.Employment):
		return &Error{Kind: ConsentIncomplete, Field: "declared", Detail: "an employment is one of those that there are"}
	case c.Declared.Income < 0 || c.Declared.Income > money.Max:
		return &Error{Kind: InvalidAmount, Field: "declared", Detail: "an income is not negative and within what the product accepts"}
	}
	agreements, err := agreed(c.Consents, c.Customer, c.Terms, c.Terms.Documents, at)
	if err != nil {
		return err
	}

	n := a.number()
	soon, until := a.TooSoon(c.Terms, at.Day)
	assessed := len(soon) == 0
	received := ApplicationReceived{Number: n, Platform: c.Platform, Customer: c.Customer, Programme: c.Terms.Programme, Version: c.Terms.Version, Agreements: agreements, Assessed: assessed}
	if assessed {
		received.Evaluation = c.Assessment.Evaluation
	}
	emit(received)
	_, next := a.TooSoon(c.Terms, at.Day) // this one counts by now
	switch {
	case !assessed:
		emit(ApplicationRefused{Number: n, Reasons: soon, Until: until})
	case len(c.unlawful()) > 0:
		emit(ApplicationRefused{Number: n, Reasons: c.unlawful(), Until: next})
	case c.Assessment.Decision == Approved:
		limit := c.Assessment.Limit
		if most := c.Terms.LimitCap; most > 0 {
			limit = min(limit, most) // whatever a policy says, nobody gets more than the law allows
		}
		emit(AccountOpened{Application: n, Limit: limit, Terms: c.Terms})
	case c.Assessment.Decision == Referred:
		emit(ApplicationReferred{Number: n, Reasons: c.Assessment.Reasons, Terms: c.Terms, ExpectedBy: calendar.AddWorkingDays(at.Day, c.Terms.ReviewDays)})
	default:
		emit(ApplicationRefused{Number: n, Reasons: c.Assessment.Reasons, Until: next, Terms: c.Terms})
	}
	return nil
}

// CanApply refuses an application for as long as there is nothing to apply for.
func (a *Account) CanApply() error {
	switch {
	case a.Status == Active || a.Status == Closing:
		return refuse(AlreadyOpen, "the customer has an account in this programme")
	case a.Closure != nil:
		return refuse(ClosurePending, "the customer asked on %s to be de-registered", a.Closure.On)
	case a.Application != nil && a.Application.Decision == Referred:
		return refuse(ApplicationPending, "application %d waits for a reviewer", a.Application.Number)
	}
	return nil
}

// unlawful says why no policy, and no reviewer, may open this account.
func (c Apply) unlawful() (reasons []string) {
	if !*c.Declared.Adult {
		reasons = append(reasons, ReasonUnderAge)
	}
	if c.Terms.NoStudents && *c.Declared.Student {
		reasons = append(reasons, ReasonStudent)
	}
	return reasons
}

// agreed checks that a person agreed to each of some documents of terms, and to each once.
func agreed(consents []Consent, person string, t *Terms, documents []Document, at Moment) ([]Agreement, error) {
	agreements := make([]Agreement, 0, len(documents))
	for _, document := range documents {
		given := 0
		for _, consent := range consents {
			if consent.Document != document.Name {
				continue
			}
			if err := checkConsent(consent, person, document, t.reading(), at); err != nil {
				return nil, err
			}
			agreements = append(agreements, consent.Kept(document))
			given++
		}
		if given != 1 {
			return nil, &Error{Kind: ConsentIncomplete, Field: "consents", Detail: "consent to " + document.Name + " is missing, or given more than once"}
		}
	}
	return agreements, nil
}

// TooSoon says why an application is not even assessed on a day, and when one would be.
func (a *Account) TooSoon(t *Terms, day calendar.Date) (reasons []string, until calendar.Date) {
	if counted := a.counted(t, day); len(counted) >= t.Applications {
		// The next one is assessed once so many no longer count that one more may.
		until = counted[len(counted)-t.Applications] + calendar.Date(t.WindowDays)
		reasons = append(reasons, ReasonTooManyApplications)
	}
	if day < a.ApplyFrom {
		until = max(until, a.ApplyFrom)
		reasons = append(reasons, ReasonDeregistered)
	}
	return reasons, until
}

// counted returns when applications were assessed that still count on a day: those
// of the last WindowDays days.
func (a *Account) counted(t *Terms, day calendar.Date) []calendar.Date {
	var counted []calendar.Date
	for _, on := range a.Applications {
		if on > day-calendar.Date(t.WindowDays) {
			counted = append(counted, on)
		}
	}
	return counted
}

func (e ApplicationReceived) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.Platform, a.Customer = e.Platform, e.Customer
	a.Application = &Application{Number: e.Number, On: on, Programme: e.Programme, Version: e.Version, Agreements: e.Agreements}
	if e.Assessed {
		a.Applications = slices.DeleteFunc(a.Applications, func(past calendar.Date) bool { return past <= on-maxWindowDays })
		a.Applications = append(a.Applications, on)
	}
}

func (e ApplicationReferred) apply(a *Account, _ calendar.Date) {
	a.Application.Decision, a.Application.Reasons, a.Application.Terms = Referred, e.Reasons, e.Terms
	a.Application.ExpectedBy = e.ExpectedBy
}

func (e ApplicationRefused) apply(a *Account, _ calendar.Date) {
	a.Application.Decision, a.Application.Reasons, a.Application.Until = Refused, e.Reasons, e.Until
	a.Application.Terms, a.Application.ExpectedBy = e.Terms, 0
}

func (e AccountOpened) apply(a *Account, on calendar.Date) {
	a.Application.Decision, a.Application.Reasons, a.Application.Terms = Approved, nil, nil
	a.Application.Until, a.Application.ExpectedBy = 0, 0
	a.Status, a.Terms, a.Limit = Active, e.Terms, e.Limit
	a.Agreed, a.Former = nil, nil
	a.OpenedOn, a.ClosedOn, a.ApplyFrom = on, 0, 0
	a.DueDay, a.DueDayBefore, a.DueDayChanges = 0, 0, nil // nothing of the old contract carries over
	overdue := a.overdue() || a.chargedOff()              // by a history told again, in which it had not been closed
	a.Blocks = slices.DeleteFunc(slices.Clone(a.Blocks), func(b Block) bool { return b.Kind != BlockOverdue || !overdue })
	if len(a.Blocks) == 0 {
		a.Blocks = nil
	}
}

// Review is a reviewer's decision on an application that was referred.
type Review struct {
	Application int64    `json:"application"`
	Approve     bool     `json:"approve"`
	Limit       int64    `json:"limit,omitzero"`
	Reasons     []string `json:"reasons,omitempty"`
	Reviewer    string   `json:"reviewer"`
}

func (Review) Name() string { return "review_application" }

func (c Review) do(a *Account, at Moment, emit func(Event)) error {
	switch {
	case a.Application == nil || a.Application.Number != c.Application:
		return refuse(NotFound, "there is no such application")
	case a.Application.Decision != Referred:
		return refuse(NoApplicationPending, "application %d was %s", c.Application, a.Application.Decision)
	case c.Approve && (c.Limit <= 0 || money.Amount(c.Limit) > money.Max):
		return &Error{Kind: InvalidAmount, Field: "limit", Detail: "an approval has a limit above 0"}
	case c.Approve:
		if err := a.Application.Terms.allows("limit", money.Amount(c.Limit), 0); err != nil {
			return err
		}
		emit(AccountOpened{Application: c.Application, Limit: money.Amount(c.Limit), Terms: a.Application.Terms})
	default:
		reasons := c.Reasons
		if len(reasons) == 0 {
			reasons = []string{ReasonReview} // nobody is refused without a reason
		}
		_, next := a.TooSoon(a.Application.Terms, at.Day)
		emit(ApplicationRefused{Number: c.Application, Reasons: reasons, Until: next})
	}
	return nil
}
