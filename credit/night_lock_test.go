package credit_test

import (
	"testing"

	"github.com/yuefu/yuefu/credit"
)

// letAt asks for an order of 1 at a local time of the story's day, which is noon in UTC.
func (s *story) letAt(hour, minute, second int, want credit.Reason) {
	s.t.Helper()
	order := s.order(1, "next")
	order.Offset = (hour-12)*3600 + minute*60 + second
	var got credit.Reason
	for _, e := range s.do(order) {
		switch e := e.(type) {
		case credit.Declined:
			got = e.Reasons[0]
		case credit.Authorised:
			if s.a.NightLock == nil && e.Minute != 0 || s.a.NightLock != nil && e.Minute != hour*60+minute {
				s.t.Errorf("at %02d:%02d the event says minute %d", hour, minute, e.Minute)
			}
		}
	}
	if got != want {
		s.t.Errorf("%s at %02d:%02d:%02d: %q, and it should be %q", s.day, hour, minute, second, got, want)
	}
}

func lock(from, until int) credit.SetNightLock {
	return credit.SetNightLock{From: from * 60, Until: until * 60}
}

func TestTheMinuteBeforeTheMinuteAndAfterANightLock(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.letAt(23, 0, 0, "")
	s.do(lock(23, 7))
	s.letAt(22, 59, 59, "")
	s.letAt(23, 0, 0, credit.ReasonNightLock)
	s.letAt(23, 59, 59, credit.ReasonNightLock)
	s.to("2026-03-11") // across midnight, which is a day to everything else
	s.letAt(0, 0, 0, credit.ReasonNightLock)
	s.letAt(6, 59, 59, credit.ReasonNightLock)
	s.letAt(7, 0, 0, "")

	s = opened(t, "2026-03-10") // within a day
	s.do(credit.SetNightLock{From: 0, Until: 1})
	s.letAt(0, 0, 59, credit.ReasonNightLock)
	s.letAt(0, 1, 0, "")
	s.letAt(23, 59, 59, "")

	s = opened(t, "2026-03-10") // all but a minute
	s.do(credit.SetNightLock{From: 12*60 + 1, Until: 12 * 60})
	s.letAt(11, 59, 59, credit.ReasonNightLock)
	s.letAt(12, 0, 0, "")
	s.letAt(12, 0, 59, "")
	s.letAt(12, 1, 0, credit.ReasonNightLock)
}

func TestANightLockIsWidenedAtOnceAndLoosenedAfterADay(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.refused(credit.NothingToWithdraw, "", credit.RemoveNightLock{})
	s.do(lock(23, 7))
	s.refused(credit.Unchanged, "", lock(23, 7))
	s.do(lock(22, 7)) // wider
	s.letAt(22, 0, 0, credit.ReasonNightLock)
	s.do(lock(23, 7)) // narrower
	s.refused(credit.Unchanged, "", lock(23, 7))
	s.letAt(22, 30, 0, credit.ReasonNightLock)
	s.to("2026-03-11").letAt(22, 30, 0, credit.ReasonNightLock)
	s.told()
	s.to("2026-03-12").expect("2026-03-12 night_lock.loosened") // a whole day lies between
	if again := s.close(s.day); len(again) != 0 {
		t.Errorf("the same night again: %s", names(again))
	}
	s.letAt(22, 59, 0, "")
	s.letAt(23, 0, 0, credit.ReasonNightLock)

	s.do(lock(21, 6)) // more in the evening, less in the morning: that waits as a whole
	s.letAt(21, 0, 0, "")
	s.letAt(6, 30, 0, credit.ReasonNightLock)
	s.do(lock(23, 7)) // and is taken back by asking for what there is
	equal(t, "nothing waits", s.a.NightLock.Loosened == nil, true)
	s.to("2026-03-14").letAt(6, 30, 0, credit.ReasonNightLock)

	s.do(credit.RemoveNightLock{})
	s.refused(credit.Unchanged, "", credit.RemoveNightLock{})
	s.to("2026-03-15").letAt(3, 0, 0, credit.ReasonNightLock)
	s.do(lock(0, 1)) // in its place: a day from now
	s.to("2026-03-16").letAt(3, 0, 0, credit.ReasonNightLock)
	s.to("2026-03-17").letAt(3, 0, 0, "")
	s.letAt(0, 30, 0, credit.ReasonNightLock)
	s.do(credit.RemoveNightLock{})
	s.do(lock(20, 8)) // whoever widens it wants no end of it
	s.to("2026-03-19").letAt(7, 0, 0, credit.ReasonNightLock)
}

func TestLockingRefuses(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.refused(credit.InvalidTime, "from", credit.SetNightLock{From: -1, Until: 420})
	s.refused(credit.InvalidTime, "from", credit.SetNightLock{From: 1440, Until: 420})
	s.refused(credit.InvalidTime, "until", credit.SetNightLock{From: 1380, Until: -1})
	s.refused(credit.InvalidTime, "until", credit.SetNightLock{From: 1380, Until: 1440})
	s.refused(credit.InvalidTime, "until", credit.SetNightLock{From: 420, Until: 420})
	for _, c := range []credit.Command{lock(23, 7), credit.RemoveNightLock{}} {
		stranger(t, "2026-03-10").refused(credit.NotFound, "", c)
	}
	s.do(lock(23, 7))
	s.do(credit.RemoveNightLock{})
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	equal(t, "next due", s.a.NextDue(), 0)
	s.refused(credit.AccountNotOpen, "", lock(23, 7))
	s.do(s.application(s.a.Terms))
	s.letAt(3, 0, 0, "")
}
