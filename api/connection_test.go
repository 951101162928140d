package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/servicing"
)

// raw sends bytes as they are and reads answers until the server hangs up or is
// silent.
func (w *world) raw(t testing.TB, bytes string) []answer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, bytes) }() // a server that stops reading must not stop us
	var answers []answer
	r := bufio.NewReader(conn)
	for {
		patient(t, conn, 500*time.Millisecond)
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		answers = append(answers, answer{response.StatusCode, response.Header, string(body)})
		if response.Close {
			return answers
		}
	}
}

// patient lets the next reads wait so long.
func patient(t testing.TB, conn net.Conn, wait time.Duration) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
}

func say(t testing.TB, conn net.Conn, bytes string) {
	t.Helper()
	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenRequests(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.ReadTimeout = 300 * time.Millisecond })
	authorised := "Host: x\r\nAuthorization: Bearer " + w.platform + "\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"
	for name, c := range map[string]struct {
		bytes string
		kinds []string // of the answers, in order; "" for one that is no problem
	}{
		"no HTTP":           {"hello\r\n\r\n", []string{kindMalformedRequest}},
		"no version":        {"GET /healthz\r\n\r\n", []string{kindMalformedRequest}},
		"a broken header":   {"GET /healthz HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n", []string{kindMalformedRequest}},
		"a space in a name": {"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello", []string{kindMalformedRequest}},
		"two lengths":       {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", []string{kindMalformedRequest}},
		// Two lengths may be read as two requests by two servers in a row: one is answered, and the connection closed.
		"length and chunks":     {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindMalformedBody}},
		"a length of nonsense":  {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: -5\r\n\r\n", []string{kindMalformedRequest}},
		"a huge header":         {"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 70_000) + "\r\n\r\n", []string{kindHeaderTooLarge}},
		"a huge path":           {"GET /" + strings.Repeat("x", 70_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindHeaderTooLarge}},
		"a huge body":           {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 3000000\r\n\r\n" + strings.Repeat("x", 3_000_000), []string{kindBodyTooLarge}},
		"a body just too large": {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 65537\r\n\r\n" + strings.Repeat("x", 65_537), []string{kindBodyTooLarge}},
		"the largest body":      {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 65536\r\n\r\n" + strings.Repeat("x", 65_536), []string{kindMalformedBody}},
		"huge chunks": {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("4000\r\n"+strings.Repeat("x", 0x4000)+"\r\n", 20) + "0\r\n\r\n",
			[]string{kindBodyTooLarge}},
		"good chunks":              {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", []string{kindInvalidRequest}},
		"a body that never comes":  {"POST /v1/quotes HTTP/1.1\r\n" + authorised + "Content-Length: 10\r\n\r\n{", []string{kindRequestTimeout}},
		"a header that never ends": {"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", []string{kindRequestTimeout}},
		"a key with a control character": {"POST /v1/authorisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + w.platform + "\r\nIdempotency-Key: a\x01b\r\nContent-Length: 0\r\n\r\n",
			[]string{kindMalformedRequest}},
		// A body that a GET should not have must not be taken for the next request.
		"a GET with a body":  {"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 27\r\n\r\nGET /evil HTTP/1.1\r\nHost: x" + "GET /v1/clock HTTP/1.1\r\nHost: x\r\n\r\n", []string{"", kindUnauthenticated}},
		"two at once":        {"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/clock HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindNoSuchRoute, kindUnauthenticated}},
		"HTTP/1.0":           {"GET /nothing HTTP/1.0\r\n\r\n", []string{kindNoSuchRoute}},
		"a target elsewhere": {"GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindMalformedRequest}},
		"no path at all":     {"GET evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindMalformedRequest}},
		"an absolute target": {"GET http://x/v1/clock HTTP/1.1\r\nHost: x\r\n\r\n", []string{kindUnauthenticated}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting for silence
			answers := w.raw(t, c.bytes)
			if len(answers) != len(c.kinds) {
				t.Fatalf("%d answers: %+v", len(answers), answers)
			}
			for i, kind := range c.kinds {
				if kind != "" && !answers[i].isProblem(t, kind) || kind == "" && answers[i].status != http.StatusOK {
					t.Errorf("answer %d: %d %s", i, answers[i].status, answers[i].body)
				}
			}
		})
	}
}

// failingDesk answers with what it is told.
type failingDesk struct {
	*servicing.Desk
	do func(servicing.Request) (servicing.Answer, error)
}

func (d *failingDesk) Do(_ context.Context, r servicing.Request) (servicing.Answer, error) {
	return d.do(r)
}

const someBlock = `{"kind":"customer"}`

func TestErrorsOfTheDesk(t *testing.T) {
	desk := &failingDesk{}
	w := newWorld(t, func(o *Options) { desk.Desk = o.Desk.(*servicing.Desk); o.Desk = desk })
	for _, c := range []struct {
		err   error
		kind  string
		retry string
	}{
		{servicing.ErrBusy, kindBusy, "1"},
		{servicing.ErrGone, kindBusy, "1"},
		{servicing.ErrUnavailable, kindUnavailable, "1"},
		{servicing.ErrOutcomeUnknown, kindOutcomeUnknown, "1"},
		{servicing.ErrClosed, kindShuttingDown, "1"},
		{servicing.ErrStopped, kindAccountStopped, ""},
		{servicing.ErrPanicked, kindInternal, ""},
		{servicing.ErrKeyReused, kindKeyReused, ""},
		{fmt.Errorf("secret"), kindInternal, ""},
		{fmt.Errorf("wrapped: %w", &credit.Error{Kind: credit.BlockExists, Detail: "there is one"}), "block_exists", ""},
		{&credit.Error{Kind: "of the future", Detail: "secret"}, kindInternal, ""},
	} {
		desk.do = func(servicing.Request) (servicing.Answer, error) { return servicing.Answer{}, c.err }
		a := w.post(t, w.platform, "k", "/v1/accounts/"+nobody+"/blocks", someBlock)
		if !a.isProblem(t, c.kind) || a.header.Get("Retry-After") != c.retry || strings.Contains(a.body, "secret") {
			t.Errorf("%v: %d %s, Retry-After %q", c.err, a.status, a.body, a.header.Get("Retry-After"))
		}
	}
	desk.do = func(servicing.Request) (servicing.Answer, error) { panic("secret") }
	if a := w.post(t, w.platform, "k", "/v1/accounts/"+nobody+"/blocks", someBlock); !a.isProblem(t, kindInternal) || strings.Contains(a.body, "secret") {
		t.Errorf("a panic: %d %s", a.status, a.body)
	}
	if a := w.send(t, "GET", "/healthz", ""); a.status != http.StatusOK {
		t.Errorf("after a panic: %d", a.status)
	}
}

// TestGone: whether the caller hung up is asked of the socket while the request waits.
func TestGone(t *testing.T) {
	var waiting atomic.Int32
	left := make(chan bool, 1)
	desk := &failingDesk{do: func(r servicing.Request) (servicing.Answer, error) {
		waiting.Store(1)
		if r.Gone() {
			t.Error("gone before it hung up")
		}
		for range 200 {
			if r.Gone() {
				left <- true
				return servicing.Answer{}, servicing.ErrBusy
			}
			time.Sleep(5 * time.Millisecond)
		}
		left <- false
		return servicing.Answer{}, servicing.ErrBusy
	}}
	w := newWorld(t, func(o *Options) { desk.Desk = o.Desk.(*servicing.Desk); o.Desk = desk })
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	say(t, conn, fmt.Sprintf("POST /v1/accounts/%s/blocks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		nobody, w.platform, len(someBlock), someBlock))
	for waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	conn.Close()
	if !<-left {
		t.Error("nobody noticed that the caller hung up")
	}
}

// TestShutdown: what is under way is answered, and nothing new is taken.
func TestShutdown(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	desk := &failingDesk{do: func(servicing.Request) (servicing.Answer, error) {
		close(entered)
		<-leave
		return servicing.Answer{Body: []byte(`{}`)}, nil
	}}
	w := newWorld(t, func(o *Options) { desk.Desk = o.Desk.(*servicing.Desk); o.Desk = desk })
	answered := make(chan answer, 1)
	go func() { answered <- w.post(t, w.platform, "k", "/v1/accounts/"+nobody+"/blocks", someBlock) }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- w.server.Shutdown(t.Context()) }()
	for !w.server.stopping.Load() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	if conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://")); err == nil {
		conn.Close()
		t.Error("a new connection is taken")
	}
	select {
	case err := <-stopped:
		t.Errorf("stopped with a request under way: %v", err)
	default:
	}
	close(leave)
	if a := <-answered; a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestConnectionsWaitTheirTurn: more than the server takes are not turned away.
func TestConnectionsWaitTheirTurn(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Connections = 2 })
	address := strings.TrimPrefix(w.url, "http://")
	var idle []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		say(t, conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
			t.Fatal(err)
		}
		idle = append(idle, conn)
	}
	third, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	say(t, third, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	patient(t, third, 50*time.Millisecond)
	if n, _ := third.Read(make([]byte, 1)); n != 0 {
		t.Error("a third connection is served beside two")
	}
	idle[0].Close()
	patient(t, third, 2*time.Second)
	if response, err := http.ReadResponse(bufio.NewReader(third), nil); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("the third connection after the first hung up: %v", err)
	}
	idle[1].Close()
}
