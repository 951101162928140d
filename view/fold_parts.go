package view

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func (c *changes) received(at place, e credit.ApplicationReceived) {
	c.opened = append(c.opened, opening{ID: at.account, Platform: e.Platform, Customer: e.Customer})
	c.applications.add(Application{Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position})
	c.agreed(at, e.Number, e.Agreements)
}

// agreed writes down what was agreed to by an application, or by a renewal.
func (c *changes) agreed(at place, number int64, agreements []credit.Agreement) {
	for _, a := range agreements {
		c.agreements = append(c.agreements, Agreement{
			Account: at.account, Application: number, Document: a.Document.Name, Version: int32(a.Document.Version),
			Hash: a.Document.Hash, ShownAt: a.ShownAt.UnixMicro(), AcceptedAt: a.AcceptedAt.UnixMicro(),
			ReadSeconds: int64(a.ReadSeconds), Act: a.Act, Channel: a.Channel, Language: a.Language,
		})
	}
}

func (c *changes) accountOpened(at place, e credit.AccountOpened) {
	a := c.application(at, e.Application)
	a.Decision, a.CreditLimit, a.DecidedOn = credit.Approved, e.Limit, at.day
	k := c.contractOf(at)
	k.Status, k.Programme, k.TermsVersion, k.Currency = credit.Active, e.Terms.Programme, int32(e.Terms.Version), e.Terms.Currency
	k.OpenedOn, k.LimitKnown, k.CreditLimit, k.ClosedOn = at.day, true, e.Limit, 0
	k.DueDay = int32(e.Terms.DueDay)
	c.currencies[at.account] = e.Terms.Currency
}

// released gives back what is left of a hold.
func (c *changes) released(at place, account *balances, hold int64, amount money.Amount, status string) {
	account.Held -= amount
	h := c.authorisations.at(Authorisation{Account: at.account, Number: hold})
	h.Held -= amount
	h.Status = status
}

func (c *changes) captured(at place, account *balances, e credit.PurchaseCaptured) {
	account.Held -= e.Amount + e.Released
	h := c.authorisations.at(Authorisation{Account: at.account, Number: e.Hold})
	h.Held -= e.Amount + e.Released
	h.Captured += e.Amount
	if e.Resolved {
		h.Status = AuthorisationCaptured
	}
	p := Purchase{
		Account: at.account, Number: e.Number, Authorisation: e.Hold, Day: at.day, Time: at.time, Position: at.position,
		Amount: e.Amount, Scene: e.Scene, Merchant: e.Merchant, Plan: e.Plan.ID, PlanKind: e.Plan.Kind, Periods: int32(e.Plan.Periods),
	}
	for i, part := range e.Parts {
		borne := sum(part.Borne)
		c.instalments.add(Instalment{
			Account: at.account, Purchase: e.Number, Number: int32(i + 1), StatementDay: part.On,
			Principal: part.Principal, Interest: part.Interest, Fee: part.Fee, Subsidised: borne,
		})
		p.Interest += part.Interest
		p.Fee += part.Fee
		p.Subsidised += borne
		account.CostUnbilled += part.Interest + part.Fee
	}
	c.purchases.add(p)
	for _, f := range e.Funding {
		c.funding.add(Funding{Account: at.account, Purchase: e.Number, Funder: f.Funder, Share: int64(f.Share), Principal: f.Principal, Claim: f.Principal})
	}
}

// paidBack lowers the funders' claims on a purchase.
func (c *changes) paidBack(at place, purchase int64, parts []credit.FunderPart, collected bool) {
	for _, part := range parts {
		f := c.funding.at(Funding{Account: at.account, Purchase: purchase, Funder: part.Funder})
		f.Claim -= part.Principal
		if collected {
			f.Collected += part.Principal + part.Cost
		}
	}
}

func (c *changes) issued(at place, account *balances, e credit.StatementIssued) {
	c.statements.add(Statement{
		Account: at.account, Number: e.Number, Day: e.Date, Due: e.Due, Time: at.time, Position: at.position, Status: StatementOpen,
	})
	c.billed(at, account, e)
}

// billed adds lines to a statement.
func (c *changes) billed(at place, account *balances, e credit.StatementIssued) {
	s := c.statement(at, e.Number)
	s.Total += e.Total
	for _, line := range e.Lines {
		c.lines.add(Line{
			Account: at.account, Statement: e.Number, Purchase: line.Purchase, Instalment: int32(line.Instalment),
			Principal: line.Principal, Interest: line.Interest, Fee: line.Fee, Subsidised: sum(line.Borne),
		})
		s.Principal += line.Principal
		s.Interest += line.Interest
		s.Fee += line.Fee
		account.CostUnbilled -= line.Interest + line.Fee
	}
}

// paid writes down where money went; repayment is 0 where the credit balance paid.
func (c *changes) paid(at place, repayment int64, shares []credit.Share, number *int32) {
	for _, share := range shares {
		*number++
		c.shares = append(c.shares, Share{
			Account: at.account, Position: at.position, Number: *number, Day: at.day, Repayment: repayment,
			Statement: share.Statement, Purchase: share.Purchase, Instalment: int32(share.Instalment),
			Penalty: share.Penalty, Fee: share.Fee, Interest: share.Interest, Principal: share.Principal,
			ChargedOff: share.ChargedOff,
		})
		if share.Statement == 0 {
			in := c.instalments.at(Instalment{Account: at.account, Purchase: share.Purchase, Number: int32(share.Instalment)})
			in.PrincipalEarly += share.Principal
			in.InterestEarly += share.Interest
			in.FeeEarly += share.Fee
			c.paidBack(at, share.Purchase, share.Funders, true)
			continue
		}
		s := c.statement(at, share.Statement)
		s.Paid += share.Fee + share.Interest + share.Principal
		s.PenaltyPaid += share.Penalty
		if share.Purchase != 0 {
			line := c.lines.at(Line{Account: at.account, Statement: share.Statement, Purchase: share.Purchase, Instalment: int32(share.Instalment)})
			line.FeePaid += share.Fee
			line.InterestPaid += share.Interest
			line.PrincipalPaid += share.Principal
			c.paidBack(at, share.Purchase, share.Funders, true)
		}
	}
}

func (c *changes) blocked(at place, e credit.BlockAdded) {
	c.blocksOf[at.account] = append(c.blocksOf[at.account], int32(len(c.blocks)))
	c.blocks = append(c.blocks, Block{Account: at.account, Kind: e.Kind, Position: at.position, Since: at.day, Note: e.Note})
	k := c.contractOf(at)
	k.Blocks++
	if e.Kind == credit.BlockOverdue {
		k.OverdueKnown, k.Overdue = true, true
	}
}

// lifted ends the block of a kind: one that these entries added, or one of before.
func (c *changes) lifted(at place, kind credit.BlockKind) {
	k := c.contractOf(at)
	k.Blocks--
	if kind == credit.BlockOverdue {
		k.OverdueKnown, k.Overdue = true, false
	}
	for _, i := range c.blocksOf[at.account] {
		if b := &c.blocks[i]; b.Kind == kind && b.LiftedOn == 0 {
			b.LiftedOn = at.day
			return
		}
	}
	c.lifts = append(c.lifts, lift{Account: at.account, Kind: kind, LiftedOn: at.day})
}
