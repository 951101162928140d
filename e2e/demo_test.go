package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// TestKeptWorld has a small world live in a database of each kind, and then makes of
// it what the command line can.
func TestKeptWorld(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			dsn := store.make(t)
			demo := exec.Command(binary, "demo", "--db", dsn, "--customers", "12", "--months", "3", "--listen", "127.0.0.1:0")
			demo.Env = environment()
			demo.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			out, err := demo.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := demo.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
			}
			_ = demo.Process.Signal(os.Interrupt)
			_, _ = io.ReadAll(out)
			if err := demo.Wait(); err != nil {
				t.Fatal(err)
			}

			verify(t, dsn)
			must(t, "rebuild", "--db", dsn)
			verify(t, dsn)
			journal := must(t, "export", "journal", "--db", dsn)
			if again, diagnostics, code := run(t, "demo", "--db", dsn); code == 0 || !strings.Contains(diagnostics, "has a world already") {
				t.Errorf("a second world in one database: exit code %d\n%s%s", code, again, diagnostics)
			}
			s := serve(t, dsn)
			if list := s.caller(s.key("demo", "platform")).get("/v1/accounts?limit=200"); list.size("data") < 8 {
				t.Errorf("%d accounts are left: %s", list.size("data"), list.raw)
			}
			s.stop()

			needs(t, "hledger")
			check := exec.Command("hledger", "check", "--strict", "-f", "-")
			check.Stdin = strings.NewReader(journal)
			if said, err := check.CombinedOutput(); err != nil {
				t.Errorf("hledger check: %v\n%.2000s", err, said)
			}
		})
	}
}

// TestDemo starts the demo, opens what it says to open, and types what it says to
// try, as it is printed.
func TestDemo(t *testing.T) {
	needs(t, "curl", "bash")
	taken, err := net.Listen("tcp", "127.0.0.1:0") // the demo has to find another port
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()

	d := beginDemo(t, "--listen", taken.Addr().String())
	text := d.said
	t.Logf("ready in %s\n%s", d.took.Round(time.Millisecond), text)
	if d.took > 10*time.Second {
		t.Errorf("the demo was ready after %s", d.took)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if width := utf8.RuneCountInString(line); width > 100 || strings.Contains(line, "\x1b") || strings.TrimRight(line, " ") != line {
			t.Errorf("a line of %d characters, or with colours or blanks at its end: %q", width, line)
		}
	}

	// The shop comes first, then links into it that make fresh ones of yuefu's.
	pages := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\S*`).FindAllString(text, -1)
	if len(pages) < 6 || !regexp.MustCompile(`/wallet\?as=u-\d+`).MatchString(text) || !regexp.MustCompile(`/checkout\?as=u-\d+`).MatchString(text) {
		t.Errorf("only %v to open", pages)
	}
	for _, page := range pages {
		if strings.HasSuffix(page, "/v1") {
			continue
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := http.Client{Jar: jar}
		response, err := browser.Get(page)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.Contains(string(body), "<html") {
			t.Errorf("%s: %s, %.100s", page, response.Status, body)
		}
		if strings.Contains(string(body), "copy.js") && !strings.Contains(string(body), `href="`+pages[0]+`"`) {
			t.Error("the start page does not lead to the shop")
		}
	}

	// What is indented by four under "Try" is typed; curl tells its status besides.
	_, try, found := strings.Cut(text, "Try ")
	if !found {
		t.Fatal("nothing to try")
	}
	script := "set -euo pipefail\ncurl() { command curl --fail-with-body -w ' HTTP %{http_code}\\n' \"$@\"; }\n"
	for line := range strings.SplitSeq(try, "\n") {
		if typed, ok := strings.CutPrefix(line, "    "); ok {
			script += typed + "\n"
		}
	}
	for range 2 { // a second time is harmless
		shell := exec.Command("bash", "-c", script)
		shell.Env = append(os.Environ(), "YUEFU=", "KEY=")
		answers, err := shell.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, script, answers)
		}
		if n := len(regexp.MustCompile(`HTTP 20[01]`).FindAll(answers, -1)); n != strings.Count(script, "\ncurl -") {
			t.Errorf("%d of %d went well:\n%s", n, strings.Count(script, "\ncurl -"), answers)
		}
		for _, expected := range []string{`"status":"approved"`, `"captured_on":`, `"statement_on":`, `"shares":`, `"unmet":`} {
			if !strings.Contains(string(answers), expected) {
				t.Errorf("no %s in\n%s", expected, answers)
			}
		}
		t.Logf("%s", answers)
	}

	d.end()
}

// aDemo is a demo that runs.
type aDemo struct {
	t       *testing.T
	process *exec.Cmd
	out     io.Reader
	errors  bytes.Buffer
	said    string
	took    time.Duration
}

// beginDemo starts one and waits until it has said everything.
func beginDemo(t *testing.T, flags ...string) *aDemo {
	t.Helper()
	d := &aDemo{t: t, process: exec.Command(binary, append([]string{"demo"}, flags...)...)}
	d.process.Env = environment()
	d.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	d.process.Stderr = &d.errors
	out, err := d.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.out = out
	began := time.Now()
	if err := d.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.process.Process.Kill() })
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if strings.Contains(lines.Text(), "Ctrl-C") {
			break
		}
	}
	d.took, d.said = time.Since(began), strings.Join(said, "\n")
	return d
}

// end stops it as people do; it has nothing to complain of.
func (d *aDemo) end() {
	d.t.Helper()
	if err := d.process.Process.Signal(os.Interrupt); err != nil {
		d.t.Fatal(err)
	}
	rest, _ := io.ReadAll(d.out)
	if err := d.process.Wait(); err != nil {
		d.t.Errorf("the demo was stopped by Ctrl-C: %v\n%s%s", err, rest, d.errors.String())
	}
	if d.errors.Len() > 0 {
		d.t.Errorf("it also said: %s", d.errors.String())
	}
}
