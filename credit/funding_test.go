package credit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func joint(t *credit.Terms) {
	t.Routes = []credit.Route{
		{Shares: []credit.FunderShare{{Funder: "bank", Share: 700_000, Bureau: "pboc"}, {Funder: "trust", Share: 300_000}}},
		{Shares: []credit.FunderShare{{Funder: "third", Share: credit.Whole}}},
	}
}

// captured buys something by a plan, of the money of a route.
func (s *story) captured(amount money.Amount, plan string, route int) credit.PurchaseCaptured {
	s.t.Helper()
	order := s.order(amount, plan)
	p, _ := s.a.Terms.Plan(plan)
	order.Consent.Hash = s.a.QuoteBy(route, p, amount, s.day).Token
	hold := only[credit.Authorised](s.t, s.do(order)).Number
	return only[credit.PurchaseCaptured](s.t, s.do(credit.Capture{Hold: hold, Amount: amount}))
}

func deep(t tb, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

// Each minor unit of a purchase is some funder's, through repayment and refund, until the last is paid.
func TestFundersShareAPurchaseToTheFen(t *testing.T) {
	s := opened(t, "2026-03-01", joint)
	bought := s.captured(100_01, "flat3", 0)
	deep(t, "funding", bought.Funding, []credit.Funded{{Funder: "bank", Share: 700_000, Principal: 70_00}, {Funder: "trust", Share: 300_000, Principal: 30_01}})
	s.to("2026-03-05")
	paid := only[credit.RepaymentReceived](t, s.do(credit.Repay{Amount: 10_00, Currency: "CNY", Source: "p1"}))
	deep(t, "share", paid.Shares[0].Funders, []credit.FunderPart{{Funder: "bank", Principal: 6_29, Cost: 70}, {Funder: "trust", Principal: 2_71, Cost: 30}})
	claims := map[string]money.Amount{}
	for _, f := range s.a.Purchases[0].Funding {
		claims[f.Funder] = f.Principal
	}
	deep(t, "claims", claims, map[string]money.Amount{"bank": 63_71, "trust": 27_30})
	back := only[credit.PurchaseRefunded](t, s.do(credit.Refund{Purchase: bought.Number, Amount: 91_01}))
	lost := map[string]money.Amount{}
	for _, cut := range back.Cuts {
		for _, part := range cut.Funders {
			lost[part.Funder] += part.Principal
		}
	}
	deep(t, "claims that fell", lost, claims)
}

// Who lends is part of what a customer agrees to. A route without room is no reason
// to take another lender's money.
func TestTheRouteIsTheOneThatWasShown(t *testing.T) {
	s := opened(t, "2026-03-01", joint)
	order := s.order(100_00, "next")
	first, second := order.Consent.Hash, s.a.QuoteBy(1, s.a.Terms.Plans[0], 100_00, s.day).Token
	if first == second {
		t.Fatal("two lenders have one quote")
	}
	for _, c := range []struct {
		quote string
		full  []string
		route int
		want  credit.Reason
	}{
		{first, nil, 0, ""}, {second, nil, 1, ""}, {second, []string{"trust"}, 1, ""}, {first, []string{"trust"}, 0, credit.ReasonFunding}, {second, []string{"bank", "third"}, 1, credit.ReasonFunding},
	} {
		order.Consent.Hash, order.Full = c.quote, c.full
		events := s.do(order)
		if c.want != "" {
			deep(t, "reasons", only[credit.Declined](t, events).Reasons, []credit.Reason{c.want})
			continue
		}
		equal(t, "route", only[credit.Authorised](t, events).Route, c.route)
	}
	deep(t, "with room", []int{s.a.Terms.Route(nil), s.a.Terms.Route([]string{"bank"}), s.a.Terms.Route([]string{"trust", "third"})}, []int{0, 1, 0})
}

func TestPenaltyIsDividedByWhatStandsOnTheBill(t *testing.T) {
	s := opened(t, "2026-03-01", joint)
	s.buy(100_00, "next")
	s.captured(300_00, "next", 1)
	s.to("2026-03-25") // due on the 15th, 0.1% a day: 4.00 on 400.00
	paid := only[credit.RepaymentReceived](t, s.do(credit.Repay{Amount: 4_00, Currency: "CNY", Source: "p1"}))
	deep(t, "share", paid.Shares, []credit.Share{{Statement: paid.Shares[0].Statement, Penalty: 4_00, Funders: []credit.FunderPart{
		{Funder: "bank", Cost: 70}, {Funder: "trust", Cost: 30}, {Funder: "third", Cost: 3_00},
	}}})
}

func TestRoutesThatAreNone(t *testing.T) {
	for says, shares := range map[string][]credit.FunderShare{
		"0 funders":         {},
		"names no funder":   {{Share: credit.Whole}},
		"not within 1":      {{Funder: "bank", Share: 0}, {Funder: "trust", Share: credit.Whole}},
		"funds twice":       {{Funder: "bank", Share: 1}, {Funder: "bank", Share: credit.Whole - 1}},
		"add up to 99.9999": {{Funder: "bank", Share: credit.Whole - 1}},
	} {
		terms := contract()
		terms.Routes = []credit.Route{{Shares: shares}}
		if err := terms.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: got %v, want %q in it", shares, err, says)
		}
	}
}
