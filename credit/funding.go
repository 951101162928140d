package credit

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/yuefu/yuefu/money"
)

// Route (出资路由) is one way to fund a purchase: the funders whose money it is, with
// shares that add up to the whole.
type Route struct {
	Shares []FunderShare `json:"shares"`
}

// FunderShare is a funder's share of each purchase that a route funds.
type FunderShare struct {
	Funder string `json:"funder"`
	Share  Rate   `json:"share"`
	Bureau string `json:"bureau,omitzero"` // the bureau that this funder reports to, if its agreement says so
}

// Funded (出资) is a funder's claim on a purchase: its agreed share, and the principal
// that the customer still owes of its money.
type Funded struct {
	Funder    string       `json:"funder"`
	Share     Rate         `json:"share"`
	Principal money.Amount `json:"principal,omitzero"`
}

// FunderPart is a funder's part of an amount that moved: of principal, by what is
// left of its claim, and of cost (interest, fee, penalty), by its agreed share.
type FunderPart struct {
	Funder    string       `json:"funder"`
	Principal money.Amount `json:"principal,omitzero"`
	Cost      money.Amount `json:"cost,omitzero"`
}

const (
	maxRoutes  = 16
	maxFunders = 8
)

// Weight is by how much a funder's money stands on a statement, in minor units.
type Weight struct {
	Funder string       `json:"funder"`
	Billed money.Amount `json:"billed"`
}

// Routing are the ways in which purchases under the contract are funded, in the
// order of preference. Without any, one funder has it all.
func (t *Terms) Routing() []Route {
	if len(t.Routes) > 0 {
		return t.Routes
	}
	return []Route{{Shares: []FunderShare{{Funder: t.Funder, Share: Whole, Bureau: t.Bureau}}}}
}

// Route is the place of the first route whose funders all have room, or of the
// first if none has. full names the funders that have none.
func (t *Terms) Route(full []string) int {
	return max(0, slices.IndexFunc(t.Routes, func(r Route) bool { return !r.among(full) }))
}

// among says whether one of the route's funders is in a list.
func (r Route) among(funders []string) bool {
	return slices.ContainsFunc(r.Shares, func(s FunderShare) bool { return slices.Contains(funders, s.Funder) })
}

func (r Route) validate() error {
	if len(r.Shares) == 0 || len(r.Shares) > maxFunders {
		return fmt.Errorf("%d funders are not within 1 to %d", len(r.Shares), maxFunders)
	}
	total := Rate(0)
	for i, s := range r.Shares {
		switch {
		case s.Funder == "":
			return fmt.Errorf("a share names no funder")
		case s.Share <= 0 || s.Share > Whole:
			return fmt.Errorf("%s has a share of %d, not within 1 to %d", s.Funder, s.Share, Whole)
		case slices.ContainsFunc(r.Shares[:i], func(o FunderShare) bool { return o.Funder == s.Funder }):
			return fmt.Errorf("%s funds twice", s.Funder)
		}
		total += s.Share
	}
	if total != Whole {
		return fmt.Errorf("its shares add up to %s", total)
	}
	return nil
}

// fund says whose money a captured amount is.
func (r Route) fund(amount money.Amount) []Funded {
	funded := make([]Funded, len(r.Shares))
	weights := make([]money.Amount, len(r.Shares))
	for i, s := range r.Shares {
		weights[i] = money.Amount(s.Share)
	}
	for i, part := range apportion(amount, weights) {
		funded[i] = Funded{Funder: r.Shares[i].Funder, Share: r.Shares[i].Share, Principal: part}
	}
	return funded
}

// apportion divides amount in proportion to weights, by running totals rounded
// down: the parts add up to the amount, none is negative, and where the amount is at most
// the sum of the weights no part is above its weight.
func apportion(amount money.Amount, weights []money.Amount) []money.Amount {
	total := money.Amount(0)
	for _, w := range weights {
		total += w
	}
	parts := make([]money.Amount, len(weights))
	if total == 0 {
		if len(parts) > 0 {
			parts[0] = amount
		}
		return parts
	}
	running, given := money.Amount(0), money.Amount(0)
	for i, w := range weights {
		running += w
		high, low := bits.Mul64(uint64(amount), uint64(running))
		upTo, _ := bits.Div64(high, low, uint64(total)) // at most amount, since running ≤ total
		parts[i] = money.Amount(upTo) - given
		given = money.Amount(upTo)
	}
	return parts
}

// payDown takes principal off claims, in proportion to what is left of each, and
// divides cost by the agreed shares. It changes claims.
func payDown(claims []Funded, principal, cost money.Amount) []FunderPart {
	if len(claims) == 0 || principal == 0 && cost == 0 {
		return nil
	}
	left, shares := make([]money.Amount, len(claims)), make([]money.Amount, len(claims))
	for i, c := range claims {
		left[i], shares[i] = c.Principal, money.Amount(c.Share)
	}
	principals, costs := apportion(principal, left), apportion(cost, shares)
	parts := make([]FunderPart, 0, len(claims))
	for i := range claims {
		claims[i].Principal -= principals[i]
		if principals[i] != 0 || costs[i] != 0 {
			parts = append(parts, FunderPart{Funder: claims[i].Funder, Principal: principals[i], Cost: costs[i]})
		}
	}
	return parts
}

// claims are the funders' claims on purchases and statements while a step divides
// several amounts: each sees what the one before left.
type claims struct {
	a  *Account
	of map[int64][]Funded
}

// on returns the claims on a purchase.
func (c *claims) on(purchase int64) []Funded {
	known, ok := c.of[purchase]
	if !ok {
		if c.of == nil {
			c.of = map[int64][]Funded{}
		}
		if p := c.a.purchase(purchase); p != nil {
			known = slices.Clone(p.Funding)
		}
		c.of[purchase] = known
	}
	return known
}

// divide says of each share whose money it pays back, and whether that is off the books.
func (c *claims) divide(shares []Share) {
	for i := range shares {
		s := &shares[i]
		s.ChargedOff = c.a.offBooks(s.Purchase, s.Statement)
		if cost := s.Penalty + s.Fee + s.Interest; s.Purchase != 0 {
			s.Funders = payDown(c.on(s.Purchase), s.Principal, cost)
		} else {
			s.Funders = c.a.statement(s.Statement).divide(cost)
		}
	}
}

// cut says of each cut whose claim it lowers, and whether that is off the books. Cost that is cancelled was nobody's yet.
func (c *claims) cut(purchase int64, cuts []Cut) {
	for i := range cuts {
		cuts[i].ChargedOff = c.a.offBooks(purchase, 0)
		cuts[i].Funders = payDown(c.on(purchase), cuts[i].Principal, 0)
	}
}

// paidBack lowers the claims on a purchase by what an event says.
func (p *Purchase) paidBack(parts []FunderPart) {
	for _, part := range parts {
		for i := range p.Funding {
			if p.Funding[i].Funder == part.Funder {
				p.Funding[i].Principal -= part.Principal
			}
		}
	}
}

// weigh keeps by how much each funder's money stands on a statement: penalty and
// other costs that are no purchase's are divided by it.
func (s *Statement) weigh(line Line, funding []Funded) {
	weights := make([]money.Amount, len(funding))
	for i, f := range funding {
		weights[i] = money.Amount(f.Share)
	}
	for i, part := range apportion(line.Principal+line.Interest+line.Fee, weights) {
		k := slices.IndexFunc(s.Funding, func(w Weight) bool { return w.Funder == funding[i].Funder })
		if k < 0 {
			s.Funding = append(s.Funding, Weight{Funder: funding[i].Funder})
			k = len(s.Funding) - 1
		}
		s.Funding[k].Billed += part
	}
}

// divide divides a cost that is the statement's own.
func (s *Statement) divide(cost money.Amount) []FunderPart {
	weights := make([]money.Amount, len(s.Funding))
	for i, w := range s.Funding {
		weights[i] = w.Billed
	}
	var parts []FunderPart
	for i, part := range apportion(cost, weights) {
		if part != 0 {
			parts = append(parts, FunderPart{Funder: s.Funding[i].Funder, Cost: part})
		}
	}
	return parts
}
