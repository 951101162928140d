package api

import (
	"errors"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/servicing"
)

// assessing is what an application is assessed by, and who applies.
type assessing struct {
	account   credit.ID
	programme *catalogue.Version
	rules     *risk.Rules
	who       risk.Applicant
}

// assess finds out what the lender knows of an applicant who was here before, and has
// then do something with the assessment: again, if anything happened to the account meanwhile.
func (c *call) assess(a *assessing, then func(position int64) error) error {
	const tries = 5
	for range tries {
		position, err := c.lookAtAny(a.account, func(*credit.Account, credit.Moment) {})
		if err != nil {
			return err
		}
		if a.who.History, err = c.history(a.account, position); err != nil {
			return err
		}
		if err := then(position); !errors.Is(err, servicing.ErrMoved) {
			return err
		}
	}
	return servicing.ErrMoved
}

// lookAtAny looks at an account, or at nothing where nobody has applied yet.
func (c *call) lookAtAny(account credit.ID, read func(a *credit.Account, at credit.Moment)) (position int64, err error) {
	if position, err = c.look(account, read); isNotFound(err) {
		read(&credit.Account{ID: account}, c.server.desk.Today())
		return 0, nil
	}
	return position, err
}

// history is what an account's events say of its customer. Who was never here has none.
func (c *call) history(account credit.ID, position int64) (h risk.History, err error) {
	if position == 0 {
		return h, nil
	}
	facts, err := c.server.tables.Facts(background, account)
	if err != nil {
		return h, err
	}
	for i := range facts {
		for _, event := range facts[i].Events {
			h.Learn(event)
		}
	}
	return h, nil
}

// received finds what was kept when an application came in.
func (c *call) received(account credit.ID, number int64) (e credit.ApplicationReceived, err error) {
	facts, err := c.server.tables.Facts(background, account)
	if err != nil {
		return e, err
	}
	for i := range facts {
		for _, event := range facts[i].Events {
			if e, ok := event.(credit.ApplicationReceived); ok && e.Number == number {
				return e, nil
			}
		}
	}
	return e, missing("application")
}

// getAssessment shows how an application was assessed, in the bytes that were kept.
func getAssessment(c *call) error {
	account, number, err := c.part(credit.PrefixApplication, "application")
	if err != nil {
		return err
	}
	if _, err := c.look(account, func(*credit.Account, credit.Moment) {}); err != nil { // whose it is
		return asWhat(err, "application")
	}
	e, err := c.received(account, number)
	if err != nil {
		return err
	}
	if len(e.Evaluation) == 0 {
		return missing("assessment of this application: it was not assessed")
	}
	c.json(fasthttp.StatusOK, e.Evaluation)
	return nil
}

// policyBy is the policy that an application stands under, for the words of its reasons.
func (c *call) policyBy(programme string, version int) risk.Policy {
	v, err := c.server.catalogue.Version(background, c.caller.Platform, programme, version)
	if err != nil {
		return risk.Policy{} // the product's own words are left
	}
	return v.Policy
}

// explained writes reasons in words.
func (o *out) explained(policy *risk.Policy, reasons []string) {
	o.list("explained")
	for _, reason := range reasons {
		told := policy.Tell(reason)
		o.begin()
		o.text("reason", reason)
		o.words("words", told.Words)
		if told.Help != (risk.Label{}) {
			o.words("help", told.Help)
		}
		o.end()
	}
	o.endList()
}

func (o *out) words(name string, l risk.Label) {
	o.object(name)
	o.text("zh", l.ZH)
	o.text("en", l.EN)
	o.end()
}

// asFaults tells all that is wrong with a policy, or with facts, below a place in the body.
func asFaults(kind, below string, err error) error {
	var found risk.Faults
	if !errors.As(err, &found) {
		return err
	}
	return faultsOf(kind, below, found)
}

func faultsOf(kind, below string, found risk.Faults) *problem {
	p := &problem{kind: kind, cause: found}
	for _, f := range found {
		p.faults = append(p.faults, fault{pointer: below + f.Field, detail: strings.TrimPrefix(f.String(), f.Field+" ")})
	}
	return p
}
