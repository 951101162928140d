package storefront_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/examples/shop/storefront"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/server"
)

// market is a yuefu sandbox with a platform, and the shop on it.
type market struct {
	yuefu *client.Client // with the key that the shop has
	other *client.Client // with another kind of key
	store *storefront.Shop
	url   string // of the shop
}

// newMarket opens both. The shop has a key of the role.
func newMarket(t *testing.T, role catalogue.Role, secret string) *market {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	o, err := office.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-01-15T10:00:00+08:00", Partitions: 4}, Log: quiet, Payments: &standin.Bank{},
	})
	must(err)
	_, err = o.Catalogue.CreatePlatform(t.Context(), catalogue.Installation, "shop", "shop")
	must(err)
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds = 1
	v, err := o.Catalogue.CreateProgramme(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, draft)
	must(err)
	must(o.Catalogue.Activate(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, v.Number))

	yuefu, err := server.Listen(o, "127.0.0.1:0", server.Options{Log: quiet})
	must(err)
	key := func(role catalogue.Role) *client.Client {
		_, key, err := o.Catalogue.CreateKey(t.Context(), catalogue.Installation, "shop", role)
		must(err)
		return client.New(yuefu.URL, key, nil)
	}
	m := &market{yuefu: key(role), other: key(catalogue.OperatorRole)}

	var handler http.Handler
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	m.url = shop.URL
	m.store, err = storefront.Open(t.Context(), storefront.Config{
		API: m.yuefu, Programme: catalogue.SampleID, Public: shop.URL, Secret: secret, Log: slog.Default(),
		People: []storefront.Person{{Customer: "u-1", ZH: "住在这里", EN: "lives here"}},
	})
	must(err)
	handler = m.store.Handler()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := m.store.Close(ctx)
		shop.Close()
		http.DefaultClient.CloseIdleConnections()
		if err := errors.Join(err, yuefu.Close(), <-yuefu.Failed, o.Close()); err != nil {
			t.Error(err)
		}
	})
	return m
}

// open opens an account for a customer, as its hosted pages would.
func (m *market) open(t *testing.T, customer string, limit int64) client.Application {
	t.Helper()
	d, err := m.yuefu.GetDisclosure(t.Context(), catalogue.SampleID, client.GetDisclosureQuery{})
	if err != nil {
		t.Fatal(err)
	}
	clock, err := m.yuefu.GetClock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := client.ApplicationRequest{Customer: customer, Programme: catalogue.SampleID, Declared: client.Declared{Adult: true, MonthlyIncome: 18_000_00}, RequestedLimit: limit}
	for _, text := range d.Documents {
		r.Consents = append(r.Consents, client.Consent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: customer, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: 30,
			ShownAt: clock.Now.Add(-time.Minute), AcceptedAt: clock.Now,
		})
	}
	a, err := m.yuefu.Apply(t.Context(), "open-"+customer, r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// confirm confirms a checkout, as its hosted pages would.
func (m *market) confirm(t *testing.T, id string) client.CheckoutSession {
	t.Helper()
	c, err := m.yuefu.GetCheckoutSession(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	clock, err := m.yuefu.GetClock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range c.PayLater.Quotes.Data {
		if q.Plan != "free3" {
			continue
		}
		c, err = m.yuefu.ConfirmCheckout(t.Context(), id, client.CheckoutConfirmation{Plan: q.Plan, Consent: client.QuoteConsent{
			Document: q.Text.Document, Version: q.Text.Version, Hash: q.Text.Hash, Person: c.Customer, Act: "tap_pay", Channel: "checkout", Language: "zh-Hans", ReadSeconds: 5,
			ShownAt: clock.Now.Add(-10 * time.Second), AcceptedAt: clock.Now,
		}})
		if err != nil || c.Status != client.CheckoutConfirmed {
			t.Fatalf("%+v, %v", c, err)
		}
		return c
	}
	t.Fatalf("there is no plan to confirm: %+v", c.PayLater)
	return c
}

// visitor is somebody with a browser that keeps cookies and follows no redirects.
type visitor struct {
	t    *testing.T
	m    *market
	http *http.Client
}

func (m *market) visitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, m, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *visitor) do(method, path string, form url.Values, headers ...string) (status int, location, body string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.m.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// read is a page that has to be there.
func (v *visitor) read(path string) string {
	v.t.Helper()
	status, to, body := v.do("GET", path, nil)
	if status != http.StatusOK {
		v.t.Fatalf("%s: %d to %q\n%s", path, status, to, body)
	}
	return body
}

// until reads a page until it says something.
func (v *visitor) until(path, words string) string {
	v.t.Helper()
	for range 200 {
		if body := v.read(path); strings.Contains(body, words) {
			return body
		}
		time.Sleep(50 * time.Millisecond)
	}
	v.t.Fatalf("%s never says %q:\n%s", path, words, v.read(path))
	return ""
}

// post sends a form, and is led elsewhere.
func (v *visitor) post(path string, pairs ...string) string {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	status, to, body := v.do("POST", path, form)
	if status != http.StatusSeeOther {
		v.t.Fatalf("%s: %d\n%s", path, status, body)
	}
	return to
}

var customerPattern = regexp.MustCompile(`Customer <code>([^<]+)</code>`)

// customer is who the visitor is.
func (v *visitor) customer() string {
	v.t.Helper()
	found := customerPattern.FindStringSubmatch(v.read("/me"))
	if found == nil {
		v.t.Fatal("the visitor has no customer number")
	}
	return found[1]
}

// buys orders something, goes to the checkout, and returns the order's page and the checkout.
func (v *visitor) buys(product string) (path, checkout string) {
	v.t.Helper()
	path = v.post("/orders", "product", product)
	status, to, body := v.do("GET", path+"/pay", nil)
	if status != http.StatusSeeOther || !strings.Contains(to, "/checkout/enter?link=") {
		v.t.Fatalf("to pay: %d to %q\n%s", status, to, body)
	}
	found := regexp.MustCompile(`ck_[0-9a-z]+`).FindString(v.read(path))
	if found == "" {
		v.t.Fatal("the order names no checkout")
	}
	return path, found
}

// disputing contests a part of a purchase.
var disputing = client.DisputeRequest{Amount: 100_00, Reason: "not_received"}

// bought is an account's first purchase.
func bought(t *testing.T, m *market, account string) string {
	t.Helper()
	list, err := m.yuefu.ListPurchases(t.Context(), account, client.ListPurchasesQuery{})
	if err != nil || len(list.Data) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list.Data[0].ID
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// setCookie gives the browser a cookie.
func setCookie(t *testing.T, ctx context.Context, address, name, value string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: address}); err != nil {
		t.Fatal(err)
	}
}
