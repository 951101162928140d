package risk

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Record (评估记录) is how an assessment came to its decision: every fact that it used,
// each condition's value, each characteristic's bin and points, and how the limit
// was bounded. It holds what is needed to assess again, and nothing that tells who it was about.
type Record struct {
	Version    int             `json:"policy_version"` // the programme's
	Policy     string          `json:"policy_hash"`
	Facts      []UsedFact      `json:"facts"`
	Score      *Score          `json:"score,omitzero"`
	Limits     []Bound         `json:"limits"`
	Conditions []Judged        `json:"conditions"`
	Decision   credit.Decision `json:"decision"`
	Limit      money.Amount    `json:"limit"`   // 0 when refused
	Ceiling    money.Amount    `json:"ceiling"` // what could be had at most, whatever is asked for
	Reasons    []string        `json:"reasons"`
}

// LargestRecord is how many bytes a record has at most, by the bounds of a policy.
const LargestRecord = 24 << 10

// UsedFact is a fact with its value, and where that comes from.
type UsedFact struct {
	Name  string `json:"name"`
	Value string `json:"value,omitzero"` // empty when it is missing
	From  Source `json:"from"`
}

// Source is where a fact's value comes from.
type Source string

// The sources of facts.
const (
	FromApplicant Source = "declared"
	FromHistory   Source = "history"
	FromPlatform  Source = "platform"
	FromPolicy    Source = "assumed"
	FromNobody    Source = "missing"
)

// Score (评分) is a scorecard's sum.
type Score struct {
	Base  int      `json:"base_points"`
	Parts []Points `json:"characteristics"`
	Total int      `json:"total"`
}

// Points are what one characteristic gives.
type Points struct {
	Characteristic string `json:"name"`
	Fact           string `json:"fact"`
	Bin            int    `json:"bin"` // from 1; 0: the fact is missing
	Points         int    `json:"points"`
}

// Bound is one thing that bounds the limit.
type Bound struct {
	By    string       `json:"by"`
	Limit money.Amount `json:"limit"`
}

// Judged is a condition with its value: true, false, or undecided as long as facts are missing.
type Judged struct {
	Name    string `json:"name"`
	Value   Truth  `json:"value"`
	Because string `json:"because,omitzero"` // it is undecided
}

// Truth is a condition's value.
type Truth string

// The values of a condition.
const (
	True      Truth = "true"
	False     Truth = "false"
	Undecided Truth = "undecided"
)

// encode gives the same bytes for the same record.
func (r *Record) encode() credit.Evaluation {
	text, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("a record that is no JSON: %v", err))
	}
	return text
}

// ReadRecord reads what an evaluation says.
func ReadRecord(e credit.Evaluation) (r Record, err error) {
	if err := json.Unmarshal(e, &r, json.RejectUnknownMembers(true)); err != nil {
		return r, fmt.Errorf("read evaluation: %w", err)
	}
	return r, nil
}

// history is what a record says of the applicant's own history.
func (r *Rules) history(record *Record) (h History, err error) {
	values := make([]value, len(own))
	for _, f := range record.Facts {
		i, known := r.index[f.Name]
		if !known || i < declaredFacts || i >= len(own) {
			continue
		}
		v, says := own[i].read(f.Value)
		if says != "" {
			return h, fmt.Errorf("the fact %s is %q, and %s", f.Name, f.Value, says)
		}
		values[i] = v
	}
	return historyOf(values), nil
}

// mine says whether a fact is one that every policy has.
func mine(name string) bool {
	return slices.ContainsFunc(own, func(r FactRule) bool { return r.Name == name })
}
