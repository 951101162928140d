// Package risk assesses who applies for an account: whether to lend, how much,
// and for which reasons not. It knows a lender's policy and what an applicant
// declares; it refuses to know who the applicant is, clocks, databases and
// accounts, so that the same facts under the same policy always come to the same.
package risk

import (
	"fmt"

	"github.com/yuefu/yuefu/money"
)

// Policy (授信政策) is what a programme's lender goes by. Amounts are in minor units
// of the programme's currency. That minors are refused is no setting: it is law.
type Policy struct {
	MinimumLimit    money.Amount `json:"minimum_limit"`             // a smaller line is not opened
	DefaultLimit    money.Amount `json:"default_limit"`             // for who asks for no figure
	MaximumLimit    money.Amount `json:"maximum_limit"`             // nobody gets more
	AutoApproveUpTo money.Amount `json:"auto_approve_up_to"`        // above it a reviewer decides; 0: always
	MinimumIncome   money.Amount `json:"minimum_income,omitzero"`   // a declared monthly income below it is refused
	IncomeMultiple  int          `json:"income_multiple,omitzero"`  // the limit is at most so many monthly incomes; 0: income is not asked
	ExcludeStudents bool         `json:"exclude_students,omitzero"` // 不向在校学生放贷

	// IdentityRequired (实名) refuses who has not said who they are. What they said is the vault's to know.
	IdentityRequired bool `json:"identity_required,omitzero"`
}

// Validate says what is wrong with a policy that a programme wants to use.
func (p Policy) Validate() error {
	for _, bound := range []struct {
		name           string
		value, low, up money.Amount
	}{
		{"minimum_limit", p.MinimumLimit, 1, money.Max},
		{"default_limit", p.DefaultLimit, p.MinimumLimit, p.MaximumLimit},
		{"maximum_limit", p.MaximumLimit, p.MinimumLimit, money.Max},
		{"auto_approve_up_to", p.AutoApproveUpTo, 0, p.MaximumLimit},
		{"minimum_income", p.MinimumIncome, 0, money.Max},
		{"income_multiple", money.Amount(p.IncomeMultiple), 0, 120},
	} {
		if bound.value < bound.low || bound.value > bound.up {
			return fmt.Errorf("%s is %d, not within %d to %d", bound.name, bound.value, bound.low, bound.up)
		}
	}
	return nil
}
