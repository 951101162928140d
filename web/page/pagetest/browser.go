// Package pagetest looks at pages as people do: in a real browser, on a phone and on
// a desktop, in light and dark, with the rules of accessibility beside it.
package pagetest

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed axe-core/axe.min.js
var axe string

// Browser starts chromium, which answers until the test ends.
func Browser(t *testing.T) context.Context {
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

// Complaints are what a page's console and its policy had to say.
type Complaints struct {
	mu  sync.Mutex
	all []string
}

// Hear listens to a browser: see chromedp.Listen.
func (c *Complaints) Hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		c.all = append(c.all, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		c.all = append(c.all, e.ExceptionDetails.Text)
	}
}

// Take returns what was heard since the last time.
func (c *Complaints) Take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}

// Visit opens a page as somebody with a window of a width and a colour scheme sees it.
func Visit(t *testing.T, ctx context.Context, address string, width int64, scheme string) {
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

// Evaluate runs a script in the page.
func Evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Until waits for a condition of the page.
func Until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	for range 100 {
		if Evaluate[bool](t, ctx, condition) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("ten seconds, and still not: %s", condition)
}

// Violations are what axe has against the page's accessibility.
func Violations(t *testing.T, ctx context.Context) []string {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe+";undefined")); err != nil {
		t.Fatal(err)
	}
	return Evaluate[[]string](t, ctx, `axe.run().then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + n.html.slice(0, 160) + " " + n.failureSummary)))`)
}

// watching tells what moved in a page while it was painted.
const watching = `new Promise(done => {
	const moved = [];
	const where = r => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
	new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) for (const s of e.sources)
		moved.push((s.node?.outerHTML || s.node?.nodeName || "").slice(0, 80) + " from " + where(s.previousRect) + " to " + where(s.currentRect));
	}).observe({type: "layout-shift", buffered: true});
	requestAnimationFrame(() => setTimeout(() => done(moved), 50));
})`

// Moved is what moved in a page while it was painted: who reads or taps is not to miss.
func Moved(t *testing.T, ctx context.Context) []string {
	t.Helper()
	return Evaluate[[]string](t, ctx, watching)
}

// Picture keeps what a page looks like in the folder that YUEFU_SCREENSHOTS names, if any.
func Picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("YUEFU_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
