package wallet_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
)

// TestANewerAgreement asks a customer for a version that matters: its changes, each new
// text on its own and in its time, and an act of its own at the end.
func TestANewerAgreement(t *testing.T) {
	h := newHouse(t)
	account := h.Open(t, "u-1")
	now, err := h.Shop.GetProgramme(t.Context(), catalogue.SampleID)
	if err != nil {
		t.Fatal(err)
	}
	terms := now.Terms
	terms.GraceDays = 1
	if _, err := h.Shop.CreateProgramme(t.Context(), client.ProgrammeRequest{
		ID: catalogue.SampleID, Names: now.Names, Terms: terms, Policy: now.Policy,
		Material: client.Material{From: calendar.Of(2026, 1, 20), Until: calendar.Of(2026, 2, 20), Changes: client.Changes{Zh: "宽限期改为 1 天。", En: "Grace is 1 day."}},
	}); err != nil {
		t.Fatal(err)
	}
	p := h.enter(t, "u-1", "en")
	if status, to, _ := p.Get("/wallet/renew"); status != http.StatusSeeOther || to != "/wallet" {
		t.Errorf("before it asks: %d to %s", status, to)
	}
	h.To(t, "2026-01-20")
	pending := h.account(t, account.ID).AgreementPending
	if body := p.Read("/wallet"); !strings.Contains(body, "The agreement has changed") || pending.Version != 2 {
		t.Fatalf("nobody asks: %+v", pending)
	}
	body := p.Read("/wallet/renew")
	if !strings.Contains(body, "Grace is 1 day.") || !strings.Contains(body, `href="/wallet/close"`) {
		t.Errorf("what is different, and the way out: %s", body)
	}
	if status, to, _ := p.Post("/wallet/renew", url.Values{"key": {strings.Repeat("A", 20)}}); status != http.StatusSeeOther || !strings.HasPrefix(to, "/wallet/renew/") {
		t.Errorf("sent without a text read: %d to %s", status, to)
	}
	for i, d := range pending.Documents {
		path := "/wallet/renew/" + d.Document
		hash := regexp.MustCompile(`name="hash" value="([^"]+)"`).FindStringSubmatch(p.Read(path))[1]
		if i == 0 {
			if status, _, body := p.Post(path, url.Values{"hash": {hash}, "agree": {"yes"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "more seconds of reading") {
				t.Errorf("too fast: %d", status)
			}
		}
		time.Sleep(1100 * time.Millisecond) // reading: the server counts real seconds
		if status, _, body := p.Post(path, url.Values{"hash": {hash}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "tick the box yourself") {
			t.Errorf("not ticked: %d", status)
		}
		if status, to, body := p.Post(path, url.Values{"hash": {hash}, "agree": {"yes"}}); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s %s", path, status, to, body)
		}
	}
	if h.account(t, account.ID).AgreementPending.Version != 2 {
		t.Error("it holds before the last act")
	}
	if to := p.Submit("/wallet/renew", "/wallet/renew", "Confirm"); to != "/wallet?done=renewed" {
		t.Errorf("to %s", to)
	}
	if a := h.account(t, account.ID); a.AgreementPending.Version != 0 || a.ProgrammeVersion != 2 {
		t.Errorf("after it: version %d, pending %+v", a.ProgrammeVersion, a.AgreementPending)
	}
	if status, to, _ := p.Get("/wallet/renew"); status != http.StatusSeeOther || to != "/wallet" {
		t.Errorf("asked again: %d to %s", status, to)
	}
}
