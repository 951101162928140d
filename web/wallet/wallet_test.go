package wallet_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// lived is a house with a customer who has one of everything to look at.
func lived(t *testing.T) (*house, client.Account) {
	t.Helper()
	h := newHouse(t)
	account := h.Open(t, "u-1")
	h.buy(t, account, 600_00, "flat6", "m-shoes", "o-1", true)
	h.buy(t, account, 199_00, "free3", "m-tea", "o-2", true)
	h.buy(t, account, 50_00, "next", "m-books", "o-3", true)
	h.To(t, "2026-02-03")
	h.buy(t, account, 80_00, "next", "m-cups", "o-4", false)
	return h, account
}

var (
	forbidden = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|javascript:|src="(https?:)?//`)
	links     = regexp.MustCompile(`href="(/wallet[^"]*)"`)
)

// TestEveryLinkLeadsSomewhere crawls the wallet from its home page, in both languages:
// each page is there, has nothing that the policy forbids, and is small.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	h, _ := lived(t)
	for _, lang := range []client.PageLanguage{"zh-Hans", "en"} {
		p := h.enter(t, "u-1", lang)
		seen := map[string]bool{"/wallet": true}
		for queue := []string{"/wallet"}; len(queue) > 0; queue = queue[1:] {
			path := queue[0]
			status, to, body := p.Get(path)
			if status == http.StatusSeeOther && strings.HasPrefix(to, "/wallet") {
				body = `href="` + to + `"`
			} else if status != http.StatusOK {
				t.Errorf("%s: %d", path, status)
				continue
			} else if !strings.Contains(path, "file=json") {
				if !strings.Contains(body, `<html lang="`+string(lang)+`"`) {
					t.Errorf("%s is not in %s", path, lang)
				}
				if found := forbidden.FindString(body); found != "" || strings.Contains(body, "ZgotmplZ") {
					t.Errorf("%s has %q", path, found)
				}
				if strings.Count(body, "<h1") != 1 || len(body) > 60_000 {
					t.Errorf("%s: %d headings of the first rank, %d bytes", path, strings.Count(body, "<h1"), len(body))
				}
			}
			for _, m := range links.FindAllStringSubmatch(body, -1) {
				link := html.UnescapeString(m[1])
				link, _, _ = strings.Cut(link, "#")
				if !seen[link] {
					seen[link] = true
					queue = append(queue, link)
				}
			}
		}
		if len(seen) < 35 {
			t.Errorf("only %d pages were found", len(seen))
		}
	}
}

// TestRepaying tells the ways to repay, each by what the pages say.
func TestRepaying(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "en")
	before := h.account(t, account.ID)

	status, _, body := p.Post("/wallet/repay", p.Fill(p.Read("/wallet/repay"), "/wallet/repay", `value="part"`, "amount", "1.234", "source", "tok_card_1"))
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "The amount is not right") {
		t.Errorf("an amount finer than a cent: %d", status)
	}
	part := p.settle(p.Submit("/wallet/repay", "/wallet/repay", `value="part"`, "amount", "1,00.50", "source", "tok_card_1"))
	if !strings.Contains(part, "Repaid") || !strings.Contains(part, "¥100.50") {
		t.Errorf("a part: %s", part)
	}
	if now := h.account(t, account.ID); now.Billed != before.Billed-100_50 {
		t.Errorf("billed was %d, is %d", before.Billed, now.Billed)
	}
	refused := p.settle(p.Submit("/wallet/repay", "/wallet/repay", `value="bill"`, "source", "tok_empty"))
	if !strings.Contains(refused, "not enough money") {
		t.Errorf("an empty card: %s", refused)
	}
	// The same form twice, as impatient thumbs do: one debit.
	form := p.Fill(p.Read("/wallet/repay"), "/wallet/repay", `value="bill"`, "source", "tok_card_1")
	_, first, _ := p.Post("/wallet/repay", form)
	_, second, _ := p.Post("/wallet/repay", form)
	if first != second || first == "" {
		t.Errorf("sent twice: %s and %s", first, second)
	}
	p.settle(first)
	if now := h.account(t, account.ID); now.Billed != 0 || now.CreditBalance != 0 {
		t.Errorf("after the bill is paid: %+v", now)
	}
	early := p.Read("/wallet/repay")
	if !strings.Contains(early, "Repay everything") || !strings.Contains(early, "Cost that you save") {
		t.Errorf("no early repayment of everything: %s", early)
	}
	all := p.settle(p.Submit("/wallet/repay", "/wallet/repay", `value="early"`, "source", "tok_card_1"))
	if now := h.account(t, account.ID); now.Owed != 0 || !strings.Contains(all, "Cost that you save") {
		t.Errorf("everything was repaid, and %d is owed", now.Owed)
	}
	if body := p.Read("/wallet/repaid"); strings.Count(body, "<li>") != 3 {
		t.Errorf("what was repaid: %s", body)
	}
}

func (h *house) account(t *testing.T, id string) client.Account {
	t.Helper()
	a, err := h.Shop.GetAccount(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestRelief splits one bill and defers another: figures first, then a consent of its
// own, which can't be given before they could be read.
func TestRelief(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "zh-Hans")
	_, bill, _ := p.Get("/wallet/bill")
	offer := bill + "/split?plan=bill3"
	form := p.Fill(p.Read(offer), bill+"/split", "bill3")
	if status, _, body := p.Post(bill+"/split", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "阅读时间不够") {
		t.Errorf("agreed to before it could be read: %d", status)
	}
	other := url.Values{}
	for k, v := range form {
		other[k] = v
	}
	other.Set("quote", strings.Repeat("x", 26))
	if status, _, _ := p.Post(bill+"/split", other); status != http.StatusUnprocessableEntity {
		t.Errorf("agreed to what was never shown: %d", status)
	}
	form = p.Fill(p.Read(offer), bill+"/split", "bill3")
	time.Sleep(1100 * time.Millisecond) // reading: the server counts real seconds
	if status, to, body := p.Post(bill+"/split", form); status != http.StatusSeeOther {
		t.Fatalf("split: %d %s %s", status, to, body)
	}
	if now := h.account(t, account.ID); now.Billed == 0 && now.Owed == 0 {
		t.Error("nothing is owed any more")
	}
	events, err := h.Shop.ListEvents(t.Context(), account.ID, client.ListEventsQuery{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range events.Data {
		found = found || strings.Contains(fmt.Sprint(e.Data), "tap_split") && strings.Contains(fmt.Sprint(e.Data), "wallet")
	}
	if !found {
		t.Error("the log has no evidence of the consent")
	}

	p.settle(p.Submit("/wallet/repay", "/wallet/repay", `value="bill"`, "source", "tok_card_1")) // what can't be split
	h.To(t, "2026-03-02")
	_, bill, _ = p.Get("/wallet/bill")
	form = p.Fill(p.Read(bill+"/defer?days=7"), bill+"/defer", "due_on")
	time.Sleep(1100 * time.Millisecond)
	if status, _, body := p.Post(bill+"/defer", form); status != http.StatusSeeOther {
		t.Fatalf("defer: %d %s", status, body)
	}
	if body := p.Read(bill + "?done=deferred"); !strings.Contains(body, "原还款日") || !strings.Contains(body, "已延期") {
		t.Errorf("after the deferral: %s", body)
	}
	if status, _, body := p.Get(bill + "/defer"); status < 400 || !strings.Contains(body, "已经延期过一次") {
		t.Errorf("a second deferral: %d", status)
	}
}

// TestSecondThoughts cancels an order in one tap, and contests a purchase.
func TestSecondThoughts(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "en")
	body := p.Read("/wallet/purchases")
	action := regexp.MustCompile(`action="(/wallet/holds/[^"]+/cancel)"`).FindStringSubmatch(body)[1]
	if to := p.Submit("/wallet/purchases", action, "key"); to != "/wallet/purchases?done=cancelled" {
		t.Errorf("cancelled, to %s", to)
	}
	if now := h.account(t, account.ID); now.Held != 0 {
		t.Errorf("%d is still held", now.Held)
	}
	purchase := regexp.MustCompile(`href="(/wallet/purchases/pur_[^"]+)"`).FindStringSubmatch(body)[1]
	if status, _, page := p.Post(purchase+"/dispute", p.Fill(p.Read(purchase), purchase+"/dispute", "reason", "reason", "not_received", "amount", "99999999")); status < 400 || !strings.Contains(page, "more than can be contested") {
		t.Errorf("a dispute about more than it cost: %d", status)
	}
	p.Submit(purchase, purchase+"/dispute", "reason", "reason", "not_received", "amount", "10")
	if now := h.account(t, account.ID); now.Contested != 10_00 {
		t.Errorf("contested: %d", now.Contested)
	}
	action = regexp.MustCompile(`action="(/wallet/disputes/[^"]+/withdraw)"`).FindStringSubmatch(p.Read(purchase))[1]
	p.Submit(purchase, action, "key")
	if now := h.account(t, account.ID); now.Contested != 0 {
		t.Errorf("withdrawn, and %d is contested", now.Contested)
	}
}

// TestSelfProtection: what protects holds at once, what loosens does not.
func TestSelfProtection(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "en")
	const page = "/wallet/protection"
	if to := p.Submit(page, page+"/cap", `value="set"`, "amount", "300"); to != page+"?done=protected" {
		t.Errorf("to %s", to)
	}
	if now := h.account(t, account.ID); now.Spending.Cap != 300_00 {
		t.Errorf("cap %d", now.Spending.Cap)
	}
	if to := p.Submit(page, page+"/cap", `value="set"`, "amount", "500"); to != page+"?done=loosened" {
		t.Errorf("to %s", to)
	}
	if now := h.account(t, account.ID); now.Spending.Cap != 300_00 || now.Spending.Raise.Cap != 500_00 {
		t.Errorf("raised at once: %+v", now.Spending)
	}
	p.Submit(page, page+"/cap", `value="keep"`)
	p.Submit(page, page+"/night", `value="set"`, "from", "22:30", "until", "06:00")
	if now := h.account(t, account.ID); now.NightLock.From != "22:30" {
		t.Errorf("night lock %+v", now.NightLock)
	}
	p.Submit(page, page+"/scene", `value="tipping"`)
	p.Submit(page, page+"/pause", `value="pause"`)
	if body := p.Read("/wallet"); !strings.Contains(body, "You paused it yourself") {
		t.Error("the home page does not say that it is paused")
	}
	p.Submit(page, page+"/pause", `value="lift"`)
	if now := h.account(t, account.ID); !now.CanSpend {
		t.Errorf("resumed, and still %+v", now.Blocks)
	}
	if to := p.Submit("/wallet/due-day", "/wallet/due-day", "day", "day", "20"); to != "/wallet/due-day?done=dueday" {
		t.Errorf("to %s", to)
	}
	if now := h.account(t, account.ID); now.DueDay != 20 {
		t.Errorf("due day %d", now.DueDay)
	}
}

func TestAutopay(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "en")
	if status, _, _ := p.Get("/wallet/autopay?source=tok_of_somebody"); status != http.StatusNotFound {
		t.Errorf("a source that is not theirs: %d", status)
	}
	form := p.Fill(p.Read("/wallet/autopay?source=tok_card_1"), "/wallet/autopay", `name="text"`)
	time.Sleep(1100 * time.Millisecond)
	if status, to, body := p.Post("/wallet/autopay", form); to != "/wallet/autopay?done=autopayon" {
		t.Fatalf("%d %s %s", status, to, body)
	}
	if now := h.account(t, account.ID); now.Autopay.Source != "tok_card_1" {
		t.Errorf("autopay %+v", now.Autopay)
	}
	p.Submit("/wallet/autopay", "/wallet/autopay", `value="cancel"`)
	if now := h.account(t, account.ID); now.Autopay.ID != "" {
		t.Errorf("autopay %+v", now.Autopay)
	}
}

// TestLeavingInFourTaps goes the whole way out: what stands in the way, the one sum,
// the review with its date, the certificate; and the session ends with the account.
func TestLeavingInFourTaps(t *testing.T) {
	h, account := lived(t)
	p := h.enter(t, "u-1", "en")
	for _, tap := range [][2]string{{"/wallet", "/wallet/settings"}, {"/wallet/settings", "/wallet/close"}} { // two taps
		if !strings.Contains(p.Read(tap[0]), `href="`+tap[1]+`"`) {
			t.Fatalf("%s leads not to %s", tap[0], tap[1])
		}
	}
	body := p.Read("/wallet/close")
	for _, want := range []string{"One sum settles", "A bill is not paid", "Instalments are running", "An order holds the limit", "¥80.00"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	action := regexp.MustCompile(`action="(/wallet/holds/[^"]+/cancel)"`).FindStringSubmatch(p.Read("/wallet/purchases"))[1]
	p.Submit("/wallet/purchases", action, "key")
	p.settle(p.Submit("/wallet/close", "/wallet/close", `value="settle"`, "source", "tok_card_1")) // the third
	if to := p.Submit("/wallet/close", "/wallet/close", `value="ask"`); to != "/wallet/close?done=asked" {
		t.Fatalf("to %s", to) // the fourth
	}
	pending := h.account(t, account.ID).Closure
	if body := p.Read("/wallet/close"); !strings.Contains(body, "Under review") || pending.ID == "" {
		t.Errorf("under review: %s", body)
	}
	p.Submit("/wallet/close", "/wallet/close", `value="withdraw"`)
	if now := h.account(t, account.ID); now.Status != client.Active {
		t.Errorf("withdrawn, and %s", now.Status)
	}
	p.Submit("/wallet/close", "/wallet/close", `value="ask"`)
	if _, err := h.Shop.ApproveClosure(t.Context(), h.account(t, account.ID).Closure.ID, "yes"); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ { // the reader of the log that ends sessions comes right behind
		if status, _, _ := p.Get("/wallet"); status == http.StatusUnauthorized {
			break
		}
		if i > 100 {
			t.Fatal("the account is closed, and the session goes on")
		}
		time.Sleep(20 * time.Millisecond)
	}
	p = h.enter(t, "u-1", "en")
	link := regexp.MustCompile(`href="(/wallet/certificates/[^"]+)"`).FindStringSubmatch(p.Read("/wallet/close"))
	if link == nil {
		t.Fatal("no certificate")
	}
	if body := p.Read(link[1]); !strings.Contains(body, "This certifies") {
		t.Errorf("certificate: %s", body)
	}
	if body := p.Read(link[1] + "?file=json"); !strings.Contains(body, `"sha256"`) {
		t.Errorf("certificate as a file: %s", body)
	}
}

// TestHelpTellsTheTruth asks what people ask.
func TestHelpTellsTheTruth(t *testing.T) {
	h := newHouse(t)
	h.Open(t, "u-1")
	p := h.enter(t, "u-1", "zh-Hans")
	for question, want := range map[string]string{
		"兑现": "cash", "套现": "cash", "怎么把额度提现": "cash", "取消": "cancel", "误点了": "cancel", "关闭": "close", "怎么关掉月付": "close", "注销": "deregister", "举报": "report", "还不上": "late",
	} {
		body := p.Read("/wallet/help?q=" + url.QueryEscape(question))
		first := regexp.MustCompile(`href="/wallet/help/([a-z]+)"`).FindStringSubmatch(body)
		if first == nil || first[1] != want {
			t.Errorf("%s: %v, not %s", question, first, want)
		}
	}
	for _, lang := range []string{"zh-Hans", "en"} {
		body := p.Read("/wallet/help/cash?lang=" + lang)
		if !strings.Contains(body, "诈骗") && !strings.Contains(body, "fraud") || !strings.Contains(body, "/wallet/help/report") {
			t.Errorf("%s: who offers cash is a fraud: %s", lang, body)
		}
	}
	if body := p.Read("/wallet/help?q=zzz&lang=zh-Hans"); !strings.Contains(body, "没有找到") {
		t.Error("nothing was found, and nobody says so")
	}
}

// TestACreditBalanceSettles: a refund of what was paid leaves a credit balance, which
// settles a purchase without any money coming.
func TestACreditBalanceSettles(t *testing.T) {
	h := newHouse(t)
	account := h.Open(t, "u-1")
	h.buy(t, account, 300_00, "next", "m-a", "o-1", true)
	h.To(t, "2026-02-03")
	p := h.enter(t, "u-1", "en")
	p.settle(p.Submit("/wallet/repay", "/wallet/repay", `value="bill"`, "source", "tok_card_1"))
	bought, err := h.Shop.ListPurchases(t.Context(), account.ID, client.ListPurchasesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Shop.Refund(t.Context(), bought.Data[0].ID, "refund", client.RefundRequest{Amount: 300_00}); err != nil {
		t.Fatal(err)
	}
	h.buy(t, account, 120_00, "flat6", "m-b", "o-2", true)
	to := p.Submit("/wallet/repay", "/wallet/repay", `value="covered"`)
	if now := h.account(t, account.ID); to != "/wallet/repaid?done=covered" || now.Owed != 0 || now.CreditBalance != 180_00 {
		t.Errorf("to %s: %d owed, credit balance %d", to, now.Owed, now.CreditBalance)
	}
	if to := p.Submit("/wallet/close", "/wallet/close", `value="return"`); to != "/wallet/close?done=returned" {
		t.Errorf("to %s", to)
	}
	if now := h.account(t, account.ID); now.CreditBalance != 0 {
		t.Errorf("returned, and %d is left", now.CreditBalance)
	}
}
