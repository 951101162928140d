package api

import (
	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
)

// policyOf reads a lender's policy.
func policyOf(p *contract.Policy) risk.Policy {
	policy := risk.Policy{
		MinimumLimit: money.Amount(p.MinimumLimit), DefaultLimit: money.Amount(p.DefaultLimit), MaximumLimit: money.Amount(p.MaximumLimit),
		AutoApproveUpTo: money.Amount(p.AutoApproveUpTo), MinimumIncome: money.Amount(p.MinimumIncome),
		IncomeMultiple: p.IncomeMultiple, ExcludeStudents: p.ExcludeStudents, IdentityRequired: p.IdentityRequired,
	}
	for i := range p.Facts {
		f := &p.Facts[i]
		policy.Facts = append(policy.Facts, risk.FactRule{
			Name: f.Name, Kind: risk.Kind(f.Kind), Least: f.Least, Most: f.Most, Words: f.Words, Missing: risk.Missing(f.Missing), Assume: f.Assume,
		})
	}
	if s := &p.Scorecard; len(s.Limits) > 0 {
		policy.Scorecard = scorecard(s)
	}
	for i := range p.Conditions {
		c := &p.Conditions[i]
		policy.Conditions = append(policy.Conditions, risk.Condition{
			Name: c.Name, When: c.When, Outcome: risk.Outcome(c.Outcome), Limit: money.Amount(c.Limit), Reason: c.Reason,
			Words: risk.Label{ZH: c.Words.Zh, EN: c.Words.En}, Help: risk.Label{ZH: c.Help.Zh, EN: c.Help.En},
		})
	}
	return policy
}

func scorecard(s *contract.Scorecard) *risk.Scorecard {
	card := &risk.Scorecard{Base: s.BasePoints}
	for i := range s.Characteristics {
		c := &s.Characteristics[i]
		one := risk.Characteristic{Name: c.Name, Fact: c.Fact, Otherwise: c.Otherwise}
		for _, b := range c.Below {
			one.Below = append(one.Below, risk.Below{Number: b.Number, Points: b.Points})
		}
		for _, b := range c.Is {
			one.Is = append(one.Is, risk.WordIs{Words: b.Words, Points: b.Points})
		}
		card.Characteristics = append(card.Characteristics, one)
	}
	for _, l := range s.Limits {
		card.Limits = append(card.Limits, risk.ScoreLimit{From: l.FromScore, Limit: money.Amount(l.Limit)})
	}
	return card
}

// toldPolicy is as much of a policy as a caller may know: who knew the points and the
// conditions could tell customers what to declare.
func toldPolicy(p risk.Policy, role catalogue.Role) risk.Policy {
	if role != catalogue.OperatorRole {
		p.Scorecard, p.Conditions = nil, nil
	}
	return p
}

// platformFacts reads what a platform tells of its customer, and refuses what the policy
// does not ask for. A customer can't speak for the platform.
func (c *call) platformFacts(told []contract.PlatformFact, rules *risk.Rules) ([]credit.PlatformFact, error) {
	if c.principal != nil && len(told) > 0 {
		return nil, &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/facts", detail: "only the platform tells what it knows of its customer"}}}
	}
	facts := make([]credit.PlatformFact, len(told))
	for i := range told {
		facts[i] = credit.PlatformFact{Name: told[i].Name, Value: told[i].Value}
	}
	if err := rules.Admit(facts); err != nil {
		return nil, asFaults(kindInvalidRequest, "/", err)
	}
	return facts, nil
}
