package catalogue

import "strings"

// asText writes what an operator named something so that Markdown shows it as it is. A
// name with a bar in it must not move the columns of a table of costs.
func asText(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>#|&~!", r),
			i == 0 && strings.ContainsRune("-+=", r),
			(r == '.' || r == ')') && i > 0 && strings.Trim(name[:i], "0123456789") == "":
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
