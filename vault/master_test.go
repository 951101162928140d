package vault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/vault"
)

func TestKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.json")
	if _, err := vault.LoadMaster(path); !errors.Is(err, vault.ErrWithoutKey) || !strings.Contains(err.Error(), "yuefu vault new-key") {
		t.Errorf("a missing key is not helped with: %v", err)
	}
	m, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	private := func() {
		t.Helper()
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	if err := m.Create(path); err != nil {
		t.Fatal(err)
	}
	private()
	if err := m.Create(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a key was written over: %v", err)
	}
	rotated, err := m.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	if err := rotated.Replace(path); err != nil {
		t.Fatal(err)
	}
	private()
	if again, err := vault.LoadMaster(path); err != nil || again.Keys() != 2 {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(path, []byte(`{"primaryKeyId":1,"key":[{"secret":"s3cr3t"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadMaster(path); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("no key at all: %v", err)
	}
}
