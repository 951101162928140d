package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
)

// TestWhatIsNotOfAnAccount: checkouts, endpoints and customers have ids of their own, and to another
// platform, and to another customer at a checkout, each is as if it were not there.
func TestWhatIsNotOfAnAccount(t *testing.T) {
	w := newWorld(t)
	w.opened(t, "u-good")
	shop := w.client(w.platform)
	checkout, err := shop.CreateCheckoutSession(t.Context(), order("u-good", 10_00))
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := shop.CreateWebhookEndpoint(t.Context(), client.WebhookEndpointRequest{URL: "https://shop.example/events", EventTypes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"/confirm": mustJSON(t, w.samples(t)["confirmCheckout"].body), "/choose": `{"means":"card"}`, "/replay": `{"all":true}`, "/rotate-secret": `{"overlap_hours":24}`, "PATCH": `{"status":"disabled"}`,
	}
	guest := w.server.As(Principal{Platform: "shop", Programme: catalogue.SampleID, Customer: "u-other", Checkout: true})
	asked := 0
	for _, r := range routes {
		theirs, none := "", ""
		switch {
		case strings.HasPrefix(r.pattern, "/v1/checkout_sessions/"):
			theirs, none = checkout.ID, checkout.ID[:len(checkout.ID)-3]+"zzz"
		case strings.HasPrefix(r.pattern, "/v1/webhook-endpoints/"):
			theirs, none = endpoint.ID, endpoint.ID[:len(endpoint.ID)-3]+"zzz"
		default:
			continue
		}
		body := bodies[r.method]
		for end, b := range bodies {
			if strings.HasSuffix(r.pattern, end) {
				body = b
			}
		}
		if body == "" && r.method == http.MethodPost {
			body = "{}"
		}
		plain := func(a answer) string {
			before, _, _ := strings.Cut(a.body, `"instance"`)
			return before
		}
		stranger := func(id string) answer {
			return w.send(t, r.method, strings.Replace(r.pattern, "{id}", id, 1), body, "Authorization", "Bearer "+w.stranger, "Content-Type", "application/json")
		}
		asked++
		if a, b := stranger(theirs), stranger(none); !a.isProblem(t, "not_found") || plain(a) != plain(b) {
			t.Errorf("%s %s of another platform: %d %s\nof nobody: %s", r.method, r.pattern, a.status, a.body, b.body)
		}
		if r.policy != checkoutToo {
			continue
		}
		ask := func(id string) string {
			request, err := http.NewRequestWithContext(t.Context(), r.method, "http://inside"+strings.Replace(r.pattern, "{id}", id, 1), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := guest.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var b strings.Builder
			if err := response.Write(&b); err != nil {
				t.Fatal(err)
			}
			_, text, _ := strings.Cut(b.String(), "\r\n\r\n")
			before, _, _ := strings.Cut(text, `"instance"`)
			return response.Status + before
		}
		if a, b := ask(theirs), ask(none); a != b || !strings.Contains(a, "not_found") {
			t.Errorf("%s %s of another customer: %s\nof nobody: %s", r.method, r.pattern, a, b)
		}
	}
	if asked < 12 {
		t.Errorf("only %d routes were asked", asked)
	}
	if c, err := shop.GetCheckoutSession(t.Context(), checkout.ID); err != nil || c.Status != client.CheckoutOpen {
		t.Errorf("the checkout: %+v, %v", c, err)
	}
	if e, err := shop.GetWebhookEndpoint(t.Context(), endpoint.ID); err != nil || e.Status != "enabled" {
		t.Errorf("the endpoint: %+v, %v", e, err)
	}
	for _, path := range []string{"/v1/customers/u-good/person", "/v1/customers/u-nobody/person"} {
		if a := w.get(t, w.stranger, path); !a.isProblem(t, "not_found") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
