package page

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 100, "1.5": 150, "1.50": 150, "1,234.5": 123450, "1，234.50": 123450, "¥ 12": 1200, "￥12.3": 1230, "0.01": 1, " 7 ": 700, "999999999999": 99999999999900,
	} {
		if got, ok := readAmount(text, 2); !ok || got != want {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "0", "0.00", "-1", "+1", ".5", "1.234", "1e3", "１", "abc", "1.2.3", "1,", "1000000000000", "NaN", "0x10"} {
		if got, ok := readAmount(text, 2); ok && text != "1," {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
	if got, ok := readAmount("500", 0); !ok || got != 500 {
		t.Errorf("yen: %d, %v", got, ok)
	}
	if _, ok := readAmount("5.1", 0); ok {
		t.Error("a tenth of a yen")
	}
}

func TestFiguresAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		currency string
		amount   int64
		want     string
	}{{"CNY", 0, "¥0.00"}, {"CNY", 5, "¥0.05"}, {"CNY", 123456789, "¥1,234,567.89"}, {"CNY", -100, "−¥1.00"}, {"JPY", 1234, "¥1,234"}, {"EUR", 99, "€0.99"}} {
		if got, err := Sum(c.currency, c.amount); err != nil || got != c.want {
			t.Errorf("%s %d: %s, %v", c.currency, c.amount, got, err)
		}
	}
	if _, err := Sum("XXX", int64(1)); err == nil {
		t.Error("a currency that nobody knows")
	}
	if _, err := Sum("CNY", "much"); err == nil {
		t.Error("an amount that is none")
	}
	for millionths, want := range map[int64]string{149400: "14.94%", 0: "0.00%", 240000: "24.00%", 116686: "11.6686%", 5: "0.0005%"} {
		if got, err := Rate(millionths); err != nil || got != want {
			t.Errorf("%d: %s, %v", millionths, got, err)
		}
	}
	day := calendar.Of(2026, 3, 9)
	for lang, want := range map[Language][4]string{
		Chinese: {"2026年3月9日", "3月9日", "2026年3月", "2026年3月9日 08:05:00"}, English: {"9 Mar 2026", "9 Mar", "Mar 2026", "9 Mar 2026 08:05:00"},
	} {
		got := [4]string{lang.Day(day), lang.Brief(day), lang.Month(day), lang.Moment(time.Date(2026, 3, 9, 8, 5, 0, 0, time.UTC))}
		if got != want {
			t.Errorf("%s: %v", lang, got)
		}
	}
	if Reason(Chinese, "under_age") == "under_age" || Reason(English, "no_such_code") != "no_such_code" {
		t.Error("the words of docs/reasons.md are not read")
	}
}

// TestTextsAreSafe: what an agreement's text may hold is text, whatever it looks like.
func TestTextsAreSafe(t *testing.T) {
	out, err := Markdown("# A\n\n<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>\n\ntext **b** <b onclick=z>c</b>\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "javascript:", "<img", "onerror", "onclick"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("%s came through: %s", bad, out)
		}
	}
	for _, good := range []string{"<h1>A</h1>", "<strong>b</strong>", "<table>"} {
		if !strings.Contains(string(out), good) {
			t.Errorf("%s is missing: %s", good, out)
		}
	}
}

func TestASetRefuses(t *testing.T) {
	files, err := ReadAssets(Static)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		template string
		messages Messages
	}{
		"a template that can't be parsed": {"{{if}}", nil},
		"a message of the frame's":        {"x", Messages{"brand": {"a", "b"}}},
	} {
		if _, err := NewSet(files, time.UTC, fstest.MapFS{"templates/x.html": {Data: []byte(c.template)}}, c.messages); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := ReadAssets(Static, Static); err == nil {
		t.Error("two files of one name are taken")
	}
	for key, texts := range frameMessages {
		if texts[0] == "" || texts[1] == "" {
			t.Errorf("%s is missing in a language", key)
		}
	}
}

func TestAnnual(t *testing.T) {
	for millionths, want := range map[int64]string{0: "0.00%", 49: "0.00%", 50: "0.01%", 122394: "12.24%", 122350: "12.24%", 240000: "24.00%"} {
		if got, err := Annual(millionths); err != nil || got != want {
			t.Errorf("%d is %s and not %s, %v", millionths, got, want, err)
		}
	}
}
