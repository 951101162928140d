package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Capture turns a hold, or part of it, into a purchase that is owed (确认扣款). A
// final capture gives back what is left of the hold.
type Capture struct {
	Hold   int64        `json:"hold"`
	Amount money.Amount `json:"amount"`
	Final  bool         `json:"final,omitzero"`
}

// Void gives an uncaptured hold, or what is left of it, back to the limit.
type Void struct {
	Hold int64 `json:"hold"`
}

// PurchaseCaptured (消费) says that a purchase is owed, by which instalments.
type PurchaseCaptured struct {
	Number   int64        `json:"n"`
	Hold     int64        `json:"hold"`
	Amount   money.Amount `json:"amount"`
	Released money.Amount `json:"released,omitzero"` // what a final capture gave back to the limit
	Resolved bool         `json:"resolved"`          // the hold is gone
	Scene    string       `json:"scene"`
	Merchant string       `json:"merchant"`
	Plan     Plan         `json:"plan"`
	Parts    []Part       `json:"parts"`
	Funding  []Funded     `json:"funding,omitempty"` // whose money it is
}

// HoldVoided says that the platform gave a hold up.
type HoldVoided struct {
	Hold   int64        `json:"hold"`
	Amount money.Amount `json:"amount"`
}

// HoldExpired says that nobody captured a hold in time.
type HoldExpired struct {
	Hold   int64        `json:"hold"`
	Amount money.Amount `json:"amount"`
}

func (Capture) Name() string          { return "capture" }
func (Void) Name() string             { return "void" }
func (PurchaseCaptured) Name() string { return "purchase.captured" }
func (HoldVoided) Name() string       { return "authorisation.voided" }
func (HoldExpired) Name() string      { return "authorisation.expired" }

func (c Capture) do(a *Account, at Moment, emit func(Event)) error {
	h, err := a.openHold(c.Hold)
	if err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if c.Amount > h.Amount {
		return &Error{Kind: CaptureTooLarge, Field: "amount", Detail: "more than the " + h.Amount.Format(a.Terms.Currency) + " that is held"}
	}
	terms := a.TermsOf(h.Number) // as it was quoted, also if the agreement was renewed since
	plan, _ := terms.Plan(h.Plan)
	e := PurchaseCaptured{
		Number: a.number(), Hold: h.Number, Amount: c.Amount, Scene: h.Scene, Merchant: h.Merchant, Plan: plan,
		Parts:   a.OwnTerms().Schedule(plan, c.Amount, at.Day),
		Funding: terms.Routing()[h.Route].fund(c.Amount),
	}
	if c.Final || c.Amount == h.Amount {
		e.Resolved, e.Released = true, h.Amount-c.Amount
	}
	emit(e)
	return nil
}

func (c Void) do(a *Account, _ Moment, emit func(Event)) error {
	h, err := a.openHold(c.Hold)
	if err != nil {
		return err
	}
	emit(HoldVoided{Hold: h.Number, Amount: h.Amount})
	return nil
}

// openHold finds a hold. A number that was given out, but is not open, was
// resolved for good: the account needs no memory of it to say so.
func (a *Account) openHold(number int64) (*Hold, error) {
	if err := a.opened(); err != nil {
		return nil, err
	}
	if h := a.hold(number); h != nil {
		return h, nil
	}
	if a.given(number) {
		return nil, refuse(HoldNotOpen, "it was declined, captured whole, voided or expired")
	}
	return nil, refuse(NotFound, "there is no such authorisation")
}

func (a *Account) releaseHold(number int64) {
	a.Holds = slices.DeleteFunc(a.Holds, func(h Hold) bool { return h.Number == number })
}

func (e PurchaseCaptured) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	h := a.hold(e.Hold)
	a.unspend(h.On, e.Released)
	p := Purchase{Number: e.Number, Amount: e.Amount, On: on, Scene: e.Scene, Merchant: e.Merchant, Ordered: h.On, Plan: e.Plan, Funding: slices.Clone(e.Funding)}
	p.Instalments = instalments(1, e.Parts)
	a.Purchases = append(a.Purchases, p)
	if e.Resolved {
		a.releaseHold(e.Hold)
	} else {
		h.Amount -= e.Amount
	}
}

// instalments are parts with numbers from first on, without those that ask for nothing.
func instalments(first int, parts []Part) []Instalment {
	list := make([]Instalment, 0, len(parts))
	for i, part := range parts {
		if part.Sum() > 0 {
			list = append(list, Instalment{
				Number: first + i, On: part.On, Principal: part.Principal, Interest: part.Interest, Fee: part.Fee, Borne: part.Borne,
			})
		}
	}
	return list
}

func (e HoldVoided) apply(a *Account, _ calendar.Date)  { a.giveBack(e.Hold) }
func (e HoldExpired) apply(a *Account, _ calendar.Date) { a.giveBack(e.Hold) }

// giveBack ends a hold with all that is left of it.
func (a *Account) giveBack(number int64) {
	h := a.hold(number)
	a.unspend(h.On, h.Amount)
	a.releaseHold(number)
}
