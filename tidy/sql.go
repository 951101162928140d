package tidy

import (
	"go/ast"
	"go/token"
	"slices"
)

// built are functions that may put a statement together, and why it is safe.
var built = map[string]string{
	"bench/store.go createDatabase": "a database's name can't be a parameter; pgx quotes it",
}

var executes = []string{
	"Exec", "ExecContext", "Query", "QueryContext", "QueryRow", "QueryRowContext", "Prepare", "PrepareContext", "Queue",
}

// statements finds calls whose statement is made of strings at run time. It
// looks at the argument itself and at what its variable was given in the same
// function; what a package puts together from its own constants is fine, and a
// test may do as it likes with a database that it throws away.
func statements(h *House) (found []Finding) {
	for _, dir := range sortedKeys(h.Packages) {
		p := h.Packages[dir]
		fixed := packageLevel(p)
		for _, f := range p.Files {
			for _, d := range f.Tree.Decls {
				function, ok := d.(*ast.FuncDecl)
				if !ok || f.Test || function.Body == nil || built[f.Path+" "+function.Name.Name] != "" {
					continue
				}
				check := sqlCheck{file: f, fixed: fixed, body: function.Body}
				ast.Inspect(function.Body, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok && check.made(call) {
						found = append(found, Finding{f.Path, h.line(call.Pos()), "this statement is put together at run time: use parameters"})
					}
					return true
				})
			}
		}
	}
	return found
}

type sqlCheck struct {
	file  *File
	fixed map[string]bool
	body  *ast.BlockStmt
}

// made reports whether the statement that a call executes is made at run time.
func (c sqlCheck) made(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(executes, s.Sel.Name) {
		return false
	}
	args := call.Args
	if len(args) > 0 && isContext(args[0]) {
		args = args[1:]
	}
	if s.Sel.Name == "Prepare" && len(args) == 2 { // pgx: a name, then the statement
		args = args[1:]
	}
	return len(args) > 0 && c.dynamic(args[0], 0)
}

func isContext(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "ctx"
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (s.Sel.Name == "Context" || s.Sel.Name == "Background" || s.Sel.Name == "TODO")
	}
	return false
}

// dynamic reports whether a string expression depends on run-time values.
func (c sqlCheck) dynamic(e ast.Expr, depth int) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.dynamic(e.X, depth)
	case *ast.BinaryExpr:
		return !c.constant(e.X) || !c.constant(e.Y)
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (is(c.file, s, "fmt", "Sprintf", "Sprint", "Sprintln") ||
			is(c.file, s, "strings", "Join", "Replace", "ReplaceAll", "Repeat", "Map") || s.Sel.Name == "String")
	case *ast.Ident:
		return depth == 0 && c.given(e.Name)
	}
	return false
}

// constant reports whether an operand of + is known before the program runs.
func (c sqlCheck) constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return c.constant(e.X)
	case *ast.BinaryExpr:
		return c.constant(e.X) && c.constant(e.Y)
	case *ast.Ident:
		return c.fixed[e.Name]
	}
	return false
}

// given reports whether the function gives a variable a statement made at run time.
func (c sqlCheck) given(name string) (yes bool) {
	ast.Inspect(c.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, left := range a.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name == name {
				yes = yes || c.dynamic(a.Rhs[i], 1) || (a.Tok == token.ADD_ASSIGN && !c.constant(a.Rhs[i]))
			}
		}
		return true
	})
	return yes
}

// packageLevel are the names of a package's constants, local ones too, and of
// its variables: neither is made of a request.
func packageLevel(p *Package) map[string]bool {
	names := map[string]bool{}
	for _, f := range p.Files {
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			if d, ok := n.(*ast.GenDecl); ok && (d.Tok == token.CONST || slices.Contains(f.Tree.Decls, ast.Decl(d))) {
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok {
						for _, name := range v.Names {
							names[name.Name] = true
						}
					}
				}
			}
			return true
		})
	}
	return names
}
