// Lint is the vet tool of the house: the few checks that go vet and staticcheck
// do not make, each here for a mistake that would cost somebody money. It runs as
// `go vet -vettool`, so that what has not changed is not checked again.
package main

import (
	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/nishanths/exhaustive/passes/exhaustive"
	"github.com/polyfloyd/go-errorlint/errorlint"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	// Only types of our own: who switches over reflect.Kind means a few of many.
	set(exhaustive.Analyzer, "typeonly", "^github.com/yuefu/yuefu/")
	set(exhaustive.Analyzer, "d", "true") // a default that says what happens to the rest is fine
	unitchecker.Main(
		// An error that nobody looked at is an entry that was never written.
		product(errcheck.Analyzer),
		// errors.Is and errors.As see through the wrapping that each room adds; == does not,
		// and then a lost connection is answered like a refusal.
		product(errorlint.NewAnalyzer()),
		// A switch over kinds, statuses or bearers that forgets one does nothing, silently.
		product(exhaustive.Analyzer),
		// A list that broke off in the middle looks like a short list until rows.Err is asked.
		product(rowserr.NewAnalyzer("database/sql", "github.com/jackc/pgx/v5")),
		// A pointer that is surely nil stops a lane, and all accounts in it.
		nilness.Analyzer,
		// A field set on a copy is a change that nobody will see.
		unusedwrite.Analyzer,
	)
}

func set(a *analysis.Analyzer, flag, value string) {
	if err := a.Flags.Set(flag, value); err != nil {
		panic(err)
	}
}
