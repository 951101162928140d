package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// givenUp is what is counted of charged-off debt beside an account's state: what was
// given up, and what it comes to since, each yuan once.
type givenUp struct {
	purchases  map[int64]bool
	statements map[int64]bool
	owed       money.Amount // given up and billed since, less recovered and refunded
}

// has says whether a purchase, or without one a statement's own cost, was given up.
func (g *givenUp) has(purchase, statement int64) bool {
	if purchase != 0 {
		return g.purchases[purchase]
	}
	return g.statements[statement]
}

// chargedOff checks that a charge-off is due by the contract, takes all that is owed
// and on the books, and nothing that was given up before.
func (x *audited) chargedOff(day calendar.Date, e credit.DebtChargedOff) *Violation {
	g := &x.given
	due := false
	for _, s := range x.state.Statements {
		late := x.state.Terms.ChargeOffDays
		due = due || s.Overdue && late > 0 && int(day-s.Due) >= late && !g.statements[s.Number]
	}
	if !due {
		return wrong(CheckChargeOff, "the debt was charged off, and no statement on the books is %d days past due", x.state.Terms.ChargeOffDays)
	}
	want := map[[2]int64]money.Amount{}
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			if key := [2]int64{p.Number, 0}; !g.purchases[p.Number] {
				want[key] += in.Principal
				if in.Statement != 0 {
					want[key] += in.Interest + in.Fee
				}
			}
		}
	}
	for _, d := range x.state.Disputes {
		if !g.purchases[d.Purchase] {
			for _, part := range d.Parts {
				want[[2]int64{d.Purchase, 0}] += part.Principal
			}
		}
	}
	for _, s := range x.state.Statements {
		if !g.statements[s.Number] {
			want[[2]int64{0, s.Number}] += s.Penalty + s.Fee
		}
	}
	for _, w := range e.Parts {
		key, sum := [2]int64{w.Purchase, w.Statement}, w.Unbilled+w.Billed+w.Disputed+w.Interest+w.Fee+w.Penalty
		owed, known := want[key]
		if !known || owed != sum {
			return wrong(CheckChargeOff, "%d were charged off of purchase %d or statement %d, which have %d on the books, or nothing", sum, w.Purchase, w.Statement, owed)
		}
		delete(want, key)
		g.owed += sum
		if w.Purchase != 0 {
			mark(&g.purchases, w.Purchase)
		} else {
			mark(&g.statements, w.Statement)
		}
	}
	if len(want) > 0 {
		return wrong(CheckChargeOff, "a charge-off leaves %d debts on the books", len(want))
	}
	return nil
}

func mark(set *map[int64]bool, number int64) {
	if *set == nil {
		*set = map[int64]bool{}
	}
	(*set)[number] = true
}

// recovered checks that what pays for a debt that was given up is taken as a recovery,
// and nothing else is.
func (g *givenUp) recovered(shares []credit.Share) *Violation {
	for _, s := range shares {
		if off := g.has(s.Purchase, s.Statement); s.ChargedOff != off {
			return wrong(CheckChargeOff, "%d on statement %d for purchase %d are a recovery: %t, and the debt was given up: %t", shareSum(s), s.Statement, s.Purchase, s.ChargedOff, off)
		}
		if s.ChargedOff {
			g.owed -= shareSum(s)
		}
	}
	return nil
}

// refunded checks that a refund of what was given up lowers the loss, and nothing else does.
func (g *givenUp) refunded(e credit.PurchaseRefunded) *Violation {
	for _, cut := range e.Cuts {
		if off := g.purchases[e.Purchase]; cut.ChargedOff != off {
			return wrong(CheckChargeOff, "a refund of purchase %d lowers the loss: %t, and the debt was given up: %t", e.Purchase, cut.ChargedOff, off)
		}
		if cut.ChargedOff {
			g.owed -= cut.Principal
		}
	}
	return nil
}

// billed checks that what was given up is billed as nobody's income.
func (g *givenUp) billed(e credit.StatementIssued) *Violation {
	all := true
	for _, line := range e.Lines {
		off := g.purchases[line.Purchase]
		if line.ChargedOff != off {
			return wrong(CheckChargeOff, "statement %d bills purchase %d as given up: %t, and it was: %t", e.Number, line.Purchase, line.ChargedOff, off)
		}
		all = all && off
		if off {
			g.owed += line.Interest + line.Fee
		}
	}
	if all {
		mark(&g.statements, e.Number)
	}
	return nil
}

// billedAgain counts what a reversal bills of what was given up.
func (g *givenUp) billedAgain(e credit.StatementIssued) {
	for _, line := range e.Lines {
		if line.ChargedOff {
			g.owed += line.Interest + line.Fee
		}
	}
}

// counted checks that what is still owed of what was given up is what is left of it
// after each recovery and refund: no yuan was counted twice.
func (x *audited) counted() *Violation {
	owed := money.Amount(0)
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			if !x.given.purchases[p.Number] {
				continue
			}
			owed += in.Principal
			if in.Statement != 0 {
				owed += in.Interest + in.Fee
			}
		}
	}
	for _, d := range x.state.Disputes {
		for _, part := range d.Parts {
			if x.given.purchases[d.Purchase] {
				owed += part.Principal
			}
		}
	}
	for _, s := range x.state.Statements {
		if x.given.statements[s.Number] {
			owed += s.Penalty + s.Fee
		}
	}
	if owed != x.given.owed {
		return wrong(CheckChargeOff, "of what was charged off %d are owed, and charge-offs, recoveries and refunds leave %d", owed, x.given.owed)
	}
	return nil
}
