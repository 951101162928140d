package risk

import (
	"fmt"
	"math"
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

// applicant is who a record was made about, as far as the rules know them.
func (r *Rules) applicant(record *Record) (Applicant, error) {
	values := make([]value, len(own))
	var sent []credit.PlatformFact
	for _, f := range record.Facts {
		i, known := r.index[f.Name]
		switch {
		case !known:
			return Applicant{}, fmt.Errorf("the policy has no fact %q", f.Name)
		case f.From == FromPlatform:
			sent = append(sent, credit.PlatformFact{Name: f.Name, Value: f.Value})
		case i < len(own) && f.From != FromNobody:
			v, says := ownRule(i).read(f.Value)
			if says != "" {
				return Applicant{}, fmt.Errorf("the fact %s is %q, and %s", f.Name, f.Value, says)
			}
			values[i] = v
		}
	}
	a := applicant(values)
	a.Facts = sent
	return a, nil
}

// ownRule is the rule of a fact that every policy has. What reaches an assessment was
// bounded at the door, and a rule is not to be stricter than that.
func ownRule(i int) *FactRule {
	rule := own[i]
	rule.Least = math.MinInt64
	rule.Most = math.MaxInt64
	return &rule
}

// mine says whether a fact is one that every policy has.
func mine(name string) bool {
	return slices.ContainsFunc(own, func(r FactRule) bool { return r.Name == name })
}
