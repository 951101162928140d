package api

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/session"
)

// as is a client that speaks for one customer of the shop.
func (w *world) as(customer string, checkout bool) *client.Client {
	return client.New("http://inside", "", &http.Client{Transport: w.server.As(Principal{Platform: "shop", Programme: catalogue.SampleID, Customer: customer, Checkout: checkout})})
}

// TestACustomerHasOneAccount walks every route for a customer of their own: what is
// not for customers, and whatever names another's account, looks as if it were not there.
func TestACustomerHasOneAccount(t *testing.T) {
	w := newWorld(t)
	mine, other := w.opened(t, "u-mine"), w.opened(t, "u-other")
	transport := w.server.As(Principal{Platform: "shop", Programme: catalogue.SampleID, Customer: "u-mine"})
	ask := func(method, path string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://inside"+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-"+method+path)
		response, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var body strings.Builder
		if err := response.Write(&body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, body.String()
	}
	part := func(id, prefix string) string {
		if prefix == "rcp_" {
			return prefix + strings.TrimPrefix(id, "acc_") + "_1-1"
		}
		return prefix + strings.TrimPrefix(id, "acc_") + "_1"
	}
	prefixes := map[string]string{
		"applications": "app_", "authorisations": "aut_", "purchases": "pur_", "refunds": "ref_", "disputes": "dsp_", "statements": "stm_",
		"debits": "deb_", "repayments": "rep_", "closures": "clo_", "receipts": "rcp_",
	}
	parameter := regexp.MustCompile(`\{[a-z]+\}`)
	walked := 0
	w.unchanged(t, func() {
		for _, r := range routes {
			collection := strings.Split(r.pattern, "/")[min(2, len(strings.Split(r.pattern, "/"))-1)]
			fill := func(account string) string {
				id := account
				if prefix := prefixes[collection]; prefix != "" {
					id = part(account, prefix)
				}
				return parameter.ReplaceAllString(strings.Replace(r.pattern, "{id}", id, 1), "mall")
			}
			if r.policy != public && r.policy != customerToo {
				if status, body := ask(r.method, fill(mine.ID)); status != http.StatusNotFound || !strings.Contains(body, kindNoSuchRoute) {
					t.Errorf("%s %s is there for a customer: %d", r.method, r.pattern, status)
				}
				continue
			}
			if collection != "accounts" && prefixes[collection] == "" || !strings.Contains(r.pattern, "{id}") {
				continue
			}
			walked++
			nothing := strings.Replace(other.ID, other.ID[len(other.ID)-3:], "zzz", 1)
			status, theirs := ask(r.method, fill(other.ID))
			_, none := ask(r.method, fill(nothing))
			strip := regexp.MustCompile(`req_[0-9a-z-]+|Content-Length: [0-9]+`)
			if theirs, none = strip.ReplaceAllString(theirs, ""), strip.ReplaceAllString(none, ""); status != http.StatusNotFound || theirs != none {
				t.Errorf("%s %s: another's %d %s, nobody's %s", r.method, r.pattern, status, theirs, none)
			}
		}
	})
	if walked < 40 {
		t.Errorf("only %d routes are about something of an account", walked)
	}
	me := w.as("u-mine", false)
	if a, err := me.GetAccount(t.Context(), mine.ID); err != nil || a.Customer != "u-mine" {
		t.Errorf("their own account: %+v, %v", a, err)
	}
	var problem *client.Problem
	if _, err := me.Quote(t.Context(), client.QuoteRequest{Account: other.ID, Amount: 100, Currency: "CNY"}); !errors.As(err, &problem) || problem.Kind != "not_found" {
		t.Errorf("a quote on another's account: %v", err)
	}
	application := client.ApplicationRequest{Customer: "u-third", Programme: catalogue.SampleID, Consents: w.consents(t, "u-third"), Declared: client.Declared{Adult: true}}
	if _, err := me.Apply(t.Context(), "a-1", application); !errors.As(err, &problem) || problem.Kind != "not_found" {
		t.Errorf("an application for somebody else: %v", err)
	}
	if _, err := me.AddBlock(t.Context(), mine.ID, "b-1", client.BlockRequest{Kind: "overdue"}); !errors.As(err, &problem) {
		t.Errorf("a customer adds a block that is not theirs: %v", err)
	}
	if a, err := me.AddBlock(t.Context(), mine.ID, "b-2", client.BlockRequest{Kind: "customer"}); err != nil || len(a.Blocks) != 1 {
		t.Errorf("a customer's own block: %v", err)
	}
}

// TestNoPageAuthorises: a wallet spends nothing, and a checkout only what the platform asked for.
func TestNoPageAuthorises(t *testing.T) {
	w := newWorld(t)
	account := w.opened(t, "u-mine")
	body := w.checkout(t, account, 100_00, "flat6", "o-1")
	var problem *client.Problem
	for _, checkout := range []bool{false, true} {
		if _, err := w.as("u-mine", checkout).Authorise(t.Context(), "k-1", body); !errors.As(err, &problem) || problem.Kind != "no_such_route" {
			t.Errorf("a page authorises (checkout %v): %v", checkout, err)
		}
	}
}

func TestWalletSessions(t *testing.T) {
	var store *session.Store
	w := newWorld(t, func(o *Options) { store, o.Public = o.Sessions, "https://pay.example/" })
	shop := newChecker(t).client(w, w.platform)
	link, err := shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID, ReturnURL: "https://shop.example/", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	token, ok := strings.CutPrefix(link.URL, "https://pay.example/wallet/enter?link=")
	if !ok {
		t.Fatalf("link %s", link.URL)
	}
	cookie, who, err := store.Enter(t.Context(), token)
	if err != nil || who.Customer != "u-1" || who.Return != "https://shop.example/" || who.Account != string((&Principal{"shop", catalogue.SampleID, "u-1", false}).Account()) {
		t.Fatalf("%+v, %v", who, err)
	}
	if _, err := shop.EndWalletSessions(t.Context(), client.WalletSessionEnd{Customer: "u-1", Programme: catalogue.SampleID}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Find(t.Context(), cookie); !errors.Is(err, session.ErrEnded) {
		t.Errorf("logged out everywhere, and still in: %v", err)
	}
	for _, address := range []string{"javascript:alert(1)", "//shop.example", "file:///etc/passwd", "https://user:secret@shop.example/", "/me"} {
		body := `{"customer":"u-1","programme":"` + catalogue.SampleID + `","return_url":` + mustJSON(t, address) + `}`
		if a := w.post(t, w.platform, "", "/v1/wallet_sessions", body); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "/return_url") {
			t.Errorf("%s: %d %s", address, a.status, a.body)
		}
	}
	var problem *client.Problem
	if _, err := w.client(w.stranger).CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: "no such"}); !errors.As(err, &problem) || problem.Kind != "not_found" {
		t.Errorf("a programme that is not there: %v", err)
	}
	if u, err := url.Parse(link.URL); err != nil || len(u.Query().Get("link")) < 43 {
		t.Errorf("a token that can be guessed: %s", link.URL)
	}
}
