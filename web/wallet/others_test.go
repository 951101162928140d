package wallet_test

import (
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var (
	anyLink = regexp.MustCompile(`(?:href|action)="(/wallet[^"#]*)"`)
	ofSome  = regexp.MustCompile(`(acc|stm|pur|rep|clo|dsp|aut|deb|rcp)_[0-9a-z]{20}(_[0-9]+)?(-[0-9]+)?`)
)

// TestOthersPagesAreNotThere finds every page and every form of somebody's wallet that names
// something of theirs, and has another ask for it: they get, byte for byte, what they
// get for what does not exist, and nothing is changed.
func TestOthersPagesAreNotThere(t *testing.T) {
	h, account := lived(t)
	h.Open(t, "u-2")
	owner, other := h.enter(t, "u-1", "en"), h.enter(t, "u-2", "en")
	owner.settle(owner.Submit("/wallet/repay", "/wallet/repay", `value="part"`, "amount", "100", "source", "tok_card_1"))
	purchase := regexp.MustCompile(`href="(/wallet/purchases/pur_[^"]+)"`).FindStringSubmatch(owner.Read("/wallet/purchases"))[1]
	owner.Submit(purchase, purchase+"/dispute", "reason", "reason", "not_received", "amount", "10")
	found := map[string]bool{}
	for queue := []string{"/wallet"}; len(queue) > 0; queue = queue[1:] {
		_, to, body := owner.Get(queue[0])
		for _, m := range anyLink.FindAllStringSubmatch(body+` href="`+to+`"`, -1) {
			if path := html.UnescapeString(m[1]); !found[path] && !strings.Contains(path, "lang=") {
				found[path] = true
				queue = append(queue, path)
			}
		}
	}
	before := h.account(t, account.ID)
	ask := func(path string, do bool) string {
		t.Helper()
		status, to, body := 0, "", ""
		if do {
			status, to, body = other.Post(path, url.Values{"key": {strings.Repeat("k", 20)}, "do": {"set"}, "reason": {"not_received"}, "amount": {"1"}, "quote": {"q"}, "plan": {"bill3"}, "days": {"7"}, "source": {"tok_card_1"}})
		} else {
			status, to, body = other.Get(path)
		}
		if asks := strings.Contains(path, "?"); !asks && status < 400 || status >= 500 || to != "" { // a page that is asked about nothing shows what it shows anyway
			t.Errorf("%s of another: %d to %s", path, status, to)
		}
		body = regexp.MustCompile(`req_[0-9a-z-]+`).ReplaceAllString(body, "")
		return http.StatusText(status) + ofSome.ReplaceAllString(body, "…")
	}
	asked, kinds := 0, map[string]bool{}
	for path := range found {
		id := ofSome.FindString(path)
		if id == "" {
			continue
		}
		kinds[id[:3]] = true
		nobodys := strings.Replace(path, id, id[:4]+strings.Repeat("z", 20)+id[24:], 1)
		for _, do := range []bool{false, true} {
			asked++
			if theirs, none := ask(path, do), ask(nobodys, do); theirs != none {
				t.Errorf("%s (a form: %v) tells another's from nobody's:\n%s\n%s", path, do, theirs, none)
			}
		}
	}
	if asked < 20 || len(kinds) < 5 {
		t.Errorf("only %d pages and forms name something, of %v", asked, kinds)
	}
	if after := h.account(t, account.ID); !reflect.DeepEqual(before, after) {
		t.Errorf("%+v became %+v", before, after)
	}
	// An id that means to climb out of its place is an id of nothing.
	for _, climb := range []string{"..%2f..%2fclock", "%2e%2e%2faccounts%2f" + account.ID, "..;/" + account.ID, account.ID + "%3fx=1", account.ID + "%23"} {
		for _, page := range []string{"bills", "purchases", "debits", "receipts"} {
			status, _, body := other.Get("/wallet/" + page + "/" + climb)
			if status != http.StatusNotFound || strings.Contains(body, account.ID) {
				t.Errorf("%s/%s: %d", page, climb, status)
			}
		}
	}
	t.Log(asked, "pages and forms of", kinds)
}
