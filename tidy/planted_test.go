package tidy

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// sound is a small house that breaks no rule.
var sound = map[string]string{
	"docs/README.md":   "[words](glossary.md)\n",
	"docs/glossary.md": "| limit | 额度 | what may be owed | `credit.Limit` |\n",
	"README.md":        "[the words](docs/glossary.md) and [the rooms](credit/)\n",
	"money/money.go":   "// Package money counts.\npackage money\n",
	"credit/limit.go": "// Package credit decides.\npackage credit\n\nimport (\n\t\"math\"\n\t\"time\"\n\n\t\"" + Module + "/money\"\n)\n\n" +
		"type Limit int64\n\nconst most = math.MaxInt64\n\nvar _ = money.Parse\n\nfunc month(m time.Month) bool { return m == time.May }\n",
	"credit/limit_test.go":   "package credit_test\n\nimport (\n\t\"time\"\n\n\t\"pgregory.net/rapid\"\n)\n\nvar begin, _ = time.Now(), rapid.Check\n",
	"eventlog/log.go":        "// Package eventlog is a seam.\npackage eventlog\n",
	"eventlog/sqlite/log.go": "// Package sqlite keeps the log.\npackage sqlite\n\nimport _ \"" + Module + "/eventlog\"\n",
	"cmd/yuefu/main.go":      "// Yuefu is one binary.\npackage main\n\nimport \"time\"\n\nvar clock = time.Now\n",
}

// planted are violations, each in one file that is added to the sound house or
// replaces a file of it. The rule has to find that one and no other one may.
var planted = []struct {
	rule, path, text string
	want             string
}{
	{"arrows", "money/x.go", `package money; import _ "` + Module + `/credit"`, "money may not import credit"},
	{"arrows", "credit/x.go", `package credit; import _ "github.com/google/uuid"`, "credit may not import github.com/google/uuid"},
	{"arrows", "credit/x_test.go", `package credit; import _ "` + Module + `/eventlog"`, "credit may not import eventlog"},
	{"arrows", "eventlog/x.go", `package eventlog; import _ "` + Module + `/eventlog/sqlite"`, "eventlog may not import eventlog/sqlite"},
	{"arrows", "eventlog/sqlite/x.go", `package sqlite; import _ "` + Module + `/view"`, "eventlog/sqlite may not import view"},
	{"arrows", "eventlog/sqlite/x.go", `package sqlite; import _ "` + Module + `/eventlog/logtest"`, "for tests only"},
	{"arrows", "eventlog/sqlite/x.go", `package sqlite; import . "` + Module + `/eventlog"`, "an import with a dot"},
	{"arrows", "eventlog/sqlite/x_test.go", `package sqlite; import _ "` + Module + `/cmd/yuefu"`, "nothing imports it"},
	{"arrows", "common/x.go", "// Package common knows all.\npackage common", `"common" is not in the list`},

	{"pure core", "credit/x.go", `package credit; import _ "database/sql"`, "without database/sql"},
	{"pure core", "credit/x.go", `package credit; import _ "net/http"`, "without net/http"},
	{"pure core", "credit/x.go", `package credit; import _ "math/rand/v2"`, "without math/rand/v2"},
	{"pure core", "credit/x.go", `package credit; import _ "context"`, "without context"},
	{"pure core", "credit/x.go", `package credit; import _ "log/slog"`, "without log/slog"},
	{"pure core", "credit/x.go", `package credit; import "fmt"; func f() { fmt.Println("hi") }`, "prints nothing"},
	{"pure core", "credit/x.go", `package credit; func f() { println("hi") }`, "prints nothing"},
	{"pure core", "credit/x.go", `package credit; func f() { go f() }`, "no goroutine"},
	{"pure core", "credit/x.go", `package credit; func f(done chan bool) {}`, "no channels"},

	{"clock", "credit/x.go", `package credit; import "time"; var now = time.Now`, "time.Now"},
	{"clock", "credit/x.go", `package credit; import when "time"; func f(t when.Time) { when.Since(t) }`, "time.Since"},
	{"clock", "eventlog/x.go", `package eventlog; import "time"; func f() { <-time.After(1) }`, "time.After"},

	{"months", "credit/x.go", `package credit; import "time"; func f(t time.Time) time.Time { return t.AddDate(0, 1, 0) }`, "end of a month"},
	{"months", "eventlog/x_test.go", `package eventlog; import "time"; func f(t time.Time) time.Time { return t.AddDate(0, 1, 0) }`, "end of a month"},

	{"whole numbers", "credit/x.go", `package credit; var rate float64`, "float64"},
	{"whole numbers", "credit/x.go", `package credit; var rate = 0.24`, "0.24"},
	{"whole numbers", "credit/x.go", `package credit; import "math"; var x = math.Pow(2, 3)`, "math.Pow"},

	{"SQL", "eventlog/x.go", "package eventlog; import \"fmt\"\nfunc f(db d, ctx c, id string) { db.QueryContext(ctx, fmt.Sprintf(`SELECT %s`, id)) }", "put together"},
	{"SQL", "eventlog/x.go", "package eventlog\nfunc f(db d, id string) { db.Exec(`SELECT ` + id) }", "put together"},
	{"SQL", "eventlog/x.go", "package eventlog; import \"fmt\"\nfunc f(db d, t t, id string) { q := fmt.Sprintf(`SELECT %s`, id); db.QueryRow(t.Context(), q) }", "put together"},
	{"SQL", "eventlog/x.go", "package eventlog\nfunc f(db d, ctx c, id string) { q := `SELECT `; q += id; db.Prepare(ctx, `name`, q) }", "put together"},

	{"glossary", "credit/x.go", `package credit; type Hold struct{}`, "does not know `credit.Hold`"},
	{"glossary", "credit/x.go", `package credit; func (Limit) Name() string { return "limit.set" }`, "does not know the wire name `limit.set`"},
	{"glossary", "docs/glossary.md", "`credit.Limit` and `credit.Holding`\n", "`credit.Holding` is no type"},
	{"package comments", "view/x.go", `package view`, "what it knows"},
	{"size", "credit/x.go", "package credit\n" + strings.Repeat("// and on\n", 500), "501 lines"},
	{"machine paths", "credit/x.md", "see " + "/wo" + "rk/main/x\n", "path of one machine"},
	{"machine paths", "credit/x.go", "package credit\n// see ../sha" + "red/design.md\n", "path of one machine"},
	{"links", "credit/x.md", "[gone](gone.md)\n", "credit/gone.md, which is not there"},
	{"links", "credit/x.md", `<img src="flow.svg">` + "\n", "credit/flow.svg, which is not there"},
	{"index of documents", "docs/x.md", "words\n", "does not list it"},
	{"index of documents", "docs/decisions/0009-x.md", "words\n", "does not list it"},
}

func house(t *testing.T, path, text string) *House {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range sound {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if path != "" {
		files[path] = &fstest.MapFile{Data: []byte(text)}
	}
	h, err := Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestASoundHouseHasNoFindings(t *testing.T) {
	h := house(t, "", "")
	for _, rule := range Rules {
		for _, f := range rule.Check(h) {
			t.Errorf("%s: %s", rule.Name, f)
		}
	}
}

func TestEachRuleFindsWhatIsPlanted(t *testing.T) {
	proven := map[string]bool{}
	for _, p := range planted {
		t.Run(p.rule+"/"+p.want, func(t *testing.T) {
			h := house(t, p.path, p.text)
			for _, rule := range Rules {
				found := rule.Check(h)
				if rule.Name != p.rule {
					if rule.Name != "arrows" && rule.Name != "package comments" && len(found) > 0 {
						t.Errorf("%s: %s", rule.Name, found[0])
					}
					continue
				}
				proven[rule.Name] = true
				if len(found) != 1 || found[0].Path != p.path || !strings.Contains(found[0].Says, p.want) {
					t.Errorf("found %v, want one finding in %s with %q", found, p.path, p.want)
				}
			}
		})
	}
	for _, rule := range Rules {
		if !proven[rule.Name] {
			t.Errorf("no planted violation proves the rule %q", rule.Name)
		}
	}
}

// What the SQL rule has to let pass, or people learn to go round it.
func TestStatementsMayBeMadeOfConstants(t *testing.T) {
	for _, text := range []string{
		"func f(db d, ctx c) { db.Exec(ctx, `SELECT ` + columns) }",
		"func f(db d, ctx c, day string) { db.Exec(ctx, `SELECT $1`, `day:`+day) }",
		"func f(db d, ctx c, k int) { db.Exec(ctx, statements[k]) }",
		"func f(db d, ctx c) { const q = `SELECT ` + `1`; db.Exec(ctx, q+`2`) }",
		"func f(u *url) string { return u.Query().Get(`a` + u.x) }",
	} {
		h := house(t, "eventlog/x.go", "package eventlog\nconst columns = `a, b`\n"+text)
		for _, f := range statements(h) {
			t.Errorf("%s: %s", text, f)
		}
	}
}

func TestLibcPin(t *testing.T) {
	const sqlite = "module modernc.org/sqlite\n\nrequire (\n\tmodernc.org/libc v1.77.1\n)\n"
	for goMod, found := range map[string]bool{
		"require (\n\tmodernc.org/libc v1.77.1 // indirect\n)": false,
		"require modernc.org/libc v1.77.1":                     false,
		"require (\n\tmodernc.org/libc v1.78.0\n)":             true,
		"require (\n\tmodernc.org/memory v1.12.1\n)":           true,
	} {
		if got := LibcPin(goMod, sqlite); len(got) > 0 != found {
			t.Errorf("%q: found %v", goMod, got)
		}
	}
}

func TestGeneratedFilesMayBeLong(t *testing.T) {
	long := "// Code generated by a tool. DO NOT EDIT.\n\npackage eventlog\n" + strings.Repeat("// and on\n", 900)
	if found := size(house(t, "eventlog/x.go", long)); len(found) > 0 {
		t.Error(found)
	}
}

func TestEachRuleSaysWhy(t *testing.T) {
	sentence := regexp.MustCompile(`\w+ \w+ \w+ \w+`)
	for _, rule := range Rules {
		if !sentence.MatchString(rule.Why) {
			t.Errorf("%s: why?", rule.Name)
		}
	}
}
