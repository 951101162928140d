package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVaultKeys keeps a person in a real installation, rotates its key under the
// running server, retires the old one, and tries to open it with another.
func TestVaultKeys(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			folder := t.TempDir()
			dsn, key, other := store.make(t), filepath.Join(folder, "key.json"), filepath.Join(folder, "other.json")
			vault := func(arguments ...string) string {
				t.Helper()
				_, diagnostics, code := run(t, append([]string{"vault"}, arguments...)...)
				if code != 0 {
					t.Fatalf("vault %v: %s", arguments, diagnostics)
				}
				return diagnostics
			}
			vault("new-key", key)
			vault("new-key", other)
			if _, diagnostics, code := run(t, "vault", "new-key", key); code == 0 {
				t.Errorf("a key was written over: %s", diagnostics)
			}
			s := serve(t, dsn, "--vault-key", key)
			st := &story{caller: s.caller(s.key("shop", "platform"))}
			// The standard's own example of an identity number: nobody's any more.
			const person = `{"name": "张三", "identity_number": "11010519491231002X", "phone": "13800001234"}`
			st.send("PUT", "/v1/customers/anna/person", "", person).want("kept", "name", "张*", "phone", "138****1234")
			st.problem(st.send("PUT", "/v1/customers/ben/person", "", strings.Replace(person, "110105", "000000", 1)), 422, "invalid_identity_number", "made up")
			before, err := os.ReadFile(key)
			if err != nil {
				t.Fatal(err)
			}
			vault("rotate", "--db", dsn, "--vault-key", key)
			st.get("/v1/customers/anna/person").want("read on", "identity_number", "1101**********002X")
			vault("retire", "--db", dsn, "--vault-key", key)
			st.get("/v1/customers/anna/person").want("read on", "phone", "138****1234")
			s.stop()
			s = serve(t, dsn, "--vault-key", key)
			st.url = s.url
			st.get("/v1/customers/anna/person").want("read after all", "phone", "138****1234")
			s.stop()
			if after, err := os.ReadFile(key); err != nil || bytes.Equal(before, after) {
				t.Errorf("the key is the old one: %v", err)
			}
			if err := os.WriteFile(other+".old", before, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range []string{other, other + ".old"} {
				if _, diagnostics, code := run(t, "serve", "--db", dsn, "--vault-key", wrong, "--listen", "127.0.0.1:0"); code == 0 || !strings.Contains(diagnostics, "does not open") {
					t.Errorf("served with %s: %s", wrong, diagnostics)
				}
			}
		})
	}
}
