package credit

import (
	"fmt"
	"slices"
)

// MerchantRule (商户名单) says at which merchants a contract's credit may be spent: at
// those that are allowed, if any are named, and at none that is blocked.
type MerchantRule struct {
	Allowed []string `json:"allowed,omitempty"`
	Blocked []string `json:"blocked,omitempty"`
}

// mostMerchants bounds a list: terms are kept with each account's opening.
const mostMerchants = 200

func (r MerchantRule) allows(merchant string) bool {
	return !slices.Contains(r.Blocked, merchant) && (len(r.Allowed) == 0 || slices.Contains(r.Allowed, merchant))
}

func (r MerchantRule) validate() error {
	if len(r.Allowed) > mostMerchants || len(r.Blocked) > mostMerchants {
		return fmt.Errorf("merchants: a list has more than %d", mostMerchants)
	}
	seen := map[string]bool{}
	for _, merchant := range slices.Concat(r.Allowed, r.Blocked) {
		if merchant == "" || seen[merchant] {
			return fmt.Errorf("merchants: %q stands twice, or is no name", merchant)
		}
		seen[merchant] = true
	}
	return nil
}
