package tidy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestHouse(t *testing.T) {
	h, err := Read(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Packages) < 5 || len(h.Texts) < 20 {
		t.Fatalf("only %d packages and %d files were found: the rules would hold in an empty house too", len(h.Packages), len(h.Texts))
	}
	for _, rule := range Rules {
		t.Run(rule.Name, func(t *testing.T) {
			for _, f := range rule.Check(h) {
				t.Error(f)
			}
			if t.Failed() {
				t.Log("why: " + rule.Why)
			}
		})
	}
}

func TestLibcIsTheOneSQLiteWasMadeWith(t *testing.T) {
	goMod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skipf("no go command to ask for the module cache: %v", err)
	}
	version := required(string(goMod), "modernc.org/sqlite")
	sqliteMod, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(cache)), "cache/download/modernc.org/sqlite/@v", version+".mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range LibcPin(string(goMod), string(sqliteMod)) {
		t.Error(f)
	}
}
