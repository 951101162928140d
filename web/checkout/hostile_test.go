package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// harmless is what others type.
const harmless = "Harmless words 12"

// typed is a customer's life in which one text is typed wherever anything can be.
type typed struct {
	text      string
	programme string
	customer  string
	refused   map[string]bool // where the API takes no such text
	account   client.Account
}

// try does something with the text, and with harmless words where that is refused.
func (w *typed) try(t *testing.T, where string, do func(text string) error) {
	t.Helper()
	err := do(w.text)
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusUnprocessableEntity || errors.Is(err, catalogue.ErrInvalid) {
		w.refused[where] = true
		err = do(harmless)
	}
	if err != nil {
		t.Fatalf("%s with %q: %v", where, w.text, err)
	}
}

// lives has somebody live with a text: a programme, an account, sources, purchases, a
// block with a note, and an order that waits at a checkout.
func (h *house) lives(t *testing.T, i int, text string) *typed {
	t.Helper()
	w := &typed{text: text, programme: fmt.Sprint("p-", i), refused: map[string]bool{}}
	books, ctx := h.Office.Catalogue, t.Context()
	w.try(t, "a programme's names", func(text string) error {
		draft := catalogue.Sample()
		draft.Terms.ReadingSeconds = 1
		label := catalogue.Label{ZH: text, EN: text}
		draft.Names = catalogue.Names{Programme: label, Funder: label, Bureau: label}
		v, err := books.CreateProgramme(ctx, catalogue.Installation, "shop", w.programme, draft)
		if err != nil {
			return err
		}
		return books.Activate(ctx, catalogue.Installation, "shop", w.programme, v.Number)
	})
	d, err := h.Shop.GetDisclosure(ctx, w.programme, client.GetDisclosureQuery{})
	if err != nil {
		t.Fatal(err)
	}
	now := h.Office.Clock.Now()
	w.try(t, "a customer's id", func(text string) error {
		w.customer = text
		var consents []client.Consent
		for _, doc := range d.Documents {
			consents = append(consents, client.Consent{
				Document: doc.Document, Version: doc.Version, Hash: doc.Hash, Person: text, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: 30,
				ShownAt: now.Add(-time.Minute), AcceptedAt: now,
			})
		}
		a, err := h.Shop.Apply(ctx, fmt.Sprint("open-", i, text == harmless), client.ApplicationRequest{
			Customer: text, Programme: w.programme, Consents: consents, Declared: client.Declared{Adult: true, MonthlyIncome: 10_000_00}, RequestedLimit: 10_000_00,
		})
		w.account = a.Opened
		return err
	})
	w.try(t, "a source's label", func(text string) error {
		_, err := h.Shop.PutSources(ctx, w.account.ID, client.SourcesRequest{Sources: []client.SourceTold{{Source: "tok_card_1", Label: text}}})
		return err
	})
	for _, plan := range []string{"next", "flat6"} {
		w.try(t, "an order of "+plan, func(text string) error {
			q, err := h.Shop.Quote(ctx, client.QuoteRequest{Account: w.account.ID, Amount: 300_00, Currency: "CNY", Plan: plan})
			if err != nil {
				return err
			}
			said := q.Data[0].Text
			a, err := h.Shop.Authorise(ctx, fmt.Sprint("buy-", i, plan, text == harmless), client.AuthorisationRequest{
				Account: w.account.ID, Amount: 300_00, Currency: "CNY", Plan: plan, Scene: "mall", Merchant: text, Order: text + plan,
				Consent: client.QuoteConsent{
					Document: said.Document, Version: said.Version, Hash: said.Hash, Person: w.account.Customer, Act: "tap_pay", Channel: "checkout", Language: "zh-Hans", ReadSeconds: 5,
					ShownAt: now.Add(-10 * time.Second), AcceptedAt: now,
				},
			})
			if err == nil && plan == "next" {
				_, err = h.Shop.Capture(ctx, a.ID, fmt.Sprint("ship-", i), client.CaptureRequest{Amount: 300_00, Final: true})
			}
			return err
		})
	}
	w.try(t, "a repayment's source", func(text string) error {
		_, err := h.Shop.Repay(ctx, w.account.ID, fmt.Sprint("repay-", i, text == harmless), client.RepaymentRequest{Amount: 50_00, Currency: "CNY", Source: text})
		return err
	})
	w.try(t, "a block's note", func(text string) error {
		_, err := h.Shop.AddBlock(ctx, w.account.ID, fmt.Sprint("block-", i, text == harmless), client.BlockRequest{Kind: "risk", Note: text})
		return err
	})
	return w
}

// enters lets the text's customer in to their wallet.
func (w *typed) enters(t *testing.T, h *house) client.WalletSession {
	t.Helper()
	var link client.WalletSession
	w.try(t, "a way back", func(text string) (err error) {
		link, err = h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{
			Customer: w.customer, Programme: w.programme, Language: "en", ReturnURL: "https://shop.example/?q=" + text, CashierURL: "https://shop.example/pay#" + text,
		})
		return err
	})
	return link
}

// orders has the customer, or somebody else without an account, at a checkout.
func (w *typed) orders(t *testing.T, h *house, customer string) client.CheckoutSession {
	t.Helper()
	var c client.CheckoutSession
	w.try(t, "a checkout", func(text string) (err error) {
		r := order(customer, 300_00)
		r.Programme, r.Order, r.Merchant, r.Description = w.programme, text+customer, text, text
		r.Means[0].ID, r.Means[0].Names = "card", client.Label{Zh: text, En: text}
		c, err = h.Shop.CreateCheckoutSession(t.Context(), r)
		return err
	})
	return c
}

var (
	ids     = regexp.MustCompile(`(stm|pur|rep|clo|dsp|aut|deb|rcp|ck|acc)_[0-9a-z]+(_[0-9]+)*(-[0-9]+)?|[0-9a-f]{64}|[0-9]{4}-[0-9]{2}-[0-9]{2}`)
	follows = regexp.MustCompile(`^/(wallet|checkout|open)([/?].*)?$`)
)

// crawl reads every page that the person's first ones lead to, by its path without ids
// and without what was typed.
func (p *person) crawl(text string, start ...string) map[string]pagetest.Tree {
	p.T.Helper()
	pages, seen := map[string]pagetest.Tree{}, map[string]bool{}
	for queue := start; len(queue) > 0; queue = queue[1:] {
		status, to, body := p.Get(queue[0])
		if status >= http.StatusInternalServerError {
			p.T.Fatalf("%s: %d", queue[0], status)
		}
		if strings.Contains(queue[0], "file=") {
			continue
		}
		tree := pagetest.Read(p.T, body)
		if status == http.StatusSeeOther {
			tree.Links = []string{to}
		} else {
			at := ids.ReplaceAllString(queue[0], "…")
			for _, typed := range []string{url.QueryEscape(text), url.PathEscape(text)} {
				at = strings.ReplaceAll(at, typed, "…")
			}
			if _, twice := pages[at]; !twice {
				pages[at] = tree
			}
		}
		for _, link := range tree.Links {
			link, _, _ = strings.Cut(link, "#")
			if follows.MatchString(link) && !seen[link] && !strings.Contains(link, "lang=") {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	return pages
}

// everything is all pages at which somebody meets the text.
func (w *typed) everything(t *testing.T, h *house) map[string]pagetest.Tree {
	t.Helper()
	q := url.QueryEscape(w.text)
	wallet := h.enter(t, w.enters(t, h).URL, "/wallet")
	pages := wallet.crawl(w.text, "/wallet", "/wallet/help?q="+q, "/wallet?done="+q, "/wallet/bills/of"+url.PathEscape(w.text), "/wallet/autopay?source="+q)
	for name, form := range map[string]url.Values{
		"/wallet/protection/cap": {"do": {"set"}, "amount": {w.text}}, "/wallet/due-day": {"day": {w.text}}, "/wallet/repay": {"do": {"part"}, "amount": {w.text}, "source": {w.text}},
	} {
		form.Set("key", strings.Repeat("k", 20))
		status, _, body := wallet.Post(name, form)
		if status >= http.StatusInternalServerError {
			t.Errorf("%s with %q: %d", name, w.text, status)
		}
		pages["a form to "+name] = pagetest.Read(t, body)
	}
	c := w.orders(t, h, w.customer)
	buyer := h.enter(t, c.URL, "/checkout")
	for at, tree := range buyer.crawl(w.text, "/checkout", "/checkout/plans", "/checkout/confirm?plan=flat6") {
		pages["paying "+at] = tree
	}
	buyer.Submit("/checkout", "/checkout", `value="card"`, "means", "card")
	pages["paid otherwise"] = pagetest.Read(t, buyer.reads("/checkout/result"))
	newcomer := h.enter(t, w.orders(t, h, "new "+w.programme).URL, "/checkout")
	newcomer.tells("yes", "no")
	for at, tree := range newcomer.crawl(w.text, "/checkout", "/open", "/open/about", "/open/precheck", "/open/documents/cost_disclosure", "/open/documents/credit_agreement") {
		pages["opening "+at] = tree
	}
	return pages
}

// TestHostileTextIsTextOnAllPages has each text typed wherever the product takes one, reads every page of
// wallet, checkout and opening, and holds each against the same page of somebody who typed harmless
// words: the elements are the same, and what was typed stands there as it was typed.
func TestHostileTextIsTextOnAllPages(t *testing.T) {
	h := newHouse(t)
	texts := append([]string{harmless}, pagetest.Hostile...)
	if testing.Short() {
		texts = texts[:12]
	}
	var all []*typed
	for i, text := range texts {
		all = append(all, h.lives(t, i, text))
	}
	h.To(t, "2026-02-03")
	want := all[0].everything(t, h)
	if len(want) < 55 {
		t.Fatalf("only %d pages were read", len(want))
	}
	known := map[string]bool{"html": true, "head": true, "body": true} // of a redirect
	for _, tree := range want {
		for _, e := range tree.Elements {
			known[e] = true
		}
	}
	taken := 0
	for _, w := range all[1:] {
		got := w.everything(t, h)
		shown := map[string]bool{}
		for at, expected := range want {
			tree, ok := got[at]
			if !ok {
				t.Errorf("with %q there is no page %s", w.text, at)
				continue
			}
			if at == "/wallet/help?q=…" || strings.HasPrefix(at, "a form") { // who finds something sees other than who finds nothing, and 0 is an amount
				if i := slices.IndexFunc(tree.Elements, func(e string) bool { return !known[e] }); i >= 0 {
					t.Errorf("%q got into %s: %s", w.text, at, tree.Elements[i])
				}
			} else if !slices.Equal(tree.Elements, expected.Elements) {
				t.Errorf("%q got into %s: %s", w.text, at, first(tree.Elements, expected.Elements))
			}
			for _, link := range tree.Links {
				u, err := url.Parse(link)
				if err != nil || u.Scheme != "" && u.Host != "shop.example" || u.Scheme == "" && u.Host != "" {
					t.Errorf("%q: %s leads to %s", w.text, at, link)
				}
			}
			shown[at] = tree.Has(w.text)
		}
		if len(w.refused) > 0 {
			continue // it is shown where it was taken, if anywhere
		}
		taken++
		for _, at := range []string{"/wallet/purchases", "/wallet/autopay", "/wallet/help?q=…", "paying /checkout", "paying /checkout/plans", "paid otherwise", "opening /open"} {
			if !shown[at] {
				t.Errorf("%s does not say %q as it was typed", at, w.text)
			}
		}
	}
	t.Logf("%d texts on %d pages each, %d of them taken everywhere", len(texts)-1, len(want), taken)
	if taken*3 < len(texts) {
		t.Errorf("only %d texts were taken everywhere", taken)
	}
}

// first is where two lists begin to differ.
func first(got, want []string) string {
	for i, s := range got {
		if i == len(want) || s != want[i] {
			return fmt.Sprintf("%q is element %d", s, i)
		}
	}
	return "elements are missing"
}

// TestHostileTextInABrowser shows the texts to a real browser, which runs none of them,
// asks nobody about them, and has nothing to complain of.
func TestHostileTextInABrowser(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithTimeout(pagetest.Browser(t), 5*time.Minute)
	defer cancel()
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.ran = [];
		for (const f of ["alert", "confirm", "prompt"]) window[f] = () => window.ran.push(f);
		document.addEventListener("securitypolicyviolation", e => window.ran.push(e.violatedDirective));`}); err != nil {
		t.Fatal(err)
	}
	look := func(text, address string) {
		t.Helper()
		pagetest.Visit(t, ctx, address, 390, "light")
		if ran := pagetest.Evaluate[[]string](t, ctx, `window.ran`); len(ran) > 0 {
			t.Errorf("%q ran %v", text, ran)
		}
		if from := pagetest.Evaluate[[]string](t, ctx, `performance.getEntriesByType("resource").map(e => new URL(e.name).origin).filter(o => o !== location.origin)`); len(from) > 0 {
			t.Errorf("%q loads from %v", text, from)
		}
		for _, complaint := range heard.Take() {
			t.Errorf("%q: %s", text, complaint)
		}
	}
	texts := pagetest.Hostile
	if testing.Short() {
		texts = texts[:6]
	}
	for i, text := range texts {
		w := h.lives(t, i, text)
		look(text, w.enters(t, h).URL)
		look(text, h.URL+"/wallet/purchases")
		look(text, h.URL+"/wallet/help?q="+url.QueryEscape(text))
		look(text, w.orders(t, h, w.customer).URL)
		look(text, h.URL+"/checkout/plans")
	}
}
