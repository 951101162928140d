package sms

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

// Client is a provider that speaks our protocol over HTTP.
type Client struct {
	base string
	key  string
	http *http.Client
}

// NewClient speaks to the provider at a URL; key, which may be empty, is its bearer
// token. Callers bound each call by its context.
func NewClient(base, key string, transport http.RoundTripper) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("sms: the provider's address has to be http://… or https://…, without a password or a query in it")
	}
	return &Client{base: strings.TrimSuffix(base, "/"), key: key, http: &http.Client{
		Transport: transport,
		// A number is told to who was named, and to nobody they name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send hands a message over.
func (c *Client) Send(ctx context.Context, m Message) (Outcome, error) {
	body, err := json.Marshal(sent(m))
	if err != nil {
		return Outcome{}, fmt.Errorf("sms: send %s: the text is not UTF-8", m.ID)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/messages", bytes.NewReader(body))
	if err != nil {
		return Outcome{}, fmt.Errorf("sms: send %s: %w", m.ID, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(keyHeader, m.ID)
	return c.do(request, m.ID)
}

// Ask says what became of a message.
func (c *Client) Ask(ctx context.Context, id string) (Outcome, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/messages/"+url.PathEscape(id), nil)
	if err != nil {
		return Outcome{}, fmt.Errorf("sms: ask about %s: %w", id, err)
	}
	return c.do(request, id)
}

func (c *Client) do(r *http.Request, id string) (Outcome, error) {
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return Outcome{}, fmt.Errorf("sms: %s: %w", id, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return Outcome{}, fmt.Errorf("sms: answer about %s: %w", id, err)
	}
	switch {
	case answer.StatusCode == http.StatusOK:
		return readTold(body, id)
	case answer.StatusCode == http.StatusConflict && r.Method == http.MethodPost:
		return Outcome{}, fmt.Errorf("%s: %w", id, ErrConflict)
	case answer.StatusCode == http.StatusNotFound && r.Method == http.MethodGet && string(bytes.TrimSpace(body)) == unknownBody:
		// A 404 of a gateway that knows no such path says nothing about the message.
		return Outcome{}, fmt.Errorf("%s: %w", id, ErrUnknown)
	}
	return Outcome{}, fmt.Errorf("sms: %s: the provider answered %d", id, answer.StatusCode)
}
