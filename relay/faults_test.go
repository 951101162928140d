package relay_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/relay"
)

// misbehaves answers as receivers do on bad days: late, not at all, twice what was meant, with an
// error, a redirect, a body without end, or by breaking the connection before or after it
// took the event. It reports whether the event counts as taken by it.
func misbehaves(v *receiver, dice *rand.Rand, mu *sync.Mutex, share int) func(http.ResponseWriter, *http.Request, got) bool {
	roll := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return dice.IntN(n)
	}
	return func(w http.ResponseWriter, r *http.Request, e got) bool {
		if roll(100) >= share {
			return true
		}
		switch roll(9) {
		case 0:
			time.Sleep(150 * time.Millisecond) // late, past the round's patience
			return true
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case 3: // a body without end, of an answer that is fine
			v.take(e)
			endless(w, r, http.StatusOK)
		case 4:
			endless(w, r, http.StatusBadGateway)
		case 5:
			broken(w)
		case 6: // taken, and nobody hears of it
			v.take(e)
			broken(w)
		case 7:
			time.Sleep(400 * time.Millisecond) // past the time-out
		case 8:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return false
	}
}

func endless(w http.ResponseWriter, r *http.Request, status int) {
	w.WriteHeader(status)
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && r.Context().Err() == nil; {
		if _, err := w.Write([]byte(strings.Repeat("x", 4096))); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		time.Sleep(time.Millisecond)
	}
}

func broken(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// TestBadDays sends to a receiver that misbehaves, while the relay is killed now and then, by two
// servers at once, and compares: everything came, and an account's events came first in their order.
func TestBadDays(t *testing.T) {
	seeds := 3
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
			t.Run(fmt.Sprint(seed, " ", dialect), func(t *testing.T) {
				w := newWorld(t, dialect)
				dice, mu := rand.New(rand.NewPCG(uint64(seed), 7)), sync.Mutex{}
				v, good := newReceiver(w, nil), newReceiver(w, nil)
				v.behave = misbehaves(v, dice, &mu, 30)
				first := w.relay()
				lease := func(o *relay.Options) { o.Lease = 400 * time.Millisecond }
				_, secret, err := first.Create(t.Context(), "shop", v.server.URL, "", nil)
				w.must(err)
				v.trust(secret)
				_, _, err = first.Create(t.Context(), "shop", good.server.URL, "", nil)
				w.must(err)
				die := []func(){w.mortal(lease), w.mortal(lease)}
				defer func() { die[0](); die[1]() }()
				want, count := map[string][]string{}, 0
				for i := range 120 {
					mu.Lock()
					customer, n, kill := fmt.Sprint("u", dice.IntN(12)), 1+dice.IntN(3), dice.IntN(25) == 0
					mu.Unlock()
					id := string(accountOf("shop", customer))
					want[id] = append(want[id], w.append("shop", customer, n)...)
					count += n
					if kill { // whoever it is; another one comes
						die[i%2]()
						die[i%2] = w.mortal(lease)
					}
					if i%10 == 9 {
						w.clock.forward(20 * time.Second)
					}
				}
				w.until("the good one has all", func() bool { return len(union(good)) == count })
				for range 200 {
					if len(union(v)) == count {
						break
					}
					w.clock.forward(time.Minute)
					time.Sleep(50 * time.Millisecond)
				}
				for account, ids := range want {
					for name, r := range map[string]*receiver{"bad": v, "good": good} {
						if got := r.firsts()[account]; !slices.Equal(got, ids) {
							t.Errorf("the %s one has of %s\n%v, not\n%v", name, account, got, ids)
						}
					}
				}
				t.Logf("%d events, %d came to the bad one, %d to the good one", count, len(v.taken()), len(good.taken()))
			})
		}
	}
}

// union are the events that came at all.
func union(v *receiver) map[string]bool {
	ids := map[string]bool{}
	for _, e := range v.taken() {
		ids[e.ID] = true
	}
	return ids
}

// TestOneServerSends: of two servers one leads an endpoint, and when it is stopped the other goes
// on. Nothing is sent twice: there was no crash.
func TestOneServerSends(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := newReceiver(w, nil)
		first, second := w.relay(), w.relay()
		_, _, err := first.Create(t.Context(), "shop", v.server.URL, "", nil)
		w.must(err)
		stop := w.run(first)
		w.until("the first leads", func() bool { return first.Figures().Endpoints == 1 })
		w.run(second)
		for i := range 20 {
			w.append("shop", fmt.Sprint("u", i%5), 1)
		}
		w.until("all came", func() bool { return len(v.taken()) == 20 && first.Figures().Delivered == 20 })
		if f := second.Figures(); f.Endpoints != 0 || f.Attempts != 0 {
			t.Errorf("the second one sends too: %+v", f)
		}
		stop()
		w.until("the second leads", func() bool { return second.Figures().Endpoints == 1 })
		w.append("shop", "u1", 1)
		w.until("it goes on", func() bool { return len(v.taken()) == 21 })
		if len(union(v)) != 21 {
			t.Errorf("%d events", len(union(v)))
		}
	})
}

// TestDown has an endpoint take nothing while a lot happens: few rows are kept, the other endpoint has
// all, and when the first one is back it gets all, in order.
func TestDown(t *testing.T) {
	w := newWorld(t, database.SQLite)
	v, good := newReceiver(w, nil), newReceiver(w, nil)
	down := true
	var mu sync.Mutex
	v.behave = func(rw http.ResponseWriter, _ *http.Request, _ got) bool {
		mu.Lock()
		defer mu.Unlock()
		if down {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		return !down
	}
	r := w.relay()
	e, _, err := r.Create(t.Context(), "shop", v.server.URL, "", nil)
	w.must(err)
	_, _, err = r.Create(t.Context(), "shop", good.server.URL, "", nil)
	w.must(err)
	const accounts = 400
	want := map[string][]string{}
	for i := range 2 * accounts {
		customer := fmt.Sprint("u", i%accounts)
		want[string(accountOf("shop", customer))] = append(want[string(accountOf("shop", customer))], w.append("shop", customer, 1)...)
	}
	w.run(r)
	w.until("the good one has all", func() bool { return len(union(good)) == 2*accounts })
	w.until("it counts as down", func() bool { return r.Figures().Down == 1 })
	for range 5 {
		w.clock.forward(2 * time.Hour)
		time.Sleep(100 * time.Millisecond)
	}
	if e, err = r.Endpoint(t.Context(), "shop", e.ID); err != nil || e.Waiting < 64 || e.Waiting > 150 {
		t.Errorf("%d accounts have rows: %v", e.Waiting, err)
	}
	if f := r.Figures(); f.Backlog == 0 {
		t.Errorf("the cursor did not wait: %+v", f)
	}
	mu.Lock()
	down = false
	mu.Unlock()
	w.clock.forward(time.Hour)
	w.until("it has all", func() bool { return len(union(v)) == 2*accounts })
	for account, ids := range want {
		if got := v.firsts()[account]; !slices.Equal(got, ids) {
			t.Errorf("%s has %v, not %v", account, got, ids)
		}
	}
	w.until("no row is left", func() bool { e, err := r.Endpoint(t.Context(), "shop", e.ID); return err == nil && e.Waiting == 0 })
}

// TestSlowHurtsNobody: one endpoint answers never, the other one is served as if it were alone.
func TestSlowHurtsNobody(t *testing.T) {
	w := newWorld(t, database.SQLite)
	hangs := make(chan struct{})
	slow := newReceiver(w, func(_ http.ResponseWriter, r *http.Request, _ got) bool {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
		return false
	})
	defer close(hangs)
	good := newReceiver(w, nil)
	r := w.relay(func(o *relay.Options) { o.Timeout = time.Minute })
	for _, v := range []*receiver{slow, good} {
		_, _, err := r.Create(t.Context(), "shop", v.server.URL, "", nil)
		w.must(err)
	}
	stop := w.run(r)
	begun := time.Now()
	for i := range 300 {
		w.append("shop", fmt.Sprint("u", i%100), 1)
	}
	w.until("the good one has all", func() bool { return len(good.taken()) == 300 })
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	begun = time.Now()
	stop()
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("to stop took %s", took)
	}
}

// TestSecretsInTheDatabase: a sealer sees each secret, and only what it makes is kept.
func TestSecretsInTheDatabase(t *testing.T) {
	w := newWorld(t, database.SQLite)
	v := newReceiver(w, nil)
	r := w.relay(func(o *relay.Options) { o.Sealer = turned{} })
	e, secret, err := r.Create(t.Context(), "shop", v.server.URL, "", nil)
	w.must(err)
	v.trust(secret)
	if _, err := r.Ping(t.Context(), "shop", e.ID); err != nil || len(v.taken()) != 1 {
		t.Errorf("%v", err)
	}
	var kept []byte
	w.must(w.db.Reader().QueryRowContext(t.Context(), `SELECT secret FROM relay_endpoint`).Scan(&kept))
	if strings.Contains(string(kept), "whsec") || len(kept) != len(secret) {
		t.Errorf("the database has %q", kept)
	}
}

// turned turns bits, which keeps nothing secret and shows who sealed.
type turned struct{}

func (turned) Seal(plain, _ []byte) ([]byte, error) {
	b := slices.Clone(plain)
	for i := range b {
		b[i] ^= 0x80
	}
	return b, nil
}

func (t turned) Open(sealed, context []byte) ([]byte, error) { return t.Seal(sealed, context) }
