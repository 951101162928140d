package ledger

import "github.com/yuefu/yuefu/credit"

// chargeOff gives up what the books have of a customer, and remembers what is still owed.
func (p *posting) chargeOff(e credit.DebtChargedOff) {
	var sum credit.WrittenOff
	for _, w := range e.Parts {
		sum.Unbilled += w.Unbilled
		sum.Billed += w.Billed
		sum.Disputed += w.Disputed
		sum.Interest += w.Interest
		sum.Fee += w.Fee
		sum.Penalty += w.Penalty
	}
	loss := Account{Class: CreditLoss}
	p.move(loss, p.customer(PrincipalUnbilled), sum.Unbilled)
	p.move(loss, p.customer(PrincipalBilled), sum.Billed)
	p.move(loss, p.customer(PrincipalDisputed), sum.Disputed)
	p.move(loss, p.customer(InterestBilled), sum.Interest)
	p.move(loss, p.customer(FeeBilled), sum.Fee)
	p.move(loss, p.customer(Penalty), sum.Penalty)
	p.stillOwed(sum)
}

// cut takes what a merchant gives back off what the customer owes, or off the loss
// where the books had given it up.
func (p *posting) cut(name string, cut credit.Cut) {
	owed := p.principal(cut.Statement)
	if cut.Dispute != 0 {
		owed = p.customer(PrincipalDisputed)
	}
	if cut.ChargedOff {
		off := p.givenUp(cut.Statement)
		if cut.Dispute != 0 {
			off = p.customer(ChargedOffDisputed)
		}
		owed = Account{Class: CreditLoss}
		p.move(Account{Class: ChargedOffControl}, off, cut.Principal)
	}
	p.move(merchant(name), owed, cut.Principal)
}

// givenUp is the class of principal that the books gave up, on a statement or on none yet.
func (p *posting) givenUp(statement int64) Account {
	if statement == 0 {
		return p.customer(ChargedOffUnbilled)
	}
	return p.customer(ChargedOffBilled)
}

// stillOwed adds to what a customer owes of what the books gave up, or takes off it
// what is negative.
func (p *posting) stillOwed(w credit.WrittenOff) {
	control := Account{Class: ChargedOffControl}
	p.move(p.customer(ChargedOffUnbilled), control, w.Unbilled)
	p.move(p.customer(ChargedOffBilled), control, w.Billed)
	p.move(p.customer(ChargedOffDisputed), control, w.Disputed)
	p.move(p.customer(ChargedOffInterest), control, w.Interest)
	p.move(p.customer(ChargedOffFee), control, w.Fee)
	p.move(p.customer(ChargedOffPenalty), control, w.Penalty)
}
