package web_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/yuefu/yuefu/web"
)

// browser starts chromium, which answers until the test ends.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("YUEFU_NO_SKIP") != "" {
			t.Fatal("this test needs chromium, and nothing may be skipped here")
		}
		t.Skip("this test needs chromium to open the pages with (install it)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// complaints are what a page's console and its policy had to say.
type complaints struct {
	mu  sync.Mutex
	all []string
}

func (c *complaints) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		c.all = append(c.all, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		c.all = append(c.all, e.ExceptionDetails.Text)
	}
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}

// visit opens a page as somebody with a window of a width and a colour scheme sees it.
func visit(t *testing.T, ctx context.Context, address string, width int64, scheme string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}

// evaluate runs a script in the page.
func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// until waits for a condition of the page.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	for range 100 {
		if evaluate[bool](t, ctx, condition) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("ten seconds, and still not: %s", condition)
}

// violations are what axe has against the page's accessibility.
func violations(t *testing.T, ctx context.Context) []string {
	t.Helper()
	axe, err := os.ReadFile("testdata/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(axe)+";undefined")); err != nil {
		t.Fatal(err)
	}
	return evaluate[[]string](t, ctx, `axe.run().then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + n.html.slice(0, 160) + " " + n.failureSummary)))`)
}

// TestPagesInABrowser opens each page on a phone and a desktop, in light and dark,
// in both languages: no complaint of the console, nothing to scroll sideways, no
// violation of the rules of accessibility. YUEFU_SCREENSHOTS names a folder to
// keep what it looked like.
func TestPagesInABrowser(t *testing.T) {
	s := serve(t, world(t))
	ctx := browser(t)
	var heard complaints
	if err := chromedp.Listen(ctx, heard.hear); err != nil {
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
				visit(t, ctx, s.URL+"/"+strings.TrimPrefix(page, "start")+"?lang="+look.lang, look.width, look.scheme)
				if page == "live" {
					until(t, ctx, `!document.getElementById("rate").hidden`)
				}
				if folder := os.Getenv("YUEFU_SCREENSHOTS"); folder != "" {
					picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if wide := evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > look.width {
					t.Errorf("the page is %d wide", wide)
				}
				if got := evaluate[string](t, ctx, `document.documentElement.lang`); got != look.lang {
					t.Errorf("the page is in %s", got)
				}
				// Colours differ by scheme and layout by width: two looks have seen all of both.
				if (look.width == 390) == (look.scheme == "dark") {
					for _, violation := range violations(t, ctx) {
						t.Error(violation)
					}
				}
				for _, complaint := range heard.take() {
					t.Error(complaint)
				}
			})
		}
	}
}

// TestChecksFire plants what the checks of the other tests look for.
func TestChecksFire(t *testing.T) {
	s := serve(t, world(t))
	ctx := browser(t)
	var heard complaints
	if err := chromedp.Listen(ctx, heard.hear); err != nil {
		t.Fatal(err)
	}
	visit(t, ctx, s.URL, 390, "light")
	evaluate[bool](t, ctx, `document.querySelector("main").insertAdjacentHTML("beforeend",
		'<img src="https://example.com/x.png"><p style="color: red">x</p><p id="wide">'+"w".repeat(500)+'</p>');
		document.getElementById("wide").style.whiteSpace = "nowrap"; document.getElementById("wide").style.overflowWrap = "normal"; true`)
	if found := strings.Join(violations(t, ctx), " "); !strings.Contains(found, "image-alt") {
		t.Errorf("axe finds no picture without words: %s", found)
	}
	if evaluate[int64](t, ctx, `document.documentElement.scrollWidth`) <= 390 {
		t.Error("a page that is too wide is not seen")
	}
	for _, want := range []string{"Content Security Policy", "style"} {
		if all := strings.Join(heard.take(), " "); !strings.Contains(all, want) {
			t.Errorf("the policy let all through, or nobody heard: %q", all)
		}
		evaluate[bool](t, ctx, `document.querySelector("main").insertAdjacentHTML("beforeend", '<p style="color: blue">x</p>'); true`)
	}
}

func TestReferenceIsFiltered(t *testing.T) {
	s := serve(t, world(t))
	ctx := browser(t)
	visit(t, ctx, s.URL+"/docs?lang=en", 1280, "light")
	shown := `[...document.querySelectorAll(".contents li")].filter(e => e.offsetParent).length`
	all := evaluate[int](t, ctx, shown)
	filter := func(words string) int {
		return evaluate[int](t, ctx, fmt.Sprintf(`{const i = document.querySelector("#filter"); i.value = %q; i.dispatchEvent(new Event("input"));} %s`, words, shown))
	}
	if one := filter("post refunds"); one != 1 {
		t.Errorf("%d calls are shown", one)
	}
	if none := filter("no such thing"); none != 0 || !evaluate[bool](t, ctx, `document.querySelector(".filter .note").offsetParent !== null`) {
		t.Errorf("%d calls are shown, or nobody says that there is none", none)
	}
	if again := filter(""); again != all || all < 20 {
		t.Errorf("%d of %d calls are shown", again, all)
	}
	visit(t, ctx, s.URL+"/docs?lang=en", 390, "light")
	if evaluate[bool](t, ctx, `document.querySelector(".contents details").open`) {
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
	ctx := browser(t)
	visit(t, ctx, s.URL+"/live?lang=en", 1280, "light")
	before := evaluate[string](t, ctx, `document.querySelector("[data-count=commands]").textContent`)
	until(t, ctx, fmt.Sprintf(`document.querySelector("[data-count=commands]").textContent !== %q`, before))
	until(t, ctx, `Number(document.querySelector("[data-rate]").textContent.replace(",", "")) > 0`)
	closing.Store(true)
	until(t, ctx, `document.getElementById("closing").offsetParent !== null && document.getElementById("closing").textContent.includes("1,234")`)
	away.Store(true)
	until(t, ctx, `document.getElementById("stale").offsetParent !== null`)
	away.Store(false)
	until(t, ctx, `document.getElementById("stale").offsetParent === null`)
}
