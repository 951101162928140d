package checkout

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/api/client"
)

// reviewPage is all that was said and agreed to, before it is sent, and who the customer
// is, if the programme asks: that is kept nowhere on the way.
type reviewPage struct {
	Offer    client.Disclosure
	Declared client.Declared
	Steps    []step
	Identity bool // who they are is asked
	Known    client.Person
	Person   client.PersonDetails
	Key      string
	Wrong    string // which field is, by its name
	Problem  *client.Problem
}

func review(o *opening) error {
	if next := o.next(); next != "/open/review" {
		return o.Go(next, "")
	}
	p, err := o.reviewPage()
	if err != nil {
		return err
	}
	return o.Show("open-review", p)
}

func (o *opening) reviewPage() (*reviewPage, error) {
	p := &reviewPage{Offer: o.Offer, Steps: o.todo(), Key: o.Key()}
	p.Declared, _ = o.declared()
	programme, err := o.API.GetProgramme(o.Context(), o.Programme)
	if err != nil {
		return nil, err
	}
	if !programme.Policy.IdentityRequired {
		return p, nil
	}
	p.Known, err = o.API.GetPerson(o.Context(), o.Customer)
	var problem *client.Problem
	switch {
	case errors.As(err, &problem) && problem.Status == http.StatusNotFound:
		p.Identity = true
	case err != nil:
		return nil, err
	}
	return p, nil
}

// outcome is what is kept of an application that was answered.
type outcome struct {
	Application string `json:"application"`
}

// apply sends it all. Whoever comes here past a step is led back to it.
func apply(o *opening) error {
	if next := o.next(); next != "/open/review" {
		return o.Go(next, "")
	}
	key, err := o.FormKey()
	if err != nil {
		return err
	}
	f := func(name string) string { return strings.TrimSpace(o.R.PostFormValue(name)) }
	request := client.ApplicationRequest{Customer: o.Customer, Programme: o.Programme, Person: client.PersonDetails{
		Name: f("name"), IdentityNumber: f("identity_number"), Phone: f("phone"),
	}}
	request.Declared, _ = o.declared()
	request.Consents = o.texts().Consents(openChannel)
	answer, err := o.API.Apply(o.Context(), key, request)
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status < http.StatusInternalServerError {
		return o.again(problem, request.Person)
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(outcome{Application: answer.ID})
	if err != nil {
		return err
	}
	// Nothing of these consents carries over to another application.
	if err := errors.Join(o.Forget(), o.Keep(appliedStep, text)); err != nil {
		return err
	}
	return o.Go("/open/result", "")
}

// again shows what could not be sent, with what is wrong with it.
func (o *opening) again(problem *client.Problem, person client.PersonDetails) error {
	if problem.Kind == client.AlreadyOpen {
		return o.Go(o.done(), "")
	}
	if problem.Kind == client.ConsentOutdated { // too old, or other words meanwhile: they are read again
		if err := o.Forget(); err != nil {
			return err
		}
		o.steps = nil
	}
	p, err := o.reviewPage()
	if err != nil {
		return err
	}
	p.Problem, p.Person = problem, person
	for _, e := range problem.Errors {
		if field, ok := strings.CutPrefix(e.Pointer, "/person/"); ok {
			p.Wrong = field
		}
	}
	return o.ShowAgain("open-review", problem, p)
}

// appliedPage is the decision.
type appliedPage struct {
	client.Application
	Currency client.Currency
	Checkout bool // they came from a checkout, which goes on where it was
	Key      string
	Problem  *client.Problem
}

// application is the one that this session sent.
func (o *opening) application() (string, bool) {
	var kept outcome
	text, ok := o.steps[appliedStep]
	return kept.Application, ok && json.Unmarshal(text, &kept) == nil
}

func applied(o *opening) error { return o.showApplied(nil) }

func (o *opening) showApplied(problem *client.Problem) error {
	id, ok := o.application()
	if !ok {
		return o.Go(OpenPath, "")
	}
	a, err := o.API.GetApplication(o.Context(), id)
	if err != nil {
		return err
	}
	p := appliedPage{Application: a, Currency: o.Offer.Currency, Checkout: o.Session.Checkout != "", Key: o.Key(), Problem: problem}
	if a.Status == client.DecisionApproved {
		if p.Opened, err = o.API.GetAccount(o.Context(), o.Account); err != nil {
			return err
		}
	}
	if problem != nil {
		return o.ShowAgain("open-result", problem, p)
	}
	return o.Show("open-result", p)
}

// appeal has a person look at a refusal.
func appeal(o *opening) error {
	id, ok := o.application()
	if !ok {
		return o.Go(OpenPath, "")
	}
	key, err := o.FormKey()
	if err != nil {
		return err
	}
	_, err = o.API.AppealApplication(o.Context(), id, key, client.AppealRequest{Ground: client.AppealGround(o.R.PostFormValue("ground"))})
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status < http.StatusInternalServerError {
		return o.showApplied(problem)
	}
	if err != nil {
		return err
	}
	return o.Go("/open/result", "")
}
