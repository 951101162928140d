package catalogue_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/catalogue"
)

func TestKeyLivesUntilItIsRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		c, _ := server(t, dsn, time.Now)
		secret, key := shop(t, c, "shop")
		if !regexp.MustCompile(`^yk_test_[0-9a-hjkmnp-tv-z]{52}$`).MatchString(secret) || !strings.HasPrefix(secret, key.Prefix) {
			t.Errorf("secret %s, prefix %s", secret, key.Prefix)
		}
		want := catalogue.Caller{Platform: "shop", Role: catalogue.PlatformRole, KeyID: key.ID}
		if caller, ok := c.Authenticate([]byte(secret)); !ok || caller != want {
			t.Errorf("%v, %v", caller, ok)
		}
		for _, wrong := range []string{"", "yk_test_", key.Prefix, secret[:len(secret)-1], secret + "0", strings.ToUpper(secret), strings.Repeat("x", 1000)} {
			if _, ok := c.Authenticate([]byte(wrong)); ok {
				t.Errorf("%q is let in", wrong)
			}
		}
		if err := c.RevokeKey(ctx, "x", "another", key.ID); !notFound(err) {
			t.Errorf("another platform's key: %v", err)
		}
		for range 2 { // the second time changes nothing
			if err := c.RevokeKey(ctx, key.ID, "shop", key.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := c.Authenticate([]byte(secret)); ok {
			t.Error("a revoked key is let in")
		}
		keys, err := c.Keys(ctx, "shop")
		if err != nil || len(keys) != 1 || keys[0].Revoked.IsZero() {
			t.Errorf("%v, %v", keys, err)
		}
	})
}

func TestKeyIsRefused(t *testing.T) {
	c, _ := server(t, t.TempDir()+"/yuefu.db", time.Now)
	if _, _, err := c.CreateKey(t.Context(), "x", "nobody", catalogue.PlatformRole); !notFound(err) {
		t.Errorf("no platform: %v", err)
	}
	if _, _, err := c.CreateKey(t.Context(), "x", "nobody", "god"); !errors.Is(err, catalogue.ErrInvalid) {
		t.Errorf("no role: %v", err)
	}
}

// TestAnotherServer has two servers on one database, with a clock that is moved by hand.
func TestAnotherServer(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		var moved atomic.Int64
		now := func() time.Time { return time.Unix(1_800_000_000, moved.Load()) }
		here, _ := server(t, dsn, now)
		there, _ := server(t, dsn, now)

		secret, key := shop(t, here, "shop")
		in := func(c *catalogue.Catalogue) bool { _, ok := c.Authenticate([]byte(secret)); return ok }
		active := func(c *catalogue.Catalogue) bool {
			_, err := c.Terms(ctx, "shop", catalogue.SampleID)
			return err == nil
		}
		if in(there) || active(there) {
			t.Error("it was asked less than a moment ago, and asks again")
		}
		moved.Add(int64(300 * time.Millisecond))
		if !in(there) || !active(there) {
			t.Error("what was just made over there is not found")
		}
		if err := here.RevokeKey(ctx, key.ID, "shop", key.ID); err != nil {
			t.Fatal(err)
		}
		if in(here) || !in(there) {
			t.Error("a key ends here at once, over there a little later")
		}
		moved.Add(int64(catalogue.Age) + 1)
		if in(there) {
			t.Error("a key that was revoked over here is let in over there")
		}
	})
}

func TestWithoutDatabaseTheLastKnownHolds(t *testing.T) {
	var moved atomic.Int64
	c, db := server(t, t.TempDir()+"/yuefu.db", func() time.Time { return time.Unix(1_800_000_000, moved.Load()) })
	secret, _ := shop(t, c, "shop")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	moved.Add(int64(time.Hour))
	if _, ok := c.Authenticate([]byte(secret)); !ok {
		t.Error("a key is forgotten since the database went away")
	}
}

func TestTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.WithoutCancel(t.Context())
		c, _ := server(t, dsn, time.Now)
		secret, key := shop(t, c, "shop")
		if err := c.RevokeKey(ctx, "key_of_someone", "shop", key.ID); err != nil {
			t.Fatal(err)
		}
		trail, err := c.Trail(ctx, "shop", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, e := range trail {
			actions = append(actions, e.Action)
			if strings.Contains(string(e.After), secret[len(key.Prefix):]) {
				t.Error("a secret stands in the trail")
			}
		}
		if got := strings.Join(actions, " "); got != "key.revoked programme.activated programme.created key.created platform.created" {
			t.Error(got)
		}
		newest := trail[0]
		if newest.Actor != "key_of_someone" || strings.Contains(string(newest.Before), `"revoked"`) || !strings.Contains(string(newest.After), `"revoked"`) {
			t.Errorf("%+v", newest)
		}
		if older, err := c.Trail(ctx, "shop", newest.Revision, 1); err != nil || len(older) != 1 || older[0].Revision != newest.Revision-1 {
			t.Errorf("%+v, %v", older, err)
		}
		if of, err := c.Trail(ctx, "", 0, 10); err != nil || len(of) != 4 { // the texts that come with the product
			t.Errorf("%+v, %v", of, err)
		}
	})
}

func BenchmarkAuthenticate(b *testing.B) {
	c, _ := server(b, b.TempDir()+"/yuefu.db", time.Now)
	secret, _ := shop(b, c, "shop")
	key := []byte(secret)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.Authenticate(key); !ok {
			b.Fatal("not let in")
		}
	}
}
