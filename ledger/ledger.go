// Package ledger speaks the accountant's language: it says which balanced
// postings an event of the contract makes. It knows the chart of accounts; it
// refuses to know how an event came about, and where postings are stored.
package ledger

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Class (科目) is an account of the general ledger. Those that have a sub-ledger have one
// account in it for each credit account, merchant or funder.
type Class string

// The chart of accounts.
const (
	PrincipalUnbilled Class = "assets:principal:unbilled"    // customers owe, not billed yet
	PrincipalBilled   Class = "assets:principal:billed"      // customers owe, on a statement
	PrincipalDisputed Class = "assets:principal:disputed"    // contested by customers: on no statement until it is settled
	InterestBilled    Class = "assets:interest"              // customers owe, on a statement
	FeeBilled         Class = "assets:fee"                   // customers owe, on a statement
	Penalty           Class = "assets:penalty"               // customers owe, since they are late
	Cash              Class = "assets:cash"                  // with the payment service
	PlatformSubsidy   Class = "assets:platform-subsidy"      // the platform owes what it promised to bear
	CreditBalance     Class = "liabilities:credit-balance"   // 溢缴款: owed to customers
	MerchantPayable   Class = "liabilities:merchant"         // owed to merchants
	DeferredSubsidy   Class = "liabilities:deferred-subsidy" // promised by others, earned with each bill
	FeeIncome         Class = "income:fee"                   //
	InterestIncome    Class = "income:interest"              //
	PenaltyIncome     Class = "income:penalty"               //
	SubsidyIncome     Class = "income:subsidy"               // cost that somebody bears for the customer
	RecoveryIncome    Class = "income:recovery"              // 核销收回: paid for what was given up
	FunderSubsidy     Class = "expenses:funder-subsidy"      // cost that the funder bears itself
	CreditLoss        Class = "expenses:credit-loss"         // 信用损失: given up, less what refunds took off it

	// Memorandum accounts (表外): whose money the principal is, and for whom money came in.
	FunderClaim     Class = "memo:funder:claim"     // principal that customers owe, by funder
	FunderCollected Class = "memo:funder:collected" // what customers paid, by funder
	FunderControl   Class = "memo:funder:control"   // the other side of both

	// Memorandum accounts of what the books gave up and customers still owe (核销后仍应收).
	ChargedOffUnbilled Class = "memo:charged-off:unbilled" // principal, not billed yet
	ChargedOffBilled   Class = "memo:charged-off:billed"   // principal, on a statement
	ChargedOffDisputed Class = "memo:charged-off:disputed" // principal, contested
	ChargedOffInterest Class = "memo:charged-off:interest" // on a statement
	ChargedOffFee      Class = "memo:charged-off:fee"      // on a statement
	ChargedOffPenalty  Class = "memo:charged-off:penalty"
	ChargedOffControl  Class = "memo:charged-off:control" // the other side of all four
)

// Chart lists the classes in the order of a balance sheet.
var Chart = []Class{
	PrincipalUnbilled, PrincipalBilled, PrincipalDisputed, InterestBilled, FeeBilled, Penalty, Cash, PlatformSubsidy,
	CreditBalance, MerchantPayable, DeferredSubsidy,
	FeeIncome, InterestIncome, PenaltyIncome, SubsidyIncome, RecoveryIncome, FunderSubsidy, CreditLoss,
	FunderClaim, FunderCollected, FunderControl,
	ChargedOffUnbilled, ChargedOffBilled, ChargedOffDisputed, ChargedOffInterest, ChargedOffFee, ChargedOffPenalty, ChargedOffControl,
}

// Principal are the classes of the principal that customers owe: the funders' claims
// add up to it.
var Principal = []Class{PrincipalUnbilled, PrincipalBilled, PrincipalDisputed, ChargedOffUnbilled, ChargedOffBilled, ChargedOffDisputed}

// Owned says of a class whether it has a sub-ledger by name, of merchants or of
// funders. (The customers' classes have one by account.)
func Owned(c Class) bool {
	return c == MerchantPayable || c == FunderClaim || c == FunderCollected
}

// Account is a ledger account: a class, and whose sub-ledger account it is (a
// credit account's id, a merchant's name, or empty where there is no sub-ledger).
type Account struct {
	Class Class
	Of    string
}

// Transfer moves Amount from Credit (贷) to Debit (借). It has both sides by
// construction, so an unbalanced entry cannot be written down.
type Transfer struct {
	Debit, Credit Account
	Amount        money.Amount
}

// Post returns the transfers that an event of a credit account makes, none of them
// of 0. An event that it does not know is a programming error, and it shouts.
func Post(account credit.ID, event credit.Event) []Transfer {
	p := posting{of: string(account)}
	switch e := event.(type) {
	case credit.PurchaseCaptured:
		p.move(p.customer(PrincipalUnbilled), merchant(e.Merchant), e.Amount)
		var borne []credit.Borne
		for _, part := range e.Parts {
			borne = append(borne, part.Borne...)
		}
		p.promise(e.Merchant, borne, 1)
		for _, f := range e.Funding {
			p.move(Account{FunderClaim, f.Funder}, Account{Class: FunderControl}, f.Principal)
		}
	case credit.PurchaseRefunded:
		var borne []credit.Borne
		for _, cut := range e.Cuts {
			p.cut(e.Merchant, cut)
			borne = append(borne, cut.Borne...)
			for _, part := range cut.Funders {
				p.move(Account{Class: FunderControl}, Account{FunderClaim, part.Funder}, part.Principal)
			}
		}
		p.promise(e.Merchant, borne, -1)
		p.move(merchant(e.Merchant), p.customer(CreditBalance), e.Credit)
	case credit.DisputeOpened:
		for _, part := range e.Parts {
			if e.ChargedOff {
				p.move(p.customer(ChargedOffDisputed), p.givenUp(part.Statement), part.Principal)
			} else {
				p.move(p.customer(PrincipalDisputed), p.principal(part.Statement), part.Principal)
			}
		}
	case credit.DisputeSettled:
		for _, part := range slices.Concat(e.Restored, e.Late) {
			if e.ChargedOff {
				p.move(p.customer(ChargedOffUnbilled), p.customer(ChargedOffDisputed), part.Principal)
			} else {
				p.move(p.customer(PrincipalUnbilled), p.customer(PrincipalDisputed), part.Principal)
			}
		}
	case credit.StatementIssued:
		p.bill(e.Lines)
	case credit.DebtChargedOff:
		p.chargeOff(e)
	case credit.StatementDeferred:
		p.move(p.customer(FeeBilled), Account{Class: FeeIncome}, e.Fee)
	case credit.StatementConverted:
		p.move(p.customer(PrincipalUnbilled), p.customer(PrincipalBilled), e.Amount)
		for _, c := range e.Purchases {
			var borne []credit.Borne
			for _, part := range c.Parts {
				borne = append(borne, part.Borne...)
			}
			p.promise(c.Merchant, borne, 1)
		}
	case credit.PenaltyCharged:
		p.move(p.customer(Penalty), Account{Class: PenaltyIncome}, e.Amount)
	case credit.RepaymentReceived:
		p.pay(Account{Class: Cash}, e.Shares)
		p.move(Account{Class: Cash}, p.customer(CreditBalance), e.Credit)
	case credit.RepaymentReversed:
		p.reverse(e)
	case credit.EarlyRepaymentReceived:
		p.settle(e)
	case credit.CreditUsed:
		p.pay(p.customer(CreditBalance), e.Shares)
	case credit.CreditReturned:
		p.move(p.customer(CreditBalance), Account{Class: Cash}, e.Amount)
	case credit.ApplicationReceived, credit.ApplicationReferred, credit.ApplicationRefused, credit.ApplicationAppealed, credit.AccountOpened,
		credit.Authorised, credit.Declined, credit.HoldVoided, credit.HoldExpired,
		credit.StatementPaid, credit.StatementOverdue, credit.StatementAged, credit.AccountGraded, credit.ContactMade,
		credit.BlockAdded, credit.BlockLifted,
		credit.ClosureRequested, credit.ClosureApproved, credit.AccountDeregistered, credit.ClosureRefused, credit.ClosureWithdrawn, credit.ClosureBreached,
		credit.DueDayChosen, credit.SceneLimitSet, credit.SceneLimitRemoved, credit.SceneSwitchedOff, credit.SceneOnRequested, credit.SceneSwitchedOn,
		credit.AgreementRenewed, credit.FormerTermsEnded,
		credit.NightLockSet, credit.NightLockLooseningRequested, credit.NightLockLoosened,
		credit.SpendingCapSet, credit.SpendingCapRaiseRequested, credit.SpendingCapRaised, credit.SpendingCapKept,
		credit.LimitChanged, credit.TemporaryLimitGranted, credit.TemporaryLimitWithdrawn, credit.TemporaryLimitLapsed,
		credit.AutopayInstructed, credit.AutopayEnded, credit.DebitRequested, credit.DebitSkipped, credit.DebitSettled, credit.DebitRefused:
		// no money moved
	default:
		panic(fmt.Sprintf("no posting rule for %T", e))
	}
	return p.transfers
}

type posting struct {
	of        string
	transfers []Transfer
}

func (p *posting) customer(class Class) Account { return Account{Class: class, Of: p.of} }

// principal is the class of what is owed on a statement, or on none yet.
func (p *posting) principal(statement int64) Account {
	if statement == 0 {
		return p.customer(PrincipalUnbilled)
	}
	return p.customer(PrincipalBilled)
}

func merchant(name string) Account { return Account{Class: MerchantPayable, Of: name} }

func (p *posting) move(debit, from Account, amount money.Amount) {
	if amount < 0 {
		debit, from, amount = from, debit, -amount
	}
	if amount != 0 {
		p.transfers = append(p.transfers, Transfer{Debit: debit, Credit: from, Amount: amount})
	}
}

// bill moves what is asked for onto a statement: its cost is earned with it.
func (p *posting) bill(lines []credit.Line) {
	var sum credit.Line
	earned := money.Amount(0)
	var off credit.WrittenOff // billed so that the customer knows; nobody's income until it is paid
	for _, line := range lines {
		if line.ChargedOff {
			off.Unbilled -= line.Principal
			off.Billed += line.Principal
			off.Interest += line.Interest
			off.Fee += line.Fee
		} else {
			sum.Principal += line.Principal
			sum.Interest += line.Interest
			sum.Fee += line.Fee
		}
		for _, b := range line.Borne {
			earned += b.Amount
		}
	}
	p.move(p.customer(PrincipalBilled), p.customer(PrincipalUnbilled), sum.Principal)
	p.move(p.customer(InterestBilled), Account{Class: InterestIncome}, sum.Interest)
	p.move(p.customer(FeeBilled), Account{Class: FeeIncome}, sum.Fee)
	p.move(Account{Class: DeferredSubsidy}, Account{Class: SubsidyIncome}, earned)
	p.stillOwed(off)
}

// promise books what others bear of a purchase's cost: it is owed by them at once
// and earned bill by bill. A refund takes the promise back (sign −1).
func (p *posting) promise(name string, borne []credit.Borne, sign money.Amount) {
	var byMerchant, byPlatform, byFunder money.Amount
	for _, b := range borne {
		switch b.Bearer {
		case credit.Merchant:
			byMerchant += b.Amount
		case credit.Platform:
			byPlatform += b.Amount
		case credit.Funder:
			byFunder += b.Amount
		default:
			panic(fmt.Sprintf("nobody is known as bearer %q", b.Bearer))
		}
	}
	deferred := Account{Class: DeferredSubsidy}
	p.move(merchant(name), deferred, sign*byMerchant)
	p.move(Account{Class: PlatformSubsidy}, deferred, sign*byPlatform)
	p.move(Account{Class: FunderSubsidy}, deferred, sign*byFunder)
}

// pay lowers what the customer owes, by the kind of debt, from a source of money.
func (p *posting) pay(source Account, shares []credit.Share) {
	var sum, early credit.Share
	var off credit.WrittenOff
	for _, s := range shares {
		if s.Statement == 0 && s.Purchase != 0 && !s.ChargedOff { // paid early: its cost is earned as it is paid
			early.Fee += s.Fee
			early.Interest += s.Interest
			early.Principal += s.Principal
			continue
		}
		if s.ChargedOff {
			off.Penalty -= s.Penalty
			off.Fee -= s.Fee
			off.Interest -= s.Interest
			if s.Statement != 0 {
				off.Billed -= s.Principal
			} else {
				off.Unbilled -= s.Principal
			}
			continue
		}
		sum.Penalty += s.Penalty
		sum.Fee += s.Fee
		sum.Interest += s.Interest
		sum.Principal += s.Principal
	}
	// A recovery: what was lost comes in, whatever the customer owed it as.
	p.move(source, Account{Class: RecoveryIncome}, -(off.Penalty + off.Fee + off.Interest + off.Billed + off.Unbilled))
	p.stillOwed(off)
	p.move(source, p.customer(Penalty), sum.Penalty)
	p.move(source, p.customer(FeeBilled), sum.Fee)
	p.move(source, p.customer(InterestBilled), sum.Interest)
	p.move(source, p.customer(PrincipalBilled), sum.Principal)
	p.move(source, Account{Class: FeeIncome}, early.Fee)
	p.move(source, Account{Class: InterestIncome}, early.Interest)
	p.move(source, p.customer(PrincipalUnbilled), early.Principal)
	p.passOn(shares)
}

// passOn books whose claims a payment lowers, and for whom it was collected.
func (p *posting) passOn(shares []credit.Share) {
	var parts []credit.FunderPart // one a funder, in the order of the shares
	for _, s := range shares {
		for _, part := range s.Funders {
			i := slices.IndexFunc(parts, func(o credit.FunderPart) bool { return o.Funder == part.Funder })
			if i < 0 {
				parts = append(parts, part)
				continue
			}
			parts[i].Principal += part.Principal
			parts[i].Cost += part.Cost
		}
	}
	control := Account{Class: FunderControl}
	for _, part := range parts {
		p.move(control, Account{FunderClaim, part.Funder}, part.Principal)
		p.move(control, Account{FunderCollected, part.Funder}, part.Principal+part.Cost)
	}
}

// reverse books the differences that a bounced repayment makes: what it had paid is
// owed again, and whatever followed from it is as if it had not come.
func (p *posting) reverse(e credit.RepaymentReversed) {
	p.pay(Account{Class: Cash}, e.Shares)
	balance := e.Credit
	for _, r := range e.Refunds {
		for _, cut := range r.Cuts {
			p.cut(r.Merchant, cut)
			p.promise(r.Merchant, cut.Borne, -1)
			for _, part := range cut.Funders {
				p.move(Account{Class: FunderControl}, Account{FunderClaim, part.Funder}, part.Principal)
			}
		}
		p.move(merchant(r.Merchant), p.customer(CreditBalance), r.Credit)
		balance -= r.Credit
	}
	p.move(Account{Class: Cash}, p.customer(CreditBalance), balance)
	p.move(Account{Class: DeferredSubsidy}, Account{Class: SubsidyIncome}, e.Earned)
	for _, w := range e.Waived {
		p.promise(w.Merchant, w.Borne, -1)
	}
	for _, s := range slices.Concat(e.Issued, e.Rebilled) {
		p.bill(s.Lines)
	}
	for _, charged := range e.Penalties {
		p.move(p.customer(Penalty), Account{Class: PenaltyIncome}, charged.Amount)
	}
	if e.Owed != nil { // it was paid back and is owed
		p.move(p.customer(PrincipalUnbilled), Account{Class: Cash}, e.Owed.Amount)
		for _, f := range e.Owed.Funding {
			p.move(Account{FunderClaim, f.Funder}, Account{Class: FunderControl}, f.Principal)
		}
	}
}
