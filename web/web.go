// Package web serves the pages of the product from the binary: a start page, the
// reference of the API, and live figures. It knows HTML, two languages and how to
// read a contract; it refuses to know accounts, databases and the desk: what it
// shows is handed to it. Its pages load nothing from elsewhere and run no inline
// script or style, which their Content-Security-Policy holds browsers to.
package web

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/web/page"
)

//go:embed static
var static embed.FS

// Config is what the pages show.
type Config struct {
	Version string
	HTTPS   bool                 // visitors come by it
	Zone    string               // the business time zone
	Sandbox bool                 // its user moves the clock
	Day     func() calendar.Date // the business date
	Spec    []byte               // openapi.yaml
	Try     []Step               // what to try next, besides the pages
	Shop    string               // the example shop's address, where there is one
	// Figures are what /live shows, to everybody who can reach the server. Without
	// them there is no such page: they are for a sandbox or a demo.
	Figures func(context.Context) (Figures, error)
	Now     func() time.Time // the machine's clock: how fresh figures are
}

// Step is something to try: a sentence, and a command that works as it stands.
type Step struct {
	Says    Label
	Command string
}

// Pages are the paths that Handler serves, for whoever routes to it; those that
// end in a slash stand for everything below.
var Pages = []string{"/", "/docs", "/docs/openapi.yaml", "/live", "/live/figures.json", "/static/", "/favicon.ico"}

// Handler serves the pages. It fails on a contract that it can't read.
func Handler(c Config) (http.Handler, error) {
	files, err := page.ReadAssets(static, page.Static)
	if err != nil {
		return nil, err
	}
	p := &pages{Config: c, files: files}
	if err := p.parse(); err != nil {
		return nil, err
	}
	reference, err := readReference(c.Spec)
	if err != nil {
		return nil, err
	}
	docs, err := p.docs(reference)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.start)
	mux.HandleFunc("GET /docs", docs)
	mux.HandleFunc("GET /docs/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Write(c.Spec)
	})
	mux.Handle("GET /static/{name}", files)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, p.files.Path("icon.svg"), http.StatusFound)
	})
	if c.Figures != nil {
		live := &live{read: c.Figures, now: c.Now}
		mux.HandleFunc("GET /live", p.live(live))
		mux.HandleFunc("GET /live/figures.json", live.serve)
	}
	return page.Secure(mux, c.HTTPS), nil
}
