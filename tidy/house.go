// Package tidy checks the shape of the house: which room may import which, which
// calls are banned where, that the glossary knows the core's words. It knows Go's
// syntax and the file tree; it refuses to know types and the go command, so that
// it takes a second and `go test` sees every file that it read.
package tidy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Module is the path that the house's own imports begin with.
const Module = "github.com/yuefu/yuefu"

// House is the source of the whole module.
type House struct {
	Packages map[string]*Package // by folder, "" for the root
	Texts    map[string][]byte   // every file a person reads, by path
	files    *token.FileSet
}

// Package is one folder with Go files, its tests included.
type Package struct {
	Dir   string
	Files []*File
}

// File is one Go file.
type File struct {
	Path      string
	Tree      *ast.File
	Lines     int
	Test      bool
	Generated bool
}

// Finding is one place where the house is out of shape.
type Finding struct {
	Path string
	Line int
	Says string
}

func (f Finding) String() string { return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Says) }

// Rule is one thing that holds everywhere, and why.
type Rule struct {
	Name  string
	Why   string
	Check func(*House) []Finding
}

// Rules are all rules of the house.
var Rules = []Rule{
	{"arrows", "arrows point to the core, and an edge that knows another one drags it along", arrows},
	{"pure core", "a rule that reads a clock, a database or chance can't be replayed", pure},
	{"clock", "a clock that is not injected can't be moved by a test or a sandbox", clock},
	{"months", "AddDate makes January 31 + 1 month March 3; calendar.NthOnDay does not", months},
	{"whole numbers", "a float loses a fen sooner or later", wholeNumbers},
	{"SQL", "a statement put together from strings is an injection waiting for its input", statements},
	{"glossary", "who knows lending and not our code begins with the glossary", glossary},
	{"package comments", "a package opens with what it knows and what it refuses to know", packageComments},
	{"size", "a file on which everything hangs is split before it gets there", size},
	{"machine paths", "what names a place on its author's machine works on no other", machinePaths},
	{"links", "a link to nothing is worse than none", links},
	{"index of documents", "a document that no list names is not found by who needs it", index},
}

// Read reads the module below root.
func Read(root fs.FS) (*House, error) {
	h := &House{Packages: map[string]*Package{}, Texts: map[string][]byte{}, files: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // a temporary file of somebody who builds beside us
		case err != nil:
			return err
		case entry.IsDir():
			if skipped(name) {
				return fs.SkipDir
			}
			return nil
		case !readable(name):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		h.Texts[name] = text
		// A folder with its own go.mod is another module: its files are only text here.
		if path.Ext(name) != ".go" || strings.HasPrefix(name, "tools/") {
			return nil
		}
		return h.add(name, text)
	})
	return h, err
}

func (h *House) add(name string, text []byte) error {
	tree, err := parser.ParseFile(h.files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	p := h.Packages[dir]
	if p == nil {
		p = &Package{Dir: dir}
		h.Packages[dir] = p
	}
	p.Files = append(p.Files, &File{
		Path: name, Tree: tree, Lines: bytes.Count(text, []byte("\n")),
		Test: strings.HasSuffix(name, "_test.go"), Generated: ast.IsGenerated(tree),
	})
	return nil
}

func skipped(dir string) bool {
	base := path.Base(dir)
	hidden := strings.HasPrefix(base, ".") && base != "." && base != ".ci"
	return hidden || base == "testdata" || base == "vendor" || base == "node_modules"
}

func readable(name string) bool {
	switch path.Ext(name) {
	case ".go", ".md", ".sql", ".yaml", ".yml", ".sh", ".svg", ".html", ".mod", ".tmpl":
		return true
	}
	base := path.Base(name)
	return base == "Makefile" || base == ".gitignore" || path.Dir(name) == ".ci"
}

// line is where a node of the tree stands.
func (h *House) line(at token.Pos) int { return h.files.Position(at).Line }

// each calls do with every file of the packages that in takes, in a fixed order.
func (h *House) each(in func(dir string, f *File) bool, do func(dir string, f *File)) {
	for _, dir := range sortedKeys(h.Packages) {
		for _, f := range h.Packages[dir].Files {
			if in(dir, f) {
				do(dir, f)
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
