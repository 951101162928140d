package checkout_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestByKeyboard confirms with the keyboard alone, and with large letters nothing is cut off.
func TestByKeyboard(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	c, err := h.Shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00))
	if err != nil {
		t.Fatal(err)
	}
	ctx := pagetest.Browser(t)
	pagetest.Visit(t, ctx, c.URL+"&lang=en", 390, "light")
	press := func(key string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
	// seek goes on by the tabulator until the focus is on what has these words.
	seek := func(words string) {
		t.Helper()
		for range 40 {
			if pagetest.Evaluate[bool](t, ctx, `(document.activeElement.closest("label") ?? document.activeElement).outerHTML.includes(`+"`"+words+"`"+`) && document.activeElement !== document.body`) {
				return
			}
			press("\t")
		}
		t.Fatalf("the keyboard never gets to %s", words)
	}
	at := func(path string) {
		t.Helper()
		pagetest.Until(t, ctx, `location.pathname === "`+path+`" && document.readyState === "complete"`)
	}
	large := func(path string) {
		t.Helper()
		pagetest.Evaluate[bool](t, ctx, `document.documentElement.style.setProperty("font-size", "200%"), true`)
		if wide := pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("%s with letters twice as large is %d wide", path, wide)
		}
		pagetest.Evaluate[bool](t, ctx, `document.documentElement.style.removeProperty("font-size"), true`)
	}
	large("/checkout")
	seek(`name="means"`)
	if n := pagetest.Evaluate[int](t, ctx, `document.querySelectorAll(":checked").length`); n != 0 {
		t.Error("coming to the means by keyboard chooses one")
	}
	// From no choice at all a space chooses the first, and an arrow the next.
	press(" ")
	press(kb.ArrowDown)
	if chosen := pagetest.Evaluate[string](t, ctx, `document.querySelector(":checked")?.value ?? ""`); chosen != "pay_later" {
		t.Errorf("an arrow chooses %q", chosen)
	}
	press("\r")
	at("/checkout/plans")
	large("/checkout/plans")
	seek("plan=flat6")
	press("\r")
	at("/checkout/confirm")
	large("/checkout/confirm")
	pagetest.Until(t, ctx, `!document.querySelector("button[data-wait]").disabled`)
	seek("data-wait")
	press("\r")
	at("/checkout/result")
	if got := h.came(t, c.ID); got.Status != client.CheckoutConfirmed || got.Plan != "flat6" {
		t.Errorf("%+v", got)
	}
}

// TestWithoutScripts buys and means not to with scripts switched off, and is too fast once.
func TestWithoutScripts(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	c, err := h.Shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00))
	if err != nil {
		t.Fatal(err)
	}
	ctx := pagetest.Browser(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	click := func(selector, words string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.Click(selector)); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if text, err := chromedp.Run(ctx, chromedp.OuterHTML("html")); err == nil && strings.Contains(text, words) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%s leads to no page with %q", selector, words)
	}
	pagetest.Visit(t, ctx, c.URL+"&lang=en", 390, "light")
	if err := chromedp.Do(ctx, chromedp.Click("input[value=pay_later]")); err != nil {
		t.Fatal(err)
	}
	click("form button.wide", "Compare the ways to pay")
	click("a[href*='plan=flat6']", "Confirm this loan")
	click("button[data-wait]", "more seconds of reading")
	time.Sleep(1100 * time.Millisecond)
	click("button[data-wait]", "of your limit is held")
	click("button.grave", "No loan was made")
	if got := h.came(t, c.ID); got.Status != client.CheckoutCancelled {
		t.Errorf("%+v", got)
	}
}
