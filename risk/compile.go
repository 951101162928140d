package risk

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/yuefu/yuefu/credit"
)

// Rules (审批规则) are a policy that is ready to assess: checked, its expressions
// compiled. They never change, and may be used by many at once.
type Rules struct {
	policy  Policy
	version int
	hash    string
	facts   []FactRule // every policy's own first
	judges  []judge
	index   map[string]int // of facts, by name
}

// Compile makes a version of a policy ready, or says as Faults all that is wrong with it.
func Compile(p Policy, version int) (*Rules, error) {
	var f faults
	r := &Rules{policy: p, version: version, facts: slices.Clone(own), index: map[string]int{}}
	p.figures(&f)
	switch {
	case len(p.Facts) > mostFacts:
		f.add("facts", fmt.Sprintf("are %d, more than %d", len(p.Facts), mostFacts))
	case len(p.Conditions) > mostConditions:
		f.add("conditions", fmt.Sprintf("are %d, more than %d", len(p.Conditions), mostConditions))
	default:
		r.declare(&f)
		if p.Scorecard != nil {
			p.Scorecard.check(&f, r.fact)
		}
		r.compile(&f)
	}
	if len(f.found) > 0 {
		return nil, f.found
	}
	r.hash = p.Hash()
	return r, nil
}

// declare lists the facts.
func (r *Rules) declare(f *faults) {
	for i := range r.facts {
		r.index[r.facts[i].Name] = i
	}
	for i := range r.policy.Facts {
		rule := &r.policy.Facts[i]
		field := fmt.Sprintf("facts/%d", i)
		rule.check(f, field)
		if _, taken := r.index[rule.Name]; taken || rule.Name == scoreFact {
			f.add(field+"/name", fmt.Sprintf("%q is another fact's", rule.Name))
			continue
		}
		r.index[rule.Name] = len(r.facts)
		r.facts = append(r.facts, *rule)
	}
}

func (r *Rules) fact(name string) *FactRule {
	if i, ok := r.index[name]; ok {
		return &r.facts[i]
	}
	return nil
}

func (r *Rules) compile(f *faults) {
	variables := slices.Clone(r.facts)
	if r.policy.Scorecard != nil {
		variables = append(variables, FactRule{Name: scoreFact, Kind: Number})
	}
	var in *cel.Env
	if len(r.policy.Conditions) > 0 {
		variables = slices.DeleteFunc(variables, func(v FactRule) bool { return !identifier(v.Name) }) // said already
		var err error
		if in, err = language(variables); err != nil {
			f.add("facts", "can't be declared: "+err.Error()) // a word that CEL keeps for itself
			return
		}
	}
	seen := map[string]bool{}
	for i := range r.policy.Conditions {
		c := &r.policy.Conditions[i]
		field := fmt.Sprintf("conditions/%d", i)
		c.check(f, field, &r.policy)
		if seen[c.Name] {
			f.put(Fault{Field: field + "/name", Condition: c.Name, Says: "is another condition's too"})
		}
		seen[c.Name] = true
		r.judges = append(r.judges, c.compile(in, f, field))
	}
}

// Policy is what the rules were made of. Nobody may write to it.
func (r *Rules) Policy() *Policy { return &r.policy }

// Hash is the policy's.
func (r *Rules) Hash() string { return r.hash }

// Admit says what is wrong with facts that a platform sends: those that the policy does
// not declare, that are of another kind or out of bounds, or there twice.
func (r *Rules) Admit(facts []credit.PlatformFact) error {
	var f faults
	seen := map[string]bool{}
	for i := range facts {
		fact := &facts[i]
		field := fmt.Sprintf("facts/%d", i)
		rule := r.fact(fact.Name)
		switch {
		case rule == nil || mine(fact.Name):
			f.add(field+"/name", "is no fact that the programme's policy asks for")
		case seen[fact.Name]:
			f.add(field+"/name", "is there twice")
		default:
			if _, says := rule.read(fact.Value); says != "" {
				f.add(field+"/value", says)
			}
		}
		seen[fact.Name] = true
	}
	if len(f.found) > 0 {
		return f.found
	}
	return nil
}
