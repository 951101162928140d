package api

import (
	"slices"
	"strings"
	"testing"
)

// TestRoutesAreTheContract compares the route table with openapi.yaml: operations,
// who may use them, which want a key, which parameters they know.
func TestRoutesAreTheContract(t *testing.T) {
	document := specification(t)
	served := map[string]*route{}
	for i := range routes {
		r := &routes[i]
		served[r.method+" "+r.pattern] = r
	}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			name := method + " " + path
			r := served[name]
			if r == nil {
				t.Errorf("%s is in openapi.yaml and not served", name)
				continue
			}
			delete(served, name)
			if open := operation.Security != nil && len(*operation.Security) == 0; open != (r.policy == public) {
				t.Errorf("%s: public here %v, in openapi.yaml %v", name, r.policy == public, open)
			}
			says := strings.Contains(operation.Summary, "operator key")
			if says != (r.policy == operatorKey) {
				t.Errorf("%s: its summary says operator key %v, the table %v", name, says, r.policy == operatorKey)
			}
			var query []string
			keyed := false
			for _, parameter := range append(slices.Clone(operation.Parameters), item.Parameters...) {
				switch p := parameter.Value; {
				case p.In == "query":
					query = append(query, p.Name)
				case p.In == "header" && p.Name == keyHeader:
					keyed = true
				}
			}
			if keyed != r.keyed {
				t.Errorf("%s: wants a key here %v, in openapi.yaml %v", name, r.keyed, keyed)
			}
			slices.Sort(query)
			if want := slices.Sorted(slices.Values(r.query)); !slices.Equal(query, want) {
				t.Errorf("%s: parameters here %v, in openapi.yaml %v", name, want, query)
			}
			if operation.Responses.Default() == nil {
				t.Errorf("%s: openapi.yaml does not say that it may answer with a problem", name)
			}
		}
	}
	for name := range served {
		t.Errorf("%s is served and not in openapi.yaml", name)
	}
}

// TestMoneyRoutesWantAKey: what changes an account is keyed; the others are listed here by name.
func TestMoneyRoutesWantAKey(t *testing.T) {
	unkeyed := []string{
		"/v1/programmes", "/v1/quotes", "/v1/accounts/{id}/autopay/preview", "/v1/purchases/{id}/refund-preview", "/v1/accounts/{id}/early-repayment-quotes",
		// A checkout is its own key: however often it is confirmed, it authorises once.
		"/v1/checkout_sessions", "/v1/checkout_sessions/{id}/confirm", "/v1/checkout_sessions/{id}/choose", "/v1/checkout_sessions/{id}/cancel",
		"/v1/clock/advance", "/v1/forks", "/v1/funders", "/v1/wallet_sessions", "/v1/wallet_sessions/end", "/v1/accounts/{id}/sources",
		"/v1/customers/{customer}/erasure", "/v1/customers/search",
		"/v1/webhook-endpoints", "/v1/webhook-endpoints/{id}/rotate-secret", "/v1/webhook-endpoints/{id}/test", "/v1/webhook-endpoints/{id}/dead/replay",
		"/v1/applications/precheck",
	}
	unkeyed = append(unkeyed, "/v1/accounts/{id}/notices/read-all", "/v1/accounts/{id}/notices/{notice}/read")
	for _, r := range routes {
		if want := r.method == "POST" && !slices.Contains(unkeyed, r.pattern); r.keyed != want {
			t.Errorf("%s %s: keyed is %v", r.method, r.pattern, r.keyed)
		}
	}
}

func TestMatching(t *testing.T) {
	var n node
	for i := range routes {
		n.add(&routes[i])
	}
	for path, want := range map[string]string{
		"/v1/programmes":                            "/v1/programmes",
		"/v1/programmes/default":                    "/v1/programmes/{id}",
		"/v1/programmes/a%2Fb":                      "/v1/programmes/{id}",
		"/v1/accounts/acc_1/blocks/risk/lift":       "/v1/accounts/{id}/blocks/{kind}/lift",
		"/v1/accounts/acc_1/credit-balance-returns": "/v1/accounts/{id}/credit-balance-returns",
		"/healthz":              "/healthz",
		"":                      "",
		"/":                     "",
		"healthz":               "",
		"/healthz/":             "",
		"//healthz":             "",
		"/v1":                   "",
		"/v1/":                  "",
		"/v1/accounts/":         "",
		"/v1/programmes/a%":     "",
		"/v1/programmes/a/b":    "",
		"/V1/programmes":        "",
		"/v1/../v1/programmes":  "",
		"/v1/programmes/%2e%2e": "/v1/programmes/{id}",
	} {
		var parameters [maxParameters]string
		got := ""
		if found := n.find([]byte(path), &parameters); found != nil {
			for _, r := range found.routes {
				got = r.pattern
			}
		}
		if got != want {
			t.Errorf("%q leads to %q and not to %q", path, got, want)
		}
	}
	var parameters [maxParameters]string
	n.find([]byte("/v1/accounts/a%2Fb/blocks/r%20x/lift"), &parameters)
	if parameters != [maxParameters]string{"a/b", "r x"} {
		t.Errorf("parameters %q", parameters)
	}
}
