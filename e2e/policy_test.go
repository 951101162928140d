package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPolicy: an analyst begins with the sample, tries it on somebody, and spoils it.
func TestPolicy(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	sample := must(t, "policy", "sample")
	policy := write("policy.json", sample)
	if out := must(t, "policy", "check", policy); !strings.Contains(out, "can be used: 5 facts, 6 characteristics, 6 conditions") {
		t.Error(out)
	}
	facts := write("facts.json", `{"declared":{"adult":true,"student":false,"monthly_income":800000,"employment":"employed"},"requested_limit":1500000,
		"facts":[{"name":"orders","value":"40"},{"name":"returns","value":"30"},{"name":"account_age_days","value":"500"}],"history":{"overdue":1,"worst_bucket":1}}`)
	out := must(t, "policy", "run", policy, "--facts", facts)
	for _, want := range []string{"│ returns              │ 30       │ platform  │", "│ phone_verified       │ true     │ assumed   │", "650", "referred, limit 额度 1500000", "近期退货较多"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if out := must(t, "policy", "run", policy, "--facts", facts, "--json"); !strings.Contains(out, `"decision":"referred"`) {
		t.Error(out)
	}
	for _, c := range []struct{ file, says string }{
		{write("bad.json", strings.Replace(sample, "ratio(returns, orders) > 500000", "returns / orders > 0.5", 1)), "conditions/2/when (many_returns), line 1, column 25: whole numbers lose"},
		{write("typo.json", strings.Replace(sample, `"outcome"`, `"outcom"`, 1)), "outcom"},
		{write("none.json", "[]"), "none.json"},
	} {
		if _, says, code := run(t, "policy", "check", c.file); code != 1 || !strings.Contains(says, c.says) {
			t.Errorf("%s: exit code %d, %s", c.file, code, says)
		}
	}
	stranger := write("stranger.json", `{"declared":{"adult":true,"student":false},"facts":[{"name":"oders","value":"40"}]}`)
	if _, says, code := run(t, "policy", "run", policy, "--facts", stranger); code != 1 || !strings.Contains(says, "facts/0/name is no fact") {
		t.Errorf("exit code %d, %s", code, says)
	}
}
