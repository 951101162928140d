package credit

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/yuefu/yuefu/calendar"
)

// SetAutopay gives a standing instruction (自动扣款): what a statement asks for is debited
// from a source on its due date. It replaces the one that there is. Consent names
// what was shown: see AutopayText.
type SetAutopay struct {
	Source  string  `json:"source"` // the payment service's name of the customer's card or account; no card number
	Consent Consent `json:"consent"`
}

// CancelAutopay ends the standing instruction. A debit that was requested already
// is on its way: its result still comes.
type CancelAutopay struct{}

// Autopay (自动扣款) is the standing instruction that is in force.
type Autopay struct {
	Number  int64         `json:"n"`
	Source  string        `json:"source"`
	Since   calendar.Date `json:"since"`
	Retries []int         `json:"retries,omitempty"` // as the customer agreed to them, whatever is agreed to later
}

// AutopayInstructed says that the customer wants statements to be debited from a
// source, and to what they agreed.
type AutopayInstructed struct {
	Number    int64     `json:"n"`
	Source    string    `json:"source"`
	Agreement Agreement `json:"agreement"`
}

// AutopayEnded says that an instruction is not in force any more.
type AutopayEnded struct {
	Autopay int64  `json:"autopay"`
	Reason  string `json:"reason"` // one of the AutopayEnded… reasons
}

// Why a standing instruction ended.
const (
	AutopayEndedByCustomer = "customer" // cancelled
	AutopayEndedByNext     = "replaced" // the customer named another source
	AutopayEndedByClosure  = "closure"  // the account was closed
)

func (SetAutopay) Name() string        { return "set_autopay" }
func (CancelAutopay) Name() string     { return "cancel_autopay" }
func (AutopayInstructed) Name() string { return "autopay.instructed" }
func (AutopayEnded) Name() string      { return "autopay.ended" }

// AutopayDocument is the name under which a customer consents to be debited.
const AutopayDocument = "autopay"

// standardRetries are the days after the due date on which a refused debit is tried
// again, unless the contract names others.
var standardRetries = []int{1, 3}

// DebitDays are the days, counted from the due date, on which a statement is
// debited as long as it is unpaid: on it, and again after a refusal.
func (t *Terms) DebitDays() []int { return debitDays(t.AutopayRetries) }

func debitDays(retries []int) []int {
	if len(retries) == 0 {
		retries = standardRetries
	}
	return append([]int{0}, retries...)
}

// AutopayText is what a customer agrees to who wants to be debited from a source.
// It needs no storage: its hash is ap_ and 26 letters of the SHA-256 of everything
// that was shown, which is this account, this source and the days.
func (a *Account) AutopayText(source string) Document {
	b := append(make([]byte, 0, 256), a.ID...)
	b = append(b, a.Terms.Programme...)
	b = append(b, 0)
	b = append(b, source...)
	b = append(b, 0)
	number := func(v int64) { b = binary.BigEndian.AppendUint64(b, uint64(v)) }
	number(int64(a.Terms.Version))
	for _, days := range a.Terms.DebitDays() {
		number(int64(days))
	}
	sum := sha256.Sum256(b)
	return Document{Name: AutopayDocument, Version: a.Terms.Version, Hash: "ap_" + crockford.EncodeToString(sum[:17])[:26]}
}

func (c SetAutopay) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if a.Status != Active {
		return refuse(AccountNotOpen, "only an open account is debited by itself")
	}
	if c.Source == "" {
		return &Error{Kind: ConsentIncomplete, Field: "source", Detail: "an instruction names the source to debit"}
	}
	shown := a.AutopayText(c.Source)
	if err := checkConsent(c.Consent, a.Customer, shown, a.Terms.reading(), at); err != nil {
		return err
	}
	a.endAutopay(AutopayEndedByNext, emit)
	emit(AutopayInstructed{Number: a.number(), Source: c.Source, Agreement: c.Consent.Kept(shown)})
	return nil
}

func (c CancelAutopay) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if a.Autopay == nil {
		return refuse(AutopayMissing, "the account has no standing instruction")
	}
	a.endAutopay(AutopayEndedByCustomer, emit)
	return nil
}

func (a *Account) endAutopay(reason string, emit func(Event)) {
	if a.Autopay != nil {
		emit(AutopayEnded{Autopay: a.Autopay.Number, Reason: reason})
	}
}

func (e AutopayInstructed) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.Autopay = &Autopay{Number: e.Number, Source: e.Source, Since: on, Retries: a.Terms.AutopayRetries}
}

func (e AutopayEnded) apply(a *Account, _ calendar.Date) { a.Autopay = nil }
