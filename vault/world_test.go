package vault_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/vault"
)

// world is an installation's persons, and what the log would say of its accounts.
type world struct {
	db     *database.DB
	vault  *vault.Vault
	master atomic.Pointer[vault.Master]
	day    atomic.Int64
	clock  atomic.Int64

	mutex sync.Mutex
	holds map[credit.ID]bool
}

func (w *world) options() vault.Options {
	return vault.Options{
		Key:    func() (*vault.Master, error) { return w.master.Load(), nil },
		MadeUp: true,
		Now:    func() time.Time { return time.UnixMicro(w.clock.Load()) },
		Today:  func() calendar.Date { return calendar.Date(w.day.Load()) },
		Holds: func(_ context.Context, _ string, account credit.ID) (bool, error) {
			w.mutex.Lock()
			defer w.mutex.Unlock()
			return w.holds[account], nil
		},
	}
}

func (w *world) hold(account credit.ID, holds bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.holds[account] = holds
}

// onBoth runs a test on a new SQLite file and a new PostgreSQL database.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	start := func(t *testing.T, dsn string) {
		db, err := database.Open(t.Context(), dsn, database.Options{Sandbox: true, Start: "2026-03-10T00:00:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		w := &world{db: db, holds: map[credit.ID]bool{}}
		w.day.Store(int64(today))
		w.clock.Store(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC).UnixMicro())
		w.newKey(t)
		if w.vault, err = vault.Open(t.Context(), db, w.options()); err != nil {
			t.Fatal(err)
		}
		test(t, w)
	}
	t.Run("sqlite", func(t *testing.T) { start(t, filepath.Join(t.TempDir(), "yuefu.db")) })
	t.Run("postgres", func(t *testing.T) { start(t, pgtest.NewWith(t, pgtest.Options{NoSync: true})) })
}

func (w *world) newKey(t *testing.T) {
	t.Helper()
	m, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	w.master.Store(m)
}

// kept puts ada into the vault as a customer, checked.
func (w *world) kept(t *testing.T, customer string) vault.Known {
	t.Helper()
	p, found := w.vault.Check(ada)
	if len(found) != 0 {
		t.Fatal(found)
	}
	k, err := w.vault.Agree(t.Context(), "shop", customer, p)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (w *world) run(t *testing.T, statement string) {
	t.Helper()
	err := w.db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.ExecContext(t.Context(), statement); return err })
	if err != nil {
		t.Fatal(err)
	}
}
