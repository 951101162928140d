package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHelp walks through all commands from the help of the first one.
func TestHelp(t *testing.T) {
	command := regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z-]+)*)(?: [<\[-].*)?$|^  ([a-z-]+(?: [a-z-]+)*)(?: .*?)?  +\S`)
	out := must(t, "--help")
	found := map[string]bool{}
	_, list, _ := strings.Cut(out, "Commands:")
	for _, m := range command.FindAllStringSubmatch(list, -1) {
		found[m[1]+m[2]] = true
	}
	for _, known := range []string{"serve", "demo", "keys create", "keys revoke", "vault new-key", "vault rotate", "vault retire", "verify", "rebuild", "export journal", "replay", "bench authorise", "bench close-of-business", "receipt verify", "receipt audit", "receipt new-key", "rules list", "rules impact", "policy check", "policy run", "policy sample", "version"} {
		if !found[known] {
			t.Errorf("yuefu --help does not list %q:\n%s", known, out)
		}
		found[known] = true
	}
	for name := range found {
		words := strings.Fields(name)
		help := must(t, append(words, "--help")...)
		if !strings.HasPrefix(help, "Usage: yuefu "+name) || !strings.Contains(help, "Flags:") {
			t.Errorf("yuefu %s --help:\n%s", name, help)
		}
		for line := range strings.SplitSeq(help, "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("yuefu %s --help: a line of %d characters: %s", name, len([]rune(line)), line)
			}
		}
	}
	if out := must(t, "version"); !strings.HasPrefix(out, "yuefu ") {
		t.Errorf("version: %s", out)
	}
}

// TestRules shows rules on both sides of a date, and holds a database against a pack.
func TestRules(t *testing.T) {
	for line, want := range map[string][]string{
		"rules list":                              {"cn.cost_cap", "eu.withdrawal", "uk.affordability", "us-ny.late_fee", "proposed", "not legal advice", "不构成法律意见"},
		"rules list --pack cn --on 2026-08-01":    {"cn.cost_table", "金规〔2025〕9号"},
		"rules list --pack eu --json":             {`"withdrawal_days": 14`, `"mark": "A"`, `"from": "2026-11-20"`},
		"rules list --pack cn --json":             {`"no_contact_from": "22:00"`},
		"rules list --pack none --on 2026-01-01":  {"not legal advice"},
		"rules list --pack us-ny --on 2026-01-01": {"us-ny.cost_cap"},
	} {
		out := must(t, strings.Fields(line)...)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("yuefu %s does not say %q:\n%s", line, w, out)
			}
		}
	}
	if out := must(t, "rules", "list", "--pack", "cn", "--on", "2026-07-31"); strings.Contains(out, "cn.cost_table") {
		t.Error("a rule is in force on the day before its first")
	}
	db := filepath.Join(t.TempDir(), "yuefu.db")
	serve(t, db, sandbox("2026-01-05T09:00:00+08:00")...).stop()
	if out := must(t, "rules", "impact", "--pack", "cn", "--from", "2027-01-01", "--db", db); !strings.Contains(out, "0 accounts of 0 programme versions looked at, 0 rules broken") {
		t.Error(out)
	}
	if out := must(t, "rules", "impact", "--pack", "cn", "--from", "2027-01-01", "--db", db, "--json"); !strings.Contains(out, `"broken": []`) {
		t.Error(out)
	}
}

// TestWrongCommandLines are refused with words that help, and with an exit code
// that a script sees.
func TestWrongCommandLines(t *testing.T) {
	folder := t.TempDir()
	fresh := filepath.Join(folder, "fresh.db")
	noDatabase := filepath.Join(folder, "letter.db")
	if err := os.WriteFile(noDatabase, []byte(strings.Repeat("Dear reader, this is a letter. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	orders := filepath.Join(folder, "orders.txt")
	if err := os.WriteFile(orders, []byte("who when much\n1 19970101 12.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sandboxed := filepath.Join(folder, "sandbox.db")
	serve(t, sandboxed, sandbox("2026-01-05T09:00:00+08:00")...).stop()
	for _, c := range []struct {
		line string // as it is typed; words parted by spaces
		says string // somewhere in what it says
	}{
		{"", "yuefu"},
		{"sevre", `did you mean "serve"?`},
		{"serve --lisen 127.0.0.1:0", "lisen"},
		{"serve --sandbox --db " + fresh + " --listen nowhere", "nowhere"},
		{"serve --sandbox --db " + fresh + " --listen 127.0.0.1:99999", "99999"},
		{"serve --db " + fresh + " --zone Mars/Olympus", "Mars/Olympus"},
		{"serve --db " + fresh + " --partitions 7", "7"},
		{"serve --db " + fresh + " --start 2026-01-05T09:00:00+08:00", "sandbox"},
		{"serve --db " + filepath.Join(folder, "new.db") + " --sandbox --start yesterday", "yesterday"},
		{"serve --db " + sandboxed + " --start 2027-01-05T09:00:00+08:00", "2026-01-05T09:00:00+08:00"},
		{"serve --db " + sandboxed + " --partitions 64", "16 partitions"},
		{"rules list --pack mars", "mars"},
		{"rules list --pack " + orders, "read rule pack"},
		{"rules list --pack cn --on 2012-01-01", "knows nothing of 2012-01-01"},
		{"rules list --on soon", "soon"},
		{"rules impact --pack cn --from 2027-01-01 --db " + filepath.Join(folder, "missing.db"), "missing.db"},
		{"serve --db " + noDatabase, "not a database"},
		{"serve --sandbox --db " + filepath.Join(folder, "no", "such", "folder.db"), "folder.db"},
		{"serve --db mysql://localhost/yuefu", "mysql"},
		{"serve --db postgres://nobody@127.0.0.1:1/nothing", "127.0.0.1"},
		{"verify --db " + filepath.Join(folder, "missing.db"), "missing.db"},
		{"rebuild --db " + filepath.Join(folder, "missing.db"), "missing.db"},
		{"export journal --db " + filepath.Join(folder, "missing.db"), "missing.db"},
		{"export journal --db " + sandboxed + " --format excel", "excel"},
		{"keys create --db " + sandboxed, "platform"},
		{"keys create --db " + sandboxed + " --platform shop --role king", "king"},
		{"keys revoke --db " + sandboxed + " --platform shop key_none", "key_none"},
		{"replay --orders " + filepath.Join(folder, "none.txt") + " --customer-col a --date-col b --amount-col c", "none.txt"},
		{"replay --orders " + orders + " --customer-col whom --date-col when --amount-col much", "whom"},
		{"replay --orders " + orders + " --customer-col who --date-col when --amount-col much --currency XXX", "XXX"},
		{"demo --db " + sandboxed + " --listen nowhere", "nowhere"},
		{"bench authorise --stores oracle", "oracle"},
		{"--log-level loud version", "loud"},
	} {
		out, diagnostics, code := run(t, strings.Fields(c.line)...)
		if code == 0 || !strings.Contains(out+diagnostics, c.says) {
			t.Errorf("yuefu %s: exit code %d, and it says:\n%s%s", c.line, code, out, diagnostics)
		}
		if strings.Contains(out+diagnostics, "goroutine ") {
			t.Errorf("yuefu %s panics:\n%s%s", c.line, out, diagnostics)
		}
	}
	for _, file := range []string{"missing.db", "new.db"} {
		if _, err := os.Stat(filepath.Join(folder, file)); err == nil {
			t.Errorf("%s was made by a command that failed", file)
		}
	}
}

// TestStops asks a server to stop in each way that an operator does.
func TestStops(t *testing.T) {
	dsn := stores[0].make(t)
	s := serve(t, dsn, sandbox("2026-01-05T09:00:00+08:00")...)
	if a := s.caller("").get("/readyz"); a.text("status") != "ok" {
		t.Errorf("ready: %s", a.raw)
	}
	s.stop()
	s = serve(t, dsn) // the database says by itself that it is a sandbox
	s.caller(s.key("shop", "platform")).get("/v1/clock").want("the clock", "sandbox", true, "business_date", "2026-01-05", "time_zone", "Asia/Shanghai")
	s.stop()
}
