package checkout_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// looker looks at pages in a browser and lets none get away with anything.
type looker struct {
	t     *testing.T
	ctx   context.Context
	heard *pagetest.Complaints
	look  look
}

type look struct {
	width        int64
	scheme, lang string
}

func (l look) String() string { return fmt.Sprintf("%d-%s-%s", l.width, l.scheme, l.lang) }

// check looks at the page that is open: nothing complains, moves, scrolls sideways, breaks
// the rules of accessibility or is too small for a thumb, and little is loaded.
func (l *looker) check(name string, expected ...string) {
	l.t.Helper()
	pagetest.Picture(l.t, l.ctx, "checkout-"+name+"-"+l.look.String())
	if lang := pagetest.Evaluate[string](l.t, l.ctx, `document.documentElement.lang`); lang != l.look.lang {
		l.t.Errorf("%s is in %s", name, lang)
	}
	for _, moved := range pagetest.Moved(l.t, l.ctx) {
		l.t.Errorf("moved: %s", moved)
	}
	if wide := pagetest.Evaluate[int64](l.t, l.ctx, `document.documentElement.scrollWidth`); wide > l.look.width {
		l.t.Errorf("%s is %d wide", name, wide)
	}
	size := pagetest.Evaluate[int64](l.t, l.ctx, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.transferSize, 0)`)
	if size > 100_000 {
		l.t.Errorf("%s: %d bytes came over the wire", name, size)
	}
	for _, s := range pagetest.Evaluate[[]string](l.t, l.ctx, `[...document.querySelectorAll("a.button, button, .choice, .rows > li > a")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))`) {
		l.t.Errorf("%s: too small for a thumb: %s", name, s)
	}
	if n := pagetest.Evaluate[int](l.t, l.ctx, `[...document.querySelectorAll("input[type=radio], input[type=checkbox]")].filter(e => e.checked).length`); n > 0 {
		l.t.Errorf("%s: %d are ticked beforehand", name, n)
	}
	for _, violation := range pagetest.Violations(l.t, l.ctx) {
		l.t.Errorf("%s: %s", name, violation)
	}
	for _, complaint := range l.heard.Take() {
		if len(expected) == 0 || !strings.Contains(complaint, expected[0]) {
			l.t.Errorf("%s: %s", name, complaint)
		}
	}
}

// do runs a script that leads to another page, and waits until that is there.
func (l *looker) do(script, leads string) {
	l.t.Helper()
	pagetest.Evaluate[bool](l.t, l.ctx, script+"; true")
	pagetest.Until(l.t, l.ctx, fmt.Sprintf(`(location.pathname + location.search).startsWith(%q) && document.readyState === "complete"`, leads))
}

// looks are those at which each story is told.
var looks = []look{{390, "light", "zh-Hans"}, {390, "dark", "en"}, {1280, "light", "en"}, {1280, "dark", "zh-Hans"}, {390, "light", "en"}, {390, "dark", "zh-Hans"}}

func eachLook(t *testing.T, tell func(t *testing.T, l *looker)) {
	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	for _, look := range looks {
		t.Run(look.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
			defer cancel()
			heard.Take()
			tell(t, &looker{t: t, ctx: ctx, heard: &heard, look: look})
		})
	}
}

// TestACheckoutInABrowser buys by instalments, means not to, and finds a reason in the way.
func TestACheckoutInABrowser(t *testing.T) {
	h := newHouse(t)
	shops := 0
	eachLook(t, func(t *testing.T, l *looker) {
		shops++
		customer := fmt.Sprintf("u-%d", shops)
		account := h.Open(t, customer)
		request := order(customer, 600_00)
		request.Language = client.PageLanguage(l.look.lang)
		c, err := h.Shop.CreateCheckoutSession(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.Visit(t, l.ctx, c.URL, l.look.width, l.look.scheme)
		if at := pagetest.Evaluate[string](t, l.ctx, `location.pathname + location.search`); at != "/checkout" {
			t.Errorf("the link is still in the address: %s", at)
		}
		sizes := pagetest.Evaluate[[]int64](t, l.ctx, `[...document.querySelectorAll(".choice")].map(e => Math.round(e.getBoundingClientRect().width * 1000 + e.getBoundingClientRect().height))`)
		if len(sizes) != 3 || sizes[0] != sizes[1] || sizes[1] != sizes[2] {
			t.Errorf("the means are not equal in size: %v", sizes)
		}
		l.check("choose")
		l.do(`document.querySelector("input[value=pay_later]").click(); document.querySelector("form button.wide").click()`, "/checkout/plans")
		l.check("plans")
		l.do(`document.querySelector("a[href*='plan=flat6']").click()`, "/checkout/confirm?plan=flat6")
		if !pagetest.Evaluate[bool](t, l.ctx, `document.querySelector("button[data-wait]").disabled`) {
			t.Error("it can be confirmed before it was read")
		}
		l.check("confirm")
		pagetest.Until(t, l.ctx, `!document.querySelector("button[data-wait]").disabled`)
		l.do(`document.querySelector("button[data-wait]").click()`, "/checkout/result")
		l.check("confirmed")
		l.do(`document.querySelector("button.grave").click()`, "/checkout/result")
		pagetest.Until(t, l.ctx, `document.readyState === "complete" && document.querySelector("h1") !== null && !document.querySelector("button.grave")`)
		l.check("cancelled")

		if _, err := h.Shop.SetSpendingCap(t.Context(), account.ID, "cap-"+customer, client.SpendingCapRequest{Amount: 250_00}); err != nil {
			t.Fatal(err)
		}
		if c, err = h.Shop.CreateCheckoutSession(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		pagetest.Visit(t, l.ctx, c.URL, l.look.width, l.look.scheme)
		l.check("against")
		pagetest.Visit(t, l.ctx, h.URL+"/checkout/plans", l.look.width, l.look.scheme)
		l.check("no-plans")
		l.do(`document.querySelector("button[value=balance]").click()`, "/checkout/result")
		l.check("other")
		if got := h.came(t, c.ID); got.Status != client.CheckoutChosenOther || got.Chosen != "balance" {
			t.Errorf("%+v", got)
		}
	})
}
