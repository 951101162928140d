package receipt

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/yuefu/yuefu/money"
)

// Language is that of plain words.
type Language string

// The languages of the product.
const (
	Chinese Language = "zh-Hans"
	English Language = "en"
)

func (l Language) choose(zh, en string) string {
	if l == Chinese {
		return zh
	}
	return en
}

// documents are what the product's own documents are called; another is called by its name.
var documents = map[string][2]string{
	"credit_agreement":     {"月付服务协议", "the credit agreement"},
	"bureau_authorisation": {"征信授权书", "the authorisation for the credit bureau"},
	"bureau_query":         {"征信查询授权书", "the authorisation to ask the credit bureau"},
	"bureau_report":        {"征信报送授权书", "the authorisation to report to the credit bureau"},
	"data_sharing":         {"个人信息共享授权书", "the sharing of personal data"},
	"cost_disclosure":      {"综合成本明示", "the disclosure of all costs"},
	"quote":                {"一笔消费的试算", "the quote for a purchase"},
	"autopay":              {"自动扣款授权", "the standing instruction to debit"},
	"limit_increase":       {"提高额度", "a higher limit"},
	"deferral_quote":       {"延期还款的试算", "the quote for a deferral"},
	"conversion_quote":     {"账单分期的试算", "the quote for a conversion into instalments"},
	"early_quote":          {"提前还款的试算", "the quote for an early repayment"},
}

func (l Language) document(name string) string {
	if d, ok := documents[name]; ok {
		return l.choose(d[0], d[1])
	}
	return name
}

// Line is a fact with its heading.
type Line struct{ Heading, Says string }

// Words say plainly what was agreed to, by whom, when and how.
func (r *Receipt) Words(l Language, zone *time.Location) []Line {
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 -07:00") }
	text := fmt.Sprintf(l.choose("%s，第 %d 版", "%s, version %d"), l.document(r.Document.Name), r.Document.Version)
	hash := l.choose("原文的 SHA-256：", "SHA-256 of the words: ")
	if r.Document.Seals == SealsFigures {
		hash = l.choose("所示数字的封印：", "seal of the figures that were shown: ")
	}
	lines := []Line{
		{l.choose("回执", "receipt"), r.ID},
		{l.choose("谁", "who"), fmt.Sprintf(l.choose("平台用户 %s，账户 %s", "the platform's customer %s, account %s"), r.Customer, r.Account)},
		{l.choose("同意了", "agreed to"), text},
		{"", hash + r.Document.Hash},
	}
	if about := r.Subject.words(l); about != "" {
		lines = append(lines, Line{l.choose("事项", "about"), about})
	}
	read := fmt.Sprintf(l.choose("阅读 %d 秒，语言 %s", "read for %d seconds, in %s"), r.ReadSeconds, l.tongue(r.Document.Language))
	return append(lines,
		Line{l.choose("出示", "shown"), at(r.ShownAt)},
		Line{l.choose("阅读", "read"), read},
		Line{l.choose("同意", "accepted"), at(r.AcceptedAt)},
		Line{l.choose("方式", "how"), fmt.Sprintf(l.choose("渠道 %s，动作 %s，没有任何预先勾选", "in the channel %s, by the act %s; nothing was ticked beforehand"), r.Channel, r.Act)},
		Line{l.choose("记录", "recorded"), fmt.Sprintf(l.choose("%s，%s（%s）", "%s, as %s (%s)"), at(r.RecordedAt), r.Event.ID, r.Event.Type)},
	)
}

func (l Language) tongue(language string) string {
	switch language {
	case "zh-Hans":
		return l.choose("简体中文", "Chinese")
	case "en":
		return l.choose("英文", "English")
	}
	return language
}

func (s *Subject) words(l Language) string {
	var parts []string
	add := func(zh, en string, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(l.choose(zh, en), value))
		}
	}
	add("金额 %s", "amount %s", s.sum(l, s.Amount))
	add("原为 %s", "before %s", s.sum(l, s.Before))
	add("费用 %s", "fee %s", s.sum(l, s.Fee))
	add("还款方式 %s", "plan %s", s.Plan)
	add("商户 %s", "merchant %s", s.Merchant)
	add("订单 %s", "order %s", s.Order)
	add("账单 %s", "statement %s", string(s.Statement))
	add("改为 %s 到期", "now due on %s", s.Due.String())
	add("原定 %s 到期", "before on %s", s.DueBefore.String())
	add("扣款来源 %s", "source %s", s.Source)
	return strings.Join(parts, l.choose("，", ", "))
}

// sum prints an amount with its currency, or says that it is in minor units where the
// receipt names no currency.
func (s *Subject) sum(l Language, amount int64) string {
	switch {
	case amount == 0:
		return ""
	case s.Currency == "":
		return fmt.Sprintf(l.choose("%d（最小货币单位）", "%d (in minor units)"), amount)
	}
	return s.Currency + " " + thousands(money.Amount(amount).Format(money.Currency(s.Currency)))
}

// thousands sets separators: 1234.50 is 1,234.50.
func thousands(digits string) string {
	whole, rest, found := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		return whole + "." + rest
	}
	return whole
}

// Words say what a check found, and for one that failed what that means.
func (f Finding) Words(l Language) string {
	holds := map[Check][2]string{
		CheckEvidence:  {"内容自洽", "what it says is consistent"},
		CheckSignature: {"树头的签名有效", "the tree head's signature holds"},
		CheckInclusion: {"回执在签名的树中", "the receipt is in the tree under that head"},
		CheckKey:       {"签名的公钥已公布", "the key that signed is the published one"},
		CheckHead:      {"与另处取得的树头一致", "the tree head is the one that others have"},
		CheckText:      {"原文与同意时一致", "the words are those that were agreed to"},
	}
	fails := map[Check][2]string{
		CheckEvidence:  {"内容不自洽", "what it says can't be"},
		CheckSignature: {"树头的签名无效", "the tree head's signature does not hold"},
		CheckInclusion: {"回执不在签名的树中", "the receipt is not in the tree under that head"},
		CheckKey:       {"不知道是谁签的", "who signed is not proven"},
		CheckHead:      {"与另处取得的树头不一致", "the tree head is not the one that others have"},
		CheckText:      {"原文不符", "the words are others"},
	}
	if f.Err == nil {
		return l.choose(holds[f.Check][0], holds[f.Check][1])
	}
	says := l.choose(fails[f.Check][0], fails[f.Check][1])
	if errors.Is(f.Err, ErrKeyNotGiven) {
		return says + l.choose("：请用 --key 给出机构公布的公钥（其网址下的 /.well-known/yuefu-keys.json）",
			": give the key that the lender publishes, at /.well-known/yuefu-keys.json of its address, with --key")
	}
	return says + l.choose("：", ": ") + l.Reason(f.Err)
}
