package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// fill puts ids into a pattern: well-formed ones of nothing, or of somebody else.
func fill(pattern, account string) string {
	letters := strings.TrimPrefix(account, "acc_")
	id := account
	for in, prefix := range map[string]string{
		"/applications/": "app_", "/authorisations/": "aut_", "/purchases/": "pur_", "/statements/": "stm_", "/closures/": "clo_", "/repayments/": "rep_",
		"/refunds/": "ref_", "/disputes/": "dsp_", "/debits/": "deb_",
	} {
		if strings.HasPrefix(pattern, "/v1"+in) {
			id = prefix + letters + "_1"
		}
	}
	for name, value := range map[string]string{"{id}": id, "{kind}": "customer", "{scene}": "mall", "{hash}": strings.Repeat("0", 64)} {
		pattern = strings.ReplaceAll(pattern, name, value)
	}
	return pattern
}

const nobody = "acc_0123456789abcdefghjk"

// TestWhoMayUseARoute: each route's policy, tried with no key, a wrong one, a platform's, a stranger's.
func TestWhoMayUseARoute(t *testing.T) {
	w := newWorld(t)
	mine := w.opened(t, "u-mine").ID
	for _, r := range routes {
		path := fill(r.pattern, mine)
		if r.policy == public {
			if a := w.send(t, r.method, path, ""); a.status != http.StatusOK {
				t.Errorf("%s %s without a key: %d %s", r.method, path, a.status, a.body)
			}
			continue
		}
		for _, authorization := range []string{"", "Bearer", "Bearer ", "bearer", "Basic " + w.platform, w.platform, "Bearer " + w.platform + "x",
			"Bearer " + w.platform[:len(w.platform)-1], "Bearer yk_test_" + strings.Repeat("0", 52), "Bearer " + strings.Repeat("x", 5000), "Bearer \xff\xfe"} {
			a := w.send(t, r.method, path, "", "Authorization", authorization)
			if !a.isProblem(t, kindUnauthenticated) || a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s with %.30q: %d %s", r.method, path, authorization, a.status, a.body)
			}
		}
		if r.policy == operatorKey {
			a := w.post(t, w.platform, "k", path, "{}")
			if r.method == "GET" {
				a = w.get(t, w.platform, path)
			}
			if !a.isProblem(t, kindOperatorKey) {
				t.Errorf("%s %s with a platform's key: %d %s", r.method, path, a.status, a.body)
			}
		}
	}
}

// TestOtherPeoplesIDs: what is another platform's looks exactly like what is not there.
func TestOtherPeoplesIDs(t *testing.T) {
	w := newWorld(t)
	samples := w.samples(t)
	byPattern := map[string]string{}
	for operation, s := range samples {
		for path, item := range specification(t).Paths.Map() {
			if item.Post != nil && item.Post.OperationID == operation || item.Patch != nil && item.Patch.OperationID == operation {
				byPattern[path] = mustJSON(t, s.body)
			}
		}
	}
	account := w.opened(t, "u-good2").ID
	stranger, lender := w.stranger, w.outsider
	instance := func(a answer) string {
		before, _, _ := strings.Cut(a.body, `"instance"`)
		return before
	}
	w.unchanged(t, func() {
		for _, r := range routes {
			if !strings.Contains(r.pattern, "{id}") || strings.HasPrefix(r.pattern, "/v1/programmes") {
				continue
			}
			key := stranger
			if r.policy == operatorKey {
				key = lender
			}
			body := byPattern[r.pattern]
			ask := func(path, name string) answer {
				if r.method == "GET" {
					return w.get(t, key, path)
				}
				return w.sendBody(t, r.method, key, name, path, body)
			}
			theirs, nothing := ask(fill(r.pattern, account), "k1"), ask(fill(r.pattern, nobody), "k2")
			if !theirs.isProblem(t, "not_found") {
				t.Errorf("%s %s of another platform: %d %s", r.method, r.pattern, theirs.status, theirs.body)
			}
			if instance(theirs) != instance(nothing) {
				t.Errorf("%s %s tells what is another's from what is not there:\n%s\n%s", r.method, r.pattern, theirs.body, nothing.body)
			}
		}
		// Bodies that name another's account.
		for _, path := range []string{"/v1/quotes", "/v1/authorisations"} {
			if a := w.post(t, stranger, "k3", path, byPattern[path]); !a.isProblem(t, "not_found") {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	})
}

func TestBadIDs(t *testing.T) {
	w := newWorld(t)
	samples := w.samples(t)
	w.unchanged(t, func() {
		for _, id := range []string{"x", "acc_", "acc_0123456789abcdefghj", "acc_0123456789abcdefghjkm", "ACC_0123456789ABCDEFGHJK", "acc_0123456789abcdefghil",
			"aut_0123456789abcdefghjk", "aut_0123456789abcdefghjk_", "aut_0123456789abcdefghjk_0", "aut_0123456789abcdefghjk_01", "aut_0123456789abcdefghjk_-1",
			"aut_0123456789abcdefghjk_99999999999999999999", "pur_0123456789abcdefghjk_1", "%00", "%2F", "a%20b", "%F0%9F%98%80", strings.Repeat("x", 3000)} {
			for operation, path := range map[string]string{
				"capture": "/v1/authorisations/" + id + "/captures", "refund": "/v1/purchases/" + strings.Replace(id, "pur_", "aut_", 1) + "/refunds",
				"repay": "/v1/accounts/" + id + "/repayments", "reviewApplication": "/v1/applications/" + id + "/review", "refuseClosure": "/v1/closures/" + id + "/refuse",
			} {
				a := w.post(t, w.operator, "bad-id", path, mustJSON(t, samples[operation].body))
				if !a.isProblem(t, "not_found") {
					t.Errorf("%s: %d %s", path, a.status, a.body)
				}
			}
			for _, path := range []string{"/v1/accounts/" + id, "/v1/accounts/" + id + "/closing-conditions", "/v1/texts/" + id, "/v1/programmes/" + id} {
				if a := w.get(t, w.platform, path); !a.isProblem(t, "not_found") {
					t.Errorf("%s: %d %s", path, a.status, a.body)
				}
			}
		}
	})
}

func TestIdempotencyKeys(t *testing.T) {
	w := newWorld(t)
	account := w.opened(t, "u-1")
	body := mustJSON(t, object(t, w.checkout(t, account, 1_00, "next", "o-1")))
	with := func(headers ...string) answer {
		return w.send(t, "POST", "/v1/authorisations", body, append([]string{"Authorization", "Bearer " + w.platform, "Content-Type", "application/json"}, headers...)...)
	}
	w.unchanged(t, func() {
		for _, r := range routes {
			if !r.keyed {
				continue
			}
			a := w.send(t, r.method, fill(r.pattern, account.ID), "{}", "Authorization", "Bearer "+w.operator, "Content-Type", "application/json")
			if !a.isProblem(t, kindKeyMissing) {
				t.Errorf("%s without a key: %d %s", r.pattern, a.status, a.body)
			}
		}
		for key, kind := range map[string]string{
			"": kindKeyMissing, " ": kindKeyMissing, strings.Repeat("k", 129): kindKeyInvalid, "a\tb": kindKeyInvalid,
			"schlüssel": kindKeyInvalid, "\xff": kindKeyInvalid,
		} {
			a := with(keyHeader, key)
			if !a.isProblem(t, kind) {
				t.Errorf("key %q: %d %s", key, a.status, a.body)
			}
		}
		if a := with(keyHeader, "a", keyHeader, "a"); !a.isProblem(t, kindKeyInvalid) {
			t.Errorf("two keys: %d %s", a.status, a.body)
		}
	})

	key := `!"#$ ~` + strings.Repeat("k", 122)
	first := with(keyHeader, key)
	if first.status != http.StatusCreated || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%d %s", first.status, first.body)
	}
	w.unchanged(t, func() {
		if again := with(keyHeader, key); again.status != first.status || again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("the same key again: %d %s", again.status, again.body)
		}
		// The same intention in other bytes is the same request.
		spaced := strings.NewReplacer(`","`, `", "`, "{", "{ ").Replace(body)
		if again := w.post(t, w.platform, key, "/v1/authorisations", spaced); again.body != first.body {
			t.Errorf("the same request with blanks: %s", again.body)
		}
		other := mustJSON(t, object(t, w.checkout(t, account, 2_00, "next", "o-1")))
		if a := w.post(t, w.platform, key, "/v1/authorisations", other); !a.isProblem(t, kindKeyReused) {
			t.Errorf("another body: %d %s", a.status, a.body)
		}
		if a := w.post(t, w.platform, key, "/v1/accounts/"+account.ID+"/repayments", `{"amount":1,"currency":"CNY","source":"s"}`); !a.isProblem(t, kindKeyReused) {
			t.Errorf("another route: %d %s", a.status, a.body)
		}
	})
	// What was refused used no key up.
	if a := w.post(t, w.platform, "k-2", "/v1/authorisations", `{"amount":0}`); !a.isProblem(t, kindInvalidRequest) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := w.post(t, w.platform, "k-2", "/v1/authorisations", mustJSON(t, object(t, w.checkout(t, account, 2_00, "next", "o-2")))); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestMedia(t *testing.T) {
	w := newWorld(t)
	const path, body = "/v1/quotes", `{"account":"acc_0123456789abcdefghjk","amount":1,"currency":"CNY"}`
	for media, taken := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "Application/JSON;charset=UTF-8": true, `application/json; charset="utf-8"`: true,
		"": false, "text/plain": false, "application/x-www-form-urlencoded": false, "application/json; charset=gbk": false, "application/json; a=b": false,
		"multipart/form-data; boundary=x": false, "application/problem+json": false, "application/jsonx": false, ",": false,
	} {
		a := w.send(t, "POST", path, body, "Authorization", "Bearer "+w.platform, "Content-Type", media)
		if want := map[bool]string{true: "not_found", false: kindUnsupportedMedia}[taken]; !a.isProblem(t, want) {
			t.Errorf("%q: %d %s", media, a.status, a.body)
		}
	}
	if a := w.send(t, "POST", path, body, "Authorization", "Bearer "+w.platform, "Content-Type", "application/json", "Content-Encoding", "gzip"); !a.isProblem(t, kindUnsupportedMedia) {
		t.Errorf("compressed: %d %s", a.status, a.body)
	}
}

func TestBadParameters(t *testing.T) {
	w := newWorld(t)
	account := w.opened(t, "u-1").ID
	for query, kind := range map[string]string{
		"/v1/accounts?custmer=u-1":                                      kindUnknownParameter,
		"/v1/accounts?customer=u-1&Customer=u-1":                        kindUnknownParameter,
		"/v1/accounts?customer=a&customer=b":                            kindInvalidParameter,
		"/v1/accounts?customer=":                                        kindInvalidParameter,
		"/v1/accounts?customer=%00":                                     kindInvalidParameter,
		"/v1/accounts?customer=%ff":                                     kindInvalidParameter,
		"/v1/accounts?customer=" + strings.Repeat("x", 129):             kindInvalidParameter,
		"/v1/accounts?status=open":                                      kindInvalidParameter,
		"/v1/accounts?status=ACTIVE":                                    kindInvalidParameter,
		"/v1/accounts?limit=0":                                          kindInvalidParameter,
		"/v1/accounts?limit=201":                                        kindInvalidParameter,
		"/v1/accounts?limit=1.0":                                        kindInvalidParameter,
		"/v1/accounts?limit=+1":                                         kindInvalidParameter,
		"/v1/accounts?limit=":                                           kindInvalidParameter,
		"/v1/accounts?cursor=x":                                         kindInvalidParameter,
		"/v1/accounts/" + account + "/events?cursor=-1":                 kindInvalidParameter,
		"/v1/accounts/" + account + "/statements?cursor=x":              kindInvalidParameter,
		"/v1/accounts/" + account + "/statements?order=asc":             kindUnknownParameter,
		"/v1/accounts/" + account + "?expand=all":                       kindUnknownParameter,
		"/v1/programmes/default/disclosure?amount=1e3":                  kindInvalidParameter,
		"/v1/programmes/default/disclosure?amount=0":                    kindInvalidParameter,
		"/v1/programmes/default/disclosure?amount=1000000000001":        kindInvalidParameter,
		"/v1/programmes/default/disclosure?amount=-5":                   kindInvalidParameter,
		"/v1/programmes/default/disclosure?" + strings.Repeat("a", 300): kindUnknownParameter,
	} {
		if a := w.get(t, w.platform, query); !a.isProblem(t, kind) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := w.post(t, w.platform, "k", "/v1/authorisations?dry_run=true", "{}"); !a.isProblem(t, kindUnknownParameter) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestMethods(t *testing.T) {
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/v1/programmes": "GET, HEAD, OPTIONS, POST", "/v1/quotes": "OPTIONS, POST", "/healthz": "GET, HEAD, OPTIONS",
		"/v1/accounts/" + nobody + "/repayments": "GET, HEAD, OPTIONS, POST",
	} {
		for _, method := range []string{"DELETE", "PUT", "PATCH", "TRACE", "BREW", "get"} {
			a := w.send(t, method, path, "", "Authorization", "Bearer "+w.platform)
			if !a.isProblem(t, kindMethodNotAllowed) || a.header.Get("Allow") != allow {
				t.Errorf("%s %s: %d %s, Allow %q", method, path, a.status, a.body, a.header.Get("Allow"))
			}
		}
		if a := w.send(t, "OPTIONS", path, ""); a.status != http.StatusNoContent || a.header.Get("Allow") != allow || a.body != "" {
			t.Errorf("OPTIONS %s: %d %s %v", path, a.status, a.body, a.header)
		}
	}
	full, head := w.send(t, "GET", "/healthz", ""), w.send(t, "HEAD", "/healthz", "")
	if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Length") != fmt.Sprint(len(full.body)) {
		t.Errorf("HEAD: %d %q %v", head.status, head.body, head.header)
	}
	if a := w.send(t, "HEAD", "/v1/quotes", ""); a.status != http.StatusMethodNotAllowed {
		t.Errorf("HEAD of a route without GET: %d", a.status)
	}
	for _, path := range []string{"/", "/v1", "/v2/accounts", "/v1/programmes/", "/v1//programmes", "/V1/programmes", "/v1/accounts/" + nobody + "/nothing"} {
		if a := w.send(t, "GET", path, ""); !a.isProblem(t, kindNoSuchRoute) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for _, a := range []answer{w.send(t, "GET", "/healthz", ""), w.send(t, "GET", "/nothing", ""), w.get(t, w.platform, "/v1/clock"), w.send(t, "OPTIONS", "/healthz", "")} {
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Server": "", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		id := a.header.Get("Request-Id")
		if !strings.HasPrefix(id, "req_") || seen[id] {
			t.Errorf("request id %q", id)
		}
		seen[id] = true
	}
}

func TestBlocksByWhoeverMay(t *testing.T) {
	w := newWorld(t)
	account := w.opened(t, "u-1").ID
	shop, lender := w.client(w.platform), w.client(w.operator)
	for _, kind := range []string{"risk", "judicial", "dispute"} {
		if a := w.post(t, w.platform, "b-"+kind, "/v1/accounts/"+account+"/blocks", `{"kind":"`+kind+`"}`); !a.isProblem(t, kindOperatorKey) {
			t.Errorf("%s by a platform: %d %s", kind, a.status, a.body)
		}
		if _, err := lender.AddBlock(t.Context(), account, "o-"+kind, client.BlockRequest{Kind: client.BlockKind(kind)}); err != nil {
			t.Error(err)
		}
		if a := w.post(t, w.platform, "l-"+kind, "/v1/accounts/"+account+"/blocks/"+kind+"/lift", ""); !a.isProblem(t, kindOperatorKey) {
			t.Errorf("%s lifted by a platform: %d %s", kind, a.status, a.body)
		}
	}
	if _, err := shop.AddBlock(t.Context(), account, "c", client.BlockRequest{Kind: client.BlockKindCustomer}); err != nil {
		t.Error(err)
	}
	for _, kind := range []string{"overdue", "nothing", "RISK"} {
		if a := w.post(t, w.operator, "x-"+kind, "/v1/accounts/"+account+"/blocks/"+kind+"/lift", ""); !a.isProblem(t, "block_not_yours") {
			t.Errorf("%s: %d %s", kind, a.status, a.body)
		}
	}
	if a := w.post(t, w.operator, "x", "/v1/accounts/"+account+"/blocks/risk/lift", `{"kind":"risk"}`); !a.isProblem(t, kindInvalidRequest) {
		t.Errorf("a body where none is wanted: %d %s", a.status, a.body)
	}
}

// TestPages: what is mounted beside the API answers with its own headers and nothing of the API's.
func TestPages(t *testing.T) {
	page := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/docs/panic" {
				panic("secret")
			}
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprint(w, text, r.URL.Path)
		})
	}
	w := newWorld(t, func(o *Options) {
		o.Pages = map[string]http.Handler{"/": page("start "), "/docs": page("docs "), "/docs/": page("in docs ")}
	})
	for path, want := range map[string]string{"/": "start /", "/docs": "docs /docs", "/docs/": "in docs /docs/", "/docs/a/b.js": "in docs /docs/a/b.js"} {
		a := w.send(t, "GET", path, "")
		if a.body != want || len(a.header["Content-Security-Policy"]) != 1 || a.header.Get("Content-Security-Policy") != "default-src 'self'" || a.header.Get("Request-Id") == "" {
			t.Errorf("%s: %d %q %v", path, a.status, a.body, a.header)
		}
	}
	for _, path := range []string{"/doc", "/docsx", "/nothing", "/v1/nothing"} {
		if a := w.send(t, "GET", path, ""); !a.isProblem(t, kindNoSuchRoute) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := w.send(t, "GET", "/docs/panic", ""); !a.isProblem(t, kindInternal) {
		t.Errorf("a page that panics: %d %s", a.status, a.body)
	}
}
