package api

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
)

// checker lets requests through and compares each and its answer with the
// contract. It is stricter than the contract: an answer has no member that is not in it.
type checker struct {
	t      testing.TB
	router routers.Router
	inside http.RoundTripper // by which a page calls; nil: over the network
}

func newChecker(t testing.TB) *checker {
	document := specification(t)
	document.Servers = nil
	closed := false
	for _, schema := range document.Components.Schemas {
		if s := schema.Value; s.Properties != nil && s.AdditionalProperties.Has == nil {
			s.AdditionalProperties = openapi3.AdditionalProperties{Has: &closed}
		}
	}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return &checker{t: t, router: router}
}

// RoundTrip implements http.RoundTripper.
func (c *checker) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	way := http.DefaultTransport
	if c.inside != nil {
		way = c.inside
	}
	response, err := way.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))

	relative := r.Clone(r.Context())
	relative.URL.Scheme, relative.URL.Host, relative.Host = "", "", ""
	relative.Body = io.NopCloser(bytes.NewReader(sent))
	route, parameters, err := c.router.FindRoute(relative)
	if err != nil {
		c.t.Errorf("%s %s is not in the contract: %v", r.Method, r.URL.Path, err)
		return response, nil
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}
	asked := &openapi3filter.RequestValidationInput{Request: relative, PathParams: parameters, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(r.Context(), asked); err != nil && response.StatusCode < 400 {
		c.t.Errorf("%s: the server takes what the contract does not: %v\n%s", route.Operation.OperationID, err, sent)
	}
	answered := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: response.StatusCode, Header: response.Header, Options: options}
	answered.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(r.Context(), answered); err != nil {
		c.t.Errorf("%s: the answer is not what the contract says: %v\n%s", route.Operation.OperationID, err, body)
	}
	if response.StatusCode < 300 {
		answeredWell.Store(route.Operation.OperationID, true)
	}
	return response, nil
}

// customer returns a client that speaks for one customer of the shop, as a page does.
func (c *checker) customer(w *world, name string) *client.Client {
	inside := *c
	inside.inside = w.server.As(Principal{Platform: "shop", Programme: catalogue.SampleID, Customer: name})
	return client.New("http://inside", "", &http.Client{Transport: &inside})
}

// client returns a client whose every exchange is checked.
func (c *checker) client(w *world, key string) *client.Client {
	return client.New(w.url, key, &http.Client{Transport: c})
}
