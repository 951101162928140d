package receipt_test

import (
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/consent/receipt"
)

// grown is a tree of n leaves; one of them is another where altered is at least 0.
func grown(tb testing.TB, by *receipt.Signer, n, altered int) *tree {
	tb.Helper()
	t := &tree{signer: by}
	for i := range n {
		leaf := tlog.RecordHash([]byte{byte(i)})
		if i == altered {
			leaf = tlog.RecordHash(nil)
		}
		t.add(tb, leaf)
	}
	return t
}

// prove answers as an honest server of the tree does.
func (t *tree) prove(tb testing.TB) func(from, to int64) ([]tlog.Hash, string, error) {
	return func(from, to int64) ([]tlog.Hash, string, error) {
		proof, err := tlog.ProveTree(to, from, t)
		return proof, t.sign(tb, t.head(tb, to)), err
	}
}

func TestAnAuditorSeesWhatWasDone(t *testing.T) {
	own, stranger := signer(t), signer(t)
	first := grown(t, own, 20, -1)
	for name, c := range map[string]struct {
		now     *tree
		size    int64
		rewrote bool
		fails   bool
	}{
		"nothing happened":             {now: grown(t, own, 20, -1), size: 20},
		"it grew":                      {now: grown(t, own, 33, -1), size: 33},
		"a leaf was altered":           {now: grown(t, own, 20, 7), size: 20, rewrote: true},
		"a leaf was altered, it grew":  {now: grown(t, own, 33, 7), size: 33, rewrote: true},
		"something was taken away":     {now: grown(t, own, 19, -1), size: 19, rewrote: true},
		"everything was taken away":    {now: grown(t, own, 0, -1), size: 0, rewrote: true},
		"somebody else signs":          {now: grown(t, stranger, 33, -1), size: 33, fails: true},
		"a later leaf was never there": {now: grown(t, own, 33, 25), size: 33},
	} {
		t.Run(name, func(t *testing.T) {
			state := &receipt.State{}
			state.Trust(own.Public)
			if _, _, err := state.Visit(first.sign(t, first.head(t, 20)), first.prove(t)); err != nil {
				t.Fatal(err)
			}
			b, err := state.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if state, err = receipt.ParseState(b); err != nil {
				t.Fatal(err)
			}
			remembered := state.TreeHead
			before, after, err := state.Visit(c.now.sign(t, c.now.head(t, c.size)), c.now.prove(t))
			if errors.Is(err, receipt.ErrRewritten) != c.rewrote || (err != nil) != (c.rewrote || c.fails) {
				t.Errorf("from %d to %d: %v", before.Size, after.Size, err)
			}
			if err != nil && state.TreeHead != remembered {
				t.Error("what does not hold is remembered")
			}
			if err == nil && after.Size != c.size {
				t.Errorf("the tree has %d leaves", after.Size)
			}
		})
	}
}

// A server that signs two trees of one size shows one of them in the head, and the other in the proof.
func TestAnAuditorSeesTwoTrees(t *testing.T) {
	own := signer(t)
	first, one, two := grown(t, own, 20, -1), grown(t, own, 33, 25), grown(t, own, 33, -1)
	state := &receipt.State{}
	state.Trust(own.Public, own.Public)
	if len(state.Keys) != 1 {
		t.Errorf("%d keys", len(state.Keys))
	}
	if _, _, err := state.Visit(first.sign(t, first.head(t, 20)), nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := state.Visit(one.sign(t, one.head(t, 33)), two.prove(t)); !errors.Is(err, receipt.ErrRewritten) {
		t.Errorf("two trees: %v", err)
	}
	broken := errors.New("no answer")
	_, _, err := state.Visit(one.sign(t, one.head(t, 33)), func(int64, int64) ([]tlog.Hash, string, error) { return nil, "", broken })
	if !errors.Is(err, broken) || errors.Is(err, receipt.ErrRewritten) {
		t.Errorf("no answer is %v", err)
	}
}

// A new key of the same name is trusted once somebody says so.
func TestAnAuditorLearnsANewKey(t *testing.T) {
	before, after := signer(t), signer(t)
	state := &receipt.State{}
	state.Trust(before.Public)
	one, two := grown(t, before, 5, -1), grown(t, after, 6, -1)
	if _, _, err := state.Visit(one.sign(t, one.head(t, 5)), one.prove(t)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := state.Visit(two.sign(t, two.head(t, 6)), two.prove(t)); err == nil {
		t.Error("a key that nobody named is trusted")
	}
	state.Trust(after.Public)
	if _, _, err := state.Visit(two.sign(t, two.head(t, 6)), two.prove(t)); err != nil {
		t.Error(err)
	}
}

func TestAStateIsReadToTheLastMember(t *testing.T) {
	for _, bad := range []string{"", "[]", `{"tree_head":"","keys":[],"more":1}`, `{"tree_head":"","tree_head":"x"}`} {
		if _, err := receipt.ParseState([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	state, err := receipt.ParseState([]byte(`{"tree_head":"","keys":["no key"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := state.Visit("", nil); err == nil {
		t.Error("no key is trusted")
	}
}
