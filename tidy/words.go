package tidy

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

const glossaryPath = "docs/glossary.md"

var (
	inGlossary = regexp.MustCompile("`([a-z]+\\.[A-Z][A-Za-z0-9]*)`")
	onTheWire  = regexp.MustCompile("`([a-z]+[a-z_]*(?:\\.[a-z_]+)?)`")
)

// glossary holds the core's exported types against docs/glossary.md, both ways: a
// type without its word, and a word whose type has gone. The names that commands
// and events have on the wire stand there too.
func glossary(h *House) (found []Finding) {
	told, wire := map[string]int{}, map[string]bool{}
	for n, line := range strings.Split(string(h.Texts[glossaryPath]), "\n") {
		for _, m := range inGlossary.FindAllStringSubmatch(line, -1) {
			told[m[1]] = n + 1
		}
		for _, m := range onTheWire.FindAllStringSubmatch(line, -1) {
			wire[m[1]] = true
		}
	}
	exists := map[string]bool{}
	h.each(func(dir string, f *File) bool { return slices.Contains(core, dir) && !f.Test }, func(dir string, f *File) {
		for _, d := range f.Tree.Decls {
			if name := wireName(d); name != "" && !wire[name] {
				found = append(found, Finding{f.Path, h.line(d.Pos()), fmt.Sprintf("%s does not know the wire name `%s`", glossaryPath, name)})
			}
			types, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range types.Specs {
				t, ok := s.(*ast.TypeSpec)
				if !ok || !t.Name.IsExported() {
					continue
				}
				name := dir + "." + t.Name.Name
				exists[name] = true
				if told[name] == 0 {
					found = append(found, Finding{f.Path, h.line(t.Pos()), fmt.Sprintf("%s does not know `%s`", glossaryPath, name)})
				}
			}
		}
	})
	for _, name := range sortedKeys(told) {
		room, _, _ := strings.Cut(name, ".")
		if slices.Contains(core, room) && !exists[name] {
			found = append(found, Finding{glossaryPath, told[name], fmt.Sprintf("`%s` is no type of the core", name)})
		}
	}
	return found
}

// wireName is what a method Name() string returns, if that is one literal.
func wireName(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil || f.Name.Name != "Name" || f.Body == nil || len(f.Body.List) != 1 {
		return ""
	}
	r, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 {
		return ""
	}
	literal, ok := r.Results[0].(*ast.BasicLit)
	if !ok {
		return ""
	}
	return strings.Trim(literal.Value, "\"`")
}

func packageComments(h *House) (found []Finding) {
	for _, dir := range sortedKeys(h.Packages) {
		p := h.Packages[dir]
		if !slices.ContainsFunc(p.Files, func(f *File) bool { return f.Tree.Doc != nil }) {
			found = append(found, Finding{p.Files[0].Path, 1, "no file of this package says what it knows and refuses to know"})
		}
	}
	return found
}

// longest is how many lines a file may have before it has to be two.
const longest = 500

func size(h *House) (found []Finding) {
	h.each(func(_ string, f *File) bool { return !f.Generated && f.Lines > longest }, func(_ string, f *File) {
		found = append(found, Finding{f.Path, f.Lines, fmt.Sprintf("%d lines: split it by capability", f.Lines)})
	})
	return found
}

var machinePath = regexp.MustCompile(`(^|[^\w.~-])/(work|root|home/\w+)/|\.\./shared`)

func machinePaths(h *House) (found []Finding) {
	for _, name := range sortedKeys(h.Texts) {
		if name == "tidy/words.go" { // the list itself
			continue
		}
		for n, line := range strings.Split(string(h.Texts[name]), "\n") {
			if hit := machinePath.FindString(line); hit != "" {
				found = append(found, Finding{name, n + 1, fmt.Sprintf("%q is a path of one machine", hit)})
			}
		}
	}
	return found
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)|(?:src|srcset|href)="([^"#:]+)"`)

// links follows the relative links of the documents.
func links(h *House) (found []Finding) {
	folders := map[string]bool{}
	for name := range h.Texts {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for _, name := range sortedKeys(h.Texts) {
		if path.Ext(name) != ".md" {
			continue
		}
		for n, line := range strings.Split(string(h.Texts[name]), "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				target := path.Join(path.Dir(name), m[1]+m[3])
				if _, file := h.Texts[target]; !file && !folders[target] && !plain(target) {
					found = append(found, Finding{name, n + 1, "a link to " + target + ", which is not there"})
				}
			}
		}
	}
	return found
}

// plain are files that nobody reads here but links may name.
func plain(name string) bool { return name == "LICENSE" || path.Ext(name) == ".png" }

const documentIndex = "docs/README.md"

// index holds the list of documents against the folder: what is not listed is not read.
func index(h *House) (found []Finding) {
	listed := map[string]bool{documentIndex: true}
	for _, m := range link.FindAllStringSubmatch(string(h.Texts[documentIndex]), -1) {
		listed[path.Join("docs", m[1])] = true
	}
	for _, name := range sortedKeys(h.Texts) {
		if dir := path.Dir(name); (dir == "docs" || dir == "docs/decisions") && path.Ext(name) == ".md" && !listed[name] {
			found = append(found, Finding{name, 1, documentIndex + " does not list it"})
		}
	}
	return found
}
