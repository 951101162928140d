package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// auditedDebit is a debit as its events tell it.
type auditedDebit struct {
	statement int64
	amount    money.Amount
	ended     bool
}

// instructed checks that the customer agreed to be debited from this very source.
func (x *audited) instructed(command credit.Command, e credit.AutopayInstructed) *Violation {
	c, ok := command.(credit.SetAutopay)
	shown := credit.Document{}
	if x.state.Terms != nil {
		shown = x.state.AutopayText(e.Source)
	}
	if !ok || c.Source != e.Source || e.Agreement.Document != shown || !c.Consent.Proves(e.Agreement, x.state.Customer) {
		return wrong(CheckConsent, "nothing proves that the customer agreed to be debited by instruction %d", e.Number)
	}
	x.source = e.Source
	return nil
}

// requested checks that a debit is of an unpaid statement that falls due, for what is
// owed on it and no more, from the source agreed to, and the only one on its way.
func (x *audited) requested(day calendar.Date, e credit.DebitRequested) *Violation {
	for number, d := range x.debits {
		if d.statement == e.Statement && !d.ended {
			return wrong(CheckDebits, "debit %d of statement %d was asked for while %d was on its way", e.Number, e.Statement, number)
		}
	}
	due := calendar.Date(0)
	for _, s := range x.state.Statements {
		if s.Number == e.Statement {
			due = s.Due
		}
	}
	owed := remaining(x.state, e.Statement)
	switch {
	case due == 0 || day < due:
		return wrong(CheckDebits, "debit %d is of statement %d, which is paid or not due on %s", e.Number, e.Statement, day)
	case e.Amount != min(owed, money.Max):
		return wrong(CheckDebits, "debit %d asks for %d of statement %d, which owes %d", e.Number, e.Amount, e.Statement, owed)
	case x.source == "" || e.Source != x.source:
		return wrong(CheckDebits, "debit %d is from a source that the customer did not agree to", e.Number)
	}
	x.debits[e.Number] = &auditedDebit{statement: e.Statement, amount: e.Amount}
	return nil
}

// ended checks that a debit gets one result.
func (x *audited) ended(number int64) *Violation {
	d := x.debits[number]
	if d == nil || d.ended {
		return wrong(CheckDebits, "debit %d got a result, and was not on its way", number)
	}
	d.ended = true
	return nil
}

// repaid checks that what a settled debit brought is what was asked for.
func (x *audited) repaid(command credit.Command, e credit.RepaymentReceived) *Violation {
	c, ok := command.(credit.SettleDebit)
	if !ok {
		return nil
	}
	d := x.debits[c.Debit]
	if d == nil || d.amount != e.Amount || e.Source != string(x.state.ID.Part(credit.PrefixDebit, c.Debit)) {
		return wrong(CheckDebits, "repayment %d of %d is not what debit %d asked for", e.Number, e.Amount, c.Debit)
	}
	return nil
}
