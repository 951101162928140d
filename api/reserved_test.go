package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

// TestKeysThatLookLikeTheDesksOwn: the desk keys what it does by itself too, and no caller may be in its way.
func TestKeysThatLookLikeTheDesksOwn(t *testing.T) {
	s := newTeller(t)
	a := s.apply("u-1", 1_000_00, 10_000_00, false).Opened
	s.capture(s.authorise(a, 10_00, "next"), 10_00, false)
	for _, key := range []string{"close:2026-02-01", "day:2026-02-01", "close:2026-02-14", "debit:3:settled"} {
		body := mustJSON(t, object(t, s.w.checkout(t, a, 1_00, "next", key)))
		r := s.w.post(t, s.w.platform, key, "/v1/authorisations", body)
		if !strings.HasPrefix(key, "day:") {
			if !r.isProblem(t, kindKeyInvalid) {
				t.Errorf("%s: %d %s", key, r.status, r.body)
			}
		} else if r.status != http.StatusCreated {
			t.Errorf("%s: %d %s", key, r.status, r.body)
		}
	}
	s.goTo("2026-02-20")
	if bills := ok(s.shop.ListStatements(t.Context(), a.ID, client.ListStatementsQuery{}))(s).Data; len(bills) != 1 || bills[0].Status != client.StatementStatusOverdue {
		t.Errorf("bills %+v", bills)
	}
}
