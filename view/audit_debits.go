package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// auditedDebit is a debit as its events tell it.
type auditedDebit struct {
	purpose   credit.DebitPurpose
	statement int64
	purchase  int64
	quote     string
	amount    money.Amount
	feeFree   bool
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

// requested checks that a debit is of what somebody agreed to be debited for: of an
// unpaid statement that falls due, from the source of the standing instruction; or of what
// the customer asked for. Either way it asks for nothing that is on its way already.
func (x *audited) requested(day calendar.Date, command credit.Command, e credit.DebitRequested) *Violation {
	defer func() {
		x.debits[e.Number] = &auditedDebit{purpose: e.Purpose, statement: e.Statement, purchase: e.Purchase, quote: e.Quote, amount: e.Amount, feeFree: e.FeeFree}
	}()
	if e.Purpose != credit.StatementDebit {
		return x.wanted(day, command, e)
	}
	for number, d := range x.debits {
		if d.purpose == credit.StatementDebit && d.statement == e.Statement && !d.ended {
			return wrong(CheckDebits, "debit %d of statement %d was asked for while %d was on its way", e.Number, e.Statement, number)
		}
	}
	left, due := x.unasked(x.state, e.Statement)
	switch {
	case due == 0 || day < due:
		return wrong(CheckDebits, "debit %d is of statement %d, which is paid or not due on %s", e.Number, e.Statement, day)
	case e.Amount != min(left, money.Max):
		return wrong(CheckDebits, "debit %d asks for %d of statement %d, of which %d are owed and not on their way", e.Number, e.Amount, e.Statement, left)
	case x.source == "" || e.Source != x.source:
		return wrong(CheckDebits, "debit %d is from a source that the customer did not agree to", e.Number)
	}
	return nil
}

// wanted checks a debit that the customer asked for.
func (x *audited) wanted(day calendar.Date, command credit.Command, e credit.DebitRequested) *Violation {
	c, ok := command.(credit.RequestDebit)
	if !ok || c.Amount != e.Amount || c.Source != e.Source || c.Quote != e.Quote || c.Purchase != e.Purchase || e.Statement != 0 {
		return wrong(CheckDebits, "nobody asked for debit %d as it is", e.Number)
	}
	for number, d := range x.debits {
		if !d.ended && (d.purpose == credit.EarlyDebit || e.Purpose == credit.EarlyDebit) {
			return wrong(CheckDebits, "debit %d was asked for beside %d, and one of them repays early", e.Number, number)
		}
	}
	now := x.state.AsOf(day)
	if e.Purpose == credit.EarlyDebit {
		if e.FeeFree {
			now = now.FeeFree()
		}
		if q, err := now.EarlyQuote(e.Purchase, day); err != nil || q.Token != e.Quote || q.Sum != e.Amount {
			return wrong(CheckDebits, "debit %d asks for %d by quote %s, and on %s it is %d by quote %s", e.Number, e.Amount, e.Quote, day, q.Sum, q.Token)
		}
		return nil
	}
	left := money.Amount(0)
	for i := range now.Statements {
		part, _ := x.unasked(now, now.Statements[i].Number)
		left += part
	}
	if e.Amount > left {
		return wrong(CheckDebits, "debit %d asks for %d, and %d are billed and not on their way", e.Number, e.Amount, left)
	}
	return nil
}

// skipped checks that a statement was not debited on its day because all of it was on its way.
func (x *audited) skipped(day calendar.Date, e credit.DebitSkipped) *Violation {
	if left, due := x.unasked(x.state, e.Statement); due == 0 || day < due || left != 0 {
		return wrong(CheckDebits, "statement %d, due on %s, was not debited on %s, and %d of it are not on their way", e.Statement, due, day, left)
	}
	return nil
}

// unasked is what is owed on a statement and not on its way, and when it is due. What the
// customer asked to pay pays the statement that was due first; what settles one purchase
// pays its lines.
func (x *audited) unasked(state *credit.Account, statement int64) (left money.Amount, due calendar.Date) {
	general, settles, instructed := money.Amount(0), map[int64]money.Amount{}, map[int64]money.Amount{}
	for _, d := range x.debits {
		switch {
		case d.ended:
		case d.purpose == credit.StatementDebit:
			instructed[d.statement] += d.amount
		case d.purpose == credit.EarlyDebit && d.purchase != 0:
			settles[d.purchase] += d.amount + state.Credit
		case d.purpose == credit.EarlyDebit:
			general += d.amount + state.Credit
		default:
			general += d.amount
		}
	}
	for i := range state.Statements {
		s := &state.Statements[i]
		left = max(0, state.Remaining(s.Number)-instructed[s.Number])
		for k := range state.Purchases {
			p := &state.Purchases[k]
			for _, in := range p.Instalments {
				if in.Statement == s.Number {
					part := min(in.Principal+in.Interest+in.Fee, settles[p.Number], left)
					settles[p.Number] -= part
					left -= part
				}
			}
		}
		part := min(general, left)
		general, left = general-part, left-part
		if s.Number == statement {
			return left, s.Due
		}
	}
	return 0, 0
}

// lapsed checks that an early repayment became an ordinary one only because its quote
// held no more.
func (x *audited) lapsed(day calendar.Date, e credit.DebitSettled) *Violation {
	d, holds := x.debits[e.Debit], false
	if d.purpose == credit.EarlyDebit {
		now := x.state.AsOf(day)
		if d.feeFree {
			now = now.FeeFree()
		}
		q, err := now.EarlyQuote(d.purchase, day)
		holds = err == nil && q.Token == d.quote && q.Sum == d.amount
	}
	if e.Lapsed != (d.purpose == credit.EarlyDebit && !holds) {
		return wrong(CheckDebits, "debit %d, whose quote held: %t, was settled as one whose quote had lapsed: %t", e.Debit, holds, e.Lapsed)
	}
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
