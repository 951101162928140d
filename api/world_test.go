package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/notice"
	smsstandin "github.com/yuefu/yuefu/notice/sms/standin"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/source"
	"github.com/yuefu/yuefu/vault"
	"github.com/yuefu/yuefu/view"
)

// world is a server on a new database, with two platforms.
type world struct {
	server    *Server
	desk      *servicing.Desk
	catalogue *catalogue.Catalogue
	clock     *servicing.SandboxClock
	tables    *view.Tables
	notices   *notice.Room
	told      *follow.Follower
	vault     *vault.Vault
	db        *database.DB
	log       eventlog.Log
	tree      *consent.Tree
	url       string
	platform  string // keys
	operator  string
	stranger  string // of another platform, whose operator's key is
	outsider  string
}

const worldStart = "2026-01-15T02:00:00Z" // 10:00 in Shanghai

// newWorld makes one; change may set options before the server starts.
func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	return newWorldOn(t, filepath.Join(t.TempDir(), "yuefu.db"), change...)
}

func newWorldOn(t testing.TB, dsn string, change ...func(*Options)) *world {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := database.Open(ctx, dsn, database.Options{Sandbox: true, Start: worldStart})
	must(err)
	log, err := open.Log(db)
	must(err)
	start, err := time.Parse(time.RFC3339, worldStart)
	must(err)
	w := &world{clock: servicing.NewSandboxClock(start), log: log}
	w.tables, err = view.Open(ctx, db, log, view.Options{Log: logger})
	must(err)
	reading, stopReading := context.WithCancel(context.Background())
	read, sent := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		if err := w.tables.Run(reading); err != nil && reading.Err() == nil {
			t.Error("tables:", err)
		}
	}()
	w.tree, err = consent.Open(ctx, db, log)
	must(err)
	must(w.tree.SignWith(ctx, nil, time.Now))
	following, err := follow.Open(ctx, db, log, w.tree.Reader(), follow.Options{Log: logger})
	must(err)
	w.tree.Follow(following)
	followed := make(chan struct{})
	go func() { defer close(followed); following.Run(reading) }()
	zone, err := time.LoadLocation(db.Book().Zone)
	must(err)
	w.notices = notice.New(db, w.tables, func() notice.Desk { return w.desk }, w.clock, zone, notice.Options{SMS: &smsstandin.Tower{}, Log: logger})
	w.told, err = follow.Open(ctx, db, log, w.notices.Reader(), follow.Options{Log: logger})
	must(err)
	w.desk, err = servicing.Open(ctx, log, servicing.Options{Clock: w.clock, Log: logger, Due: w.tables})
	must(err)
	telling, stopTelling := context.WithCancel(context.Background())
	told := make(chan struct{})
	go func() {
		defer close(told)
		w.told.Run(telling)
	}()
	must(w.desk.OpenDay(ctx, calendar.Of(2026, 1, 15)))
	w.catalogue, err = catalogue.Open(ctx, db, time.Now)
	must(err)
	w.tables.AssessBy(w.catalogue.AssessAgain)
	w.platform, w.operator = w.shop(t, "shop")
	w.stranger, w.outsider = w.shop(t, "other")

	key, err := vault.NewMaster()
	must(err)
	w.db = db
	w.vault, err = vault.Open(ctx, db, vault.Options{
		Key: func() (*vault.Master, error) { return key, nil }, MadeUp: true, Now: time.Now, Today: func() calendar.Date { return w.desk.Today().Day }, Holds: w.holds,
	})
	must(err)

	book := db.Book()
	o := Options{
		Desk: w.desk, Catalogue: w.catalogue, Tables: w.tables, Log: logger,
		Partitions: book.Partitions, Zone: book.Zone, Sandbox: book.Sandbox, Sessions: session.Open(db, time.Now), Sources: source.Open(db, time.Now),
		Events:   event.NewFeed(log, w.tables, event.NewOwners(w.tables)),
		Consents: w.tree,
		Vault:    w.vault, Retention: 30,
		Webhooks: relay.New(db, log, w.tables, event.NewOwners(w.tables), relay.Options{
			Now: time.Now, Elapsed: w.clock.Elapsed, Sandbox: true, Log: logger, Poll: 20 * time.Millisecond,
		}),
	}
	o.Notices, o.Told = w.notices, w.told.WaitFor
	for _, c := range change {
		c(&o)
	}
	w.server = New(o)
	go func() {
		defer close(sent)
		o.Webhooks.Run(reading)
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	w.url = "http://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(l) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := w.server.Shutdown(ctx); err != nil {
			t.Error("shut down:", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		stopTelling()
		<-told
		w.desk.Close()
		stopReading()
		<-read
		<-followed
		<-sent
		must(log.Close())
		must(db.Close())
	})
	return w
}

// holds says whether an account stands in the way of another, as an installation does.
func (w *world) holds(ctx context.Context, platform string, account credit.ID) (holds bool, err error) {
	err = w.desk.Look(ctx, account, platform, func(a *credit.Account, _ credit.Moment, _ int64) {
		holds = a.Status == credit.Active || a.Status == credit.Closing || a.Application != nil && a.Application.Decision == credit.Referred
	})
	if isNotFound(err) {
		err = nil
	}
	return holds, err
}

// shop adds a platform with the sample programme and its two keys.
func (w *world) shop(t testing.TB, id string) (platform, operator string) {
	t.Helper()
	ctx := t.Context()
	if _, err := w.catalogue.CreatePlatform(ctx, catalogue.Installation, id, id); err != nil {
		t.Fatal(err)
	}
	_, platform, err := w.catalogue.CreateKey(ctx, catalogue.Installation, id, catalogue.PlatformRole)
	if err != nil {
		t.Fatal(err)
	}
	_, operator, err = w.catalogue.CreateKey(ctx, catalogue.Installation, id, catalogue.OperatorRole)
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.catalogue.CreateProgramme(ctx, catalogue.Installation, id, catalogue.SampleID, catalogue.Sample())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.catalogue.Activate(ctx, catalogue.Installation, id, catalogue.SampleID, v.Number); err != nil {
		t.Fatal(err)
	}
	return platform, operator
}

func (w *world) client(key string) *client.Client { return client.New(w.url, key, nil) }

// answer is what came back, plainly.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request as it stands: headers are name, value, name, value.
func (w *world) send(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// post sends a body as a well-meaning caller does.
func (w *world) post(t testing.TB, api, key, path, body string) answer {
	t.Helper()
	return w.sendBody(t, http.MethodPost, api, key, path, body)
}

func (w *world) sendBody(t testing.TB, method, api, key, path, body string) answer {
	t.Helper()
	return w.send(t, method, path, body, "Authorization", "Bearer "+api, "Content-Type", "application/json", "Idempotency-Key", key)
}

func (w *world) get(t testing.TB, api, path string) answer {
	t.Helper()
	return w.send(t, http.MethodGet, path, "", "Authorization", "Bearer "+api)
}

// unchanged makes sure that do adds nothing to the log.
func (w *world) unchanged(t testing.TB, do func()) {
	t.Helper()
	heads := func() []eventlog.Head {
		all, err := w.log.Heads(t.Context(), w.log.Partitions())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := heads()
	do()
	if after := heads(); !slices.Equal(before, after) {
		t.Errorf("the log grew: %+v became %+v", before, after)
	}
}

// consents agrees to every document of the sample programme, as the clock stands.
func (w *world) consents(t testing.TB, customer string) []client.Consent {
	t.Helper()
	d, err := w.client(w.platform).GetDisclosure(t.Context(), catalogue.SampleID, client.GetDisclosureQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var consents []client.Consent
	for _, text := range d.Documents {
		consents = append(consents, client.Consent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: customer, Act: "tap_agree",
			ShownAt: w.clock.Now().Add(-time.Minute), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 60,
		})
	}
	return consents
}

// opened opens an account for a customer and returns it.
func (w *world) opened(t testing.TB, customer string) client.Account {
	t.Helper()
	a, err := w.client(w.platform).Apply(t.Context(), "open-"+customer, client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: w.consents(t, customer),
		Declared: client.Declared{Adult: true, MonthlyIncome: 10_000_00}, RequestedLimit: 10_000_00,
	})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != client.DecisionApproved {
		t.Fatalf("application %s: %v", a.Status, a.Reasons)
	}
	return a.Opened
}

// checkout is the body of an authorisation that the customer agreed to.
func (w *world) checkout(t testing.TB, account client.Account, amount int64, plan, order string) client.AuthorisationRequest {
	t.Helper()
	q, err := w.client(w.platform).Quote(t.Context(), client.QuoteRequest{Account: account.ID, Amount: amount, Currency: "CNY", Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	text := q.Data[0].Text
	return client.AuthorisationRequest{
		Account: account.ID, Amount: amount, Currency: "CNY", Plan: plan, Scene: "mall", Merchant: "m-17", Order: order,
		Consent: client.QuoteConsent{
			Document: text.Document, Version: text.Version, Hash: text.Hash, Person: account.Customer, Act: "tap_pay",
			ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 10,
		},
	}
}

// raised is the customer's consent to a higher limit.
func (w *world) raised(t testing.TB, account client.Account, limit int64) client.LimitConsent {
	t.Helper()
	shown, err := w.client(w.platform).GetLimitIncrease(t.Context(), account.ID, client.GetLimitIncreaseQuery{Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return client.LimitConsent{
		Document: shown.Text.Document, Version: shown.Text.Version, Hash: shown.Text.Hash, Person: account.Customer, Act: "tap_agree",
		ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 10,
	}
}

func (w *world) authorised(t testing.TB, account client.Account, amount int64, plan, order string) client.Authorisation {
	t.Helper()
	a, err := w.client(w.platform).Authorise(t.Context(), "aut-"+order, w.checkout(t, account, amount, plan, order))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// autopay is the body of a standing instruction that the customer agreed to.
func (w *world) autopay(t testing.TB, account client.Account, source string) client.AutopayRequest {
	t.Helper()
	shown, err := w.client(w.platform).PreviewAutopay(t.Context(), account.ID, client.AutopayPreviewRequest{Source: source})
	if err != nil {
		t.Fatal(err)
	}
	return client.AutopayRequest{Source: source, Consent: client.AutopayConsent{
		Document: client.AutopayDocument(shown.Text.Document), Version: shown.Text.Version, Hash: shown.Text.Hash, Person: account.Customer, Act: "tap_autopay",
		ShownAt: w.clock.Now().Add(-time.Minute), AcceptedAt: w.clock.Now(), Channel: "api", Language: "zh-Hans", ReadSeconds: 60,
	}}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
