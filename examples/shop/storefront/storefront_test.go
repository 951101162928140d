package storefront_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
)

func says(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("it does not say %q:\n%s", w, body)
		}
	}
}

// TestAnOrderIsWhatYuefuSays buys, ships and refunds. What a browser says changes nothing.
func TestAnOrderIsWhatYuefuSays(t *testing.T) {
	m := newMarket(t, catalogue.PlatformRole, "")
	v := m.visitor(t)
	path, checkout := v.buys("tea")
	customer := v.customer()
	m.open(t, customer, 10_000_00)
	v.until("/me", "Open</span>")

	// To come back, with whatever address, is no payment.
	says(t, v.read(path+"?checkout="+checkout+"&status=confirmed"), "To be paid", "Nothing was paid yet")
	v.post(path + "/ship")
	says(t, v.read(path), "To be paid")

	// The customer never comes back: the event tells.
	c := m.confirm(t, checkout)
	if c.Amount != 368_00 || c.Order != strings.TrimPrefix(path, "/orders/") {
		t.Errorf("confirmed %+v", c)
	}
	v.until("/events", "authorisation.approved")
	says(t, v.read("/orders"), "Paid, to be shipped")
	says(t, v.read(path), c.Authorisation, "GET /v1/checkout_sessions/"+checkout)

	for range 2 {
		v.post(path + "/ship")
	}
	purchases, err := m.yuefu.ListPurchases(t.Context(), c.Account, client.ListPurchasesQuery{})
	if err != nil || len(purchases.Data) != 1 || purchases.Data[0].Amount != 368_00 {
		t.Fatalf("%+v, %v", purchases, err)
	}
	says(t, v.read(path), "Shipped", purchases.Data[0].ID)

	for range 2 { // an impatient thumb
		v.post(path+"/refunds", "number", "0", "amount", "68.00")
	}
	says(t, v.read(path), "¥68.00", "At most ¥300.00")
	for _, amount := range []string{"300.01", "0", "-1", "1e2", "1.001", "", "99999999999999999999"} {
		if status, _, body := v.do("POST", path+"/refunds", url.Values{"number": {"1"}, "amount": {amount}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a refund of %q: %d\n%s", amount, status, body)
		}
	}
	v.post(path+"/refunds", "number", "1", "whole", "yes")
	says(t, v.read(path), "All of it was refunded")
	p, err := m.yuefu.GetPurchase(t.Context(), purchases.Data[0].ID)
	if err != nil || p.Refunded != 368_00 {
		t.Errorf("refunded %+v, %v", p, err)
	}

	stranger := m.visitor(t)
	for _, path := range []string{path, path + "/pay", "/orders/o-none"} {
		if status, _, _ := stranger.do("GET", path, nil); status != http.StatusNotFound {
			t.Errorf("a stranger gets %d for %s", status, path)
		}
	}
	for _, path := range []string{path + "/ship", path + "/refunds"} {
		if status, _, _ := stranger.do("POST", path, url.Values{"number": {"0"}, "whole": {"yes"}}); status != http.StatusNotFound {
			t.Errorf("a stranger gets %d for %s", status, path)
		}
	}
}

// TestCardsAreBoundOnceTheAccountIsOpen has the wallet know from what can be repaid.
func TestCardsAreBoundOnceTheAccountIsOpen(t *testing.T) {
	m := newMarket(t, catalogue.PlatformRole, "")
	v := m.visitor(t)
	if status, to, _ := v.do("GET", "/wallet?page=open", nil); status != http.StatusSeeOther || !strings.Contains(to, "/wallet/enter?link=") {
		t.Errorf("%d to %q", status, to)
	}
	a := m.open(t, v.customer(), 10_000_00)
	for n := 0; ; n++ {
		list, err := m.yuefu.ListSources(t.Context(), a.Account)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Data) == 2 {
			break
		}
		if n > 200 {
			t.Fatalf("ten seconds, and still %+v", list)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if page := v.read("/me"); strings.Contains(page, "8823") {
		t.Error("a card is named where nobody asked")
	}
}

// TestEventsAreVerifiedAndTakenOnce signs as yuefu does, and as others would.
func TestEventsAreVerifiedAndTakenOnce(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	m := newMarket(t, catalogue.PlatformRole, "whsec_"+base64.StdEncoding.EncodeToString(key))
	v := m.visitor(t)
	v.post("/me", "as", "")
	customer := v.customer()
	body := fmt.Sprintf(`{"id":"evt_a_1-1","type":"account.opened","version":1,"on":"2026-01-15","at":"2026-01-15T02:00:00Z","account":"acc_0123456789abcdefghjk","customer":%q,"data":{}}`, customer)
	send := func(key []byte, at time.Time, body string) int {
		stamp := fmt.Sprint(at.Unix())
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "evt_a_1-1.%s.%s", stamp, body)
		r, err := http.NewRequestWithContext(t.Context(), "POST", m.url+"/yuefu", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Webhook-Id", "evt_a_1-1")
		r.Header.Set("Webhook-Timestamp", stamp)
		r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for name, status := range map[string]int{
		"another's key": send([]byte("another"), time.Now(), body),
		"ten minutes":   send(key, time.Now().Add(-10*time.Minute), body),
		"not JSON":      send(key, time.Now(), "{"),
	} {
		if status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, status)
		}
	}
	says(t, v.read("/me"), "Not opened")
	says(t, v.read("/events"), "<dd>3</dd>", "There are none yet")
	for range 3 {
		if status := send(key, time.Now(), body); status != http.StatusNoContent {
			t.Errorf("signed: %d", status)
		}
	}
	v.until("/me", "Open</span>")
	if n := strings.Count(v.read("/events"), "evt_a_1-1"); n != 1 {
		t.Errorf("the event is listed %d times", n)
	}
}

// TestTheDeskOfASandbox has what the lender's people decide, if the key is theirs.
func TestTheDeskOfASandbox(t *testing.T) {
	m := newMarket(t, catalogue.OperatorRole, "")
	v := m.visitor(t)
	v.post("/me", "as", "")
	customer := v.customer()
	if a := m.open(t, customer, 30_000_00); a.Status != client.DecisionReferred {
		t.Fatalf("%+v", a)
	}
	v.until("/me", "Under review")
	decide := func(words, kind, prefix, decision string) {
		t.Helper()
		page := v.until("/sandbox", words)
		_, id, found := strings.Cut(page, `name="id" value="`+prefix)
		if !found {
			t.Fatalf("nothing to decide:\n%s", page)
		}
		id, _, _ = strings.Cut(id, `"`)
		for range 2 {
			v.post("/sandbox/desk", "kind", kind, "id", prefix+id, "decision", decision)
		}
	}
	decide("Application</strong> · "+customer, "application", "app_", "yes")
	page := v.until("/me", "Open</span>")
	says(t, page, "account.opened")

	list, err := m.yuefu.ListAccounts(t.Context(), client.ListAccountsQuery{Customer: customer})
	if err != nil || len(list.Data) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	account := list.Data[0].ID
	if _, err := m.yuefu.RequestClosure(t.Context(), account, "close"); err != nil {
		t.Fatal(err)
	}
	v.until("/me", "Closing, under review")
	page = v.read("/sandbox")
	says(t, page, "The last working day to review the closure", "2026-01-20") // Thursday, and three working days
	v.post("/sandbox/clock", "move", "review", "to", "2026-01-20")
	v.post("/sandbox/clock", "move", "day", "to", "2026-01-16") // of a page that is old
	says(t, v.read("/sandbox"), "Today is 20 Jan 2026", `value="2026-02-01"`, `value="2026-02-10"`)
	decide("Closure</strong> · "+customer, "closure", "clo_", "yes")
	says(t, v.until("/me", "Closed</span>"), "The certificate is in monthly pay")
	says(t, v.until("/sandbox", "Nothing waits"), "desk")
}

// TestWhatAVisitorCantDo has a platform's key, which has no desk, and somebody who tries.
func TestWhatAVisitorCantDo(t *testing.T) {
	m := newMarket(t, catalogue.PlatformRole, "")
	v := m.visitor(t)
	if body := v.read("/sandbox"); strings.Contains(body, "desk") {
		t.Error("a platform's key shows the lender's desk")
	}
	if status, _, _ := v.do("POST", "/sandbox/desk", url.Values{"id": {"x"}}); status != http.StatusNotFound {
		t.Errorf("the desk answers %d", status)
	}
	for _, path := range []string{"/wallet?as=u-2", "/me?as=s-somebody"} {
		if status, _, _ := v.do("GET", path, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, to, _ := v.do("GET", "/wallet?as=u-1", nil); status != http.StatusSeeOther || !strings.Contains(to, "/wallet/enter?link=") {
		t.Errorf("one of the people: %d to %q", status, to)
	}
	if status, _, _ := v.do("POST", "/orders", url.Values{"product": {"tea"}}, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("another site's form: %d", status)
	}
	if status, _, _ := v.do("POST", "/orders", url.Values{"product": {"a yacht"}, "price": {"1"}}); status != http.StatusNotFound {
		t.Errorf("what is not sold: %d", status)
	}
	answer, err := http.Get(m.url)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if csp := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
		t.Errorf("policy %q", csp)
	}
}
