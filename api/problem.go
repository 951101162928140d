package api

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/strict"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/vault"
)

// problem is an error that knows what it is to a caller.
type problem struct {
	kind   string
	detail string
	faults []fault
	unmet  []credit.Unmet
	allow  string        // for method_not_allowed
	wait   time.Duration // for too_many_requests; 0: a minute
	cause  error         // what is logged; callers never see it
}

// fault is one thing wrong with a request, and where.
type fault struct {
	pointer   string // into the body
	parameter string // or a query parameter or header
	detail    string
}

func (p *problem) Error() string {
	if p.cause != nil {
		return p.kind + ": " + p.cause.Error()
	}
	return p.kind + ": " + p.detail
}

func (p *problem) Unwrap() error { return p.cause }

func parameterProblem(kind, name, detail string) error {
	return &problem{kind: kind, faults: []fault{{parameter: name, detail: detail}}}
}

// bodyProblem says what is wrong with a body, all of it.
func bodyProblem(faults []strict.Fault) error {
	p := &problem{kind: kindInvalidRequest}
	for i, f := range faults {
		p.faults = append(p.faults, fault{pointer: f.Pointer, detail: f.Detail})
		switch kind := f.Kind; {
		case i == 0 && kind != "":
			p.kind = kind
		case kind != p.kind:
			p.kind = kindInvalidRequest
		}
	}
	return p
}

// ours maps the errors of the rooms behind the API.
var ours = []struct {
	err  error
	kind string
}{
	{servicing.ErrBusy, kindBusy},
	{servicing.ErrGone, kindBusy},  // nobody reads it
	{servicing.ErrMoved, kindBusy}, // again and again: later it will be quieter
	{servicing.ErrKeyMissing, kindKeyMissing},
	{servicing.ErrKeyReserved, kindKeyInvalid},
	{servicing.ErrKeyReused, kindKeyReused},
	{servicing.ErrStopped, kindAccountStopped},
	{servicing.ErrOutcomeUnknown, kindOutcomeUnknown},
	{servicing.ErrUnavailable, kindUnavailable},
	{servicing.ErrPanicked, kindInternal},
	{servicing.ErrClosed, kindShuttingDown},
	{servicing.ErrNotSandbox, kindNotSandbox},
	{servicing.ErrClockBackwards, kindClockBackwards},
	{vault.ErrDiffers, kindPersonDiffers},
	{vault.ErrHasAccount, kindPersonHasAccount},
	{fasthttp.ErrBodyTooLarge, kindBodyTooLarge},
	{session.ErrDecided, kindCheckoutDecided},
	{session.ErrOrderConfirmed, kindOrderConfirmed},
}

// asProblem finds what an error is to a caller. What is not known is ours.
func (c *call) asProblem(err error) *problem {
	var known *problem
	if errors.As(err, &known) {
		return known
	}
	var refusal *credit.Error
	if errors.As(err, &refusal) {
		p := &problem{kind: string(refusal.Kind), detail: refusal.Detail, unmet: refusal.Unmet}
		if refusal.Field != "" {
			p.faults = []fault{{pointer: c.pointer(refusal), detail: refusal.Detail}}
			if c.route != nil && c.route.method == "GET" {
				p.faults = []fault{{parameter: refusal.Field, detail: refusal.Detail}} // there is no body to point into
			}
			p.detail = ""
		}
		return p
	}
	var unlawful *catalogue.Unlawful
	if errors.As(err, &unlawful) {
		p := &problem{kind: kindInvalidProgramme, detail: "it breaks rules of the pack " + unlawful.Pack, cause: err}
		for _, v := range unlawful.Violations {
			p.faults = append(p.faults, fault{pointer: v.Field, detail: v.Detail()})
		}
		return p
	}
	var bad *catalogue.BadPolicy
	if errors.As(err, &bad) {
		return faultsOf(kindInvalidProgramme, "/policy/", bad.Faults)
	}
	if errors.Is(err, catalogue.ErrInvalid) {
		detail := strings.TrimPrefix(err.Error()[strings.Index(err.Error(), catalogue.ErrInvalid.Error()):], catalogue.ErrInvalid.Error()+": ")
		return &problem{kind: kindInvalidProgramme, detail: detail, cause: err}
	}
	for _, o := range ours {
		if errors.Is(err, o.err) {
			return &problem{kind: o.kind, cause: err}
		}
	}
	return &problem{kind: kindInternal, cause: err}
}

// consentingRoutes stand on one consent.
var consentingRoutes = []string{"/v1/authorisations", "/v1/checkout_sessions/{id}/confirm", "/v1/accounts/{id}/limit", "/v1/accounts/{id}/autopay", "/v1/statements/{id}/deferral", "/v1/statements/{id}/conversion"}

// pointer says where in the body the field is that a rule found wrong.
func (c *call) pointer(e *credit.Error) string {
	if strings.HasPrefix(string(e.Kind), "consent_") && c.route != nil {
		switch {
		case e.Field == "customer", e.Field == "declared", e.Field == "consents":
		case e.Field == "consent":
			return "/consent"
		case e.Field == "source":
		case slices.Contains(consentingRoutes, c.route.pattern):
			return "/consent/" + e.Field
		default:
			return "/consents"
		}
	}
	return "/" + e.Field
}

// fail answers with what went wrong. It is the one place where errors are logged.
func (c *call) fail(err error) {
	p := c.asProblem(err)
	row, ok := problems[p.kind]
	if !ok {
		p, row = &problem{kind: kindInternal, cause: err}, problems[kindInternal]
	}
	if row.status >= 500 && p.kind != kindBusy && p.kind != kindShuttingDown {
		c.server.log.Error("request failed", "request", c.id, "route", c.pattern(), "kind", p.kind, "error", err)
	}
	h := &c.http.Response.Header
	switch row.status {
	case 401:
		h.Set("WWW-Authenticate", `Bearer realm="yuefu"`)
	case 405:
		h.Set("Allow", p.allow)
	case 429:
		wait := time.Minute
		if p.wait > 0 {
			wait = p.wait
		}
		h.Set("Retry-After", strconv.Itoa(seconds(wait)))
	case 503:
		h.Set("Retry-After", retryAfter)
	}
	o := out{b: c.buffer[:0]}
	o.begin()
	o.text("type", problemPages+p.kind)
	o.text("title", row.title)
	o.number("status", int64(row.status))
	o.text("kind", p.kind)
	if p.detail != "" && row.status < 500 {
		o.text("detail", p.detail)
	}
	o.text("instance", "urn:yuefu:request:"+c.id)
	if len(p.faults) > 0 {
		o.list("errors")
		for _, f := range p.faults {
			o.begin()
			if f.parameter != "" {
				o.text("parameter", f.parameter)
			} else {
				o.text("pointer", f.pointer)
			}
			o.text("detail", f.detail)
			o.end()
		}
		o.endList()
	}
	if len(p.unmet) > 0 {
		o.unmet("unmet", p.unmet)
	}
	o.end()
	c.write(row.status, "application/problem+json", o.b)
	c.buffer = o.b
	if c.server.log.Enabled(background, slog.LevelDebug) {
		c.server.log.Debug("problem", "request", c.id, "kind", p.kind)
	}
}
