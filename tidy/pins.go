package tidy

import (
	"fmt"
	"regexp"
)

// LibcPin holds go.mod to a rule of modernc.org/sqlite: its C library is
// generated together with one exact version of modernc.org/libc, and with another
// one it may build and then corrupt memory. go mod tidy picks the newest that any
// dependency asks for, so that somebody has to look.
func LibcPin(goMod, sqliteMod string) []Finding {
	ours, wanted := required(goMod, "modernc.org/libc"), required(sqliteMod, "modernc.org/libc")
	if ours == wanted {
		return nil
	}
	return []Finding{{"go.mod", 1, fmt.Sprintf("modernc.org/libc is %s, but modernc.org/sqlite was made with %s", ours, wanted)}}
}

// required returns the version of a module that a go.mod file requires.
func required(goMod, module string) string {
	m := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(module) + ` (v\S+)`).FindStringSubmatch(goMod)
	if m == nil {
		return "not required"
	}
	return m[1]
}
