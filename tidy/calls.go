package tidy

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// impure are parts of the standard library that the core does without.
var impure = []string{
	"context", "database/sql", "net", "log", "math/rand", "crypto/rand", "os", "syscall", "unsafe", "runtime", "testing", "plugin",
}

// pure finds what lets a rule of the core see or do anything but its arguments.
func pure(h *House) (found []Finding) {
	h.each(coreCode, func(_ string, f *File) {
		bad := func(at token.Pos, says string) { found = append(found, Finding{f.Path, h.line(at), says}) }
		for _, spec := range f.Tree.Imports {
			if target, _ := strconv.Unquote(spec.Path.Value); within(target, impure) {
				bad(spec.Pos(), "the core does without "+target)
			}
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				bad(n.Pos(), "the core starts no goroutine")
			case *ast.SelectStmt, *ast.ChanType:
				bad(n.Pos(), "the core has no channels")
			case *ast.SelectorExpr:
				if is(f, n, "fmt", "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln") {
					bad(n.Pos(), "the core prints nothing")
				}
			case *ast.CallExpr:
				if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "print" || name.Name == "println") {
					bad(n.Pos(), "the core prints nothing")
				}
			}
			return true
		})
	})
	return found
}

// coreCode takes the core and its wire form, without tests.
func coreCode(dir string, f *File) bool {
	room, _, _ := strings.Cut(dir, "/")
	return slices.Contains(core, room) && !f.Test
}

// clocks are the rooms and files that may read the machine's clock, and why.
var clocks = map[string]string{
	"servicing/clock.go": "is the clock: everybody else gets it as an argument",
	"database":           "notes when a database was made",
	"api/server.go":      "gives a connection that is being closed a last moment",
	"api/pace.go":        "counts what somebody does in a minute; no rule asks it the time",
	"api/funder.go":      "looks for room again after a second; no rule asks it the time",
	"server":             "says how fresh figures are",
	"office":             "hands the machine's clock to who needs one",
	"bench":              "measures time",
	"replay":             "says how long it took",
}

// waits are the rooms that may wait a while. How long that takes decides nothing.
var waits = map[string]string{
	"servicing": "looks again after a moment; which day it is it asks its Clock",
	"database":  "tries a transaction again after a moment",
	"view":      "looks for new entries every moment",
	"office":    "sweeps ended sessions every hour",
	"follow":    "looks for new entries every moment",
	"bench":     "sends when it is time to",

	"sim": "looks again what became of a debit, as somebody before a page does",

	"autopay":    "asks about debits every moment",
	"relay":      "tries again after a pause, and gives a receiver up after a time-out",
	"unreliable": "holds answers back, as real services do",

	"notice": "looks for messages to send every moment; which hour it is it asks its Clock",
}

func clock(h *House) (found []Finding) {
	h.each(func(dir string, f *File) bool {
		return !f.Test && !wired(dir) && !slices.Contains(testOnly, dir)
	}, func(dir string, f *File) {
		bad := func(s *ast.SelectorExpr, says string) {
			found = append(found, Finding{f.Path, h.line(s.Pos()), "time." + s.Sel.Name + ": " + says})
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			switch {
			case !ok:
			case is(f, s, "time", "Now", "Since", "Until") && clocks[dir] == "" && clocks[f.Path] == "":
				bad(s, "take the clock as an argument, or say in tidy why this room owns one")
			case is(f, s, "time", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep") && waits[dir] == "":
				bad(s, "say in tidy what this room waits for")
			}
			return true
		})
	})
	return found
}

func months(h *House) (found []Finding) {
	h.each(everything, func(_ string, f *File) {
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "AddDate" {
				found = append(found, Finding{f.Path, h.line(s.Pos()), "AddDate does not know the end of a month"})
			}
			return true
		})
	})
	return found
}

func wholeNumbers(h *House) (found []Finding) {
	h.each(coreCode, func(_ string, f *File) {
		bad := func(n ast.Node, what string) {
			found = append(found, Finding{f.Path, h.line(n.Pos()), what + ": the core counts in whole numbers"})
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if slices.Contains([]string{"float64", "float32", "complex128", "complex64"}, n.Name) {
					bad(n, n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT || n.Kind == token.IMAG {
					bad(n, n.Value)
				}
			case *ast.SelectorExpr:
				if name, ok := n.X.(*ast.Ident); ok && imported(f, name.Name) == "math" &&
					!strings.HasPrefix(n.Sel.Name, "Max") && !strings.HasPrefix(n.Sel.Name, "Min") {
					bad(n, fmt.Sprintf("math.%s", n.Sel.Name))
				}
			}
			return true
		})
	})
	return found
}

// is reports whether s names one of the functions of the imported package.
func is(f *File, s *ast.SelectorExpr, pkg string, functions ...string) bool {
	name, ok := s.X.(*ast.Ident)
	return ok && imported(f, name.Name) == pkg && slices.Contains(functions, s.Sel.Name)
}

// imported returns the path of the package that name stands for in f.
func imported(f *File, name string) string {
	for _, spec := range f.Tree.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		if (spec.Name == nil && path.Base(target) == name) || (spec.Name != nil && spec.Name.Name == name) {
			return target
		}
	}
	return ""
}
