// Package servertest is the real thing for tests of pages: an office on a sandbox behind
// a server, shops with the sample programme, and people with browsers.
package servertest

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/server"
)

// House is an office and its server.
type House struct {
	Office *office.Office
	URL    string
	Shop   *client.Client // with an operator's key
	Other  *client.Client // of another platform
}

// New opens a house on a new database. It closes with the test.
func New(t *testing.T) *House {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	o, err := office.Open(t.Context(), filepath.Join(t.TempDir(), "house.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-01-15T10:00:00+08:00", Partitions: 4}, Log: quiet, Payments: &standin.Bank{}, Notices: &notice.Options{},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Listen(o, "127.0.0.1:0", server.Options{Guesses: guess.New(time.Now, guess.Options{}), Log: quiet})
	if err != nil {
		t.Fatal(errors.Join(err, o.Close()))
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := errors.Join(s.Close(), <-s.Failed, o.Close()); err != nil {
			t.Error(err)
		}
	})
	h := &House{Office: o, URL: s.URL}
	h.Shop, h.Other = h.Platform(t, "shop"), h.Platform(t, "other")
	return h
}

// Platform adds one with the sample programme, in which reading takes a second.
func (h *House) Platform(t *testing.T, id string) *client.Client {
	t.Helper()
	books := h.Office.Catalogue
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
	return client.New(h.URL, key, nil)
}

// Open opens an account for a customer, with two bound cards.
func (h *House) Open(t *testing.T, customer string) client.Account {
	t.Helper()
	d, err := h.Shop.GetDisclosure(t.Context(), catalogue.SampleID, client.GetDisclosureQuery{})
	if err != nil {
		t.Fatal(err)
	}
	now := h.Office.Clock.Now()
	var consents []client.Consent
	for _, text := range d.Documents {
		consents = append(consents, client.Consent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: customer, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: 30,
			ShownAt: now.Add(-time.Minute), AcceptedAt: now,
		})
	}
	a, err := h.Shop.Apply(t.Context(), "open-"+customer, client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: consents,
		Declared: client.Declared{Adult: true, MonthlyIncome: 10_000_00}, RequestedLimit: 10_000_00,
	})
	if err != nil || a.Status != client.DecisionApproved {
		t.Fatalf("application of %s: %+v, %v", customer, a, err)
	}
	if _, err := h.Shop.PutSources(t.Context(), a.Account, client.SourcesRequest{Sources: []client.SourceTold{
		{Source: "tok_card_1", Label: "招商银行 ···· 1234"}, {Source: "tok_empty", Label: "工商银行 ···· 9"},
	}}); err != nil {
		t.Fatal(err)
	}
	return a.Opened
}

// To moves the sandbox's clock.
func (h *House) To(t *testing.T, day string) {
	t.Helper()
	var to calendar.Date
	if err := to.UnmarshalText([]byte(day)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Shop.AdvanceClock(t.Context(), client.AdvanceRequest{To: to}); err != nil {
		t.Fatal(err)
	}
}
