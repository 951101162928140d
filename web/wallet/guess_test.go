package wallet_test

import (
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/server/servertest"
)

// TestAGuesserIsStopped tries links and cookies from one address: soon none is looked
// at, not even a good one. Who was in there already stays in, a neighbour comes in, and
// the link that was not looked at is good when the guesser is gone.
func TestAGuesserIsStopped(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	inside := h.enter(t, "u-1", "en")
	guesser := h.at(t, "127.0.0.1")
	try := func(path, cookie string) (status int, retry, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "wallet", Value: cookie})
		}
		answer, err := guesser.HTTP.Transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text := make([]byte, 16<<10)
		n, _ := answer.Body.Read(text)
		return answer.StatusCode, answer.Header.Get("Retry-After"), string(text[:n])
	}
	for name, guess := range map[string]func(i int) (int, string, string){
		"links":   func(i int) (int, string, string) { return try("/wallet/enter?link="+strconv.Itoa(i), "") },
		"cookies": func(i int) (int, string, string) { return try("/wallet", strconv.Itoa(i)) },
	} {
		stopped := 0
		for i := range 200 {
			status, retry, body := guess(i)
			switch {
			case status == http.StatusTooManyRequests:
				if stopped++; retry != "1" || !strings.Contains(body, "wait") && !strings.Contains(body, "等") {
					t.Fatalf("%s: Retry-After %q, %s", name, retry, body)
				}
			case status != http.StatusUnauthorized:
				t.Fatalf("%s: %d", name, status)
			}
		}
		if stopped < 100 {
			t.Errorf("of 200 wrong %s %d were stopped", name, stopped)
		}
	}

	path, status := "", 0
	for range 3 { // one a second may be looked at, and this may be that one
		link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID})
		if err != nil {
			t.Fatal(err)
		}
		path = strings.TrimPrefix(link.URL, h.URL)
		for wrong := 0; wrong != http.StatusTooManyRequests; {
			wrong, _, _ = try("/wallet/enter?link=x", "")
		}
		if status, _, _ = try(path, ""); status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("a good link from where too many were wrong: %d", status)
	}
	if status, _, _ := inside.Get("/wallet"); status != http.StatusOK {
		t.Errorf("who was in at that address before: %d", status)
	}
	neighbour := h.at(t, "127.0.0.2")
	if status, to, _ := neighbour.Get(path); status != http.StatusSeeOther || to != "/wallet" {
		t.Errorf("a neighbour with the link: %d to %s", status, to)
	}
	if status, _, _ := neighbour.Get("/wallet"); status != http.StatusOK {
		t.Errorf("a neighbour: %d", status)
	}
}

// TestAnEndedSessionIsWrongOnce: a browser whose session has ended forgets its cookie,
// so that whoever looks again and again is no guesser.
func TestAnEndedSessionIsWrongOnce(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	p := h.enter(t, "u-1", "en")
	if _, err := h.Shop.EndWalletSessions(t.Context(), client.WalletSessionEnd{Customer: "u-1", Programme: catalogue.SampleID}); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if status, _, _ := p.Get("/wallet"); status != http.StatusUnauthorized {
			t.Fatalf("after the end: %d", status)
		}
	}
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.HTTP.Jar.Cookies(u) {
		if c.Name == "wallet" {
			t.Error("the browser keeps the cookie of a session that has ended")
		}
	}
}

// at is somebody with a browser at an address of this machine.
func (h *house) at(t *testing.T, address string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &person{&servertest.Person{T: t, H: h.House, HTTP: &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}}
}
