package api

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
)

// Principal is a customer whom a page of this process speaks for: to the API they are
// a caller who has one account, and for whom nothing else is there.
type Principal struct {
	Platform  string
	Programme string
	Customer  string
	Checkout  bool // the platform began a checkout for them: they may authorise
}

// Account is the principal's account, whether or not it was ever opened.
func (p *Principal) Account() credit.ID {
	return credit.AccountID(p.Platform, p.Programme, p.Customer)
}

// customerRole is the role of a principal. No key has it.
const customerRole catalogue.Role = "customer"

// principalValue is under which a request of this process carries who asks. No
// request from outside can carry one: fasthttp sets no user values by itself.
type principalValue struct{}

// As is a transport by which a page in this process calls the API for one customer.
// Policies, keys and problems are those of the API; there is only no network.
func (s *Server) As(p Principal) http.RoundTripper { return inside{server: s, principal: &p} }

// For is a transport by which this process calls the API as a platform's server or an
// operator does, with no key: whoever holds the server needs none.
func (s *Server) For(caller catalogue.Caller) http.RoundTripper {
	return inside{server: s, caller: caller}
}

type inside struct {
	server    *Server
	principal *Principal       // or, if there is none,
	caller    catalogue.Caller // who asks
}

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	var request fasthttp.Request
	request.Header.SetMethod(r.Method)
	request.SetRequestURI(r.URL.RequestURI())
	request.Header.SetHost("inside")
	for name, values := range r.Header {
		for _, v := range values {
			request.Header.Add(name, v)
		}
	}
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		request.SetBody(body)
	}
	var ctx fasthttp.RequestCtx
	ctx.Init(&request, &net.TCPAddr{}, quiet{i.server.log})
	if i.principal != nil {
		ctx.SetUserValue(principalValue{}, i.principal)
	} else {
		ctx.SetUserValue(principalValue{}, i.caller)
	}
	i.server.serve(&ctx)

	answer := &http.Response{
		Status: http.StatusText(ctx.Response.StatusCode()), StatusCode: ctx.Response.StatusCode(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r,
	}
	for name, value := range ctx.Response.Header.All() {
		answer.Header.Add(string(name), string(value))
	}
	body := bytes.Clone(ctx.Response.Body())
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, nil
}

// asPrincipal makes whoever asks from inside this process the caller.
func (c *call) asPrincipal() bool {
	switch p := c.http.UserValue(principalValue{}).(type) {
	case *Principal:
		c.principal = p
		c.caller = catalogue.Caller{Platform: p.Platform, Role: customerRole, KeyID: string(customerRole)}
	case catalogue.Caller:
		c.caller = p
	default:
		return false
	}
	return true
}

// allowed says whether a policy lets a principal in. To the others a route that is
// not for customers looks as if it were not there.
func (p *Principal) allowed(by policy) bool {
	return by == public || by == customerToo || by == checkoutToo && p.Checkout
}

// mine refuses a customer every account but their own, as if it were not there.
func (c *call) mine(id credit.ID) bool { return c.principal == nil || c.principal.Account() == id }
