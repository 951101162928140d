package view

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// graded checks buckets and grade by the days past due, once all of a day is done.
func (x *audited) graded(day calendar.Date) *Violation {
	oldest := 0
	lost := slices.ContainsFunc(x.state.Purchases, func(p credit.Purchase) bool {
		return x.given.purchases[p.Number] && unpaid(x.state, p)
	})
	for _, s := range x.state.Statements {
		lost = lost || x.given.statements[s.Number]
		if !s.Overdue {
			continue
		}
		late := int(day - s.Due)
		oldest = max(oldest, late)
		if x.given.statements[s.Number] {
			continue // off the books, and so in no bucket any more
		}
		if bucket := (late + 29) / 30; s.Bucket != bucket {
			return wrong(CheckOverdue, "statement %d is in bucket %d, and %d days past due belong into %d", s.Number, s.Bucket, late, bucket)
		}
	}
	grade := gradeOf(x.state.Terms, oldest)
	if lost {
		grade = credit.Loss
	}
	if x.state.Grade != grade {
		return wrong(CheckOverdue, "the account is graded %q, and %d days past due are %q", x.state.Grade, oldest, grade)
	}
	return nil
}

// gradeOf tells a grade by its days, as the contract or China has them.
func gradeOf(t *credit.Terms, late int) credit.Grade {
	if late <= 0 || t == nil {
		return credit.Normal
	}
	g := t.Grades
	if g.Loss == 0 {
		g.Substandard, g.Doubtful, g.Loss = 90, 270, 360
	}
	switch {
	case late > g.Loss:
		return credit.Loss
	case late > g.Doubtful:
		return credit.Doubtful
	case late > g.Substandard:
		return credit.Substandard
	}
	return credit.SpecialMention
}

// capped checks that a penalty stays within the contract's caps: as a yearly rate of
// 360 days on what was overdue for how long, to the fen, and as a share of what became overdue.
func (x *audited) capped(day calendar.Date, e credit.PenaltyCharged) *Violation {
	for i := range x.state.Statements {
		s := &x.state.Statements[i]
		if s.Number != e.Statement {
			continue
		}
		owed := money.Amount(0)
		for _, p := range x.state.Purchases {
			for _, in := range p.Instalments {
				if in.Statement == s.Number {
					owed += in.Principal
				}
			}
		}
		base, total := s.Base+owed*money.Amount(max(0, day-s.Accrued)), s.Charged+e.Amount
		if most := base.MulDiv(int64(x.state.Terms.CostCap), 360*int64(credit.Whole)); total > most {
			return wrong(CheckCaps, "penalties of %d on statement %d are above a cost cap of %s, which leaves %d", total, s.Number, x.state.Terms.CostCap, most)
		}
		if share := x.state.Terms.PenaltyCap; share > 0 && total > s.Late.MulDivDown(int64(share), int64(credit.Whole)) {
			return wrong(CheckCaps, "penalties of %d on statement %d are above %s of the %d that became overdue", total, s.Number, share, s.Late)
		}
	}
	return nil
}

// unpaid says whether something of a purchase is not paid, contested or not.
func unpaid(a *credit.Account, p credit.Purchase) bool {
	return len(p.Instalments) > 0 || slices.ContainsFunc(a.Disputes, func(d credit.Dispute) bool { return d.Purchase == p.Number && len(d.Parts) > 0 })
}
