// Package docs hands out those pages of the documentation that the product itself
// speaks from, so that what a customer reads on a page is what the documentation says.
package docs

import (
	_ "embed"
	"regexp"
)

//go:embed reasons.md
var reasons string

// Words are a text in both languages.
type Words struct{ ZH, EN string }

var row = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([^|]+?) \\| ([^|]+?) \\|")

// Reasons are the words that a customer reads for each reason code, from reasons.md.
func Reasons() map[string]Words {
	words := map[string]Words{}
	for _, r := range row.FindAllStringSubmatch(reasons, -1) {
		words[r[1]] = Words{ZH: r[2], EN: r[3]}
	}
	return words
}
