package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/source"
	"github.com/yuefu/yuefu/vault"
	"github.com/yuefu/yuefu/view"
)

// Desk carries commands out. *servicing.Desk is it; tests have one that fails as they wish.
type Desk interface {
	Do(ctx context.Context, r servicing.Request) (servicing.Answer, error)
	Look(ctx context.Context, account credit.ID, platform string, read func(a *credit.Account, at credit.Moment, position int64)) error
	Today() credit.Moment
	Advance(ctx context.Context, to calendar.Date, progress func(calendar.Date)) error
	Figures() servicing.Figures
}

// Options say what the server stands on, and how it takes requests.
type Options struct {
	Desk      Desk
	Catalogue *catalogue.Catalogue // nil: nobody has a key, and no newer agreement asks
	Tables    *view.Tables
	Events    *event.Feed
	Consents  *consent.Tree
	Webhooks  *relay.Relay
	Log       *slog.Logger // default: slog.Default()

	Partitions []int32 // stored numbers of the log's partitions, in the order that accounts are hashed to
	Zone       string  // the business time zone
	Sandbox    bool    // the clock can be moved

	// Vault keeps personal data. Nil: none is taken.
	Vault     *vault.Vault
	Retention calendar.Date // for how many days it keeps who has left

	// Ready says why no requests can be taken at the moment. It may be nil.
	Ready func(context.Context) error

	// Payments tells what carries debits out counts. Nil: no payment service is connected,
	// and debits stay pending until an operator tells their results.
	Payments func() PaymentFigures

	Sessions *session.Store // of hosted pages; nil: there are none
	Public   string         // the address that links to hosted pages begin with; empty: the one that was asked

	// Guesses stops who tries keys until one fits. Nil: nobody is stopped.
	Guesses *guess.Limits

	Sources *source.Store // from what customers may be debited

	// Notices are what customers are told, and Told returns when everything up to a
	// position of a partition is. Without them nobody keeps an inbox.
	Notices Notices
	Told    func(ctx context.Context, partition int32, position int64) error

	// Pages are shown beside the API: by exact path, or by prefix where the path ends in a slash.
	Pages map[string]http.Handler

	Connections int           // at the same time; more wait their turn; default 8,192
	ReadTimeout time.Duration // in which a request has to have arrived whole; default 10 s
}

// The limits of what is read from a caller.
const (
	maxBody   = 64 << 10
	maxHeader = 16 << 10
)

// Server answers the API's requests.
type Server struct {
	desk       Desk
	catalogue  *catalogue.Catalogue
	vault      *vault.Vault
	retention  calendar.Date
	tables     *view.Tables
	feed       *event.Feed
	consents   *consent.Tree
	webhooks   *relay.Relay
	log        *slog.Logger
	partitions []int32
	zone       string
	location   *time.Location
	sandbox    bool
	ready      func(context.Context) error
	payments   func() PaymentFigures
	sources    *source.Store
	sessions   *session.Store
	public     string
	https      bool // customers come by it
	guesses    *guess.Limits
	connection int

	http      *fasthttp.Server
	paths     node
	pages     map[string]fasthttp.RequestHandler
	metrics   fasthttp.RequestHandler
	calls     sync.Pool
	prefix    string
	requests  atomic.Uint64
	seen      positions
	rooms     rooms
	prechecks pace
	statuses  [6]atomic.Int64 // answers by class of status
	stopping  atomic.Bool

	notices Notices
	told    func(context.Context, int32, int64) error
}

// New makes a server. It listens once Serve is called.
func New(o Options) *Server {
	s := &Server{
		desk: o.Desk, catalogue: o.Catalogue, tables: o.Tables, feed: o.Events, webhooks: o.Webhooks, log: o.Log, partitions: o.Partitions, zone: o.Zone, sandbox: o.Sandbox,
		ready: o.Ready, sources: o.Sources, payments: o.Payments, sessions: o.Sessions, public: strings.TrimSuffix(o.Public, "/"), connection: o.Connections, pages: map[string]fasthttp.RequestHandler{},
		vault: o.Vault, retention: o.Retention, guesses: o.Guesses,
		prechecks: pace{often: perMinute},
	}
	s.https = strings.HasPrefix(s.public, "https:")
	s.consents = o.Consents
	s.notices, s.told = o.Notices, o.Told
	var err error
	if s.location, err = time.LoadLocation(o.Zone); err != nil {
		panic(fmt.Sprintf("api: %v", err)) // the database has no zone that does not exist
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.connection <= 0 {
		s.connection = 8192
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = 10 * time.Second
	}
	for i := range routes {
		s.paths.add(&routes[i])
	}
	for path, h := range o.Pages {
		s.pages[path] = fasthttpadaptor.NewFastHTTPHandler(h)
	}
	s.seen.open(o.Partitions)
	s.metrics = fasthttpadaptor.NewFastHTTPHandler(s.metricsHandler())
	s.calls.New = func() any { return &call{server: s} }
	var prefix [5]byte
	rand.Read(prefix[:]) // never fails: it would rather end the program
	s.prefix = "req_" + hex.EncodeToString(prefix[:]) + "-"
	s.http = &fasthttp.Server{
		Handler:                       s.serve,
		ErrorHandler:                  s.unreadable,
		ReadTimeout:                   o.ReadTimeout, // for the whole request: one that drips in is cut off
		WriteTimeout:                  30 * time.Second,
		IdleTimeout:                   2 * time.Minute,
		ReadBufferSize:                maxHeader,
		MaxRequestBodySize:            maxBody,
		Concurrency:                   s.connection + 64, // the listener is the limit: it lets callers wait
		NoDefaultServerHeader:         true,
		NoDefaultContentType:          true,
		DisablePreParseMultipartForm:  true,
		DisableHeaderNamesNormalizing: false,
		SecureErrorLogMessage:         true,
		LazyRequestTime:               true,
		CloseOnShutdown:               true,
		Logger:                        quiet{s.log},
	}
	return s
}

// Serve takes requests from a listener until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(limit(l, s.connection)); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Shutdown takes no new requests, and returns when those under way are answered or ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopping.Store(true)
	return s.http.ShutdownWithContext(ctx)
}

// serve answers one request.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	c := s.calls.Get().(*call)
	c.http, c.id = ctx, s.prefix+strconv.FormatUint(s.requests.Add(1), 36)
	defer s.done(c)
	ctx.Response.Header.Set("Request-Id", c.id)

	if !c.oneHost() {
		c.headers()
		c.fail(&problem{kind: kindMalformedRequest, detail: "the target names another host than Host"})
		return
	}
	path := ctx.URI().PathOriginal()
	n := s.paths.find(path, &c.parameters)
	if n == nil || n.routes == nil {
		if page := s.page(path); page != nil {
			page(ctx)
			return
		}
		c.headers()
		c.fail(&problem{kind: kindNoSuchRoute})
		return
	}
	c.headers()
	method := string(ctx.Method())
	if method == fasthttp.MethodHead {
		method = fasthttp.MethodGet // fasthttp leaves the body out
	}
	c.route = n.routes[method]
	switch {
	case c.route != nil:
	case method == fasthttp.MethodOptions:
		ctx.Response.Header.Set("Allow", n.allow())
		ctx.SetStatusCode(fasthttp.StatusNoContent)
		return
	default:
		c.fail(&problem{kind: kindMethodNotAllowed, allow: n.allow()})
		return
	}
	if err := c.check(); err != nil {
		c.fail(err)
		return
	}
	if err := c.route.handle(c); err != nil {
		c.fail(err)
	}
}

// done ends a call, also one that panicked: that request fails, the server goes on.
func (s *Server) done(c *call) {
	if p := recover(); p != nil {
		c.http.Response.Reset()
		c.headers()
		c.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		s.count(c.http)
		return // what the call still holds is nobody's to use again
	}
	s.count(c.http)
	if s.log.Enabled(background, slog.LevelDebug) {
		s.log.Debug("request", "request", c.id, "method", string(c.http.Method()), "route", c.pattern(), "status", c.http.Response.StatusCode())
	}
	*c = call{server: s, reader: c.reader, buffer: c.buffer[:0]}
	s.calls.Put(c)
}

func (s *Server) count(ctx *fasthttp.RequestCtx) {
	s.statuses[min(ctx.Response.StatusCode()/100, 5)].Add(1)
}

// headers are on every answer but on pages, which know better what they load.
func (c *call) headers() {
	h := &c.http.Response.Header
	h.Set("Request-Id", c.id)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if c.server.https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// page finds what is mounted at a path.
func (s *Server) page(path []byte) fasthttp.RequestHandler {
	if len(s.pages) == 0 {
		return nil
	}
	at := string(path)
	if p := s.pages[at]; p != nil {
		return p
	}
	for {
		i := strings.LastIndexByte(strings.TrimSuffix(at, "/"), '/')
		if i < 0 {
			return nil
		}
		at = at[:i+1]
		if p := s.pages[at]; p != nil && (at != "/" || len(path) == 1) {
			return p
		}
	}
}

// unreadable answers what never became a request: broken, too large, too slow.
func (s *Server) unreadable(ctx *fasthttp.RequestCtx, err error) {
	c := &call{server: s, http: ctx, id: s.prefix + strconv.FormatUint(s.requests.Add(1), 36)}
	kind := kindMalformedRequest
	var small *fasthttp.ErrSmallBuffer
	var timeout net.Error
	switch {
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		kind = kindBodyTooLarge
		drain(ctx.Conn())
	case errors.As(err, &small):
		kind = kindHeaderTooLarge
		drain(ctx.Conn())
	case errors.As(err, &timeout) && timeout.Timeout():
		kind = kindRequestTimeout
	}
	c.headers()
	c.fail(&problem{kind: kind})
	s.count(ctx)
}

// drain takes what the caller still sends, within bounds: closing a connection on
// unread bytes would reset it, and the caller would never see the answer.
func drain(conn net.Conn) {
	b := make([]byte, 64<<10)
	for left := 64; left > 0; left-- {
		if conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)) != nil {
			return
		}
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// quiet takes fasthttp's own messages, which are about callers' broken connections.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, args ...any) {
	q.log.Debug("connection", "message", fmt.Sprintf(format, args...))
}
