package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/examples/shop/storefront"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/server"
	"github.com/yuefu/yuefu/sim"
	"github.com/yuefu/yuefu/web"
)

// tour is what the demo shows a newcomer: what there is, who lives there, and a
// purchase from its quote to its bill that can be typed along.
type tour struct {
	url   string
	shop  string // its address
	key   string
	story sim.Story
	took  time.Duration

	shopper sim.Person      // has an account and has bought nothing: the purchase is theirs
	number  int             // the newest number that was given to something of theirs
	clock   client.Clock    // it stands still
	quote   client.Quote    // of the purchase
	bill    calendar.Date   // the statement that its first instalment falls on
	amounts [2]money.Amount // of the purchase and of its first instalment
}

// purchase is what the tour buys, and plan how it is paid: three instalments
// without a fee show more of a bill than one does.
const (
	purchase = money.Amount(899_00)
	plan     = "free3"
)

// prepare looks up what the commands of the tour have to name.
func (t *tour) prepare(ctx context.Context, o *office.Office, key string) error {
	t.shopper = t.story.People[len(t.story.People)-1]
	if t.shopper.Account == "" || t.shopper.Authorised > 0 {
		return errors.New("the world has nobody who has just arrived")
	}
	s, err := server.Listen(o, "127.0.0.1:0", server.Options{})
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	api := client.New(s.URL, key, &http.Client{Transport: transport})
	return errors.Join(t.ask(ctx, api), s.Close())
}

func (t *tour) ask(ctx context.Context, api *client.Client) (err error) {
	if t.clock, err = api.GetClock(ctx); err != nil {
		return err
	}
	quotes, err := api.Quote(ctx, client.QuoteRequest{Account: t.shopper.Account, Amount: int64(purchase), Currency: t.shopper.Now.Currency, Plan: plan})
	if err != nil {
		return err
	}
	t.quote = quotes.Data[0]
	t.bill = t.quote.Instalments[0].StatementOn
	t.amounts = [2]money.Amount{purchase, money.Amount(t.quote.Instalments[0].Amount)}
	events, err := api.ListEvents(ctx, t.shopper.Account, client.ListEventsQuery{Limit: 200})
	if err != nil {
		return err
	}
	for _, e := range events.Data {
		if n, ok := e.Data["n"].(float64); ok {
			t.number = max(t.number, int(n))
		}
	}
	return nil
}

// id is the id of the shopper's thing that will be made next but n.
func (t *tour) id(prefix string, next int) string {
	return prefix + strings.TrimPrefix(t.shopper.Account, "acc_") + "_" + strconv.Itoa(t.number+1+next)
}

// steps are the commands of the tour. They work as they stand, in this order; to
// repeat one is harmless, since its key gets its first answer again.
func (t *tour) steps() []web.Step {
	account := t.shopper.Account
	body := fmt.Sprintf
	const bearer = `-H "Authorization: Bearer $KEY"`
	get := func(path string) string { return wrap("curl -sS $YUEFU"+path, bearer) }
	post := func(path, key, json string) string {
		if key == "" { // changes no account
			return wrap("curl -sS $YUEFU"+path, bearer, "--json '"+json+"'")
		}
		return wrap("curl -sS $YUEFU"+path, bearer, "-H 'Idempotency-Key: "+key+"'", "--json '"+json+"'")
	}
	accepted := t.clock.Now.Add(-2 * time.Second)
	total, first := yuan(int64(t.amounts[0])), yuan(int64(t.amounts[1]))
	return []web.Step{
		{
			Says:    web.Label{ZH: "先告诉终端服务器在哪里、用哪把密钥。", EN: "Tell your terminal where the server is, and your key."},
			Command: "export YUEFU=" + t.url + "/v1\nexport KEY=" + t.key,
		},
		{
			Says:    web.Label{ZH: "试算：" + total + " 元按各种还款方式各要多少。", EN: "What would " + total + " yuan cost (试算), by each plan, to the cent?"},
			Command: post("/quotes", "", body(`{"account": "%s", "amount": %d, "currency": "CNY"}`, account, t.amounts[0])),
		},
		{
			Says: web.Label{ZH: "占用额度：顾客同意分 3 期免息，凭的就是上面那份试算。", EN: "Hold it for an order (占用额度): the customer agreed to that quote, 3 instalments, no fee."},
			Command: post("/authorisations", "tour-1", body(`{"account": "%s", "amount": %d, "currency": "CNY",
    "plan": "%s", "scene": "mall", "merchant": "m-tea", "order": "tour-1",
    "consent": {"document": "quote", "version": %d, "hash": "%s",
      "person": "%s", "act": "tap_pay", "preselected": false,
      "channel": "api", "language": "zh-Hans", "read_seconds": 20,
      "shown_at": "%s", "accepted_at": "%s"}}`,
				account, t.amounts[0], plan, t.quote.Text.Version, t.quote.Text.Hash, t.shopper.Customer,
				accepted.Add(-20*time.Second).Format(time.RFC3339), accepted.Format(time.RFC3339))),
		},
		{
			Says:    web.Label{ZH: "确认扣款：已发货，占用变成一笔消费。", EN: "It is delivered (确认扣款): the hold becomes a purchase."},
			Command: post("/authorisations/"+t.id("aut_", 0)+"/captures", "tour-2", body(`{"amount": %d}`, t.amounts[0])),
		},
		{
			Says: web.Label{ZH: "把时钟拨到账单日，所有人的账单都会出，看看这一位的。", EN: "Move the clock to the statement day: everybody is billed (出账). Read this bill."},
			Command: post("/clock/advance", "", body(`{"to": "%s"}`, t.bill)) + "\n" +
				get("/accounts/"+account+"/statements"),
		},
		{
			Says: web.Label{ZH: "还款 " + first + " 元，看看每一分钱去了哪里。", EN: "Pay the bill of " + first + " (还款), and see where every cent went."},
			Command: post("/accounts/"+account+"/repayments", "tour-3",
				body(`{"amount": %d, "currency": "CNY", "source": "pay-1"}`, t.amounts[1])),
		},
		{
			Says:    web.Label{ZH: "账单为什么是这些钱？每一步的事件、规则和出处。", EN: "Why is the bill this (账单说明)? Each step, its event, its rule and where that stands."},
			Command: get("/accounts/" + account + "/explain?statement=" + t.id("stm_", 2)),
		},
		{
			Says:    web.Label{ZH: "如果从来没有罚息？用另一条规则重演过去（什么都不会改变）。", EN: "What if there were no penalty? The past told again under another rule (重演); nothing changes."},
			Command: post("/forks", "", `{"set": ["penalty_rate=0"]}`),
		},
		{
			Says:    web.Label{ZH: "想关闭账户？还差哪些条件，金额和日期都会列出。", EN: "Close the account (关闭)? Every condition that is not met, with its amount and date."},
			Command: get("/accounts/" + account + "/closing-conditions"),
		},
	}
}

// wrap puts the parts of a command on lines that fit beside a margin.
func wrap(parts ...string) string {
	const widest = 92
	var b strings.Builder
	at := 0
	for i, part := range parts {
		first, _, _ := strings.Cut(part, "\n")
		switch {
		case i == 0:
		case at+1+len(first) > widest:
			b.WriteString(" \\\n  ")
			at = 2
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(part)
		at += len(first)
	}
	return b.String()
}

// print writes the tour for a terminal, at most 100 characters wide.
func (t *tour) print(w io.Writer, paint func(style, words string) string, chinese bool) error {
	const heading, quiet, link, command = "1", "2", "4;36", "32"
	in := func(l web.Label) string {
		if chinese {
			return l.ZH
		}
		return l.EN
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	s := t.story

	say("")
	say("  %s", paint(heading, in(web.Label{
		ZH: fmt.Sprintf("月付 yuefu 演示：%d 个人，从 %s 活到 %s，用了 %.1f 秒", len(s.People), s.From, s.To, t.took.Seconds()),
		EN: fmt.Sprintf("月付 yuefu demo: %d people lived here from %s to %s, in %.1f s", len(s.People), s.From, s.To, t.took.Seconds()),
	})))
	accounts := 0
	for _, p := range s.People {
		if p.Account != "" {
			accounts++
		}
	}
	say("  %s", paint(quiet, in(web.Label{
		ZH: fmt.Sprintf("账户 %d 个，订单 %d 笔，消费 %s 元，退款 %d 笔，账单 %d 张，已还 %s 元，关闭 %d 次",
			accounts, s.Authorised+s.Declined, yuan(s.Spent), s.Refunds, s.Statements, yuan(s.Repaid), s.Closed),
		EN: fmt.Sprintf("%d accounts, %d orders, %s yuan spent, %d refunds, %d bills, %s paid, %d closures",
			accounts, s.Authorised+s.Declined, yuan(s.Spent), s.Refunds, s.Statements, yuan(s.Repaid), s.Closed),
	})))

	say("")
	say("  %s", paint(heading, in(web.Label{ZH: "从这里开始：点着走一遍", EN: "Start here: everything by clicking"})))
	say("    %s", paint(link, t.shop+"/"))
	say("      %s", in(web.Label{ZH: "示例商店：开通、购买、拨到账单日、还款、关闭", EN: "the example shop: open an account, buy, move the clock to the bill, repay, close"}))
	wallet, checkout := t.guests()
	say("    %s", paint(link, t.shop+"/wallet?as="+wallet))
	say("      %s", in(web.Label{ZH: wallet + " 的月付：额度、账单、还款、关闭", EN: "the wallet of " + wallet + ": limit, bill, repay, close"}))
	say("    %s", paint(link, t.shop+"/checkout?as="+checkout))
	say("      %s", in(web.Label{ZH: checkout + " 的收银台：月付是选项之一，不会预先选中", EN: "a checkout of " + checkout + ": pay-later is one option of several, none ticked"}))

	say("")
	say("  %s", paint(heading, in(web.Label{ZH: "打开", EN: "Open"})))
	for _, page := range []struct {
		path string
		says web.Label
	}{
		{"/", web.Label{ZH: "这是什么，怎么用", EN: "what this is, and the way of a customer through it"}},
		{"/docs", web.Label{ZH: "接口文档", EN: "the reference of the API"}},
		{"/live", web.Label{ZH: "实时数据", EN: "live figures"}},
	} {
		say("    %s%s  %s", paint(link, t.url+page.path), strings.Repeat(" ", 5-len(page.path)), in(page.says))
	}

	say("")
	say("  %s", paint(heading, in(web.Label{ZH: "有意思的人（GET /v1/accounts/{id}）", EN: "People worth a look (GET /v1/accounts/{id})"})))
	for _, p := range t.remarkable() {
		say("    %s  %s", p.account, in(p.says))
	}

	say("")
	say("  %s", paint(heading, in(web.Label{
		ZH: "在另一个终端里试（" + t.shopper.Customer + " 刚来，还没买过东西；时钟停在 " + t.clock.BusinessDate.String() + "）",
		EN: "Try it in another terminal (" + t.shopper.Customer + " has just arrived; the clock stands still at " + t.clock.BusinessDate.String() + ")",
	})))
	for i, step := range t.steps() {
		say("")
		say("  %s", in(web.Label{ZH: fmt.Sprint(i+1, " ", step.Says.ZH), EN: fmt.Sprint(i+1, " ", step.Says.EN)}))
		for _, line := range strings.Split(step.Command, "\n") {
			say("    %s", paint(command, line))
		}
	}
	say("")
	say("  %s", paint(quiet, in(web.Label{ZH: "按 Ctrl-C 停止。", EN: "Ctrl-C stops."})))
	_, err := io.WriteString(w, b.String())
	return err
}

// yuan writes an amount with a comma between thousands.
func yuan(amount int64) string {
	whole, cents, _ := strings.Cut(money.Amount(amount).Format("CNY"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + cents
}

// guests are whose wallet and whose checkout is worth a look. They aren't the shopper,
// whose account the commands count on.
func (t *tour) guests() (wallet, checkout string) {
	most, least := -1, 1<<30
	for _, p := range t.story.People {
		n := len(p.Now.Coming)
		if p.Account == "" || p.Account == t.shopper.Account || !p.Now.CanSpend {
			continue
		}
		if n > most {
			most, wallet = n, p.Customer
		}
		if p.Now.Available >= 2*int64(purchase) && n > 0 && n < least {
			least, checkout = n, p.Customer
		}
	}
	return wallet, checkout
}

// people are those whose part a visitor of the shop may take.
func (t *tour) people() (list []storefront.Person) {
	add := func(customer, zh, en string) {
		if customer != "" && !slices.ContainsFunc(list, func(p storefront.Person) bool { return p.Customer == customer }) {
			list = append(list, storefront.Person{Customer: customer, ZH: strings.TrimPrefix(zh, customer+" "), EN: strings.TrimPrefix(en, customer+" ")})
		}
	}
	for _, r := range t.remarkable() {
		if r.customer != t.shopper.Customer {
			add(r.customer, r.says.ZH, r.says.EN)
		}
	}
	wallet, checkout := t.guests()
	add(wallet, "有好几期要还", "has several instalments to pay")
	add(checkout, "还有额度可用", "has room left to spend")
	return list
}

// remark is somebody worth a look, and why.
type remark struct {
	account  string
	customer string
	says     web.Label
}

// remarkable picks people whose accounts show something.
func (t *tour) remarkable() (remarks []remark) {
	best := func(score func(p sim.Person) int64, says func(p sim.Person) web.Label) {
		var found sim.Person
		for _, p := range t.story.People {
			if p.Account != "" && score(p) > 0 && (found.Account == "" || score(p) > score(found)) {
				found = p
			}
		}
		if found.Account != "" {
			remarks = append(remarks, remark{found.Account, found.Customer, says(found)})
		}
	}
	best(func(p sim.Person) int64 { return int64(p.Now.DaysPastDue) }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 逾期 %d 天，欠 %s 元，暂不能消费", p.Customer, p.Now.DaysPastDue, yuan(p.Now.Overdue)),
			EN: fmt.Sprintf("%s is %d days overdue with %s, and blocked until it is paid", p.Customer, p.Now.DaysPastDue, yuan(p.Now.Overdue)),
		}
	})
	best(func(p sim.Person) int64 { return int64(len(p.Now.Coming)) }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 喜欢分期，未来 %d 期共 %s 元", p.Customer, len(p.Now.Coming), yuan(p.Now.Owed)),
			EN: fmt.Sprintf("%s likes instalments: %s in %d coming months", p.Customer, yuan(p.Now.Owed), len(p.Now.Coming)),
		}
	})
	best(func(p sim.Person) int64 { return int64(p.Closed * (1 - p.Reopened)) }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 结清后关闭了账户（%s）", p.Customer, p.Now.ClosedOn),
			EN: fmt.Sprintf("%s paid everything and closed the account on %s", p.Customer, p.Now.ClosedOn),
		}
	})
	best(func(p sim.Person) int64 { return int64(p.Reopened) }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 关闭后又开通，账号不变", p.Customer),
			EN: fmt.Sprintf("%s closed the account and opened it again: the id stays", p.Customer),
		}
	})
	best(func(p sim.Person) int64 { return int64(p.DebitsRefused * p.Debited) }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 自动扣款：成功 %d 次，被拒 %d 次后再扣", p.Customer, p.Debited, p.DebitsRefused),
			EN: fmt.Sprintf("%s is debited: %d paid, %d refused and tried again", p.Customer, p.Debited, p.DebitsRefused),
		}
	})
	best(func(p sim.Person) int64 { return p.Now.CreditBalance }, func(p sim.Person) web.Label {
		return web.Label{
			ZH: fmt.Sprintf("%s 多还了钱，溢缴款 %s 元", p.Customer, yuan(p.Now.CreditBalance)),
			EN: fmt.Sprintf("%s has a credit balance of %s: the next bill uses it", p.Customer, yuan(p.Now.CreditBalance)),
		}
	})
	return remarks
}
