package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Checkout asks for a hold.
type Checkout struct {
	Amount   money.Amount
	Foreign  bool // in another currency
	Plan     string
	Scene    string
	Merchant string
	Evidence Evidence
	NoRoom   bool // its funders have no room
	Minute   int  // of the local day
}

func wrongAmount(amount money.Amount) bool { return amount <= 0 || amount > money.Max }

func (t *Terms) plan(id string) (Plan, bool) {
	for _, p := range t.Plans {
		if p.ID == id {
			return p, true
		}
	}
	return Plan{}, false
}

// Authorise decides on a checkout.
func (a *Account) Authorise(c Checkout, at Moment) Answer {
	switch {
	case a.terms == nil:
		return Answer{Refused: "not_found"}
	case wrongAmount(c.Amount):
		return Answer{Refused: "invalid_amount"}
	case c.Foreign:
		return Answer{Refused: "currency_mismatch"}
	}
	plan, known := a.terms.plan(c.Plan)
	if !known {
		return Answer{Refused: "unknown_plan"}
	}
	if wrong := c.Evidence.judge(a.terms.Reading, at.Time); wrong != "" {
		return Answer{Refused: wrong}
	}
	var reasons []string
	if a.status != "active" {
		reasons = append(reasons, "account_not_active")
	}
	if len(a.blocks) > 0 {
		reasons = append(reasons, "account_frozen")
	}
	if !slices.Contains(a.terms.Scenes, c.Scene) {
		reasons = append(reasons, "scene_not_allowed")
	}
	if _, off := a.off[c.Scene]; off {
		reasons = append(reasons, "scene_switched_off")
	}
	if a.night[c.Minute] {
		reasons = append(reasons, "night_locked")
	}
	if slices.Contains(a.terms.Barred, c.Merchant) {
		reasons = append(reasons, "merchant_not_allowed")
	}
	if c.Amount > a.available() {
		reasons = append(reasons, "limit_exceeded")
	}
	if !a.room(c.Scene, c.Amount) {
		reasons = append(reasons, "scene_limit_exceeded")
	}
	if a.cap != nil && a.spent(a.day)+c.Amount > a.cap.amount {
		reasons = append(reasons, "spending_cap_exceeded")
	}
	if c.NoRoom {
		reasons = append(reasons, "funding_unavailable")
	}
	if len(reasons) > 0 {
		return Answer{Number: a.number(), Declined: reasons, Amount: c.Amount}
	}
	ordered := &order{a.day, c.Amount}
	a.orders = append(a.orders, ordered)
	h := &hold{order: ordered, scene: c.Scene, n: a.number(), amount: c.Amount, plan: plan, last: a.day + calendar.Date(a.terms.HoldDays)}
	a.holds = append(a.holds, h)
	return Answer{Number: h.n, Amount: c.Amount, Until: h.last}
}

// find returns a hold that is open, or why there is none.
func (a *Account) find(n int64) (*hold, string) {
	if a.terms == nil {
		return nil, "not_found"
	}
	for _, h := range a.holds {
		if h.n == n {
			return h, ""
		}
	}
	if n > 0 && n <= a.numbers {
		return nil, "hold_not_open"
	}
	return nil, "not_found"
}

func (a *Account) drop(h *hold) {
	h.order.amount -= h.amount // what nobody captures was not spent
	a.holds = slices.DeleteFunc(a.holds, func(other *hold) bool { return other == h })
}

// Capture turns a hold, or a part of it, into a purchase.
func (a *Account) Capture(n int64, amount money.Amount, final bool) Answer {
	h, wrong := a.find(n)
	switch {
	case wrong != "":
		return Answer{Refused: wrong}
	case wrongAmount(amount):
		return Answer{Refused: "invalid_amount"}
	case amount > h.amount:
		return Answer{Refused: "capture_too_large"}
	}
	plan := h.plan // as it was quoted
	p := &purchase{on: a.day, order: h.order, scene: h.scene, n: a.number(), amount: amount, plan: plan}
	answer := Answer{Number: p.n, Amount: amount, Parts: a.own().Schedule(plan, amount, a.day)}
	agreed := equal(amount, plan.Periods)
	for i, x := range answer.Parts {
		p.parts = append(p.parts, &part{
			k: x.K, on: x.On, agreed: agreed[i], principal: x.Principal, interest: x.Interest, fee: x.Fee, others: x.Others,
		})
	}
	a.purchases = append(a.purchases, p)
	a.Captured += amount
	h.amount -= amount
	if final || h.amount == 0 {
		answer.Credit = h.amount // given back to the limit
		a.drop(h)
	}
	return answer
}

// Void gives a hold up.
func (a *Account) Void(n int64) Answer {
	h, wrong := a.find(n)
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	a.drop(h)
	return Answer{Amount: h.amount}
}

// Refund gives money for a purchase back.
func (a *Account) Refund(n int64, amount money.Amount) Answer {
	p := a.bought(n)
	switch {
	case p == nil:
		return Answer{Refused: "not_found"}
	case wrongAmount(amount):
		return Answer{Refused: "invalid_amount"}
	case amount > p.amount-p.refunded:
		return Answer{Refused: "refund_too_large"}
	}
	answer := Answer{Number: a.number(), Amount: amount}
	answer.Parts, answer.Credit = a.give(p, amount, nil)
	a.credit += answer.Credit
	a.settle()
	answer.Used = a.useCredit()
	return answer
}

// undue lowers the cost of what is not billed to what its principal still justifies:
// a fee in proportion, interest on what is left from its period on.
func (p *purchase) undue(parts []*part) {
	for _, x := range parts {
		plan, amount := p.plan, p.amount
		if x.roll != nil {
			plan, amount = x.roll.plan, x.roll.amount
		}
		if plan.Rate == 0 || x.bill != 0 || x.asks()+x.others == 0 {
			continue
		}
		cost := money.Amount(0)
		switch {
		case plan.Kind == "annuity":
			left := money.Amount(0)
			for _, o := range parts {
				if o.bill == 0 && o.roll == x.roll && o.period() >= x.period() {
					left += o.principal
				}
			}
			cost = left.MulDiv(plan.Rate, 12*million)
		case x.agreed > 0:
			cost = amount.MulDiv(plan.Rate, million).MulDiv(int64(x.principal), int64(x.agreed))
		}
		own := x.interest + x.fee
		cost = min(cost, own+x.others)
		others := min(x.others, max(cost.MulDiv(plan.Others, million), cost-own)) // nobody pays more by a refund
		customers := cost - others
		x.others = others
		if plan.Kind == "annuity" {
			x.interest = customers
		} else {
			x.fee = customers
		}
		if x.asks() == 0 {
			x.others = 0
		}
	}
}
