package mutants_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/trial/mutants"
)

const root = "../.."

// A list that does not follow the code finds nothing.
func TestEachMutantApplies(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range mutants.All {
		if _, err := m.Overlay(absolute(t), t.TempDir()); err != nil {
			t.Error(err)
		}
		if m.Old == m.New || seen[m.Name] {
			t.Errorf("%s changes nothing, or stands twice", m.Name)
		}
		seen[m.Name] = true
	}
	if len(mutants.All) < 40 {
		t.Errorf("%d mutants are not many", len(mutants.All))
	}
}

// A few are built, so that the way to build them is known to work.
func TestAFewMutantsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the simulation anew for each")
	}
	for _, i := range []int{0, len(mutants.All) / 2} {
		f := find(t, mutants.All[i])
		if f.by == "" {
			t.Errorf("%s is not found", mutants.All[i].Name)
		}
	}
}

// TestMutants is what `make mutants` runs: each mutant has to be found in under a minute.
func TestMutants(t *testing.T) {
	only, asked := os.LookupEnv("YUEFU_MUTANTS")
	if !asked {
		t.Skip("make mutants runs it")
	}
	found, all := 0, 0
	fmt.Printf("%-56s %-12s %7s  %s\n", "mutant", "seed", "seconds", "found by")
	for _, m := range mutants.All {
		if !slices.ContainsFunc(strings.Split(only, ","), func(word string) bool { return strings.Contains(m.Name, word) }) {
			continue
		}
		all++
		f := find(t, m)
		if f.by == "" {
			t.Errorf("%s (%s) lives", m.Name, m.File)
			f.by = "NOBODY"
		} else {
			found++
		}
		fmt.Printf("%-56s %-12s %7.1f  %s\n", m.Name, f.seed, f.took.Seconds(), f.by)
	}
	fmt.Printf("%d of %d mutants are found\n", found, all)
}

type finding struct {
	by, seed string
	took     time.Duration
}

var (
	failure  = regexp.MustCompile(`seed (\d+), step \d+: (.*)`)
	panicked = regexp.MustCompile(`(?m)^panic: (.*)`)
)

// find builds the simulation with a mutant and lets it run for a minute at most;
// what that does not find, the core's own tests may.
func find(t *testing.T, m mutants.Mutant) finding {
	t.Helper()
	folder := t.TempDir()
	overlay, err := m.Overlay(absolute(t), folder)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(folder, "trial.test")
	if out, err := command(t, "go", "test", "-c", "-overlay", overlay, "-o", binary, "./trial"); err != nil {
		t.Fatalf("%s does not compile: %s", m.Name, out)
	}
	begin := time.Now()
	out, err := command(t, binary, "-test.run", "KeptSeeds|FreshSeeds")
	took := time.Since(begin)
	if err != nil {
		if hit := failure.FindStringSubmatch(out); hit != nil {
			return finding{by: short(hit[2]), seed: hit[1], took: took}
		}
		if hit := panicked.FindStringSubmatch(out); hit != nil {
			return finding{by: "panic: " + short(hit[1]), took: took}
		}
		t.Fatalf("%s: %s", m.Name, out)
	}
	begin = time.Now()
	if out, err := command(t, "go", "test", "-short", "-overlay", overlay, "./credit", "./servicing"); err != nil {
		name := regexp.MustCompile(`--- FAIL: (\S+)`).FindStringSubmatch(out)
		if name == nil {
			t.Fatalf("%s: %s", m.Name, out)
		}
		return finding{by: name[1], took: time.Since(begin)}
	}
	return finding{took: took}
}

func short(s string) string {
	if letters := []rune(s); len(letters) > 90 {
		return string(letters[:90]) + "…"
	}
	return s
}

func command(t *testing.T, name string, arguments ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, arguments...)
	c.Dir = absolute(t)
	if filepath.IsAbs(name) {
		c.Dir = filepath.Join(c.Dir, "trial") // where its seeds are
	}
	c.Env = append(os.Environ(), "YUEFU_TRIAL=55s", "YUEFU_SEED=1000")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err
}

func absolute(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
