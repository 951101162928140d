package view

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
)

func (c *changes) refunded(at place, account *balances, e credit.PurchaseRefunded) {
	r := Refund{
		Account: at.account, Number: e.Number, Purchase: e.Purchase, Day: at.day, Time: at.time, Position: at.position,
		Amount: e.Amount, ToCredit: e.Credit, Merchant: e.Merchant,
	}
	for _, given := range e.Conceded {
		r.Contested += given.Amount
		c.dispute(at, given.Dispute).Refunded += given.Amount
	}
	for _, cut := range e.Cuts {
		if cut.ChargedOff {
			r.OffLoss += cut.Principal
		}
	}
	c.refunds = append(c.refunds, r)
	c.purchases.at(Purchase{Account: at.account, Number: e.Purchase}).Refunded += e.Amount
	c.cut(at, e.Purchase, e.Cuts)
	first := len(c.lowered)
	for i, cut := range e.Cuts {
		c.lower(at, e.Number, first, cut.Funders)
		c.tell(at, e.Number, int32(i+1), cut)
	}
	c.cutCost(account, e.Cuts)
}

// cutCost takes cost that is not asked for any more off what coming statements will ask for.
func (c *changes) cutCost(account *balances, cuts []credit.Cut) {
	for _, cut := range cuts {
		if cut.Statement == 0 && cut.Dispute == 0 {
			account.CostUnbilled -= cut.Interest + cut.Fee
		}
	}
}

// cut takes what a refund takes off the instalments of a purchase, or off what disputes had taken out of them.
func (c *changes) cut(at place, purchase int64, cuts []credit.Cut) {
	for _, cut := range cuts {
		c.paidBack(at, purchase, cut.Funders, false)
		in := c.instalments.at(Instalment{Account: at.account, Purchase: purchase, Number: int32(cut.Instalment)})
		borne := sum(cut.Borne)
		in.PrincipalRefunded += cut.Principal
		in.InterestCancelled += cut.Interest
		in.FeeCancelled += cut.Fee
		in.SubsidyCancelled += borne
		switch {
		case cut.Dispute != 0: // it had left instalment and statement before
			in.PrincipalDisputed -= cut.Principal
			in.InterestDisputed -= cut.Interest
			in.FeeDisputed -= cut.Fee
			in.SubsidyDisputed -= borne
		case cut.Statement != 0:
			line := c.lines.at(Line{Account: at.account, Statement: cut.Statement, Purchase: purchase, Instalment: int32(cut.Instalment)})
			line.Refunded += cut.Principal
			c.statement(at, cut.Statement).Refunded += cut.Principal
		}
	}
}

// tell writes down what a refund took off one instalment.
func (c *changes) tell(at place, refund int64, number int32, cut credit.Cut) {
	r := RefundCut{
		Account: at.account, Refund: refund, Number: number, Dispute: cut.Dispute, Instalment: int32(cut.Instalment), Statement: cut.Statement,
		Principal: cut.Principal, Interest: cut.Interest, Fee: cut.Fee,
		PrincipalLeft: cut.PrincipalLeft, InterestLeft: cut.InterestLeft, FeeLeft: cut.FeeLeft,
	}
	for _, b := range cut.Borne {
		switch b.Bearer {
		case credit.Merchant:
			r.ByMerchant += b.Amount
		case credit.Platform:
			r.ByPlatform += b.Amount
		case credit.Funder:
			r.ByFunder += b.Amount
		}
	}
	c.cuts = append(c.cuts, r)
}

// lower writes down by how much a refund, whose rows begin at first, lowers the funders' claims.
func (c *changes) lower(at place, refund int64, first int, parts []credit.FunderPart) {
	for _, part := range parts {
		of := c.lowered[first:]
		i := slices.IndexFunc(of, func(r RefundFunding) bool { return r.Funder == part.Funder })
		if i < 0 {
			c.lowered = append(c.lowered, RefundFunding{Account: at.account, Refund: refund, Funder: part.Funder, Principal: part.Principal})
			continue
		}
		of[i].Principal += part.Principal
	}
}
