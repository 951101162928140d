package consent_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
)

// Every receipt that the tree hands out passes its own checks, with the published key.
func TestEachConsentGetsAReceiptThatCanBeChecked(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.crowd(t, 20)
		tree := w.tree(t)
		against := keys(t, tree)
		seen := 0
		for i := range 20 {
			id, customer := account(i)
			list, err := tree.Receipts(t.Context(), id, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 3 || list[0].Document.Name != "quote" || list[0].Subject.Currency != "CNY" || list[0].Subject.Amount != 12_345 || list[0].Document.Seals != receipt.SealsFigures ||
				list[1].Document.Name != "data_sharing" || list[2].Document.Name != "credit_agreement" || list[2].Document.Seals != receipt.SealsWords {
				t.Fatalf("%s has %+v", customer, list)
			}
			for _, kept := range list {
				if kept.Customer != customer {
					t.Errorf("%s is of %s", kept.ID, kept.Customer)
				}
				f, err := tree.File(t.Context(), kept.ID, -1)
				if err != nil {
					t.Fatal(err)
				}
				for _, finding := range f.Check(against) {
					if finding.Err != nil {
						t.Errorf("%s: %s: %v", kept.ID, finding.Check, finding.Err)
					}
				}
				if f.Inclusion.Index != kept.Leaf {
					t.Errorf("%s is leaf %d and %d", kept.ID, f.Inclusion.Index, kept.Leaf)
				}
				seen++
			}
			before, err := tree.Receipts(t.Context(), id, list[0].Leaf, 1)
			if err != nil || len(before) != 1 || before[0].ID != list[1].ID {
				t.Errorf("before %s comes %v, %v", list[0].ID, before, err)
			}
		}
		if head, _, err := tree.Head(t.Context()); err != nil || head.Size != int64(seen) || seen != 60 {
			t.Errorf("%d leaves, %d seen, %v", head.Size, seen, err)
		}
		for _, id := range []string{"rcp_", receipt.ID(credit.AccountID("shop", "yuefu", "nobody"), 1, 1), receipt.ID(credit.AccountID("shop", "yuefu", "u-1"), 999, 1)} {
			if _, err := tree.File(t.Context(), id, -1); !errors.Is(err, consent.ErrMissing) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

// Between all pairs of sizes up to a hundred the tree proves that it only grew.
func TestTheTreeProvesThatItOnlyGrew(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.crowd(t, 34)
		tree := w.tree(t)
		against := keys(t, tree)
		leaves, err := tree.Leaves(t.Context(), 0, 102)
		if err != nil {
			t.Fatal(err)
		}
		heads := make([]receipt.Head, 101)
		for size := range heads {
			heads[size] = receipt.Head{Root: rootOf(t, leaves[:size])}
		}
		for to := range int64(101) {
			for from := range to + 1 {
				if testing.Short() && (from*7+to)%5 != 0 {
					continue
				}
				after, signed, proof, err := tree.Consistency(t.Context(), from, to)
				if err != nil {
					t.Fatal(err)
				}
				opened, _, err := receipt.OpenHead(signed, against.Keys...)
				if err != nil || opened != after || after.Size != to || after.Root != heads[to].Root {
					t.Fatalf("the head of %d is %v, %v", to, opened, err)
				}
				before := receipt.Head{Origin: after.Origin, Size: from, Root: heads[from].Root}
				if err := receipt.Grew(before, after, proof); err != nil {
					t.Fatalf("from %d to %d: %v", from, to, err)
				}
			}
		}
		for _, sizes := range [][2]int64{{-1, 5}, {6, 5}, {1, 103}} {
			if _, _, _, err := tree.Consistency(t.Context(), sizes[0], sizes[1]); !errors.Is(err, consent.ErrNoTree) {
				t.Errorf("from %d to %d: %v", sizes[0], sizes[1], err)
			}
		}
		for _, sizes := range [][2]int64{{-1, 5}, {6, 5}, {1, 103}} {
			if _, err := tree.Leaves(t.Context(), sizes[0], sizes[1]); !errors.Is(err, consent.ErrNoTree) {
				t.Errorf("leaves from %d to %d: %v", sizes[0], sizes[1], err)
			}
		}
		// An earlier tree has the receipts that were in it, and no later ones.
		id, _ := account(0)
		list, err := tree.Receipts(t.Context(), id, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tree.File(t.Context(), list[0].ID, list[0].Leaf); !errors.Is(err, consent.ErrNoTree) {
			t.Errorf("a tree has the leaf that comes after it: %v", err)
		}
		f, err := tree.File(t.Context(), list[0].ID, list[0].Leaf+1)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range f.Check(against) {
			if finding.Err != nil {
				t.Errorf("%s: %v", finding.Check, finding.Err)
			}
		}
	})
}

// rootOf makes a tree in memory, as anybody can who has the leaves.
func rootOf(t *testing.T, leaves []tlog.Hash) tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(places))
		for i, place := range places {
			list[i] = stored[place]
		}
		return list, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(leaves)), read)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Two servers on one database make one tree, with each consent in it once.
func TestTwoServersMakeOneTree(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{}, 2)
		trees := make([]*consent.Tree, 2)
		for i := range trees {
			db, log := openAt(t, w.dsn, database.Options{})
			tree, err := consent.Open(ctx, db, log)
			if err != nil {
				t.Fatal(err)
			}
			if err := tree.SignWith(ctx, nil, now); err != nil {
				t.Fatal(err)
			}
			f := follower(t, db, log, tree.Reader())
			tree.Follow(f)
			trees[i] = tree
			go func() { f.Run(ctx); ended <- struct{}{} }()
		}
		w.crowd(t, 60)
		heads, err := w.log.Heads(t.Context(), w.log.Partitions())
		if err != nil {
			t.Fatal(err)
		}
		for _, head := range heads {
			for _, tree := range trees {
				if err := tree.WaitFor(t.Context(), head.Partition, head.Position); err != nil {
					t.Fatal(err)
				}
			}
		}
		stop()
		<-ended
		<-ended
		one, _, err := trees[0].Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		two, signed, err := trees[1].Head(t.Context())
		if err != nil || one != two || one.Size != 180 {
			t.Errorf("%v and %v, %v", one, two, err)
		}
		if _, _, err := receipt.OpenHead(signed, keys(t, trees[0]).Keys...); err != nil {
			t.Errorf("one server does not publish the other's key: %v", err)
		}
		clean(t, trees[0])
	})
}

func clean(t *testing.T, tree *consent.Tree) {
	t.Helper()
	report, err := tree.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range report.Violations {
		t.Error(v)
	}
}

// Whatever is killed between the leaves and the checkpoint, they come together or not at all.
func TestLeavesAndCheckpointComeTogether(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.crowd(t, 10)
		tree := w.tree(t)
		before, _, err := tree.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.crowd(t, 10)
		killed := errors.New("killed")
		inner := tree.Reader()
		lame := follow.Reader{Name: inner.Name, Take: func(ctx context.Context, entries []eventlog.Entry) (follow.Write, error) {
			write, err := inner.Take(ctx, entries)
			if write == nil || err != nil {
				return write, err
			}
			return func(ctx context.Context, tx *sql.Tx) error {
				if err := write(ctx, tx); err != nil {
					return err
				}
				return killed // after the leaves, before the commit
			}, nil
		}}
		for range 3 {
			if err := follower(t, w.db, w.log, lame).CatchUp(t.Context()); !errors.Is(err, killed) {
				t.Fatalf("catching up: %v", err)
			}
		}
		if after, _, err := tree.Head(t.Context()); err != nil || after != before {
			t.Errorf("the tree grew to %d without its checkpoint, %v", after.Size, err)
		}
		w.catchUp(t, tree)
		after, _, err := tree.Head(t.Context())
		if err != nil || after.Size != 60 {
			t.Errorf("%d leaves, %v", after.Size, err)
		}
		_, _, proof, err := tree.Consistency(t.Context(), before.Size, -1)
		if err == nil {
			err = receipt.Grew(before, after, proof)
		}
		if err != nil {
			t.Error(err)
		}
		clean(t, tree)
	})
}

// No event that keeps an agreement is forgotten: the durable forms of all events are
// looked through, each of which has something in every field.
func TestNoEventWithAnAgreementIsForgotten(t *testing.T) {
	files, err := filepath.Glob("../credit/wire/testdata/events/*.json")
	if err != nil || len(files) < len(wire.EventNames()) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	found := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		events, err := wire.DecodeEvents(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			kept := count(reflect.ValueOf(e))
			if kept == 0 {
				continue
			}
			found++
			id, _ := account(1)
			command, err := wire.EncodeCommand(credit.Authorise{})
			if err != nil {
				t.Fatal(err)
			}
			entry := eventlog.Entry{Partition: 1, Position: 7, Account: string(id), Name: "authorise", Command: command, Events: b}
			list, err := consent.Receipts([]byte("secret"), &entry)
			if err != nil {
				t.Fatal(err)
			}
			// Whoever is handed the events as values makes the same receipts.
			entry.Decoded = wire.Carry(events)
			handed, err := consent.Receipts([]byte("secret"), &entry)
			if err != nil || !reflect.DeepEqual(handed, list) {
				t.Errorf("%s handed over has the receipts %v, %v, not %v", e.Name(), handed, err, list)
			}
			if len(list) != kept {
				t.Errorf("%s keeps %d agreements, and has %d receipts", e.Name(), kept, len(list))
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d events with agreements: the test shows nothing", found)
	}
}

// count counts the agreements in a value.
func count(v reflect.Value) (n int) {
	if v.Type() == reflect.TypeFor[credit.Agreement]() {
		return 1
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n = count(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += count(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += count(v.Index(i))
		}
	}
	return n
}
