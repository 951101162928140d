package payment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

// Client is a payment service that speaks our protocol over HTTP.
type Client struct {
	base string
	key  string
	http *http.Client
}

// NewClient speaks to the service at a URL; key, which may be empty, is its bearer
// token. Callers bound each call by its context.
func NewClient(base, key string, transport http.RoundTripper) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("payment: the service's address has to be http://… or https://…, without a password or a query in it")
	}
	return &Client{base: strings.TrimSuffix(base, "/"), key: key, http: &http.Client{
		Transport: transport,
		// A debit is sent to who was named, and to nobody they name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Debit asks for a debit.
func (c *Client) Debit(ctx context.Context, r Request) (Outcome, error) {
	body, err := json.Marshal(asked(r))
	if err != nil {
		return Outcome{}, fmt.Errorf("payment: debit %s: %w", r.ID, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/debits", bytes.NewReader(body))
	if err != nil {
		return Outcome{}, fmt.Errorf("payment: debit %s: %w", r.ID, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(keyHeader, r.ID)
	return c.send(request, r.ID)
}

// Ask says what became of a debit.
func (c *Client) Ask(ctx context.Context, id string) (Outcome, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/debits/"+url.PathEscape(id), nil)
	if err != nil {
		return Outcome{}, fmt.Errorf("payment: ask about %s: %w", id, err)
	}
	return c.send(request, id)
}

func (c *Client) send(r *http.Request, id string) (Outcome, error) {
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return Outcome{}, fmt.Errorf("payment: %s: %w", id, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return Outcome{}, fmt.Errorf("payment: answer about %s: %w", id, err)
	}
	switch {
	case answer.StatusCode == http.StatusOK:
		return readTold(body, id)
	case answer.StatusCode == http.StatusConflict && r.Method == http.MethodPost:
		return Outcome{}, fmt.Errorf("%s: %w", id, ErrConflict)
	case answer.StatusCode == http.StatusNotFound && r.Method == http.MethodGet && string(bytes.TrimSpace(body)) == unknownBody:
		// A 404 of a gateway that knows no such path says nothing about the debit.
		return Outcome{}, fmt.Errorf("%s: %w", id, ErrUnknown)
	}
	return Outcome{}, fmt.Errorf("payment: %s: the service answered %s", id, answer.Status)
}
