package language

import "testing"

func TestPreferred(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "fr, de;q=0.8": "", "zh": "zh-Hans", "en-GB,zh;q=0.5": "en", "fr, zh-TW;q=0.3": "zh-Hans", "EN": "en",
		"zh;q=0.1, en": "en", "en;q=0,zh;q=0.1": "zh-Hans", "en;q=0": "", "nonsense;;q=x": "", " ,;, zh-CN": "zh-Hans",
	} {
		if got := Preferred(header); got != want {
			t.Errorf("%q prefers %q, not %q", header, got, want)
		}
	}
}
