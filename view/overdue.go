package view

import (
	"context"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// What happened in a step of an overdue history.
const (
	StepOverdue = "overdue" // a statement became overdue
	StepAged    = "aged"    // a statement entered the next bucket
	StepGraded  = "graded"  // the account has another grade
)

// NormalGrade is what the tables and the API call credit.Normal.
const NormalGrade = "normal"

// OverdueStep (逾期记录) is one step on an account's way into arrears or out of them.
type OverdueStep struct {
	Account     credit.ID     `view:"key"`
	Position    int64         `view:"key"`
	Number      int32         `view:"key"` // 1, 2, 3 within its entry
	Day         calendar.Date //
	What        string        //
	Statement   int64         // 0: the whole account
	Bucket      int32         // that was entered; 0 where it is about the grade
	Grade       string        // from then on; empty where it is about a statement
	DaysPastDue int32         //
}

var (
	overdueTable = describe[OverdueStep]("overdue_history")

	readOverdue = overdueTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY position, number`
)

// OverdueHistory lists when each bucket and each grade was entered, in order.
func (t *Tables) OverdueHistory(ctx context.Context, account credit.ID) ([]OverdueStep, error) {
	return find[OverdueStep](ctx, t, readOverdue, t.PartitionOf(account), account)
}

// overdueStep writes a step down.
func (c *changes) overdueStep(at place, s OverdueStep) {
	s.Account, s.Position, s.Day, s.Number = at.account, at.position, at.day, 1
	if n := len(c.overdue); n > 0 && c.overdue[n-1].Account == at.account && c.overdue[n-1].Position == at.position {
		s.Number = c.overdue[n-1].Number + 1
	}
	c.overdue = append(c.overdue, s)
}

// GradeName is a grade as the tables and the API have it.
func GradeName(g credit.Grade) string {
	if g == credit.Normal {
		return NormalGrade
	}
	return string(g)
}

// agedAt is the first of a bucket's days past due: a statement enters it on that day.
func agedAt(bucket int) int32 { return int32(30*(bucket-1) + 1) }
