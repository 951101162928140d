package credit

import (
	"strings"

	"github.com/yuefu/yuefu/calendar"
)

// The conditions for closing.
const (
	ConditionBilled        = "billed_amount_owed"
	ConditionPenalty       = "penalty_owed"
	ConditionUnbilled      = "unbilled_amount_owed"
	ConditionInstalments   = "instalments_running"
	ConditionHold          = "hold_open"
	ConditionCreditBalance = "credit_balance_unpaid"
	ConditionDeferral      = "deferral_running"
	ConditionBlock         = "block_in_force"
	ConditionDebit         = "debit_pending"
	ConditionDispute       = "dispute_open"
)

// Obstacles lists every condition for closing that is not met on a day, with its
// amount or date.
func (a *Account) Obstacles(day calendar.Date) (unmet []Unmet) {
	a = a.AsOf(day)
	for i := range a.Statements {
		s := &a.Statements[i]
		if owed := a.remaining(s) - s.Penalty; owed > 0 {
			unmet = append(unmet, Unmet{Condition: ConditionBilled, Amount: owed, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
		if s.Penalty > 0 {
			unmet = append(unmet, Unmet{Condition: ConditionPenalty, Amount: s.Penalty, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
		if s.DeferralRuns(day) {
			unmet = append(unmet, Unmet{Condition: ConditionDeferral, Date: s.Due, Reference: a.ID.Part(PrefixStatement, s.Number)})
		}
	}
	for i := range a.Purchases {
		p := &a.Purchases[i]
		u := Unmet{Condition: ConditionUnbilled, Reference: a.ID.Part(PrefixPurchase, p.Number)}
		for _, in := range p.Instalments {
			if in.Statement == 0 {
				u.Amount += in.owed()
				u.Date = max(u.Date, in.On) // the last one's statement
			}
		}
		if p.Plan.Periods > 1 || len(p.Conversions) > 0 {
			u.Condition = ConditionInstalments
		}
		if u.Amount > 0 {
			unmet = append(unmet, u)
		}
	}
	for _, h := range a.Holds {
		unmet = append(unmet, Unmet{Condition: ConditionHold, Amount: h.Amount, Date: h.LastDay, Reference: a.ID.Part(PrefixHold, h.Number)})
	}
	for i := range a.Disputes {
		d := &a.Disputes[i]
		unmet = append(unmet, Unmet{Condition: ConditionDispute, Amount: d.Amount, Date: d.On, Reference: a.ID.Part(PrefixDispute, d.Number)})
	}
	if a.Credit > 0 {
		unmet = append(unmet, Unmet{Condition: ConditionCreditBalance, Amount: a.Credit})
	}
	for _, d := range a.Debits {
		if d.Status == PendingDebit {
			unmet = append(unmet, Unmet{Condition: ConditionDebit, Amount: d.Amount, Date: d.On, Reference: a.ID.Part(PrefixDebit, d.Number)})
		}
	}
	for _, b := range a.Blocks {
		// The customer's own block hinders nobody: it is theirs to keep or lift.
		if b.Kind != BlockCustomer {
			unmet = append(unmet, Unmet{Condition: ConditionBlock + "_" + string(b.Kind), Date: b.Since})
		}
	}
	a.remedies(unmet, day)
	return unmet
}

// What would meet a condition.
const (
	RemedySettlement   = "settlement"            // the one sum that settles all that is owed: an early repayment of everything
	RemedyHold         = "capture_or_void"       // … or its last day passes
	RemedyDispute      = "dispute_decision"      // somebody decides, or the customer gives it up
	RemedyReturn       = "credit_balance_return" // the money goes back to the customer
	RemedyDebitsResult = "debit_result"          // the payment service says what became of it
	RemedyLift         = "block_lift"            // by whoever may lift its kind
)

// remedies says of each condition what would meet it: money, where money can, or else
// what has to happen.
func (a *Account) remedies(unmet []Unmet, day calendar.Date) {
	left := a.Credit
	if q, err := a.EarlyQuote(0, day); err == nil {
		left -= q.FromCredit
	}
	for i := range unmet {
		u := &unmet[i]
		switch {
		case u.Condition == ConditionHold:
			u.Remedy = RemedyHold
		case u.Condition == ConditionDispute:
			u.Remedy = RemedyDispute
		case u.Condition == ConditionDebit:
			u.Remedy = RemedyDebitsResult
		case u.Condition == ConditionCreditBalance && left > 0:
			u.Remedy = RemedyReturn
		case strings.HasPrefix(u.Condition, ConditionBlock) && u.Condition != ConditionBlock+"_"+string(BlockOverdue):
			u.Remedy = RemedyLift
		default:
			u.Remedy = RemedySettlement
		}
	}
}

func (a *Account) clear(day calendar.Date) error {
	if unmet := a.Obstacles(day); len(unmet) > 0 {
		return &Error{Kind: NotClear, Detail: "not every condition for closing is met", Unmet: unmet}
	}
	return nil
}
