package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// DebtChargedOff (核销) says that the lender's books gave up everything that was on
// them. The customer still owes it, to the cent: it is billed, paid and refunded as
// before. What comes in for it from then on is a recovery (核销收回), what a refund takes
// off it is less of a loss, and no penalty grows on it any more: interest on a debt
// that nobody has on his books would be income that nobody expects.
type DebtChargedOff struct {
	DaysPastDue int          `json:"days_past_due"`
	Parts       []WrittenOff `json:"parts"`
}

// WrittenOff (核销金额) is what was given up of one purchase, or of a statement's own
// penalty and fee. What is contested goes with the rest: it is late for nobody, but no
// sounder than what it was bought with. Interest and fees that were not billed yet were on nobody's books.
type WrittenOff struct {
	Purchase  int64        `json:"purchase,omitzero"`
	Statement int64        `json:"statement,omitzero"`
	Unbilled  money.Amount `json:"unbilled,omitzero"` // principal
	Billed    money.Amount `json:"billed,omitzero"`   // principal
	Disputed  money.Amount `json:"disputed,omitzero"` // principal that is contested: nobody is asked for it
	Interest  money.Amount `json:"interest,omitzero"`
	Fee       money.Amount `json:"fee,omitzero"`
	Penalty   money.Amount `json:"penalty,omitzero"`
	Funders   []FunderPart `json:"funders,omitempty"` // whose loss it is
}

// Name is the event's wire name.
func (DebtChargedOff) Name() string { return "debt.charged_off" }

// Sum is everything that was given up.
func (e DebtChargedOff) Sum() (sum money.Amount) {
	for _, w := range e.Parts {
		sum += w.Unbilled + w.Billed + w.Disputed + w.Interest + w.Fee + w.Penalty
	}
	return sum
}

const maxChargeOffDays = 3650

// chargeOffOn is when a statement that is not paid has the account's debt charged
// off, or no date: by the contract's days past due, and not because of what is off
// the books already. Books that are closed are left alone: what turns out to have been late
// for so long, since a repayment bounced, is given up on the day after.
func (a *Account) chargeOffOn(s *Statement) calendar.Date {
	if a.quiet || a.Terms.ChargeOffDays == 0 || !s.Overdue || !a.onBooks(s) {
		return 0
	}
	return max(s.Due+calendar.Date(a.Terms.ChargeOffDays), a.Spared+1)
}

// spare keeps debts on the books through a day on which they turned out to be late.
func (a *Account) spare(day calendar.Date) {
	if slices.ContainsFunc(a.Statements, func(s Statement) bool { on := a.chargeOffOn(&s); return on != 0 && on <= day }) {
		a.Spared = day
	}
}

// onBooks says whether the lender's books have something of a statement.
func (a *Account) onBooks(s *Statement) bool {
	return !s.ChargedOff && (s.Penalty+s.Fee > 0 || a.accruing(s) > 0 || slices.ContainsFunc(a.Purchases, func(p Purchase) bool {
		return !p.ChargedOff && slices.ContainsFunc(p.Instalments, func(in Instalment) bool { return in.Statement == s.Number })
	}))
}

// chargeOff gives up everything that the books have of an account, once one of its
// statements is late for so long.
func (a *Account) chargeOff(day calendar.Date, emit func(Event)) {
	due := func(s Statement) bool {
		on := a.chargeOffOn(&s)
		return on != 0 && on <= day
	}
	if !slices.ContainsFunc(a.Statements, due) {
		return
	}
	e := DebtChargedOff{DaysPastDue: a.DaysPastDue(day)}
	for i := range a.Purchases {
		if p := &a.Purchases[i]; !p.ChargedOff && !a.paidUp(p) {
			e.Parts = append(e.Parts, a.writtenOff(p))
		}
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; !s.ChargedOff {
			e.Parts = append(e.Parts, WrittenOff{Statement: s.Number, Fee: s.Fee, Penalty: s.Penalty, Funders: s.divide(s.Fee + s.Penalty)})
		}
	}
	emit(e)
}

// paidUp says that a purchase is only kept because what was paid of it is contested.
func (a *Account) paidUp(p *Purchase) bool {
	return len(p.Instalments) == 0 && !slices.ContainsFunc(a.Disputes, func(d Dispute) bool { return d.Purchase == p.Number && len(d.Parts) > 0 })
}

// writtenOff is what the books have of a purchase.
func (a *Account) writtenOff(p *Purchase) WrittenOff {
	w := WrittenOff{Purchase: p.Number}
	for i := range a.Disputes {
		if d := &a.Disputes[i]; d.Purchase == p.Number {
			w.Disputed += d.principal()
		}
	}
	for _, in := range p.Instalments {
		if in.Statement == 0 {
			w.Unbilled += in.Principal
			continue
		}
		w.Billed += in.Principal
		w.Interest += in.Interest
		w.Fee += in.Fee
	}
	w.Funders = payDown(slices.Clone(p.Funding), w.Unbilled+w.Billed+w.Disputed, w.Interest+w.Fee)
	return w
}

// offBooks says whether a purchase, or without one a statement's own cost, was charged off.
func (a *Account) offBooks(purchase, statement int64) bool {
	if purchase != 0 {
		p := a.purchase(purchase)
		return p != nil && p.ChargedOff
	}
	s := a.statement(statement)
	return s != nil && s.ChargedOff
}

// chargedOff says whether something is unpaid, contested or not, that the books gave
// up. What is contested and paid is nobody's loss.
func (a *Account) chargedOff() bool {
	return slices.ContainsFunc(a.Purchases, func(p Purchase) bool {
		return p.ChargedOff && (len(p.Instalments) > 0 || slices.ContainsFunc(a.Disputes, func(d Dispute) bool { return d.Purchase == p.Number && len(d.Parts) > 0 }))
	}) ||
		slices.ContainsFunc(a.Statements, func(s Statement) bool { return s.ChargedOff })
}

// ChargedOff is what the customer still owes of what the books gave up, penalty and
// what has been billed since included.
func (a *Account) ChargedOff() (w WrittenOff) {
	for i := range a.Purchases {
		if p := &a.Purchases[i]; p.ChargedOff {
			one := a.writtenOff(p)
			w.Unbilled += one.Unbilled
			w.Billed += one.Billed
			w.Disputed += one.Disputed
			w.Interest += one.Interest
			w.Fee += one.Fee
		}
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; s.ChargedOff {
			w.Fee += s.Fee
			w.Penalty += s.Penalty
		}
	}
	return w
}

// ChargedOffOwed is all that the customer still owes of what the books gave up, and of
// the cost that coming statements will ask for with it.
func (a *Account) ChargedOffOwed() (sum money.Amount) {
	for i := range a.Purchases {
		if p := &a.Purchases[i]; p.ChargedOff {
			for _, in := range p.Instalments {
				sum += in.owed()
			}
		}
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; s.ChargedOff {
			sum += s.Fee + s.Penalty
		}
	}
	return sum
}

func (e DebtChargedOff) apply(a *Account, on calendar.Date) {
	a.accrue(on) // up to here there was a penalty
	for _, w := range e.Parts {
		if w.Purchase != 0 {
			a.purchase(w.Purchase).ChargedOff = true
		} else {
			a.statement(w.Statement).ChargedOff = true
		}
	}
}
