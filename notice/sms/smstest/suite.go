// Package smstest is what every provider of text messages has to pass, also one whose
// answers get lost: what is promised holds for whoever goes on asking.
package smstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/notice/sms"
)

// Subject is a provider to be tested.
type Subject struct {
	Provider sms.Provider
	Phone    string              // one that takes every message
	Rang     func(id string) int // how often the phone got a message
	Call     time.Duration       // how long one call may take; default 10 s
}

// Run tests a provider. Each run uses ids that begin with prefix.
func Run(t *testing.T, s Subject, prefix string) {
	if s.Call == 0 {
		s.Call = 10 * time.Second
	}
	message := func(name string) sms.Message {
		return sms.Message{ID: prefix + name, Phone: s.Phone, Text: "【月付】" + name}
	}
	t.Run("never sent", func(t *testing.T) {
		s.until(t, func(ctx context.Context) (bool, error) {
			o, err := s.Provider.Ask(ctx, prefix+"nothing")
			if err == nil {
				t.Fatalf("a message that was never sent is %+v", o)
			}
			return errors.Is(err, sms.ErrUnknown), nil
		})
	})
	t.Run("once", func(t *testing.T) {
		for range 5 {
			if o := s.final(t, message("once")); o.Status != sms.Delivered || o.Reason != "" {
				t.Fatalf("%+v", o)
			}
		}
		s.rang(t, prefix+"once", 1)
	})
	t.Run("something else under the same id", func(t *testing.T) {
		s.final(t, message("same"))
		text, phone := message("same"), message("same")
		text.Text += "!"
		phone.Phone += "1"
		for i, other := range []sms.Message{text, phone} {
			s.until(t, func(ctx context.Context) (bool, error) {
				o, err := s.Provider.Send(ctx, other)
				if err == nil {
					t.Fatalf("message %d: %+v", i, o)
				}
				return errors.Is(err, sms.ErrConflict), nil
			})
		}
		s.rang(t, prefix+"same", 1)
	})
	t.Run("many at once", func(t *testing.T) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), s.Call)
				defer cancel()
				_, _ = s.Provider.Send(ctx, message("many"))
			})
		}
		all.Wait()
		s.final(t, message("many"))
		s.rang(t, prefix+"many", 1)
	})
	t.Run("who gives up asks again", func(t *testing.T) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = s.Provider.Send(gone, message("gone")) // whatever it says: it may have happened
		if o := s.final(t, message("gone")); o.Status != sms.Delivered {
			t.Fatalf("%+v", o)
		}
		s.rang(t, prefix+"gone", 1)
	})
	t.Run("a hundred", func(t *testing.T) {
		for n := range 100 {
			m := message(fmt.Sprint("n", n))
			o := s.final(t, m)
			if want := map[bool]int{true: 1}[o.Status == sms.Delivered]; s.Rang(m.ID) != want {
				t.Fatalf("%s is %+v, and the phone got it %d times", m.ID, o, s.Rang(m.ID))
			}
		}
	})
}

// final sends as a careful client does, until there is a receipt.
func (s Subject) final(t *testing.T, m sms.Message) (final sms.Outcome) {
	t.Helper()
	s.until(t, func(ctx context.Context) (bool, error) {
		o, err := s.Provider.Ask(ctx, m.ID)
		if errors.Is(err, sms.ErrUnknown) {
			o, err = s.Provider.Send(ctx, m)
		}
		final = o
		return err == nil && o.Final(), err
	})
	return final
}

// until tries something until it is done: a provider may fail for a while, not for ever.
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

func (s Subject) rang(t *testing.T, id string, want int) {
	t.Helper()
	if got := s.Rang(id); got != want {
		t.Fatalf("the phone got %s %d times, and not %d", id, got, want)
	}
}
