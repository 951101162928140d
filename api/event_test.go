package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/event"
)

// feedPage is a page as it came, byte for byte.
type feedPage struct {
	Data []jsontext.Value `json:"data"`
	More bool             `json:"more"`
	Next string           `json:"next"`
}

func (w *world) feed(t testing.TB, key, query string) feedPage {
	t.Helper()
	a := w.get(t, key, "/v1/events?"+query)
	var page feedPage
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != 200 {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return page
}

// history is an account's own history, byte for byte.
func (w *world) history(t testing.TB, account string) []string {
	t.Helper()
	var page feedPage
	a := w.get(t, w.platform, "/v1/accounts/"+account+"/events?limit=200")
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || page.Next != "" {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return texts(page.Data)
}

func texts(list []jsontext.Value) (all []string) {
	for _, v := range list {
		all = append(all, string(v))
	}
	return all
}

// TestFeed reads what happened to some accounts in pages of every size, and compares
// with the histories of the accounts: all of it, once, in each account's order.
func TestFeed(t *testing.T) {
	w := newWorld(t)
	want, customerOf := map[string][]string{}, map[string]string{}
	for i := range 6 {
		account := w.opened(t, fmt.Sprint("u", i))
		for k := range i {
			w.authorised(t, account, 10_00, "next", fmt.Sprint("o", i, "-", k))
		}
		want[account.ID], customerOf[account.ID] = w.history(t, account.ID), account.Customer
	}
	account := slices.Min(slices.Collect(maps.Keys(want)))
	for _, size := range []int{1, 2, 3, 7, 200} {
		for _, filter := range []string{"", "&account=" + account, "&type=account.opened", "&type=authorisation.approved,account.opened&account=" + account} {
			got, cursor := map[string][]string{}, ""
			for pages := 0; ; pages++ {
				page := w.feed(t, w.platform, fmt.Sprint("limit=", size, filter, cursor))
				if len(page.Data) > size || pages > 200 {
					t.Fatalf("page %d has %d of %d", pages, len(page.Data), size)
				}
				for _, s := range texts(page.Data) {
					of := member(s, "account")
					got[of] = append(got[of], s)
				}
				cursor = "&cursor=" + page.Next
				if !page.More {
					break
				}
			}
			for id, all := range want {
				expected := slices.DeleteFunc(slices.Clone(all), func(s string) bool {
					return strings.Contains(filter, "account=") && id != account || strings.Contains(filter, "type=") && !strings.Contains(filter, member(s, "type"))
				})
				if !slices.Equal(got[id], expected) {
					t.Errorf("pages of %d%s: account %s has\n%s\nnot\n%s", size, filter, id, strings.Join(got[id], "\n"), strings.Join(expected, "\n"))
				}
			}
			// Who comes back later is told what happened since, whichever partition it is in.
			if size == 7 && filter == "" {
				before := w.history(t, account)
				w.authorised(t, client.Account{ID: account, Customer: customerOf[account]}, 5_00, "next", "late")
				page := w.feed(t, w.platform, "limit=50"+cursor)
				if late := w.history(t, account)[len(before):]; !slices.Equal(texts(page.Data), late) || len(late) == 0 || page.More {
					t.Errorf("later there is\n%v\nnot\n%v", texts(page.Data), late)
				}
				want[account] = w.history(t, account)
			}
		}
	}
	if page := w.feed(t, w.stranger, ""); len(page.Data) != 0 || page.More {
		t.Errorf("another platform is told of %v", page.Data)
	}
	for query, kind := range map[string]string{
		"type=purchase.capture": kindInvalidParameter, "type=": kindInvalidParameter, "type=account.opened,": kindInvalidParameter, "kind=x": kindUnknownParameter,
		"type=account.opened&type=account.opened": kindInvalidParameter, "cursor=x": kindInvalidParameter, "cursor=" + event.Start(8).String(): kindInvalidParameter,
		"limit=0": kindInvalidParameter, "limit=201": kindInvalidParameter, "account=acc_0123456789abcdefghjk": "not_found", "account=x": "not_found",
	} {
		if a := w.get(t, w.platform, "/v1/events?"+query); !a.isProblem(t, kind) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := w.get(t, w.stranger, "/v1/events?account="+account); !a.isProblem(t, "not_found") {
		t.Errorf("another platform's account: %d %s", a.status, a.body)
	}
}

// member reads a text member of an event.
func member(object, name string) string {
	_, rest, _ := strings.Cut(object, `"`+name+`":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestFeedNeverSkips pages one by one while things go on happening.
func TestFeedNeverSkips(t *testing.T) {
	w := newWorld(t)
	var ids []string
	seen, cursor := map[string][]string{}, ""
	for i := range 40 {
		if i < 10 {
			ids = append(ids, w.opened(t, fmt.Sprint("u", i)).ID)
		} else {
			w.authorised(t, client.Account{ID: ids[i*7%10], Customer: fmt.Sprint("u", i*7%10)}, 1_00, "next", fmt.Sprint("o", i))
		}
		page := w.feed(t, w.platform, "limit=2"+cursor)
		for _, s := range texts(page.Data) {
			seen[member(s, "account")] = append(seen[member(s, "account")], s)
		}
		cursor = "&cursor=" + page.Next
	}
	for more := true; more; {
		page := w.feed(t, w.platform, "limit=2"+cursor)
		for _, s := range texts(page.Data) {
			seen[member(s, "account")] = append(seen[member(s, "account")], s)
		}
		cursor, more = "&cursor="+page.Next, page.More
	}
	for _, id := range ids {
		if want := w.history(t, id); !slices.Equal(seen[id], want) {
			t.Errorf("account %s:\n%s\nnot\n%s", id, strings.Join(seen[id], "\n"), strings.Join(want, "\n"))
		}
	}
}
