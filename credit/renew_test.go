package credit_test

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// newer is the contract's next version, with one text that is new.
func newer(change ...func(*credit.Terms)) *credit.Terms {
	terms := contract()
	terms.Version = 2
	terms.Documents[0] = credit.Document{Name: "agreement", Version: 4, Hash: "a4"}
	for _, c := range change {
		c(terms)
	}
	return terms
}

// renewal is the customer's consent to every text that is new.
func (s *story) renewal(terms *credit.Terms) credit.Renew {
	c := credit.Renew{Terms: terms}
	for _, d := range s.a.NewDocuments(terms) {
		c.Consents = append(c.Consents, s.consent(d))
	}
	return c
}

// cheaper halves the fee of flat3, and funds by another.
func cheaper(t *credit.Terms) {
	for i := range t.Plans {
		if t.Plans[i].ID == "flat3" {
			t.Plans[i].Rate /= 2
		}
	}
	t.Funder = "trust"
}

func TestOrdersOfBeforeKeepTheirTerms(t *testing.T) {
	s := opened(t, "2026-03-10")
	first, hold := s.buy(90_00, "flat3"), s.hold(300_00, "flat3")
	e := only[credit.AgreementRenewed](t, s.do(s.renewal(newer(cheaper))))
	if len(e.Agreements) != 1 || e.Agreements[0].Document.Hash != "a4" || e.Agreements[0].Person != "u1" || e.Agreements[0].ReadSeconds != 50 {
		t.Errorf("of the consent is kept %+v", e.Agreements)
	}
	equal(t, "the version", s.a.Terms.Version, 2)

	fee := func(c credit.PurchaseCaptured) (money.Amount, string) { return c.Parts[0].Fee, c.Funding[0].Funder }
	old := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: hold, Amount: 300_00}))
	if f, by := fee(old); f != 3_00 || by != "bank" {
		t.Errorf("an order of before costs %d a month and is funded by %s", f, by)
	}
	young := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: s.hold(300_00, "flat3"), Amount: 300_00}))
	if f, by := fee(young); f != 1_50 || by != "trust" {
		t.Errorf("an order since costs %d a month and is funded by %s", f, by)
	}

	// What runs keeps its instalments, and the former agreement ends with it.
	equal(t, "former agreements", len(s.a.Former), 1)
	s.told()
	s.repayEarly(first)
	equal(t, "one purchase less", len(s.a.Former), 1)
	s.repayEarly(old.Number)
	equal(t, "the day's own orders count as of before", len(s.a.Former), 1)
	s.repayEarly(young.Number)
	equal(t, "alone", len(s.a.Former), 0)
	equal(t, "alone", s.a.Agreed == nil, true)
}

func TestABillOfTwoAgreementsIsKind(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) { t.GraceDays, t.PenaltyRate = 3, 180_000 })
	s.buy(90_00, "flat3")
	s.to("2026-03-11").do(s.renewal(newer(func(t *credit.Terms) { t.GraceDays, t.PenaltyRate, t.PenaltyCap = 1, 360_000, 500_000 })))
	equal(t, "grace", s.a.Terms.GraceDays, 3)
	equal(t, "penalty rate", s.a.Terms.PenaltyRate, credit.Rate(180_000))
	equal(t, "penalty cap", s.a.Terms.PenaltyCap, credit.Rate(500_000))
	s.buy(10_00, "next")
	s.to("2026-04-18")
	equal(t, "within the former grace", s.a.Statements[0].Overdue, false)
	s.to("2026-04-19")
	equal(t, "past it", s.a.Statements[0].Overdue, true)
	s.refused(credit.OverdueFirst, "", s.renewal(newer(func(t *credit.Terms) { t.Version = 3 })))

	// All of before is paid and no bill is open: the newest holds alone.
	s.do(credit.Repay{Amount: s.a.AsOf(s.day).Billed(), Currency: "CNY", Source: "p1"})
	equal(t, "instalments run", len(s.a.Former), 1)
	s.repayEarly(0)
	equal(t, "alone", len(s.a.Former), 0)
	equal(t, "grace of its own", s.a.Terms.GraceDays, 1)
	equal(t, "penalty rate of its own", s.a.Terms.PenaltyRate, credit.Rate(360_000))

	// Without anything that runs it holds alone at once, and a third one after it.
	s.told()
	s.do(s.renewal(newer(func(t *credit.Terms) { t.Version = 3; t.Documents[1].Version, t.Documents[1].Hash = 2, "r2" })))
	s.expect("2026-04-19 agreement.renewed", "2026-04-19 former_terms.ended")
	equal(t, "the third", s.a.Terms.Version, 3)
}

// A repayment that bounces brings back what it had settled, with its terms.
func TestAReversalBringsFormerTermsBack(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) { t.GraceDays = 5 })
	s.buy(90_00, "next")
	s.to("2026-03-11").do(s.renewal(newer(func(t *credit.Terms) { t.GraceDays = 0 })))
	paid := s.to("2026-04-06").repay(90_00).Number
	equal(t, "alone", s.a.Terms.GraceDays, 0)
	s.to("2026-04-16")
	s.bounce(paid)
	equal(t, "back", s.a.Terms.GraceDays, 5)
	equal(t, "of before", len(s.a.Former), 1)
	s.to("2026-04-20")
	equal(t, "its grace", s.a.Statements[0].Overdue, false)
	s.to("2026-04-21")
	equal(t, "past it", s.a.Statements[0].Overdue, true)
}

func TestRenewingRefuses(t *testing.T) {
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Renew{})
	s := opened(t, "2026-03-10")
	s.refused(credit.AgreementNotPending, "", credit.Renew{})
	s.refused(credit.AgreementNotPending, "", s.renewal(contract()))
	for name, other := range map[string]func(*credit.Terms){
		"statement day": func(t *credit.Terms) { t.StatementDay = 6 },
		"due day":       func(t *credit.Terms) { t.DueDay = 16 },
		"due days":      func(t *credit.Terms) { t.DueDays = []int{15, 16} },
		"rate method":   func(t *credit.Terms) { t.RateMethod = credit.EffectiveOnDays },
	} {
		t.Log(name)
		s.refused(credit.AgreementNotPending, "", s.renewal(newer(other)))
	}
	unasked := s.renewal(newer())
	unasked.Consents = nil
	s.refused(credit.ConsentIncomplete, "consents", unasked)
	for _, c := range brokenConsents {
		renewal := s.renewal(newer())
		c.change(&renewal.Consents[0], time.UnixMicro(s.at().Time))
		s.refused(c.kind, c.field, renewal)
	}
	s.do(s.renewal(newer()))
	s.refused(credit.AgreementNotPending, "", s.renewal(newer()))
	s.do(credit.RequestClosure{})
	s.refused(credit.AccountNotOpen, "", s.renewal(newer(func(t *credit.Terms) { t.Version = 3 })))
}

// After the date until which it may wait, and only then, nothing new is bought.
func TestAnAgreementThatWaitsTooLong(t *testing.T) {
	s := opened(t, "2026-03-10")
	hold := s.hold(100_00, "next")
	order := s.order(1, "next")
	ask := func(must map[string]int) (reasons []credit.Reason) {
		order.MustAgree = must
		for _, e := range s.do(order) {
			if e, ok := e.(credit.Declined); ok {
				reasons = e.Reasons
			}
		}
		return reasons
	}
	equal(t, "it may wait", len(ask(nil)), 0)
	equal(t, "another programme", len(ask(map[string]int{"other": 9})), 0)
	equal(t, "this very version", len(ask(map[string]int{"yuefu": 1})), 0)
	if got := ask(map[string]int{"yuefu": 2}); len(got) != 1 || got[0] != credit.ReasonAgreement {
		t.Errorf("declined for %v", got)
	}
	s.do(credit.Capture{Hold: hold, Amount: 100_00}) // it was promised
	s.do(s.renewal(newer()))
	order = s.order(1, "next")
	equal(t, "agreed", len(ask(map[string]int{"yuefu": 2})), 0)
}

// Whoever would rather leave pays no fee that is not due yet.
func TestLeavingIsFreeWhileANewAgreementAsks(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) { t.EarlyFees = credit.EarlyFeesAll })
	s.buy(300_00, "flat3")
	full := s.early(0)
	free, err := s.a.FeeFree().EarlyQuote(0, s.day)
	if err != nil || full.Sum != 309_00 || free.Sum != 300_00 || free.Saved != 9_00 {
		t.Fatalf("%v: %d, and free %d", err, full.Sum, free.Sum)
	}
	command := quoted(free).command()
	s.refused(credit.QuoteOutdated, "quote", command) // nobody asks
	command.Asks = map[string]int{"yuefu": 1}
	s.refused(credit.QuoteOutdated, "quote", command) // nobody asks this account
	command.Asks = map[string]int{"yuefu": 2}
	e := only[credit.EarlyRepaymentReceived](t, s.do(command))
	if !e.FeeFree || e.Amount != 300_00 {
		t.Errorf("%+v", e)
	}
	equal(t, "clear", len(s.a.Obstacles(s.day)), 0)
}

func TestACustomerLowersTheirLimit(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.hold(3_000_00, "next")
	s.refused(credit.InvalidAmount, "limit", credit.LowerLimit{Limit: -1})
	s.refused(credit.InvalidAmount, "limit", credit.LowerLimit{Limit: 10_000_01})
	s.refused(credit.Unchanged, "", credit.LowerLimit{Limit: 10_000_00})
	e := only[credit.LimitChanged](t, s.do(credit.LowerLimit{Limit: 2_000_00}))
	if e.Before != 10_000_00 || e.Limit != 2_000_00 || e.Reason != credit.LimitByRequest || e.Operator != credit.TheCustomersOwn || e.Agreement != nil {
		t.Errorf("%+v", e)
	}
	equal(t, "below what is held", s.a.Available(), 0)
	s.do(credit.LowerLimit{})
	equal(t, "nothing at all", s.a.Limit, 0)
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.LowerLimit{})
}
