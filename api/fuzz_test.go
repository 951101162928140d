package api

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// FuzzRequest throws requests at a whole server. Whatever comes, it is not a
// server's error, and what is refused is refused with a problem.
func FuzzRequest(f *testing.F) {
	w := newWorld(f)
	for operation, s := range w.samples(f) {
		f.Add("POST", s.path, operation, mustJSON(f, s.body))
	}
	account := w.opened(f, "u-fuzz").ID
	for _, r := range routes {
		f.Add(r.method, fill(r.pattern, account), "key", "{}")
	}
	for _, path := range []string{"/v1/accounts?limit=3&cursor=x", "/v1/accounts/" + account + "/events?cursor=1-1", "/%", "/v1/accounts/%00/events", "/v1/programmes/a%2Fb"} {
		f.Add("GET", path, "", "")
	}
	f.Fuzz(func(t *testing.T, method, path, key, body string) {
		if strings.HasPrefix(path, "/v1/clock/advance") || !strings.HasPrefix(path, "/") {
			t.Skip() // years of a sandbox are not what is tried here
		}
		r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		r.Header.Set("Authorization", "Bearer "+w.operator)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(keyHeader, key)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Skip() // the client itself refuses it, or the server hung up on what is no HTTP
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode >= 500 {
			t.Errorf("%d %s", response.StatusCode, text)
		}
		if response.StatusCode >= 400 && method != http.MethodHead && response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %s %s", response.StatusCode, response.Header.Get("Content-Type"), text)
		}
	})
}
