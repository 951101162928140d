package checkout_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/web/page/pagetest"
)

var documents = []string{"cost_disclosure", "bureau_query", "bureau_report", "credit_agreement", "data_sharing"}

// wallet lets a customer in to their wallet.
func (h *house) wallet(t *testing.T, customer string) *person {
	t.Helper()
	link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{Customer: customer, Programme: catalogue.SampleID, Page: "open", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return h.enter(t, link.URL, "/open")
}

// tells says what the customer says of themselves.
func (p *person) tells(adult, student string) {
	p.T.Helper()
	if to := p.Submit("/open/about", "/open/about", "adult", "adult", adult, "student", student, "income", "10,000"); to != "/open/precheck" {
		p.T.Fatalf("the declaration leads to %s", to)
	}
}

// agrees reads a document and ticks its box.
func (p *person) agrees(name string) string {
	p.T.Helper()
	form := p.Fill(p.reads("/open/documents/"+name), "/open/documents/"+name, "agree", "agree", "yes")
	time.Sleep(1050 * time.Millisecond)
	status, to, body := p.Post("/open/documents/"+name, form)
	if status != http.StatusSeeOther {
		p.T.Fatalf("%s: %d\n%s", name, status, body)
	}
	return to
}

// unchanged makes sure that nothing of it comes into the log.
func (h *house) unchanged(t *testing.T, do func()) {
	t.Helper()
	heads := func() string {
		all, err := h.Office.Log.Heads(t.Context(), h.Office.Log.Partitions())
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, head := range all {
			sum += head.Position
		}
		return fmt.Sprint(sum)
	}
	before := heads()
	do()
	if after := heads(); before != after {
		t.Errorf("the log grew from %s to %s", before, after)
	}
}

func TestOpeningFromACheckout(t *testing.T) {
	h := newHouse(t)
	p, c := h.pay(t, order("u-1", 600_00))
	says(t, p.reads("/checkout?lang=en"), "not opened: opening it is a step of its own")
	if to := p.Submit("/checkout", "/checkout", "fieldset", "means", "pay_later"); to != "/open" {
		t.Fatalf("pay-later without an account leads to %s", to)
	}
	says(t, p.reads("/open"), "Open monthly pay", "consumer credit", "up to ¥50,000.00", "reported to Sample Credit Bureau", "you can shop without it just as well")
	p.tells("yes", "no")
	says(t, p.reads("/open/precheck"), "it can probably be opened", "No credit bureau was asked")
	at := "/open/documents/cost_disclosure"
	for range documents {
		name := strings.TrimPrefix(at, "/open/documents/")
		page := p.reads(at)
		says(t, page, "SHA-256")
		if name == "cost_disclosure" {
			says(t, page, "<table>", "Nothing is charged beyond what this page lists", "中文文本")
		}
		at = p.agrees(name)
	}
	if at != "/open/review" {
		t.Fatalf("after the last text: %s", at)
	}
	says(t, p.reads("/open/review"), "Yes, I am 18 or older", "¥10,000.00", "done")
	if to := p.Submit("/open/review", "/open/apply", "key"); to != "/open/result" {
		t.Fatalf("applying leads to %s", to)
	}
	says(t, p.reads("/open/result"), "Monthly pay is open", "¥5,000.00", "not selected there", `href="/checkout"`)
	account, err := h.Shop.GetAccount(t.Context(), c.Account)
	if err != nil || account.Limit != 5_000_00 || account.Held != 0 {
		t.Fatalf("%+v, %v", account, err)
	}
	receipts, err := h.Shop.ListReceipts(t.Context(), c.Account, client.ListReceiptsQuery{})
	if err != nil || len(receipts.Data) != len(documents) {
		t.Fatalf("%d receipts, %v", len(receipts.Data), err)
	}
	for _, r := range receipts.Data {
		if r.Act != "tick_agree" || r.Channel != "open" || r.Preselected || r.ReadSeconds < 1 || r.Document.Language != "en" || r.AcceptedAt.Sub(r.ShownAt) < time.Second {
			t.Errorf("%+v", r)
		}
	}
	// The checkout goes on where it was, and nothing is chosen in it.
	if got := h.came(t, c.ID); got.Status != client.CheckoutOpen || got.PayLater.Status != client.PayLaterAvailable {
		t.Errorf("%+v", got)
	}
	p.reads("/checkout")
	if status, to, _ := p.Get("/open"); status != http.StatusSeeOther || to != "/checkout" {
		t.Errorf("opening what is open: %d to %s", status, to)
	}
}

// TestNothingOpensInSilence: every way around reading, ticking and sending is refused,
// and nothing of it comes into the log.
func TestNothingOpensInSilence(t *testing.T) {
	h := newHouse(t)
	p := h.wallet(t, "u-1")
	h.unchanged(t, func() {
		leads := func(path string, form url.Values, want string) {
			t.Helper()
			if status, to, body := p.Post(path, form); status != http.StatusSeeOther || to != want {
				t.Errorf("%s: %d to %q, and not to %s\n%s", path, status, to, want, body)
			}
		}
		key := url.Values{"key": {"aaaaaaaaaaaaaaaaaaaa"}, "agree": {"yes"}}
		leads("/open/apply", key, "/open/about") // no step was done
		if status, to, _ := p.Get("/open/review"); status != http.StatusSeeOther || to != "/open/about" {
			t.Errorf("the review before anything: %d to %s", status, to)
		}
		leads("/open/documents/credit_agreement", key, "/open/about")
		if status, _, _ := p.Post("/open/about", url.Values{"student": {"no"}}); status != http.StatusUnprocessableEntity {
			t.Errorf("who is not said to be an adult: %d", status)
		}
		p.tells("yes", "no")
		leads("/open/apply", key, "/open/documents/cost_disclosure")
		leads("/open/documents/credit_agreement", key, "/open/documents/cost_disclosure") // not its turn

		path := "/open/documents/cost_disclosure"
		refused := func(name string, form url.Values, status int, words string) {
			t.Helper()
			got, to, body := p.Post(path, form)
			if got != status || !strings.Contains(body, words) {
				t.Errorf("%s: %d to %q\n%s", name, got, to, body)
			}
		}
		disclosure, err := h.Shop.GetDisclosure(t.Context(), catalogue.SampleID, client.GetDisclosureQuery{})
		if err != nil {
			t.Fatal(err)
		}
		hash := ""
		for _, d := range disclosure.Documents {
			if d.Document == "cost_disclosure" {
				hash = d.Hash
			}
		}
		refused("never shown", url.Values{"hash": {hash}, "agree": {"yes"}}, http.StatusUnprocessableEntity, "What you were shown has changed")
		form := p.Fill(p.reads(path), path, "agree")
		if form.Has("agree") {
			t.Error("the page itself agrees")
		}
		form.Set("agree", "yes")
		refused("faster than it can be read", form, http.StatusUnprocessableEntity, "more seconds of reading")
		time.Sleep(1050 * time.Millisecond)
		for _, unticked := range []string{"", "no", "on"} {
			form.Set("agree", unticked)
			refused("ticked "+unticked, form, http.StatusUnprocessableEntity, "tick the box yourself")
		}
		form.Set("agree", "yes")
		form.Set("hash", strings.Repeat("0", 64))
		refused("other words", form, http.StatusConflict, "What you were shown has changed")
		leads("/open/apply", key, path)
	})

	// All was agreed to, and then the words change: what was agreed to does not count any more.
	for _, name := range documents {
		p.agrees(name)
	}
	form := p.Fill(p.reads("/open/review"), "/open/apply", "key")
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds, draft.Terms.GraceDays = 1, 5
	v, err := h.Office.Catalogue.CreateVersion(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Office.Catalogue.Activate(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, v.Number); err != nil {
		t.Fatal(err)
	}
	h.unchanged(t, func() {
		if status, to, _ := p.Post("/open/apply", form); status != http.StatusSeeOther || to != "/open/documents/cost_disclosure" {
			t.Errorf("with another version meanwhile: %d to %s", status, to)
		}
		// Another device begins for itself.
		if status, to, _ := h.wallet(t, "u-1").Post("/open/apply", form); status != http.StatusSeeOther || to != "/open/about" {
			t.Errorf("on another device: %d to %s", status, to)
		}
		if status, _, _ := p.Post("/open/apply", form, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
			t.Errorf("from another site: %d", status)
		}
	})
	p.agrees("cost_disclosure")
	form = p.Fill(p.reads("/open/review"), "/open/apply", "key")
	without := url.Values{}
	h.unchanged(t, func() {
		if status, _, _ := p.Post("/open/apply", without); status != http.StatusBadRequest {
			t.Errorf("a form of no page: %d", status)
		}
	})
	for range 2 { // a second tap opens nothing anew
		if status, to, body := p.Post("/open/apply", form); status != http.StatusSeeOther {
			t.Errorf("applying: %d to %s\n%s", status, to, body)
		}
	}
	says(t, p.reads("/open/result"), "Monthly pay is open")
}

func TestARefusalIsExplained(t *testing.T) {
	h := newHouse(t)
	p := h.wallet(t, "u-1")
	p.tells("yes", "yes")
	says(t, p.reads("/open/precheck?lang=en"), "probably not be opened", "not offered to students", "No credit bureau was asked")
	for _, name := range documents {
		p.agrees(name)
	}
	p.Submit("/open/review", "/open/apply", "key")
	page := p.reads("/open/result")
	says(t, page, "It was not opened this time", "not offered to students", "You can shop with other means", "Ask for a person to decide")
	if status, _, _ := p.Post("/open/appeal", p.Fill(page, "/open/appeal", "ground", "ground", "none")); status != http.StatusUnprocessableEntity {
		t.Errorf("an appeal for no reason: %d", status)
	}
	if to := p.Submit("/open/result", "/open/appeal", "ground", "ground", "facts_wrong"); to != "/open/result" {
		t.Errorf("the appeal leads to %s", to)
	}
	says(t, p.reads("/open/result"), "A person is looking at it", "You will hear from us by")
	// Nothing of those consents carries over to another application.
	if status, to, _ := p.Post("/open/apply", url.Values{"key": {"aaaaaaaaaaaaaaaaaaaa"}}); status != http.StatusSeeOther || to != "/open/about" {
		t.Errorf("applying again: %d to %s", status, to)
	}
}

func TestWhoTheCustomerIs(t *testing.T) {
	h := newHouse(t)
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds, draft.Policy.IdentityRequired = 1, true
	v, err := h.Office.Catalogue.CreateVersion(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Office.Catalogue.Activate(t.Context(), catalogue.Installation, "shop", catalogue.SampleID, v.Number); err != nil {
		t.Fatal(err)
	}
	p := h.wallet(t, "u-1")
	p.tells("yes", "no")
	for _, name := range documents {
		p.agrees(name)
	}
	who := []string{"name", "金丝雀", "identity_number", "000000199001010017", "phone", "+8612000000001"}
	status, _, body := p.Post("/open/apply", p.Fill(p.reads("/open/review"), "/open/apply", "key", who...))
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Please check each digit") || !strings.Contains(body, `aria-invalid="true"`) {
		t.Errorf("a wrong check digit: %d\n%s", status, body)
	}
	who[3] = "000000199001010018"
	if to := p.Submit("/open/review", "/open/apply", "key", who...); to != "/open/result" {
		t.Errorf("applying leads to %s", to)
	}
	says(t, p.reads("/open/result"), "Monthly pay is open")
	rows, err := h.Office.DB.Reader().QueryContext(t.Context(), `SELECT data FROM page_step`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var data string
		if err := rows.Scan(&data); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(data, "金丝雀") || strings.Contains(data, "19900101") || strings.Contains(data, "12000000001") {
			t.Errorf("who they are is kept with the session: %s", data)
		}
	}
}

// TestOpeningInABrowser opens an account on a phone and a desktop, in both themes and languages.
func TestOpeningInABrowser(t *testing.T) {
	h := newHouse(t)
	people := 0
	eachLook(t, func(t *testing.T, l *looker) {
		people++
		link, err := h.Shop.CreateWalletSession(t.Context(), client.WalletSessionRequest{
			Customer: fmt.Sprintf("o-%d", people), Programme: catalogue.SampleID, Language: client.PageLanguage(l.look.lang), ReturnURL: "https://shop.example/me",
		})
		if err != nil {
			t.Fatal(err)
		}
		pagetest.Visit(t, l.ctx, link.URL, l.look.width, l.look.scheme)
		l.do(`document.querySelector("a[href='/open']").click()`, "/open")
		l.check("open")
		l.do(`document.querySelector(".actions a.button").click()`, "/open/about")
		l.check("open-about")
		l.do(`document.querySelector("[name=adult][value=yes]").click(); document.querySelector("[name=student][value=no]").click(); document.querySelector("form button").click()`, "/open/precheck")
		l.check("open-precheck")
		l.do(`document.querySelector(".actions a.button").click()`, "/open/documents/cost_disclosure")
		for i, name := range documents {
			pagetest.Until(t, l.ctx, fmt.Sprintf(`location.pathname === "/open/documents/%s" && document.readyState === "complete"`, name))
			if i < 2 {
				l.check("open-" + name)
			}
			pagetest.Until(t, l.ctx, `!document.querySelector("button[data-wait]").disabled`)
			next := "/open/review"
			if i+1 < len(documents) {
				next = "/open/documents/" + documents[i+1]
			}
			l.do(`document.querySelector("[name=agree]").click(); document.querySelector("button[data-wait]").click()`, next)
		}
		l.check("open-review")
		l.do(`document.querySelector("form[action='/open/apply'] button").click()`, "/open/result")
		l.check("open-result")
	})
}
