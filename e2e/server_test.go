package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is a running yuefu serve.
type server struct {
	t        *testing.T
	dsn      string
	command  *exec.Cmd
	url      string
	started  time.Time     // when the program was started
	ready    time.Duration // until it said that it listens
	ended    chan struct{} // closed when the process is gone
	expected bool          // an end by us
	mu       sync.Mutex
	log      bytes.Buffer
}

// sandbox are the flags of a new database whose clock is ours.
func sandbox(start string) []string { return []string{"--sandbox", "--start", start} }

// serve starts a server on a free port, and waits until it listens.
func serve(t *testing.T, dsn string, flags ...string) *server {
	t.Helper()
	s := &server{t: t, dsn: dsn, started: time.Now(), ended: make(chan struct{})}
	s.command = exec.Command(binary, append([]string{"serve", "--db", dsn, "--listen", "127.0.0.1:0"}, flags...)...)
	s.command.Env = environment()
	s.command.Stderr = s
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // gone with the tests, however they end
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		_ = s.command.Process.Kill()
		_ = s.command.Wait()
		t.Fatalf("the server said %q, %v\n%s", line, err, s.said())
	}
	s.url, s.ready = url, time.Since(s.started)
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		_ = s.command.Wait()
		close(s.ended)
	}()
	t.Cleanup(s.stop)
	return s
}

// Write keeps what the server logs.
func (s *server) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(b)
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill ends the server as a power switch does.
func (s *server) kill() {
	s.expected = true
	_ = s.command.Process.Kill()
	<-s.ended
	s.complain()
}

// stop ends the server as an operator does, and expects that it ends well.
func (s *server) stop() {
	if s.expected {
		return
	}
	s.expected = true
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(15 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
		s.t.Errorf("the server did not stop in 15 seconds\n%s", s.said())
		return
	}
	if code := s.command.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server stopped with exit code %d\n%s", code, s.said())
	}
	s.complain()
}

// complain fails a test whose server logged what must never happen.
func (s *server) complain() {
	for line := range strings.SplitSeq(s.said(), "\n") {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "panic") {
			s.t.Errorf("the server logged: %s", line)
		}
	}
}

// key makes an API key, as an operator does while the server runs. The server finds
// a new key within a quarter of a second.
func (s *server) key(platform, role string) string {
	s.t.Helper()
	secret := strings.TrimSpace(must(s.t, "keys", "create", "--db", s.dsn, "--platform", platform, "--role", role, "--programme"))
	c := s.caller(secret)
	for began := time.Now(); c.send("GET", "/v1/clock", "", "").status == 401; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > time.Second {
			s.t.Fatalf("after a second the server does not know the key %s", secret)
		}
	}
	return secret
}

var errGone = errors.New("the server is gone")
