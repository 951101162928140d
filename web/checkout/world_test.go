package checkout_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api"
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/web"
	"github.com/yuefu/yuefu/web/checkout"
	"github.com/yuefu/yuefu/web/page"
	"github.com/yuefu/yuefu/web/wallet"
)

// house is the real thing on a sandbox, with a shop that has customers.
type house struct {
	office *office.Office
	url    string
	shop   *client.Client // with an operator's key
	other  *client.Client // of another platform
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	o, err := office.Open(ctx, filepath.Join(t.TempDir(), "checkout.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-01-15T10:00:00+08:00", Partitions: 4}, Log: quiet, Payments: &standin.Bank{}, Notices: &notice.Options{},
	})
	must(err)
	h := &house{office: o}
	var s *api.Server
	gate := &page.Gate{Sessions: o.Sessions, Now: o.Clock.Now, Zone: o.Zone, Log: quiet, Guesses: guess.New(time.Now, guess.Options{}), API: func(who session.Session) *client.Client {
		return client.New("http://inside", "", &http.Client{Transport: s.As(api.Principal{Platform: who.Platform, Programme: who.Programme, Customer: who.Customer, Checkout: who.Checkout != ""})})
	}}
	files, err := page.ReadAssets(page.Static)
	must(err)
	purse, err := wallet.Handler(gate, files)
	must(err)
	pages, err := checkout.Handler(gate, files)
	must(err)
	start, err := web.Handler(web.Config{Spec: api.Contract(), Day: func() calendar.Date { return o.Desk.Today().Day }, Now: time.Now})
	must(err)
	book := o.DB.Book()
	s = api.New(api.Options{
		Desk: o.Desk, Catalogue: o.Catalogue, Tables: o.Tables, Log: quiet, Partitions: book.Partitions, Zone: book.Zone, Sandbox: true, Sessions: o.Sessions, Sources: o.Sources, Events: o.Events, Consents: o.Consents, Vault: o.Vault, Notices: o.Notices, Told: o.Told,
		Payments: func() api.PaymentFigures { return api.PaymentFigures(o.DebitFigures()) },
		Pages:    map[string]http.Handler{wallet.Path: purse, wallet.Path + "/": purse, checkout.Path: pages, checkout.Path + "/": pages, checkout.OpenPath: pages, checkout.OpenPath + "/": pages, "/static/": start, "/favicon.ico": start},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	h.url = "http://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(s.Shutdown(ctx), <-served, o.Close()); err != nil {
			t.Error(err)
		}
	})
	h.shop, h.other = h.platform(t, "shop"), h.platform(t, "other")
	return h
}

// platform adds one with the sample programme, in which reading takes a second.
func (h *house) platform(t *testing.T, id string) *client.Client {
	t.Helper()
	books := h.office.Catalogue
	if _, err := books.CreatePlatform(t.Context(), catalogue.Installation, id, id); err != nil {
		t.Fatal(err)
	}
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds = 1
	v, err := books.CreateProgramme(t.Context(), catalogue.Installation, id, catalogue.SampleID, draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := books.Activate(t.Context(), catalogue.Installation, id, catalogue.SampleID, v.Number); err != nil {
		t.Fatal(err)
	}
	_, key, err := books.CreateKey(t.Context(), catalogue.Installation, id, catalogue.OperatorRole)
	if err != nil {
		t.Fatal(err)
	}
	return client.New(h.url, key, nil)
}

// open opens an account for a customer, with two bound cards.
func (h *house) open(t *testing.T, customer string) client.Account {
	t.Helper()
	d, err := h.shop.GetDisclosure(t.Context(), catalogue.SampleID, client.GetDisclosureQuery{})
	if err != nil {
		t.Fatal(err)
	}
	now := h.office.Clock.Now()
	var consents []client.Consent
	for _, text := range d.Documents {
		consents = append(consents, client.Consent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: customer, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: 30,
			ShownAt: now.Add(-time.Minute), AcceptedAt: now,
		})
	}
	a, err := h.shop.Apply(t.Context(), "open-"+customer, client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: consents,
		Declared: client.Declared{Adult: true, MonthlyIncome: 10_000_00}, RequestedLimit: 10_000_00,
	})
	if err != nil || a.Status != client.DecisionApproved {
		t.Fatalf("application of %s: %+v, %v", customer, a, err)
	}
	if _, err := h.shop.PutSources(t.Context(), a.Account, client.SourcesRequest{Sources: []client.SourceTold{
		{Source: "tok_card_1", Label: "招商银行 ···· 1234"}, {Source: "tok_empty", Label: "工商银行 ···· 9"},
	}}); err != nil {
		t.Fatal(err)
	}
	return a.Opened
}

// to moves the sandbox's clock.
func (h *house) to(t *testing.T, day string) {
	t.Helper()
	var to calendar.Date
	if err := to.UnmarshalText([]byte(day)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.shop.AdvanceClock(t.Context(), client.AdvanceRequest{To: to}); err != nil {
		t.Fatal(err)
	}
}

// person is somebody with a browser that keeps cookies and follows no redirects.
type person struct {
	t    *testing.T
	h    *house
	http *http.Client
}

// order is what the shop asks its customers to pay.
func order(customer string, amount int64) client.CheckoutRequest {
	return client.CheckoutRequest{
		Customer: customer, Programme: catalogue.SampleID, Amount: amount, Currency: "CNY", Scene: "mall", Merchant: "m-17", Order: "o-" + customer,
		Description: "蓝色雨伞 Blue umbrella", ReturnURL: "https://shop.example/orders/1?a=b", CancelURL: "https://shop.example/cart", PayLaterPosition: 2,
		Means: []client.OtherMeans{{ID: "card", Names: client.Label{Zh: "银行卡", En: "Bank card"}}, {ID: "balance", Names: client.Label{Zh: "余额", En: "Balance"}}},
	}
}

// pay begins a checkout for a customer, who opens it.
func (h *house) pay(t *testing.T, request client.CheckoutRequest) (*person, client.CheckoutSession) {
	t.Helper()
	c, err := h.shop.CreateCheckoutSession(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return h.enter(t, c.URL, checkout.Path), c
}

// enter lets somebody in by a link that leads to a page.
func (h *house) enter(t *testing.T, link, leads string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t, h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	status, to, _ := p.get(strings.TrimPrefix(link, h.url))
	if status != http.StatusSeeOther || to != leads {
		t.Fatalf("entering: %d to %s", status, to)
	}
	return p
}

func (p *person) do(r *http.Request) (status int, location, body string) {
	p.t.Helper()
	answer, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

func (p *person) get(path string) (status int, location, body string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.h.url+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(r)
}

// read is a page that has to be there.
func (p *person) read(path string) string {
	p.t.Helper()
	status, to, body := p.get(path)
	if status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, status, to)
	}
	return body
}

// post sends a form as a browser on our own page does.
func (p *person) post(path string, form url.Values, headers ...string) (status int, location, body string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.h.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return p.do(r)
}

var (
	formPattern   = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)".*?</form>`)
	fieldPattern  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	buttonPattern = regexp.MustCompile(`<button[^>]* name="([^"]+)" value="([^"]*)"`)
)

// fill finds the form on a page that goes to an action and whose text has mark, and
// returns its hidden fields with those that the person fills in.
func (p *person) fill(body, action, mark string, filled ...string) url.Values {
	p.t.Helper()
	for _, m := range formPattern.FindAllStringSubmatch(body, -1) {
		if m[1] != action || !strings.Contains(m[0], mark) {
			continue
		}
		form := url.Values{}
		for _, f := range fieldPattern.FindAllStringSubmatch(m[0], -1) {
			form.Set(f[1], f[2])
		}
		if b := buttonPattern.FindStringSubmatch(m[0]); b != nil {
			form.Set(b[1], b[2])
		}
		for i := 0; i < len(filled); i += 2 {
			form.Set(filled[i], filled[i+1])
		}
		return form
	}
	p.t.Fatalf("there is no form to %s with %q on the page:\n%s", action, mark, body)
	return nil
}

// submit fills a page's form in and sends it; it has to lead to another page.
func (p *person) submit(path, action, mark string, filled ...string) string {
	p.t.Helper()
	status, to, body := p.post(action, p.fill(p.read(path), action, mark, filled...))
	if status != http.StatusSeeOther {
		p.t.Fatalf("%s: %d\n%s", action, status, body)
	}
	return to
}
