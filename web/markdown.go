package web

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// The little of Markdown that a contract's descriptions are written in.
var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emphasis = regexp.MustCompile(`\*([^*]+)\*`)
)

// markdown makes paragraphs of a text.
func markdown(s string) template.HTML {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		if paragraph != "" {
			b.WriteString("<p>" + string(inline(paragraph)) + "</p>")
		}
	}
	return template.HTML(b.String())
}

// inline escapes a text and marks code, strong and emphasis in it.
func inline(s string) template.HTML {
	s = html.EscapeString(strings.TrimSpace(s))
	// Code first, in words that no other rule reads: an asterisk in code is an asterisk.
	var spans []string
	s = codeSpan.ReplaceAllStringFunc(s, func(m string) string {
		spans = append(spans, "<code>"+m[1:len(m)-1]+"</code>")
		return "\x00"
	})
	s = strong.ReplaceAllString(s, "<strong>$1</strong>")
	s = emphasis.ReplaceAllString(s, "<em>$1</em>")
	for _, span := range spans {
		s = strings.Replace(s, "\x00", span, 1)
	}
	return template.HTML(s)
}
