// Package storefront is a small shop that takes monthly pay (月付), for engineers of a
// platform to copy from. It uses yuefu as theirs will: its public API with the
// platform's key, from server to server, and the events that yuefu sends, once their
// signature is verified. It knows nothing of how yuefu is made, and believes no browser
// about money: what was paid it asks yuefu.
//
// What a shop has and this one does not: a database (orders are kept in memory), log-in,
// a cashier for other means of payment, and a real-name check of its customers.
package storefront

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// Config is what a shop has to be told.
type Config struct {
	API       *client.Client // with the platform's key
	Programme string         // the pay-later product that is offered
	Public    string         // the address at which customers, and yuefu, reach the shop
	Secret    string         // of a webhook endpoint that was made before; empty: the shop makes one, and deletes it when it closes
	People    []Person       // in a sandbox: whose part a visitor may take
	Log       *slog.Logger
}

// Person is a customer whose part a visitor may take in a sandbox, and why they are worth it.
type Person struct {
	Customer string
	ZH, EN   string
}

// Shop is one that is open.
type Shop struct {
	Config
	sandbox bool
	lender  bool // the key is an operator's: a desk of the lender's people is shown
	terms   client.Terms
	pages   *pages

	hook     *client.Webhook
	endpoint string // to delete when the shop closes
	queue    chan client.Event
	stop     context.CancelFunc
	stopped  chan struct{}

	mu        sync.Mutex
	visitors  map[string]string  // the customer, by the token in a visitor's cookie
	customers map[string]*wallet // what events told of a customer
	orders    map[string]*order
	newest    []*order
	events    events
}

// Open asks yuefu what is sold here, and has it send its events to this shop.
func Open(ctx context.Context, c Config) (*Shop, error) {
	s := &Shop{
		Config: c, queue: make(chan client.Event, 1024), stopped: make(chan struct{}),
		visitors: map[string]string{}, customers: map[string]*wallet{}, orders: map[string]*order{}, events: events{seen: map[string]bool{}},
	}
	clock, err := c.API.GetClock(ctx)
	if err != nil {
		return nil, err
	}
	programme, err := c.API.GetProgramme(ctx, c.Programme)
	if err != nil {
		return nil, err
	}
	s.sandbox, s.terms = clock.Sandbox, programme.Terms
	if s.lender, err = s.isLender(ctx); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	if c.Secret == "" {
		made, err := c.API.CreateWebhookEndpoint(ctx, client.WebhookEndpointRequest{URL: c.Public + hookPath, Description: "the example shop"})
		if err != nil {
			return nil, fmt.Errorf("webhook endpoint: %w", err)
		}
		s.endpoint, c.Secret = made.ID, made.Secret
	}
	if s.hook, err = client.NewWebhook(c.Secret); err != nil {
		return nil, err
	}
	work, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.work(work)
	return s, nil
}

// Close takes no more events.
func (s *Shop) Close(ctx context.Context) error {
	s.stop()
	<-s.stopped
	if s.endpoint == "" {
		return nil
	}
	_, err := s.API.DeleteWebhookEndpoint(ctx, s.endpoint)
	return err
}

// isLender finds out whether the key is an operator's, by asking for something that
// there is not: everybody else is told that it is none of their business.
func (s *Shop) isLender(ctx context.Context) (bool, error) {
	_, err := s.API.GetAssessment(ctx, "app_00000000000000000000_1")
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status < http.StatusInternalServerError {
		return s.sandbox && problem.Status != http.StatusForbidden, nil
	}
	return false, err
}

// Handler serves the shop.
func (s *Shop) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(*visit) error{
		"GET /{$}":                  home,
		"POST /orders":              buy,
		"GET /orders":               listOrders,
		"GET /orders/{id}":          showOrder,
		"GET /orders/{id}/pay":      pay,
		"POST /orders/{id}/ship":    ship,
		"POST /orders/{id}/refunds": refund,
		"GET /checkout":             quickCheckout,
		"GET /me":                   me,
		"POST /me":                  become,
		"GET /wallet":               openWallet,
		"GET /events":               listEvents,
	} {
		mux.HandleFunc(pattern, s.page(handle))
	}
	if s.sandbox {
		mux.HandleFunc("GET /sandbox", s.page(sandbox))
		mux.HandleFunc("POST /sandbox/clock", s.page(moveClock))
	}
	if s.lender {
		mux.HandleFunc("POST /sandbox/desk", s.page(decide))
	}
	mux.HandleFunc("/", s.page(func(*visit) error { return errNothing }))
	mux.Handle("GET /static/", http.FileServerFS(static))
	mux.HandleFunc("POST "+hookPath, s.receive)
	return secure(mux)
}

// secure lets pages load from here only, run no script, and be framed by nobody. No
// other site makes a visitor's browser change something here. A form may lead to
// pages of the shop only; to yuefu's lead links.
func secure(next http.Handler) http.Handler {
	safe := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		safe.ServeHTTP(w, r)
	})
}

// token is a name that nobody guesses.
func token() string { return rand.Text() }

// patience is for how long the shop waits for yuefu.
const patience = 10 * time.Second
