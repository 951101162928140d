package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNobodySeesACanary keeps a person who could be mistaken for nothing else, reads
// every page that links lead to, as that person and as another, and then looks at the
// log and into the files.
func TestNobodySeesACanary(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "yuefu.db")
	s := serve(t, dsn, append(sandbox("2026-01-05T09:00:00+08:00"), "--log-level", "debug")...)
	st := &story{caller: s.caller(s.key("shop", "operator"))}
	words := []string{"囍龘靐", "000000197707077776", "2777177717", "x@canary.example", "龘靐路七号"}
	const canary = `{"name": "囍龘靐", "identity_number": "000000197707077776", "phone": "12777177717", "address": "龘靐路七号", "email": "x@canary.example"}`
	st.send("PUT", "/v1/customers/anna/person", "", canary).want("kept", "name", "囍**")
	for _, customer := range []string{"anna", "other"} {
		account := st.post("/v1/applications", "%s", st.application(customer, grownUp, nil)).want("the application", "status", "approved").text("account")
		if st.account != "" {
			continue // anna is who buys in this story
		}
		st.account = account
		hold := st.checkout(12345, "next", "mall", "o-"+customer).want("the hold", "status", "approved")
		st.post("/v1/authorisations/"+hold.text("id")+"/captures", `{"amount": 12345}`)
	}
	st.send("POST", "/v1/clock/advance", "", `{"to": "2026-02-02"}`)

	seen := map[string]string{}
	for _, customer := range []string{"anna", "other"} {
		link := st.send("POST", "/v1/wallet_sessions", "", `{"customer": "`+customer+`", "programme": "default"}`).text("url")
		for at, page := range crawl(t, s.url, link) {
			seen[customer+" at "+at] = page
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %d pages were read", len(seen))
	}
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
	for where, text := range seen {
		for _, word := range words {
			if strings.Contains(text, word) {
				t.Errorf("%s says %s", where, word)
			}
		}
	}
}

var linked = regexp.MustCompile(`href="(/[^"#]*)"`)

// crawl opens a wallet by its link, and reads every page that it leads to.
func crawl(t *testing.T, base, link string) map[string]string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: &http.Transport{}}
	defer browser.CloseIdleConnections()
	pages := map[string]string{}
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
		if at == strings.TrimPrefix(link, base) {
			at = "/wallet/enter"
		}
		pages[at] = response.Request.URL.String() + "\n" + string(text)
	}
	read(link)
	for again := true; again && len(pages) < 100; {
		again = false
		for _, text := range pages {
			for _, m := range linked.FindAllStringSubmatch(text, -1) {
				if _, known := pages[m[1]]; !known && (m[1] == "/wallet" || strings.HasPrefix(m[1], "/wallet/")) {
					read(base + m[1])
					again = true
				}
			}
		}
	}
	return pages
}
