package view

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// funded checks that a captured amount is its funders' to the cent, by their shares.
func (p *auditedPurchase) funded(e credit.PurchaseCaptured) *Violation {
	total, shares := money.Amount(0), credit.Rate(0)
	p.claims = map[string]money.Amount{}
	for _, f := range e.Funding {
		if _, twice := p.claims[f.Funder]; twice || f.Principal < 0 || f.Share <= 0 {
			return wrong(CheckFunding, "%s funds %d of purchase %d by a share of %d, or stands twice", f.Funder, f.Principal, e.Number, f.Share)
		}
		// Less than one minor unit off its share, to either side.
		if off := int64(f.Principal)*int64(credit.Whole) - int64(e.Amount)*int64(f.Share); e.Amount < 1<<40 && (off >= int64(credit.Whole) || off <= -int64(credit.Whole)) {
			return wrong(CheckFunding, "%s funds %d of purchase %d of %d, and its share is %s", f.Funder, f.Principal, e.Number, e.Amount, f.Share)
		}
		p.claims[f.Funder] = f.Principal
		total += f.Principal
		shares += f.Share
	}
	if total != e.Amount || shares != credit.Whole {
		return wrong(CheckFunding, "funders have %d, by shares of %s, of purchase %d of %d", total, shares, e.Number, e.Amount)
	}
	return nil
}

// paidBack takes the parts of an amount off the claims on a purchase.
func (p *auditedPurchase) paidBack(number int64, principal, cost money.Amount, parts []credit.FunderPart) *Violation {
	if v := divided(principal, cost, parts); v != nil {
		return v
	}
	for _, part := range parts {
		p.claims[part.Funder] -= part.Principal
		if p.claims[part.Funder] < 0 {
			return wrong(CheckFunding, "%s is paid %d beyond its claim on purchase %d", part.Funder, -p.claims[part.Funder], number)
		}
	}
	return nil
}

// divided checks that parts of an amount add up to it, none of them negative.
func divided(principal, cost money.Amount, parts []credit.FunderPart) *Violation {
	for _, part := range parts {
		principal -= part.Principal
		cost -= part.Cost
		if part.Principal < 0 || part.Cost < 0 {
			return wrong(CheckFunding, "%s gets %d and %d of an amount", part.Funder, part.Principal, part.Cost)
		}
	}
	if principal != 0 || cost != 0 {
		return wrong(CheckFunding, "the funders' parts of an amount leave %d of its principal and %d of its cost to nobody", principal, cost)
	}
	return nil
}

// sharedOut checks whose money the shares of a payment pay back.
func (x *audited) sharedOut(shares []credit.Share) *Violation {
	for _, s := range shares {
		cost := s.Penalty + s.Fee + s.Interest
		v := divided(s.Principal, cost, s.Funders)
		if p := x.bought[s.Purchase]; v == nil && p != nil {
			v = p.paidBack(s.Purchase, s.Principal, cost, s.Funders)
		}
		if v != nil {
			return v
		}
	}
	return nil
}

// claimed checks that the claims on each purchase come to what is owed for it.
func (x *audited) claimed() *Violation {
	owed := map[int64]money.Amount{}
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			owed[p.Number] += in.Principal
		}
	}
	for _, d := range x.disputes { // its money is out, whoever is right
		owed[d.purchase] += d.principal()
	}
	for number, p := range x.bought {
		sum := money.Amount(0)
		for _, claim := range p.claims {
			sum += claim
		}
		if sum != owed[number] {
			return wrong(CheckFunding, "purchase %d owes a principal of %d, and its funders have claims on %d", number, owed[number], sum)
		}
	}
	return nil
}
