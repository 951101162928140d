package catalogue

import "testing"

func TestNamesAreText(t *testing.T) {
	for name, want := range map[string]string{
		"Bank of A & B, Ltd. (Shanghai)": `Bank of A \& B, Ltd. (Shanghai)`, "样例银行": "样例银行",
		"a | b": `a \| b`, "*7*": `\*7\*`, "<b>": `\<b\>`, "[x](y)": `\[x\](y)`, "- x": `\- x`, "a-b": "a-b", "1. x": `1\. x`, "12) x": `12\) x`, `\`: `\\`,
	} {
		if got := asText(name); got != want {
			t.Errorf("%s is written %s, not %s", name, got, want)
		}
	}
}
