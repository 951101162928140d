package credit_test

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"pgregory.net/rapid"
)

// limits changes what may be owed, and what the customer chose.
func (l *life) limits(t *rapid.T) {
	a := l.story.a
	before := a.Limit
	limit := l.amount(t, before)
	switch rapid.IntRange(0, 3).Draw(t, "which") {
	case 0:
		change := credit.ChangeLimit{Limit: limit, Reason: rapid.SampledFrom(credit.LimitReasons).Draw(t, "reason")}
		if _, err := a.LimitIncrease(limit); err == nil && rapid.IntRange(0, 3).Draw(t, "agreed") > 0 {
			change = l.story.raise(limit)
		}
		_, err := l.do(change)
		if err == nil && limit > before && change.Consent == nil {
			t.Fatal("raised without consent")
		}
	case 1:
		l.do(credit.GrantTemporaryLimit{Amount: limit, LastDay: l.story.day + calendar.Date(rapid.SampledFrom([]int{-1, 0, 1, 30, 366, 367}).Draw(t, "days"))})
	case 3:
		l.do(credit.ChooseDueDay{Day: rapid.SampledFrom([]int{l.terms.DueDay, 1, 14, 31}).Draw(t, "due day")})
	case 2:
		l.do(credit.WithdrawTemporaryLimit{})
	}
}
