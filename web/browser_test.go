package web_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/web"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

// TestPagesInABrowser opens each page on a phone and a desktop, in light and dark,
// in both languages: no complaint of the console, nothing to scroll sideways, no
// violation of the rules of accessibility. YUEFU_SCREENSHOTS names a folder to
// keep what it looked like.
func TestPagesInABrowser(t *testing.T) {
	s := serve(t, world(t))
	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"start", "docs", "live"} {
		for _, look := range []struct {
			width        int64
			scheme, lang string
		}{{390, "light", "zh-Hans"}, {390, "dark", "en"}, {1280, "light", "en"}, {1280, "dark", "zh-Hans"}} {
			name := fmt.Sprintf("%s-%d-%s-%s", page, look.width, look.scheme, look.lang)
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				pagetest.Visit(t, ctx, s.URL+"/"+strings.TrimPrefix(page, "start")+"?lang="+look.lang, look.width, look.scheme)
				if page == "live" {
					pagetest.Until(t, ctx, `!document.getElementById("rate").hidden`)
				}
				pagetest.Picture(t, ctx, name)
				if wide := pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > look.width {
					t.Errorf("the page is %d wide", wide)
				}
				if got := pagetest.Evaluate[string](t, ctx, `document.documentElement.lang`); got != look.lang {
					t.Errorf("the page is in %s", got)
				}
				// Colours differ by scheme and layout by width: two looks have seen all of both.
				if (look.width == 390) == (look.scheme == "dark") {
					for _, violation := range pagetest.Violations(t, ctx) {
						t.Error(violation)
					}
				}
				for _, complaint := range heard.Take() {
					t.Error(complaint)
				}
			})
		}
	}
}

// TestChecksFire plants what the checks of the other tests look for.
func TestChecksFire(t *testing.T) {
	s := serve(t, world(t))
	ctx := pagetest.Browser(t)
	var heard pagetest.Complaints
	if err := chromedp.Listen(ctx, heard.Hear); err != nil {
		t.Fatal(err)
	}
	pagetest.Visit(t, ctx, s.URL, 390, "light")
	pagetest.Evaluate[bool](t, ctx, `document.querySelector("main").insertAdjacentHTML("beforeend",
		'<img src="https://example.com/x.png"><p style="color: red">x</p><p id="wide">'+"w".repeat(500)+'</p>');
		document.getElementById("wide").style.whiteSpace = "nowrap"; document.getElementById("wide").style.overflowWrap = "normal"; true`)
	if found := strings.Join(pagetest.Violations(t, ctx), " "); !strings.Contains(found, "image-alt") {
		t.Errorf("axe finds no picture without words: %s", found)
	}
	if pagetest.Evaluate[int64](t, ctx, `document.documentElement.scrollWidth`) <= 390 {
		t.Error("a page that is too wide is not seen")
	}
	for _, want := range []string{"Content Security Policy", "style"} {
		if all := strings.Join(heard.Take(), " "); !strings.Contains(all, want) {
			t.Errorf("the policy let all through, or nobody heard: %q", all)
		}
		pagetest.Evaluate[bool](t, ctx, `document.querySelector("main").insertAdjacentHTML("beforeend", '<p style="color: blue">x</p>'); true`)
	}
}

func TestReferenceIsFiltered(t *testing.T) {
	s := serve(t, world(t))
	ctx := pagetest.Browser(t)
	pagetest.Visit(t, ctx, s.URL+"/docs?lang=en", 1280, "light")
	shown := `[...document.querySelectorAll(".contents li")].filter(e => e.offsetParent).length`
	all := pagetest.Evaluate[int](t, ctx, shown)
	filter := func(words string) int {
		return pagetest.Evaluate[int](t, ctx, fmt.Sprintf(`{const i = document.querySelector("#filter"); i.value = %q; i.dispatchEvent(new Event("input"));} %s`, words, shown))
	}
	if one := filter("post refunds"); one != 1 {
		t.Errorf("%d calls are shown", one)
	}
	if none := filter("no such thing"); none != 0 || !pagetest.Evaluate[bool](t, ctx, `document.querySelector(".filter .note").offsetParent !== null`) {
		t.Errorf("%d calls are shown, or nobody says that there is none", none)
	}
	if again := filter(""); again != all || all < 20 {
		t.Errorf("%d of %d calls are shown", again, all)
	}
	pagetest.Visit(t, ctx, s.URL+"/docs?lang=en", 390, "light")
	if pagetest.Evaluate[bool](t, ctx, `document.querySelector(".contents details").open`) {
		t.Error("the contents fill a phone's screen")
	}
}

func TestFiguresFollowTheServer(t *testing.T) {
	c := world(t)
	read := c.Figures
	var closing, away atomic.Bool
	c.Figures = func(ctx context.Context) (web.Figures, error) {
		f, err := read(ctx)
		if closing.Load() {
			f.Closing, f.Closed = "2026-03-11", 1234
		}
		if away.Load() {
			err = errors.New("away")
		}
		return f, err
	}
	s := serve(t, c)
	ctx := pagetest.Browser(t)
	pagetest.Visit(t, ctx, s.URL+"/live?lang=en", 1280, "light")
	before := pagetest.Evaluate[string](t, ctx, `document.querySelector("[data-count=commands]").textContent`)
	pagetest.Until(t, ctx, fmt.Sprintf(`document.querySelector("[data-count=commands]").textContent !== %q`, before))
	pagetest.Until(t, ctx, `Number(document.querySelector("[data-rate]").textContent.replace(",", "")) > 0`)
	closing.Store(true)
	pagetest.Until(t, ctx, `document.getElementById("closing").offsetParent !== null && document.getElementById("closing").textContent.includes("1,234")`)
	away.Store(true)
	pagetest.Until(t, ctx, `document.getElementById("stale").offsetParent !== null`)
	away.Store(false)
	pagetest.Until(t, ctx, `document.getElementById("stale").offsetParent === null`)
}
