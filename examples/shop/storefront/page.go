package storefront

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

//go:embed static
var static embed.FS

//go:embed templates
var templates embed.FS

// pages are the templates by language and name.
type pages struct {
	all map[client.PageLanguage]map[string]*template.Template
}

var languages = []client.PageLanguage{client.ZhHans, client.En}

func newPages() (*pages, error) {
	p := &pages{all: map[client.PageLanguage]map[string]*template.Template{}}
	names, err := templates.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	for _, lang := range languages {
		p.all[lang] = map[string]*template.Template{}
		for _, name := range names {
			t, err := template.New("frame.html").Funcs(functions(lang)).ParseFS(templates, "templates/frame.html", "templates/"+name.Name())
			if err != nil {
				return nil, err
			}
			p.all[lang][strings.TrimSuffix(name.Name(), path.Ext(name.Name()))] = t
		}
	}
	return p, nil
}

// dated is a date of the client's.
type dated interface {
	Split() (int, time.Month, int)
}

func functions(lang client.PageLanguage) template.FuncMap {
	return template.FuncMap{
		"t":     func(key string) (string, error) { return say(lang, key) },
		"money": func(amount int64) string { return "¥" + yuan(amount) },
		"in":    func(zh, en string) string { return either(lang, zh, en) },
		"day": func(d dated) string {
			year, month, day := d.Split()
			return either(lang, fmt.Sprintf("%d年%d月%d日", year, month, day), fmt.Sprintf("%d %s %d", day, month.String()[:3], year))
		},
		"plain": func(amount int64) string { return strings.ReplaceAll(yuan(amount), ",", "") },
	}
}

func either(lang client.PageLanguage, zh, en string) string {
	if lang == client.ZhHans {
		return zh
	}
	return en
}

func (v *visit) in(zh, en string) string { return either(v.lang, zh, en) }

// yuan prints an amount: 1,234.50.
func yuan(amount int64) string {
	whole := fmt.Sprint(amount / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s.%02d", whole, amount%100)
}

// say is a message; a missing one shouts, in the test that shows all pages.
func say(lang client.PageLanguage, key string) (string, error) {
	m, ok := messages[key]
	if !ok {
		return "", fmt.Errorf("there is no message %s", key)
	}
	return either(lang, m[0], m[1]), nil
}

// languageCookie keeps what was chosen.
const languageCookie = "lang"

// language is what the visitor just chose, chose before, or what their browser prefers.
func language(w http.ResponseWriter, r *http.Request) client.PageLanguage {
	if chosen := client.PageLanguage(r.URL.Query().Get("lang")); chosen == client.ZhHans || chosen == client.En {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(chosen), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return chosen
	}
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == string(client.ZhHans) || c.Value == string(client.En)) {
		return client.PageLanguage(c.Value)
	}
	for part := range strings.SplitSeq(strings.ToLower(r.Header.Get("Accept-Language")), ",") {
		switch part = strings.TrimSpace(part); {
		case strings.HasPrefix(part, "zh"):
			return client.ZhHans
		case strings.HasPrefix(part, "en"):
			return client.En
		}
	}
	return client.En
}

// frame is what every template gets.
type frame struct {
	Name, Lang, Other, Path string
	Sandbox                 bool
	Clock                   client.Clock // of a sandbox
	Customer                string
	Data                    any
}

// show writes a page, whole or not at all.
func (v *visit) show(status int, name string, data any) error {
	f := frame{Name: name, Lang: string(v.lang), Other: either(v.lang, "en", "zh-Hans"), Path: v.r.URL.Path, Sandbox: v.sandbox, Customer: v.customer, Data: data}
	if v.sandbox {
		// Without an answer the page is shown without the date.
		if clock, err := v.API.GetClock(v.ctx()); err == nil {
			f.Clock = clock
		}
	}
	var body bytes.Buffer
	if err := v.pages.all[v.lang][name].Execute(&body, f); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", f.Lang)
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
	_, err := v.w.Write(body.Bytes())
	return err
}
