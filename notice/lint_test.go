package notice

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// what no notice may say, in either language.
var (
	urges = regexp.MustCompile(`(?i)赶快|赶紧|立即消费|马上消费|速来|再借|多借|借更多|提升额度|提额|领取额度|用起来|享受|福利|限时|borrow more|borrow now|spend more|spend now|shop now|get more|hurry|enjoy|don't miss|offer ends|claim your`)
	// Consequences are told; nobody is frightened with what is not the contract's.
	threats = regexp.MustCompile(`(?i)起诉|律师|法院|法律责任|坐牢|拘留|家人|亲友|单位|通讯录|上门|黑名单|后果自负|严重后果|court action|lawsuit|\bsue\b|lawyer|prison|\bjail\b|police|your family|your employer|blacklist|or else`)
	links   = regexp.MustCompile(`(?i)https?:|www\.|token|://|\?[a-z_]+=`)
	free    = regexp.MustCompile(`(?i)免息|零利率|0利率|0%|免费分期|interest[- ]free|no interest|free of charge`)
	// A promise of nothing to pay stands with what it hangs on.
	conditions = regexp.MustCompile(`(?i)(按时|按期|到期日前|全额).{0,12}(还清|还款)|逾期|if (it is )?paid (in full )?by|late`)
	asksBack   = regexp.MustCompile(`(?i)还清|还款|待还|to pay|pay|due`)
)

// faults lists what is wrong with a text that a customer gets.
func faults(kind Kind, text string) (found []string) {
	if m := urges.FindString(text); m != "" {
		found = append(found, "it urges to borrow: "+m)
	}
	// By order of a court is a fact about a block, and not a threat.
	if m := threats.FindString(text); m != "" && kind != Frozen && kind != Unfrozen {
		found = append(found, "it threatens: "+m)
	}
	if m := links.FindString(text); m != "" {
		found = append(found, "it has a link: "+m)
	}
	if m := free.FindString(text); m != "" && !conditions.MatchString(text) {
		found = append(found, "it promises "+m+" without its conditions")
	}
	if strings.Contains(text, "<no value>") || strings.Contains(text, "{{") || strings.Contains(text, "  ") || strings.Contains(text, " .") || strings.Contains(text, "，。") {
		found = append(found, "something is missing in it")
	}
	return found
}

// TestTheLintFinds shows that each rule finds what is planted.
func TestTheLintFinds(t *testing.T) {
	for _, planted := range []string{
		"您的额度很高，赶快用起来", "Hurry, borrow more today", "不还将起诉您并联系家人", "We will tell your employer", "详情 https://y.example/?token=1",
		"三期免息", "Interest-free in three instalments!", "待还 <no value>", "账单，。",
	} {
		if len(faults(Bill, planted)) == 0 {
			t.Errorf("nothing is found in %q", planted)
		}
	}
	for _, fine := range []string{"三期免息，到期日前还清；逾期按日计罚息", "Interest-free if paid in full by the due date", "理性借贷，按需使用。"} {
		if found := faults(Bill, fine); len(found) > 0 {
			t.Errorf("%q: %v", fine, found)
		}
	}
}

// variables are the fields that a template shows or asks about.
func variables(t *template.Template, names ...string) (fields []string) {
	var walk func(parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, c := range n.Nodes {
					walk(c)
				}
			}
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				walk(c)
			}
		case *parse.CommandNode:
			for _, a := range n.Args {
				walk(a)
			}
		case *parse.FieldNode:
			fields = append(fields, strings.Join(n.Ident, "."))
		case *parse.IfNode:
			walk(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		}
	}
	for _, name := range names {
		if part := t.Lookup(name); part != nil {
			walk(part.Root)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// cases are figures with everything, nothing, and each choice that a template makes.
// The amounts are as long as they get.
func cases() (list []Figures) {
	day := calendar.Of(2026, 12, 28)
	for _, currency := range []string{"CNY", "EUR"} {
		whole := Figures{
			Currency: "CNY", Amount: 123_456_78, Total: 123_456_78, Remaining: 123_456_78, Penalty: 123_456_78, Fee: 1_234_56, Credit: 123_456_78,
			Limit: 200_000_00, Before: 123_456_78, On: day, Billed: day, Due: day, DueBefore: day, Until: day, From: day, Days: 3,
			PenaltyRate: 180_000, Bureau: true, Outcome: credit.ForCustomer, Block: credit.BlockRisk,
		}
		if currency != "CNY" {
			whole.Currency = "EUR"
		}
		list = append(list, whole, Figures{Currency: whole.Currency, On: day, Billed: day, Due: day, Until: day, Total: 100, Amount: 100, Limit: 0, Before: 100})
		for _, change := range []func(*Figures){
			func(f *Figures) { f.Autopay = true }, func(f *Figures) { f.Remaining = 0 }, func(f *Figures) { f.Days = 0 }, func(f *Figures) { f.Days, f.Autopay = 0, true },
			func(f *Figures) { f.Deregister = true }, func(f *Figures) { f.Closed = true }, func(f *Figures) { f.Blocked = true }, func(f *Figures) { f.PenaltyRate = 0 },
			func(f *Figures) { f.Outcome = credit.ForMerchant }, func(f *Figures) { f.Outcome = credit.Withdrawn }, func(f *Figures) { f.Outcome = credit.Refunded },
			func(f *Figures) { f.Block = credit.BlockCustomer }, func(f *Figures) { f.Block = credit.BlockJudicial }, func(f *Figures) { f.Block = credit.BlockDispute },
			func(f *Figures) { f.Block = credit.BlockOverdue }, func(f *Figures) { f.From = 0 }, func(f *Figures) { f.Before, f.Limit = 300_000_00, 0 },
		} {
			f := whole
			change(&f)
			list = append(list, f)
		}
	}
	return list
}

// possible says whether a kind is ever told of such figures.
func possible(kind Kind, f *Figures) bool {
	switch kind {
	case Reminder, Overdue:
		return f.Remaining > 0
	case PenaltyBegan:
		return f.PenaltyRate > 0
	}
	return true
}

// TestTemplates: each kind is told in both languages, of the same figures, within what
// may be said and in as many parts as a phone should have to put together.
func TestTemplates(t *testing.T) {
	entries, err := files.ReadDir("templates")
	if err != nil || len(entries) != len(kinds)*len(Languages) {
		t.Errorf("%d templates for %d kinds, %v", len(entries), len(kinds), err)
	}
	most := map[Language]int{Chinese: 1, English: 3}
	for kind, channel := range kinds {
		var told [][]string
		for _, language := range Languages {
			tmpl := templates[worded{kind, language}]
			if has := tmpl.Lookup("sms") != nil; has != (channel != inboxOnly) {
				t.Errorf("%s in %s has a message: %t", kind, language, has)
			}
			told = append(told, variables(tmpl, "title", "body"), variables(tmpl, "sms"))
			for i, f := range cases() {
				text, err := Render(kind, language, &f)
				if err != nil || text.Title == "" || text.Body == "" || len([]rune(text.Title)) > 60 {
					t.Fatalf("%s in %s: %+v, %v", kind, language, text, err)
				}
				for _, part := range []string{text.Title, text.Body, text.SMS} {
					for _, fault := range faults(kind, part) {
						if fault != "something is missing in it" || i%(len(cases())/2) != 1 && possible(kind, &f) {
							t.Errorf("%s in %s: %s: %s", kind, language, fault, part)
						}
					}
				}
				if text.SMS == "" {
					continue
				}
				signed := Signed("月付", text.SMS)
				if !strings.HasPrefix(signed, "【月付】") || Segments(signed) > most[language] {
					t.Errorf("%s in %s has %d parts, %d characters: %s", kind, language, Segments(signed), len([]rune(signed)), signed)
				}
			}
		}
		if !slices.Equal(told[0], told[2]) || !slices.Equal(told[1], told[3]) {
			t.Errorf("%s is told of %v in Chinese and %v in English, by message of %v and %v", kind, told[0], told[2], told[1], told[3])
		}
	}
}

// What is late is told with what follows and who helps; what is due with the way out.
func TestDebtsAreToldWithHelp(t *testing.T) {
	help := map[Language]*regexp.Regexp{Chinese: regexp.MustCompile(`协商|延期|分期|帮助|联系`), English: regexp.MustCompile(`(?i)plan|later|instalments|help|contact`)}
	for _, kind := range []Kind{Overdue, Reminder, PenaltyBegan, Bill} {
		for language, words := range help {
			text, err := Render(kind, language, &cases()[0])
			if err != nil || !words.MatchString(text.Body) || !asksBack.MatchString(text.Body) && kind != PenaltyBegan {
				t.Errorf("%s in %s: %s, %v", kind, language, text.Body, err)
			}
		}
	}
}

func TestPrinting(t *testing.T) {
	for _, c := range []struct {
		f    Figures
		l    Language
		want string
	}{
		{Figures{Amount: 1, Currency: "CNY"}, Chinese, "0.01元"}, {Figures{Amount: 123_456, Currency: "CNY"}, Chinese, "1,234.56元"},
		{Figures{Amount: 100_000_00, Currency: "CNY"}, English, "CNY 100,000.00"}, {Figures{Amount: 1_234_567_89, Currency: "EUR"}, Chinese, "1,234,567.89 EUR"},
		{Figures{Amount: 1000, Currency: "JPY"}, English, "JPY 1,000"}, {Figures{Currency: "CNY"}, English, ""},
	} {
		if got := c.f.print(c.l).Amount; got != c.want {
			t.Errorf("%d %s in %s is %q, not %q", c.f.Amount, c.f.Currency, c.l, got, c.want)
		}
	}
	day := calendar.Of(2026, 2, 9)
	if got := strings.Join([]string{Chinese.date(day), Chinese.short(day), Chinese.month(day), English.date(day), English.short(day), English.month(day)}, " "); got != "2026年2月9日 2月9日 2026年2月 9 February 2026 9 Feb February 2026" {
		t.Errorf("%s", got)
	}
	for text, want := range map[string]int{strings.Repeat("月", 70): 1, strings.Repeat("月", 71): 2, strings.Repeat("a", 134): 2, strings.Repeat("a", 135): 3, strings.Repeat("😀", 36): 2} {
		if got := Segments(text); got != want {
			t.Errorf("%d letters make %d parts, not %d", len(text), got, want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for header, want := range map[string]Language{
		"zh-CN,zh;q=0.9,en;q=0.8": Chinese, "en-GB, en;q=0.9, zh": English, "fr, en;q=0.5": English, "fr": "", "": "", "*": "", "ZH": Chinese,
	} {
		if got := Preferred(header); got != want {
			t.Errorf("%q asks for %q, not %q", header, got, want)
		}
	}
}
