package view_test

import (
	"flag"
	"os"
	"testing"
)

// A check here is a story in a database: a dozen in each run,
// and more with -rapid.checks.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
