package consent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/database"
)

// What is planted is found, and said of the right place.
func TestWhatIsPlantedIsFound(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.crowd(t, 6) // 18 leaves
		tree := w.tree(t)
		clean(t, tree)
		blob := func(letter string) string {
			if w.db.Dialect == database.PostgreSQL {
				return `'\x` + strings.Repeat(letter, 64) + `'`
			}
			return `X'` + strings.Repeat(letter, 64) + `'`
		}
		for name, c := range map[string]struct{ plant, mend, says string }{
			"a leaf is dropped": {
				`UPDATE consent_leaf SET position = position + 100000 WHERE leaf = 4`, `UPDATE consent_leaf SET position = position - 100000 WHERE leaf = 4`, "is no leaf",
			},
			"a leaf is added": {
				`INSERT INTO consent_leaf (leaf, partition, position, number, account) SELECT 18, partition, position, 9, account FROM consent_leaf WHERE leaf = 4`,
				`DELETE FROM consent_leaf WHERE leaf = 18`, "the log has no consent number 9",
			},
			"a consent stands twice": {
				`INSERT INTO consent_leaf (leaf, partition, position, number, account) SELECT 18, partition, position + 1, number, account FROM consent_leaf WHERE leaf = 4`,
				`DELETE FROM consent_leaf WHERE leaf = 18`, "leaves are listed, from 0 to 18",
			},
			"two leaves change places": {
				`UPDATE consent_leaf SET number = CASE number WHEN 1 THEN 2 ELSE 1 END + 100 WHERE leaf IN (0, 1)`,
				`UPDATE consent_leaf SET number = CASE number WHEN 102 THEN 1 ELSE 2 END WHERE leaf IN (0, 1)`, "is no leaf",
			},
			"a leaf is somebody else's": {
				`UPDATE consent_leaf SET account = 'acc_0' WHERE leaf = 3`, `UPDATE consent_leaf SET account = (SELECT account FROM consent_leaf WHERE leaf = 4) WHERE leaf = 3`, "it is listed for acc_0",
			},
			"a leaf's hash is altered": {
				`CREATE TABLE kept AS SELECT * FROM consent_hash; UPDATE consent_hash SET hash = ` + blob("a") + ` WHERE place = 3`, "", "its hash is not that of the receipt",
			},
			"an inner hash is altered": {
				`CREATE TABLE kept AS SELECT * FROM consent_hash; UPDATE consent_hash SET hash = ` + blob("a") + ` WHERE place = 2`, "", "is not that of what is below it",
			},
			"a hash is dropped": {
				`CREATE TABLE kept AS SELECT * FROM consent_hash; DELETE FROM consent_hash WHERE place = 5`, "", "hash 5 is missing",
			},
			"a hash is added": {
				`CREATE TABLE kept AS SELECT * FROM consent_hash; INSERT INTO consent_hash (place, hash) SELECT max(place) + 1, ` + blob("a") + ` FROM consent_hash`, "", "beyond the tree's size",
			},
			"another root": {
				`CREATE TABLE kept AS SELECT * FROM consent_tree; UPDATE consent_tree SET root = ` + blob("a"),
				`UPDATE consent_tree SET root = (SELECT root FROM kept); DROP TABLE kept`, "its root is not the hash of its leaves",
			},
			"another size": {
				`UPDATE consent_tree SET size = size - 1`, `UPDATE consent_tree SET size = size + 1`, "its size is 17, and 18 leaves are listed",
			},
			"a consent is rewritten": {
				`CREATE TABLE kept AS SELECT partition, position, events FROM log_entry;
				UPDATE log_entry SET events = ` + replaced(w.db.Dialect) + ` WHERE name = 'apply'`,
				`UPDATE log_entry SET events = (SELECT k.events FROM kept k WHERE k.partition = log_entry.partition AND k.position = log_entry.position); DROP TABLE kept`,
				"its hash is not that of the receipt that the log makes",
			},
		} {
			t.Run(name, func(t *testing.T) {
				statements(t, w, c.plant)
				report, err := tree.Verify(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				found := false
				for _, v := range report.Violations {
					found = found || strings.Contains(v.String(), c.says)
				}
				if !found {
					t.Errorf("not found: %v", report.Violations)
				}
				if c.mend == "" {
					c.mend = `DELETE FROM consent_hash; INSERT INTO consent_hash SELECT * FROM kept; DROP TABLE kept`
				}
				statements(t, w, c.mend)
				clean(t, tree)
			})
		}
	})
}

func statements(t *testing.T, w *world, list string) {
	t.Helper()
	for _, statement := range strings.Split(list, ";") {
		w.write(t, statement)
	}
}

// replaced is an entry's events with another act in them.
func replaced(dialect database.Dialect) string {
	if dialect == database.PostgreSQL {
		return `convert_to(replace(convert_from(events, 'UTF8'), 'tap_agree', 'tap_other'), 'UTF8')`
	}
	return `CAST(replace(CAST(events AS TEXT), 'tap_agree', 'tap_other') AS BLOB)`
}

// Nothing is added to a tree that somebody altered, and nothing of it is handed out.
func TestAnAlteredTreeDoesNotGrow(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.crowd(t, 3) // 9 leaves
		tree := w.tree(t)
		id, customer := account(0)
		list, err := tree.Receipts(t.Context(), id, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		other := `X'00'`
		if w.db.Dialect == database.PostgreSQL {
			other = `'\x00'`
		}
		// The hash of the first eight leaves: the root is made of it.
		w.write(t, `UPDATE consent_hash SET hash = `+other+` WHERE place = 14`)
		w.say(t, id, ordered(customer, 99))
		if err := follower(t, w.db, w.log, tree.Reader()).CatchUp(t.Context()); err == nil {
			t.Error("it grew")
		}
		if _, err := tree.File(t.Context(), list[0].ID, 8); err == nil {
			t.Error("a receipt of it is handed out")
		}
		report, err := tree.Verify(t.Context())
		if err != nil || report.Clean() {
			t.Errorf("it is clean: %v", err)
		}
	})
}

func TestWhoSigns(t *testing.T) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) {
			w := newWorld(t, dialect, false)
			tree := w.tree(t)
			if _, _, err := tree.Head(t.Context()); err == nil || tree.Signs() {
				t.Error("an installation without a key signs")
			}
			key := func(name string) *receipt.Signer {
				private, err := receipt.NewKey(name)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "key")
				if err := os.WriteFile(file, []byte(private), 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := receipt.ReadKey(file)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			first, second, stranger := key("pay.example.com/consents"), key("pay.example.com/consents"), key("elsewhere.example.com")
			if err := tree.SignWith(t.Context(), first, now); err != nil {
				t.Fatal(err)
			}
			_, old, err := tree.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			again, err := consent.Open(t.Context(), w.db, w.log)
			if err != nil {
				t.Fatal(err)
			}
			if err := again.SignWith(t.Context(), stranger, now); err == nil {
				t.Error("a key of another name signs")
			}
			if err := again.SignWith(t.Context(), second, now); err != nil {
				t.Fatal(err)
			}
			published, err := again.Keys(t.Context())
			if err != nil || len(published.Keys) != 2 {
				t.Fatalf("%d keys, %v", len(published.Keys), err)
			}
			for _, k := range published.Keys {
				if k.Current != (k.Verifier == second.Public) {
					t.Errorf("%s: current is %t", k.Verifier, k.Current)
				}
			}
			if _, _, err := receipt.OpenHead(old, keys(t, again).Keys...); err != nil {
				t.Errorf("what the first key signed does not hold any more: %v", err)
			}
		})
	}
}
