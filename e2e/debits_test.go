package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/payment/standin"
)

// gateway is a payment service in front of which the power fails: the server that
// asks is killed before money is taken, or after it and before anybody is told.
type gateway struct {
	http.Handler
	mu    sync.Mutex
	kill  func()
	left  int // requests until then; 0: never
	after bool
	fired bool
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.left--
	now, after, kill := g.left == 0, g.after, g.kill
	g.fired = g.fired || now
	g.mu.Unlock()
	if !now {
		g.Handler.ServeHTTP(w, r)
		return
	}
	if after {
		g.Handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	kill()
	panic(http.ErrAbortHandler)
}

// arm has a server killed at one of the next requests; 0: at none.
func (g *gateway) arm(s *server, left int, after bool) {
	g.kill, g.left, g.after, g.fired = s.kill, left, after, false
}

// died says whether the server was killed, and lets it live from now on otherwise.
func (g *gateway) died(s *server) bool {
	g.mu.Lock()
	fired := g.fired
	g.left = 0
	g.mu.Unlock()
	if fired {
		<-s.ended
	}
	return fired
}

// TestDebitsSurviveKill kills the server, again and again, while it has its customers
// debited, and starts it anew: everybody is debited once or refused, and the books
// of both sides agree.
func TestDebitsSurviveKill(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			if testing.Short() && store.name != "sqlite" {
				t.Skip("the same on the other database takes as long again")
			}
			debitsSurviveKill(t, store.make(t))
		})
	}
}

func debitsSurviveKill(t *testing.T, dsn string) {
	bank := &standin.Bank{Seed: 5, Refuse: 400, Late: 100}
	g := &gateway{Handler: payment.Handler(bank, "hush")}
	service := httptest.NewServer(g)
	defer service.Close()
	connected := []string{"--payments", service.URL, "--payment-key", "hush"}
	s := serve(t, dsn, append(connected, sandbox("2026-01-05T09:00:00+08:00")...)...)
	key, lender := s.key("shop", "platform"), s.key("shop", "operator")
	const people = 8
	st := &story{caller: s.caller(key)}
	var accounts []string
	for i := range people {
		name := fmt.Sprint("c", i)
		st.account = st.post("/v1/applications", "%s", st.application(name, grownUp, nil)).text("account")
		accounts = append(accounts, st.account)
		text := st.send("POST", "/v1/accounts/"+st.account+"/autopay/preview", "", `{"source": "tok_`+name+`"}`)
		st.post("/v1/accounts/"+st.account+"/autopay", `{"source": "tok_%s", "consent": {"document": "autopay", "version": %d, "hash": %q,
			"person": %q, "shown_at": %q, "accepted_at": %q, "act": "tap_autopay", "channel": "api", "language": "zh-Hans", "read_seconds": 29, "preselected": false}}`,
			name, text.number("text.version"), text.text("text.hash"), name, st.now(30*time.Second), st.now(time.Second)).want("the instruction", "autopay.source", "tok_"+name)
		hold := st.post("/v1/authorisations", "%s", st.order(int64(10000+i), "next", "mall", "o-"+name, name))
		st.post("/v1/authorisations/"+hold.text("id")+"/captures", `{"amount": %d}`, 10000+i)
	}
	st.to("2026-02-09")

	kills := 0
	for day := 10; day <= 13; day++ { // the due date and the days after a refusal
		g.mu.Lock()
		g.arm(s, 1+day%4, day%2 == 0)
		g.mu.Unlock()
		// The server may die in the middle of this, or there was too little to ask.
		if response, err := http.DefaultClient.Do(advance(t, s, key, fmt.Sprintf("2026-02-%d", day))); err == nil {
			response.Body.Close()
		}
		for n := 1; g.died(s); n++ {
			kills++
			g.mu.Lock() // nothing is answered until the next one's end is known
			s = serve(t, dsn, connected...)
			g.arm(s, (1+(day+n)%5)*min(1, 5-n), n%2 == 0) // the fifth lives
			g.mu.Unlock()
			untilDone(t, s)
		}
		st = &story{caller: s.caller(key)}
		st.to(fmt.Sprintf("2026-02-%d", day))
	}
	if kills < 8 {
		t.Errorf("the server was killed only %d times", kills)
	}

	kept := map[string]standin.Debit{}
	for _, d := range bank.Books() {
		kept[d.Request.ID] = d
		if d.Taken > 1 || !d.Outcome.Final() {
			t.Errorf("%s was taken %d times, and is %s", d.Request.ID, d.Taken, d.Outcome.Status)
		}
	}
	seen, settled := 0, 0
	for _, account := range accounts {
		list := st.get("/v1/accounts/" + account + "/debits")
		for i := range list.size("data") {
			at := fmt.Sprintf("data.%d.", i)
			d, ok := kept[list.text(at+"id")]
			want := map[payment.Status]string{payment.Succeeded: "settled", payment.Refused: "refused"}[d.Outcome.Status]
			if !ok || list.text(at+"status") != want || list.number(at+"amount") != int64(d.Request.Amount) {
				t.Errorf("%s is %s of %d here; the bank has %+v", list.text(at+"id"), list.text(at+"status"), list.number(at+"amount"), d)
			}
			seen++
			if want == "settled" {
				settled++
				st.get("/v1/accounts/"+account).want("who was debited", "owed", 0)
			}
		}
	}
	if seen != len(kept) || settled == 0 || settled > people || seen == settled {
		t.Errorf("%d debits are known here and %d to the bank; %d succeeded", seen, len(kept), settled)
	}
	// An operator may tell again what is known, and not the contrary.
	for id, d := range kept {
		operator := s.caller(lender)
		operator.keys = 1000 // none that was used above
		if d.Outcome.Status == payment.Succeeded {
			operator.post("/v1/debits/"+id+"/settle", "{}").want("told again", "status", "settled")
			operator.refused(409, "debit_not_pending", "/v1/debits/"+id+"/refuse", `{"reason": "late"}`)
			break
		}
	}
	s.stop()
	verify(t, dsn)
	t.Logf("killed %d times: %d debits, %d succeeded", kills, seen, settled)
}

// untilDone waits until no debit is pending any more, or the server is dead.
func untilDone(t *testing.T, s *server) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.ended:
			return
		default:
		}
		response, err := http.Get(s.url + "/v1/figures")
		if err != nil {
			continue // it is just dying
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err == nil && strings.Contains(string(text), `"pending":0`) {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("debits stay pending: %s", text)
		}
	}
}

func advance(t *testing.T, s *server, key, day string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/clock/advance", strings.NewReader(`{"to": "`+day+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	return r
}
