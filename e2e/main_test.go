// Package e2e tells stories against the built binary: the main job by plain HTTP,
// kill -9 under load, two servers on one database, the command line, the demo. It
// knows what anybody outside knows, the API and the command line; it refuses to
// know what the binary is made of. Everything runs on loopback and free ports and
// is stopped by itself.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database/pgtest"
)

// binary is the program that all stories run.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "yuefu-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(folder, "yuefu")
	build := exec.Command("go", "build", "-o", binary, "./cmd/yuefu")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the program does not build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// store is a kind of database that every story has to hold on.
type store struct {
	name string
	make func(t *testing.T) string // an address for a new database
}

var stores = []store{
	{"sqlite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "yuefu.db") }},
	{"postgres", func(t *testing.T) string { return pgtest.New(t) }},
}

// needs skips a test where a program is missing, or fails it where everything is to be proven.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv(pgtest.Required) != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// run runs the program to its end.
func run(t *testing.T, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var out, diagnostics bytes.Buffer
	command := exec.CommandContext(ctx, binary, arguments...)
	command.Stdout, command.Stderr = &out, &diagnostics
	command.Dir = t.TempDir()
	command.Env = environment()
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("yuefu %s: %v", strings.Join(arguments, " "), err)
	}
	return out.String(), diagnostics.String(), command.ProcessState.ExitCode()
}

// must runs the program and expects that all goes well.
func must(t *testing.T, arguments ...string) string {
	t.Helper()
	out, diagnostics, code := run(t, arguments...)
	if code != 0 {
		t.Fatalf("yuefu %s: exit code %d\n%s%s", strings.Join(arguments, " "), code, out, diagnostics)
	}
	return out
}

// environment is the tests' own, without settings of the program.
func environment() []string {
	env := []string{"NO_COLOR=1"}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "YUEFU_") {
			env = append(env, e)
		}
	}
	return env
}

// verify checks every invariant of a database.
func verify(t *testing.T, dsn string) {
	t.Helper()
	began := time.Now()
	out, diagnostics, code := run(t, "verify", "--db", dsn)
	if code != 0 {
		t.Fatalf("verify: exit code %d\n%s%s", code, out, diagnostics)
	}
	t.Logf("verify is clean, in %s", time.Since(began).Round(time.Millisecond))
}
