package wallet_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/server/servertest"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestNobodyElse: no session, another's things, another site's forms, forms of no page.
func TestNobodyElse(t *testing.T) {
	h, _ := lived(t)
	other := h.Open(t, "u-2")
	h.buy(t, other, 99_00, "next", "m-secret", "o-9", true)
	theirs, err := h.Shop.ListPurchases(t.Context(), other.ID, client.ListPurchasesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	p := h.enter(t, "u-1", "en")
	strip := regexp.MustCompile(`req_[0-9a-z-]+`)
	_, _, not := p.Get("/wallet/purchases/" + theirs.Data[0].ID)
	status, _, none := p.Get("/wallet/purchases/pur_zzzzzzzzzzzzzzzzzzzz_1")
	if status != http.StatusNotFound || strip.ReplaceAllString(not, "") != strip.ReplaceAllString(none, "") {
		t.Errorf("another's purchase and nobody's look different: %s\n%s", not, none)
	}
	stranger := &person{&servertest.Person{T: t, H: h.House, HTTP: &http.Client{CheckRedirect: p.HTTP.CheckRedirect}}}
	for _, path := range []string{"/wallet", "/wallet/bills", "/wallet/close", "/wallet/enter?link=x", "/wallet/enter"} {
		if status, _, _ := stranger.Get(path); status != http.StatusUnauthorized {
			t.Errorf("%s without a session: %d", path, status)
		}
	}
	form := p.Fill(p.Read("/wallet/protection"), "/wallet/protection/pause", `value="pause"`)
	for name, headers := range map[string][]string{
		"another site's": {"Sec-Fetch-Site", "cross-site"}, "an old browser's on another site": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
	} {
		if status, _, _ := p.Post("/wallet/protection/pause", form, headers...); status != http.StatusForbidden {
			t.Errorf("%s form: %d", name, status)
		}
	}
	if status, _, _ := p.Post("/wallet/protection/pause", url.Values{"do": {"pause"}}); status != http.StatusBadRequest {
		t.Errorf("a form without a key: %d", status)
	}
	if a, err := h.Shop.GetAccount(t.Context(), other.ID); err != nil || !a.CanSpend {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestSessionsOfPages: a planted cookie is no session, a new session is a new cookie,
// and logging out ends it, on every device if wished.
func TestSessionsOfPages(t *testing.T) {
	h, _ := lived(t)
	cookie := func(p *person) string {
		u, err := url.Parse(h.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.HTTP.Jar.Cookies(u) {
			if c.Name == "wallet" {
				return c.Value
			}
		}
		return ""
	}
	planted := h.enter(t, "u-1", "en")
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	fixed := strings.Repeat("A", 43)
	planted.HTTP.Jar.SetCookies(u, []*http.Cookie{{Name: "wallet", Value: fixed, Path: "/"}})
	if status, _, _ := planted.Get("/wallet"); status != http.StatusUnauthorized {
		t.Errorf("a planted cookie: %d", status)
	}
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID})
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link.URL, h.URL)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, link.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	planted.Do(r) // a look at the head, as messengers take one, uses nothing up
	if status, to, _ := planted.Get(path); status != http.StatusSeeOther || strings.Contains(to, "link") {
		t.Errorf("entering: %d to %s", status, to)
	}
	if got := cookie(planted); got == fixed || len(got) != 43 {
		t.Errorf("the session has the planted token: %s", got)
	}
	if status, _, _ := planted.Get(path); status != http.StatusUnauthorized {
		t.Errorf("the link a second time: %d", status)
	}
	second := h.enter(t, "u-1", "en")
	if status, _, _ := second.Post("/wallet/leave", url.Values{}); status != http.StatusOK || cookie(second) != "" {
		t.Errorf("logging out: %d", status)
	}
	if status, _, _ := planted.Get("/wallet"); status != http.StatusOK {
		t.Errorf("the other device: %d", status)
	}
	third := h.enter(t, "u-1", "en")
	third.Post("/wallet/leave", url.Values{"everywhere": {"yes"}})
	if status, _, _ := planted.Get("/wallet"); status != http.StatusUnauthorized {
		t.Errorf("logged out everywhere: %d", status)
	}
}

// TestHostileTextIsText puts each into what a page shows of a customer's own: the
// merchant of an order, and what the help is asked.
func TestHostileTextIsText(t *testing.T) {
	if len(pagetest.Hostile) < 60 {
		t.Fatalf("only %d", len(pagetest.Hostile))
	}
	h := newHouse(t)
	account := h.Open(t, "u-1")
	p := h.enter(t, "u-1", "en")
	shown := 0
	for i, text := range pagetest.Hostile {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			continue // no merchant is called so: the API refuses it, which its own tests show
		}
		h.buy(t, account, 1_00, "next", text, fmt.Sprint("o-", i), true)
		shown++
		body := p.Read("/wallet/help?q=" + url.QueryEscape(text))
		if found := forbidden.FindString(body); found != "" && !strings.Contains(html.EscapeString(found), found) {
			t.Errorf("%q got into the help: %q", text, found)
		}
		if strings.Contains(body, text) && strings.ContainsAny(text, "<>\"'&") {
			t.Errorf("%q stands in the help as it is", text)
		}
	}
	body := p.Read("/wallet/purchases")
	read := html.UnescapeString(body)
	for _, text := range pagetest.Hostile[len(pagetest.Hostile)-20:] { // the newest stand on the first page
		if !strings.Contains(read, text) {
			t.Errorf("%q is not shown as it was typed", text)
		}
	}
	for _, tag := range []string{"<script>", "<img", "<iframe", "<math", "<base", "<style", "onerror=alert(1)>", "<details open on"} {
		if strings.Contains(body, tag) {
			t.Errorf("%s got into the page", tag)
		}
	}
	if n := strings.Count(body, "<small>"); n < 30 || shown < 55 { // a page of the list
		t.Errorf("%d purchases of %d are shown", n, shown)
	}
}
