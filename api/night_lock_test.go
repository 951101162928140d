package api

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/credit"
)

// TestNightLock tells of somebody who buys at night what they return by day.
func TestNightLock(t *testing.T) {
	onBoth(t, nightLock)
}

func nightLock(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	refused(s.shop.SetNightLock(ctx, a.ID, s.key(), client.NightLockRequest{From: "24:00", Until: "07:00"}))(s, "invalid_time")
	refused(s.shop.SetNightLock(ctx, a.ID, s.key(), client.NightLockRequest{From: "07:00", Until: "07:00"}))(s, "invalid_time")
	refused(s.shop.RemoveNightLock(ctx, a.ID, s.key()))(s, "nothing_to_withdraw")
	now := ok(s.shop.GetClock(ctx))(s).Now.In(time.FixedZone("", 8*3600))
	span := func(from, until int) client.NightLockRequest {
		at := func(minutes int) string { return now.Add(time.Duration(minutes) * time.Minute).Format("15:04") }
		return client.NightLockRequest{From: at(from), Until: at(until)}
	}
	night := ok(s.shop.SetNightLock(ctx, a.ID, s.key(), span(1, 481)))(s).NightLock
	s.is("the lock", night, client.NightLock{From: span(1, 0).From, Until: span(481, 0).From})
	s.is("the minute before", s.in(a, "mall", "m-1", 1).Status, client.AuthorisationStatusApproved)
	ok(s.shop.SetNightLock(ctx, a.ID, s.key(), span(0, 481)))(s)
	s.is("the minute", s.in(a, "mall", "m-1", 1).DeclineReason, "night_locked")
	refused(s.shop.SetNightLock(ctx, a.ID, s.key(), span(0, 481)))(s, "unchanged")
	night = ok(s.shop.SetNightLock(ctx, a.ID, s.key(), span(1, 481)))(s).NightLock
	s.is("narrower later", night.Loosened, client.NightWish{From: span(1, 0).From, Until: span(481, 0).From, TakesEffect: dateOf(t, "2026-01-17")})
	s.is("still the minute", s.in(a, "mall", "m-1", 1).DeclineReason, "night_locked")
	night = ok(s.shop.RemoveNightLock(ctx, a.ID, s.key()))(s).NightLock
	s.is("none later", night.Loosened, client.NightWish{TakesEffect: dateOf(t, "2026-01-17")})
	refused(s.shop.RemoveNightLock(ctx, a.ID, s.key()))(s, "unchanged")
	s.goTo("2026-01-16")
	s.is("a day later", s.in(a, "mall", "m-1", 1).DeclineReason, "night_locked")
	s.goTo("2026-01-17")
	s.is("a whole day later", s.in(a, "mall", "m-1", 1).Status, client.AuthorisationStatusApproved)
	if left := s.account(a.ID).NightLock; left != (client.NightLock{}) {
		t.Errorf("a lock is left: %+v", left)
	}
	ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: "u-1"}))(s) // waits for the tables
	rows, err := s.w.tables.Settings(ctx, credit.ID(a.ID))
	if err != nil || len(rows) != 5 || rows[4].LockUntil == rows[4].LockFrom || rows[0].Event != "night_lock.loosened" || !rows[0].None {
		t.Errorf("%v: %+v", err, rows)
	}
}
