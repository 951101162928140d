package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReceipt is what somebody does who does not trust the lender: they keep the receipt
// of what they agreed to, check it without any server, and look now and then whether it
// is still in the tree.
func TestReceipt(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			folder, dsn := t.TempDir(), store.make(t)
			file := func(name, content string) string {
				path := filepath.Join(folder, name)
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			signing, vault := filepath.Join(folder, "signing.key"), filepath.Join(folder, "vault-key.json")
			public := must(t, "receipt", "new-key", "pay.example.com/consents", signing)
			if out, diagnostics, code := run(t, "receipt", "new-key", "pay.example.com/consents", signing); code == 0 {
				t.Errorf("a key was overwritten: %s%s", out, diagnostics)
			}
			if about, err := os.Stat(signing); err != nil || about.Mode().Perm() != 0o600 {
				t.Errorf("anybody may read the key: %v, %v", about.Mode(), err)
			}
			must(t, "vault", "new-key", vault)
			s := serve(t, dsn, "--signing-key", signing, "--vault-key", vault)
			st := &story{caller: s.caller(s.key("shop", "platform"))}
			st.account = st.post("/v1/applications", "%s", st.application("anna", grownUp, nil)).text("account")
			list := st.get("/v1/accounts/" + st.account + "/receipts")
			id := list.text("data.0.id")
			download := st.get("/v1/receipts/" + id).raw
			receipt, keys := file("receipt.json", download), file("yuefu-keys.json", st.get("/.well-known/yuefu-keys.json").raw)
			text := file("text.json", st.get("/v1/texts/"+list.text("data.0.document.hash")).raw)
			head, state := file("head.json", st.get("/v1/transparency/head").raw), filepath.Join(folder, "state.json")

			audit := func(url string) (string, int) {
				out, diagnostics, code := run(t, "receipt", "audit", "--url", url, "--state", state)
				return out + diagnostics, code
			}
			if said, code := audit(s.url); code != 0 || !strings.Contains(said, "first visit") {
				t.Errorf("the first audit: %d\n%s", code, said)
			}
			st.checkout(12345, "flat6", "mall", "o-1")
			st.get("/v1/accounts/" + st.account + "/receipts") // the tree has it now
			if said, code := audit(s.url); code != 0 || !strings.Contains(said, "Nothing was altered or dropped") {
				t.Errorf("the second audit: %d\n%s", code, said)
			}
			s.stop()
			verify(t, dsn)

			// No server is needed to check what was kept.
			must(t, "receipt", "verify", receipt, "--key", strings.TrimSpace(public))
			out := must(t, "receipt", "verify", receipt, "--key", keys, "--text", text, "--head", head)
			for _, said := range []string{"anna", "nothing was ticked beforehand", "read for 8 seconds, in Chinese", id, "passed every check"} {
				if !strings.Contains(out, said) {
					t.Errorf("verify does not say %q:\n%s", said, out)
				}
			}
			for name, c := range map[string]struct {
				arguments []string
				says      string
			}{
				"no key":     {[]string{receipt}, "who signed is not proven"},
				"altered":    {[]string{file("altered.json", strings.Replace(download, "tap_agree", "tap_other", 1)), "--key", keys}, "the receipt is not in the tree"},
				"not a file": {[]string{file("letter.json", "Dear lender"), "--key", keys}, "it is no receipt"},
				"other keys": {[]string{receipt, "--key", file("other.json", `{"keys":[]}`)}, "there is no public key in it"},
				"other text": {[]string{receipt, "--key", keys, "--text", file("other.md", "something else")}, "not the words that were agreed to"},
			} {
				out, diagnostics, code := run(t, append([]string{"receipt", "verify"}, c.arguments...)...)
				if code != 1 || !strings.Contains(out+diagnostics, c.says) {
					t.Errorf("%s: exit code %d, and not %q:\n%s%s", name, code, c.says, out, diagnostics)
				}
			}

			// A lender who begins anew with the same key is found out.
			second := serve(t, store.make(t), "--signing-key", signing, "--vault-key", vault)
			again := &story{caller: second.caller(second.key("shop", "platform"))}
			for _, customer := range []string{"ben", "cara"} {
				account := again.post("/v1/applications", "%s", again.application(customer, grownUp, nil)).text("account")
				again.get("/v1/accounts/" + account + "/receipts")
			}
			if said, code := audit(second.url); code != 1 || !strings.Contains(said, "History was rewritten") {
				t.Errorf("the audit of another history: %d\n%s", code, said)
			}
			evidence, err := os.ReadFile(state + ".evidence")
			if err != nil || strings.Count(string(evidence), "— pay.example.com/consents ") != 2 {
				t.Errorf("the evidence is %q, %v", evidence, err)
			}
		})
	}
}
