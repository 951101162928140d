// Package wallet is the customer's own pages (钱包): what can be spent, what is owed and
// when, and everything that a person may do about it. It knows how to ask the public
// API for one customer and how to say things to a person with a phone; it refuses to
// know anything that the API does not tell, and decides nothing.
package wallet

import (
	"embed"
	"net/http"

	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the pages are: it and everything below.
const Path = "/wallet"

// wallet is the pages with what they stand on.
type wallet struct {
	gate *page.Gate
	set  *page.Set
}

// Handler serves the pages below Path to whom the gate lets in.
func Handler(gate *page.Gate, files *page.Assets) (http.Handler, error) {
	set, err := page.NewSet(files, gate.Zone, templates, messages)
	if err != nil {
		return nil, err
	}
	w := &wallet{gate, set}
	mux := http.NewServeMux()
	mux.Handle("GET /wallet/enter", gate.Enter(set, begin))
	mux.Handle("POST /wallet/leave", gate.Leave(set))
	for pattern, handle := range w.pages() {
		mux.Handle(pattern, gate.For(set, handle))
	}
	mux.Handle("/wallet/", gate.For(set, missing))
	return page.Secure(mux, gate.Secure), nil
}

// pages are the pages by their patterns: GET shows, POST does.
func (w *wallet) pages() map[string]func(*page.Visit) error {
	return map[string]func(*page.Visit) error{
		"GET /wallet": of(home),

		"GET /wallet/bill":              of(thisBill),
		"GET /wallet/bills":             bills,
		"GET /wallet/bills/{id}":        oneBill,
		"GET /wallet/bills/{id}/split":  split,
		"POST /wallet/bills/{id}/split": splitIt,
		"GET /wallet/bills/{id}/defer":  postpone,
		"POST /wallet/bills/{id}/defer": postponeIt,
		"GET /wallet/coming":            of(coming),

		"GET /wallet/repay":       repay,
		"POST /wallet/repay":      repayIt,
		"GET /wallet/debits/{id}": oneDebit,
		"GET /wallet/repaid":      repaid,

		"GET /wallet/settings":          of(settings),
		"GET /wallet/autopay":           autopay,
		"POST /wallet/autopay":          change("autopay", "/wallet/autopay", setAutopay),
		"GET /wallet/due-day":           setting("due-day"),
		"POST /wallet/due-day":          change("due-day", "/wallet/due-day", setDueDay),
		"GET /wallet/protection":        setting("protection"),
		"POST /wallet/protection/cap":   change("protection", "/wallet/protection", setCap),
		"POST /wallet/protection/night": change("protection", "/wallet/protection", setNight),
		"POST /wallet/protection/scene": change("protection", "/wallet/protection", setScene),
		"POST /wallet/protection/pause": change("protection", "/wallet/protection", pause),
		"GET /wallet/close":             closing(false),
		"POST /wallet/close":            closeIt(false),
		"GET /wallet/deregister":        closing(true),
		"POST /wallet/deregister":       closeIt(true),
		"GET /wallet/certificates/{id}": certificate,
		"GET /wallet/year":              of(years),
		"GET /wallet/bureau":            of(bureau),
		"GET /wallet/agreements":        papers,
		"GET /wallet/receipts/{id}":     receipt,
		"GET /wallet/texts/{hash}":      words,
		"GET /wallet/data":              data,
		"GET /wallet/inbox":             inbox,
		"POST /wallet/inbox/read":       readAll,
		"POST /wallet/inbox/wishes":     setWishes,
		"POST /wallet/protection/limit": change("protection", "/wallet/protection", lower),
		"GET /wallet/renew":             renewing(renew),
		"POST /wallet/renew":            renewing(renewed),
		"GET /wallet/renew/{name}":      renewing(renewText),
		"POST /wallet/renew/{name}":     renewing(agreeText),
		"GET /wallet/help":              help,
		"GET /wallet/help/{name}":       oneArticle,

		"GET /wallet/purchases":               purchases,
		"GET /wallet/purchases/{id}":          purchase,
		"POST /wallet/purchases/{id}/dispute": dispute,
		"POST /wallet/disputes/{id}/withdraw": withdraw,
		"POST /wallet/holds/{id}/cancel":      cancel,
	}
}

// begin is the page that a link leads to.
func begin(s session.Session) string {
	switch s.Page {
	case "open":
		return "/open"
	case "bill", "repay", "close":
		return Path + "/" + s.Page
	}
	return Path
}
