package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"pgregory.net/rapid"
)

// Told again without a change, from wherever, any life is the same life: the same
// account, and the same events on the same days.
func TestToldAgainItIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		acts := l.acts()
		delete(acts, "")
		t.Repeat(acts)
		history := l.story.facts
		from := rapid.IntRange(0, len(history)).Draw(t, "from")
		told, err := credit.Retell(l.story.a.ID, history, credit.Change{From: from, Until: l.story.day})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "state", string(encoded(t, told.Account)), string(encoded(t, l.story.a)))
		if len(told.Dropped) > 0 {
			t.Fatalf("%d facts were dropped, the first is %+v", len(told.Dropped), told.Dropped[0])
		}
		was, is := tale(history), tale(told.Facts)
		if !slices.Equal(was, is) {
			t.Fatalf("it was\n%v\nand is told\n%v", was, is)
		}
	})
}

// A repayment that bounced did not come in any past that is told again, whether it had
// come before the place from which the past is another.
func TestWhatBouncedStaysAway(t *testing.T) {
	for _, place := range []string{"before it came", "after it came", "after it bounced"} {
		s := opened(t, "2026-03-01")
		s.buy(100_00, "next")
		s.to("2026-03-10")
		from := len(s.facts)
		paid := s.repay(100_00).Number
		if place != "before it came" {
			from = len(s.facts)
		}
		s.to("2026-04-20")
		s.bounce(paid)
		if place == "after it bounced" {
			from = len(s.facts)
		}
		told, err := credit.Retell(s.a.ID, s.facts, credit.Change{From: from, Until: s.day})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, place+": owed", told.Account.AsOf(s.day).Owed(), s.a.Owed())
		equal(t, place+": blocked", len(told.Account.Blocks), len(s.a.Blocks))
	}
}

// tale names all events with their days, whichever came first within one: a debit
// that was sent is told after the day that sent it.
func tale(facts []credit.Fact) (events []string) {
	for _, f := range facts {
		for _, e := range f.Events {
			events = append(events, f.At.Day.String()+" "+e.Name())
		}
	}
	slices.Sort(events)
	return events
}
