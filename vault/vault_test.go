package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/vault"
)

func TestKeepReadAndMask(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.kept(t, "u-1")
		if again := w.kept(t, "u-1"); again.ID != first.ID || !again.Adult || again.Masked.Name == ada.Name {
			t.Errorf("the same again: %+v", again)
		}
		other := ada
		other.Phone = "+8612000000001"
		if _, err := w.vault.Agree(ctx, "shop", "u-1", other); !errors.Is(err, vault.ErrDiffers) {
			t.Errorf("another phone by an application: %v", err)
		}
		if k, err := w.vault.Put(ctx, "shop", "u-1", other); err != nil || k.ID != first.ID {
			t.Errorf("another phone by the customer: %v", err)
		}
		if phone, err := w.vault.Phone(ctx, "shop", "u-1", vault.Notice); err != nil || phone != other.Phone {
			t.Errorf("phone %q, %v", phone, err)
		}
		_, p, err := w.vault.Read(ctx, "shop", "u-1", "key_1", vault.Export)
		if err != nil || p != other {
			t.Errorf("read: %v", err)
		}
		readings, err := w.vault.Readings(ctx, "shop", "u-1", 0)
		if err != nil || len(readings) != 2 || readings[0].Purpose != vault.Notice || !slices.Equal(readings[0].Fields, []string{"phone"}) ||
			readings[1].Actor != "key_1" || len(readings[1].Fields) != 5 || readings[1].Person != first.ID {
			t.Errorf("readings: %+v, %v", readings, err)
		}
		for _, of := range [][2]string{{"shop", "u-2"}, {"other", "u-1"}} {
			if _, err := w.vault.Known(ctx, of[0], of[1]); !errors.Is(err, vault.ErrNoPerson) {
				t.Errorf("%v: %v", of, err)
			}
		}
	})
}

func TestFind(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.kept(t, "u-1")
		w.kept(t, "u-2")
		for _, by := range [][2]string{{ada.IdentityNumber, ""}, {"", ada.Phone}, {"", ada.Phone[3:]}} {
			if found, err := w.vault.Find(t.Context(), "shop", by[0], by[1]); err != nil || !slices.Equal(found, []string{"u-1", "u-2"}) {
				t.Errorf("%v, %v", found, err)
			}
			if found, err := w.vault.Find(t.Context(), "other", by[0], by[1]); err != nil || len(found) != 0 {
				t.Errorf("another platform finds %v, %v", found, err)
			}
		}
	})
}

// Nothing in the table is clear, and nothing opens in another place than its own.
func TestCiphertextIsBound(t *testing.T) {
	for _, moved := range []string{
		`UPDATE person SET name = phone WHERE customer = 'u-1'`,
		`UPDATE person SET name = (SELECT name FROM person WHERE customer = 'u-2') WHERE customer = 'u-1'`,
		`UPDATE person SET wrapped_key = (SELECT wrapped_key FROM person WHERE customer = 'u-2') WHERE customer = 'u-1'`,
	} {
		onBoth(t, func(t *testing.T, w *world) {
			w.kept(t, "u-1")
			w.kept(t, "u-2")
			var name, phone []byte
			if err := w.db.Reader().QueryRow(`SELECT name, phone FROM person WHERE customer = 'u-1'`).Scan(&name, &phone); err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(name, []byte(ada.Name)) || bytes.Contains(phone, []byte(ada.Phone[3:])) {
				t.Error("a field is in clear")
			}
			if _, _, err := w.vault.Read(t.Context(), "shop", "u-1", "x", vault.Export); err != nil {
				t.Fatal(err)
			}
			w.run(t, moved)
			if _, _, err := w.vault.Read(t.Context(), "shop", "u-1", "x", vault.Export); err == nil {
				t.Errorf("opens after %s", moved)
			}
		})
	}
}

func TestWrongKeyIsSaidAtStart(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.kept(t, "u-1")
		w.newKey(t)
		if _, err := vault.Open(t.Context(), w.db, w.options()); !errors.Is(err, vault.ErrWrongKey) {
			t.Errorf("opens with another key: %v", err)
		}
		if _, err := vault.Open(t.Context(), w.db, vault.Options{}); !errors.Is(err, vault.ErrWithoutKey) {
			t.Errorf("opens without a key: %v", err)
		}
	})
}

func TestRotation(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for i := range 5 {
			w.kept(t, fmt.Sprint("u-", i))
		}
		secrets, err := w.vault.Secrets(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := secrets.Seal([]byte("whsec_1"), []byte("a/b"))
		if err != nil || strings.Contains(string(sealed), "whsec") {
			t.Fatalf("%q, %v", sealed, err)
		}
		old := w.master.Load()
		rotated, err := old.Rotated()
		if err != nil {
			t.Fatal(err)
		}
		newest, err := rotated.Newest()
		if err != nil || newest.Keys() != 1 || rotated.Keys() != 2 {
			t.Fatal(rotated.Keys(), err)
		}
		if err := vault.Opens(ctx, w.db, newest); !errors.Is(err, vault.ErrWrongKey) {
			t.Errorf("the new key alone opens what it did not encrypt: %v", err)
		}
		w.master.Store(rotated) // the file was replaced; the server has not looked since
		var seen []int
		if err := vault.Rewrap(ctx, w.db, rotated, func(done, of int) { seen = append(seen, done, of) }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(seen, []int{5, 5}) {
			t.Error("progress", seen)
		}
		if k, err := w.vault.Known(ctx, "shop", "u-3"); err != nil || k.Masked.Phone == "" {
			t.Errorf("a running server reads on: %v", err)
		}
		if err := vault.Opens(ctx, w.db, newest); err != nil {
			t.Errorf("the old key is still needed: %v", err)
		}
		if err := vault.Opens(ctx, w.db, old); !errors.Is(err, vault.ErrWrongKey) {
			t.Errorf("the old key still opens something: %v", err)
		}
		w.master.Store(newest)
		again, err := vault.Open(ctx, w.db, w.options())
		if err != nil {
			t.Fatal(err)
		}
		if found, err := again.Find(ctx, "shop", ada.IdentityNumber, ""); err != nil || len(found) != 5 {
			t.Errorf("found after rotation: %v, %v", found, err)
		}
		if secrets, err = again.Secrets(ctx); err != nil {
			t.Fatal(err)
		}
		if plain, err := secrets.Open(sealed, []byte("a/b")); err != nil || string(plain) != "whsec_1" {
			t.Errorf("a secret after rotation: %q, %v", plain, err)
		}
		if _, err := secrets.Open(sealed, []byte("a/c")); !errors.Is(err, vault.ErrWrongKey) {
			t.Errorf("a secret that was copied elsewhere opens: %v", err)
		}
	})
}
