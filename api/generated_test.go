package api

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGeneratedCodeIsOfThisContract makes the readers and the client again and compares.
func TestGeneratedCodeIsOfThisContract(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the generator when it is not made yet, which takes a minute")
	}
	generator := []string{"tool", "-modfile=../tools/go.mod", "oapi-codegen"}
	if out, err := exec.Command("go", append(generator, "-version")...).CombinedOutput(); err != nil {
		t.Skipf("no generator here: %v\n%s", err, out)
	}
	for _, name := range []string{"contract", "client"} {
		made := filepath.Join(t.TempDir(), name+".go")
		settings, err := os.ReadFile("generate/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := filepath.Join(filepath.Dir(made), "settings.yaml")
		settings = bytes.Replace(settings, []byte("output: "+name+"/"+name+".gen.go"), []byte("output: "+made), 1)
		if err := os.WriteFile(elsewhere, settings, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("go", append(generator, "-config", elsewhere, "openapi.yaml")...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name + "/" + name + ".gen.go")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("api/%s is not what openapi.yaml makes: run `make generate`", name)
		}
	}
}
