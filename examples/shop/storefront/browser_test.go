package storefront_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestPagesOfTheShop opens each page on a phone and a desktop, in light and dark, in both
// languages: nothing complains, scrolls sideways, or breaks the rules of accessibility.
func TestPagesOfTheShop(t *testing.T) {
	m := newMarket(t, catalogue.OperatorRole, "")
	v := m.visitor(t)
	path, checkout := v.buys("headphones")
	customer := v.customer()
	m.open(t, customer, 10_000_00)
	v.until("/me", "Open</span>")
	c := m.confirm(t, checkout)
	v.until(path, "Paid, to be shipped")
	v.post(path + "/ship")
	v.post(path+"/refunds", "number", "0", "amount", "99")
	unpaid, _ := v.buys("umbrella")
	held, second := v.buys("lamp")
	m.confirm(t, second)
	v.until(held, "Paid, to be shipped")
	if _, err := m.yuefu.OpenDispute(t.Context(), bought(t, m, c.Account), "contest", disputing); err != nil {
		t.Fatal(err)
	}
	v.until("/sandbox", "Dispute")

	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	pages := []struct{ name, path string }{
		{"home", "/"}, {"orders", "/orders"}, {"unpaid", unpaid}, {"held", held}, {"shipped", path}, {"me", "/me"}, {"events", "/events"}, {"sandbox", "/sandbox"}, {"problem", "/nowhere"},
	}
	for _, look := range []struct {
		width        int64
		scheme, lang string
	}{{390, "light", "zh-Hans"}, {390, "dark", "en"}, {1280, "light", "en"}, {1280, "dark", "zh-Hans"}} {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		pagetest.Visit(t, ctx, m.url, look.width, look.scheme)
		for _, cookie := range v.http.Jar.Cookies(parse(t, m.url)) {
			setCookie(t, ctx, m.url, cookie.Name, cookie.Value)
		}
		for _, p := range pages {
			name := fmt.Sprintf("shop-%s-%d-%s-%s", p.name, look.width, look.scheme, look.lang)
			pagetest.Visit(t, ctx, m.url+p.path+"?lang="+look.lang, look.width, look.scheme)
			pagetest.Picture(t, ctx, name)
			if wide := pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > look.width {
				t.Errorf("%s is %d wide", name, wide)
			}
			for _, violation := range pagetest.Violations(t, ctx) {
				t.Errorf("%s: %s", name, violation)
			}
			for _, small := range pagetest.Evaluate[[]string](t, ctx, `[...document.querySelectorAll("a, button")].filter(e => e.getClientRects().length && !e.closest("p, .skip") && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))`) {
				t.Errorf("%s: too small for a thumb: %s", name, small)
			}
			for _, complaint := range heard.Take() {
				if p.name != "problem" || !strings.Contains(complaint, "404") {
					t.Errorf("%s: %s", name, complaint)
				}
			}
		}
	}
}
