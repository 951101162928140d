package vault_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/vault"
)

func TestOneAccountForAPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.kept(t, "u-1")
		w.kept(t, "u-2")
		claim := func(customer, programme string, want error) *vault.Claim {
			t.Helper()
			c, err := w.vault.Claim(ctx, "shop", programme, customer, credit.ID("acc_"+customer))
			if !errors.Is(err, want) {
				t.Fatalf("%s claims %s: %v, not %v", customer, programme, err, want)
			}
			return c
		}
		settle := func(c *vault.Claim) {
			t.Helper()
			if err := w.vault.Settle(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		c := claim("u-1", "default", nil)
		claim("u-2", "default", vault.ErrHasAccount) // not decided yet
		w.hold("acc_u-1", true)
		settle(c)
		claim("u-2", "default", vault.ErrHasAccount) // open
		claim("u-2", "another", nil)
		settle(claim("u-1", "default", nil)) // applies again in vain, keeps it

		w.hold("acc_u-1", false) // closed
		c = claim("u-2", "default", nil)
		claim("u-1", "default", vault.ErrHasAccount)
		settle(c) // refused: it never held
		c = claim("u-1", "default", nil)

		// The server stopped before it heard what became of it.
		w.clock.Add((2*time.Minute - time.Microsecond).Microseconds())
		claim("u-2", "default", vault.ErrHasAccount)
		w.clock.Add(1)
		claim("u-2", "default", nil)
		settle(c) // too late: it is another's
		claim("u-1", "default", vault.ErrHasAccount)
	})
}

func TestTwoAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const many = 8
		for i := range many {
			w.kept(t, fmt.Sprint("u-", i))
		}
		for round := range 5 {
			programme := fmt.Sprint("p-", round)
			var won atomic.Int64
			var group sync.WaitGroup
			for i := range many {
				group.Go(func() {
					_, err := w.vault.Claim(t.Context(), "shop", programme, fmt.Sprint("u-", i), credit.ID(fmt.Sprint("acc_", i)))
					switch {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, vault.ErrHasAccount):
						t.Error(err)
					}
				})
			}
			group.Wait()
			if won.Load() != 1 {
				t.Errorf("%d customers with one identity have a place in %s", won.Load(), programme)
			}
		}
	})
}

func TestIdentityStaysWithItsAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.kept(t, "u-1")
		c, err := w.vault.Claim(ctx, "shop", "default", "u-1", "acc_1")
		if err != nil {
			t.Fatal(err)
		}
		w.hold("acc_1", true)
		if err := w.vault.Settle(ctx, c); err != nil {
			t.Fatal(err)
		}
		other := ada
		other.IdentityNumber = vault.MadeUpNumber(calendar.Of(1991, 1, 1), 3)
		if _, err := w.vault.Put(ctx, "shop", "u-1", other); !errors.Is(err, vault.ErrDiffers) {
			t.Errorf("an open account changes hands: %v", err)
		}
		w.hold("acc_1", false)
		if _, err := w.vault.Put(ctx, "shop", "u-1", other); err != nil {
			t.Error(err)
		}
	})
}
