package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/yuefu/yuefu/web/page"
)

//go:embed templates
var templateFiles embed.FS

// pages renders the templates in each language.
type pages struct {
	Config
	files     *page.Assets
	templates map[page.Language]map[string]*template.Template // by language and page
}

// view is what every template gets.
type view struct {
	Name  string // of the template
	Lang  page.Language
	Other page.Language // the language to change to
	Config
	Live bool // whether there is a page of live figures
	Data any
}

// parse parses each page with the layout, once a language.
func (p *pages) parse() error {
	p.templates = map[page.Language]map[string]*template.Template{}
	for _, lang := range page.Languages {
		p.templates[lang] = map[string]*template.Template{}
		for _, name := range []string{"start", "docs", "live"} {
			functions := template.FuncMap{
				"t":     func(key string) string { return say(lang, key) },
				"in":    lang.Of,
				"asset": p.files.Path,
				"money": page.Money,
				"batch": batchSize,
				"share": func(n, of int64) int64 { return 100 * n / max(1, of) },
			}
			t, err := template.New("layout.html").Funcs(functions).ParseFS(templateFiles, "templates/layout.html", "templates/"+name+".html")
			if err != nil {
				return fmt.Errorf("web: %w", err)
			}
			p.templates[lang][name] = t
		}
	}
	return nil
}

// render writes a page in the visitor's language, whole or not at all.
func (p *pages) render(w http.ResponseWriter, r *http.Request, name string, data any) {
	lang := page.Choose(w, r)
	body, err := p.make(name, lang, data)
	if err != nil {
		http.Error(w, "this page could not be made", http.StatusInternalServerError)
		return
	}
	send(w, lang, body)
}

func (p *pages) make(name string, lang page.Language, data any) ([]byte, error) {
	var body bytes.Buffer
	err := p.templates[lang][name].Execute(&body, view{Name: name, Lang: lang, Other: lang.Other(), Config: p.Config, Live: p.Figures != nil, Data: data})
	return body.Bytes(), err
}

func send(w http.ResponseWriter, lang page.Language, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", "no-cache")
	w.Write(body)
}

// stage is one step of the main job, with the place in the reference that tells of it.
type stage struct{ Message, Anchor string }

// mainJob is the way of a customer through the product.
var mainJob = []stage{
	{"stage.apply", "apply"}, {"stage.quote", "quote"}, {"stage.authorise", "authorise"}, {"stage.capture", "capture"},
	{"stage.statement", "getStatement"}, {"stage.repay", "repay"}, {"stage.close", "requestClosure"},
}

func (p *pages) start(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, "start", mainJob)
}

// docs makes the reference once a language: it is the largest page by far, and
// changes only with the program.
func (p *pages) docs(reference *reference) (http.HandlerFunc, error) {
	made := map[page.Language][]byte{}
	for _, lang := range page.Languages {
		body, err := p.make("docs", lang, reference)
		if err != nil {
			return nil, err
		}
		made[lang] = body
	}
	return func(w http.ResponseWriter, r *http.Request) {
		lang := page.Choose(w, r)
		send(w, lang, made[lang])
	}, nil
}
