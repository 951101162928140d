package vault_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/vault"
)

func TestErasure(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if _, err := w.vault.Erase(ctx, "shop", "u-1", today); !errors.Is(err, vault.ErrNoPerson) {
			t.Error(err)
		}
		first := w.kept(t, "u-1")
		w.kept(t, "u-2")
		left := func() (n int) {
			const query = `SELECT COUNT(wrapped_key) + COUNT(name) + COUNT(identity_number) + COUNT(phone) + COUNT(address) + COUNT(email) +
				COUNT(identity_hash) + COUNT(phone_hash) FROM person WHERE id = $1`
			if err := w.db.Reader().QueryRow(query, first.ID).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if left() != 8 {
			t.Fatal("not all is there to be erased")
		}
		e, err := w.vault.Erase(ctx, "shop", "u-1", today)
		if err != nil || e.Person != first.ID || e.Erased.IsZero() {
			t.Fatal(e, err)
		}
		if n := left(); n != 0 {
			t.Errorf("%d columns are left", n)
		}
		if again, err := w.vault.Erase(ctx, "shop", "u-1", today); err != nil || !again.Erased.Equal(e.Erased) {
			t.Errorf("twice: %+v, %v", again, err)
		}
		if _, err := w.vault.Phone(ctx, "shop", "u-1", vault.Notice); !errors.Is(err, vault.ErrNoPerson) {
			t.Error(err)
		}
		if found, err := w.vault.Find(ctx, "shop", ada.IdentityNumber, ""); err != nil || !slices.Equal(found, []string{"u-2"}) {
			t.Errorf("found %v, %v", found, err)
		}
		if back := w.kept(t, "u-1"); back.ID == first.ID {
			t.Error("who comes back is the same person as before")
		}
	})
}

// The law may want identity kept for years: the day before, the day, and the day again.
func TestErasureThatWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.kept(t, "u-1")
		w.kept(t, "u-2")
		for _, customer := range []string{"u-1", "u-2"} {
			if e, err := w.vault.Erase(ctx, "shop", customer, today+30); err != nil || !e.Erased.IsZero() || e.EraseOn != today+30 {
				t.Fatal(e, err)
			}
		}
		w.day.Store(int64(today + 7))
		if _, err := w.vault.Phone(ctx, "shop", "u-1", vault.Notice); err != nil {
			t.Errorf("the last word: %v", err)
		}
		w.day.Store(int64(today + 8))
		if _, err := w.vault.Phone(ctx, "shop", "u-1", vault.Notice); !errors.Is(err, vault.ErrRestricted) {
			t.Errorf("written to after they left: %v", err)
		}
		if _, _, err := w.vault.Read(ctx, "shop", "u-1", "k", vault.Export); err != nil {
			t.Errorf("their own copy: %v", err)
		}
		if _, err := w.vault.Claim(ctx, "shop", "default", "u-2", "acc_2"); err != nil { // comes back
			t.Fatal(err)
		}
		w.kept(t, "u-3") // comes back unseen: as if its claim had come before the date was set
		if _, err := w.vault.Claim(ctx, "shop", "another", "u-3", "acc_3"); err != nil {
			t.Fatal(err)
		}
		w.hold("acc_3", true)
		err := w.db.Write(ctx, func(tx *sql.Tx) error { return vault.Left(ctx, tx, "shop", "u-3", today, today+30) })
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range []int{0, 1, 0} {
			w.day.Store(int64(today) + 29 + int64(day))
			if n, err := w.vault.EraseDue(ctx); n != want || err != nil {
				t.Errorf("day %d: %d erased, %v", day, n, err)
			}
		}
		if _, err := w.vault.Known(ctx, "shop", "u-1"); !errors.Is(err, vault.ErrNoPerson) {
			t.Error(err)
		}
		if _, err := w.vault.Known(ctx, "shop", "u-2"); err != nil {
			t.Error("who came back is gone:", err)
		}
		if k, err := w.vault.Known(ctx, "shop", "u-3"); err != nil || k.EraseOn != 0 {
			t.Errorf("who has an account is gone, or to go: %v, %v", k.EraseOn, err)
		}
	})
}
