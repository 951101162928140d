package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Refund gives money for a purchase back (退款): what is still owed for it shrinks
// from the last instalment backwards; what was paid already is the customer's:
// it pays what else is billed, or is a credit balance. Penalty that grew until then
// stays owed, as the money was late until then. It works whatever the state of the account.
type Refund struct {
	Purchase int64        `json:"purchase"`
	Amount   money.Amount `json:"amount"`
}

// Cut is what a refund takes off one instalment.
type Cut struct {
	Instalment int          `json:"k"`
	Statement  int64        `json:"statement,omitzero"` // where it was billed already
	Principal  money.Amount `json:"principal"`
	Interest   money.Amount `json:"interest,omitzero"`
	Fee        money.Amount `json:"fee,omitzero"`
	Borne      []Borne      `json:"borne,omitempty"`
	Funders    []FunderPart `json:"funders,omitempty"` // whose claim falls
}

// PurchaseRefunded says what a refund took off the debt, and what the customer gets.
type PurchaseRefunded struct {
	Number   int64        `json:"n"`
	Purchase int64        `json:"purchase"`
	Amount   money.Amount `json:"amount"`
	Merchant string       `json:"merchant"`
	Cuts     []Cut        `json:"cuts,omitempty"`
	Credit   money.Amount `json:"credit,omitzero"` // was paid already: to the credit balance
}

func (Refund) Name() string           { return "refund" }
func (PurchaseRefunded) Name() string { return "purchase.refunded" }

func (c Refund) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	e := PurchaseRefunded{Purchase: c.Purchase, Amount: c.Amount, Credit: c.Amount}
	if p := a.purchase(c.Purchase); p != nil {
		if err := a.refundable(c.Amount, p.Amount-p.Refunded); err != nil {
			return err
		}
		e.Merchant = p.Merchant
		e.Cuts = p.cuts(c.Amount)
		(&claims{a: a}).cut(p.Number, e.Cuts)
		for _, cut := range e.Cuts {
			e.Credit -= cut.Principal
		}
	} else if s := a.settled(c.Purchase); s != nil {
		if err := a.refundable(c.Amount, s.Amount-s.Refunded); err != nil {
			return err
		}
		e.Merchant = s.Merchant
	} else {
		return refuse(NotFound, "there is no such purchase")
	}

	a.chargePenalties(at.Day, emit)
	e.Number = a.number()
	a.settling(emit, func() { emit(e) })
	// Whoever has money here is not asked for money: what goes back pays what is
	// billed, the oldest first, and only the rest stays a credit balance.
	a.useCredit(at.Day, emit)
	return nil
}

func (a *Account) refundable(amount, left money.Amount) error {
	if amount > left {
		return &Error{Kind: RefundTooLarge, Field: "amount", Detail: "more than the " + left.Format(a.Terms.Currency) + " that was captured and not refunded"}
	}
	return nil
}

func (a *Account) settled(number int64) *Settled {
	i := slices.IndexFunc(a.Settled, func(s Settled) bool { return s.Number == number })
	if i < 0 {
		return nil
	}
	return &a.Settled[i]
}

// cuts takes amount off the principal that is still owed, last instalment first,
// and with it the cost of instalments not yet billed that it makes undue: a flat
// fee follows its instalment's principal, interest is worked out again on what
// is left. Cost that was billed was due, and stays.
func (p *Purchase) cuts(amount money.Amount) []Cut {
	after := slices.Clone(p.Instalments)
	for i := len(after) - 1; i >= 0; i-- {
		off := min(amount, after[i].Principal)
		after[i].Principal -= off
		amount -= off
	}
	p.reprice(after)
	var cuts []Cut
	for i, before := range p.Instalments {
		cut := Cut{
			Instalment: before.Number, Statement: before.Statement,
			Principal: before.Principal - after[i].Principal,
			Interest:  before.Interest - after[i].Interest,
			Fee:       before.Fee - after[i].Fee,
			Borne:     lessBorne(before.Borne, after[i].Borne),
		}
		if cut.Principal != 0 || cut.Interest != 0 || cut.Fee != 0 || len(cut.Borne) > 0 {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}

// reprice works out the cost of unbilled instalments from the principal that they
// have left. One that never had any (7 fen in 12) has no fee once something is refunded.
func (p *Purchase) reprice(instalments []Instalment) {
	if p.Plan.Rate == 0 {
		return
	}
	agreed := p.Amount.Split(p.Plan.Periods)
	left := money.Amount(0)
	for _, in := range instalments {
		if in.Statement == 0 {
			left += in.Principal
		}
	}
	for i := range instalments {
		in := &instalments[i]
		if in.Statement != 0 {
			continue
		}
		cost := money.Amount(0)
		if p.Plan.Kind == Annuity {
			cost = left.MulDiv(int64(p.Plan.Rate), int64(Whole)*12)
		} else if principal := agreed[in.Number-1]; principal > 0 {
			cost = p.Plan.Rate.Of(p.Amount).MulDiv(int64(in.Principal), int64(principal))
		}
		left -= in.Principal
		p.Plan.lower(in, cost)
	}
}

// lower brings an instalment's cost down, and with it what the customer and each
// bearer of a subsidy have of it. Nobody's part rises, however it rounds: what one
// has no room for falls to the first bearer who has. There is one, since what the
// bearers have together only falls.
func (p Plan) lower(in *Instalment, cost money.Amount) {
	own := in.Interest + in.Fee
	room, most := own, slices.Clone(in.Borne)
	for _, b := range most {
		room += b.Amount
	}
	customer, borne := p.split(min(cost, room))
	rest := max(0, customer-own)
	customer -= rest
	for i := range borne {
		if over := borne[i].Amount - borneBy(most, borne[i].Bearer); over > 0 {
			borne[i].Amount -= over
			rest += over
		}
	}
	for i := range borne {
		more := min(rest, borneBy(most, borne[i].Bearer)-borne[i].Amount)
		borne[i].Amount += more
		rest -= more
	}
	if p.Kind == Annuity {
		in.Interest = customer
	} else {
		in.Fee = customer
	}
	in.Borne = slices.DeleteFunc(borne, func(b Borne) bool { return b.Amount == 0 })
	if in.owed() == 0 {
		in.Borne = nil // see Part.drop
	}
}

func borneBy(list []Borne, bearer Bearer) money.Amount {
	for _, b := range list {
		if b.Bearer == bearer {
			return b.Amount
		}
	}
	return 0
}

func lessBorne(before, after []Borne) (less []Borne) {
	for _, b := range before {
		if b.Amount -= borneBy(after, b.Bearer); b.Amount > 0 {
			less = append(less, b)
		}
	}
	return less
}

func (e PurchaseRefunded) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.accrue(on)
	a.Credit += e.Credit
	p := a.purchase(e.Purchase)
	if p == nil {
		a.settled(e.Purchase).Refunded += e.Amount
		return
	}
	p.Refunded += e.Amount
	for _, cut := range e.Cuts {
		p.paidBack(cut.Funders)
		for i := range p.Instalments {
			if in := &p.Instalments[i]; in.Number == cut.Instalment {
				in.Principal -= cut.Principal
				in.Interest -= cut.Interest
				in.Fee -= cut.Fee
				in.Borne = lessBorne(in.Borne, cut.Borne)
			}
		}
	}
	a.tidy()
}
