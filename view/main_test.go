package view_test

import (
	"flag"
	"os"
	"testing"
)

// A check here makes a database: a dozen in each run, each with stories of their
// own, and more with -rapid.checks.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
