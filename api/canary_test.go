package api

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/vault"
)

// The canaries: persons that could be mistaken for nothing else.
var canaries = []client.PersonDetails{
	{Name: "囍龘靐", IdentityNumber: vault.MadeUpNumber(calendar.Of(1977, 7, 7), 777), Phone: "+8612777177717", Address: "龘靐路七百七十七号", Email: "xilongbing@canary.example"},
	{Name: "Zyxwv Qrst", IdentityNumber: vault.MadeUpNumber(calendar.Of(1966, 6, 6), 666), Phone: "+8612666166616", Address: "Qrstzyx Lane 666", Email: "zyxwv@canary.example"},
}

// secrets are the words of the canaries that must be found nowhere, in the ways that
// they could be written down.
func secrets() (all []string) {
	for _, c := range canaries {
		for _, s := range []string{c.Name, c.IdentityNumber, c.IdentityNumber[6:], c.Phone, c.Phone[3:], c.Address, c.Email} {
			ascii := strings.Trim(fmt.Sprintf("%+q", s), `"`)
			all = append(all, s, ascii, strings.ToLower(s), hex.EncodeToString([]byte(s)),
				strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "=")[:len(s)*4/3-1])
		}
	}
	return all
}

// overheard is a log that can be read while it is written.
type overheard struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (o *overheard) Write(b []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.buffer.Write(b)
}

// tap keeps everything that was answered.
type tap struct {
	inner http.RoundTripper
	said  *overheard
}

func (t tap) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Fprintln(t.said, r.Method, r.URL)
	response, err := t.inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Fprintln(t.said, response.Status, response.Header, string(body))
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, err
}

// TestCanaries drives two persons through a life, good and bad, and then looks for
// them everywhere: nothing of them is to be found but by their own export.
func TestCanaries(t *testing.T) {
	var log, said overheard
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	before := slog.Default()
	slog.SetDefault(logger)
	defer slog.SetDefault(before)
	dsn := filepath.Join(t.TempDir(), "yuefu.db")
	w := newWorldOn(t, dsn, func(o *Options) { o.Log = logger })
	tapped := func(key string) *client.Client {
		return client.New(w.url, key, &http.Client{Transport: tap{http.DefaultTransport, &said}})
	}
	s := &teller{t: t, w: w, checker: newChecker(t), shop: tapped(w.platform), lender: tapped(w.operator)}
	ctx := t.Context()

	// A life each, and all that can go wrong in one.
	for i, c := range canaries {
		customer := fmt.Sprint("u-", i)
		sly := s.asks(customer, c, true)
		sly.Consents[0].Preselected = true
		refused(s.shop.Apply(ctx, s.key(), sly))(s, "consent_preselected")
		refused(s.shop.Apply(ctx, s.key(), s.asks(customer, c, false)))(s, "declaration_contradicts")
		a := ok(s.shop.Apply(ctx, s.key(), s.asks(customer, c, true)))(s).Opened
		refused(s.shop.Apply(ctx, s.key(), s.asks(customer+"-twice", c, true)))(s, "person_has_account")
		refused(s.shop.PutPerson(ctx, customer, canaries[1-i]))(s, map[bool]string{true: "person_differs", false: "person_has_account"}[i == 0])
		for _, spoil := range []func(*client.PersonDetails){
			func(p *client.PersonDetails) { p.IdentityNumber += p.IdentityNumber[:1] },
			func(p *client.PersonDetails) { p.IdentityNumber = p.IdentityNumber[1:] + "0" },
			func(p *client.PersonDetails) { p.Name += " 1" },
			func(p *client.PersonDetails) { p.Phone += "0" },
			func(p *client.PersonDetails) { p.Email += " " + p.Email },
			func(p *client.PersonDetails) { p.Address = strings.Repeat(p.Address, 30) },
			func(p *client.PersonDetails) { p.Name = strings.Repeat(p.Name, 30) },
		} {
			bad := c
			spoil(&bad)
			if _, err := s.shop.PutPerson(ctx, customer, bad); err == nil {
				t.Errorf("%+v is taken", bad)
			}
		}
		body := mustJSON(t, c)
		for _, broken := range []string{body[:len(body)-2], body + body, "[" + body + "]", strings.Replace(body, `"name"`, `"Name"`, 1), strings.Replace(body, `"phone"`, `"name"`, 1)} {
			answer := w.send(t, http.MethodPut, "/v1/customers/"+customer+"/person", broken, "Authorization", "Bearer "+w.platform, "Content-Type", "application/json")
			fmt.Fprintln(&said, answer.status, answer.body)
		}
		ok(s.lender.SearchCustomers(ctx, client.CustomerSearch{Phone: c.Phone}))(s)
		ok(s.lender.SearchCustomers(ctx, client.CustomerSearch{IdentityNumber: c.IdentityNumber}))(s)
		ok(s.shop.GetPerson(ctx, customer))(s)
		s.capture(s.authorise(a, 600_00, "next"), 600_00, true)
		if _, err := w.vault.Phone(ctx, "shop", customer, vault.Notice); err != nil {
			t.Error(err)
		}
	}
	s.goTo("2026-02-15") // billed, due, overdue
	for i := range canaries {
		id := ok(s.shop.ListAccounts(ctx, client.ListAccountsQuery{Customer: fmt.Sprint("u-", i)}))(s).Data[0].ID
		s.repay(s.account(id), s.account(id).Owed)
		ok(s.shop.ListEvents(ctx, id, client.ListEventsQuery{}))(s)
		ok(s.shop.ListStatements(ctx, id, client.ListStatementsQuery{}))(s)
		s.leave(id)
		ok(s.shop.EraseCustomer(ctx, fmt.Sprint("u-", i)))(s)
	}
	fmt.Fprintln(&said, w.get(t, w.platform, "/metrics").body, w.get(t, w.platform, "/v1/events").body)

	// Their own export has them: what is searched for below could be found.
	mine := w.get(t, w.platform, "/v1/customers/u-0/export").body
	for _, word := range []string{canaries[0].Name, canaries[0].IdentityNumber, canaries[0].Phone, canaries[0].Email} {
		if !strings.Contains(mine, word) {
			t.Fatalf("their own export lacks %s", word)
		}
	}
	fmt.Fprintln(&said, w.get(t, w.platform, "/v1/customers/u-2/export").body)

	places := map[string]string{"the log lines": log.buffer.String(), "what the API said": said.buffer.String()}
	if !strings.Contains(places["the log lines"], "/person") || !strings.Contains(places["what the API said"], "person_has_account") {
		t.Fatal("nobody listened")
	}
	for table, rows := range w.dump(t) {
		places["the table "+table] = rows
	}
	for _, file := range []string{dsn, dsn + "-wal"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places["the file "+filepath.Base(file)] = string(text)
	}
	if len(places) < 30 {
		t.Errorf("only %d places were looked at", len(places))
	}
	for place, text := range places {
		for _, secret := range secrets() {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s: %q in …%q…", place, secret, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}
}

// dump is every value of every table.
func (w *world) dump(t *testing.T) map[string]string {
	t.Helper()
	names, err := w.db.Reader().Query(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer names.Close()
	all := map[string]string{}
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			t.Fatal(err)
		}
		rows, err := w.db.Reader().Query(`SELECT * FROM "` + name + `"`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(&text, "%s\n", *v.(*any))
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		all[name] = text.String()
	}
	return all
}
