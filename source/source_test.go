package source_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/source"
)

func both(t *testing.T, run func(t *testing.T, s *source.Store)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "source.db")
			if dialect == database.PostgreSQL {
				dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
			}
			db, err := database.Open(t.Context(), dsn, database.Options{Partitions: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			run(t, source.Open(db, time.Now))
		})
	}
}

func TestSources(t *testing.T) {
	both(t, func(t *testing.T, s *source.Store) {
		ctx := t.Context()
		list := []source.Source{{Name: "tok_2", Label: "招商银行 ···· 1234"}, {Name: "tok_1", Label: "零钱"}}
		if err := s.Put(ctx, "acc_1", list); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, "acc_2", list[:1]); err != nil {
			t.Fatal(err)
		}
		if got, err := s.List(ctx, "acc_1"); err != nil || !slices.Equal(got, list) {
			t.Errorf("in their order: %v, %v", got, err)
		}
		for name, want := range map[string]bool{"tok_1": true, "tok_2": true, "tok_3": false, "": false} {
			if got, err := s.Has(ctx, "acc_1", name); err != nil || got != want {
				t.Errorf("has %q: %v, %v", name, got, err)
			}
		}
		if got, err := s.Has(ctx, "acc_2", "tok_1"); err != nil || got {
			t.Errorf("another's: %v, %v", got, err)
		}
		if err := s.Put(ctx, "acc_1", list[1:]); err != nil { // a card was unbound
			t.Fatal(err)
		}
		if got, err := s.List(ctx, "acc_1"); err != nil || !slices.Equal(got, list[1:]) {
			t.Errorf("replaced: %v, %v", got, err)
		}
		if err := s.Forget(ctx, "acc_1"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.List(ctx, "acc_1"); err != nil || len(got) != 0 {
			t.Errorf("forgotten: %v, %v", got, err)
		}
		if got, err := s.List(ctx, "acc_2"); err != nil || len(got) != 1 {
			t.Errorf("another's: %v, %v", got, err)
		}
	})
}

func TestWhatIsNoSource(t *testing.T) {
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "source.db"), database.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := source.Open(db, time.Now)
	good := source.Source{Name: "tok_1", Label: "招商银行 ···· 1234"}
	for what, list := range map[string][]source.Source{
		"no name":            {{Label: "x"}},
		"no label":           {{Name: "tok_1", Label: " "}},
		"twice":              {good, good},
		"a long label":       {{Name: "tok_1", Label: strings.Repeat("行", 65)}},
		"two lines":          {{Name: "tok_1", Label: "a\nb"}},
		"a card number":      {{Name: "tok_1", Label: "6225 8812 3456 7890"}},
		"a number as a name": {{Name: "6225881234567890", Label: "招商银行 ···· 7890"}},
		"too many":           slices.Repeat([]source.Source{good}, source.Most+1),
	} {
		if err := s.Put(t.Context(), "acc_1", list); !errors.Is(err, source.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Put(t.Context(), "acc_1", []source.Source{good}); err != nil {
		t.Error(err)
	}
}
