package sim_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/server"
	"github.com/yuefu/yuefu/sim"
)

// installation is a real server on a new SQLite database, and a way to it.
type installation struct {
	office *office.Office
	url    string
	key    string
}

func install(t *testing.T, sandbox bool) *installation {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	options := database.Options{Sandbox: sandbox}
	if sandbox {
		options.Start = "2026-01-05T09:00:00+08:00"
	}
	o, err := office.Open(t.Context(), filepath.Join(t.TempDir(), "yuefu.db"), office.Options{Database: options, Log: quiet, Payments: &standin.Bank{Seed: 1, Refuse: 200}})
	if err != nil {
		t.Fatal(err)
	}
	i := &installation{office: o}
	if _, err := o.Catalogue.CreatePlatform(t.Context(), catalogue.Installation, "shop", "shop"); err != nil {
		t.Fatal(err)
	}
	version, err := o.Catalogue.CreateProgramme(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, catalogue.Sample())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Catalogue.Activate(t.Context(), catalogue.Installation, "shop", version.Programme, version.Number); err != nil {
		t.Fatal(err)
	}
	if _, i.key, err = o.Catalogue.CreateKey(t.Context(), catalogue.Installation, "shop", catalogue.OperatorRole); err != nil {
		t.Fatal(err)
	}
	s, err := server.Listen(o, "127.0.0.1:0", server.Options{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	i.url = s.URL
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-s.Failed, o.Close()); err != nil {
			t.Error(err)
		}
	})
	return i
}

// client is a client of the installation; change, if not nil, sees every answer first.
func (i *installation) client(t *testing.T, change func(path string, answer []byte) []byte) *client.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return client.New(i.url, i.key, &http.Client{Transport: between{transport, change}})
}

// between stands between a client and its server.
type between struct {
	http.RoundTripper
	change func(path string, answer []byte) []byte
}

func (b between) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil || b.change == nil || response.StatusCode >= 400 {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	body = b.change(r.Method+" "+r.URL.Path, body)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return response, nil
}

// TestAWorldMeetsEverything lets the world of the demo live. Everything that can
// happen happens to somebody, nobody finds anything wrong, and neither does the
// check of log, tables and ledger.
func TestAWorldMeetsEverything(t *testing.T) {
	i := install(t, true)
	began, told := time.Now(), 0
	story, err := sim.Run(t.Context(), i.client(t, nil), sim.World{Seed: 1}, func(days, of int) { told = max(told, 100*days/of) })
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%d requests in %s: %+v", story.Requests, took.Round(time.Millisecond), story.Counts)
	if told != 100 {
		t.Errorf("the progress ended at %d%%", told)
	}
	counts := reflect.ValueOf(story.Counts)
	for n := range counts.NumField() {
		if counts.Field(n).Int() == 0 {
			t.Errorf("%s never happens", counts.Type().Field(n).Name)
		}
	}
	if len(story.People) != 40 || story.To-story.From != 212 {
		t.Errorf("%d people lived %d days", len(story.People), story.To-story.From)
	}
	if last := story.People[39]; last.Account == "" || last.Authorised != 0 || !last.Now.CanSpend {
		t.Errorf("the last one has not just arrived: %+v", last)
	}
	report, err := i.office.Tables.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Clean() || report.Accounts < 30 {
		t.Errorf("verify: %+v", report)
	}
}

// TestTheSameSeedIsTheSameWorld compares two worlds person by person.
func TestTheSameSeedIsTheSameWorld(t *testing.T) {
	live := func(seed uint64) sim.Story {
		story, err := sim.Run(t.Context(), install(t, true).client(t, nil), sim.World{Seed: seed, Customers: 14, Months: 3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return story
	}
	one, again, other := live(7), live(7), live(8)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed, another world: %s", diff)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed, the same world")
	}
}

func TestRealCustomersAreLeftAlone(t *testing.T) {
	_, err := sim.Run(t.Context(), install(t, false).client(t, nil), sim.World{}, nil)
	if err == nil || !strings.Contains(err.Error(), "sandbox") {
		t.Errorf("a world in a real installation: %v", err)
	}
}

// TestLiesAreFound plants what must never be in an answer: a check that never
// fired is no check.
func TestLiesAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("each lie is a world of its own")
	}
	for _, lie := range []struct {
		what, path, old, by string
	}{
		{"a fen more available", `GET /v1/accounts/acc_\w+$`, `"available":(\d+)(\d)\b`, `"available":${1}1`},
		{"a hold that is not shown", `GET /v1/accounts/acc_\w+$`, `"held":[1-9]\d*`, `"held":0`},
		{"money that is owed and not coming", `GET /v1/accounts/acc_\w+$`, `"coming":\[\{.*?\}\]`, `"coming":[]`},
		{"a statement whose lines do not add up", `GET /v1/accounts/acc_\w+/statements`, `"total":(\d+)`, `"total":1$1`},
		{"a line of a statement left out", `GET /v1/(accounts/acc_\w+/statements|statements/\w+)`, `"lines":\[\{[^}]*\},`, `"lines":[`},
		{"a bill that is due a day early", `GET /v1/(accounts/acc_\w+/statements|statements/\w+)`, `"due_on":"(\d+-\d+)-10"`, `"due_on":"$1-09"`},
		{"a quote that costs more than it says", `POST /v1/quotes`, `"fee":(\d\d)`, `"fee":1$1`},
		{"a purchase unlike its quote", `POST /v1/authorisations/\w+/captures`, `"principal":(\d)`, `"principal":1$1`},
		{"more given back than held", `POST /v1/authorisations/\w+/void`, `"released":(\d)`, `"released":1$1`},
		{"a repayment that loses a part", `POST /v1/accounts/acc_\w+/repayments`, `"credited":0`, `"credited":1`},
		{"another order approved", `POST /v1/authorisations$`, `"order":"o`, `"order":"x`},
		{"a penalty out of nowhere", `GET /v1/accounts/acc_\w+/statements`, `"penalty":0,"paid":(\d+),"remaining":0`, `"penalty":5,"paid":$1,"remaining":0`},
		{"a purchase missing from the list", `GET /v1/accounts/acc_\w+/purchases`, `^\{"data":\[\{.*?\]\},`, `{"data":[`},
		{"an overdue bill that counts as open", `GET /v1/(accounts/acc_\w+/statements|statements/\w+)`, `"status":"overdue"`, `"status":"open"`},
		{"a condition for closing concealed", `GET /v1/accounts/acc_\w+/closing-conditions`, `"unmet":\[\{[^}]*\},`, `"unmet":[`},
		{"a review without end", `POST /v1/accounts/acc_\w+/closures`, `"review_by":"\d+`, `"review_by":"2030`},
		{"somebody else's account", `GET /v1/accounts/acc_\w+$`, `"customer":"u-`, `"customer":"v-`},
	} {
		t.Run(lie.what, func(t *testing.T) {
			path, old := regexp.MustCompile(lie.path), regexp.MustCompile(lie.old)
			told := false
			c := install(t, true).client(t, func(at string, answer []byte) []byte {
				if !path.MatchString(at) {
					return answer
				}
				return old.ReplaceAllFunc(answer, func(b []byte) []byte {
					by := old.ReplaceAll(b, []byte(lie.by))
					told = told || !bytes.Equal(b, by)
					return by
				})
			})
			_, err := sim.Run(t.Context(), c, sim.World{Seed: 4, Customers: 20, Months: 4}, nil)
			if !told {
				t.Fatal("the lie was never told")
			}
			if err == nil {
				t.Error("nobody noticed")
			}
			t.Log(err)
		})
	}
}
