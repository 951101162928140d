package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/notice/sms/standin"
)

// TestNobodySeesACanary keeps a person who could be mistaken for nothing else, reads
// every page that links lead to, as that person and as another, and then looks at the
// log and into the files.
func TestNobodySeesACanary(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "yuefu.db")
	heard := receiver(t)
	tower := &standin.Tower{}
	provider := httptest.NewServer(sms.Handler(tower, "sms-key-of-the-canary"))
	defer provider.Close()
	s := serve(t, dsn, append(sandbox("2026-01-05T09:00:00+08:00"), "--log-level", "debug", "--sms", provider.URL, "--sms-key", "sms-key-of-the-canary")...)
	key := s.key("shop", "operator")
	st := &story{caller: s.caller(key)}
	secret := st.send("POST", "/v1/webhook-endpoints", "", `{"url": "`+heard.url+`", "event_types": ["*"]}`).want("the endpoint", "status", "enabled").text("secret")
	words := []string{"囍龘靐", "000000197707077776", "2777177717", "x@canary.example", "龘靐路七号"}
	const canary = `{"name": "囍龘靐", "identity_number": "000000197707077776", "phone": "12777177717", "address": "龘靐路七号", "email": "x@canary.example"}`
	st.send("PUT", "/v1/customers/anna/person", "", canary).want("kept", "name", "囍**")
	accounts := map[string]string{}
	for _, customer := range []string{"anna", "other"} {
		accounts[customer] = st.post("/v1/applications", "%s", st.application(customer, grownUp, nil)).want("the application", "status", "approved").text("account")
		if st.account != "" {
			continue // anna is who buys in this story
		}
		st.account = accounts[customer]
		hold := st.checkout(12345, "next", "mall", "o-"+customer).want("the hold", "status", "approved")
		st.post("/v1/authorisations/"+hold.text("id")+"/captures", `{"amount": 12345}`)
	}
	for _, day := range []string{"2026-02-02", "2026-02-09", "2026-02-20"} { // billed, due tomorrow, overdue
		st.send("POST", "/v1/clock/advance", "", `{"to": "`+day+`"}`)
	}

	seen := map[string]string{}
	secrets := []string{key, "sms-key-of-the-canary", secret, strings.TrimPrefix(secret, "whsec_")}
	let := func(customer, what, path, body string) {
		link := st.send("POST", path, "", body).text("url")
		pages, cookie := crawl(t, s.url, link)
		for at, page := range pages {
			seen[customer+what+at] = page
		}
		_, token, _ := strings.Cut(link, "link=")
		secrets = append(secrets, token, cookie)
	}
	for _, customer := range []string{"anna", "other"} {
		let(customer, " at ", "/v1/wallet_sessions", `{"customer": "`+customer+`", "programme": "default"}`)
		let(customer, " paying at ", "/v1/checkout_sessions", `{"customer": "`+customer+`", "programme": "default", "amount": 5000, "currency": "CNY", "scene": "mall", "merchant": "m-1", "order": "ck-`+customer+`", "return_url": "https://shop.example/", "means": [{"id": "card", "names": {"zh": "卡", "en": "Card"}}]}`)
		seen["a receipt of "+customer] = st.get("/v1/accounts/" + accounts[customer] + "/receipts").raw
		seen["the inbox of "+customer] = st.get("/v1/accounts/" + accounts[customer] + "/notices").raw
		seen["the events of "+customer] = st.get("/v1/accounts/" + accounts[customer] + "/events").raw
	}
	// Somebody who is known and has no account yet opens one.
	st.send("PUT", "/v1/customers/new/person", "", strings.NewReplacer("囍龘靐", "囍龘靐靐", "000000197707077776", "000000199001010018", "12777177717", "12777177718").Replace(canary)).want("kept", "name", "囍***")
	let("new", " opening at ", "/v1/wallet_sessions", `{"customer": "new", "programme": "default", "page": "open"}`)
	if len(seen) < 60 || seen["new opening at /open/about"] == "" || seen["anna paying at /checkout/plans"] == "" {
		t.Errorf("only %d pages were read", len(seen))
	}
	for range 100 {
		if len(tower.Books()) > 1 && strings.Count(heard.said(), "\n") > 5 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !strings.Contains(heard.said(), "statement.issued") || !strings.Contains(fmt.Sprint(tower.Books()), words[2]) {
		t.Errorf("webhooks heard %d lines, and %d messages were sent", strings.Count(heard.said(), "\n"), len(tower.Books()))
	}
	for _, m := range tower.Books() { // the number is whom it goes to; what it says has none
		seen["the message "+m.Message.ID] = m.Message.Text
	}
	seen["what webhooks heard"], seen["the feed"], seen["the metrics"] = heard.said(), st.get("/v1/events?limit=200").raw, st.send("GET", "/metrics", "", "").raw
	s.stop()
	seen["the log"] = s.said()
	if !strings.Contains(seen["the log"], "/v1/customers/") {
		t.Error("nothing was logged of it")
	}
	files, err := filepath.Glob(dsn + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen["the file "+filepath.Base(file)] = string(text)
	}
	// Their own copy of all that is known is the one place that has to say it.
	const own = "anna at /wallet/data?file=json"
	if !strings.Contains(seen[own], words[0]) || seen["other at /wallet/data?file=json"] == "" {
		t.Error("the wallets gave no copies")
	}
	delete(seen, own)
	for _, word := range secrets {
		if len(word) < 20 {
			t.Errorf("%q is no secret", word)
		}
		for _, where := range []string{"the log", "what webhooks heard", "the feed", "the metrics", "the events of anna", "the inbox of anna"} {
			if strings.Contains(seen[where], word) {
				t.Errorf("%s says the secret %s", where, word)
			}
		}
	}
	for where, text := range seen {
		for _, word := range words {
			if strings.Contains(text, word) {
				t.Errorf("%s says %s", where, word)
			}
		}
	}
}

var hosted = regexp.MustCompile(`^/(wallet|checkout|open)([/?]|$)`)

var linked = regexp.MustCompile(`href="(/[^"#]*)"`)

// heard is what a platform's server was sent.
type heard struct {
	url string
	mu  sync.Mutex
	all strings.Builder
}

func (h *heard) said() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.String()
}

// receiver is a platform's server, which keeps all that it is sent.
func receiver(t *testing.T) *heard {
	t.Helper()
	h := &heard{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		fmt.Fprintln(&h.all, r.URL, r.Header, string(body))
	}))
	t.Cleanup(server.Close)
	h.url = server.URL + "/hook"
	return h
}

// crawl opens hosted pages by their link, and reads every page that they lead to. It
// returns the session's cookie with them.
func crawl(t *testing.T, base, link string) (pages map[string]string, cookie string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: &http.Transport{}}
	defer browser.CloseIdleConnections()
	pages = map[string]string{}
	read := func(address string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.TrimPrefix(address, base)
		if address == link {
			at = response.Request.URL.Path // to which it led
		}
		pages[at] = response.Request.URL.String() + "\n" + string(text)
	}
	read(link)
	for _, at := range []string{"/checkout/plans", "/checkout/confirm?plan=flat6", "/checkout/result", "/open", "/open/about", "/open/precheck", "/open/review", "/open/documents/credit_agreement"} {
		read(base + at) // where buttons lead to; not each is there for everybody
	}
	for again := true; again && len(pages) < 100; {
		again = false
		for _, text := range pages {
			for _, m := range linked.FindAllStringSubmatch(text, -1) {
				if _, known := pages[m[1]]; !known && hosted.MatchString(m[1]) {
					read(base + m[1])
					again = true
				}
			}
		}
	}
	for _, c := range jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(base, "http://"), Path: "/"}) {
		if c.Name == "wallet" {
			cookie = c.Value
		}
	}
	return pages, cookie
}
