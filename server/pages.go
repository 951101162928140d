package server

import (
	"net/http"
	"time"

	"github.com/yuefu/yuefu/api"
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/web"
	"github.com/yuefu/yuefu/web/checkout"
	"github.com/yuefu/yuefu/web/page"
	"github.com/yuefu/yuefu/web/wallet"
)

// pages are the pages of an office by the paths that they are mounted at. Live
// figures are shown for a sandbox only: a real book's sums are nobody's affair who
// can merely reach the server.
func (s *Server) pages(o *office.Office, options Options) (map[string]http.Handler, error) {
	book := o.DB.Book()
	config := web.Config{
		Version: options.Version, HTTPS: options.https(), Zone: book.Zone, Sandbox: book.Sandbox, Spec: api.Contract(), Try: options.Try, Shop: options.Shop, Now: time.Now,
		Day: func() calendar.Date { return o.Desk.Today().Day },
	}
	if book.Sandbox {
		config.Figures = (&figures{office: o}).read
	}
	handler, err := web.Handler(config)
	if err != nil {
		return nil, err
	}
	mounted := map[string]http.Handler{}
	for _, path := range web.Pages {
		mounted[path] = handler
	}
	return mounted, s.hosted(o, options, mounted)
}

// hosted mounts the pages for customers.
func (s *Server) hosted(o *office.Office, options Options, mounted map[string]http.Handler) error {
	files, err := page.ReadAssets(page.Static)
	if err != nil {
		return err
	}
	gate := &page.Gate{Sessions: o.Sessions, API: s.as, Now: o.Clock.Now, Zone: o.Zone, Secure: options.https(), Guesses: options.Guesses, Log: options.Log}
	pages, err := wallet.Handler(gate, files)
	if err != nil {
		return err
	}
	mounted[wallet.Path], mounted[wallet.Path+"/"] = pages, pages
	if pages, err = checkout.Handler(gate, files); err != nil {
		return err
	}
	for _, path := range []string{checkout.Path, checkout.OpenPath} {
		mounted[path], mounted[path+"/"] = pages, pages
	}
	return nil
}

// as is a client that speaks for a page's customer.
func (s *Server) as(who session.Session) *client.Client {
	return client.New("http://inside", "", &http.Client{Transport: s.api.As(api.Principal{
		Platform: who.Platform, Programme: who.Programme, Customer: who.Customer, Checkout: who.Checkout != "",
	})})
}
