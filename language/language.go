// Package language reads in which language a browser's person would rather be spoken to.
package language

import (
	"strconv"
	"strings"
)

// Preferred is the one of our languages, zh-Hans or en, that an Accept-Language header
// likes best; empty: it names neither.
func Preferred(header string) string {
	best, quality := "", 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
		tag = strings.ToLower(tag)
		if q <= quality {
			continue
		}
		switch primary, _, _ := strings.Cut(tag, "-"); primary {
		case "zh":
			best, quality = "zh-Hans", q
		case "en":
			best, quality = "en", q
		}
	}
	return best
}
