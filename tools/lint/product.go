package main

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// product returns the analyzer for the product's code only. Tests let errors go
// on purpose all the time: what they wait for is asserted elsewhere.
//
// One place can be taken out by //nolint:NAME // and the reason, on its line.
func product(a *analysis.Analyzer) *analysis.Analyzer {
	own := *a
	own.Run = func(pass *analysis.Pass) (any, error) {
		filtered := *pass
		filtered.Report = func(d analysis.Diagnostic) {
			at := pass.Fset.Position(d.Pos)
			if !strings.HasSuffix(at.Filename, "_test.go") && !excused(pass, at, a.Name) {
				pass.Report(d)
			}
		}
		return a.Run(&filtered)
	}
	return &own
}

// excused reports whether the line has a comment that takes it out, with a reason.
func excused(pass *analysis.Pass, at token.Position, name string) bool {
	for _, file := range pass.Files {
		if pass.Fset.Position(file.Pos()).Filename != at.Filename {
			continue
		}
		for _, group := range file.Comments {
			if excuse(pass, group, at.Line, name) {
				return true
			}
		}
	}
	return false
}

func excuse(pass *analysis.Pass, group *ast.CommentGroup, line int, name string) bool {
	for _, comment := range group.List {
		reason, found := strings.CutPrefix(comment.Text, "//nolint:"+name+" // ")
		if found && reason != "" && pass.Fset.Position(comment.Pos()).Line == line {
			return true
		}
	}
	return false
}
