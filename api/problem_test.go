package api

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/servicing"
)

// specification is the contract as a library of others reads it.
func specification(t testing.TB) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestEveryProblemIsExplained(t *testing.T) {
	contract := map[string]bool{}
	for _, kind := range specification(t).Components.Schemas["ProblemKind"].Value.Enum {
		contract[kind.(string)] = true
	}
	for kind, row := range problems {
		if !contract[kind] {
			t.Errorf("openapi.yaml does not know the kind %s", kind)
		}
		page, err := os.ReadFile("../docs/problems/" + kind + ".md")
		if err != nil {
			t.Error(err)
			continue
		}
		if head := fmt.Sprintf("# %s\n\n`%s` · %d\n", row.title, kind, row.status); !strings.HasPrefix(string(page), head) {
			t.Errorf("docs/problems/%s.md does not begin with\n%s", kind, head)
		}
		if !strings.Contains(string(page), "**What to do.**") {
			t.Errorf("docs/problems/%s.md does not say what to do", kind)
		}
	}
	for kind := range contract {
		if _, ok := problems[kind]; !ok {
			t.Errorf("the table does not know the kind %s of openapi.yaml", kind)
		}
	}
	index, err := os.ReadFile("../docs/problems/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := os.ReadDir("../docs/problems")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		kind, _ := strings.CutSuffix(page.Name(), ".md")
		if _, ok := problems[kind]; !ok && kind != "README" {
			t.Errorf("docs/problems/%s explains a kind that there is not", page.Name())
		}
		if kind != "README" && !strings.Contains(string(index), "("+page.Name()+")") {
			t.Errorf("docs/problems/README.md does not lead to %s", page.Name())
		}
	}
}

func TestEveryRefusalHasItsProblem(t *testing.T) {
	for _, kind := range credit.Kinds {
		row, ok := problems[string(kind)]
		if !ok {
			t.Errorf("the table does not know credit's kind %s", kind)
		} else if row.status < 400 || row.status > 499 {
			t.Errorf("credit's refusal %s is a %d: it is the caller's", kind, row.status)
		}
	}
}

// TestEveryErrorOfTheDesk reads which errors servicing has, so that a new one cannot be forgotten.
func TestEveryErrorOfTheDesk(t *testing.T) {
	known := map[string]error{
		"ErrBusy": servicing.ErrBusy, "ErrKeyMissing": servicing.ErrKeyMissing, "ErrKeyReserved": servicing.ErrKeyReserved, "ErrKeyReused": servicing.ErrKeyReused,
		"ErrStopped": servicing.ErrStopped, "ErrOutcomeUnknown": servicing.ErrOutcomeUnknown, "ErrUnavailable": servicing.ErrUnavailable,
		"ErrPanicked": servicing.ErrPanicked, "ErrClosed": servicing.ErrClosed, "ErrGone": servicing.ErrGone, "ErrMoved": servicing.ErrMoved,
		"ErrNotSandbox": servicing.ErrNotSandbox, "ErrClockBackwards": servicing.ErrClockBackwards,
	}
	// These are never the answer to a request: only an operator opening a day meets them.
	elsewhere := map[string]bool{"ErrClockJump": true}
	sources, err := filepath.Glob("../servicing/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for _, name := range spec.Names {
				if strings.HasPrefix(name.Name, "Err") && known[name.Name] == nil && !elsewhere[name.Name] {
					t.Errorf("nothing says what servicing.%s is to a caller", name.Name)
				}
			}
			return true
		})
	}
	c := &call{}
	for name, err := range known {
		p := c.asProblem(fmt.Errorf("somewhere: %w", err))
		if _, ok := problems[p.kind]; !ok {
			t.Errorf("servicing.%s: no problem %s", name, p.kind)
		}
		if p.kind == kindInternal && name != "ErrPanicked" {
			t.Errorf("servicing.%s is taken for an internal error", name)
		}
	}
}

func TestNothingOfOursIsShown(t *testing.T) {
	s := &Server{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for kind, row := range problems {
		c := &call{server: s, http: &fasthttp.RequestCtx{}, id: "req_1"}
		c.fail(&problem{kind: kind, detail: "secret", cause: errors.New("secret")})
		body := string(c.http.Response.Body())
		if row.status >= 500 && strings.Contains(body, "secret") {
			t.Errorf("%s shows %s", kind, body)
		}
		if c.http.Response.StatusCode() != row.status {
			t.Errorf("%s is answered with %d", kind, c.http.Response.StatusCode())
		}
	}
	c := &call{server: s, http: &fasthttp.RequestCtx{}, id: "req_1"}
	c.fail(fmt.Errorf("sql: no such column: secret"))
	if body := string(c.http.Response.Body()); strings.Contains(body, "secret") || c.http.Response.StatusCode() != 500 {
		t.Errorf("an unknown error shows %s", body)
	}
}
