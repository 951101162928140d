package relay

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/yuefu/yuefu/event"
)

// The bounds of what a receiver can make a sender do.
const (
	longestExcerpt = 300      // bytes of a failing receiver's answer that are kept
	longestBody    = 16 << 10 // bytes that are read, so that the connection can be used again
	bodyPatience   = 500 * time.Millisecond
)

// outcome is what came of one attempt.
type outcome struct {
	at      time.Time
	took    time.Duration
	status  int    // 0: there was no answer
	failure string // empty: it is delivered
	excerpt string
	pause   time.Duration // that the receiver asked for
}

func (o outcome) ok() bool { return o.failure == "" }

// newClient makes what sends to one endpoint: connections of its own, so that none of
// another's are waited for; none by a proxy, which would dial for us; no redirects.
func (r *Relay) newClient() *http.Client {
	dialler := &net.Dialer{Timeout: r.options.Timeout, Control: control(r.options.Sandbox)}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialler.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: r.options.roots},
			TLSHandshakeTimeout:    r.options.Timeout,
			MaxConnsPerHost:        r.options.Concurrency,
			MaxIdleConnsPerHost:    r.options.Concurrency,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: longestBody,
			DisableCompression:     true, // what unpacks to gigabytes is not unpacked
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send tries once to deliver an event. Only a 2xx status delivers it; what is in the
// body of the answer is nobody's affair.
func (r *Relay) send(ctx context.Context, client *http.Client, to *target, id string, body []byte) (o outcome) {
	o.at = r.options.Now()
	begun := r.elapsed()
	defer func() { o.took = r.elapsed() - begun }()
	signature, err := to.signer.sign(id, o.at, body)
	if err != nil {
		o.failure = "it can't be signed"
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(body))
	if err != nil {
		o.failure = "the address can't be used"
		return o
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "yuefu-webhooks/1")
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(o.at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := client.Do(request)
	if err != nil {
		o.failure = why(err)
		return o
	}
	defer response.Body.Close()
	o.status = response.StatusCode
	timer := time.AfterFunc(bodyPatience, cancel) // a body that never ends has no more time than this
	defer timer.Stop()
	if o.status/100 == 2 {
		_, _ = io.CopyN(io.Discard, response.Body, longestBody)
		return o
	}
	o.failure = "status " + strconv.Itoa(o.status)
	if o.status/100 == 3 {
		o.failure += ": redirects are not followed"
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		o.pause = time.Duration(min(seconds, 3600)) * time.Second
	}
	beginning, _ := io.ReadAll(io.LimitReader(response.Body, longestExcerpt))
	o.excerpt = printable(string(beginning))
	_, _ = io.CopyN(io.Discard, response.Body, longestBody)
	return o
}

// why says what went wrong, in words that tell nothing of the network we are in: Go's
// own have the addresses of name servers and what names lead to.
func why(err error) string {
	var dns *net.DNSError
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errInside):
		return errInside.Error()
	case errors.As(err, &dns):
		return "the name leads nowhere"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.As(err, &certificate), errors.As(err, &authority):
		return "its certificate can't be trusted"
	case errors.As(err, &record):
		return "it does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return "the connection broke"
	}
	return "the connection failed"
}

// printable keeps of an excerpt what can be shown anywhere.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, " ")))
}

// attempt is one attempt and what it was of.
type attempt struct {
	outcome
	event, kind, account string
	try                  int
	next                 time.Time // zero: there is none
}

func attemptOf(e *event.Event, o outcome, try int) attempt {
	return attempt{outcome: o, event: e.ID, kind: e.Type, account: string(e.Account), try: try}
}
