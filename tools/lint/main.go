// Lint is the vet tool of the house: the few checks that go vet and staticcheck
// do not make, each here for a mistake that would cost somebody money. It runs as
// `go vet -vettool`, so that what has not changed is not checked again.
package main

import (
	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/nishanths/exhaustive/passes/exhaustive"
	"github.com/polyfloyd/go-errorlint/errorlint"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	if err := exhaustive.Analyzer.Flags.Set("d", "true"); err != nil {
		panic(err)
	}
	unitchecker.Main(
		// An error that nobody looked at is an entry that was never written.
		errcheck.Analyzer,
		// errors.Is and errors.As see through the wrapping that each room adds; == does not,
		// and then a lost connection is answered like a refusal.
		errorlint.NewAnalyzer(),
		// A switch over kinds, statuses or bearers that forgets one, and has no default
		// that shouts, does nothing, silently.
		exhaustive.Analyzer,
		// A list that broke off in the middle looks like a short list until rows.Err is asked.
		rowserr.NewAnalyzer("database/sql", "github.com/jackc/pgx/v5"),
		// A pointer that is surely nil stops a lane, and all accounts in it.
		nilness.Analyzer,
		// A field set on a copy is a change that nobody will see.
		unusedwrite.Analyzer,
	)
}
