package api

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
)

// TestFundersWithRoom: two lend together until one has no room, then a third lends alone; whoever saw
// the first quote is not given another lender's money.
func TestFundersWithRoom(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	funder := func(id string, room int64) client.Funder {
		return ok(s.lender.PutFunder(ctx, client.FunderRequest{
			ID: id, Names: client.Label{Zh: "资金方", En: id}, Licence: "B1", Bureau: "pboc", Rooms: []client.Room{{Currency: client.CNY, Amount: room}},
		}))(s)
	}
	funder("joint_a", 500_00)
	funder("joint_b", 1_000_000_00)
	funder("alone", 1_000_000_00)
	refused(s.shop.PutFunder(ctx, client.FunderRequest{ID: "alone", Names: client.Label{Zh: "x", En: "x"}, Licence: "B1"}))(s, kindOperatorKey)

	d := catalogue.Sample()
	d.Terms.Routes = []credit.Route{
		{Shares: []credit.FunderShare{{Funder: "joint_a", Share: 700_000}, {Funder: "joint_b", Share: 300_000}}},
		{Shares: []credit.FunderShare{{Funder: "alone", Share: credit.Whole}}},
	}
	if _, err := s.w.catalogue.CreateVersion(ctx, "test", "shop", catalogue.SampleID, d); err != nil {
		t.Fatal(err)
	}
	if err := s.w.catalogue.Activate(ctx, "test", "shop", catalogue.SampleID, 2); err != nil {
		t.Fatal(err)
	}
	unknown := d
	unknown.Terms.Routes = []credit.Route{{Shares: []credit.FunderShare{{Funder: "nobody", Share: credit.Whole}}}}
	if _, err := s.w.catalogue.CreateVersion(ctx, "test", "shop", catalogue.SampleID, unknown); err == nil {
		t.Error("a funder that nobody knows lends")
	}

	a := s.apply("u-joint", 5_000_00, 10_000_00, false).Opened
	quotes := func() client.Quote {
		return ok(s.shop.Quote(ctx, client.QuoteRequest{Account: a.ID, Amount: 1_000_01, Currency: client.CNY, Plan: "next"}))(s).Data[0]
	}
	first := quotes()
	s.is("lenders", len(first.Lenders), 2)
	s.is("who reports", first.Lenders[0].Bureau, "pboc")
	order := s.w.checkout(t, a, 1_000_01, "next", s.key())
	p := s.capture(ok(s.shop.Authorise(ctx, s.key(), order))(s), 1_000_01, true)
	s.is("its part", p.Funders[0].Principal, int64(700_00))
	s.is("and the other's", p.Funders[1].Principal, int64(300_01))

	// 700.00 of joint_a are out, and 500.00 is its room: as soon as that is seen, the next quote is another's.
	stale := s.w.checkout(t, a, 10_00, "next", s.key())
	for deadline := time.Now().Add(10 * time.Second); len(quotes().Lenders) != 1; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the room that is used up is not seen")
		}
	}
	declined := ok(s.shop.Authorise(ctx, s.key(), stale))(s)
	s.is("the first lenders", declined.DeclineReason, "funding_unavailable")
	second := ok(s.shop.Authorise(ctx, s.key(), s.w.checkout(t, a, 10_00, "next", s.key())))(s)
	s.is("the second", s.capture(second, 10_00, true).Funders[0].Funder, "alone")

	s.goTo("2026-02-05")
	s.repay(a, s.account(a.ID).Billed)
	told := ok(s.shop.GetPurchase(ctx, p.ID))(s)
	s.is("its claim", told.Funders[0].Claim, int64(0))
	s.is("it collected", told.Funders[1].Collected, int64(300_01))
	for _, f := range ok(s.shop.ListFunders(ctx))(s).Data {
		for _, position := range f.Positions {
			s.is(f.ID+" is owed", position.Claim, int64(0))
		}
	}
}
