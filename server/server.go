// Package server puts the edges on an office: the API and the pages, on a listener. It
// knows which of them stands on what; it refuses to know what any of them does.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/yuefu/yuefu/api"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/web"
)

// Options say how an office is reached, and what its start page suggests.
type Options struct {
	Version string
	Public  string        // the address that customers know; empty: the one that is asked
	Guesses *guess.Limits // nil: nobody is stopped who tries keys and links
	Try     []web.Step
	Shop    string       // the example shop's address, where there is one
	Log     *slog.Logger // default: slog.Default()
}

// https says whether customers come by it.
func (o Options) https() bool { return strings.HasPrefix(o.Public, "https:") }

// Server takes requests.
type Server struct {
	URL    string
	Failed chan error // has why it takes none any more

	api *api.Server
}

// Listen serves the API and the pages of an office.
func Listen(o *office.Office, address string, options Options) (*Server, error) {
	if options.Log == nil {
		options.Log = slog.Default()
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	book := o.DB.Book()
	s := &Server{URL: "http://" + l.Addr().String(), Failed: make(chan error, 1)}
	pages, err := s.pages(o, options)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s.api = api.New(api.Options{
		Notices: inbox(o), Told: o.Told,
		Desk: o.Desk, Catalogue: o.Catalogue, Tables: o.Tables, Events: o.Events, Consents: o.Consents, Webhooks: o.Webhooks, Log: options.Log,
		Partitions: book.Partitions, Zone: book.Zone, Sandbox: book.Sandbox,
		Ready: o.Ready, Payments: payments(o), Sessions: o.Sessions, Sources: o.Sources, Public: options.Public, Guesses: options.Guesses, Pages: pages,
		Vault: o.Vault, Retention: o.Retention,
	})
	go func() { s.Failed <- s.api.Serve(l) }()
	return s, nil
}

// inbox is what an office's customers are told, if they are.
func inbox(o *office.Office) api.Notices {
	if o.Notices == nil {
		return nil
	}
	return o.Notices
}

// payments are what an office's followers of debits count, if it has some.
func payments(o *office.Office) func() api.PaymentFigures {
	if o.Autopay == nil {
		return nil
	}
	return func() api.PaymentFigures { return api.PaymentFigures(o.DebitFigures()) }
}

// Close answers what is under way and takes no more.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.api.Shutdown(ctx)
}
