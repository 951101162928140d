package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestKill ends the server by kill -9 under load, again and again, and lets days
// pass between. Whoever got no answer asks again with the same key. In the end
// nothing that was acknowledged is lost, and nothing was done twice.
func TestKill(t *testing.T) {
	for _, c := range []struct {
		store  store
		times  int
		within time.Duration
	}{
		{stores[0], 200, 110 * time.Second},
		{stores[1], 20, 40 * time.Second},
	} {
		t.Run(c.store.name, func(t *testing.T) {
			times := c.times
			if testing.Short() {
				times = max(5, times/20)
			}
			killed(t, c.store.make(t), times, c.within)
		})
	}
}

// lastDay is before anything of the load is overdue, so that no penalty has to be
// added up; the statement day is on the way to it.
var lastDay = time.Date(2026, 2, 9, 0, 0, 0, 0, time.UTC)

func killed(t *testing.T, dsn string, times int, within time.Duration) {
	const accounts, connections = 64, 32
	began := time.Now()
	day := time.Date(2026, 1, 28, 0, 0, 0, 0, time.UTC)
	s := serve(t, dsn, sandbox(day.Format(time.DateOnly)+"T09:00:00+08:00")...)
	apiKey := s.key("shop", "platform")
	m := openMarket(t, s, apiKey, accounts, connections)
	chance := rand.New(rand.NewPCG(3, 4))
	every := max(1, times/12) // a day passes
	var ready, answered []time.Duration
	unanswered := 0
	for i := range times {
		if i > 0 {
			s = serve(t, dsn)
			ready = append(ready, s.ready)
		}
		first := time.Now()
		s.caller(apiKey).get("/v1/accounts/" + m.accounts[i%accounts].id)
		answered = append(answered, s.ready+time.Since(first))
		for _, w := range m.workers {
			if w.pending != nil {
				unanswered++
			}
		}
		if i%every == every-1 && day.Before(lastDay) {
			day = day.Add(24 * time.Hour)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go m.midnight(ctx, s, day)
		power := time.AfterFunc(time.Duration(20+chance.IntN(250))*time.Millisecond, s.kill)
		m.shop(ctx, s.url)
		power.Stop()
		<-s.ended
		cancel()
		if t.Failed() {
			t.Fatalf("after %d times\n%s", i+1, s.said())
		}
	}

	s = serve(t, dsn)
	m.finish(s.url)
	m.settle(s, s.url)
	s.stop()
	verify(t, dsn)
	took := time.Since(began)
	slices.Sort(ready)
	slices.Sort(answered)
	t.Logf("killed %d times, %d requests were without an answer, %s in all; restart until it listens: median %s, longest %s; until its first answer: median %s, longest %s",
		times, unanswered, took.Round(time.Millisecond), ready[len(ready)/2], ready[len(ready)-1], answered[len(answered)/2], answered[len(answered)-1])
	if took > within {
		t.Logf("that is longer than the %s that it should take", within)
	}
}

// midnight moves the clock to a date while the load goes on, and takes the new
// instant for the consents to come. The server may die in the middle of it.
func (m *market) midnight(ctx context.Context, s *server, day time.Time) {
	c := newConnection()
	defer c.CloseIdleConnections()
	status, answer, err := m.post(ctx, c, s.url+"/v1/clock/advance", "", fmt.Sprintf(`{"to": %q}`, day.Format(time.DateOnly)))
	if err != nil {
		return
	}
	if status != 200 {
		m.t.Errorf("advance to %s: %d %s", day.Format(time.DateOnly), status, answer)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = day.Add(time.Hour).Format(time.RFC3339) // 9:00 in Shanghai
}
