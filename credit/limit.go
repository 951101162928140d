package credit

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// ChangeLimit sets the permanent limit (调额), also while it is used: below what is held
// and owed nothing is available, and what is owed stays owed. Nobody is lent more
// than they asked for: a raise stands on the customer's consent to this very raise,
// a lowering needs none.
type ChangeLimit struct {
	Limit    money.Amount `json:"limit"`
	Reason   LimitReason  `json:"reason"`
	Operator string       `json:"operator"`
	Consent  *Consent     `json:"consent,omitzero"`
}

// LimitReason says why a limit was changed, in a code that a customer can be told.
type LimitReason string

// The reasons for changing a limit.
const (
	LimitByReview  LimitReason = "review"           // as the lender assesses the account anew
	LimitByRequest LimitReason = "customer_request" // the customer asked for it
	LimitByIncome  LimitReason = "income_changed"
	LimitByRisk    LimitReason = "risk"
	LimitByDisuse  LimitReason = "not_used"
	LimitByLaw     LimitReason = "legal_maximum"
)

// LimitReasons lists them all.
var LimitReasons = []LimitReason{LimitByReview, LimitByRequest, LimitByIncome, LimitByRisk, LimitByDisuse, LimitByLaw}

// LimitIncreaseDocument is the name under which a customer consents to a higher limit.
const LimitIncreaseDocument = "limit_increase"

// LimitChanged (调额) says what the permanent limit was and is, and for a raise to
// which one the customer agreed.
type LimitChanged struct {
	Before    money.Amount `json:"before"`
	Limit     money.Amount `json:"limit"`
	Reason    LimitReason  `json:"reason"`
	Operator  string       `json:"operator"`
	Agreement *Agreement   `json:"agreement,omitzero"`
}

// LowerLimit is the customer who wants to owe no more than this (调低额度): at once, and
// for good. More again is a raise, which the lender assesses anew.
type LowerLimit struct {
	Limit money.Amount `json:"limit"`
}

// TheCustomersOwn is who changed a limit that no operator did.
const TheCustomersOwn = "customer"

func (LowerLimit) Name() string   { return "lower_limit" }
func (ChangeLimit) Name() string  { return "change_limit" }
func (LimitChanged) Name() string { return "limit.changed" }

func (c ChangeLimit) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	switch {
	case c.Limit < 0 || c.Limit > money.Max:
		return &Error{Kind: InvalidAmount, Field: "limit", Detail: "a limit is a whole number of minor units from 0 to " + money.Max.Format("JPY")}
	case !slices.Contains(LimitReasons, c.Reason):
		return &Error{Kind: UnknownReason, Field: "reason", Detail: "a limit is not changed for a reason of this name"}
	case c.Limit == a.Limit:
		return refuse(Unchanged, "the limit is %s already", a.Limit.Format(a.Terms.Currency))
	}
	e := LimitChanged{Before: a.Limit, Limit: c.Limit, Reason: c.Reason, Operator: c.Operator}
	if c.Limit > a.Limit {
		agreement, err := a.agreedToRaise(c, at)
		if err != nil {
			return err
		}
		e.Agreement = agreement
	}
	emit(e)
	return nil
}

func (c LowerLimit) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.open(); err != nil {
		return err
	}
	switch {
	case c.Limit < 0 || c.Limit > a.Limit:
		return &Error{Kind: InvalidAmount, Field: "limit", Detail: "a customer lowers the limit to something from 0 to the present " + a.Limit.Format(a.Terms.Currency)}
	case c.Limit == a.Limit:
		return refuse(Unchanged, "the limit is %s already", a.Limit.Format(a.Terms.Currency))
	}
	emit(LimitChanged{Before: a.Limit, Limit: c.Limit, Reason: LimitByRequest, Operator: TheCustomersOwn})
	return nil
}

func (a *Account) agreedToRaise(c ChangeLimit, at Moment) (*Agreement, error) {
	text, err := a.LimitIncrease(c.Limit)
	if err != nil {
		return nil, err
	}
	if c.Consent == nil {
		return nil, &Error{Kind: ConsentIncomplete, Field: "consent", Detail: "a limit is raised with the customer's consent to " + text.Name + ", and never unasked"}
	}
	if err := checkConsent(*c.Consent, a.Customer, text, a.Terms.reading(), at); err != nil {
		return nil, err
	}
	agreement := c.Consent.Kept(text)
	return &agreement, nil
}

// LimitIncrease is what a customer agrees to for their limit to be raised to a sum.
// Its hash seals the account, both limits and how often the limit was changed
// before: one act of consent raises a limit once.
func (a *Account) LimitIncrease(limit money.Amount) (Document, error) {
	if a.Status != Active {
		return Document{}, refuse(AccountNotOpen, "the account is %s", a.Status)
	}
	if limit <= a.Limit || limit > money.Max {
		return Document{}, &Error{Kind: InvalidAmount, Field: "limit", Detail: "a raise is above the present limit of " + a.Limit.Format(a.Terms.Currency)}
	}
	if err := a.Terms.allows("limit", limit, a.temporary()); err != nil {
		return Document{}, err
	}
	b := append([]byte(a.ID), 0)
	b = append(append(b, a.Terms.Programme...), 0)
	for _, v := range []int64{int64(a.Terms.Version), int64(a.LimitChanges), int64(a.Limit), int64(limit)} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	sum := sha256.Sum256(b)
	return Document{Name: LimitIncreaseDocument, Version: a.Terms.Version, Hash: "lt_" + crockford.EncodeToString(sum[:17])[:26]}, nil
}

// allows refuses limits that together are above the contract's legal or own maximum.
func (t *Terms) allows(field string, limit, temporary money.Amount) error {
	most := money.Max
	if t.LimitCap > 0 {
		most = t.LimitCap
	}
	if limit > most-temporary {
		return &Error{Kind: LimitAboveCap, Field: field, Detail: "permanent and temporary limit together may be " + most.Format(t.Currency) + " at most"}
	}
	return nil
}

// open refuses commands that need an account that is opened and not closed.
func (a *Account) open() error {
	if err := a.opened(); err != nil {
		return err
	}
	if a.Status.Over() {
		return refuse(AccountNotOpen, "the account is closed")
	}
	return nil
}

func (e LimitChanged) apply(a *Account, _ calendar.Date) {
	a.Limit = e.Limit
	a.LimitChanges++
}
