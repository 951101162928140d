package checkout

import (
	"errors"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// OpenPath is where an account is opened: a credit step of its own, and no part of a purchase.
const OpenPath = "/open"

// openChannel is where the consents to open an account are given.
const openChannel = "open"

// opening is a customer's request on the way to an account. What they did so far is kept
// with their session: a page that is loaded again, or gone back to, loses nothing, and what
// was agreed to before the words changed does not count.
type opening struct {
	*page.Visit
	Offer client.Disclosure
	steps map[string][]byte
}

// opens are the pages on the way, by their patterns.
var opens = map[string]func(*opening) error{
	"GET /open":                   begin,
	"GET /open/about":             about,
	"POST /open/about":            declare,
	"GET /open/precheck":          precheck,
	"GET /open/documents/{name}":  document,
	"POST /open/documents/{name}": agree,
	"GET /open/review":            review,
	"POST /open/apply":            apply,
	"GET /open/result":            applied,
	"POST /open/appeal":           appeal,
}

func atOpening(v *page.Visit, handle func(*opening) error) error {
	o := &opening{Visit: v}
	var err error
	if o.steps, err = v.Steps(); err != nil {
		return err
	}
	if o.Offer, err = v.API.GetDisclosure(v.Context(), v.Programme, client.GetDisclosureQuery{}); err != nil {
		return err
	}
	// What it costs is read first.
	slices.SortStableFunc(o.Offer.Documents, func(a, b client.DocumentToAgree) int {
		return rank(a.Document) - rank(b.Document)
	})
	return handle(o)
}

func rank(document string) int {
	if document == "cost_disclosure" {
		return 0
	}
	return 1
}

const (
	aboutStep   = "about"
	appliedStep = "applied"
)

// declared is what the customer said of themselves.
func (o *opening) declared() (client.Declared, bool) {
	var d client.Declared
	kept, ok := o.steps[aboutStep]
	return d, ok && json.Unmarshal(kept, &d) == nil
}

// next is where the first step is that was not done.
func (o *opening) next() string {
	if _, ok := o.declared(); !ok {
		return "/open/about"
	}
	if next := o.texts().Next(); next != "" {
		return next
	}
	return "/open/review"
}

// step is one line of what there is to do.
type step struct {
	Document string // "": what the customer says of themselves
	Path     string
	Done     bool
	Now      bool
}

func (o *opening) todo() []step {
	next := o.next()
	_, done := o.declared()
	texts := o.texts()
	list := []step{{Path: "/open/about", Done: done}}
	for _, d := range o.Offer.Documents {
		list = append(list, step{Document: d.Document, Path: "/open/documents/" + d.Document, Done: texts.Agreed(d)})
	}
	for i := range list {
		list[i].Now = list[i].Path == next
	}
	return list
}

// account says whether there is one already.
func (o *opening) account() (bool, error) {
	a, err := o.API.GetAccount(o.Context(), o.Account)
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil && a.Status != client.Closed && a.Status != client.Deregistered, err
}

// done is where a customer goes who has an account.
func (o *opening) done() string {
	if o.Session.Checkout != "" {
		return Path
	}
	return "/wallet"
}

// beginPage says what it is, and what there is to do.
type beginPage struct {
	Offer client.Disclosure
	Steps []step
	Next  string
	Begun bool
}

func begin(o *opening) error {
	open, err := o.account()
	if err != nil {
		return err
	}
	if open {
		return o.Go(o.done(), "")
	}
	return o.Show("open", beginPage{Offer: o.Offer, Steps: o.todo(), Next: o.next(), Begun: len(o.steps) > 0})
}

// aboutPage asks what the customer says of themselves. Nothing is filled in for them but
// what they said before.
type aboutPage struct {
	Currency   client.Currency
	Adult      string
	Student    string
	Income     string
	Employment string
	Problem    *client.Problem
}

// employments are what can be said of work.
var employments = []client.Employment{client.Employed, client.SelfEmployed, client.Retired, client.Unemployed, client.Other}

func (aboutPage) Employments() []client.Employment { return employments }

func about(o *opening) error {
	return o.Show("open-about", aboutPage{Currency: o.Offer.Currency})
}

func declare(o *opening) error {
	f := o.R.PostFormValue
	p := aboutPage{Currency: o.Offer.Currency, Adult: f("adult"), Student: f("student"), Income: f("income"), Employment: f("employment")}
	missing := func(kind client.ProblemKind) error {
		p.Problem = &client.Problem{Status: http.StatusUnprocessableEntity, Kind: kind, Title: "something is missing"}
		return o.ShowAgain("open-about", p.Problem, p)
	}
	if (p.Adult != "yes" && p.Adult != "no") || (p.Student != "yes" && p.Student != "no") {
		return missing(client.InvalidRequest)
	}
	d := client.Declared{Adult: p.Adult == "yes", Student: p.Student == "yes"}
	if p.Income != "" {
		income, err := o.Amount("income", string(o.Offer.Currency))
		if err != nil {
			return missing(client.InvalidAmount)
		}
		d.MonthlyIncome = income
	}
	if p.Employment != "" {
		if !slices.Contains(employments, client.Employment(p.Employment)) {
			return missing(client.InvalidRequest)
		}
		d.Employment = client.Employment(p.Employment)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if err := o.Keep(aboutStep, text); err != nil {
		return err
	}
	return o.Go("/open/precheck", "")
}

// precheckPage says what an application would come to, with no bureau asked.
type precheckPage struct {
	Check   client.Precheck
	Next    string
	Problem *client.Problem
}

func precheck(o *opening) error {
	d, ok := o.declared()
	if !ok {
		return o.Go("/open/about", "")
	}
	p := precheckPage{Next: o.next()}
	check, err := o.API.PrecheckApplication(o.Context(), client.PrecheckRequest{Customer: o.Customer, Programme: o.Programme, Declared: d})
	if errors.As(err, &p.Problem) && p.Problem.Status < http.StatusInternalServerError {
		return o.ShowAgain("open-precheck", p.Problem, p)
	}
	if err != nil {
		return err
	}
	p.Check = check
	return o.Show("open-precheck", p)
}

// texts are the documents to agree to.
func (o *opening) texts() *page.Texts {
	t := o.Texts(o.Offer.Documents, o.steps)
	t.Path, t.Back, t.Leave = "/open/documents", OpenPath, "/wallet"
	if o.Session.Checkout != "" {
		t.Leave = Path
	}
	return t
}

func document(o *opening) error {
	if _, ok := o.declared(); !ok {
		return o.Go(o.next(), "")
	}
	return o.texts().Read()
}

func agree(o *opening) error {
	if _, ok := o.declared(); !ok {
		return o.Go(o.next(), "")
	}
	agreed, err := o.texts().Take()
	if err != nil || !agreed {
		return err
	}
	return o.Go(o.next(), "")
}
