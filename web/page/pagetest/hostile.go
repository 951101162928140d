package pagetest

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Hostile are what people type who want a page to do something else than show it.
var Hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `javascript:alert(1)`, `</title><script>alert(1)</script>`, `{{.Visit.Session}}`, `${7*7}`, `{{7*7}}`,
	`<iframe srcdoc="<script>alert(1)</script>">`, `<a href="javascript:alert(1)">x</a>`, `<math><mtext></form><form>`, `<!--`, `-->`, `]]>`, `<![CDATA[`, `&lt;script&gt;`, `&#60;script&#62;`, `%3Cscript%3E`,
	`\u003cscript\u003e`, `\x3cscript\x3e`, "a\u202eb", "a\u200bb", "\ufeffx", "🙈🙉🙊", "Ａｌｅｒｔ", "ﷺ", "e\u0301\u0301\u0301\u0301\u0301\u0301", `' OR '1'='1`, `'; DROP TABLE account; --`, `1; SELECT pg_sleep(9)`,
	`../../../etc/passwd`, `..\..\windows`, `/dev/null`, `CON`, `NUL`, `file:///etc/passwd`, `data:text/html,<script>alert(1)</script>`, `=cmd|' /C calc'!A0`, `+1+1`, `-1`, `@SUM(1)`, `NaN`, `Infinity`, `null`, `undefined`, `true`, `0`, `-0`,
	`1e309`, `%s%s%s%n`, `%00`, `$(reboot)`, "`reboot`", `| cat /etc/passwd`, `; ls`, `<style>*{display:none}</style>`, `<link rel=stylesheet href=//evil>`, `<base href=//evil>`, `<meta http-equiv=refresh content=0>`, `<button form=x>`, `autofocus onfocus=alert(1)`,
	`<details open ontoggle=alert(1)>`,
}

// Tree is a page as a browser reads it: its elements with the names of their attributes,
// in order, and all that it says, in texts and in attributes.
type Tree struct {
	Elements []string
	Says     []string
	Links    []string // where it leads, and what it loads
}

// Read parses a page.
func Read(t *testing.T, page string) Tree {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var tree Tree
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			tree.Says = append(tree.Says, n.Data)
		case html.CommentNode:
			tree.Elements = append(tree.Elements, "a comment")
		case html.ElementNode:
			element := n.Data
			for _, a := range n.Attr {
				element += " " + a.Key
				tree.Says = append(tree.Says, a.Val)
				if slices.Contains([]string{"href", "src", "action", "formaction", "srcset", "data"}, a.Key) {
					tree.Links = append(tree.Links, a.Val)
				}
			}
			tree.Elements = append(tree.Elements, element)
		}
	}
	return tree
}

// Has says whether the page says a text, as it is.
func (t Tree) Has(text string) bool {
	return slices.ContainsFunc(t.Says, func(s string) bool { return strings.Contains(s, text) })
}
