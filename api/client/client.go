// Package client is a Go client of yuefu's API: every type of the contract, and one
// method an operation, made from api/openapi.yaml. It knows HTTP and the contract;
// it refuses to know what the server is made of.
package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
)

//go:generate go -C .. tool -modfile=../tools/go.mod oapi-codegen --config generate/client.yaml openapi.yaml

// Client calls one server with one API key. It is safe for concurrent use.
type Client struct {
	server string
	key    string
	http   *http.Client
}

// New returns a client for a server, such as http://localhost:8080. A nil h is http.DefaultClient.
func New(server, key string, h *http.Client) *Client {
	if h == nil {
		h = http.DefaultClient
	}
	return &Client{server: strings.TrimSuffix(server, "/"), key: key, http: h}
}

// Error says what went wrong, as errors do: what the server answered is in its fields.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%s (%d): %s", p.Kind, p.Status, p.Title)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	for _, e := range p.Errors {
		text += fmt.Sprintf("; %s%s %s", e.Pointer, e.Parameter, e.Detail)
	}
	return text
}

const longestAnswer = 16 << 20 // bytes

// do sends a request and reads its answer. What the server does not carry out is a *Problem.
func (c *Client) do(ctx context.Context, method, path, key string, body, answer any) error {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		content = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		problem := new(Problem)
		if err := json.Unmarshal(text, problem); err != nil || problem.Kind == "" {
			return fmt.Errorf("%s %s: %s", method, path, response.Status)
		}
		return problem
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// add puts a query parameter in, unless it has the zero value.
func add(v url.Values, name string, value any) {
	if !reflect.ValueOf(value).IsZero() {
		v.Set(name, fmt.Sprint(value))
	}
}
