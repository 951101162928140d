package wallet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/server/servertest"
	"github.com/yuefu/yuefu/web/wallet"
)

// house is the real thing on a sandbox, with a shop that has customers.
type house struct{ *servertest.House }

// person is somebody who was let into the wallet.
type person struct{ *servertest.Person }

func newHouse(t *testing.T) *house { return &house{servertest.New(t)} }

// buy authorises and, if it is delivered, captures.
func (h *house) buy(t *testing.T, account client.Account, amount int64, plan, merchant, order string, delivered bool) client.Authorisation {
	t.Helper()
	q, err := h.Shop.Quote(t.Context(), client.QuoteRequest{Account: account.ID, Amount: amount, Currency: "CNY", Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	now, text := h.Office.Clock.Now(), q.Data[0].Text
	a, err := h.Shop.Authorise(t.Context(), "buy-"+order, client.AuthorisationRequest{
		Account: account.ID, Amount: amount, Currency: "CNY", Plan: plan, Scene: "mall", Merchant: merchant, Order: order,
		Consent: client.QuoteConsent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: account.Customer, Act: "tap_pay", Channel: "checkout", Language: "zh-Hans", ReadSeconds: 5,
			ShownAt: now.Add(-10 * time.Second), AcceptedAt: now,
		},
	})
	if err != nil || a.Status != client.AuthorisationStatusApproved {
		t.Fatalf("order %s: %+v, %v", order, a, err)
	}
	if delivered {
		if _, err := h.Shop.Capture(t.Context(), a.ID, "ship-"+order, client.CaptureRequest{Amount: amount, Final: true}); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// enter lets a customer in by a link.
func (h *house) enter(t *testing.T, customer string, language client.PageLanguage) *person {
	t.Helper()
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{
		Customer: customer, Programme: catalogue.SampleID, Language: language, ReturnURL: "https://shop.example/me",
	})
	if err != nil {
		t.Fatal(err)
	}
	return &person{h.Enter(t, link.URL, wallet.Path)}
}

// settle waits until a debit has a result.
func (p *person) settle(path string) string {
	p.T.Helper()
	for range 200 {
		if body := p.Read(path); !strings.Contains(body, `http-equiv="refresh"`) {
			return body
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.T.Fatal("the debit never has a result")
	return ""
}
