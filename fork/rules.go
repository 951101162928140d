package fork

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/credit"
)

// Rules are the members of a contract that are different, by the names that they
// have in it (grace_days, penalty_rate, cost_cap, principal_first_from, …). Plans are changed
// by their ids: "plans.flat6.rate".
type Rules map[string]jsontext.Value

// fixed are members that make a contract this one: with another of them it is not
// the same contract under another rule.
var fixed = []string{"programme", "version", "currency", "documents", "plans", "scenes"}

// Set reads a change such as grace_days=5, plans.flat6.rate=5000 or due_days=[5,15].
func (r Rules) Set(assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("%w: %q is not name=value", ErrAsk, assignment)
	}
	v := jsontext.Value(value)
	if !v.IsValid() {
		quoted, err := json.Marshal(value) // a word needs no quotes
		if err != nil {
			return fmt.Errorf("%w: %q: %w", ErrAsk, assignment, err)
		}
		v = quoted
	}
	r[name] = v
	return r.check()
}

// check refuses what no contract has, before any account is looked at.
func (r Rules) check() error {
	if len(r) == 0 {
		return fmt.Errorf("%w: nothing is different", ErrAsk)
	}
	for name := range r {
		if slices.Contains(fixed, name) {
			return fmt.Errorf("%w: %s cannot be changed: it would be another contract", ErrAsk, name)
		}
	}
	var none credit.Terms
	members := maps.Clone(r)
	for name, value := range r {
		if plan, member, ok := planMember(name); ok {
			var p credit.Plan
			if member == "id" || plan == "" {
				return fmt.Errorf("%w: %s cannot be changed", ErrAsk, name)
			}
			if err := set(&p, Rules{member: value}); err != nil {
				return fmt.Errorf("%w: %s: %w", ErrAsk, name, err)
			}
			delete(members, name)
		}
	}
	if err := set(&none, members); err != nil {
		return fmt.Errorf("%w: %w", ErrAsk, err)
	}
	return nil
}

// planMember takes plans.<id>.<member> apart.
func planMember(name string) (plan, member string, ok bool) {
	rest, ok := strings.CutPrefix(name, "plans.")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 {
		return "", rest, true
	}
	return rest[:i], rest[i+1:], true
}

// set puts members into a struct, and leaves all others as they are.
func set(to any, members Rules) error {
	b, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to, json.RejectUnknownMembers(true))
}

// under is a contract with the rules in it. What cannot be a contract panics:
// credit.Retell tells it as the reason why an account cannot be told so.
func (r Rules) under(t credit.Terms) *credit.Terms {
	t.Plans = slices.Clone(t.Plans)
	members := maps.Clone(r)
	for name, value := range r {
		plan, member, ok := planMember(name)
		if !ok {
			continue
		}
		delete(members, name)
		for i := range t.Plans {
			if t.Plans[i].ID == plan {
				if err := set(&t.Plans[i], Rules{member: value}); err != nil {
					panic(err)
				}
			}
		}
	}
	if err := set(&t, members); err != nil {
		panic(err)
	}
	if err := t.Validate(); err != nil {
		panic(fmt.Sprintf("no contract could say so: %v", err))
	}
	return &t
}
