package payment_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/payment/paymenttest"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/unreliable"
)

func taken(b *standin.Bank) func(string) money.Amount {
	return func(id string) (sum money.Amount) {
		for _, d := range b.Books() {
			if d.Request.ID == id {
				sum += d.Request.Amount * money.Amount(d.Taken)
			}
		}
		return sum
	}
}

// over is a client of a server.
func over(t *testing.T, h http.Handler, key string) *payment.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := payment.NewClient(server.URL, key, transport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryService(t *testing.T) {
	for name, bank := range map[string]*standin.Bank{"at once": {}, "late": {Seed: 7, Late: 600}} {
		t.Run("in process "+name, func(t *testing.T) {
			paymenttest.Run(t, paymenttest.Subject{Service: bank, Rich: "tok_rich", Empty: "tok_empty", Taken: taken(bank)}, "deb_x_")
		})
		t.Run("over HTTP "+name, func(t *testing.T) {
			paymenttest.Run(t, paymenttest.Subject{
				Service: over(t, payment.Handler(bank, "secret"), "secret"), Rich: "tok_rich", Empty: "tok_empty", Taken: taken(bank),
			}, "deb_y_")
		})
	}
}

// Whatever goes wrong on the way, who goes on asking gets the one true result.
func TestAServiceThatMisbehaves(t *testing.T) {
	happened := map[string]int{}
	for seed := range uint64(6) {
		bank := &standin.Bank{Seed: seed, Late: 300}
		faults := &unreliable.Faults{Seed: seed, Fail: 80, Lose: 80, Hang: 20, Broken: 80, Twice: 80, Stale: 80, Slow: 80, Down: 20, Earlier: standin.Earlier}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			paymenttest.Run(t, paymenttest.Subject{
				Service: over(t, faults.Around(payment.Handler(bank, "")), ""), Rich: "tok_rich", Empty: "tok_empty", Taken: taken(bank), Call: 100 * time.Millisecond,
			}, "deb_z_")
		})
		for name, n := range faults.Happened() {
			happened[name] += n
		}
		for _, d := range bank.Books() {
			if d.Taken > 1 {
				t.Errorf("%s was taken %d times", d.Request.ID, d.Taken)
			}
		}
	}
	for _, name := range []string{"fail", "lose", "hang", "broken", "twice", "stale", "slow", "down"} {
		if happened[name] == 0 {
			t.Errorf("it never happened: %s", name)
		}
	}
}

// What is half understood is not understood: none of this is a result.
func TestAnswersThatSayNothing(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{
		{200, ``}, {200, `{}`}, {200, `{"id":"deb_1","status":"done"}`}, {200, `{"id":"deb_2","status":"succeeded"}`}, {200, `{"id":"deb_1"}`},
		{200, `{"id":"deb_1","status":"succeeded"`}, {200, `{"id":"deb_1","status":"refused","status":"succeeded"}`}, {200, `<html>`},
		{200, `{"ID":"deb_1","STATUS":"refused"}`}, {201, `{"id":"deb_1","status":"refused"}`}, {500, `{"id":"deb_1","status":"refused"}`},
		{402, `{"id":"deb_1","status":"refused"}`}, {404, `no such path`}, {404, `{"error":"other"}`}, {307, ``}, {204, ``},
	} {
		client := over(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}), "")
		o, err := client.Debit(t.Context(), payment.Request{ID: "deb_1", Amount: 1, Currency: "CNY", Source: "s"})
		asked, err2 := client.Ask(t.Context(), "deb_1")
		if err == nil || err2 == nil || errors.Is(err, payment.ErrUnknown) || errors.Is(err2, payment.ErrUnknown) || o != (payment.Outcome{}) || asked != (payment.Outcome{}) {
			t.Errorf("%d %s: %+v %v, %+v %v", c.status, c.body, o, err, asked, err2)
		}
	}
}

// TestTheHandler refuses what is no request of the protocol, and who has no key.
func TestTheHandler(t *testing.T) {
	bank := &standin.Bank{}
	h := payment.Handler(bank, "secret")
	for _, c := range []struct {
		method, path, key, idempotency, body string
		status                               int
	}{
		{"POST", "/debits", "wrong", "deb_1", `{"id":"deb_1","amount":1,"currency":"CNY","source":"s"}`, 401},
		{"POST", "/debits", "", "deb_1", `{"id":"deb_1","amount":1,"currency":"CNY","source":"s"}`, 401},
		{"POST", "/debits", "secret", "deb_2", `{"id":"deb_1","amount":1,"currency":"CNY","source":"s"}`, 400},
		{"POST", "/debits", "secret", "deb_1", `{"id":"deb_1","amount":0,"currency":"CNY","source":"s"}`, 400},
		{"POST", "/debits", "secret", "deb_1", `{"id":"deb_1","amount":1,"currency":"CNY","source":"s","more":1}`, 400},
		{"POST", "/debits", "secret", "deb_1", `{"id":"deb_1","amount":1,"amount":2,"currency":"CNY","source":"s"}`, 400},
		{"POST", "/debits", "secret", "deb_1", strings.Repeat(" ", 20<<10), 400},
		{"GET", "/debits/deb_9", "secret", "", "", 404},
		{"DELETE", "/debits/deb_9", "secret", "", "", 405},
		{"POST", "/debits", "secret", "deb_1", `{"id":"deb_1","amount":1,"currency":"CNY","source":"s"}`, 200},
		{"POST", "/debits", "secret", "deb_1", `{"id":"deb_1","amount":2,"currency":"CNY","source":"s"}`, 409},
	} {
		r := httptest.NewRequestWithContext(context.Background(), c.method, c.path, strings.NewReader(c.body))
		if c.key != "" {
			r.Header.Set("Authorization", "Bearer "+c.key)
		}
		r.Header.Set("Idempotency-Key", c.idempotency)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s %s: %d %s, want %d", c.method, c.path, c.body, w.Code, w.Body, c.status)
		}
	}
	if got := bank.Taken(); got != 1 {
		t.Errorf("%d were taken", got)
	}
}

func TestAddresses(t *testing.T) {
	for address, fine := range map[string]bool{
		"http://127.0.0.1:9000": true, "https://pay.example/v1/": true,
		"": false, "pay.example": false, "ftp://pay.example": false, "https://": false, "https://me:secret@pay.example": false, "https://pay.example?x=1": false,
	} {
		if _, err := payment.NewClient(address, "", nil); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}
