package credit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// OpenDispute contests a purchase, or a part of it (争议). From that day on the contested
// amount is out of billing, overdue and penalty, until somebody settles it. Penalty that grew
// until then stays owed. It works whatever the state of the account, also after
// it was closed: then nothing is owed any more, and it is only about money that may come back.
type OpenDispute struct {
	Purchase int64         `json:"purchase"`
	Amount   money.Amount  `json:"amount"`
	Reason   DisputeReason `json:"reason"`
}

// SettleDispute is the decision of the lender's people. For the customer it is a refund of
// what is still contested; for the merchant that is billed again, on the next statement,
// with no penalty for the time between.
type SettleDispute struct {
	Dispute     int64  `json:"dispute"`
	ForCustomer bool   `json:"for_customer"`
	Reviewer    string `json:"reviewer"`
}

// WithdrawDispute is the customer giving a dispute up: it ends as one for the merchant.
type WithdrawDispute struct {
	Dispute int64 `json:"dispute"`
}

// DisputeReason says what a customer contests a purchase for.
type DisputeReason string

// The reasons for a dispute.
const (
	NotReceived    DisputeReason = "not_received"     // 未收到货
	NotAsDescribed DisputeReason = "not_as_described" // 货不对板
	NotRecognised  DisputeReason = "not_recognised"   // 非本人消费
	ChargedTwice   DisputeReason = "charged_twice"    // 重复扣款
	WrongAmount    DisputeReason = "wrong_amount"     // 金额不符
	RefundNotCome  DisputeReason = "refund_not_come"  // 退款未到账
	SomethingElse  DisputeReason = "something_else"   // 其他
)

// DisputeReasons lists them all.
var DisputeReasons = []DisputeReason{NotReceived, NotAsDescribed, NotRecognised, ChargedTwice, WrongAmount, RefundNotCome, SomethingElse}

// DisputeOutcome says how a dispute ended.
type DisputeOutcome string

// The ends of a dispute.
const (
	ForCustomer DisputeOutcome = "for_customer" // refunded by decision
	ForMerchant DisputeOutcome = "for_merchant" // billed again by decision
	Withdrawn   DisputeOutcome = "withdrawn"    // billed again, the customer gave it up
	Refunded    DisputeOutcome = "refunded"     // the merchant gave all of it back before anybody decided
)

// Dispute (争议) is a contested amount of a purchase that nobody has settled yet.
type Dispute struct {
	Number   int64         `json:"n"`
	Purchase int64         `json:"purchase"`
	On       calendar.Date `json:"on"`
	Reason   DisputeReason `json:"reason"`
	Amount   money.Amount  `json:"amount"`          // contested: refunds make it less
	Paid     money.Amount  `json:"paid,omitzero"`   // of it the customer has paid this …
	Parts    []Instalment  `json:"parts,omitempty"` // … and this was taken out of the instalments, with its cost
}

// DisputeOpened says what was contested, and where that was taken out.
type DisputeOpened struct {
	Number     int64         `json:"n"`
	Purchase   int64         `json:"purchase"`
	Amount     money.Amount  `json:"amount"`
	Reason     DisputeReason `json:"reason"`
	Paid       money.Amount  `json:"paid,omitzero"`
	Parts      []Instalment  `json:"parts,omitempty"`
	ChargedOff bool          `json:"charged_off,omitzero"` // the books gave the purchase up before
}

// DisputeSettled says how a dispute ended: by which refund, or what of it is owed again, back in
// its own instalment or as a new, late one.
type DisputeSettled struct {
	Dispute    int64          `json:"dispute"`
	Purchase   int64          `json:"purchase"`
	Outcome    DisputeOutcome `json:"outcome"`
	Reviewer   string         `json:"reviewer,omitzero"`
	Refund     int64          `json:"refund,omitzero"`
	Restored   []Instalment   `json:"restored,omitempty"`
	Late       []Instalment   `json:"late,omitempty"`
	ChargedOff bool           `json:"charged_off,omitzero"` // the books gave the purchase up before
}

func (OpenDispute) Name() string     { return "open_dispute" }
func (SettleDispute) Name() string   { return "settle_dispute" }
func (WithdrawDispute) Name() string { return "withdraw_dispute" }
func (DisputeOpened) Name() string   { return "dispute.opened" }
func (DisputeSettled) Name() string  { return "dispute.settled" }

func (c OpenDispute) do(a *Account, at Moment, emit func(Event)) error {
	p, bought, err := a.bought(c.Purchase)
	if err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if left := bought.Amount - bought.Refunded - a.contested(c.Purchase); c.Amount > left {
		return &Error{Kind: DisputeTooLarge, Field: "amount", Detail: "more than the " + left.Format(a.Terms.Currency) + " that is neither refunded nor contested"}
	}
	if !slices.Contains(DisputeReasons, c.Reason) {
		return &Error{Kind: UnknownReason, Field: "reason", Detail: "not one of the reasons for a dispute"}
	}
	e := DisputeOpened{Purchase: c.Purchase, Amount: c.Amount, Reason: c.Reason, Paid: c.Amount, ChargedOff: a.offBooks(c.Purchase, 0)}
	if p != nil {
		for _, cut := range p.cuts(p.Instalments, c.Amount) {
			part := *p.instalment(cut.Instalment)
			part.Principal, part.Interest, part.Fee, part.Borne = cut.Principal, cut.Interest, cut.Fee, cut.Borne
			e.Parts = append(e.Parts, part)
			e.Paid -= cut.Principal
		}
	}
	a.chargePenalties(at.Day, emit)
	e.Number = a.number()
	a.settling(emit, func() { emit(e) })
	return nil
}

func (c SettleDispute) do(a *Account, at Moment, emit func(Event)) error {
	d, err := a.openDispute(c.Dispute)
	if err != nil {
		return err
	}
	if !c.ForCustomer {
		emit(a.lost(d, at.Day, ForMerchant, c.Reviewer))
		return nil
	}
	refund, _ := a.refund(d.Purchase, d.Amount, d.Number) // it is there: the dispute is about it
	a.chargePenalties(at.Day, emit)
	refund.Number = a.number()
	emit(refund)
	emit(DisputeSettled{Dispute: c.Dispute, Purchase: refund.Purchase, Outcome: ForCustomer, Reviewer: c.Reviewer, Refund: refund.Number})
	a.useCredit(at.Day, emit)
	return nil
}

func (c WithdrawDispute) do(a *Account, at Moment, emit func(Event)) error {
	d, err := a.openDispute(c.Dispute)
	if err != nil {
		return err
	}
	emit(a.lost(d, at.Day, Withdrawn, ""))
	return nil
}

// What is contested, and how that ends, follows from what was owed and paid then.
func (c OpenDispute) again(a *Account, f Fact, emit func(Event)) error   { return c.do(a, f.At, emit) }
func (c SettleDispute) again(a *Account, f Fact, emit func(Event)) error { return c.do(a, f.At, emit) }
func (c WithdrawDispute) again(a *Account, f Fact, emit func(Event)) error {
	return c.do(a, f.At, emit)
}

// disputesIn lists what facts tell of disputes.
func disputesIn(facts []Fact) (list []Event) {
	for _, f := range facts {
		for _, e := range f.Events {
			switch e.(type) {
			case DisputeOpened, DisputeSettled:
				list = append(list, e)
			}
		}
	}
	return list
}

// openDispute finds a dispute. A number that was given out, but is not open, was settled.
func (a *Account) openDispute(number int64) (*Dispute, error) {
	if err := a.opened(); err != nil {
		return nil, err
	}
	for i := range a.Disputes {
		if a.Disputes[i].Number == number {
			return &a.Disputes[i], nil
		}
	}
	if a.given(number) {
		return nil, refuse(DisputeNotOpen, "it was settled or withdrawn")
	}
	return nil, refuse(NotFound, "there is no such dispute")
}

// lost ends a dispute that did not turn out for the customer. They owe what they agreed to, as
// if it had never been opened, but later and without penalty: what was billed before, or would
// have been in the meantime, comes on the next statement, with the cost that was not billed; the
// rest goes back to where it stood. An instalment stands on one statement in its lifetime, so
// what comes late gets a number of its own, and keeps the price of the one it is of.
func (a *Account) lost(d *Dispute, day calendar.Date, outcome DisputeOutcome, reviewer string) DisputeSettled {
	e := DisputeSettled{Dispute: d.Number, Purchase: d.Purchase, Outcome: outcome, Reviewer: reviewer, ChargedOff: a.offBooks(d.Purchase, 0)}
	p := a.purchase(d.Purchase)
	var idle []Borne // what only others bear would stand on no statement of its own: they bear it with the rest
	for _, part := range d.Parts {
		late := part.Statement != 0 || part.On <= day
		switch {
		case part.owed() == 0 && (late || p.instalment(part.Number) == nil):
			idle = append(idle, part.Borne...)
		case late:
			part.Of, part.Number = part.period(), p.last()+1+len(e.Late)
			part.Statement, part.On = 0, calendar.NextOnDay(day, a.Terms.StatementDay)
			e.Late = append(e.Late, part)
		default:
			e.Restored = append(e.Restored, part)
		}
	}
	for _, list := range [][]Instalment{e.Restored, e.Late} {
		for i := range list {
			if in := &list[i]; in.Principal > 0 && len(idle) > 0 {
				in.Borne, idle = sumBorne(in.Borne, idle, 1), nil
			}
		}
	}
	return e
}

// contested is what open disputes contest of a purchase.
func (a *Account) contested(purchase int64) (sum money.Amount) {
	for i := range a.Disputes {
		if a.Disputes[i].Purchase == purchase {
			sum += a.Disputes[i].Amount
		}
	}
	return sum
}

// Contested is what open disputes contest, paid before or not.
func (a *Account) Contested() (sum money.Amount) {
	for i := range a.Disputes {
		sum += a.Disputes[i].Amount
	}
	return sum
}

// principal is the contested principal that is not paid. It still uses the limit.
func (d *Dispute) principal() (sum money.Amount) {
	for i := range d.Parts {
		sum += d.Parts[i].Principal
	}
	return sum
}

// concede takes what a refund gives off what is contested. Its cuts say what of
// that was not paid; the rest was.
func (d *Dispute) concede(amount money.Amount, cuts []Cut) {
	d.Amount -= amount
	d.Paid -= amount
	for _, cut := range cuts {
		if cut.Dispute == d.Number {
			d.Paid += cut.Principal
			take(d.Parts, cut)
		}
	}
	d.Parts = slices.DeleteFunc(d.Parts, func(in Instalment) bool { return in.owed() == 0 && len(in.Borne) == 0 })
}

// restore puts back what a dispute took out, and adds what comes late.
func (p *Purchase) restore(restored, late []Instalment) {
	for _, part := range restored {
		if in := p.instalment(part.Number); in != nil {
			in.Principal += part.Principal
			in.Interest += part.Interest
			in.Fee += part.Fee
			in.Borne = sumBorne(in.Borne, part.Borne, 1)
			continue
		}
		p.Instalments = append(p.Instalments, part)
	}
	for _, part := range late {
		p.Instalments = append(p.Instalments, part)
		p.Last = part.Number
	}
	// Instalments stand in the order of their statements.
	slices.SortFunc(p.Instalments, func(a, b Instalment) int { return cmp.Or(int(a.On-b.On), a.Number-b.Number) })
}

// last is the highest number that an instalment of the purchase ever had.
func (p *Purchase) last() int { return max(p.Last, p.Plan.Periods) }

func (p *Purchase) instalment(number int) *Instalment {
	i := slices.IndexFunc(p.Instalments, func(in Instalment) bool { return in.Number == number })
	if i < 0 {
		return nil
	}
	return &p.Instalments[i]
}

func (e DisputeOpened) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.accrue(on)
	a.Disputes = append(a.Disputes, Dispute{
		Number: e.Number, Purchase: e.Purchase, On: on, Reason: e.Reason, Amount: e.Amount, Paid: e.Paid, Parts: slices.Clone(e.Parts),
	})
	if p := a.purchase(e.Purchase); p != nil {
		for _, part := range e.Parts {
			take(p.Instalments, Cut{Instalment: part.Number, Principal: part.Principal, Interest: part.Interest, Fee: part.Fee, Borne: part.Borne})
		}
	}
	a.tidy()
}

func (e DisputeSettled) apply(a *Account, _ calendar.Date) {
	a.Disputes = slices.DeleteFunc(a.Disputes, func(d Dispute) bool { return d.Number == e.Dispute })
	if p := a.purchase(e.Purchase); p != nil {
		p.restore(e.Restored, e.Late)
	}
	a.tidy()
}

// checkDisputes says which invariant of the open disputes does not hold.
func (a *Account) checkDisputes() error {
	for i := range a.Disputes {
		d := &a.Disputes[i]
		p, bought, err := a.bought(d.Purchase)
		switch {
		case err != nil:
			return fmt.Errorf("dispute %d: %w", d.Number, err)
		case d.Amount <= 0 || d.Paid < 0 || d.Paid+d.principal() != d.Amount:
			return fmt.Errorf("dispute %d of %d has %d paid and %d of principal", d.Number, d.Amount, d.Paid, d.principal())
		case len(d.Parts) > 0 && p == nil:
			return fmt.Errorf("dispute %d is about instalments of purchase %d, which has none", d.Number, d.Purchase)
		case bought.Refunded+a.contested(d.Purchase) > bought.Amount:
			return fmt.Errorf("purchase %d of %d is refunded by %d and contested by %d", d.Purchase, bought.Amount, bought.Refunded, a.contested(d.Purchase))
		}
		for _, part := range d.Parts {
			if part.Principal < 0 || part.Interest < 0 || part.Fee < 0 {
				return fmt.Errorf("dispute %d has instalment %d with a negative part", d.Number, part.Number)
			}
		}
	}
	return nil
}
