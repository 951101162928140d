package relay_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/view"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// world is a log in which somebody writes, and relays that read it.
type world struct {
	t      testing.TB
	db     *database.DB
	log    eventlog.Log
	tables *view.Tables
	clock  *clock
	begun  time.Time
	dsn    string
}

// clock is real time, moved forward by whoever does not want to wait for three days.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

func newWorld(t testing.TB, dialect database.Dialect) *world {
	t.Helper()
	dsn := filepath.Join(t.TempDir(), "relay.db")
	if dialect == database.PostgreSQL {
		dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
	}
	w := &world{t: t, clock: &clock{}, begun: time.Now(), dsn: dsn}
	var done func()
	w.db, w.log, w.tables, done = w.open(dsn)
	t.Cleanup(done)
	return w
}

func (w *world) open(dsn string) (*database.DB, eventlog.Log, *view.Tables, func()) {
	w.t.Helper()
	db, err := database.Open(w.t.Context(), dsn, database.Options{Partitions: 4})
	w.must(err)
	log, err := open.Log(db)
	w.must(err)
	tables, err := view.Open(w.t.Context(), db, log, view.Options{Log: quiet})
	w.must(err)
	return db, log, tables, func() {
		w.must(log.Close())
		w.must(db.Close())
	}
}

// mortal runs a relay as a process of its own would, with a database that is taken from it when it
// dies: nothing of what it did last is saved.
func (w *world) mortal(change ...func(*relay.Options)) (die func()) {
	db, log, tables, done := w.open(w.dsn)
	o := w.options()
	for _, c := range change {
		c(&o)
	}
	stop := w.run(relay.New(db, log, tables, event.NewOwners(tables), o))
	return sync.OnceFunc(func() {
		done()
		stop()
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func each(t *testing.T, run func(t *testing.T, w *world)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) { run(t, newWorld(t, dialect)) })
	}
}

// options are such that a test need not wait.
func (w *world) options() relay.Options {
	return relay.Options{
		Now: w.clock.now, Elapsed: func() time.Duration { return time.Since(w.begun) }, Sandbox: true, Log: quiet,
		Poll: 10 * time.Millisecond, Timeout: 300 * time.Millisecond, Patience: 100 * time.Millisecond, Concurrency: 8,
	}
}

// relay makes one that does not run yet.
func (w *world) relay(change ...func(*relay.Options)) *relay.Relay {
	o := w.options()
	for _, c := range change {
		c(&o)
	}
	return relay.New(w.db, w.log, w.tables, event.NewOwners(w.tables), o)
}

// run lets a relay run until stop, which returns when it has ended.
func (w *world) run(r *relay.Relay) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-ended }) }
	w.t.Cleanup(stop)
	return stop
}

func accountOf(platform, customer string) credit.ID { return credit.AccountID(platform, "p", customer) }

// append writes an entry with so many events about a customer; the first one is the application.
func (w *world) append(platform, customer string, events int, types ...string) []string {
	w.t.Helper()
	account := accountOf(platform, customer)
	partition := w.tables.PartitionOf(account)
	heads, err := w.log.Heads(w.t.Context(), []int32{partition})
	w.must(err)
	history, err := w.tables.History(w.t.Context(), account, 0, 1)
	w.must(err)
	e := eventlog.Entry{
		Partition: partition, Position: heads[0].Position + 1, Account: string(account), Key: fmt.Sprint("k", heads[0].Position+1),
		Time: max(heads[0].Time, time.Now().UnixMicro()), Day: 20_000, Due: -1, Name: "cancel_autopay", Command: []byte("{}"), Answer: []byte("{}"),
	}
	if len(history) == 0 {
		e.Name = "apply"
		e.Command, err = wire.EncodeCommand(credit.Apply{Platform: platform, Programme: "p", Customer: customer})
		w.must(err)
	}
	var list, ids []string
	for i := range events {
		kind := "purchase.captured"
		if i < len(types) {
			kind = types[i]
		}
		list = append(list, fmt.Sprintf(`[%q,1,{"n":%d}]`, kind, i))
		ids = append(ids, event.IDOf(account, event.Place{Position: e.Position, Number: int64(i + 1)}))
	}
	e.Events = []byte("[" + strings.Join(list, ",") + "]")
	w.must(w.log.Append(w.t.Context(), heads, []eventlog.Entry{e}))
	return ids
}

// receiver is a platform's server: it verifies what it gets as the official library does,
// and behaves as it is told.
type receiver struct {
	t      testing.TB
	server *httptest.Server
	behave func(w http.ResponseWriter, r *http.Request, e got) bool // false: the answer is written

	mu      sync.Mutex
	secrets []string
	all     []got
	now     func() time.Time
}

// got is an event as it came.
type got struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Account string `json:"account"`
	text    string
}

func newReceiver(w *world, behave func(w http.ResponseWriter, r *http.Request, e got) bool) *receiver {
	v := &receiver{t: w.t, behave: behave, now: w.clock.now}
	v.server = httptest.NewServer(v)
	v.server.Config.ErrorLog = slog.NewLogLogger(quiet.Handler(), slog.LevelError)
	w.t.Cleanup(func() { v.server.CloseClientConnections(); v.server.Close() })
	return v
}

// ServeHTTP implements http.Handler.
func (v *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	v.mu.Lock()
	secrets := slices.Clone(v.secrets)
	v.mu.Unlock()
	for _, secret := range secrets {
		official, err := standardwebhooks.NewWebhook(secret)
		if err == nil && time.Until(v.now()).Abs() < time.Minute {
			err = official.Verify(body, r.Header)
		}
		if err != nil {
			v.t.Errorf("%s: %v", body, err)
		}
	}
	e := got{text: string(body)}
	if err := json.Unmarshal(body, &e); err != nil || e.ID != r.Header.Get("webhook-id") {
		v.t.Errorf("%s: %v", body, err)
	}
	if v.behave != nil && !v.behave(w, r, e) {
		return
	}
	v.take(e)
}

func (v *receiver) take(e got) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = append(v.all, e)
}

// taken is what was answered well, in its order.
func (v *receiver) taken() []got {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.all)
}

func (v *receiver) trust(secrets ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets = secrets
}

// firsts are the ids of a receiver's events by account, each at its first coming.
func (v *receiver) firsts() map[string][]string {
	list, seen := map[string][]string{}, map[string]bool{}
	for _, e := range v.taken() {
		if !seen[e.ID] {
			list[e.Account] = append(list[e.Account], e.ID)
		}
		seen[e.ID] = true
	}
	return list
}

// until waits for something to become true.
func (w *world) until(what string, true func() bool) {
	w.t.Helper()
	for range 1000 {
		if true() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("never: " + what)
}
