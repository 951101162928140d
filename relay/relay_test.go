package relay_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/yuefu/yuefu/relay"
)

// TestDelivers sends events of some accounts to two endpoints with different wishes.
func TestDelivers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.relay()
		w.append("shop", "early", 2) // before anybody listens
		all, some := newReceiver(w, nil), newReceiver(w, nil)
		everything, secret, err := r.Create(t.Context(), "shop", all.server.URL+"/hook?a=b", "all of it", nil)
		w.must(err)
		all.trust(secret)
		_, secret, err = r.Create(t.Context(), "shop", some.server.URL, "", []string{"statement.issued"})
		w.must(err)
		some.trust(secret)
		stop := w.run(r)
		want := map[string][]string{}
		for i := range 30 {
			customer := fmt.Sprint("u", i%7)
			id := string(accountOf("shop", customer))
			want[id] = append(want[id], w.append("shop", customer, 1+i%3, "statement.issued")...)
			w.append("other", customer, 1)
		}
		want[string(accountOf("shop", "early"))] = w.append("shop", "early", 1)
		count := 0
		for _, ids := range want {
			count += len(ids)
		}
		w.until("all is delivered", func() bool { return len(all.taken()) == count && len(some.taken()) == 30 })
		for account, ids := range want {
			if got := all.firsts()[account]; !slices.Equal(got, ids) {
				t.Errorf("%s got %v, not %v", account, got, ids)
			}
		}
		for _, e := range some.taken() {
			if e.Type != "statement.issued" {
				t.Errorf("%s was not asked for", e.Type)
			}
		}
		w.until("it knows", func() bool { return r.Figures().Delivered == int64(count+30) })
		stop()

		// Another process goes on where this one ended: nothing twice, nothing left out.
		again := w.relay()
		w.append("shop", "u1", 1)
		w.run(again)
		w.until("it goes on", func() bool { return len(all.taken()) == count+1 })
		time.Sleep(50 * time.Millisecond)
		if n := len(all.taken()); n != count+1 {
			t.Errorf("%d were sent, not %d", n, count+1)
		}
		var list []relay.Delivery
		w.until("attempts are kept", func() bool {
			list, err = again.Deliveries(t.Context(), everything.ID, 0, "", false, 1000)
			w.must(err)
			return len(list) == count+1
		})
		if d := list[0]; d.Status != 200 || d.Failure != "" || d.Took <= 0 || d.Try != 1 || !d.Next.IsZero() {
			t.Errorf("%+v", d)
		}
	})
}

// TestOthersGoOn has one account's events refused for three days: it waits, in order, the others
// go on; then the event is dead, its account goes on, and the dead one can be replayed.
func TestOthersGoOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad, poison := string(accountOf("shop", "bad")), ""
		healed := false
		v := newReceiver(w, nil)
		v.behave = func(rw http.ResponseWriter, _ *http.Request, e got) bool {
			v.mu.Lock()
			refuse := e.ID == poison && !healed
			v.mu.Unlock()
			if refuse {
				http.Error(rw, "no\x00 thanks\n"+fmt.Sprint(make([]int, 2000)), http.StatusTeapot)
			}
			return !refuse
		}
		r := w.relay()
		e, _, err := r.Create(t.Context(), "shop", v.server.URL, "", nil)
		w.must(err)
		ids := w.append("shop", "bad", 2)
		poison = ids[1]
		later := w.append("shop", "bad", 2)
		w.append("shop", "good", 3)
		w.run(r)
		w.until("the others have theirs", func() bool { return len(v.firsts()[string(accountOf("shop", "good"))]) == 3 })
		later = append(later, w.append("shop", "bad", 1)...)
		w.append("shop", "good", 1)
		w.until("and go on", func() bool { return len(v.firsts()[string(accountOf("shop", "good"))]) == 4 })
		if got := v.firsts()[bad]; !slices.Equal(got, ids[:1]) {
			t.Errorf("what waits came: %v", got)
		}
		failed := func() []relay.Delivery {
			list, err := r.Deliveries(t.Context(), e.ID, 0, poison, true, 1000)
			w.must(err)
			return list
		}
		w.until("the failure is kept", func() bool { return len(failed()) == 1 })
		if d := failed()[0]; d.Status != 418 || len(d.Excerpt) > 300 || d.Excerpt[:10] != "no  thanks" || d.Next.Sub(d.At) < 4*time.Second || d.Next.Sub(d.At) > 6*time.Second {
			t.Errorf("%+v", d)
		}
		tries := 1
		for _, pause := range []time.Duration{6 * time.Second, 40 * time.Second, 3 * time.Minute, 12 * time.Minute, 40 * time.Minute, 70 * time.Minute} {
			w.clock.forward(pause)
			tries++
			w.until("it is tried again", func() bool { return len(failed()) == tries })
			w.until("the row is written", func() bool { e, err := r.Endpoint(t.Context(), "shop", e.ID); return err == nil && e.Waiting == 1 })
		}
		if dead, err := r.DeadEvents(t.Context(), e.ID, 0, 10); err != nil || len(dead) > 0 {
			t.Errorf("dead too early: %+v, %v", dead, err)
		}
		w.clock.forward(72 * time.Hour)
		w.until("its account goes on", func() bool { return slices.Equal(v.firsts()[bad], append(ids[:1:1], later...)) })
		var dead []relay.Dead
		w.until("it is listed", func() bool {
			dead, err = r.DeadEvents(t.Context(), e.ID, 0, 10)
			w.must(err)
			return len(dead) == 1
		})
		if d := dead[0]; d.Event() != poison || d.Tries != tries+1 || d.Status != 418 || d.Replaying {
			t.Errorf("%+v after %d tries", d, tries)
		}
		v.mu.Lock()
		healed = true
		v.mu.Unlock()
		if n, err := r.Replay(t.Context(), e.ID, poison); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		w.until("it is replayed", func() bool { return slices.Contains(v.firsts()[bad], poison) })
		w.until("it is dead no more", func() bool {
			dead, err = r.DeadEvents(t.Context(), e.ID, 0, 10)
			return err == nil && len(dead) == 0
		})
		if _, err := r.Replay(t.Context(), e.ID, poison); err == nil {
			t.Error("what is not dead is replayed")
		}
	})
}
