package wire_test

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
)

// busy is an account with 30 open holds and 20 purchases, three of a kind on the
// next statement.
func busy(tb testing.TB, purchases, holds int) (*credit.Account, credit.Moment) {
	tb.Helper()
	no, yes := false, true
	at := credit.Moment{Day: 20_000, Time: 20_000 * 86400e6}
	terms := &credit.Terms{
		Programme: "yuefu", Version: 1, Currency: "CNY", StatementDay: 5, DueDay: 15, GraceDays: 3, HoldDays: 7,
		PenaltyRate: 180_000, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: 91, ReviewDays: 3, Applications: 2, WindowDays: 30,
		Funder: "bank", Scenes: []string{"live", "mall"}, Documents: []credit.Document{{Name: "agreement", Version: 1, Hash: "aa"}},
		Plans: []credit.Plan{
			{ID: "next", Kind: credit.PayNextMonth, Periods: 1},
			{ID: "flat12", Kind: credit.Flat, Periods: 12, Rate: 7_500},
			{ID: "annuity12", Kind: credit.Annuity, Periods: 12, Rate: 150_000},
		},
	}
	a := &credit.Account{ID: credit.AccountID("shop", "yuefu", "u1")}
	must(tb, a, credit.Apply{
		Platform: "shop", Programme: "yuefu", Customer: "u1", Terms: terms, Declared: credit.Declared{Adult: &yes, Student: &no},
		Consents:   []credit.Consent{consent(at, credit.Document{Name: "agreement", Version: 1, Hash: "aa"})},
		Assessment: credit.Assessment{Decision: credit.Approved, Limit: money.Max},
	}, at)
	for i := range purchases + holds {
		c := order(a, at, []string{"next", "next", "flat12"}[i%3], 123_45)
		hold := must(tb, a, c, at)[0].(credit.Authorised).Number
		if i < purchases {
			must(tb, a, credit.Capture{Hold: hold, Amount: 123_45}, at)
		}
	}
	return a, at
}

func consent(at credit.Moment, d credit.Document) credit.Consent {
	no, now := false, time.UnixMicro(at.Time).UTC()
	return credit.Consent{Person: "u1", Document: d.Name, Version: d.Version, Hash: d.Hash, ShownAt: now.Add(-time.Minute), AcceptedAt: now, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(60), Preselected: &no}
}

func order(a *credit.Account, at credit.Moment, plan string, amount money.Amount) credit.Authorise {
	p, _ := a.Terms.Plan(plan)
	return credit.Authorise{
		Amount: amount, Currency: "CNY", Plan: plan, Scene: "live", Merchant: "merchant-17", Order: "order-2026-000123",
		Consent: consent(at, credit.Document{Name: credit.QuoteDocument, Version: 1, Hash: a.Quote(p, amount, at.Day).Token}),
	}
}

func must(tb testing.TB, a *credit.Account, c credit.Command, at credit.Moment) []credit.Event {
	tb.Helper()
	events, err := a.Do(c, at)
	if err != nil {
		tb.Fatal(err)
	}
	return events
}

// Deciding and applying an authorisation, with its check, and the void that takes it back.
func BenchmarkAuthorise(b *testing.B) {
	for _, plan := range []string{"next", "flat12", "annuity12"} {
		b.Run(plan, func(b *testing.B) {
			a, at := busy(b, 20, 30)
			c := order(a, at, plan, 55_00)
			b.ReportAllocs()
			for b.Loop() {
				holds := a.Holds
				if _, err := a.Do(c, at); err != nil {
					b.Fatal(err)
				}
				a.Holds = holds
			}
		})
	}
}

// A capture and a repayment on an account with three unpaid statements.
func BenchmarkOwing(b *testing.B) {
	a, at := busy(b, 20, 30)
	for range 3 {
		at.Day = calendar.NextOnDay(at.Day, 5)
		for due := a.NextDue(); due != 0 && due <= at.Day; due = a.NextDue() {
			must(b, a, credit.CloseDay{Day: due}, at)
		}
	}
	at.Time = int64(at.Day) * 86400e6
	state := encodeState(b, a)
	for name, c := range map[string]credit.Command{
		"repay":  credit.Repay{Amount: 100_00, Currency: "CNY", Source: "p"},
		"refund": credit.Refund{Purchase: a.Purchases[2].Number, Amount: 10_00},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				fresh, err := wire.DecodeState(state)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := fresh.Do(c, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("capture", func(b *testing.B) {
		a, at := busy(b, 20, 0)
		for range 3 {
			at.Day = calendar.NextOnDay(at.Day, 5)
			for due := a.NextDue(); due != 0 && due <= at.Day; due = a.NextDue() {
				must(b, a, credit.CloseDay{Day: due}, at)
			}
		}
		a.Blocks = nil
		at.Time = int64(at.Day) * 86400e6
		c := order(a, at, "next", 55_00)
		b.ReportAllocs()
		for b.Loop() {
			purchases := a.Purchases
			must(b, a, c, at)
			must(b, a, credit.Capture{Hold: a.Numbers, Amount: 55_00}, at)
			a.Purchases = purchases
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	a, _ := busy(b, 20, 30)
	for b.Loop() {
		if err := a.Check(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNextDue(b *testing.B) {
	a, _ := busy(b, 20, 30)
	for b.Loop() {
		a.NextDue()
	}
}

func BenchmarkQuote(b *testing.B) {
	a, at := busy(b, 0, 0)
	for _, plan := range a.Terms.Plans {
		b.Run(plan.ID, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Quote(plan, 123_45, at.Day)
			}
		})
	}
}

// The statement of an account with three purchases.
func BenchmarkCloseDay(b *testing.B) {
	a, at := busy(b, 3, 0)
	state, due := encodeState(b, a), a.NextDue()
	at.Day = due
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		fresh, err := wire.DecodeState(state)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if events, err := fresh.Do(credit.CloseDay{Day: due}, at); err != nil || len(events) != 1 {
			b.Fatal(err, len(events))
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	a, at := busy(b, 0, 0)
	c := order(a, at, "next", 55_00)
	events := must(b, a, c, at)
	capture := must(b, a, credit.Capture{Hold: events[0].(credit.Authorised).Number, Amount: 55_00}, at)
	due := a.NextDue()
	b.Run("command", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.EncodeCommand(c); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, list := range map[string][]credit.Event{
		"authorised": events, "captured": capture, "issued": must(b, a, credit.CloseDay{Day: due}, credit.Moment{Day: due}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := wire.EncodeEvents(list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeEvents(b *testing.B) {
	a, at := busy(b, 0, 0)
	encoded, err := wire.EncodeEvents(must(b, a, order(a, at, "next", 55_00), at))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeEvents(encoded); err != nil {
			b.Fatal(err)
		}
	}
}

// What loading an account with three purchases costs: from its log, or from its state.
func BenchmarkLoad(b *testing.B) {
	a, at := busy(b, 0, 0)
	var entries [][]byte
	for range 3 {
		c := order(a, at, "next", 55_00)
		authorised := must(b, a, c, at)
		captured := must(b, a, credit.Capture{Hold: authorised[0].(credit.Authorised).Number, Amount: 55_00}, at)
		for _, events := range [][]credit.Event{authorised, captured} {
			encoded, err := wire.EncodeEvents(events)
			if err != nil {
				b.Fatal(err)
			}
			entries = append(entries, encoded)
		}
	}
	b.Run("events", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fresh := credit.Account{ID: a.ID, Terms: a.Terms}
			for _, entry := range entries {
				events, err := wire.DecodeEvents(entry)
				if err != nil {
					b.Fatal(err)
				}
				for _, e := range events {
					fresh.Apply(e, at.Day)
				}
			}
		}
	})
	state := encodeState(b, a)
	b.Run("state", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.DecodeState(state); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkState(b *testing.B) {
	a, _ := busy(b, 20, 30)
	state := encodeState(b, a)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encodeState(b, a)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.DecodeState(state); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func encodeState(tb testing.TB, a *credit.Account) []byte {
	tb.Helper()
	b, err := wire.EncodeState(a)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
