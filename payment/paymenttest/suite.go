// Package paymenttest is what every payment service has to pass, also one whose
// answers get lost: what is promised holds for whoever goes on asking.
package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/payment"
)

// Subject is a service to be tested.
type Subject struct {
	Service payment.Service
	Rich    string                       // a source that has money for the whole suite
	Empty   string                       // a source that has none
	Taken   func(id string) money.Amount // what was really taken by a debit
	Call    time.Duration                // how long one call may take; default 10 s
}

// Run tests a service. Each run uses ids that begin with prefix.
func Run(t *testing.T, s Subject, prefix string) {
	if s.Call == 0 {
		s.Call = 10 * time.Second
	}
	id := func(name string) string { return prefix + name }
	request := func(name, source string, amount money.Amount) payment.Request {
		return payment.Request{ID: id(name), Amount: amount, Currency: "CNY", Source: source}
	}

	t.Run("never asked for", func(t *testing.T) {
		s.until(t, func(ctx context.Context) (bool, error) {
			o, err := s.Service.Ask(ctx, id("nothing"))
			if err == nil {
				t.Fatalf("a debit that was never asked for is %+v", o)
			}
			return errors.Is(err, payment.ErrUnknown), nil
		})
	})
	t.Run("once", func(t *testing.T) {
		r := request("once", s.Rich, 12_345)
		for range 5 {
			if o := s.final(t, r); o.Status != payment.Succeeded || o.Reason != "" {
				t.Fatalf("%+v", o)
			}
		}
		s.took(t, r.ID, 12_345)
	})
	t.Run("refused", func(t *testing.T) {
		r := request("refused", s.Empty, 1)
		first := s.final(t, r)
		if first.Status != payment.Refused || first.Reason == "" {
			t.Fatalf("%+v", first)
		}
		for range 5 {
			if again := s.final(t, r); again != first {
				t.Fatalf("it was %+v, and is %+v", first, again)
			}
		}
		s.took(t, r.ID, 0)
	})
	t.Run("something else under the same id", func(t *testing.T) {
		r := request("same", s.Rich, 700)
		s.final(t, r)
		for i, other := range []payment.Request{request("same", s.Rich, 701), request("same", s.Empty, 700)} {
			s.until(t, func(ctx context.Context) (bool, error) {
				o, err := s.Service.Debit(ctx, other)
				if err == nil {
					t.Fatalf("request %d: %+v", i, o)
				}
				return errors.Is(err, payment.ErrConflict), nil
			})
		}
		s.took(t, r.ID, 700)
	})
	t.Run("many at once", func(t *testing.T) {
		var all sync.WaitGroup
		var seen sync.Map
		r := request("many", s.Rich, 50)
		for range 8 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), s.Call)
				defer cancel()
				if o, err := s.Service.Debit(ctx, r); err == nil && o.Final() {
					seen.Store(o, true)
				}
			})
		}
		all.Wait()
		last := s.final(t, r)
		seen.Range(func(o, _ any) bool {
			if o != last {
				t.Errorf("somebody was told %+v, and it is %+v", o, last)
			}
			return true
		})
		s.took(t, r.ID, 50)
	})
	t.Run("who gives up asks again", func(t *testing.T) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		r := request("gone", s.Rich, 60)
		_, _ = s.Service.Debit(gone, r) // whatever it says: it may have happened
		if o := s.final(t, r); o.Status != payment.Succeeded {
			t.Fatalf("%+v", o)
		}
		s.took(t, r.ID, 60)
	})
	t.Run("a hundred", func(t *testing.T) {
		for n := range 100 {
			r := request(fmt.Sprint("n", n), s.Rich, money.Amount(n+1))
			if o := s.final(t, r); o.Final() && (o.Status == payment.Succeeded) != (s.Taken(r.ID) == r.Amount) {
				t.Fatalf("%s is %+v, and %d were taken", r.ID, o, s.Taken(r.ID))
			}
		}
	})
}

// final asks for a debit as a careful client does, until it has a result.
func (s Subject) final(t *testing.T, r payment.Request) (final payment.Outcome) {
	t.Helper()
	s.until(t, func(ctx context.Context) (bool, error) {
		o, err := s.Service.Ask(ctx, r.ID)
		if errors.Is(err, payment.ErrUnknown) {
			o, err = s.Service.Debit(ctx, r)
		}
		final = o
		return err == nil && o.Final(), err
	})
	return final
}

// until tries something until it is done: a service may fail for a while, not for ever.
func (s Subject) until(t *testing.T, try func(context.Context) (bool, error)) {
	t.Helper()
	var last error
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), s.Call)
		done, err := try(ctx)
		cancel()
		if done {
			return
		}
		last = err
	}
	t.Fatalf("after 200 tries there is no result: %v", last)
}

func (s Subject) took(t *testing.T, id string, want money.Amount) {
	t.Helper()
	if got := s.Taken(id); got != want {
		t.Fatalf("by %s %d were taken, and not %d", id, got, want)
	}
}
