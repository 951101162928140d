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

// Cut (冲减) is what a refund takes off one instalment, or off what a dispute had taken out of
// it, and what that leaves of it. The bearers of a subsidy get their Borne back.
type Cut struct {
	Dispute       int64        `json:"dispute,omitzero"` // the dispute that had taken it out
	Instalment    int          `json:"k"`
	Statement     int64        `json:"statement,omitzero"` // where it was billed already
	Principal     money.Amount `json:"principal"`
	Interest      money.Amount `json:"interest,omitzero"`
	Fee           money.Amount `json:"fee,omitzero"`
	Borne         []Borne      `json:"borne,omitempty"`
	ChargedOff    bool         `json:"charged_off,omitzero"` // it was off the books: less of a loss
	Funders       []FunderPart `json:"funders,omitempty"`    // whose claim falls
	PrincipalLeft money.Amount `json:"principal_left,omitzero"`
	InterestLeft  money.Amount `json:"interest_left,omitzero"`
	FeeLeft       money.Amount `json:"fee_left,omitzero"`
}

// Conceded is how much of a contested amount a refund gives: the dispute is about so much less.
type Conceded struct {
	Dispute int64        `json:"dispute"`
	Amount  money.Amount `json:"amount"`
}

// PurchaseRefunded says what a refund took off the debt, and what the customer gets.
type PurchaseRefunded struct {
	Number   int64        `json:"n"`
	Purchase int64        `json:"purchase"`
	Amount   money.Amount `json:"amount"`
	Merchant string       `json:"merchant"`
	Cuts     []Cut        `json:"cuts,omitempty"`
	Credit   money.Amount `json:"credit,omitzero"` // was paid already: to the credit balance
	Conceded []Conceded   `json:"conceded,omitempty"`
}

func (Refund) Name() string           { return "refund" }
func (PurchaseRefunded) Name() string { return "purchase.refunded" }

func (c Refund) do(a *Account, at Moment, emit func(Event)) error {
	_, bought, err := a.bought(c.Purchase)
	if err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if left := bought.Amount - bought.Refunded; c.Amount > left {
		return &Error{Kind: RefundTooLarge, Field: "amount", Detail: "more than the " + left.Format(a.Terms.Currency) + " that was captured and not refunded"}
	}
	e, over := a.refund(c.Purchase, c.Amount, 0)
	a.chargePenalties(at.Day, emit)
	e.Number = a.number()
	a.settling(emit, func() {
		emit(e)
		for _, dispute := range over {
			emit(DisputeSettled{Dispute: dispute, Purchase: c.Purchase, Outcome: Refunded, Refund: e.Number})
		}
	})
	// Whoever has money here is not asked for money: what goes back pays what is
	// billed, the oldest first, and only the rest stays a credit balance.
	a.useCredit(at.Day, emit)
	return nil
}

// bought is what refunds and disputes have to know of a purchase; p is nil if nothing
// is owed for it and nothing is contested that was owed.
func (a *Account) bought(number int64) (p *Purchase, bought Settled, err error) {
	if err := a.opened(); err != nil {
		return nil, Settled{}, err
	}
	if p := a.purchase(number); p != nil {
		if p.Plan.ID == RestitutionPlan {
			return nil, Settled{}, refuse(NotFound, "nothing was bought: it is credit balance that has to come back")
		}
		return p, Settled{Number: p.Number, Amount: p.Amount, Refunded: p.Refunded, Merchant: p.Merchant}, nil
	}
	if s := a.settled(number); s != nil && s.Merchant != "" { // nobody sold a restitution
		return nil, *s, nil
	}
	return nil, Settled{}, refuse(NotFound, "there is no such purchase")
}

// refund says where an amount that is given back comes from: what is contested first,
// the oldest dispute first, or only from the one dispute that is settled by it, so that
// a refund and a won dispute never pay twice. The disputes that it ends are over.
func (a *Account) refund(purchase int64, amount money.Amount, dispute int64) (e PurchaseRefunded, over []int64) {
	p, bought, _ := a.bought(purchase)
	e = PurchaseRefunded{Purchase: purchase, Amount: amount, Merchant: bought.Merchant, Credit: amount}
	for i := range a.Disputes {
		d := &a.Disputes[i]
		given := min(amount, d.Amount)
		if d.Purchase != purchase || dispute != 0 && d.Number != dispute || given == 0 {
			continue
		}
		amount -= given
		e.Conceded = append(e.Conceded, Conceded{Dispute: d.Number, Amount: given})
		if given == d.Amount {
			over = append(over, d.Number)
		}
		if p != nil {
			for _, cut := range p.cuts(d.Parts, given) {
				cut.Dispute = d.Number
				e.Cuts = append(e.Cuts, cut)
			}
		}
	}
	if p != nil && amount > 0 {
		e.Cuts = append(e.Cuts, p.cuts(p.Instalments, amount)...)
	}
	(&claims{a: a}).cut(purchase, e.Cuts)
	for _, cut := range e.Cuts {
		e.Credit -= cut.Principal
	}
	return e, over
}

func (a *Account) settled(number int64) *Settled {
	i := slices.IndexFunc(a.Settled, func(s Settled) bool { return s.Number == number })
	if i < 0 {
		return nil
	}
	return &a.Settled[i]
}

// cuts takes amount off the principal of instalments, last instalment first,
// and with it the cost of instalments not yet billed that it makes undue: a flat
// fee follows its instalment's principal, interest is worked out again on what
// is left. Cost that was billed was due, and stays.
func (p *Purchase) cuts(instalments []Instalment, amount money.Amount) []Cut {
	after := slices.Clone(instalments)
	for i := len(after) - 1; i >= 0; i-- {
		off := min(amount, after[i].Principal)
		after[i].Principal -= off
		amount -= off
	}
	p.reprice(after)
	var cuts []Cut
	for i, before := range instalments {
		cut := Cut{
			Instalment: before.Number, Statement: before.Statement,
			Principal: before.Principal - after[i].Principal,
			Interest:  before.Interest - after[i].Interest,
			Fee:       before.Fee - after[i].Fee,
			Borne:     lessBorne(before.Borne, after[i].Borne),

			PrincipalLeft: after[i].Principal, InterestLeft: after[i].Interest, FeeLeft: after[i].Fee,
		}
		if cut.Principal != 0 || cut.Interest != 0 || cut.Fee != 0 || len(cut.Borne) > 0 {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}

// reprice works out the cost of unbilled instalments from the principal that they
// have left, each by the plan and the amount that it was agreed by: the purchase's
// own, or those of the conversion that it comes from. What a lost dispute billed late is
// priced as the instalment it is of.
func (p *Purchase) reprice(instalments []Instalment) {
	p.Plan.reprice(p.Amount, instalments, 1)
	for _, c := range p.Conversions {
		c.Plan.reprice(c.Amount, instalments, c.First)
	}
}

// reprice works out the cost of the unbilled among the plan's instalments, numbered
// from first on. One that never had any principal (7 fen in 12) has no fee once something is refunded.
func (p Plan) reprice(amount money.Amount, instalments []Instalment, first int) {
	if p.Rate == 0 {
		return
	}
	agreed := amount.Split(p.Periods)
	own := func(in *Instalment) bool {
		return in.Statement == 0 && in.period() >= first && in.period() < first+p.Periods
	}
	for i := range instalments {
		in := &instalments[i]
		if !own(in) {
			continue
		}
		cost := money.Amount(0)
		if p.Kind == Annuity {
			left := money.Amount(0)
			for k := range instalments {
				if other := &instalments[k]; own(other) && other.period() >= in.period() {
					left += other.Principal
				}
			}
			cost = left.MulDiv(int64(p.Rate), int64(Whole)*12)
		} else if principal := agreed[in.period()-first]; principal > 0 {
			cost = p.Rate.Of(amount).MulDiv(int64(in.Principal), int64(principal))
		}
		p.lower(in, cost)
	}
}

// lower brings an instalment's cost down, and with it what the customer and each
// bearer of a subsidy have of it. Nobody's part rises, however it rounds: what one
// has no room for falls to the first bearer who has, and at last to the customer.
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
	customer += min(rest, own-customer) // what a dispute took out need not be divided as a whole cost is
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
	for _, c := range e.Conceded {
		for i := range a.Disputes {
			if d := &a.Disputes[i]; d.Number == c.Dispute {
				d.concede(c.Amount, e.Cuts)
			}
		}
	}
	p := a.purchase(e.Purchase)
	if p == nil {
		s := a.settled(e.Purchase)
		s.Refunded += e.Amount
		a.unspend(s.Ordered, e.Amount)
		return
	}
	p.Refunded += e.Amount
	a.unspend(p.Ordered, e.Amount)
	for _, cut := range e.Cuts {
		p.paidBack(cut.Funders)
		if cut.Dispute == 0 {
			take(p.Instalments, cut)
		}
	}
	a.tidy()
}

// take takes a cut off its instalment.
func take(instalments []Instalment, cut Cut) {
	for i := range instalments {
		if in := &instalments[i]; in.Number == cut.Instalment {
			in.Principal -= cut.Principal
			in.Interest -= cut.Interest
			in.Fee -= cut.Fee
			in.Borne = lessBorne(in.Borne, cut.Borne)
		}
	}
}
