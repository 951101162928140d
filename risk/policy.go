// Package risk assesses who applies for an account: whether to lend, how much,
// and for which reasons not. It knows a lender's policy, what an applicant declares and
// what the platform tells of them; it refuses to know who the applicant is, clocks,
// databases and accounts, so that the same facts under the same policy always come to
// the same, byte for byte. Its conditions are CEL: expressions that read nothing but the
// facts, end always, and cost what is known before they are published.
package risk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/money"
)

// Policy (授信政策) is what a programme's lender goes by. Amounts are in minor units
// of the programme's currency. That minors are refused is no setting: it is law. The
// figures bound every decision; facts, scorecard and conditions are the analyst's.
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

	Facts      []FactRule  `json:"facts,omitempty"`      // what the platform tells of its customer
	Scorecard  *Scorecard  `json:"scorecard,omitzero"`   // 评分卡
	Conditions []Condition `json:"conditions,omitempty"` // 准入规则
}

// The largest policy: what it comes to has to fit into one event of the log.
const (
	mostFacts           = 24
	mostCharacteristics = 16
	mostBins            = 16
	mostConditions      = 32
)

// Validate says what is wrong with a policy that a programme wants to use: all of it, as Faults.
func (p Policy) Validate() error {
	_, err := Compile(p, 0)
	return err
}

// figures says which figure is out of its bounds.
func (p Policy) figures(f *faults) {
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
			f.add(bound.name, fmt.Sprintf("is %d, not within %d to %d", bound.value, bound.low, bound.up))
		}
	}
}

// Hash tells a policy from every other one: SHA-256 of its JSON.
func (p Policy) Hash() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("a policy that is no JSON: %v", err)) // it was read from JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
