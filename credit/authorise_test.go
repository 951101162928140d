package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

func TestAuthoriseHoldsTheLimit(t *testing.T) {
	s := opened(t, "2026-03-10")
	for _, step := range []struct {
		amount    money.Amount
		declined  []credit.Reason
		available money.Amount
	}{
		{6_000_00, nil, 4_000_00},
		{4_000_01, []credit.Reason{credit.ReasonLimitExceeded}, 4_000_00},
		{4_000_00, nil, 0},
		{1, []credit.Reason{credit.ReasonLimitExceeded}, 0},
	} {
		events := s.do(s.order(step.amount, "next"))
		if e, ok := events[0].(credit.Declined); ok != (step.declined != nil) || ok && !slices.Equal(e.Reasons, step.declined) {
			t.Errorf("%d: got %+v, want reasons %v", step.amount, events[0], step.declined)
		}
		equal(t, "available", s.a.Available(), step.available)
	}
}

func TestAuthoriseSaysEveryReason(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.do(credit.Freeze{Kind: credit.BlockRisk})
	s.do(credit.Freeze{Kind: credit.BlockCustomer})
	order := s.order(20_000_00, "next")
	order.Scene = "tipping"
	e := only[credit.Declined](t, s.do(order))
	want := []credit.Reason{credit.ReasonFrozen, credit.ReasonScene, credit.ReasonLimitExceeded}
	if !slices.Equal(e.Reasons, want) {
		t.Errorf("got %v, want %v", e.Reasons, want)
	}
	s.refused(credit.HoldNotOpen, "", credit.Capture{Hold: e.Number, Amount: 1})
}

func TestAuthoriseRefuses(t *testing.T) {
	s := opened(t, "2026-03-10")
	for _, c := range []struct {
		kind   credit.Kind
		field  string
		change func(*credit.Authorise)
	}{
		{credit.InvalidAmount, "amount", func(c *credit.Authorise) { c.Amount = 0 }},
		{credit.InvalidAmount, "amount", func(c *credit.Authorise) { c.Amount = -1 }},
		{credit.InvalidAmount, "amount", func(c *credit.Authorise) { c.Amount = money.Max + 1 }},
		{credit.CurrencyMismatch, "currency", func(c *credit.Authorise) { c.Currency = "USD" }},
		{credit.CurrencyMismatch, "currency", func(c *credit.Authorise) { c.Currency = "" }},
		{credit.UnknownPlan, "plan", func(c *credit.Authorise) { c.Plan = "none" }},
		{credit.ConsentOutdated, "hash", func(c *credit.Authorise) { c.Amount++ }}, // another amount than was shown
		{credit.ConsentOutdated, "hash", func(c *credit.Authorise) { c.Plan = "flat3" }},
	} {
		order := s.order(100_00, "next")
		c.change(&order)
		s.refused(c.kind, c.field, order)
	}
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Authorise{Amount: 1})
}

// A quote is for its day: the next day it might fall on another statement.
func TestAQuoteIsForItsDay(t *testing.T) {
	s := opened(t, "2026-03-10")
	order := s.order(100_00, "next")
	s.to("2026-03-11")
	order.Consent = s.consent(credit.Document{Name: credit.QuoteDocument, Version: 1, Hash: order.Consent.Hash})
	s.refused(credit.ConsentOutdated, "hash", order)
	s.do(s.order(100_00, "next"))
}

func TestHoldExpires(t *testing.T) {
	for _, c := range []struct {
		day  string
		open bool
	}{
		{"2026-03-10", true},
		{"2026-03-16", true},
		{"2026-03-17", true}, // seven days after: the last day
		{"2026-03-18", false},
		{"2026-05-01", false},
	} {
		s := opened(t, "2026-03-10")
		hold := s.hold(100_00, "next")
		s.to(c.day)
		if c.open {
			s.do(credit.Capture{Hold: hold, Amount: 100_00})
			continue
		}
		s.refused(credit.HoldNotOpen, "", credit.Capture{Hold: hold, Amount: 100_00})
		s.refused(credit.HoldNotOpen, "", credit.Void{Hold: hold})
		equal(t, "available", s.a.Available(), 10_000_00)
		s.expect("2026-03-10 application.received", "2026-03-10 account.opened",
			"2026-03-10 authorisation.approved", "2026-03-18 authorisation.expired")
	}
}

// A bill on the last day of a hold leaves it open: it expires the day after.
func TestABillDoesNotEndAHold(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(10_00, "next")
	s.to("2026-02-26")
	hold := s.hold(100_00, "next")
	s.to("2026-03-05")
	equal(t, "statements", len(s.a.Statements), 1)
	s.do(credit.Capture{Hold: hold, Amount: 100_00})
}

// So few fen in so many periods: parts of nothing are no instalments.
func TestAPurchaseHasNoInstalmentsOfNothing(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) { t.Plans = []credit.Plan{plan(credit.Flat, 12, 0)} })
	purchase := s.buy(7, "p")
	equal(t, "owes", s.owes(purchase), "0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01")
}

func TestHoldExpiresOnce(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.hold(100_00, "next")
	s.to("2026-03-18").told()
	if again := s.close(s.day); len(again) != 0 {
		t.Errorf("the same night again: %s", names(again))
	}
}

func TestCapture(t *testing.T) {
	type capture struct {
		amount money.Amount
		final  bool
		kind   credit.Kind // refused
	}
	for name, c := range map[string]struct {
		captures    []capture
		held, owing money.Amount
	}{
		"whole":                  {[]capture{{100_00, false, ""}, {1, false, credit.HoldNotOpen}}, 0, 100_00},
		"parts":                  {[]capture{{60_00, false, ""}, {40_01, false, credit.CaptureTooLarge}, {40_00, false, ""}, {1, false, credit.HoldNotOpen}}, 0, 100_00},
		"part":                   {[]capture{{60_00, false, ""}}, 40_00, 60_00},
		"final for less":         {[]capture{{60_00, true, ""}, {40_00, false, credit.HoldNotOpen}}, 0, 60_00},
		"part, then final":       {[]capture{{60_00, false, ""}, {10_00, true, ""}, {1, true, credit.HoldNotOpen}}, 0, 70_00},
		"final for the whole":    {[]capture{{100_00, true, ""}}, 0, 100_00},
		"too much":               {[]capture{{100_01, false, credit.CaptureTooLarge}, {100_01, true, credit.CaptureTooLarge}}, 100_00, 0},
		"nothing, less, endless": {[]capture{{0, false, credit.InvalidAmount}, {-1, true, credit.InvalidAmount}, {money.Max + 1, false, credit.InvalidAmount}}, 100_00, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t, "2026-03-10")
			hold := s.hold(100_00, "next")
			for _, step := range c.captures {
				command := credit.Capture{Hold: hold, Amount: step.amount, Final: step.final}
				if step.kind == "" {
					s.do(command)
					continue
				}
				field := "amount"
				if step.kind == credit.HoldNotOpen {
					field = ""
				}
				s.refused(step.kind, field, command)
			}
			equal(t, "held", s.a.Held(), c.held)
			equal(t, "outstanding", s.a.Outstanding(), c.owing)
			equal(t, "available", s.a.Available(), 10_000_00-c.held-c.owing)
		})
	}
}

func TestAFinalCaptureSaysWhatItReleased(t *testing.T) {
	s := opened(t, "2026-03-10")
	hold := s.hold(100_00, "next")
	first := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: hold, Amount: 60_00}))
	last := only[credit.PurchaseCaptured](t, s.do(credit.Capture{Hold: hold, Amount: 30_00, Final: true}))
	if first.Resolved || first.Released != 0 || !last.Resolved || last.Released != 10_00 {
		t.Errorf("got %+v and %+v", first, last)
	}
}

func TestVoid(t *testing.T) {
	s := opened(t, "2026-03-10")
	whole, part := s.hold(100_00, "next"), s.hold(50_00, "next")
	s.do(credit.Capture{Hold: part, Amount: 20_00})
	equal(t, "voided", only[credit.HoldVoided](t, s.do(credit.Void{Hold: whole})).Amount, 100_00)
	equal(t, "voided of the part", only[credit.HoldVoided](t, s.do(credit.Void{Hold: part})).Amount, 30_00)
	equal(t, "available", s.a.Available(), 10_000_00-20_00)
	for _, hold := range []int64{whole, part} {
		s.refused(credit.HoldNotOpen, "", credit.Capture{Hold: hold, Amount: 1})
		s.refused(credit.HoldNotOpen, "", credit.Void{Hold: hold})
	}
	for _, hold := range []int64{0, -1, 1_000} {
		s.refused(credit.NotFound, "", credit.Capture{Hold: hold, Amount: 1})
		s.refused(credit.NotFound, "", credit.Void{Hold: hold})
	}
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Void{Hold: 1})
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Capture{Hold: 1, Amount: 1})
}

// What was ordered may be delivered and billed although the account has been frozen since.
func TestAFrozenAccountStillCaptures(t *testing.T) {
	s := opened(t, "2026-03-10")
	hold := s.hold(100_00, "next")
	s.do(credit.Freeze{Kind: credit.BlockRisk})
	s.do(credit.Capture{Hold: hold, Amount: 100_00})
}
