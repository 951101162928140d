package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/guess"
)

// TestWrongKeysAreStopped: who tries keys is asked to wait, and then not even a good
// one is looked at; the platform that works there goes on, and so does every neighbour.
func TestWrongKeysAreStopped(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	w := newWorld(t, func(o *Options) {
		o.Guesses = guess.New(func() time.Time { return now }, guess.Options{Wrong: 5, Every: 30 * time.Second, Header: "X-Forwarded-For"})
	})
	ask := func(key, from string) answer {
		t.Helper()
		return w.send(t, http.MethodGet, "/v1/clock", "", "Authorization", "Bearer "+key, "X-Forwarded-For", from)
	}
	const guesser, neighbour = "198.51.100.7", "198.51.100.8"
	if a := ask(w.platform, guesser); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for range 20 {
		if a := w.send(t, http.MethodGet, "/v1/clock", "", "X-Forwarded-For", guesser); !a.isProblem(t, kindUnauthenticated) {
			t.Fatalf("no key: %d %s", a.status, a.body)
		}
	}
	for i := range 5 {
		if a := ask("yk_test_"+strings.Repeat(strconv.Itoa(i), 43), guesser); !a.isProblem(t, kindUnauthenticated) {
			t.Fatalf("wrong key %d: %d %s", i, a.status, a.body)
		}
	}
	for name, key := range map[string]string{"another wrong one": "yk_test_" + strings.Repeat("x", 43), "a good one that was never used there": w.operator} {
		if a := ask(key, guesser); !a.isProblem(t, kindTooManyRequests) || a.header.Get("Retry-After") != "30" {
			t.Errorf("%s: %d %s %s", name, a.status, a.header.Get("Retry-After"), a.body)
		}
	}
	if a := ask(w.platform, guesser); a.status != http.StatusOK {
		t.Errorf("the platform that works there: %d %s", a.status, a.body)
	}
	// What a caller writes before the proxy does is not believed, so nobody is another by saying so.
	if a := ask(w.operator, neighbour+", "+guesser); !a.isProblem(t, kindTooManyRequests) {
		t.Errorf("pretending: %d", a.status)
	}
	if a := ask(w.operator, guesser+", "+neighbour); a.status != http.StatusOK {
		t.Errorf("a neighbour: %d %s", a.status, a.body)
	}
	metrics := w.get(t, w.platform, "/metrics").body
	for _, line := range []string{`yuefu_guesses_total{secret="key",what="wrong"} 5`, `yuefu_guesses_total{secret="key",what="stopped"} 3`, `yuefu_guesses_total{secret="link",what="wrong"} 0`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	now = now.Add(30 * time.Second)
	if a := ask(w.operator, guesser); a.status != http.StatusOK {
		t.Errorf("after the wait: %d %s", a.status, a.body)
	}
}

// TestNoPublicRouteHasAnID: what anybody may ask names nothing that could be guessed.
func TestNoPublicRouteHasAnID(t *testing.T) {
	for _, r := range routes {
		if r.policy == public && strings.Contains(r.pattern, "{") {
			t.Errorf("%s %s is for everybody, and has an id to guess: count what is not there (guess)", r.method, r.pattern)
		}
	}
}
