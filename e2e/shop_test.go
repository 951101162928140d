package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	lang  string
}

// in is the words in the clicker's language.
func (c *clicker) in(zh, en string) string {
	if c.lang == "en" {
		return en
	}
	return zh
}

// press clicks on what can be clicked and says the words, and waits for the page that it leads to.
func (c *clicker) press(zh, en string) {
	c.t.Helper()
	c.click("a, button", zh, en)
	c.arrive()
	for _, complaint := range c.heard.Take() {
		c.t.Errorf("after %q, on %s: %s", c.in(zh, en), c.at(), complaint)
	}
}

// arrive waits for the page that was led to. While one page gives way to another, neither answers.
func (c *clicker) arrive() {
	c.t.Helper()
	for range 200 {
		there, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`!window.pressed && document.readyState === "complete"`))
		if err == nil && there {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("nothing comes after %s", c.at())
}

func (c *clicker) click(what, zh, en string) {
	c.t.Helper()
	words := c.in(zh, en)
	script := fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%q)].find(e => e.getClientRects().length && !e.disabled && (e.innerText + " " + (e.ariaLabel ?? "")).includes(%q));
		if (found) { if (found.matches("a, button")) window.pressed = true; found.click(); }
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
func (c *clicker) reads(zh, en string) {
	c.t.Helper()
	words := c.in(zh, en)
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
	name += "-" + c.lang
	pagetest.Picture(c.t, c.ctx, "demo-"+name)
	for _, violation := range pagetest.Violations(c.t, c.ctx) {
		c.t.Errorf("%s: %s", name, violation)
	}
	if pagetest.Evaluate[bool](c.t, c.ctx, `document.documentElement.scrollWidth > innerWidth`) {
		c.t.Errorf("%s can be scrolled sideways", name)
	}
}

// keep keeps what a phone shows of the page, for the README, in the folder that
// YUEFU_README_PICTURES names, if any: what make screenshots does.
func (c *clicker) keep(name string) {
	c.t.Helper()
	folder := os.Getenv("YUEFU_README_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		c.t.Fatal(err)
	}
	seen, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		c.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, indexed(seen)); err != nil {
		c.t.Fatal(err)
	}
	if small.Len() > 80_000 {
		c.t.Errorf("the picture %s has %d bytes", name, small.Len())
	}
	lang, _, _ := strings.Cut(c.lang, "-")
	if err := os.WriteFile(filepath.Join(folder, name+"-"+lang+".png"), small.Bytes(), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// indexed is a picture in its 256 most frequent colours, which is all that text on paper
// needs, and a third of the bytes.
func indexed(seen image.Image) *image.Paletted {
	count := map[color.Color]int{}
	for y := range seen.Bounds().Dy() {
		for x := range seen.Bounds().Dx() {
			count[seen.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	p := image.NewPaletted(seen.Bounds(), colours[:min(256, len(colours))])
	draw.Draw(p, p.Bounds(), seen, image.Point{}, draw.Src)
	return p
}

// TestANewcomerClicksFromOpeningToClosing starts the demo, opens the shop that it prints
// first, and does nothing but click and tick, on a phone, in both languages: opens an account,
// each document by itself, buys in three instalments, has it shipped, moves the clock to the
// statement, repays it, closes by settling the rest, approves that as the lender, and sees
// the certificate.
func TestANewcomerClicksFromOpeningToClosing(t *testing.T) {
	d := beginDemo(t, "--customers", "12", "--months", "3")
	shop := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(d.said)
	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh-Hans", "en"} {
		t.Run(lang, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
			defer cancel()
			(&clicker{t: t, ctx: ctx, heard: &heard, lang: lang}).life(shop)
		})
	}
	d.end()
}

// life is the whole of it.
func (c *clicker) life(shop string) {
	pagetest.Visit(c.t, c.ctx, shop+"?lang="+c.lang, 390, "light")
	if c.lang == "en" { // somebody else had the phone before
		c.press("我的", "Me")
		c.press("做一位新顾客", "Be a new customer")
		c.press("商品", "Goods")
	}
	c.look("shop")

	c.press("里开通月付", "Open monthly pay")
	c.press("了解并开通", "See what it is")
	c.look("open")
	c.open()
	c.press("回到月付首页", "Go to the home page")
	c.press("返回商城", "Back to the shop")
	c.reads("已开通", "Open")

	c.press("商品", "Goods")
	c.press("购买 头戴式耳机", "Buy Headphones")
	c.press("去付款", "Go to checkout")
	c.look("means")
	c.click("label", "示例月付", "Sample Monthly Pay")
	c.press("继续", "Continue")
	c.keep("plans")
	c.look("plans")
	pagetest.Evaluate[bool](c.t, c.ctx, `document.querySelector("a[href*='plan=free3']").click(), window.pressed = true`)
	c.arrive()
	c.look("confirm")
	c.press("确认借款 ¥899.00", "Confirm: borrow ¥899.00")
	c.look("confirmed")
	c.press("返回商城", "Back to the shop")
	c.reads("已付款，待发货", "Paid, to be shipped")
	c.press("发货（确认扣款）", "Ship it (capture)")
	c.reads("已发货", "Shipped")

	c.press("时光机", "Time machine")
	c.press("下一个账单日", "The next statement day")
	c.press("我的", "Me")
	c.press("进入月付", "Go to monthly pay")
	c.keep("home")
	c.look("home")
	c.press("看账单", "See the bill")
	c.click("summary", "为什么", "Why")
	pagetest.Evaluate[bool](c.t, c.ctx, `document.querySelector("details[open]").closest("section").previousElementSibling.scrollIntoView(), true`)
	c.keep("bill")
	c.look("bill")
	c.press("去还款", "Repay")
	c.click("label", "8823", "8823")
	c.keep("repay")
	c.look("repay")
	c.press("全部还清 ¥299.67", "Repay ¥299.67")
	c.reads("还款成功", "Repaid")
	c.press("回到月付首页", "Go to the home page")

	c.press("设置", "Settings")
	c.press("关闭月付", "Close monthly pay")
	c.click("label", "8823", "8823")
	c.keep("close")
	c.look("close")
	c.press("确认还清 ¥599.33", "Repay ¥599.33")
	c.reads("还款成功", "Repaid")
	c.press("回到月付首页", "Go to the home page")
	c.press("设置", "Settings")
	c.press("关闭月付", "Close monthly pay")
	c.press("申请关闭", "Close it")
	c.reads("审核中", "Under review")
	c.look("closing")

	// The wallet has no door to the lender's desk: back to the shop.
	pagetest.Visit(c.t, c.ctx, shop, 390, "light")
	c.press("替资金方审核关闭", "Approve the closure")
	c.reads("关闭申请", "Closure")
	c.look("desk")
	c.press("批准关闭", "Approve")
	c.press("我的", "Me")
	c.reads("已关闭", "Closed")
	c.press("进入月付", "Go to monthly pay")
	c.press("结清证明", "Certificate")
	c.press("查看结清证明", "See the certificate")
	c.reads("SHA-256", "SHA-256")
	c.look("certificate")
	pagetest.Visit(c.t, c.ctx, shop, 390, "light")
	if left := pagetest.Evaluate[int](c.t, c.ctx, `document.querySelectorAll(".guide li:not(.done)").length`); left != 0 {
		c.t.Errorf("%d steps are not done:\n%s", left, c.text())
	}
	c.press("事件", "Events")
	for _, event := range []string{"account.opened", "authorisation.approved", "purchase.captured", "statement.issued", "repayment.received", "closure.requested", "closure.approved"} {
		c.reads(event, event)
	}
}

// open opens an account on the hosted pages, each text by itself.
func (c *clicker) open() {
	c.press("开始", "Begin")
	c.click("label", "是，已满 18 周岁", "Yes, I am 18")
	c.click("label", "否，不是学生", "No, I am not a student")
	c.press("先看看能否开通", "See whether")
	c.press("继续，逐份阅读文件", "Go on to the texts")
	texts := 0
	for strings.Contains(c.at(), "/open/documents/") {
		if texts++; texts == 1 {
			c.look("text")
		}
		if pagetest.Evaluate[bool](c.t, c.ctx, `[...document.querySelectorAll("input")].some(e => e.checked)`) {
			c.t.Errorf("%s is ticked beforehand", c.at())
		}
		pagetest.Evaluate[bool](c.t, c.ctx, `document.querySelector("input[type=checkbox]").click(), true`)
		c.press("同意并继续", "Agree and go on")
	}
	if texts < 4 {
		c.t.Errorf("%d texts were agreed to", texts)
	}
	c.look("review")
	c.press("提交申请", "Apply")
	c.reads("月付已开通", "Monthly pay is open")
	c.look("opened")
}
