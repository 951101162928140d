package ledger

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// settle books an early repayment: the credit balance pays first, cash the rest. Cost
// that was not billed is earned as it is paid, with the subsidies that go with it;
// promises for cost that is waived are taken back. What the books
// had given up is a recovery.
func (p *posting) settle(e credit.EarlyRepaymentReceived) {
	var billed, unbilled credit.Share
	var off credit.WrittenOff
	for _, s := range e.Shares {
		sum := &billed
		switch {
		case s.ChargedOff && s.Statement == 0:
			off.Unbilled -= s.Principal // its cost is waived
			continue
		case s.ChargedOff:
			off.Billed -= s.Principal
			off.Interest -= s.Interest
			off.Fee -= s.Fee
			off.Penalty -= s.Penalty
			continue
		case s.Statement == 0:
			sum = &unbilled
		}
		sum.Penalty += s.Penalty
		sum.Fee += s.Fee
		sum.Interest += s.Interest
		sum.Principal += s.Principal
	}
	left := e.FromCredit
	for _, part := range []struct {
		of     Account
		amount money.Amount
	}{
		{Account{Class: RecoveryIncome}, -(off.Penalty + off.Fee + off.Interest + off.Billed + off.Unbilled)},
		{p.customer(Penalty), billed.Penalty}, {p.customer(FeeBilled), billed.Fee},
		{p.customer(InterestBilled), billed.Interest}, {p.customer(PrincipalBilled), billed.Principal},
		{Account{Class: FeeIncome}, unbilled.Fee}, {Account{Class: InterestIncome}, unbilled.Interest},
		{p.customer(PrincipalUnbilled), unbilled.Principal},
	} {
		used := min(left, part.amount)
		left -= used
		p.move(p.customer(CreditBalance), part.of, used)
		p.move(Account{Class: Cash}, part.of, part.amount-used)
	}
	p.stillOwed(off)
	p.move(Account{Class: DeferredSubsidy}, Account{Class: SubsidyIncome}, e.Earned)
	p.passOn(e.Shares)
	for _, w := range e.Waived {
		p.promise(w.Merchant, w.Borne, -1)
	}
}
