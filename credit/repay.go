package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Repay is money from the customer (还款). It pays what is billed, in the order of
// the contract; what is left over is a credit balance. It pays nothing that is not
// billed, whoever asks: for that there is EarlyRepay, whose cost is shown first.
type Repay struct {
	Amount   money.Amount   `json:"amount"`
	Currency money.Currency `json:"currency"`
	Source   string         `json:"source"` // the payment service's reference of the money
}

// ReturnCredit pays the whole credit balance (溢缴款) back to the customer, once.
type ReturnCredit struct {
	Reference string `json:"reference"` // the payment service's reference
}

// Share is what a repayment pays of one instalment, or of what a statement asks for
// itself: its penalty, and the fee for its deferral.
type Share struct {
	Statement  int64        `json:"statement"` // 0: not billed, paid early
	Purchase   int64        `json:"purchase,omitzero"`
	Instalment int          `json:"k,omitzero"`
	Penalty    money.Amount `json:"penalty,omitzero"`
	Fee        money.Amount `json:"fee,omitzero"`
	Interest   money.Amount `json:"interest,omitzero"`
	Principal  money.Amount `json:"principal,omitzero"`
	ChargedOff bool         `json:"charged_off,omitzero"` // a recovery (核销收回): it pays what is off the books
	Funders    []FunderPart `json:"funders,omitempty"`    // whose money it pays back
}

func (s Share) sum() money.Amount { return s.Penalty + s.Fee + s.Interest + s.Principal }

// RepaymentReceived says where every minor unit of a repayment went.
type RepaymentReceived struct {
	Number int64        `json:"n"`
	Amount money.Amount `json:"amount"`
	Source string       `json:"source"`
	Shares []Share      `json:"shares,omitempty"`
	Credit money.Amount `json:"credit,omitzero"` // the surplus
}

// CreditUsed says that a credit balance paid part of a statement.
type CreditUsed struct {
	Amount money.Amount `json:"amount"`
	Shares []Share      `json:"shares"`
}

// CreditReturned says that the credit balance was paid back to the customer.
type CreditReturned struct {
	Number    int64        `json:"n"`
	Amount    money.Amount `json:"amount"`
	Reference string       `json:"reference"`
}

func (Repay) Name() string             { return "repay" }
func (ReturnCredit) Name() string      { return "return_credit_balance" }
func (RepaymentReceived) Name() string { return "repayment.received" }
func (CreditUsed) Name() string        { return "credit_balance.used" }
func (CreditReturned) Name() string    { return "credit_balance.returned" }

func (c Repay) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if c.Currency != a.Terms.Currency {
		return &Error{Kind: CurrencyMismatch, Field: "currency", Detail: "the account is in " + string(a.Terms.Currency)}
	}
	a.chargePenalties(at.Day, emit)
	a.settling(emit, func() {
		shares, rest := a.allocate(c.Amount, at.Day)
		emit(RepaymentReceived{Number: a.number(), Amount: c.Amount, Source: c.Source, Shares: shares, Credit: rest})
	})
	return nil
}

func (c ReturnCredit) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if a.Credit == 0 {
		return refuse(NoCreditBalance, "the account has no credit balance")
	}
	emit(CreditReturned{Number: a.number(), Amount: a.Credit, Reference: c.Reference})
	return nil
}

// useCredit pays what is billed from the credit balance.
func (a *Account) useCredit(day calendar.Date, emit func(Event)) {
	if a.Credit == 0 {
		return
	}
	a.settling(emit, func() {
		if shares, rest := a.allocate(a.Credit, day); len(shares) > 0 {
			emit(CreditUsed{Amount: a.Credit - rest, Shares: shares})
		}
	})
}

// Both orders of the contract, as the parts of a share.
var (
	penaltyFirst   = [...]func(*Share) *money.Amount{(*Share).penalty, (*Share).fee, (*Share).interest, (*Share).principal}
	principalFirst = [...]func(*Share) *money.Amount{(*Share).principal, (*Share).penalty, (*Share).fee, (*Share).interest}
)

func (s *Share) penalty() *money.Amount   { return &s.Penalty }
func (s *Share) fee() *money.Amount       { return &s.Fee }
func (s *Share) interest() *money.Amount  { return &s.Interest }
func (s *Share) principal() *money.Amount { return &s.Principal }

// allocate says where a sum goes. A regulator may ask why a fen went where it
// went; this order is the answer: the statement that was due first (so overdue ones
// before the one just billed, and before one that was deferred), within a statement penalty, fee, interest, principal,
// or principal first from the day past due that the contract names; within each
// the order of the statement's lines. What is left over is the rest.
func (a *Account) allocate(sum money.Amount, day calendar.Date) (shares []Share, rest money.Amount) {
	for i := range a.Statements {
		if sum == 0 {
			break
		}
		s := &a.Statements[i]
		order := penaltyFirst
		if first := a.Terms.PrincipalFirst; first > 0 && int(day-s.Due) >= first {
			order = principalFirst
		}
		lines := []Share{{Statement: s.Number, Penalty: s.Penalty, Fee: s.Fee}} // what each asks for, and then what it gets
		for purchase, in := range a.lines(s.Number) {
			lines = append(lines, Share{
				Statement: s.Number, Purchase: purchase, Instalment: in.Number,
				Fee: in.Fee, Interest: in.Interest, Principal: in.Principal,
			})
		}
		for _, part := range order {
			for k := range lines {
				amount := part(&lines[k])
				*amount = min(*amount, sum)
				sum -= *amount
			}
		}
		shares = append(shares, slices.DeleteFunc(lines, func(s Share) bool { return s.sum() == 0 })...)
	}
	(&claims{a: a}).divide(shares)
	return shares, sum
}

// settling lets a step pay or lower what is owed, and then says which statements
// were paid by it and whether the account is overdue no more.
func (a *Account) settling(emit func(Event), step func()) {
	before := make([]int64, len(a.Statements))
	for i := range a.Statements {
		before[i] = a.Statements[i].Number
	}
	step()
	for _, n := range before {
		if a.statement(n) == nil {
			emit(StatementPaid{Statement: n})
		}
	}
	a.liftOverdue(emit)
}

func (a *Account) pay(shares []Share) {
	for _, share := range shares {
		if share.Purchase == 0 {
			s := a.statement(share.Statement)
			s.Penalty -= share.Penalty
			s.Fee -= share.Fee
			continue
		}
		p := a.purchase(share.Purchase)
		p.paidBack(share.Funders)
		for i := range p.Instalments {
			if in := &p.Instalments[i]; in.Number == share.Instalment {
				in.Principal -= share.Principal
				in.Interest -= share.Interest
				in.Fee -= share.Fee
			}
		}
	}
	a.tidy()
}

func (e RepaymentReceived) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.accrue(on)
	a.Credit += e.Credit
	a.pay(e.Shares)
}

func (e CreditUsed) apply(a *Account, on calendar.Date) {
	a.accrue(on)
	a.Credit -= e.Amount
	a.pay(e.Shares)
}

func (e CreditReturned) apply(a *Account, _ calendar.Date) {
	a.numbered(e.Number)
	a.Credit -= e.Amount
}
