package wallet

import (
	"regexp"
	"strings"
	"testing"
)

// TestTexts holds every text in both languages, with the same places to fill in, and a
// promise of no cost with its conditions.
func TestTexts(t *testing.T) {
	places := regexp.MustCompile(`\{[a-z]+\}`)
	for key, texts := range messages {
		zh, en := texts[0], texts[1]
		if zh == "" || en == "" {
			t.Errorf("%s is missing in a language", key)
		}
		if a, b := places.FindAllString(zh, -1), places.FindAllString(en, -1); len(a) != len(b) {
			t.Errorf("%s fills in %v and %v", key, a, b)
		}
		if strings.Contains(zh, "免息") || strings.Contains(zh, "0%") || strings.Contains(strings.ToLower(en), "interest-free") {
			t.Errorf("%s promises no cost, and there is no room for the conditions: %s", key, zh)
		}
	}
	for _, a := range articles["zh-Hans"] {
		for _, p := range a.Parts {
			if strings.Contains(p.Text, "免息") && (!strings.Contains(p.Text, "承担") || !strings.Contains(p.Text, "逾期")) {
				t.Errorf("%s: who bears it, and what being late costs, has to stand beside: %s", a.Name, p.Text)
			}
		}
	}
	if zh, en := len(articles["zh-Hans"]), len(articles["en"]); zh != en || zh < 7 {
		t.Errorf("%d articles in Chinese, %d in English", zh, en)
	}
}
