package receipt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/consent/receipt"
)

// Between all pairs of sizes up to a hundred a proof holds, and none holds for a tree
// in which one leaf is another.
func TestATreeGrowsFromEverySizeToEveryOther(t *testing.T) {
	own, forged := &tree{signer: signer(t)}, &tree{}
	forged.signer = own.signer
	for i := range 100 {
		leaf := tlog.RecordHash([]byte{byte(i)})
		own.add(t, leaf)
		if i == 0 {
			leaf = tlog.RecordHash(nil)
		}
		forged.add(t, leaf)
	}
	for to := int64(0); to <= 100; to++ {
		after := own.head(t, to)
		for from := int64(0); from <= to; from++ {
			var proof, wrong []tlog.Hash
			if from > 0 && from < to {
				p, err := tlog.ProveTree(to, from, own)
				if err != nil {
					t.Fatal(err)
				}
				q, err := tlog.ProveTree(to, from, forged)
				if err != nil {
					t.Fatal(err)
				}
				proof, wrong = p, q
			}
			if err := receipt.Grew(own.head(t, from), after, proof); err != nil {
				t.Fatalf("from %d to %d: %v", from, to, err)
			}
			if from == 0 {
				continue
			}
			for _, p := range [][]tlog.Hash{proof, wrong} {
				if receipt.Grew(forged.head(t, from), after, p) == nil {
					t.Fatalf("a forged tree of %d became %d", from, to)
				}
			}
			if from < to && receipt.Grew(after, own.head(t, from), proof) == nil {
				t.Fatalf("from %d to %d leaves", to, from)
			}
		}
	}
}

func TestHeadsOfTwoTreesAreNotOneTree(t *testing.T) {
	one := &tree{signer: signer(t)}
	h := one.head(t, 0)
	h.Origin = "elsewhere"
	if receipt.Grew(h, one.head(t, 0), nil) == nil {
		t.Error("two origins are one tree")
	}
}

func TestAHeadIsWrittenInOneWay(t *testing.T) {
	one := &tree{signer: signer(t)}
	good := one.head(t, 0).String()
	if _, err := receipt.ParseHead(good); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "\n", strings.Replace(good, "\n0\n", "\n00\n", 1), strings.Replace(good, "\n0\n", "\n-1\n", 1), strings.Replace(good, "\n0\n", "\n+0\n", 1),
		good + "more\n", strings.TrimSuffix(good, "\n"), "\n0\n" + strings.SplitN(good, "\n", 3)[2]} {
		if _, err := receipt.ParseHead(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestKeys(t *testing.T) {
	private, err := receipt.NewKey("pay.example.com/consents")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(private+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one, err := receipt.ReadKey(private)
	if err != nil {
		t.Fatal(err)
	}
	two, err := receipt.ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if one.Public != two.Public || one.Name() != "pay.example.com/consents" {
		t.Errorf("%s and %s", one.Public, two.Public)
	}
	key, err := receipt.Published(one.Public, time.Unix(0, 0), true)
	if err != nil || len(key.PublicKey) != 32 {
		t.Fatalf("%v, %v", key, err)
	}
	tree := &tree{signer: two}
	signed := tree.sign(t, tree.head(t, 0))
	if _, by, err := receipt.OpenHead(signed, public(t, one)...); err != nil || by.KeyHash() != one.KeyHash() {
		t.Errorf("opened by %v: %v", by, err)
	}
	for _, name := range []string{"", "two words", "one+two"} {
		if _, err := receipt.NewKey(name); err == nil {
			t.Errorf("a key is called %q", name)
		}
	}
	for _, bad := range []string{"PRIVATE+KEY+x", strings.Replace(private, "example", "example2", 1), filepath.Join(t.TempDir(), "none")} {
		_, err := receipt.ReadKey(bad)
		if err == nil {
			t.Errorf("%q was read", bad)
		} else if secret := private[len(private)-20:]; strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
	for _, bad := range []string{"", "{}", "x+y+z", `{"keys":[{"use":"other","verifier":"` + one.Public + `"}]}`} {
		if _, err := receipt.ReadVerifiers(bad); err == nil {
			t.Errorf("%q has a key", bad)
		}
	}
	if list, err := receipt.ReadVerifiers(`{"keys":[{"use":"consent_receipts","verifier":"` + one.Public + `"}]}`); err != nil || len(list) != 1 {
		t.Errorf("%d keys, %v", len(list), err)
	}
}
