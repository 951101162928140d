package reference

import (
	"maps"
	"reflect"
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// step is something that was asked of an account and not refused.
type step struct {
	name    string
	act     func(*Account, Moment) Answer
	at      Moment
	numbers int64 // how many had been given before
	answer  Answer
}

// past is what of an account's life a second one has to have too.
type past struct {
	begun   calendar.Date
	steps   []step
	bills   map[calendar.Date]int64 // the numbers of bills, by their dates
	gaveUp  map[calendar.Date]bool  // days on which debts were charged off
	debited bool                    // a bill was debited
	bounced map[int64]bool          // repayments that never came
	lapsed  map[int64]bool          // debits whose quote did not hold when the money came
}

// Do does what is asked, and keeps it for who lives this life again.
func (a *Account) Do(name string, at Moment, act func(*Account, Moment) Answer) Answer {
	n := a.numbers
	answer := act(a, at)
	if answer.Refused == "" && name != Bounced {
		a.past.steps = append(a.past.steps, step{name, act, at, n, answer})
	}
	return answer
}

// Bounced is the name of the one act that is not done again.
const Bounced = "reverse_repayment"

// Beyond is what this package says of a bounce without which somebody would have
// been asked, or told, something else: who knows what they had done then.
const Beyond = "beyond the model"

// anew is what is worked out anew: whatever else is done again has to come to the same.
var anew = []string{"repay", "refund", "capture", "settle_debit"}

// Bounce takes a repayment back: the whole life is lived again without it.
func (a *Account) Bounce(n int64) Answer {
	again, answer := a.without(n)
	if answer.Refused == "" {
		*a = *again
		answer.Number = a.number()
	}
	return answer
}

// Follows says whether this package could tell a bounce.
func (a *Account) Follows(n int64) bool {
	_, answer := a.without(n)
	return answer.Refused != Beyond
}

// without lives the life again, up to today.
func (a *Account) without(n int64) (*Account, Answer) {
	i := slices.IndexFunc(a.past.steps, func(s step) bool { return s.repaid() == n })
	switch {
	case a.terms == nil || n <= 0 || i < 0:
		return nil, Answer{Refused: "not_found"}
	case a.past.bounced[n]:
		return nil, Answer{Refused: "already_reversed"}
	case a.past.steps[i].answer.Amount == 0:
		return nil, Answer{Refused: "not_reversible"} // no money came
	case a.past.debited:
		return nil, Answer{Refused: Beyond}
	}
	again := Stranger(a.past.begun)
	again.past, again.retold, again.fresh = a.past, true, a.numbers
	again.past.bounced, again.past.bills, again.past.gaveUp = maps.Clone(a.past.bounced), maps.Clone(a.past.bills), maps.Clone(a.past.gaveUp)
	again.past.bounced[n] = true
	for k := range again.past.steps {
		s := &again.past.steps[k]
		again.Live(s.at.Day)
		again.numbers = s.numbers
		again.skip = again.past.bounced[s.repaid()]
		if again.skip && s.name != "settle_debit" {
			continue
		}
		answer := s.act(again, s.at)
		again.alone()
		if !again.skip && !s.alike(answer) {
			return nil, Answer{Refused: Beyond}
		}
	}
	again.Live(a.day)
	again.retold, again.skip = false, false
	again.numbers = max(a.numbers, again.fresh)
	for _, b := range again.bills {
		if again.autopay != nil {
			b.asked = max(b.asked, a.day) // what was not debited on a day that is past is not made up for
		}
	}
	was, late := slices.Clone(a.blocks), slices.Contains(again.blocks, "overdue")
	if !late {
		was = slices.DeleteFunc(was, func(kind string) bool { return kind == "overdue" })
	} else if !slices.Contains(was, "overdue") {
		was = append(was, "overdue")
	}
	again.blocks = was
	return again, Answer{Amount: a.past.steps[i].answer.Amount}
}

// Unsure says whether this life has something in it on account of which a repayment may be
// refused to be taken back: debts given up, disputes, bills that became instalments.
func (a *Account) Unsure(n int64) bool {
	return len(a.past.gaveUp) > 0 || slices.ContainsFunc(a.past.steps, func(s step) bool {
		return s.name == "open_dispute" || s.name == "convert" || s.name == "defer" || s.repaid() == n && s.answer.Amount == 0
	})
}

// repaid is the number of the repayment that a step brought, or 0.
func (s *step) repaid() int64 {
	switch s.name {
	case "repay", "repay_early", "settle_debit":
		return s.answer.Number
	}
	return 0
}

// alike says whether a step that is done again is the same step.
func (s *step) alike(now Answer) bool {
	switch {
	case now.Refused != "" || now.Number != s.answer.Number:
		return false
	case s.name == "authorise":
		return (len(now.Declined) == 0) == (len(s.answer.Declined) == 0)
	case s.name == "settle_debit" && now.Credit < 0 != (s.answer.Credit < 0):
		return false
	case slices.Contains(anew, s.name):
		return true
	}
	return reflect.DeepEqual(now, s.answer)
}
