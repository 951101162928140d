package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// listener is a platform's server: it takes what its secrets vouch for.
type listener struct {
	*httptest.Server
	down   atomic.Bool
	mu     sync.Mutex
	secret []string
	taken  []string // the bodies, in their order
	wrong  []string
}

func listen(t *testing.T) *listener {
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.down.Load() {
			http.Error(w, "not today", http.StatusServiceUnavailable)
			return
		}
		for _, secret := range l.secret {
			hook, err := client.NewWebhook(secret)
			if err != nil {
				t.Error(err)
				return
			}
			if e, err := hook.Event(r.Header, body); err != nil || e.ID != r.Header.Get("webhook-id") {
				l.wrong = append(l.wrong, string(body))
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
		l.taken = append(l.taken, string(body))
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) trust(secrets ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secret = secrets
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.taken)
}

func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for range 500 {
		if yes() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

// TestWebhooks goes through everything that a platform does with its endpoints: what is
// sent is what the feed and the accounts' histories tell, byte for byte.
func TestWebhooks(t *testing.T) {
	w := newWorld(t)
	shop := client.New(w.url, w.platform, &http.Client{Transport: newChecker(t)})
	l, ctx := listen(t), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := shop.CreateWebhookEndpoint(ctx, client.WebhookEndpointRequest{URL: l.URL + "/hook", Description: "ours"})
	must(err)
	if !strings.HasPrefix(e.Secret, "whsec_") || e.Status != "enabled" || !slices.Equal(e.EventTypes, []string{"*"}) {
		t.Errorf("%+v", e)
	}
	l.trust(e.Secret)
	a := w.opened(t, "u1")
	w.authorised(t, a, 10_00, "next", "o1")
	want := w.history(t, a.ID)
	eventually(t, "all is sent", func() bool { return len(l.all()) == len(want) })
	if got := l.all(); !slices.Equal(got, want) {
		t.Errorf("sent\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	// With the secret rotated, who has either of them takes what is sent.
	rotated, err := shop.RotateWebhookSecret(ctx, e.ID, client.WebhookSecretRotation{OverlapHours: 1})
	must(err)
	if rotated.Secret == e.Secret || time.Until(rotated.OldSecretUntil).Round(time.Minute) != time.Hour {
		t.Errorf("%+v", rotated)
	}
	l.trust(e.Secret, rotated.Secret)
	ping, err := shop.TestWebhookEndpoint(ctx, e.ID)
	must(err)
	if ping.Outcome != "delivered" || ping.Status != 200 || ping.Type != "webhook_endpoint.pinged" {
		t.Errorf("%+v", ping)
	}
	if got := l.all(); len(got) != len(want)+1 || member(got[len(want)], "type") != "webhook_endpoint.pinged" {
		t.Errorf("the ping: %v", got[len(want):])
	}
	rotated, err = shop.RotateWebhookSecret(ctx, e.ID, client.WebhookSecretRotation{OverlapHours: 0})
	must(err)
	ping, err = shop.TestWebhookEndpoint(ctx, e.ID)
	must(err)
	if ping.Outcome != "failed" || ping.Status != 401 {
		t.Errorf("with a secret that is out: %+v", ping)
	}
	l.trust(rotated.Secret)

	// Switched off, nothing is sent; switched on, it goes on where it stopped.
	_, err = shop.ChangeWebhookEndpoint(ctx, e.ID, client.WebhookEndpointChange{Status: "disabled", EventTypes: []string{"authorisation.approved"}})
	must(err)
	time.Sleep(60 * time.Millisecond)
	sent := len(l.all())
	w.authorised(t, a, 11_00, "next", "o2")
	time.Sleep(100 * time.Millisecond)
	if n := len(l.all()); n != sent {
		t.Errorf("%d were sent to what is off", n-sent)
	}
	changed, err := shop.ChangeWebhookEndpoint(ctx, e.ID, client.WebhookEndpointChange{Status: "enabled", Description: "still ours"})
	must(err)
	if changed.Description != "still ours" || !slices.Equal(changed.EventTypes, []string{"authorisation.approved"}) || changed.Secret != "" {
		t.Errorf("%+v", changed)
	}
	eventually(t, "it goes on", func() bool { return len(l.all()) == sent+1 })

	// A receiver that is down: its attempts are shown, with when the next one is.
	l.down.Store(true)
	w.authorised(t, a, 12_00, "next", "o3")
	var failed client.WebhookDeliveryList
	eventually(t, "the attempt is shown", func() bool {
		failed, err = shop.ListWebhookDeliveries(ctx, e.ID, client.ListWebhookDeliveriesQuery{Outcome: "failed"})
		must(err)
		return len(failed.Data) > 0
	})
	if d := failed.Data[0]; d.Status != 503 || d.Attempt != 1 || d.Account != a.ID || d.Excerpt != "not today" || d.NextAttemptAt.Before(d.At.Add(4*time.Second)) {
		t.Errorf("%+v", d)
	}
	got, err := shop.GetWebhookEndpoint(ctx, e.ID)
	must(err)
	if got.WaitingAccounts != 1 {
		t.Errorf("%+v", got)
	}
	l.down.Store(false)
	_, err = shop.ChangeWebhookEndpoint(ctx, e.ID, client.WebhookEndpointChange{URL: l.URL + "/other"}) // nobody waits for the next try
	must(err)
	eventually(t, "what waited came", func() bool { return len(l.all()) == sent+2 })
	page, err := shop.ListWebhookDeliveries(ctx, e.ID, client.ListWebhookDeliveriesQuery{Limit: 2})
	must(err)
	rest, err := shop.ListWebhookDeliveries(ctx, e.ID, client.ListWebhookDeliveriesQuery{Cursor: page.Next, Limit: 200})
	must(err)
	if len(page.Data) != 2 || len(rest.Data) < len(want) || page.Data[0].Event == rest.Data[0].Event {
		t.Errorf("%+v then %+v", page, rest)
	}
	dead, err := shop.ListDeadEvents(ctx, e.ID, client.ListDeadEventsQuery{})
	must(err)
	if len(dead.Data) != 0 {
		t.Errorf("%+v", dead)
	}
	replaying, err := shop.ReplayDeadEvents(ctx, e.ID, client.ReplayRequest{All: true})
	must(err)
	if replaying.Replaying != 0 {
		t.Errorf("%+v", replaying)
	}
	list, err := shop.ListWebhookEndpoints(ctx)
	must(err)
	if len(list.Data) != 1 || list.Data[0].Secret != "" {
		t.Errorf("%+v", list)
	}
	_, err = shop.DeleteWebhookEndpoint(ctx, e.ID)
	must(err)
	if a := w.get(t, w.platform, "/v1/webhook-endpoints/"+e.ID); !a.isProblem(t, "not_found") {
		t.Errorf("what was deleted: %d %s", a.status, a.body)
	}
	if len(l.wrong) != 1 { // the ping with the secret that was out
		t.Errorf("not trusted: %v", l.wrong)
	}
}

// TestWebhookRefusals: addresses, types, and other platforms' endpoints.
func TestWebhookRefusals(t *testing.T) {
	w := newWorld(t)
	post := func(key, body string) answer { return w.post(t, key, "k", "/v1/webhook-endpoints", body) }
	for _, url := range []string{"ftp://shop.example/", "https://a:b@shop.example/", "https://10.1.2.3/", "https://[::ffff:169.254.169.254]/", "https://shop.example:22/", "shop.example", "https://shop.example/#x"} {
		if a := post(w.platform, `{"url":"`+url+`"}`); !a.isProblem(t, kindInvalidRequest) || !strings.Contains(a.body, `"pointer":"/url"`) {
			t.Errorf("%s: %d %s", url, a.status, a.body)
		}
	}
	for _, types := range []string{`"purchase.capture"`, `"*","account.opened"`, `"account.opened","account.opened"`} {
		if a := post(w.platform, `{"url":"https://shop.example/","event_types":[`+types+`]}`); !a.isProblem(t, kindInvalidRequest) || !strings.Contains(a.body, `"pointer":"/event_types/`) {
			t.Errorf("%s: %d %s", types, a.status, a.body)
		}
	}
	e, err := w.client(w.platform).CreateWebhookEndpoint(t.Context(), client.WebhookEndpointRequest{URL: "https://shop.example/"})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"GET ", "DELETE ", "GET /deliveries", "GET /dead", "POST /test"} {
		method, path, _ := strings.Cut(at, " ")
		if a := w.send(t, method, "/v1/webhook-endpoints/"+e.ID+path, "", "Authorization", "Bearer "+w.stranger); !a.isProblem(t, "not_found") {
			t.Errorf("another platform's %s: %d %s", at, a.status, a.body)
		}
	}
	if a := w.post(t, w.stranger, "k", "/v1/webhook-endpoints/"+e.ID+"/dead/replay", `{"all":true}`); !a.isProblem(t, "not_found") {
		t.Errorf("%d %s", a.status, a.body)
	}
	for query, kind := range map[string]string{"cursor=0": kindInvalidParameter, "cursor=x": kindInvalidParameter, "outcome=delivered": kindInvalidParameter, "type=x": kindUnknownParameter} {
		if a := w.get(t, w.platform, "/v1/webhook-endpoints/"+e.ID+"/deliveries?"+query); !a.isProblem(t, kind) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := w.post(t, w.platform, "k", "/v1/webhook-endpoints/"+e.ID+"/dead/replay", `{"all":true,"event":"evt_1"}`); !a.isProblem(t, kindInvalidRequest) {
		t.Errorf("%d %s", a.status, a.body)
	}
	for i := 1; i < 16; i++ {
		if a := post(w.platform, `{"url":"https://shop.example/"}`); a.status != 201 {
			t.Fatalf("%d: %s", i, a.body)
		}
	}
	if a := post(w.platform, `{"url":"https://shop.example/"}`); !a.isProblem(t, kindTooManyEndpoints) {
		t.Errorf("the seventeenth: %d %s", a.status, a.body)
	}
	if a := post(w.stranger, `{"url":"https://shop.example/"}`); a.status != 201 {
		t.Errorf("another platform's first: %d %s", a.status, a.body)
	}
}
