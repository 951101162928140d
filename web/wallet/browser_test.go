package wallet_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestPagesOnAPhone opens each kind of page on a phone in both themes, the languages
// taking turns, and the main ones on a desktop: nothing complains, nothing moves, nothing
// scrolls sideways, nothing breaks the rules of accessibility, and little is loaded.
func TestPagesOnAPhone(t *testing.T) {
	h, account := lived(t)
	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	statements, err := h.Shop.ListStatements(t.Context(), account.ID, client.ListStatementsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	purchases, err := h.Shop.ListPurchases(t.Context(), account.ID, client.ListPurchasesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	receipts, err := h.Shop.ListReceipts(t.Context(), account.ID, client.ListReceiptsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	bill, bought, receipt := statements.Data[0].ID, purchases.Data[0].ID, receipts.Data[len(receipts.Data)-1]
	if receipt.Document.Seals != "words" {
		t.Fatalf("the first receipt is of %+v", receipt.Document)
	}
	pages := []string{
		"", "/bills", "/bills/" + bill, "/bills/" + bill + "/split", "/bills/" + bill + "/split?plan=bill3", "/bills/" + bill + "/defer", "/bills/" + bill + "/defer?days=7", "/coming", "/repay", "/repaid",
		"/purchases", "/purchases/" + bought, "/settings", "/autopay", "/autopay?source=tok_card_1", "/due-day", "/protection", "/close", "/deregister", "/inbox", "/agreements", "/receipts/" + receipt.ID, "/texts/" + receipt.Document.Hash,
		"/bureau", "/year", "/data", "/help", "/help/cash", "/help?q=zzz", "/nothing",
	}
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID, ReturnURL: "https://shop.example/me"})
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Visit(t, ctx, link.URL, 390, "light")
	for i, path := range pages {
		for _, look := range []struct {
			width  int64
			scheme string
		}{{390, "light"}, {390, "dark"}, {1280, "light"}} {
			if look.width > 390 && i%5 != 0 {
				continue // the layout is one column everywhere
			}
			lang := []string{"zh-Hans", "en"}[(i+int(look.width/1280)+len(look.scheme))%2]
			t.Run(fmt.Sprintf("%s %d %s %s", strings.ReplaceAll(path, "/", " "), look.width, look.scheme, lang), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				join := "?"
				if strings.Contains(path, "?") {
					join = "&"
				}
				pagetest.Visit(t, ctx, h.URL+"/wallet"+path+join+"lang="+lang, look.width, look.scheme)
				pagetest.Picture(t, ctx, fmt.Sprintf("wallet%s-%d-%s-%s", strings.NewReplacer("/", "-", "?", "-", bill, "bill", bought, "purchase", receipt.ID, "receipt", receipt.Document.Hash, "text").Replace(path), look.width, look.scheme, lang))
				for _, moved := range pagetest.Moved(t, ctx) {
					t.Errorf("moved: %s", moved)
				}
				if wide := pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > look.width {
					t.Errorf("the page is %d wide", wide)
				}
				size := pagetest.Evaluate[int64](t, ctx, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.transferSize, 0)`)
				if size > 100_000 {
					t.Errorf("%d bytes came over the wire", size)
				}
				small := pagetest.Evaluate[[]string](t, ctx, `[...document.querySelectorAll("a.button, button, .rows > li > a, .tabs a")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))`)
				for _, s := range small {
					t.Errorf("too small for a thumb: %s", s)
				}
				for _, violation := range pagetest.Violations(t, ctx) {
					t.Error(violation)
				}
				for _, complaint := range heard.Take() {
					if path == "/nothing" && strings.Contains(complaint, "404") {
						continue // that it is not there is what the page is about
					}
					t.Error(complaint)
				}
			})
		}
	}
}

// TestByKeyboard repays with the keyboard alone, and with large letters nothing is cut off.
func TestByKeyboard(t *testing.T) {
	h, account := lived(t)
	ctx := pagetest.Browser(t)
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Visit(t, ctx, link.URL, 390, "light")
	if at := pagetest.Evaluate[string](t, ctx, `location.pathname + location.search`); at != "/wallet" {
		t.Errorf("the link is still in the address: %s", at)
	}
	pagetest.Visit(t, ctx, h.URL+"/wallet/repay", 390, "light")
	focused := func() string {
		return pagetest.Evaluate[string](t, ctx, `document.activeElement.name + "=" + document.activeElement.value + " " + document.activeElement.textContent.trim()`)
	}
	press := func(key string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
	for range 30 {
		if strings.HasPrefix(focused(), "source=") {
			break
		}
		press("\t")
	}
	if !strings.HasPrefix(focused(), "source=") {
		t.Fatalf("the keyboard never gets to the sources: %s", focused())
	}
	press(" ")
	for range 5 {
		if strings.Contains(focused(), "Repay ¥") {
			break
		}
		press("\t")
	}
	press("\r")
	pagetest.Until(t, ctx, `location.pathname.startsWith("/wallet/debits/") && document.querySelector("h1")?.textContent === "Repaid"`)
	if now := h.account(t, account.ID); now.Billed != 0 {
		t.Errorf("%d is still billed", now.Billed)
	}
	for _, path := range []string{"", "/repay", "/purchases", "/protection", "/close"} {
		pagetest.Visit(t, ctx, h.URL+"/wallet"+path, 390, "light")
		pagetest.Evaluate[bool](t, ctx, `document.documentElement.style.setProperty("font-size", "200%"), true`)
		if wide := pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s with letters twice as large is %d wide", path, wide)
		}
	}
}

// TestPaintsAtOnce: the first paint comes within 300 ms on loopback, in the best of some
// tries, since a busy machine is no fault of the page's.
func TestPaintsAtOnce(t *testing.T) {
	h, _ := lived(t)
	ctx := pagetest.Browser(t)
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: "u-1", Programme: catalogue.SampleID})
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Visit(t, ctx, link.URL, 390, "light")
	best := 1e9
	for range 10 {
		pagetest.Visit(t, ctx, h.URL+"/wallet", 390, "light")
		pagetest.Until(t, ctx, `performance.getEntriesByName("first-contentful-paint").length > 0`)
		best = min(best, pagetest.Evaluate[float64](t, ctx, `performance.getEntriesByName("first-contentful-paint")[0].startTime`))
	}
	if best > 300 {
		t.Errorf("the first paint comes after %.0f ms", best)
	}
	t.Logf("first paint after %.0f ms", best)
}
