package risk

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Assess (授信审批) decides on an application. Every reason to refuse is named, not the
// first one only: who mends one must not be sent away for another. How the decision
// came about is kept with it.
func (r *Rules) Assess(who Applicant) credit.Assessment {
	record := r.Evaluate(who)
	return credit.Assessment{Decision: record.Decision, Limit: record.Limit, Reasons: record.Reasons, Evaluation: record.encode()}
}

// Evaluate decides, and tells how.
func (r *Rules) Evaluate(who Applicant) *Record {
	e := evaluation{rules: r, who: &who, record: &Record{Version: r.version, Policy: r.hash, Limits: []Bound{}, Conditions: []Judged{}}}
	e.gather()
	e.score()
	e.bounds()
	e.judge()
	e.decide()
	return e.record
}

// Again assesses once more who was assessed: what they said and the platform told, with
// the history that the evaluation has, which the log alone could tell. Other bytes mean that somebody
// changed the evaluation, the application, the policy or the rules.
func (r *Rules) Again(was credit.Evaluation, said Applicant) (credit.Assessment, error) {
	record, err := ReadRecord(was)
	if err != nil {
		return credit.Assessment{}, err
	}
	if said.History, err = r.history(&record); err != nil {
		return credit.Assessment{}, err
	}
	switch again := r.Assess(said); {
	case record.Policy != r.hash:
		return again, fmt.Errorf("it names the policy %s, and version %d has %s", record.Policy, r.version, r.hash)
	case !bytes.Equal(again.Evaluation, was):
		return again, fmt.Errorf("the same facts come to %s and %d, and it says %s and %d", again.Decision, again.Limit, record.Decision, record.Limit)
	default:
		return again, nil
	}
}

// evaluation is one assessment under way.
type evaluation struct {
	rules    *Rules
	who      *Applicant
	record   *Record
	values   []value // of the rules' facts
	refused  []string
	referred []string
}

// ResolveName gives a condition its facts: evaluation is CEL's activation.
func (e *evaluation) ResolveName(name string) (any, bool) {
	if name == scoreFact && e.record.Score != nil {
		return int64(e.record.Score.Total), true
	}
	i, ok := e.rules.index[name]
	if !ok {
		return nil, false
	}
	return e.values[i], e.values[i] != nil
}

// Parent is part of CEL's activation: there is none.
func (e *evaluation) Parent() cel.Activation { return nil }

// gather finds a value for each fact, or says that it is missing.
func (e *evaluation) gather() {
	e.values = e.who.own()
	for i, v := range e.values {
		from := FromHistory
		switch {
		case v == nil:
			from = FromNobody
		case i < declaredFacts:
			from = FromApplicant
		}
		e.record.Facts = append(e.record.Facts, UsedFact{own[i].Name, shown(v), from})
	}
	for i := range e.rules.policy.Facts {
		rule := &e.rules.policy.Facts[i]
		v, from := e.sent(rule), FromPlatform
		switch {
		case v != nil:
		case rule.Missing == MissingAssumes:
			v, _ = rule.read(rule.Assume)
			from = FromPolicy
		case rule.Missing == MissingRefuses:
			from = FromNobody
			e.refuse(FactsMissing)
		default:
			from = FromNobody
			e.refer(FactsMissing)
		}
		e.values = append(e.values, v)
		e.record.Facts = append(e.record.Facts, UsedFact{rule.Name, shown(v), from})
	}
}

// sent is the value that the platform sent for a fact, nil if it is none that the fact can have.
func (e *evaluation) sent(rule *FactRule) value {
	for i := range e.who.Facts {
		if f := &e.who.Facts[i]; f.Name == rule.Name {
			v, _ := rule.read(f.Value)
			return v
		}
	}
	return nil
}

func (e *evaluation) score() {
	card := e.rules.policy.Scorecard
	if card == nil {
		return
	}
	s := &Score{Base: card.Base, Total: card.Base, Parts: []Points{}}
	for i := range card.Characteristics {
		c := &card.Characteristics[i]
		part := Points{Characteristic: c.Name, Fact: c.Fact}
		if v := e.values[e.rules.index[c.Fact]]; v != nil {
			part.Bin, part.Points = c.bin(v)
		}
		s.Total += part.Points
		s.Parts = append(s.Parts, part)
	}
	e.record.Score = s
}

// bounds lists what bounds the limit, whatever is asked for.
func (e *evaluation) bounds() {
	p := &e.rules.policy
	e.bound("maximum_limit", p.MaximumLimit)
	if income := e.who.Declared.Income; p.IncomeMultiple > 0 && income != 0 {
		// An income that was not declared bounds nothing here: more than the default is then for a reviewer.
		e.bound("income", max(0, min(income, money.Max).MulDiv(int64(p.IncomeMultiple), 1)))
	}
	if p.Scorecard != nil {
		e.bound(scoreFact, p.Scorecard.carried(e.record.Score.Total))
	}
}

func (e *evaluation) bound(by string, limit money.Amount) {
	e.record.Limits = append(e.record.Limits, Bound{by, limit})
}

// judge finds each condition's value: all of them, so that none is hidden by another.
func (e *evaluation) judge() {
	for i := range e.rules.policy.Conditions {
		c, j := &e.rules.policy.Conditions[i], &e.rules.judges[i]
		judged := Judged{Name: c.Name, Value: Undecided}
		if missing := e.missing(j.reads); len(missing) > 0 {
			judged.Because = "missing: " + strings.Join(missing, ", ")
		} else if value, _, err := j.program.Eval(e); err != nil {
			judged.Because = "not defined for these facts"
			e.refer(RuleUndecided)
		} else {
			judged.Value = False
			if value == types.True {
				judged.Value = True
				e.follows(c)
			}
		}
		e.record.Conditions = append(e.record.Conditions, judged)
	}
}

func (e *evaluation) missing(reads []string) (names []string) {
	for _, name := range reads {
		if _, known := e.ResolveName(name); !known {
			names = append(names, name)
		}
	}
	return names
}

// follows does what a condition that holds asks for.
func (e *evaluation) follows(c *Condition) {
	switch c.Outcome {
	case Refuse:
		e.refuse(c.Reason)
	case Refer:
		e.refer(c.Reason)
	case Cap:
		e.bound(c.Name, c.Limit)
		if c.Limit < e.rules.policy.MinimumLimit {
			e.refuse(c.Reason)
		}
	}
}

func (e *evaluation) refuse(reason string) { e.refused = with(e.refused, reason) }
func (e *evaluation) refer(reason string)  { e.referred = with(e.referred, reason) }

func with(list []string, reason string) []string {
	if slices.Contains(list, reason) {
		return list
	}
	return append(list, reason)
}

// decide weighs what was found. To refuse comes before to refer.
func (e *evaluation) decide() {
	p, r := &e.rules.policy, e.record
	wanted := e.who.Wanted
	if wanted == 0 {
		wanted = p.DefaultLimit
	}
	r.Ceiling = p.MaximumLimit
	for _, b := range r.Limits {
		r.Ceiling = min(r.Ceiling, b.Limit)
	}
	limit := min(wanted, r.Ceiling)
	if refused := append(e.figures(wanted), e.refused...); len(refused) > 0 {
		r.Decision, r.Reasons, r.Ceiling = credit.Refused, refused, 0
		return
	}
	r.Limit = limit
	if p.IncomeMultiple > 0 && e.who.Declared.Income == 0 && limit > p.DefaultLimit {
		e.refer(IncomeNotDeclared)
	}
	if limit > p.AutoApproveUpTo {
		e.refer(AboveAutoApproval)
	}
	r.Decision, r.Reasons = credit.Approved, e.referred
	if len(e.referred) > 0 {
		r.Decision = credit.Referred
	}
}

// figures are the reasons to refuse that law and the policy's figures give.
func (e *evaluation) figures(wanted money.Amount) (reasons []string) {
	p := &e.rules.policy
	switch adult, student := e.who.Declared.Adult, e.who.Declared.Student; {
	case adult == nil || student == nil:
		reasons = append(reasons, DeclarationMissing)
	case !*adult:
		reasons = append(reasons, UnderAge)
	case *student && p.ExcludeStudents:
		reasons = append(reasons, StudentsExcluded)
	}
	income := e.who.Declared.Income
	if wanted < p.MinimumLimit {
		return append(reasons, RequestTooLow)
	}
	if income != 0 && income < p.MinimumIncome {
		reasons = append(reasons, IncomeTooLow)
	}
	for _, b := range e.record.Limits {
		switch {
		case b.Limit >= p.MinimumLimit:
		case b.By == "income":
			reasons = with(reasons, IncomeTooLow)
		case b.By == scoreFact:
			reasons = append(reasons, ScoreTooLow)
		}
	}
	return reasons
}
