package reference

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Application is a request to open the account.
type Application struct {
	Terms      *Terms
	Evidence   []Evidence // one a text
	Undeclared bool
	Wanted     money.Amount
	Minor      bool   // the applicant is no adult
	Decision   string // what the policy says: "approved", "refused", "referred"
	Limit      money.Amount
}

// Apply asks for the account.
func (a *Account) Apply(c Application, at Moment) Answer {
	switch {
	case a.status == "active" || a.status == "closing":
		return Answer{Refused: "already_open"}
	case a.closing != nil:
		return Answer{Refused: "closure_pending"}
	case a.waiting != nil:
		return Answer{Refused: "application_pending"}
	case c.Undeclared:
		return Answer{Refused: "consent_incomplete"}
	case c.Wanted < 0 || c.Wanted > money.Max:
		return Answer{Refused: "invalid_amount"}
	}
	for _, e := range c.Evidence {
		if wrong := e.judge(c.Terms.Reading, at.Time); wrong != "" {
			return Answer{Refused: wrong}
		}
	}
	if len(c.Evidence) != c.Terms.Texts {
		return Answer{Refused: "consent_incomplete"}
	}
	n := a.number()
	a.application, a.appliedOn, a.refusedBy = n, a.day, nil
	until := a.tooSoon(c.Terms)
	if until != 0 {
		a.decision = "refused"
		return Answer{Number: n, Until: until}
	}
	a.applications = append(a.applications, a.day)
	a.decision = c.Decision
	if c.Minor {
		a.decision = "refused" // whatever the policy says
	}
	switch a.decision {
	case "approved":
		limit := c.Limit
		if c.Terms.LimitCap > 0 {
			limit = min(limit, c.Terms.LimitCap)
		}
		a.open(c.Terms, limit)
		return Answer{Number: n, Amount: limit}
	case "referred":
		a.waiting = c.Terms
		return Answer{Number: n, Until: a.workingDays(c.Terms.ReviewDays)}
	}
	if !c.Minor {
		a.refusedBy = c.Terms // by the policy alone: a person can be asked
	}
	return Answer{Number: n, Until: a.tooSoon(c.Terms)}
}

// tooSoon is from when on an application is assessed again, 0 if today.
func (a *Account) tooSoon(t *Terms) (until calendar.Date) {
	var counted []calendar.Date
	for _, on := range a.applications {
		if on+calendar.Date(t.WindowDays) > a.day {
			counted = append(counted, on)
		}
	}
	if len(counted) >= t.Applications {
		// So many have to grow old that one more may be assessed.
		until = counted[len(counted)-t.Applications] + calendar.Date(t.WindowDays)
	}
	if a.day < a.again {
		until = max(until, a.again)
	}
	return until
}

// Appeal asks for a person to decide what the policy refused.
func (a *Account) Appeal(application int64) Answer {
	switch {
	case a.application == 0 || application != a.application:
		return Answer{Refused: "not_found"}
	case a.waiting != nil:
		return Answer{Refused: "application_pending"}
	case a.closing != nil:
		return Answer{Refused: "closure_pending"}
	case a.refusedBy == nil || a.day < a.again || a.day > a.appliedOn+30:
		return Answer{Refused: "appeal_not_possible"}
	}
	a.waiting, a.refusedBy, a.decision = a.refusedBy, nil, "referred"
	return Answer{Until: a.workingDays(a.waiting.ReviewDays)}
}

func (a *Account) open(t *Terms, limit money.Amount) {
	a.agreed, a.former = nil, nil
	a.terms, a.limit, a.status, a.blocks, a.waiting = t, limit, "active", nil, nil
	a.chosen, a.before, a.choices, a.again = 0, 0, nil, 0
}

// Review decides on an application that waits.
func (a *Account) Review(application int64, approve bool, limit money.Amount) Answer {
	switch {
	case a.application == 0 || application != a.application:
		return Answer{Refused: "not_found"}
	case a.waiting == nil:
		return Answer{Refused: "no_application_pending"}
	case approve && (limit <= 0 || limit > money.Max):
		return Answer{Refused: "invalid_amount"}
	case approve && a.waiting.capped(limit):
		return Answer{Refused: "limit_above_cap"}
	case approve:
		a.decision = "approved"
		a.open(a.waiting, limit)
		return Answer{Amount: limit}
	}
	until := a.tooSoon(a.waiting)
	a.decision, a.waiting = "refused", nil
	return Answer{Until: until}
}
