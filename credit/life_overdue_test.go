package credit_test

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// checkPenalties compares the penalties with a count of overdue principal day by day.
func (l *life) checkPenalties() {
	overdue := false
	for _, s := range l.story.a.AsOf(l.story.day).Statements {
		want := money.Amount(0)
		if s.Overdue {
			overdue = true
			want = l.penalty(s.Number)
		}
		same(l.t, fmt.Sprintf("penalty of statement %d due on %s by %s", s.Number, s.Due, l.story.day), s.Charged, want)
		same(l.t, "overdue", s.Overdue, l.story.day > s.Due+calendar.Date(l.story.a.Terms.GraceDays))
		if late := int(l.story.day - s.Due); s.Overdue && !s.ChargedOff && s.Bucket != (late+29)/30 {
			l.t.Fatalf("bucket %d after %d days", s.Bucket, late)
		}
	}
	same(l.t, "grade", l.story.a.Grade, l.grade())
	frozen := slices.ContainsFunc(l.story.a.Blocks, func(b credit.Block) bool { return b.Kind == credit.BlockOverdue })
	same(l.t, "frozen for being overdue", frozen, overdue || l.owesGivenUp())
}

// penalty counts a statement's penalty in whole millionths of a fen, and each cap apart.
func (l *life) penalty(statement int64) money.Amount {
	terms, base := l.story.a.Terms, l.bases[statement]
	want := base.MulDiv(int64(terms.PenaltyRate), 360_000_000)
	if atCap := base * money.Amount(terms.CostCap) / 360_000_000; terms.PenaltyRate > terms.CostCap {
		want = min(want, atCap)
	}
	if share := l.late[statement] * money.Amount(terms.PenaltyCap) / 1_000_000; terms.PenaltyCap > 0 {
		want = min(want, share)
	}
	return want
}

// grade is told by the days that the oldest overdue statement is late.
func (l *life) grade() credit.Grade {
	if l.owesGivenUp() {
		return credit.Loss
	}
	late := calendar.Date(0)
	for _, s := range l.story.a.Statements {
		if s.Overdue {
			late = max(late, l.story.day-s.Due)
		}
	}
	g := l.story.a.Terms.Grades
	if g == (credit.Grades{}) {
		g = credit.Grades{Substandard: 90, Doubtful: 270, Loss: 360}
	}
	switch late := int(late); {
	case late > g.Loss:
		return credit.Loss
	case late > g.Doubtful:
		return credit.Doubtful
	case late > g.Substandard:
		return credit.Substandard
	case late > 0:
		return credit.SpecialMention
	}
	return credit.Normal
}

// chargedOff counts what was given up: all that is owed and was not given up before.
func (l *life) chargedOff(e credit.DebtChargedOff) {
	if e.Sum() < 0 || e.DaysPastDue < l.terms.ChargeOffDays {
		l.t.Fatalf("%+v", e)
	}
	l.stillOwed += e.Sum()
	for _, w := range e.Parts {
		known := l.off[w.Statement]
		if w.Purchase != 0 {
			known = l.gone[w.Purchase]
			l.gone[w.Purchase] = true
		} else {
			l.off[w.Statement] = true
			for _, s := range l.nights.a.Statements {
				if s.Number == w.Statement && !s.Overdue {
					l.bases[s.Number] = 0 // within its grace: no penalty was ever charged
				}
			}
		}
		if known {
			l.t.Fatalf("%+v was given up before", w)
		}
	}
}

// owesGivenUp says whether something is owed that was given up.
func (l *life) owesGivenUp() bool {
	for _, p := range l.story.a.Purchases {
		if l.gone[p.Number] {
			return true
		}
	}
	for _, s := range l.story.a.Statements {
		if l.off[s.Number] {
			return true
		}
	}
	return false
}
