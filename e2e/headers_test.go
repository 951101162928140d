package e2e

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestEveryAnswerIsSafe walks every route of the contract and every page that links lead
// to, as a stranger, with a key, in a session and from another site, by good methods and
// bad ones, at an installation that customers reach by https: each answer tells a browser
// what it may do with it, and none sends anybody away from here.
func TestEveryAnswerIsSafe(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "yuefu.db"), append(sandbox("2026-01-05T09:00:00+08:00"), "--public", "https://pay.example")...)
	key := s.key("shop", "operator")
	st := &story{caller: s.caller(key)}
	st.account = st.post("/v1/applications", "%s", st.application("anna", grownUp, nil)).want("the application", "status", "approved").text("account")
	hold := st.checkout(12345, "next", "mall", "o-1").want("the hold", "status", "approved")
	st.post("/v1/authorisations/"+hold.text("id")+"/captures", `{"amount": 12345}`)
	st.send("POST", "/v1/clock/advance", "", `{"to": "2026-02-02"}`)

	browser := &http.Client{Transport: st.http.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, headers ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		h := answer.Header
		want := map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000", "Server": "",
			"Referrer-Policy": "no-referrer", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Access-Control-Allow-Origin": "",
		}
		if page := !strings.HasPrefix(path, "/v1/") && h.Get("Cross-Origin-Opener-Policy") != ""; page {
			want["Cross-Origin-Opener-Policy"] = "same-origin"
			want["Content-Security-Policy"] = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
			if want["Referrer-Policy"] = "same-origin"; strings.Contains(path, "/enter") && method == "GET" {
				want["Referrer-Policy"] = "no-referrer"
			}
		}
		for _, personal := range []string{"/v1/", "/wallet", "/checkout", "/open"} {
			if strings.HasPrefix(path, personal) && path != "/openapi.yaml" {
				want["Cache-Control"] = "no-store"
			}
		}
		for name, value := range want {
			if got := strings.Join(h.Values(name), "; "); got != value {
				t.Errorf("%s %s (%d): %s is %q", method, path, answer.StatusCode, name, got)
			}
		}
		for _, c := range answer.Cookies() {
			if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Name != "__Host-wallet" && c.Name != "lang" {
				t.Errorf("%s %s sets %s", method, path, c.Raw)
			}
		}
		if to := h.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) || strings.Contains(to, "link=")) {
			t.Errorf("%s %s leads to %s", method, path, to)
		}
		if answer.StatusCode >= 500 {
			t.Errorf("%s %s: %d", method, path, answer.StatusCode)
		}
		return answer, string(body)
	}

	contract, err := openapi3.NewLoader().LoadFromData([]byte(st.send("GET", "/openapi.yaml", "", "").raw))
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	for pattern := range contract.Paths.Map() {
		path := strings.NewReplacer("{id}", st.account, "{customer}", "anna").Replace(pattern)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK"} {
			ask(method, path)
			ask(method, path, "Authorization", "Bearer "+key, "Origin", "https://evil.example", "X-Http-Method-Override", "POST")
			answers += 2
		}
	}

	// Links begin with what the installation says, whatever the caller calls it.
	link := func(path, body string) string {
		t.Helper()
		url := st.send("POST", path, "", body).text("url")
		at, ok := strings.CutPrefix(url, "https://pay.example")
		if !ok {
			t.Fatalf("a link to %s", url)
		}
		return at
	}
	wallet := func(customer string) string {
		return link("/v1/wallet_sessions", `{"customer": "`+customer+`", "programme": "default"}`)
	}
	enter := func(at string, headers ...string) string {
		t.Helper()
		answer, _ := ask("GET", at, headers...)
		for _, c := range answer.Cookies() {
			if c.Name == "__Host-wallet" && answer.StatusCode == http.StatusSeeOther {
				return "__Host-wallet=" + c.Value
			}
		}
		t.Fatalf("%s lets nobody in: %d", at, answer.StatusCode)
		return ""
	}
	checkout := link("/v1/checkout_sessions", `{"customer": "anna", "programme": "default", "amount": 5000, "currency": "CNY", "scene": "mall", "merchant": "m-1", "order": "o-2", "return_url": "https://shop.example/", "means": [{"id": "card", "names": {"zh": "卡", "en": "Card"}}]}`)
	sessions := map[string]string{"/wallet": enter(wallet("anna")), "/checkout": enter(checkout), "/open": enter(wallet("new")), "/": "", "/docs": "", "/nothing": "", "/wallet/enter": "", "/checkout/enter?link=x": ""}
	pages := 0
	for start, cookie := range sessions {
		seen := map[string]bool{start: true}
		for queue := []string{start}; len(queue) > 0 && len(seen) < 120; queue = queue[1:] {
			answer, body := ask("GET", queue[0], "Cookie", cookie)
			pages++
			ask("GET", queue[0])
			for _, method := range []string{"POST", "DELETE", "TRACE", "PUT"} {
				evil, _ := ask(method, queue[0], "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
				if cookie != "" && method != "TRACE" && evil.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s for another site: %d", method, queue[0], evil.StatusCode)
				}
			}
			links := pagetest.Read(t, body).Links
			for _, at := range append(links, answer.Header.Get("Location")) {
				at, _, _ = strings.Cut(at, "#")
				if strings.HasPrefix(at, "/") && !strings.Contains(at, "lang=") && !seen[at] && !strings.HasPrefix(at, "/live") {
					seen[at] = true
					queue = append(queue, at)
				}
			}
		}
	}
	if answers < 2000 || pages < 50 {
		t.Errorf("only %d answers of routes and %d pages", answers, pages)
	}
	for _, path := range []string{"//evil.example/wallet", "/wallet//evil.example", "/wallet/..//evil.example", `/wallet/\evil.example`, "/wallet/%2f%2fevil.example/..", "/wallet?lang=en&done=//evil.example", "/checkout//evil.example/%2e%2e"} {
		ask("GET", path, "Cookie", sessions["/wallet"])
	}

	// Who opens another's link is in as that one, and nowhere as themselves any more.
	mine := sessions["/wallet"]
	other := enter(wallet("new"), "Cookie", mine)
	if answer, _ := ask("GET", "/wallet", "Cookie", mine); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session before: %d", answer.StatusCode)
	}
	// And a session is no key: what is said inside of the process can't be said from outside.
	for _, headers := range [][]string{{"Cookie", other}, {"Cookie", sessions["/checkout"], "X-Principal", "anna", "X-Customer", "anna", "Forwarded", "for=inside"}, {"Authorization", "Bearer " + strings.TrimPrefix(other, "__Host-wallet=")}} {
		if answer, _ := ask("GET", "/v1/accounts/"+st.account, headers...); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%v at the API: %d", headers, answer.StatusCode)
		}
	}
	t.Log(answers, "answers of routes,", pages, "pages")
}
