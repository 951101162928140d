package catalogue_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
)

// onBoth runs a test on a new SQLite file and a new PostgreSQL database.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "yuefu.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.NewWith(t, pgtest.Options{NoSync: true})) })
}

// server opens the catalogue as one server of an installation would.
func server(t testing.TB, dsn string, now func() time.Time) (*catalogue.Catalogue, *database.DB) {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Sandbox: true, Start: "2026-01-01T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := catalogue.Open(t.Context(), db, now)
	if err != nil {
		t.Fatal(err)
	}
	return c, db
}

// shop is a platform with a key and the sample programme, active.
func shop(t testing.TB, c *catalogue.Catalogue, id string) (secret string, key catalogue.Key) {
	t.Helper()
	ctx := t.Context()
	if _, err := c.CreatePlatform(ctx, catalogue.Installation, id, "A shop"); err != nil {
		t.Fatal(err)
	}
	key, secret, err := c.CreateKey(ctx, catalogue.Installation, id, catalogue.PlatformRole)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.CreateProgramme(ctx, key.ID, id, catalogue.SampleID, catalogue.Sample())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Activate(ctx, key.ID, id, catalogue.SampleID, v.Number); err != nil {
		t.Fatal(err)
	}
	return secret, key
}

func notFound(err error) bool {
	var refusal *credit.Error
	return errors.As(err, &refusal) && refusal.Kind == credit.NotFound
}

func TestKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, time.Now)
		secret, key := shop(t, c, "shop")
		if caller, ok := c.Authenticate([]byte(secret)); !ok || caller != (catalogue.Caller{Platform: "shop", Role: catalogue.PlatformRole, KeyID: key.ID}) {
			t.Errorf("%v, %v", caller, ok)
		}
		if err := c.RevokeKey(ctx, "x", "another", key.ID); !notFound(err) {
			t.Errorf("another platform's key: %v", err)
		}
		if err := c.RevokeKey(ctx, key.ID, "shop", key.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Authenticate([]byte(secret)); ok {
			t.Error("a revoked key works")
		}
	})
}
