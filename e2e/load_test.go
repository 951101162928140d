package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// market is a load of authorisations, captures and repayments, and everything that
// was acknowledged to whoever sent it.
type market struct {
	t        *testing.T
	key      string // API key
	now      string // the sandbox's instant of the newest look, for consents
	accounts []*holder
	workers  []*worker

	mu    sync.Mutex
	acked []acked
}

// acked is a request that was answered: the answer must never change.
type acked struct{ path, key, body, answer string }

// holder is an account, and what acknowledged answers say of it.
type holder struct {
	id, person string

	mu        sync.Mutex
	quotes    map[int64]quoted
	open      []*hold // what may be captured
	holds     []*hold
	captured  int64
	repaid    int64
	purchases int
	approved  int
	declined  int
}

type quoted struct{ hash, day string }

// hold is an approved authorisation.
type hold struct {
	id   string
	left int64
	last string // the last day on which it can be captured
}

// worker is one connection: it has one request under way, which it repeats until
// it is answered, whatever happens to the server.
type worker struct {
	market  *market
	chance  *rand.Rand
	number  int
	keys    int
	pending *request
}

// request is one that has to be answered.
type request struct {
	path, key, body string
	then            func(status int, answer []byte) error // takes the first answer in
	tries           int
}

// amounts are few, so that quotes can be used again on their day.
var amounts = []int64{1_00, 3_33, 9_90, 25_00}

// openMarket opens accounts and prepares connections.
func openMarket(t *testing.T, s *server, apiKey string, accounts, connections int) *market {
	m := &market{t: t, key: apiKey}
	st := &story{caller: s.caller(apiKey)}
	st.caller.keys = 1_000_000
	rich := `"declared": {"adult": true, "student": false, "monthly_income": 5000000}, "requested_limit": 2000000`
	template := st.application("NAME", rich, nil)
	m.now = st.now(0)
	for i := range accounts {
		person := fmt.Sprintf("p-%d", i)
		a := st.send("POST", "/v1/applications", "open-"+person, strings.ReplaceAll(template, "NAME", person))
		if a.status != 201 || a.text("status") != "approved" {
			t.Fatalf("open an account: %d %s", a.status, a.raw)
		}
		m.accounts = append(m.accounts, &holder{id: a.text("account"), person: person, quotes: map[int64]quoted{}})
	}
	for i := range connections {
		m.workers = append(m.workers, &worker{market: m, number: i, chance: rand.New(rand.NewPCG(uint64(i), 7))})
	}
	return m
}

// shop lets all connections work at servers until ctx ends or the servers are gone.
// With more than one server each request goes to any of them.
func (m *market) shop(ctx context.Context, urls ...string) {
	var all sync.WaitGroup
	for _, w := range m.workers {
		all.Go(func() {
			c := newConnection()
			defer c.CloseIdleConnections()
			if err := w.work(ctx, c, urls); err != nil {
				m.t.Errorf("connection %d: %v", w.number, err)
			}
		})
	}
	all.Wait()
}

func newConnection() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConnsPerHost: 1, DisableCompression: true,
	}}
}

// work makes one request after the other. It comes back without an error when the
// server is gone.
func (w *worker) work(ctx context.Context, c *http.Client, urls []string) error {
	for ctx.Err() == nil {
		url := urls[w.chance.IntN(len(urls))]
		if w.pending == nil {
			next, err := w.plan(ctx, c, url)
			if err != nil || next == nil {
				return err
			}
			w.pending = next
		}
		if err := w.send(ctx, c, url, urls); errors.Is(err, errGone) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// finish has every connection repeat what is under way until it is answered.
func (m *market) finish(urls ...string) {
	for _, w := range m.workers {
		c := newConnection()
		for w.pending != nil {
			if err := w.send(m.t.Context(), c, urls[0], urls); err != nil {
				m.t.Fatalf("connection %d: %s stays unanswered: %v", w.number, w.pending.key, err)
			}
		}
		c.CloseIdleConnections()
	}
}

// post is one request, without judgement.
func (m *market) post(ctx context.Context, c *http.Client, url, key, body string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+m.key)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, nil, errGone
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, errGone
	}
	return response.StatusCode, answer, nil
}

// send makes the pending request, once. With several servers it is now and then
// sent to two of them at the same time.
func (w *worker) send(ctx context.Context, c *http.Client, url string, urls []string) error {
	r := w.pending
	r.tries++
	twin := make(chan []byte, 1)
	if len(urls) > 1 && w.chance.IntN(8) == 0 {
		go func() {
			status, answer, err := w.market.post(ctx, c, urls[w.chance.IntN(len(urls))]+r.path, r.key, r.body)
			if err != nil || status/100 != 2 {
				answer = nil
			}
			twin <- answer
		}()
	} else {
		twin <- nil
	}
	status, answer, err := w.market.post(ctx, c, url+r.path, r.key, r.body)
	other := <-twin
	if err != nil {
		return err
	}
	switch {
	case status == 503:
		return nil // again with the same key
	case status == 200 || status == 201:
		if other != nil && !bytes.Equal(other, answer) {
			return fmt.Errorf("%s was answered %s here and %s there", r.key, answer, other)
		}
		m := w.market
		m.mu.Lock()
		m.acked = append(m.acked, acked{r.path, r.key, r.body, string(answer)})
		m.mu.Unlock()
	case status >= 500:
		return fmt.Errorf("%s %s: %d %s", r.path, r.key, status, answer)
	}
	w.pending = nil
	return r.then(status, answer)
}

// plan decides what comes next. It may have to ask for a quote first.
func (w *worker) plan(ctx context.Context, c *http.Client, url string) (*request, error) {
	m := w.market
	h := m.accounts[w.chance.IntN(len(m.accounts))]
	w.keys++
	key := fmt.Sprintf("w%d-%d", w.number, w.keys)
	dice := w.chance.IntN(100)
	if dice < 50 {
		if r := h.capture(key, w.chance); r != nil {
			return r, nil
		}
	}
	if dice >= 92 {
		return h.repay(key, amounts[w.chance.IntN(len(amounts))]*3), nil
	}
	amount := amounts[w.chance.IntN(len(amounts))]
	h.mu.Lock()
	q, ok := h.quotes[amount]
	h.mu.Unlock()
	if !ok {
		status, answer, err := m.post(ctx, c, url+"/v1/quotes", "", fmt.Sprintf(`{"account": %q, "amount": %d, "currency": "CNY", "plan": "next"}`, h.id, amount))
		if err != nil || status == 503 {
			return nil, nil
		}
		var quotes struct {
			Day  string
			Data []struct{ Text struct{ Hash string } }
		}
		if err := json.Unmarshal(answer, &quotes); err != nil || status != 200 || len(quotes.Data) != 1 {
			return nil, fmt.Errorf("quote: %d %s", status, answer)
		}
		q = quoted{quotes.Data[0].Text.Hash, quotes.Day}
		h.mu.Lock()
		h.quotes[amount] = q
		h.mu.Unlock()
	}
	return h.authorise(key, amount, q, m.instant()), nil
}

func (m *market) instant() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (h *holder) authorise(key string, amount int64, q quoted, now string) *request {
	shown := now
	if at, err := time.Parse(time.RFC3339, now); err == nil {
		shown = at.Add(-5 * time.Second).Format(time.RFC3339) // they read it
	}
	body := fmt.Sprintf(`{"account":%q,"amount":%d,"currency":"CNY","plan":"next","scene":"mall","merchant":"m-1","order":%q,`+
		`"consent":{"document":"quote","version":1,"hash":%q,"person":%q,"shown_at":%q,"accepted_at":%q,"act":"tap_pay","channel":"api","language":"en","read_seconds":5,"preselected":false}}`,
		h.id, amount, key, q.hash, h.person, shown, now)
	return &request{path: "/v1/authorisations", key: key, body: body, then: func(status int, answer []byte) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		if status == 422 && strings.Contains(string(answer), `"kind":"consent_outdated"`) { // another business date began
			delete(h.quotes, amount)
			return nil
		}
		var a struct {
			ID, Status, Order string
			Amount            int64
			LastCaptureOn     string `json:"last_capture_on"`
		}
		switch err := json.Unmarshal(answer, &a); {
		case err != nil, status != 201 || a.Order != key || a.Amount != amount:
			return fmt.Errorf("authorise %s: %d %s", key, status, answer)
		case a.Status == "declined":
			h.declined++
			return nil
		}
		h.approved++
		held := &hold{id: a.ID, left: amount, last: a.LastCaptureOn}
		h.holds = append(h.holds, held)
		h.open = append(h.open, held)
		return nil
	}}
}

// capture takes a hold out of those that are open, so that nobody else captures it.
func (h *holder) capture(key string, chance *rand.Rand) *request {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) == 0 {
		return nil
	}
	i := chance.IntN(len(h.open))
	held := h.open[i]
	h.open[i] = h.open[len(h.open)-1]
	h.open = h.open[:len(h.open)-1]
	amount, final := held.left, false
	if amount > 1 && chance.IntN(4) == 0 {
		amount, final = amount/2, chance.IntN(2) == 0
	}
	body := fmt.Sprintf(`{"amount":%d,"final":%t}`, amount, final)
	return &request{path: "/v1/authorisations/" + held.id + "/captures", key: key, body: body, then: func(status int, answer []byte) error {
		var p struct {
			Amount int64
			Kind   string
		}
		if err := json.Unmarshal(answer, &p); err != nil {
			return fmt.Errorf("%s: %w in %s", key, err, answer)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		switch {
		case status == 409 && p.Kind == "hold_not_open": // it expired meanwhile
			return nil
		case status != 201 || p.Amount != amount:
			return fmt.Errorf("capture %s: %d %s", key, status, answer)
		}
		h.captured += amount
		h.purchases++
		if held.left -= amount; final {
			held.left = 0
		}
		if held.left > 0 {
			h.open = append(h.open, held)
		}
		return nil
	}}
}

func (h *holder) repay(key string, amount int64) *request {
	body := fmt.Sprintf(`{"amount":%d,"currency":"CNY","source":%q}`, amount, key)
	return &request{path: "/v1/accounts/" + h.id + "/repayments", key: key, body: body, then: func(status int, answer []byte) error {
		var r struct {
			Amount int64
			Source string
		}
		if err := json.Unmarshal(answer, &r); err != nil || status != 201 || r.Amount != amount || r.Source != key {
			return fmt.Errorf("repay %s: %d %s", key, status, answer)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.repaid += amount
		return nil
	}}
}

// settle proves that nothing acknowledged was lost and nothing was done twice: each
// acknowledged key gets the same bytes again, and each account's figures are what
// the acknowledged answers add up to.
func (m *market) settle(s *server, urls ...string) {
	t := m.t
	began := time.Now()
	m.repeat(m.acked, urls...)
	repeats := time.Since(began)

	c := s.caller(m.key)
	today := c.get("/v1/clock").text("business_date")
	var approved, declined, purchases, repaid int64
	for _, h := range m.accounts {
		held := int64(0)
		for _, o := range h.holds {
			if o.last >= today {
				held += o.left
			}
		}
		a := c.get("/v1/accounts/" + h.id)
		if is := a.number("held"); is != held {
			t.Errorf("%s holds %d; acknowledged were %d", h.id, is, held)
		}
		if net := a.number("owed") - a.number("credit_balance"); net != h.captured-h.repaid {
			t.Errorf("%s owes %d in the end; acknowledged were purchases of %d and repayments of %d", h.id, net, h.captured, h.repaid)
		}
		if want := max(0, a.number("limit")-a.number("held")-a.number("outstanding")); a.number("available") != want {
			t.Errorf("%s has %d available, not %d", h.id, a.number("available"), want)
		}
		for path, want := range map[string]int{"/authorisations": h.approved + h.declined, "/purchases": h.purchases} {
			if is := c.count("/v1/accounts/" + h.id + path); is != want {
				t.Errorf("%s has %d %s; acknowledged were %d", h.id, is, path[1:], want)
			}
		}
		approved += int64(h.approved)
		declined += int64(h.declined)
		purchases += int64(h.purchases)
		repaid += h.repaid
	}
	t.Logf("%d acknowledged: %d approved, %d declined, %d captured, %d repaid; all repeated in %s",
		len(m.acked), approved, declined, purchases, repaid, repeats.Round(time.Millisecond))
}

// count counts the things of a list, page by page.
func (c *caller) count(path string) (n int) {
	c.t.Helper()
	for cursor := ""; ; {
		page := c.get(path + "?limit=200" + cursor)
		n += page.size("data")
		if page.text("next") == "" {
			return n
		}
		cursor = "&cursor=" + page.text("next")
	}
}

// repeat sends acknowledged requests again and expects the same bytes.
func (m *market) repeat(list []acked, urls ...string) {
	var all sync.WaitGroup
	work := make(chan acked, 64)
	for i := range len(m.workers) {
		all.Go(func() {
			c := newConnection()
			defer c.CloseIdleConnections()
			for a := range work {
				status, answer, err := m.post(m.t.Context(), c, urls[i%len(urls)]+a.path, a.key, a.body)
				if err != nil || status/100 != 2 || string(answer) != a.answer {
					m.t.Errorf("%s %s again: %d %s, %v; acknowledged was %s", a.path, a.key, status, answer, err, a.answer)
				}
			}
		})
	}
	for _, a := range list {
		work <- a
	}
	close(work)
	all.Wait()
}
