package tidy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// core are the rooms of pure rules: the standard library and each other only. Risk alone
// has more: an analyst's conditions are CEL, which reads nothing but the facts that it is
// given, ends always, and is checked when a policy is published (decision 0021); its JSON is
// the log's.
var core = []string{"money", "calendar", "credit", "ledger", "risk", "law"}

const jsonv2 = "github.com/go-json-experiment/json"

// allowed is the list of arrows: for each room, what it may import besides the
// standard library. A room that is missing here may not exist.
var allowed = map[string][]string{
	"money":    {},
	"calendar": {},
	"credit":   {"money", "calendar"},
	"ledger":   {"money", "calendar", "credit"},                           // it posts credit's events
	"risk":     {"money", "calendar", "credit", "cel.dev/cel-go", jsonv2}, // it assesses who applies for credit
	"law":      {"money", "calendar", "credit"},                           // it holds a programme's terms against what the law asks

	// The durable form of credit's events. Not core: encoding/json takes repeated
	// names, any letter case and bad UTF-8, so it stands on the library that does not.
	"credit/wire": {"money", "calendar", "credit", "jsonwrite", jsonv2},

	"eventlog":          {}, // a seam knows no implementation
	"eventlog/logtest":  {"eventlog", "pgregory.net/rapid", "github.com/google/go-cmp"},
	"eventlog/sqlite":   {"eventlog", "database", "modernc.org/sqlite"},
	"eventlog/open":     {"eventlog", "eventlog/sqlite", "eventlog/postgres", "database"}, // chooses one of them
	"eventlog/postgres": {"eventlog", "database", "github.com/jackc/pgx/v5"},
	"eventlog/memory":   {"eventlog"},

	"database":        {"github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "modernc.org/sqlite"},
	"database/pgtest": {"github.com/jackc/pgx/v5"},

	"follow":    {"eventlog", "database"}, // the one way to follow the log
	"servicing": {"money", "calendar", "credit", "credit/wire", "eventlog", jsonv2},
	"view":      {"money", "calendar", "credit", "credit/wire", "ledger", "eventlog", "follow", "database", "github.com/jackc/pgx/v5"},
	"catalogue": {"money", "calendar", "credit", "risk", "law", "database", jsonv2},

	// Who customers are: the only room that has personal data in clear.
	"vault": {"calendar", "credit", "database", "github.com/tink-crypto/tink-go/v2"},

	// All consents as one tree; what a receipt says, and how anybody checks one.
	"consent":         {"calendar", "credit", "credit/wire", "event", "eventlog", "follow", "database", "consent/receipt", jsonv2, "golang.org/x/mod"},
	"consent/receipt": {"calendar", "credit", "money", "jsonwrite", jsonv2, "golang.org/x/mod"},

	// What customers are told, from the log; who they are, and their numbers, it is told for one call.
	"notice":             {"language", "money", "calendar", "credit", "credit/wire", "eventlog", "follow", "database", "servicing", "view", "notice/sms", jsonv2},
	"notice/sms":         {jsonv2}, // a seam knows no implementation, and nobody's debts
	"notice/sms/smstest": {"notice/sms"},
	"notice/sms/standin": {"notice/sms"},

	"language":            {},
	"jsonwrite":           {jsonv2}, // JSON by hand
	"unreliable":          {},
	"payment":             {"money", jsonv2}, // a seam knows no implementation, and nobody's accounts
	"payment/paymenttest": {"payment", "money"},
	"payment/standin":     {"payment", "money"},

	"autopay": {"credit", "servicing", "view", "payment"}, // carries out what the log asks for

	// The time machine: reads histories, tells them again, writes nothing.
	"fork": {"money", "calendar", "credit", "credit/wire", "ledger", "view", jsonv2},

	// Tells a bill as a story, from the account's history.
	"explain": {"money", "calendar", "credit"},

	// The public form of what happened, and whose it is.
	"event": {"calendar", "credit", "credit/wire", "eventlog", "view", jsonv2},

	// Sends events to platforms' servers.
	"relay": {"credit", "event", "eventlog", "database", "view", jsonv2, "github.com/standard-webhooks/standard-webhooks/libraries"},

	// Edges: they never import each other.
	"session": {"database", jsonv2},  // who stands before a hosted page
	"guess":   {"golang.org/x/time"}, // who tries secrets until one fits
	"source":  {"database"},          // from what customers may be debited

	"api": {"notice", "money", "calendar", "credit", "credit/wire", "risk", "servicing", "catalogue", "view", "vault", "session", "guess", "source", "fork", "explain", "event", "relay", "consent", "consent/receipt", "api/strict", "api/contract", jsonv2, "github.com/valyala/fasthttp",
		"github.com/prometheus/client_golang"},
	"api/strict":   {"money", "calendar", jsonv2},
	"api/contract": {"money", "calendar", "api/strict", jsonv2},
	"api/client":   {"calendar", jsonv2, "github.com/standard-webhooks/standard-webhooks/libraries"},
	"docs":         {},                                             // what the product says in the words of its documentation
	"web":          {"calendar", "web/page", "go.yaml.in/yaml/v4"}, // reads the contract to show it

	// A customer's pages: clients of the public API, like any other.
	"web/page":          {"calendar", "language", "money", "docs", "session", "guess", "api/client", jsonv2, "github.com/yuin/goldmark"},
	"web/page/pagetest": {"github.com/chromedp/chromedp", "github.com/chromedp/cdproto", "golang.org/x/net"},
	"web/wallet":        {"calendar", "web/page", "session", "api/client"},
	"web/checkout":      {"calendar", "web/page", "session", "api/client", jsonv2},

	// What a platform's engineers copy: it has what they have, the public API.
	"examples/shop":            {"api/client", "examples/shop/storefront", "github.com/alecthomas/kong"},
	"examples/shop/storefront": {"api/client"},

	"sim": {"money", "calendar", "api/client"}, // customers of the public API, like any other

	// An installation put together, without its edges: for the server, and for who drives the desk directly.
	"office": {"notice", "vault", "money", "calendar", "credit", "law", "servicing", "catalogue", "view", "event", "relay", "consent", "consent/receipt", "eventlog", "eventlog/open", "follow", "database", "session", "source", "autopay", "payment"},
	// The edges put on an office: the API and the pages, on a listener.
	"server":            {"money", "calendar", "office", "session", "guess", "api", "api/client", "web", "web/page", "web/wallet", "web/checkout"},
	"server/servertest": {"server", "office", "catalogue", "database", "calendar", "guess", "notice", "payment/standin", "api/client"},
	"replay":            {"money", "calendar", "credit", "risk", "law", "servicing", "catalogue", "office"},
	// Measures all of it, and starts a PostgreSQL of its own when nobody names one.
	"bench": {"money", "calendar", "credit", "risk", "law", "servicing", "catalogue", "eventlog", "eventlog/open", "credit/wire", "database", "database/pgtest",
		"office", "api", "relay", jsonv2, "github.com/valyala/fasthttp", "github.com/jackc/pgx/v5", "github.com/jedib0t/go-pretty/v6", "github.com/HdrHistogram/hdrhistogram-go"},

	// Drives the desk as the API does, and holds it against a second telling of the
	// contract, which shares nothing with the first but money and dates.
	"trial":           {"money", "calendar", "credit", "credit/wire", "ledger", "servicing", "view", "eventlog", "eventlog/memory", "api", "catalogue", "trial/reference"},
	"trial/reference": {"money", "calendar"},
	"trial/mutants":   {},

	"tidy": {},
}

// testOnly are rooms that no product code may import, unless the list says so by name.
var testOnly = []string{"database/pgtest", "eventlog/logtest", "payment/paymenttest", "notice/sms/smstest", "web/page/pagetest", "server/servertest", "tidy", "e2e"}

// testLibraries may be imported by every test.
var testLibraries = []string{"github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/getkin/kin-openapi", "github.com/chromedp/chromedp", "github.com/chromedp/cdproto", "golang.org/x/net/html"}

func arrows(h *House) (found []Finding) {
	h.each(everything, func(dir string, f *File) {
		if _, listed := allowed[dir]; !listed && !wired(dir) {
			found = append(found, Finding{f.Path, 1, fmt.Sprintf("the room %q is not in the list of arrows", dir)})
			return
		}
		for _, spec := range f.Tree.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			if says := arrow(dir, target, f.Test); says != "" {
				found = append(found, Finding{f.Path, h.line(spec.Pos()), says})
			}
			if spec.Name != nil && spec.Name.Name == "." {
				found = append(found, Finding{f.Path, h.line(spec.Pos()), "an import with a dot hides where a name comes from"})
			}
		}
	})
	return found
}

func everything(string, *File) bool { return true }

// wired are the rooms that put all others together.
func wired(dir string) bool { return dir == "e2e" || strings.HasPrefix(dir, "cmd/") }

// arrow says what is wrong with an import, or nothing.
func arrow(dir, target string, test bool) string {
	room, own := strings.CutPrefix(target, Module+"/")
	if !own && !strings.Contains(strings.Split(target, "/")[0], ".") {
		return "" // the standard library; what of it the core may use is another rule
	}
	switch {
	case own && room == dir: // a test outside of its package
		return ""
	case own && slices.Contains(testOnly, room) && !test && !slices.Contains(testOnly, dir) && !slices.Contains(allowed[dir], room):
		return fmt.Sprintf("%s is for tests only", room)
	case own && strings.HasPrefix(room, "cmd/"):
		return "cmd is where everything is put together: nothing imports it"
	case wired(dir), test && !own && within(target, testLibraries):
		return ""
	case test && own && !slices.Contains(core, dir): // a test may build the world around its room
		return ""
	case test && own && (room == "credit/wire" || slices.Contains(core, room)): // the core's tests hold its rooms against each other
		return ""
	case own && slices.Contains(allowed[dir], room), !own && within(target, allowed[dir]):
		return ""
	}
	return fmt.Sprintf("%s may not import %s", dir, strings.TrimPrefix(target, Module+"/"))
}

func within(target string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return target == m || strings.HasPrefix(target, m+"/") })
}
