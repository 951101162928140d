package risk

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Kind is what a fact's value is.
type Kind string

// The kinds of facts.
const (
	Number Kind = "number"
	Flag   Kind = "flag"
	Word   Kind = "word"
)

// Missing is what to do about a fact that the platform does not tell. There is no default: whoever
// writes a policy has to say.
type Missing string

// What can be done about a fact that is missing.
const (
	MissingRefers  Missing = "refer"  // a person decides
	MissingRefuses Missing = "refuse" // nothing is lent without it
	MissingAssumes Missing = "assume" // Assume stands in for it, and the evaluation says so
)

// FactRule (信息项) declares a fact that the platform sends with an application.
type FactRule struct {
	Name    string   `json:"name"`
	Kind    Kind     `json:"kind"`
	Least   int64    `json:"least,omitzero"`  // of a number
	Most    int64    `json:"most,omitzero"`   // of a number; 0: the largest amount
	Words   []string `json:"words,omitempty"` // which ones there are
	Missing Missing  `json:"missing"`
	Assume  string   `json:"assume,omitzero"` // as a platform would send it
}

// own are the facts that every policy has: what the applicant declares, and what the
// lender knows of its own.
var own = []FactRule{
	{Name: "adult", Kind: Flag},
	{Name: "student", Kind: Flag},
	{Name: "income", Kind: Number}, // a month, in minor units; 0 when it was not declared
	{Name: "income_declared", Kind: Flag},
	{Name: "employment", Kind: Word, Words: credit.Employments},
	{Name: "requested", Kind: Number},            // the limit asked for; 0: whatever the programme gives
	{Name: "earlier_applications", Kind: Number}, // that were assessed
	{Name: "earlier_refusals", Kind: Number},
	{Name: "earlier_closures", Kind: Number},
	{Name: "earlier_overdue", Kind: Number}, // statements that became overdue
	{Name: "worst_bucket", Kind: Number},    // 1 for M1 …; 0: never overdue
	{Name: "charged_off", Kind: Flag},
}

// scoreFact is the score as conditions see it.
const scoreFact = "score"

func (r *FactRule) most() int64 {
	if r.Most == 0 {
		return int64(money.Max)
	}
	return r.Most
}

// value is what a condition sees of a fact: an int64, a bool or a string.
type value any

// read takes a value as it is written, or says why it is none of the fact's.
func (r *FactRule) read(text string) (value, string) {
	switch r.Kind {
	case Number:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != text {
			return nil, "has to be a whole number"
		}
		if n < r.Least || n > r.most() {
			return nil, fmt.Sprintf("has to be from %d to %d", r.Least, r.most())
		}
		return n, ""
	case Flag:
		if text != "true" && text != "false" {
			return nil, "has to be true or false"
		}
		return text == "true", ""
	default:
		if !slices.Contains(r.Words, text) {
			return nil, fmt.Sprintf("has to be one of %q", r.Words)
		}
		return text, ""
	}
}

func (r *FactRule) check(f *faults, field string) {
	if !identifier(r.Name) {
		f.add(field+"/name", "has to be small letters, digits and underscores, at most 48")
	}
	if !slices.Contains([]Kind{Number, Flag, Word}, r.Kind) {
		f.add(field+"/kind", "has to be number, flag or word")
		return
	}
	if edge := int64(money.Max); r.Kind == Number && (r.Least > r.most() || r.Least < -edge || r.most() > edge) {
		f.add(field+"/least", fmt.Sprintf("has to be at most most, both from %d to %d", -edge, edge))
	}
	if r.Kind != Number && (r.Least != 0 || r.Most != 0) {
		f.add(field+"/least", "only a number has bounds")
	}
	if (r.Kind == Word) != (len(r.Words) > 0) || len(r.Words) > mostBins || slices.ContainsFunc(r.Words, func(w string) bool { return !identifier(w) }) {
		f.add(field+"/words", fmt.Sprintf("a word is one of up to %d that are listed, in small letters; other facts have none", mostBins))
	}
	switch r.Missing {
	case MissingRefers, MissingRefuses:
		if r.Assume != "" {
			f.add(field+"/assume", "is never used: missing is "+string(r.Missing))
		}
	case MissingAssumes:
		if _, says := r.read(r.Assume); says != "" {
			f.add(field+"/assume", says)
		}
	default:
		f.add(field+"/missing", "has to say what to do when the platform does not tell: refer, refuse or assume")
	}
}

// Applicant is who applies, as far as a policy may know them.
type Applicant struct {
	Declared credit.Declared       `json:"declared"`
	Wanted   money.Amount          `json:"requested_limit,omitzero"` // 0: whatever the programme gives
	Facts    []credit.PlatformFact `json:"facts,omitempty"`
	History  History               `json:"history,omitzero"`
}

// History (历史表现) is what the lender knows of its own about an applicant who was here before.
type History struct {
	Applications int  `json:"applications,omitzero"` // that were assessed
	Refusals     int  `json:"refusals,omitzero"`
	Closures     int  `json:"closures,omitzero"`
	Overdue      int  `json:"overdue,omitzero"`      // statements that became overdue
	WorstBucket  int  `json:"worst_bucket,omitzero"` // 1 for M1 …
	ChargedOff   bool `json:"charged_off,omitzero"`
}

// Learn adds what an event says of a customer.
func (h *History) Learn(event credit.Event) {
	switch e := event.(type) {
	case credit.ApplicationReceived:
		if e.Assessed {
			h.Applications++
		}
	case credit.ApplicationRefused:
		h.Refusals++
	case credit.ClosureApproved:
		h.Closures++
	case credit.StatementOverdue:
		h.Overdue++
		h.WorstBucket = max(h.WorstBucket, e.Bucket())
	case credit.StatementAged:
		h.WorstBucket = max(h.WorstBucket, e.Bucket)
	case credit.DebtChargedOff:
		h.ChargedOff = true
	}
}

// own are the values of the facts that every policy has, in their order; nil is one that
// is missing.
func (a *Applicant) own() []value {
	flag := func(b *bool) value {
		if b == nil {
			return nil
		}
		return *b
	}
	d, h := &a.Declared, &a.History
	employment := d.Employment
	if employment == "" {
		employment = credit.EmploymentNotSaid
	}
	return []value{
		flag(d.Adult), flag(d.Student), int64(d.Income), d.Income != 0, employment, int64(a.Wanted),
		int64(h.Applications), int64(h.Refusals), int64(h.Closures), int64(h.Overdue), int64(h.WorstBucket), h.ChargedOff,
	}
}

// declaredFacts is how many of the policy's own facts come from the applicant: the first ones.
const declaredFacts = 6

// historyOf is the history that some values tell.
func historyOf(v []value) (h History) {
	number := func(v value) int { n, _ := v.(int64); return int(n) }
	h = History{Applications: number(v[6]), Refusals: number(v[7]), Closures: number(v[8]), Overdue: number(v[9]), WorstBucket: number(v[10])}
	h.ChargedOff, _ = v[11].(bool)
	return h
}

// shown is a value as it is written.
func shown(v value) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
