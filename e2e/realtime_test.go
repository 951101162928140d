package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRealTime is a checkout on an installation that goes by the machine's clock,
// in the business time zone, which nobody can move.
func TestRealTime(t *testing.T) {
	dsn, key := stores[0].make(t), filepath.Join(t.TempDir(), "vault-key.json")
	if out, diagnostics, code := run(t, "serve", "--db", dsn, "--listen", "127.0.0.1:0"); code == 0 || !strings.Contains(diagnostics, "yuefu vault new-key") {
		t.Errorf("a real book was served without a key for personal data: %s%s", out, diagnostics)
	}
	if _, err := os.Stat(dsn); err == nil {
		t.Error("and was made for that")
	}
	if _, diagnostics, code := run(t, "vault", "new-key", key); code != 0 {
		t.Fatal(diagnostics)
	}
	s := serve(t, dsn, "--vault-key", key)
	st := &story{caller: s.caller(s.key("shop", "platform")), operator: s.caller(s.key("shop", "operator"))}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().In(shanghai).Format(time.DateOnly)
	clock := st.get("/v1/clock").want("the clock", "sandbox", false, "time_zone", "Asia/Shanghai")
	after := time.Now().In(shanghai).Format(time.DateOnly)
	if day := clock.text("business_date"); day != before && day != after {
		t.Errorf("the business date is %s, in Shanghai it is %s", day, after)
	}
	at, err := time.Parse(time.RFC3339, clock.text("now"))
	if off := time.Since(at); err != nil || off < -time.Minute || off > time.Minute {
		t.Errorf("now is %s: %v", clock.text("now"), err)
	}

	st.account = st.post("/v1/applications", "%s", st.application("anna", grownUp, nil)).want("the application", "status", "approved").text("account")
	hold := st.checkout(12345, "flat6", "mall", "o-1").want("the hold", "status", "approved", "held", 12345)
	st.post("/v1/authorisations/"+hold.text("id")+"/captures", `{"amount": 12345}`).want("the purchase", "captured_on", clock.text("business_date"))
	st.problem(st.operator.send("POST", "/v1/clock/advance", "", `{"to": "2030-01-01"}`), 403, "not_a_sandbox", "the clock moved")
	if page := st.send("GET", "/live", "", ""); page.status != 404 {
		t.Errorf("the sums of a real book are shown to anybody: %d", page.status)
	}
	s.stop()
	verify(t, dsn)
	if out, diagnostics, code := run(t, "serve", "--db", dsn, "--sandbox", "--listen", "127.0.0.1:0"); code == 0 {
		t.Errorf("a real book was served as a sandbox: %s%s", out, diagnostics)
	}
}
