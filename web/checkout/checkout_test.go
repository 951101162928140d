package checkout_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// came is what came of a checkout, as the shop asks server to server.
func (h *house) came(t *testing.T, id string) client.CheckoutSession {
	t.Helper()
	c, err := h.Shop.GetCheckoutSession(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var ticked = regexp.MustCompile(`(?i)<input[^>]*\schecked|<option[^>]*\sselected`)

// reads is what a page says, and that nothing on it is ticked beforehand.
func (p *person) reads(path string) string {
	p.T.Helper()
	body := p.Read(path)
	if at := ticked.FindString(body); at != "" {
		p.T.Errorf("%s: ticked beforehand: %s", path, at)
	}
	return body
}

func says(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("it does not say %q:\n%s", w, body)
		}
	}
}

func TestACheckoutFromEndToEnd(t *testing.T) {
	h := newHouse(t)
	account := h.Open(t, "u-1")
	p, c := h.pay(t, order("u-1", 600_00))

	page := p.reads("/checkout?lang=en")
	at := func(s string) int { return strings.Index(page, s) }
	if !(at(`value="card"`) > 0 && at(`value="card"`) < at(`value="pay_later"`) && at(`value="pay_later"`) < at(`value="balance"`)) {
		t.Error("the means do not stand as the shop sorts them")
	}
	says(t, page, "¥600.00", "蓝色雨伞 Blue umbrella", `href="https://shop.example/cart?checkout=`+c.ID+`"`)
	if status, _, body := p.Post("/checkout", url.Values{}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "choose how to pay first") {
		t.Errorf("nothing chosen: %d", status)
	}
	if to := p.Submit("/checkout", "/checkout", "fieldset", "means", "pay_later"); to != "/checkout/plans" {
		t.Errorf("pay-later leads to %s", to)
	}
	page = p.reads("/checkout/plans")
	says(t, page, "Paid now", "¥600.00", "6 instalments", "¥103.60", "Pay next month", "12.24%", "?plan=free3", "borne by others", "penalty interest of 18.00% a year")

	page = p.reads("/checkout/confirm?plan=flat6")
	says(t, page, "¥103.60", "¥621.60", "10 Mar 2026", "Sample Consumer Finance Ltd", "Sample Credit Bureau", "All that it can cost", "Nothing is charged beyond these", "Without this", "Confirm: borrow ¥600.00")
	form := p.Fill(page, "/checkout/confirm", "quote")
	began := time.Now()
	status, _, body := p.Post("/checkout/confirm", form)
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "1 more seconds of reading") {
		t.Errorf("faster than it can be read: %d\n%s", status, body)
	}
	time.Sleep(time.Until(began.Add(1100 * time.Millisecond)))
	if h.came(t, c.ID).Status != client.CheckoutOpen {
		t.Error("it is decided")
	}
	for range 2 { // an impatient thumb
		if status, to, body := p.Post("/checkout/confirm", form); status != http.StatusSeeOther || to != "/checkout/result" {
			t.Fatalf("confirming: %d to %s\n%s", status, to, body)
		}
	}
	says(t, p.reads("/checkout/result"), "Confirmed", "¥600.00 of your limit is held", "https://shop.example/orders/1?a=b&amp;checkout="+c.ID, "I didn&#39;t mean to")
	done := h.came(t, c.ID)
	if done.Status != client.CheckoutConfirmed || done.Plan != "flat6" {
		t.Fatalf("%+v", done)
	}
	receipts, err := h.Shop.ListReceipts(t.Context(), account.ID, client.ListReceiptsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range receipts.Data {
		if r.Document.Name != "quote" {
			continue
		}
		found = true
		now := h.Office.Clock.Now()
		if e := r; e.Act != "tap_confirm" || e.Channel != "checkout" || e.Document.Language != "en" || e.Preselected || e.ReadSeconds < 1 || e.AcceptedAt.After(now) || e.AcceptedAt.Sub(e.ShownAt) < time.Second {
			t.Errorf("evidence %+v at %s", e, now)
		}
	}
	if !found {
		t.Error("the consent has no receipt")
	}
	for _, again := range []string{"/checkout", "/checkout/plans", "/checkout/confirm?plan=next"} {
		if status, to, _ := p.Get(again); status != http.StatusSeeOther || to != "/checkout/result" {
			t.Errorf("%s after it was confirmed: %d to %s", again, status, to)
		}
	}
	// 'I didn't mean to', in one tap.
	if to := p.Submit("/checkout/result", "/checkout/cancel", "grave"); to != "/checkout/result" {
		t.Errorf("cancelling leads to %s", to)
	}
	says(t, p.reads("/checkout/result"), "Cancelled", "nothing of your limit is held")
	if a, err := h.Shop.GetAccount(t.Context(), account.ID); err != nil || a.Held != 0 || h.came(t, c.ID).Status != client.CheckoutCancelled {
		t.Errorf("%d held, %v", a.Held, err)
	}
}

func TestFiguresThatChanged(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	p, c := h.pay(t, order("u-1", 600_00))
	form := p.Fill(p.reads("/checkout/confirm?plan=flat6&lang=en"), "/checkout/confirm", "quote")
	time.Sleep(1100 * time.Millisecond)
	h.To(t, "2026-01-16") // a quote is for its day
	status, _, body := p.Post("/checkout/confirm", form)
	if status != http.StatusConflict || !strings.Contains(body, "What you were shown has changed") {
		t.Errorf("yesterday's figures: %d", status)
	}
	for name, wrong := range map[string]url.Values{
		"never shown":    {"plan": {"flat6"}, "quote": {"qt_00000000000000000000000000"}},
		"another plan's": {"plan": {"next"}, "quote": form["quote"]},
		"nothing":        {},
	} {
		if status, to, _ := p.Post("/checkout/confirm", wrong); status == http.StatusSeeOther && to == "/checkout/result" {
			t.Errorf("%s: confirmed", name)
		}
	}
	if h.came(t, c.ID).Status != client.CheckoutOpen {
		t.Error("it is decided")
	}
	// A text that was shown to somebody else was not shown to me.
	h.Open(t, "u-2")
	other, theirs := h.pay(t, order("u-2", 600_00))
	form = other.Fill(other.reads("/checkout/confirm?plan=flat6"), "/checkout/confirm", "quote")
	time.Sleep(1100 * time.Millisecond)
	if status, _, _ := p.Post("/checkout/confirm", form); status == http.StatusSeeOther {
		t.Error("what another was shown is confirmed")
	}
	if h.came(t, c.ID).Status != client.CheckoutOpen || h.came(t, theirs.ID).Status != client.CheckoutOpen {
		t.Error("something is decided")
	}
}

// TestWhatStandsAgainstIt: each reason in words, with figures, and the other means one tap away.
func TestWhatStandsAgainstIt(t *testing.T) {
	for name, c := range map[string]struct {
		amount int64
		do     func(h *house, account string) error
		words  []string
	}{
		"the customer's own cap": {300_00, func(h *house, id string) error {
			_, err := h.Shop.SetSpendingCap(t.Context(), id, "k", client.SpendingCapRequest{Amount: 250_00})
			return err
		}, []string{"beyond the monthly cap that you set yourself", "¥250.00 a month, of which ¥250.00 is left"}},
		"a scene switched off": {300_00, func(h *house, id string) error {
			_, err := h.Shop.SwitchSceneOff(t.Context(), id, "mall", "k")
			return err
		}, []string{"You switched this kind of purchase off"}},
		"the night lock": {300_00, func(h *house, id string) error {
			_, err := h.Shop.SetNightLock(t.Context(), id, "k", client.NightLockRequest{From: "09:00", Until: "11:30"})
			return err
		}, []string{"You locked this time of the day yourself", "You locked 09:00 to 11:30"}},
		"frozen": {300_00, func(h *house, id string) error {
			_, err := h.Shop.AddBlock(t.Context(), id, "k", client.BlockRequest{Kind: "customer"})
			return err
		}, []string{"Spending with the pay-later account is paused", "You paused it yourself"}},
		"the limit": {12_000_00, func(*house, string) error { return nil }, []string{"What is available of your limit is not enough", "¥10,000.00 is available, and this order is ¥12,000.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			account := h.Open(t, "u-1")
			p, checkout := h.pay(t, order("u-1", c.amount))
			early := ""
			if c.amount < 10_000_00 { // they read the figures before it stood against them
				early = p.reads("/checkout/confirm?plan=next&lang=en")
			}
			if err := c.do(h, account.ID); err != nil {
				t.Fatal(err)
			}
			page := p.reads("/checkout?lang=en")
			says(t, page, c.words...)
			if !strings.Contains(page, `value="pay_later" required disabled`) {
				t.Error("it can be chosen")
			}
			says(t, p.reads("/checkout/plans"), append(c.words, `name="means" value="card"`)...)
			if early != "" {
				time.Sleep(1100 * time.Millisecond)
				status, to, _ := p.Post("/checkout/confirm", p.Fill(early, "/checkout/confirm", "quote"))
				if status == http.StatusSeeOther && to == "/checkout/result" {
					t.Error("it was confirmed although it stood against them, on the page")
				}
			}
			if to := p.Submit("/checkout/plans", "/checkout", `value="card"`); to != "/checkout/result" {
				t.Errorf("another means leads to %s", to)
			}
			if got := h.came(t, checkout.ID); got.Status != client.CheckoutChosenOther || got.Chosen != "card" {
				t.Errorf("%+v", got)
			}
			says(t, p.reads("/checkout/result"), "You pay another way", "Bank card")
		})
	}
}

func TestWhoIsAtACheckout(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	p, c := h.pay(t, order("u-1", 10_00))
	if status, _, _ := p.Get(strings.TrimPrefix(c.URL, h.URL)); status != http.StatusUnauthorized {
		t.Errorf("the link again: %d", status)
	}
	if status, _, body := p.Post("/checkout", url.Values{"means": {"card"}}, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden || h.came(t, c.ID).Status != client.CheckoutOpen {
		t.Errorf("another site chooses: %d %s", status, body)
	}
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: "default"})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := h.enter(t, link.URL, "/wallet").Get("/checkout"); status != http.StatusNotFound {
		t.Errorf("a wallet's session at a checkout: %d", status)
	}
	for _, path := range []string{"/checkout/none", "/checkout/enter?link=x"} {
		if status, _, _ := p.Get(path); status != http.StatusNotFound && status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, status)
		}
	}
	if to := p.Submit("/checkout", "/checkout/cancel", "plain"); to != "/checkout/result" || h.came(t, c.ID).Status != client.CheckoutCancelled {
		t.Errorf("not bought: %s", to)
	}
	hostile := order("u-1", 10_00)
	hostile.Description, hostile.Means[0].Names.En, hostile.Order = `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `o'"><b>`
	p, _ = h.pay(t, hostile)
	if page := p.reads("/checkout?lang=en"); strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") {
		t.Error("what the platform says is shown as HTML")
	}
}

// TestHowElseItEnds: declined at the last moment, and left lying until it expired.
func TestHowElseItEnds(t *testing.T) {
	h := newHouse(t)
	account := h.Open(t, "u-1")
	p, c := h.pay(t, order("u-1", 600_00))
	text, now := c.PayLater.Quotes.Data[0].Text, h.Office.Clock.Now()
	if _, err := h.Shop.SetSpendingCap(t.Context(), account.ID, "k", client.SpendingCapRequest{Amount: 250_00}); err != nil {
		t.Fatal(err)
	}
	declined, err := h.Shop.ConfirmCheckout(t.Context(), c.ID, client.CheckoutConfirmation{Plan: "next", Consent: client.QuoteConsent{
		Document: text.Document, Version: text.Version, Hash: text.Hash, Person: "u-1", Act: "tap_confirm", Channel: "checkout", Language: "en",
		ShownAt: now.Add(-time.Minute), AcceptedAt: now, ReadSeconds: 60,
	}})
	if err != nil || declined.Status != client.CheckoutDeclined {
		t.Fatalf("%+v, %v", declined, err)
	}
	says(t, p.reads("/checkout/result?lang=en"), "Monthly pay can&#39;t be used for this order", "¥250.00 a month", "Nothing of your limit is held", `value="card"`)
	if to := p.Submit("/checkout/result", "/checkout", `value="card"`); to != "/checkout/result" || h.came(t, c.ID).Chosen != "card" {
		t.Errorf("another means leads to %s", to)
	}

	second := order("u-1", 10_00)
	second.Order = "o-2"
	p, c = h.pay(t, second)
	if err := h.Office.DB.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE checkout SET expires = 1 WHERE id = $1`, c.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if status, to, _ := p.Get("/checkout"); status != http.StatusSeeOther || to != "/checkout/result" {
		t.Errorf("an expired checkout: %d to %s", status, to)
	}
	says(t, p.reads("/checkout/result?lang=en"), "This checkout has expired", "Nothing was paid", "https://shop.example/cart?checkout="+c.ID)
}
