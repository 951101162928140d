package e2e

import (
	"context"
	"testing"
	"time"
)

// TestTwoServers has two servers on one database at the same time, with the same
// load on both, and keys that cross from one to the other.
func TestTwoServers(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			dsn := store.make(t)
			one := serve(t, dsn, sandbox("2026-01-28T09:00:00+08:00")...)
			apiKey := one.key("shop", "platform")
			m := openMarket(t, one, apiKey, 24, 32)
			two := serve(t, dsn)
			length := 4 * time.Second
			if testing.Short() {
				length = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), length)
			defer cancel()
			m.shop(ctx, one.url, two.url)
			m.finish(one.url, two.url)

			// A day that one of them opens is the other's too.
			m.midnight(t.Context(), one, time.Date(2026, 1, 29, 0, 0, 0, 0, time.UTC))
			account := "/v1/accounts/" + m.accounts[0].id
			two.caller(apiKey).get(account).want("on the other server", "as_of", "2026-01-29")
			for _, s := range []*server{one, two} {
				f := s.caller(apiKey).get("/v1/figures")
				t.Logf("carried out %d, fenced %d times, replayed %d", f.number("desk.commands"), f.number("desk.fenced"), f.number("desk.replays"))
				if f.number("desk.commands") == 0 {
					t.Error("one of two servers did nothing")
				}
			}

			// One of them dies. The other answers what was under way there.
			power := time.AfterFunc(length/4, two.kill)
			defer power.Stop()
			ctx, cancel = context.WithTimeout(t.Context(), length/2)
			defer cancel()
			m.shop(ctx, one.url, two.url)
			<-two.ended
			m.finish(one.url)
			m.settle(one, one.url)
			one.stop()
			verify(t, dsn)
		})
	}
}
