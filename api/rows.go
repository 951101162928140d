package api

import (
	"strings"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// How rows of the tables are told: in the same words as live answers.

func (s *Server) authorisationRow(o *out, a owned, r *view.Authorisation) error {
	o.authorisation(&authorisation{
		account: r.Account, number: r.Number, status: r.Status, amount: r.Amount, held: r.Held, captured: r.Captured, currency: a.currency,
		plan: r.Plan, scene: r.Scene, merchant: r.Merchant, order: r.Reference, on: r.Day, lastDay: r.LastDay, reasons: reasons(r.Reasons),
	})
	return nil
}

// reasons takes apart what the tables keep with commas between.
func reasons(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, ",")
}

func (s *Server) purchaseRow(o *out, a owned, r *view.Purchase) error {
	instalments, err := s.tables.Instalments(background, r.Account, r.Number)
	if err != nil {
		return err
	}
	lines, err := s.tables.PurchaseLines(background, r.Account, r.Number)
	if err != nil {
		return err
	}
	funders, err := s.tables.FundingOf(background, r.Account, r.Number)
	if err != nil {
		return err
	}
	billed := map[int32]credit.ID{}
	for i := range lines {
		billed[lines[i].Instalment] = r.Account.Part(credit.PrefixStatement, lines[i].Statement)
	}
	p := purchase{
		account: r.Account, number: r.Number, authorisation: r.Authorisation, amount: r.Amount, refunded: r.Refunded, currency: a.currency,
		merchant: r.Merchant, plan: r.Plan, on: r.Day, chargedOff: r.ChargedOffOn, funders: funders,
	}
	for i := range instalments {
		in := &instalments[i]
		one := instalment{
			number: int(in.Number), of: int(in.LateOf), statement: billed[in.Number], subsidised: in.Subsidised - in.SubsidyCancelled - in.SubsidyDisputed,
			early: in.PrincipalEarly + in.InterestEarly + in.FeeEarly,
			Part: credit.Part{
				On: in.StatementDay, Principal: in.Principal - in.PrincipalRefunded - in.PrincipalDisputed - in.PrincipalConverted,
				Interest: in.Interest - in.InterestCancelled - in.InterestDisputed, Fee: in.Fee - in.FeeCancelled - in.FeeDisputed,
			},
		}
		if in.Conversion != 0 {
			one.conversion = r.Account.Part(credit.PrefixConversion, in.Conversion)
		}
		p.instalments = append(p.instalments, one)
	}
	o.purchase(&p)
	return nil
}

func (s *Server) statementRow(o *out, a owned, r *view.Statement) error {
	lines, err := s.tables.Lines(background, r.Account, r.Number)
	if err != nil {
		return err
	}
	o.begin()
	o.id("id", r.Account.Part(credit.PrefixStatement, r.Number))
	o.id("account", r.Account)
	o.text("status", r.Status)
	o.date("statement_on", r.Day)
	o.date("due_on", r.Due)
	o.text("currency", string(a.currency))
	o.amount("total", r.Total)
	o.amount("penalty", r.Penalty)
	o.date("charged_off_on", r.ChargedOffOn)
	if r.PenaltyCut > 0 {
		o.amount("penalty_cut", r.PenaltyCut)
	}
	if r.Converted != 0 {
		o.amount("converted", r.Converted)
	}
	if r.DeferredFrom != 0 {
		o.date("deferred_from", r.DeferredFrom)
		o.amount("deferral_fee", r.DeferralFee)
	}
	o.amount("paid", r.Paid+r.PenaltyPaid+r.Refunded)
	o.amount("remaining", r.Outstanding())
	o.list("lines")
	for i := range lines {
		l := &lines[i]
		o.begin()
		o.id("purchase", r.Account.Part(credit.PrefixPurchase, l.Purchase))
		o.number("instalment", int64(l.Instalment))
		o.costs(l.Principal, l.Interest, l.Fee)
		o.amount("amount", l.Principal+l.Interest+l.Fee)
		o.end()
	}
	o.endList()
	o.end()
	return nil
}

func (s *Server) repaymentRow(o *out, a owned, r *view.Repayment) error {
	shares, err := s.tables.Shares(background, *r)
	if err != nil {
		return err
	}
	t := repayment{
		account: r.Account, number: r.Number, amount: r.Amount, credited: r.Surplus, currency: a.currency, source: r.Source, on: r.Day, reversed: r.ReversedOn,
		early: r.Early, fromCredit: r.FromCredit, waived: r.Waived,
	}
	for i := range shares {
		h := &shares[i]
		t.shares = append(t.shares, credit.Share{
			Statement: h.Statement, Purchase: h.Purchase, Instalment: int(h.Instalment),
			Penalty: h.Penalty, Fee: h.Fee, Interest: h.Interest, Principal: h.Principal, ChargedOff: h.ChargedOff,
		})
	}
	o.begin()
	o.repaymentMembers(&t)
	o.end()
	return nil
}
