package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// AppealDays is how long after a refusal a person can be asked to look at it.
const AppealDays = 30

// Appeal (申诉) asks for a person to decide what the policy alone has refused. Whoever is
// judged by a machine may ask for that (个人信息保护法, Article 24), and need not say more than
// one of a few grounds: what they would write by hand is no affair of the log's.
type Appeal struct {
	Application int64        `json:"application"`
	Ground      AppealGround `json:"ground"`
}

// AppealGround is why somebody appeals.
type AppealGround string

// The grounds of an appeal.
const (
	GroundFacts   AppealGround = "facts_wrong"           // what was declared, or known, is not so
	GroundChanged AppealGround = "circumstances_changed" // it was so, and is not any more
	GroundPerson  AppealGround = "human_review"          // a person is to decide, whatever the reason
)

// AppealGrounds lists them.
var AppealGrounds = []AppealGround{GroundFacts, GroundChanged, GroundPerson}

// ApplicationAppealed says that a reviewer decides, in place of the policy.
type ApplicationAppealed struct {
	Application int64         `json:"application"`
	Ground      AppealGround  `json:"ground"`
	ExpectedBy  calendar.Date `json:"expected_by"`
}

func (Appeal) Name() string              { return "appeal_application" }
func (ApplicationAppealed) Name() string { return "application.appealed" }

func (c Appeal) do(a *Account, at Moment, emit func(Event)) error {
	p := a.Application
	switch {
	case p == nil || p.Number != c.Application:
		return refuse(NotFound, "there is no such application")
	case !slices.Contains(AppealGrounds, c.Ground):
		return &Error{Kind: UnknownReason, Field: "ground", Detail: "an appeal is for one of the grounds that there are"}
	case p.Decision == Referred:
		return refuse(ApplicationPending, "application %d waits for a reviewer", p.Number)
	case a.Closure != nil:
		return refuse(ClosurePending, "the customer asked on %s to be de-registered", a.Closure.On)
	case p.Decision != Refused:
		return refuse(AppealNotPossible, "application %d was %s", p.Number, p.Decision)
	case p.Terms == nil:
		return refuse(AppealNotPossible, "application %d was not refused by the policy: a person decided, or the law, or it was not assessed", p.Number)
	case at.Day < a.ApplyFrom:
		return refuse(AppealNotPossible, "after de-registration an application is assessed from %s on", a.ApplyFrom)
	case at.Day > p.AppealUntil():
		return refuse(AppealNotPossible, "application %d could be appealed until %s: apply again", p.Number, p.AppealUntil())
	}
	emit(ApplicationAppealed{Application: p.Number, Ground: c.Ground, ExpectedBy: calendar.AddWorkingDays(at.Day, p.Terms.ReviewDays)})
	return nil
}

// AppealUntil is the last day on which a person can be asked to decide, 0 if none can.
func (p *Application) AppealUntil() calendar.Date {
	if p.Decision != Refused || p.Terms == nil {
		return 0
	}
	return p.On + AppealDays
}

func (e ApplicationAppealed) apply(a *Account, on calendar.Date) {
	a.Application.Decision, a.Application.AppealedOn, a.Application.ExpectedBy = Referred, on, e.ExpectedBy
}
