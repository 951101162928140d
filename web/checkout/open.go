package checkout

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

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

// consent is what is kept of one document that was agreed to.
type consent struct {
	Version     int                    `json:"version"`
	Hash        string                 `json:"hash"`
	ShownAt     time.Time              `json:"shown_at"`
	AcceptedAt  time.Time              `json:"accepted_at"`
	ReadSeconds int                    `json:"read_seconds"`
	Language    client.ConsentLanguage `json:"language"`
}

const (
	aboutStep    = "about"
	appliedStep  = "applied"
	documentStep = "document:"
)

// agreed is the consent to a document in the words that it has now.
func (o *opening) agreed(d client.DocumentToAgree) (consent, bool) {
	var c consent
	kept, ok := o.steps[documentStep+d.Document]
	if !ok || json.Unmarshal(kept, &c) != nil || c.Hash != d.Hash || c.Version != d.Version {
		return consent{}, false
	}
	return c, true
}

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
	for _, d := range o.Offer.Documents {
		if _, ok := o.agreed(d); !ok {
			return "/open/documents/" + d.Document
		}
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
	list := []step{{Path: "/open/about", Done: done}}
	for _, d := range o.Offer.Documents {
		_, done := o.agreed(d)
		list = append(list, step{Document: d.Document, Path: "/open/documents/" + d.Document, Done: done})
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

// documentPage is one text to be agreed to, on its own.
type documentPage struct {
	Document client.DocumentToAgree
	Number   int
	Of       int
	Words    string // in the visitor's language
	Other    string // the same text's other part, if it has two
	Wait     int
	Agreed   bool // before, in these words
	Unticked bool
	Problem  *client.Problem
}

// asked is the path's document, if it is the customer's turn to read it.
func (o *opening) asked() (at int, turn bool, err error) {
	name := o.R.PathValue("name")
	at = slices.IndexFunc(o.Offer.Documents, func(d client.DocumentToAgree) bool { return d.Document == name })
	if at < 0 {
		return 0, false, errNothing
	}
	if _, ok := o.declared(); !ok {
		return at, false, nil
	}
	for _, earlier := range o.Offer.Documents[:at] {
		if _, ok := o.agreed(earlier); !ok {
			return at, false, nil
		}
	}
	return at, true, nil
}

func document(o *opening) error {
	at, turn, err := o.asked()
	if err != nil {
		return err
	}
	if !turn {
		return o.Go(o.next(), "")
	}
	return o.showDocument(at, nil)
}

// showDocument shows a text, and notes when: from now on it can be read.
func (o *opening) showDocument(at int, problem *client.Problem) error {
	p, err := o.documentPage(at)
	if err != nil {
		return err
	}
	if err := o.Showing(p.Document.Hash); err != nil {
		return err
	}
	if p.Problem = problem; problem != nil {
		return o.ShowAgain("open-document", problem, p)
	}
	return o.Show("open-document", p)
}

func (o *opening) documentPage(at int) (*documentPage, error) {
	d := o.Offer.Documents[at]
	text, err := o.API.GetText(o.Context(), d.Hash)
	if err != nil {
		return nil, err
	}
	p := &documentPage{Document: d, Number: at + 1, Of: len(o.Offer.Documents), Wait: d.ReadingSeconds}
	p.Words, p.Other = parts(text.Body, o.Lang)
	_, p.Agreed = o.agreed(d)
	return p, nil
}

// parts puts that part of a text of two languages first that the visitor reads. The
// hash is of the whole, so the whole stands on the page.
func parts(body string, lang page.Language) (words, other string) {
	zh, en := strings.Index(body, "\n## 简体中文\n"), strings.Index(body, "\n## English\n")
	if zh < 0 || en < zh {
		return body, ""
	}
	head := body[:zh]
	if lang == page.Chinese {
		return body[:en], body[en:]
	}
	return head + body[en:], body[zh:en]
}

// agree takes the customer's act: a box that they ticked, below a text that stood before
// them for as long as it takes to read.
func agree(o *opening) error {
	at, turn, err := o.asked()
	if err != nil {
		return err
	}
	if !turn {
		return o.Go(o.next(), "")
	}
	d := o.Offer.Documents[at]
	if o.R.PostFormValue("hash") != d.Hash {
		return o.showDocument(at, &client.Problem{Status: http.StatusConflict, Kind: client.ConsentOutdated, Title: "other words"})
	}
	seen, err := o.Agreed(d.Hash)
	var problem *client.Problem
	if errors.As(err, &problem) {
		return o.showDocument(at, problem) // it was never shown here
	}
	if err != nil {
		return err
	}
	p, err := o.documentPage(at)
	if err != nil {
		return err
	}
	switch p.Wait -= seen.ReadSeconds; {
	case p.Wait > 0:
		p.Problem = &client.Problem{Status: http.StatusUnprocessableEntity, Kind: client.ConsentTooFast, Title: "too fast to be read"}
		return o.ShowAgain("open-document", p.Problem, p)
	case o.R.PostFormValue("agree") != "yes":
		p.Unticked, p.Wait = true, 0
		return o.ShowAgain("open-document", &client.Problem{Status: http.StatusUnprocessableEntity}, p)
	}
	text, err := json.Marshal(consent{
		Version: d.Version, Hash: d.Hash, ShownAt: seen.ShownAt, AcceptedAt: seen.AcceptedAt, ReadSeconds: seen.ReadSeconds, Language: seen.Language,
	})
	if err != nil {
		return err
	}
	if err := o.Keep(documentStep+d.Document, text); err != nil {
		return err
	}
	o.steps[documentStep+d.Document] = text
	return o.Go(o.next(), "")
}
