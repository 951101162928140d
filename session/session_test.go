package session_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/session"
)

var me = session.Who{Platform: "shop", Programme: "default", Customer: "u-1", Account: "acc_1"}

// store is a store on a clock that the test moves.
func store(t *testing.T, dialect database.Dialect) (*session.Store, *database.DB, *time.Time) {
	t.Helper()
	dsn := filepath.Join(t.TempDir(), "session.db")
	if dialect == database.PostgreSQL {
		dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
	}
	db, err := database.Open(t.Context(), dsn, database.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	return session.Open(db, func() time.Time { return now }), db, &now
}

func both(t *testing.T, run func(t *testing.T, s *session.Store, db *database.DB, now *time.Time)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) {
			s, db, now := store(t, dialect)
			run(t, s, db, now)
		})
	}
}

func enter(t *testing.T, s *session.Store) (link, token string) {
	t.Helper()
	link, _, err := s.NewLink(t.Context(), me, session.About{Language: "en", Return: "https://shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err = s.Enter(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	return link, token
}

func TestALinkWorksOnce(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, db *database.DB, _ *time.Time) {
		link, token := enter(t, s)
		if found, err := s.Find(t.Context(), token); err != nil || found.Who != me || found.Language != "en" || found.Return != "https://shop.example" {
			t.Errorf("%+v, %v", found, err)
		}
		for name, wrong := range map[string]string{"the link again": link, "the session's token as a link": token, "nothing": "", "another": strings.Repeat("A", 43)} {
			if _, _, err := s.Enter(t.Context(), wrong); !errors.Is(err, session.ErrEnded) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Find(t.Context(), link); !errors.Is(err, session.ErrEnded) {
			t.Errorf("the link as a session: %v", err)
		}
		var kept int
		if err := db.Reader().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM page_session WHERE about LIKE $1 OR CAST(hash AS TEXT) LIKE $1`, "%"+token[:20]+"%").Scan(&kept); err != nil || kept != 0 {
			t.Errorf("the token is kept: %d, %v", kept, err)
		}
	})
}

// TestALinkIsWonByOne has many open one link at once.
func TestALinkIsWonByOne(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, _ *time.Time) {
		link, _, err := s.NewLink(t.Context(), me, session.About{})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		won := make(chan string, 16)
		for range cap(won) {
			all.Go(func() {
				if token, _, err := s.Enter(t.Context(), link); err == nil {
					won <- token
				}
			})
		}
		all.Wait()
		if len(won) != 1 {
			t.Errorf("%d came in with one link", len(won))
		}
	})
}

func TestThingsEnd(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, db *database.DB, now *time.Time) {
		began := *now
		link, _, err := s.NewLink(t.Context(), me, session.About{})
		if err != nil {
			t.Fatal(err)
		}
		*now = began.Add(session.LinkLife)
		if _, _, err := s.Enter(t.Context(), link); !errors.Is(err, session.ErrEnded) {
			t.Errorf("a link at the end of its life: %v", err)
		}
		*now = began
		_, quiet := enter(t, s)
		*now = began.Add(session.Idle - time.Second)
		if _, err := s.Find(t.Context(), quiet); err != nil {
			t.Errorf("a second before it is idle: %v", err)
		}
		*now = now.Add(session.Idle)
		if _, err := s.Find(t.Context(), quiet); !errors.Is(err, session.ErrEnded) {
			t.Errorf("idle since it was last seen: %v", err)
		}
		*now = began
		_, busy := enter(t, s)
		for at := time.Duration(0); at < session.Longest; at += session.Idle / 2 {
			*now = began.Add(at)
			if _, err := s.Find(t.Context(), busy); err != nil {
				t.Fatalf("busy, after %s: %v", at, err)
			}
		}
		*now = began.Add(session.Longest)
		if _, err := s.Find(t.Context(), busy); !errors.Is(err, session.ErrEnded) {
			t.Errorf("busy for as long as anybody may: %v", err)
		}
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := db.Reader().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM page_session`).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows are left, %v", rows, err)
		}
	})
}

func TestLoggingOut(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, _ *time.Time) {
		_, phone := enter(t, s)
		_, laptop := enter(t, s)
		if err := s.End(t.Context(), phone); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Find(t.Context(), phone); !errors.Is(err, session.ErrEnded) {
			t.Errorf("logged out: %v", err)
		}
		if _, err := s.Find(t.Context(), laptop); err != nil {
			t.Errorf("the other one: %v", err)
		}
		if err := s.EndAll(t.Context(), me.Account); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Find(t.Context(), laptop); !errors.Is(err, session.ErrEnded) {
			t.Errorf("logged out everywhere: %v", err)
		}
	})
}

func TestWhatWasShown(t *testing.T) {
	both(t, func(t *testing.T, s *session.Store, _ *database.DB, now *time.Time) {
		_, mine := enter(t, s)
		_, other := enter(t, s)
		if err := s.Show(t.Context(), mine, "qt_1"); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(7 * time.Second)
		if long, err := s.Shown(t.Context(), mine, "qt_1"); long != 7*time.Second || err != nil {
			t.Errorf("shown for %s, %v", long, err)
		}
		for what, token := range map[string]string{"qt_1": other, "qt_2": mine} {
			if _, err := s.Shown(t.Context(), token, what); !errors.Is(err, session.ErrEnded) {
				t.Errorf("%s was never shown there: %v", what, err)
			}
		}
		if err := s.Show(t.Context(), mine, "qt_1"); err != nil {
			t.Fatal(err)
		}
		if long, err := s.Shown(t.Context(), mine, "qt_1"); long != 0 || err != nil {
			t.Errorf("shown again, for %s, %v", long, err)
		}
		*now = now.Add(session.Longest)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Shown(t.Context(), mine, "qt_1"); !errors.Is(err, session.ErrEnded) {
			t.Errorf("it is kept for ever: %v", err)
		}
	})
}
