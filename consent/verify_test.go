package consent_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

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
		runs := w.runs(t)
		if len(runs) < 3 {
			t.Fatalf("only %d runs", len(runs))
		}
		one, last := runs[1], runs[len(runs)-1]
		if len(one.entries) < 2 || len(one.hashes) < 5*32 {
			t.Fatalf("run 1 has only %v", one.entries)
		}
		// entry makes a run's n-th entry another one.
		entry := func(r row, n int, position, leaves int64) func(t *testing.T) {
			return func(t *testing.T) {
				p, l := r.entries[n].Fields()
				r.entries = append([]consent.Counted(nil), r.entries...)
				r.entries[n] = consent.CountedOf(p+position, l+leaves)
				w.keep(t, r)
			}
		}
		hashes := func(r row, change func([]byte) []byte) func(t *testing.T) {
			return func(t *testing.T) { r.hashes = change(bytes.Clone(r.hashes)); w.keep(t, r) }
		}
		// inner is the place of a hash of leaves that is in run 1.
		inner, leaf := int64(-1), int64(-1)
		for place := one.place; place < one.place+int64(len(one.hashes)/32); place++ {
			switch level, _ := tlog.SplitStoredHashIndex(place); {
			case level > 0 && inner < 0:
				inner = place
			case level == 0 && leaf < 0:
				leaf = place
			}
		}
		if inner < 0 || leaf < 0 {
			t.Fatal("run 1 has not both a leaf and a hash of leaves")
		}
		alter := func(place int64) func([]byte) []byte {
			return func(b []byte) []byte { b[(place-one.place)*32]++; return b }
		}
		sql := func(statement string) func(t *testing.T) {
			return func(t *testing.T) { w.write(t, statement) }
		}
		at := func(r row) string { return fmt.Sprint(" WHERE place = ", r.place) }
		for name, c := range map[string]struct {
			plant func(t *testing.T)
			says  string
		}{
			"a leaf is of another entry":     {entry(one, len(one.entries)-1, 100_000, 0), "is no leaf"},
			"a leaf is added":                {entry(last, len(last.entries)-1, 0, 1), "the log has no consent number"},
			"a leaf is added to the list":    {entry(last, len(last.entries)-1, 0, 1), "19 leaves are listed"},
			"a leaf is dropped":              {entry(one, 0, 0, -1), "its consent number 2 is no leaf"},
			"leaves are another partition's": {sql(`UPDATE consent_run SET partition = partition + 1000` + at(one)), "is no leaf"},
			"a run is dropped":               {sql(`DELETE FROM consent_run` + at(one)), fmt.Sprintf("hash %d is missing", one.place)},
			"a run is dropped of the list":   {sql(`DELETE FROM consent_run` + at(one)), "is no leaf"},
			"a run begins elsewhere":         {sql(`UPDATE consent_run SET first = first + 1` + at(one)), "begins with leaf"},
			"a run can't be read":            {sql(`UPDATE consent_run SET entries = ` + w.blob([]byte{255}) + at(one)), "it can't be read which entries its run is of"},
			"a leaf's hash is altered":       {hashes(one, alter(leaf)), "its hash is not that of the receipt"},
			"leaves change places": {hashes(one, func(b []byte) []byte {
				second := standing(one.first+1) - one.place
				return append(append(append(bytes.Clone(b[32*second:32*second+32]), b[32:32*second]...), b[:32]...), b[32*second+32:]...)
			}), "its hash is not that of the receipt"},
			"an inner hash is altered": {hashes(one, alter(inner)), "is not that of what is below it"},
			"a hash is cut off":        {hashes(one, func(b []byte) []byte { return b[:len(b)-1] }), fmt.Sprintf("hash %d is missing or damaged", one.place+int64(len(one.hashes)/32)-1)},
			"a hash is dropped":        {hashes(one, func(b []byte) []byte { return b[:len(b)-32] }), "is missing or damaged"},
			"a hash is added":          {hashes(last, func(b []byte) []byte { return append(b, b[:32]...) }), "beyond the tree's size"},
			"another root":             {sql(`UPDATE consent_tree SET root = ` + w.blob(bytes.Repeat([]byte{170}, 32))), "its root is not the hash of its leaves"},
			"another size":             {sql(`UPDATE consent_tree SET size = size - 1`), "its size is 17, and 18 leaves are listed"},
			"a consent is rewritten": {
				sql(`UPDATE log_entry SET events = ` + replaced(w.db.Dialect) + ` WHERE name = 'apply'`), "its hash is not that of the receipt that the log makes",
			},
		} {
			t.Run(name, func(t *testing.T) {
				for _, table := range []string{"consent_run", "consent_tree"} {
					w.write(t, `CREATE TABLE kept_`+table+` AS SELECT * FROM `+table)
				}
				w.write(t, `CREATE TABLE kept AS SELECT partition, position, events FROM log_entry`)
				c.plant(t)
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
				for _, table := range []string{"consent_run", "consent_tree"} {
					statements(t, w, `DELETE FROM `+table+`; INSERT INTO `+table+` SELECT * FROM kept_`+table+`; DROP TABLE kept_`+table)
				}
				statements(t, w, `UPDATE log_entry SET events = (SELECT k.events FROM kept k WHERE k.partition = log_entry.partition AND k.position = log_entry.position); DROP TABLE kept`)
				clean(t, tree)
			})
		}
	})
}

// row is a run as the table has it.
type row struct {
	place, first int64
	entries      []consent.Counted
	hashes       []byte
}

func (w *world) runs(t *testing.T) (list []row) {
	t.Helper()
	rows, err := w.db.Reader().QueryContext(t.Context(), `SELECT place, first, position, entries, hashes FROM consent_run ORDER BY place`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var position int64
		var entries []byte
		if err := rows.Scan(&r.place, &r.first, &position, &entries, &r.hashes); err != nil {
			t.Fatal(err)
		}
		if r.entries, err = consent.Unpack(position, entries); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// keep writes a run's entries and hashes.
func (w *world) keep(t *testing.T, r row) {
	t.Helper()
	position, _ := r.entries[0].Fields()
	w.write(t, fmt.Sprintf(`UPDATE consent_run SET position = %d, entries = %s, hashes = %s WHERE place = %d`, position, w.blob(consent.Pack(r.entries)), w.blob(r.hashes), r.place))
}

// blob is bytes as a statement has them.
func (w *world) blob(b []byte) string {
	if w.db.Dialect == database.PostgreSQL {
		return fmt.Sprintf(`'\x%x'::bytea`, b)
	}
	return fmt.Sprintf(`X'%x'`, b)
}

func standing(leaf int64) int64 { return tlog.StoredHashIndex(0, leaf) }

// What a row says of its entries comes back, and what is damaged is no list.
func TestEntriesArePacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		position := rapid.Int64Range(1, 1<<40).Draw(t, "first")
		first, want := position, []consent.Counted(nil)
		for _, step := range rapid.SliceOfN(rapid.Int64Range(1, 1<<20), 1, 50).Draw(t, "steps") {
			want = append(want, consent.CountedOf(position, 1+step%9))
			position += step
		}
		packed := consent.Pack(want)
		got, err := consent.Unpack(first, packed)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
		cut := rapid.IntRange(0, len(packed)-1).Draw(t, "cut")
		if got, err := consent.Unpack(first, packed[:cut]); err == nil && (len(got) >= len(want) || len(got) == 0) {
			t.Fatalf("cut to %d of %d bytes it is %v", cut, len(packed), got)
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
		// The hash of the first eight leaves: the root is made of it.
		altered := false
		for _, r := range w.runs(t) {
			if at := (14 - r.place) * 32; at >= 0 && at < int64(len(r.hashes)) {
				r.hashes[at]++
				w.keep(t, r)
				altered = true
			}
		}
		if !altered {
			t.Fatal("there is no hash 14")
		}
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
