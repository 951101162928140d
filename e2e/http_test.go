package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// caller makes requests with one API key, and stops the test at what it does not expect.
type caller struct {
	t    *testing.T
	url  string
	key  string
	http *http.Client
	keys int
}

func (s *server) caller(key string) *caller {
	transport := &http.Transport{}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &caller{t: s.t, url: s.url, key: key, http: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// answer is a decoded answer.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	raw    string
	body   any
}

// send makes one request.
func (c *caller) send(method, path, idempotency, body string) *answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if idempotency != "" {
		request.Header.Set("Idempotency-Key", idempotency)
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	a := &answer{t: c.t, status: response.StatusCode, header: response.Header, raw: string(raw)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&a.body); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	if a.status >= 500 {
		c.t.Errorf("%s %s: %d %s", method, path, a.status, raw)
	}
	return a
}

// get reads something that has to be there.
func (c *caller) get(path string) *answer {
	c.t.Helper()
	a := c.send("GET", path, "", "")
	if a.status != 200 {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.raw)
	}
	return a
}

// next is a new idempotency key.
func (c *caller) next() string {
	c.keys++
	return fmt.Sprintf("k-%d", c.keys)
}

// post does something under a key of its own, does it again, and expects the same
// bytes both times.
func (c *caller) post(path, body string, arguments ...any) *answer {
	c.t.Helper()
	key, body := c.next(), fmt.Sprintf(body, arguments...)
	first := c.send("POST", path, key, body)
	if first.status != 200 && first.status != 201 {
		c.t.Fatalf("POST %s %s: %d %s", path, body, first.status, first.raw)
	}
	again := c.send("POST", path, key, body)
	if again.status != first.status || again.raw != first.raw {
		c.t.Errorf("POST %s again: %d %s, was %d %s", path, again.status, again.raw, first.status, first.raw)
	}
	return first
}

// refused does something that has to be turned away with a status and a kind.
func (c *caller) refused(status int, kind, path, body string, arguments ...any) *answer {
	c.t.Helper()
	body = fmt.Sprintf(body, arguments...)
	a := c.send("POST", path, c.next(), body)
	c.problem(a, status, kind, "POST "+path+" "+body)
	return a
}

// problem expects a document of RFC 9457.
func (c *caller) problem(a *answer, status int, kind, what string) {
	c.t.Helper()
	if a.status != status || a.text("kind") != kind {
		c.t.Errorf("%s: %d %s, want %d %s", what, a.status, a.raw, status, kind)
		return
	}
	if is := a.header.Get("Content-Type"); is != "application/problem+json" || !strings.HasSuffix(a.text("type"), "/problems/"+kind) || a.text("title") == "" {
		c.t.Errorf("%s: %s in %s is no proper problem", what, a.raw, is)
	}
}

// at finds a value by a path such as "data.0.lines.1.amount"; nil where there is none.
func (a *answer) at(path string) any {
	value := a.body
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func (a *answer) text(path string) string { s, _ := a.at(path).(string); return s }

func (a *answer) number(path string) int64 {
	a.t.Helper()
	n, ok := a.at(path).(json.Number)
	if !ok {
		a.t.Fatalf("there is no number %s in %s", path, a.raw)
	}
	i, err := n.Int64()
	if err != nil {
		a.t.Fatalf("%s: %v", path, err)
	}
	return i
}

func (a *answer) size(path string) int { list, _ := a.at(path).([]any); return len(list) }

// want holds values of an answer against what they have to be.
func (a *answer) want(what string, pairs ...any) *answer {
	a.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path, want := pairs[i].(string), fmt.Sprint(pairs[i+1])
		if is := fmt.Sprint(a.at(path)); is != want {
			a.t.Errorf("%s: %s is %s, want %s", what, path, is, want)
		}
	}
	return a
}
