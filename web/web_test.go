package web_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/web"
)

// world is what the pages show in the tests: a sandbox in which commands keep coming.
func world(t testing.TB) web.Config {
	spec, err := os.ReadFile("../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var commands atomic.Int64
	return web.Config{
		Version: "0.1.0", Zone: "Asia/Shanghai", Sandbox: true, Spec: spec, Now: time.Now,
		Day: func() calendar.Date { return calendar.Of(2026, 3, 10) },
		Try: []web.Step{
			{Says: web.Label{ZH: "看一眼沙箱的时钟。", EN: "Look at the sandbox's clock."}, Command: `curl -H "Authorization: Bearer $YUEFU_KEY" http://localhost:8080/v1/clock`},
			{Says: web.Label{ZH: "前进一天：到期的都会处理。", EN: "Move it on by a day: everything that is due is done."}, Command: "curl -X POST http://localhost:8080/v1/clock/advance \\\n  -H \"Authorization: Bearer $YUEFU_OPERATOR_KEY\" \\\n  -d '{\"to\": \"2026-03-11\"}'"},
		},
		Figures: func(context.Context) (web.Figures, error) {
			n := commands.Add(137)
			f := web.Figures{
				Day: "2026-03-10", Commands: 1_204_500 + 120*n + int64(9_000*math.Sin(float64(n)/200)), Refusals: 41, Replays: 7, Queued: int(n % 23), Batches: 9_000,
				BatchSizes: []int64{4_100, 2_300, 1_400, 700, 320, 120, 40, 12, 3, 0, 0, 0}, Accounts: 23_570,
				Sums: []web.Sum{{Currency: "CNY", Decimals: 2, Limit: 11_785_000_000, Held: 45_210_350, Outstanding: 3_817_244_218, Billed: 1_204_331_907, Overdue: 15_402_811}},
			}
			for i := range int32(16) {
				p := web.Partition{Number: i * 17 % 101, Head: 75_000 + int64(i)*311 + n, Tables: 75_000 + int64(i)*311 + n}
				if i == 5 {
					p.Tables -= 42
				}
				f.Partitions = append(f.Partitions, p)
			}
			return f, nil
		},
	}
}

// serve starts a server with the pages.
func serve(t testing.TB, c web.Config) *httptest.Server {
	t.Helper()
	h, err := web.Handler(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// get asks for a page without following redirects.
func get(t testing.TB, s *httptest.Server, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.Client().Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// forbidden is what the policy keeps a browser from running.
var forbidden = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|javascript:|(src|href)="(https?:)?//`)

func TestPages(t *testing.T) {
	s := serve(t, world(t))
	for _, path := range []string{"/", "/docs", "/live"} {
		for lang, want := range map[string]string{"zh-Hans": "跳到正文", "en": "Skip to content"} {
			answer, body := get(t, s, path, "Accept-Language", lang)
			if answer.StatusCode != http.StatusOK || !strings.Contains(body, want) || answer.Header.Get("Content-Language") != lang {
				t.Errorf("%s in %s: %s", path, lang, answer.Status)
			}
			if csp := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self';") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q", path, csp)
			}
			if found := forbidden.FindString(body); found != "" {
				t.Errorf("%s has %q", path, found)
			}
			if strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s: a value stands where a template can't make it safe", path)
			}
			for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(body, -1) {
				file, _ := get(t, s, m[1])
				if file.StatusCode != http.StatusOK || !strings.Contains(file.Header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s: %s", m[1], file.Status)
				}
			}
		}
	}
	for path, status := range map[string]int{"/nothing": 404, "/docs/": 404, "/static/style.css": 404, "/static/..%2fweb.go": 404, "/favicon.ico": 302, "/docs/openapi.yaml": 200} {
		if answer, _ := get(t, s, path); answer.StatusCode != status {
			t.Errorf("%s: %s, not %d", path, answer.Status, status)
		}
	}
}

func TestStartLeadsIntoTheReference(t *testing.T) {
	s := serve(t, world(t))
	_, start := get(t, s, "/")
	_, docs := get(t, s, "/docs")
	links := regexp.MustCompile(`href="/docs#([^"]+)"`).FindAllStringSubmatch(start, -1)
	if len(links) != 7 {
		t.Errorf("%d steps of the main job", len(links))
	}
	within := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(docs, -1)
	if len(within) < 100 {
		t.Errorf("only %d links in the reference", len(within))
	}
	for _, link := range append(links, within...) {
		if n := strings.Count(docs, `id="`+link[1]+`"`); n != 1 {
			t.Errorf("%d places are called %s", n, link[1])
		}
	}
	for _, want := range []string{`2026-03-10`, "沙箱", "curl -X POST"} {
		if _, body := get(t, s, "/", "Accept-Language", "zh-CN"); !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestLanguage(t *testing.T) {
	s := serve(t, world(t))
	for header, want := range map[string]string{
		"": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans", "en-GB,zh;q=0.5": "en", "fr, zh-TW;q=0.3": "zh-Hans", "de": "en", "en;q=0,zh;q=0.1": "zh-Hans", "nonsense;;q=x": "en",
	} {
		if answer, _ := get(t, s, "/", "Accept-Language", header); answer.Header.Get("Content-Language") != want {
			t.Errorf("%q: %s", header, answer.Header.Get("Content-Language"))
		}
	}
	answer, _ := get(t, s, "/?lang=zh-Hans", "Accept-Language", "en")
	cookies := answer.Cookies()
	if answer.Header.Get("Content-Language") != "zh-Hans" || len(cookies) != 1 {
		t.Fatal("the choice is not taken or not kept")
	}
	if answer, _ := get(t, s, "/live", "Cookie", cookies[0].Name+"="+cookies[0].Value); answer.Header.Get("Content-Language") != "zh-Hans" {
		t.Error("the choice is forgotten")
	}
	if answer, _ := get(t, s, "/?lang=tlh", "Cookie", "lang=tlh"); answer.Header.Get("Content-Language") != "en" || len(answer.Cookies()) != 0 {
		t.Error("an unknown language is kept")
	}
}

func TestFiguresAreForADemoOnly(t *testing.T) {
	c := world(t)
	c.Figures, c.Sandbox, c.Try = nil, false, nil
	s := serve(t, c)
	for _, path := range []string{"/live", "/live/figures.json"} {
		if answer, _ := get(t, s, path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	if _, body := get(t, s, "/"); strings.Contains(body, `"/live"`) {
		t.Error("a link to a page that is not there")
	}
}

func TestFiguresAreReadOnceInAWhile(t *testing.T) {
	c := world(t)
	asked, now, broken := 0, time.Unix(1_800_000_000, 0), false
	c.Now = func() time.Time { return now }
	c.Figures = func(context.Context) (web.Figures, error) {
		asked++
		if broken {
			return web.Figures{}, errors.New("secret address")
		}
		return web.Figures{Day: "2026-03-10"}, nil
	}
	s := serve(t, c)
	for range 3 {
		get(t, s, "/live/figures.json")
		get(t, s, "/live")
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	now, broken = now.Add(time.Second), true
	for _, path := range []string{"/live", "/live/figures.json"} {
		if answer, body := get(t, s, path); answer.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "secret") {
			t.Errorf("%s: %s %s", path, answer.Status, body)
		}
	}
}

func TestContractIsRefused(t *testing.T) {
	for name, spec := range map[string]string{
		"empty":              "",
		"no YAML":            "a: [",
		"names what is not":  "tags: [{name: a}]\npaths: {/x: {get: {tags: [a], responses: {default: {$ref: '#/components/responses/X'}}}}}",
		"has an unknown tag": "tags: [{name: a}]\npaths: {/x: {get: {tags: [b]}}}",
	} {
		if _, err := web.Handler(web.Config{Spec: []byte(spec)}); err == nil {
			t.Errorf("a contract that %s is taken", name)
		}
	}
}

func TestReferenceShowsTheContract(t *testing.T) {
	c := world(t)
	c.Spec = []byte(`
info: {title: T, description: "One <b>, *two*, **three**, ` + "`*four*`" + `.\n\nNext."}
servers: [{url: http://h}]
tags: [{name: a, description: A}]
paths:
  /x/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, maxLength: 9}}]
    post:
      operationId: change
      tags: [a]
      summary: Change it
      parameters: [{name: Idempotency-Key, in: header, required: true, description: a key, schema: {type: string, minLength: 1}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Change"}}}}
      responses: {"200": {description: done, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
  /open: {get: {operationId: look, tags: [a], security: [], responses: {"200": {description: fine}}}}
components:
  schemas:
    Change: {type: object, required: [amount, kind, list], properties: {amount: {type: integer, minimum: 1, maximum: 60}, kind: {$ref: "#/components/schemas/Kind"}, list: {type: array, items: {$ref: "#/components/schemas/Thing"}}, note: {type: string, example: "it's"}, left: {type: string}}}
    Kind: {type: string, enum: [big, small], description: how big}
    Thing: {type: object, properties: {id: {type: string, example: "7"}, day: {type: string, format: date}, again: {$ref: "#/components/schemas/Thing"}, yes: {type: boolean}, at: {type: string, format: date-time}}}
`)
	_, body := get(t, serve(t, c), "/docs")
	flat := strings.Join(strings.Fields(strings.NewReplacer("&#34;", `"`, "&#39;", "'").Replace(body)), " ")
	for _, want := range []string{
		"<p>One &lt;b&gt;, <em>two</em>, <strong>three</strong>, <code>*four*</code>.</p><p>Next.</p>",
		`curl -X POST http://h/x/{id} \ -H "Authorization: Bearer $YUEFU_KEY" \ -H "Idempotency-Key: $(uuidgen)" \ -H 'Content-Type: application/json' \ -d '{ "amount": 1, "kind": "big", "list": [{`,
		`"note": "it'\''s" }'`, `"id": "7"`, `"day": "2026-03-10"`, "1 to 60", "at most 9 characters", "at least 1 characters",
		"curl http://h/open</code>", "<code>small</code>", "array of object",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(flat, `"left"`) {
		t.Error("an example shows what need not be there")
	}
}
