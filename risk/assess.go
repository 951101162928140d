package risk

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Assess (授信审批) decides on an application. wanted is the limit asked for, 0 for
// whatever the programme gives. Every reason to refuse is named, not the first one
// only: who mends one must not be sent away for another.
func Assess(p Policy, declared credit.Declared, wanted money.Amount) credit.Assessment {
	if wanted == 0 {
		wanted = p.DefaultLimit
	}
	limit := min(wanted, p.MaximumLimit, p.carried(declared.Income))
	if refused := p.refusals(declared, wanted, limit); len(refused) > 0 {
		return credit.Assessment{Decision: credit.Refused, Reasons: refused}
	}
	if referred := p.referrals(declared, limit); len(referred) > 0 {
		return credit.Assessment{Decision: credit.Referred, Limit: limit, Reasons: referred}
	}
	return credit.Assessment{Decision: credit.Approved, Limit: limit}
}

// carried is the limit that an income can carry. An income that was not declared
// bounds nothing here: more than the default is then for a reviewer.
func (p Policy) carried(income money.Amount) money.Amount {
	if p.IncomeMultiple == 0 || income == 0 {
		return p.MaximumLimit
	}
	return min(income, money.Max).MulDiv(int64(p.IncomeMultiple), 1)
}

func (p Policy) refusals(declared credit.Declared, wanted, limit money.Amount) (reasons []string) {
	switch adult, student := declared.Adult, declared.Student; {
	case adult == nil || student == nil:
		reasons = append(reasons, DeclarationMissing)
	case !*adult:
		reasons = append(reasons, UnderAge)
	case *student && p.ExcludeStudents:
		reasons = append(reasons, StudentsExcluded)
	}
	income := declared.Income
	switch {
	case wanted < p.MinimumLimit:
		reasons = append(reasons, RequestTooLow)
	case income != 0 && (income < p.MinimumIncome || limit < p.MinimumLimit):
		reasons = append(reasons, IncomeTooLow)
	}
	return reasons
}

func (p Policy) referrals(declared credit.Declared, limit money.Amount) (reasons []string) {
	if p.IncomeMultiple > 0 && declared.Income == 0 && limit > p.DefaultLimit {
		reasons = append(reasons, IncomeNotDeclared)
	}
	if limit > p.AutoApproveUpTo {
		reasons = append(reasons, AboveAutoApproval)
	}
	return reasons
}
