package session_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/session"
)

func checkout(t *testing.T, s *session.Store, order string) session.Checkout {
	t.Helper()
	c, err := s.NewCheckout(t.Context(), me, order, []byte(`{"amount":1}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func is(t *testing.T, s *session.Store, id string, want session.CheckoutStatus) session.Checkout {
	t.Helper()
	c, err := s.Checkout(t.Context(), id)
	if err != nil || c.Status != want {
		t.Fatalf("%s is %s and not %s, %v", id, c.Status, want, err)
	}
	return c
}

// TestWhatWasConfirmedFirstIsDecided has many confirm different things at once.
func TestWhatWasConfirmedFirstIsDecided(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, _ *time.Time) {
		c := checkout(t, s, "o-1")
		var all sync.WaitGroup
		got := make(chan string, 12)
		for i := range cap(got) {
			all.Go(func() {
				found, err := s.Confirm(t.Context(), c.ID, []byte{'a' + byte(i)})
				if err != nil {
					t.Error(err)
				}
				got <- string(found.Request)
			})
		}
		all.Wait()
		close(got)
		first := ""
		for request := range got {
			if first == "" {
				first = request
			}
			if request != first || request == "" {
				t.Errorf("one decides %q and another %q", first, request)
			}
		}
		// While it is being decided nothing else can be.
		for name, err := range map[string]error{"choose": s.Choose(t.Context(), c.ID, "card"), "cancel": s.Cancel(t.Context(), c.ID)} {
			if !errors.Is(err, session.ErrDecided) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.NewCheckout(t.Context(), me, "o-1", nil); !errors.Is(err, session.ErrOrderConfirmed) {
			t.Errorf("another checkout of the order: %v", err)
		}
		deciding := is(t, s, c.ID, session.CheckoutOpen)
		if err := s.Declined(t.Context(), &deciding, []string{"limit_exceeded", "account_frozen"}); err != nil {
			t.Fatal(err)
		}
		declined := is(t, s, c.ID, session.CheckoutDeclined)
		if declined.Attempt != 2 || len(declined.Reasons) != 2 || declined.Reasons[0] != "limit_exceeded" || len(declined.Request) != 0 {
			t.Errorf("%+v", declined)
		}
		// What is told late of the first attempt changes nothing of the second.
		if err := s.Approved(t.Context(), &deciding, "aut_1", "next"); err != nil {
			t.Fatal(err)
		}
		is(t, s, c.ID, session.CheckoutDeclined)
		second, err := s.Confirm(t.Context(), c.ID, []byte("again"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Approved(t.Context(), &second, "aut_2", "next"); err != nil {
			t.Fatal(err)
		}
		if done := is(t, s, c.ID, session.CheckoutConfirmed); done.Authorisation != "aut_2" || done.Plan != "next" || len(done.Reasons) != 0 {
			t.Errorf("%+v", done)
		}
		if _, err := s.Confirm(t.Context(), c.ID, []byte("late")); !errors.Is(err, session.ErrDecided) {
			t.Errorf("confirmed when all is over: %v", err)
		}
		if err := s.Voided(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		is(t, s, c.ID, session.CheckoutCancelled)
		checkout(t, s, "o-1")
	})
}

func TestARefusalOpensItAgain(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, now *time.Time) {
		c := checkout(t, s, "o-1")
		deciding, err := s.Confirm(t.Context(), c.ID, []byte("one"))
		if err != nil {
			t.Fatal(err)
		}
		// Half an hour later it is still being decided, and nobody calls it expired.
		*now = now.Add(2 * session.CheckoutLife)
		is(t, s, c.ID, session.CheckoutOpen)
		if err := s.Refused(t.Context(), &deciding); err != nil {
			t.Fatal(err)
		}
		is(t, s, c.ID, session.CheckoutExpired)
		if _, err := s.Confirm(t.Context(), c.ID, []byte("two")); !errors.Is(err, session.ErrDecided) {
			t.Errorf("confirmed after it expired: %v", err)
		}
		if _, err := s.Checkout(t.Context(), "ck_none"); !errors.Is(err, session.ErrNoCheckout) {
			t.Errorf("%v", err)
		}
	})
}

func TestSteps(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, now *time.Time) {
		_, mine := enter(t, s)
		_, other := enter(t, s)
		for _, data := range []string{"first", "second"} {
			if err := s.Keep(t.Context(), mine, "about", []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if steps, err := s.Steps(t.Context(), mine); err != nil || len(steps) != 1 || string(steps["about"]) != "second" {
			t.Errorf("%s, %v", steps, err)
		}
		if steps, err := s.Steps(t.Context(), other); err != nil || len(steps) != 0 {
			t.Errorf("another session has done %s, %v", steps, err)
		}
		if err := s.Keep(t.Context(), other, "about", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		if steps, err := s.Steps(t.Context(), mine); err != nil || len(steps) != 0 {
			t.Errorf("not forgotten: %s, %v", steps, err)
		}
		*now = now.Add(session.Longest)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if steps, err := s.Steps(t.Context(), other); err != nil || len(steps) != 0 {
			t.Errorf("kept for ever: %s, %v", steps, err)
		}
	})
}
