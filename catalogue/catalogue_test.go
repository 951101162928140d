package catalogue_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
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

// TestStatements prepares every statement on both stores.
func TestStatements(t *testing.T) {
	tree, err := parser.ParseFile(token.NewFileSet(), "sql.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	statements := map[string]string{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			statements[spec.Names[0].Name] = text
		}
		return true
	})
	if len(statements) < 20 {
		t.Fatalf("only %d statements were found", len(statements))
	}
	onBoth(t, func(t *testing.T, dsn string) {
		_, db := server(t, dsn, time.Now)
		for name, text := range statements {
			statement, err := db.Reader().PrepareContext(t.Context(), text)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			statement.Close()
		}
	})
}
