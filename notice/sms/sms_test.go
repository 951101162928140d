package sms_test

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

	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/notice/sms/smstest"
	"github.com/yuefu/yuefu/notice/sms/standin"
	"github.com/yuefu/yuefu/unreliable"
)

const canary = "+8613912345678"

func rang(tower *standin.Tower) func(string) int {
	return func(id string) (n int) {
		for _, s := range tower.Books() {
			if s.Message.ID == id {
				n += s.Rang
			}
		}
		return n
	}
}

// over is a client of a server.
func over(t *testing.T, h http.Handler, key string) *sms.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := sms.NewClient(server.URL, key, transport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryProvider(t *testing.T) {
	for name, tower := range map[string]*standin.Tower{"at once": {}, "late": {Seed: 7, Late: 600}} {
		t.Run("in process "+name, func(t *testing.T) {
			smstest.Run(t, smstest.Subject{Provider: tower, Phone: canary, Rang: rang(tower)}, "ntc_x_")
		})
		t.Run("over HTTP "+name, func(t *testing.T) {
			smstest.Run(t, smstest.Subject{Provider: over(t, sms.Handler(tower, "secret"), "secret"), Phone: canary, Rang: rang(tower)}, "ntc_y_")
		})
	}
}

// Whatever goes wrong on the way, who goes on asking gets the one true result.
func TestAProviderThatMisbehaves(t *testing.T) {
	happened := map[string]int{}
	for seed := range uint64(6) {
		tower := &standin.Tower{Seed: seed, Late: 300}
		faults := &unreliable.Faults{Seed: seed, Fail: 80, Lose: 80, Hang: 20, Broken: 80, Twice: 80, Stale: 80, Slow: 80, Down: 20, Earlier: standin.Earlier}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			smstest.Run(t, smstest.Subject{
				Provider: over(t, faults.Around(sms.Handler(tower, "")), ""), Phone: canary, Rang: rang(tower), Call: 100 * time.Millisecond,
			}, "ntc_z_")
		})
		for name, n := range faults.Happened() {
			happened[name] += n
		}
		for _, s := range tower.Books() {
			if s.Rang > 1 {
				t.Errorf("%s rang %d times", s.Message.ID, s.Rang)
			}
		}
	}
	for _, name := range []string{"fail", "lose", "hang", "broken", "twice", "stale", "slow", "down"} {
		if happened[name] == 0 {
			t.Errorf("it never happened: %s", name)
		}
	}
}

// What is half understood is not understood: none of this is a result. And a provider
// that repeats the number gets it into no error of ours.
func TestAnswersThatSayNothing(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{
		{200, ``}, {200, `{}`}, {200, `{"id":"ntc_1","status":"done"}`}, {200, `{"id":"` + canary + `","status":"delivered"}`}, {200, `{"id":"ntc_1"}`},
		{200, `{"id":"ntc_1","status":"delivered"`}, {200, `{"id":"ntc_1","status":"refused","status":"delivered"}`}, {200, `<html>` + canary},
		{200, `{"ID":"ntc_1","STATUS":"refused"}`}, {201, `{"id":"ntc_1","status":"refused"}`}, {500, canary}, {200, `{"id":"ntc_1","status":"` + canary + `"}`},
		{404, `no such path`}, {404, `{"error":"other"}`}, {307, ``}, {204, ``},
	} {
		client := over(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere?"+canary)
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}), "")
		o, err := client.Send(t.Context(), sms.Message{ID: "ntc_1", Phone: canary, Text: "text"})
		asked, err2 := client.Ask(t.Context(), "ntc_1")
		if err == nil || err2 == nil || errors.Is(err, sms.ErrUnknown) || errors.Is(err2, sms.ErrUnknown) || o != (sms.Outcome{}) || asked != (sms.Outcome{}) {
			t.Errorf("%d %s: %+v %v, %+v %v", c.status, c.body, o, err, asked, err2)
		}
		if text := fmt.Sprint(err, err2); strings.Contains(text, canary[4:]) {
			t.Errorf("the number is in %q", text)
		}
	}
}

// A reason is a code, or nothing that is kept.
func TestReasonsAreCodes(t *testing.T) {
	for reason, want := range map[string]string{
		"number_blocked": "number_blocked", "MK:0012": "other", "E-1001": "E-1001", "": "", "phone +86139 is off": "other", "u13912345678": "other", "13912345678": "other",
	} {
		client := over(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id":"ntc_1","status":"refused","reason":"`+reason+`"}`)
		}), "")
		if o, err := client.Ask(t.Context(), "ntc_1"); err != nil || o.Reason != want {
			t.Errorf("%q became %q, %v", reason, o.Reason, err)
		}
	}
}

// TestTheHandler refuses what is no request of the protocol, and who has no key.
func TestTheHandler(t *testing.T) {
	tower := &standin.Tower{}
	h := sms.Handler(tower, "secret")
	for _, c := range []struct {
		method, path, key, idempotency, body string
		status                               int
	}{
		{"POST", "/messages", "wrong", "ntc_1", `{"id":"ntc_1","phone":"+1","text":"s"}`, 401},
		{"POST", "/messages", "", "ntc_1", `{"id":"ntc_1","phone":"+1","text":"s"}`, 401},
		{"POST", "/messages", "secret", "ntc_2", `{"id":"ntc_1","phone":"+1","text":"s"}`, 400},
		{"POST", "/messages", "secret", "ntc_1", `{"id":"ntc_1","phone":"","text":"s"}`, 400},
		{"POST", "/messages", "secret", "ntc_1", `{"id":"ntc_1","phone":"+1","text":"s","more":1}`, 400},
		{"POST", "/messages", "secret", "ntc_1", `{"id":"ntc_1","phone":"+1","phone":"+2","text":"s"}`, 400},
		{"POST", "/messages", "secret", "ntc_1", strings.Repeat(" ", 20<<10), 400},
		{"GET", "/messages/ntc_9", "secret", "", "", 404},
		{"DELETE", "/messages/ntc_9", "secret", "", "", 405},
		{"POST", "/messages", "secret", "ntc_1", `{"id":"ntc_1","phone":"+1","text":"s"}`, 200},
		{"POST", "/messages", "secret", "ntc_1", `{"id":"ntc_1","phone":"+2","text":"s"}`, 409},
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
	if got := len(tower.Books()); got != 1 {
		t.Errorf("%d messages arrived", got)
	}
}

func TestAddresses(t *testing.T) {
	for address, fine := range map[string]bool{
		"http://127.0.0.1:9000": true, "https://sms.example/v1/": true,
		"": false, "sms.example": false, "ftp://sms.example": false, "https://": false, "https://me:secret@sms.example": false, "https://sms.example?x=1": false,
	} {
		if _, err := sms.NewClient(address, "", nil); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}
