package credit_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

func (s *story) bounce(repayment int64) credit.RepaymentReversed {
	s.t.Helper()
	return only[credit.RepaymentReversed](s.t, s.do(credit.ReverseRepayment{Repayment: repayment, Reference: "b1", History: s.facts}))
}

// The bill is overdue again, from the day on which it would have been, with the
// penalty of each day.
func TestABouncedRepaymentNeverCame(t *testing.T) {
	s := opened(t, "2026-03-01")
	s.buy(100_00, "next")
	s.to("2026-03-14")
	paid := s.repay(100_00).Number
	equal(t, "owed", s.a.Owed(), 0)
	s.to("2026-03-25")
	e := s.bounce(paid) // due on the 15th, 0.1% a day: 1.00 in ten days
	deep(t, "shares", e.Shares, []credit.Share{{
		Statement: e.Statements[0].Number, Purchase: e.Purchases[0].Number, Instalment: 1, Principal: -100_00, Funders: []credit.FunderPart{{Funder: "bank", Principal: -100_00}},
	}})
	deep(t, "penalties", e.Penalties, []credit.PenaltyCharged{{Statement: e.Statements[0].Number, Amount: 1_00, Through: on(t, "2026-03-25")}})
	deep(t, "reopened", e.Reopened, []credit.Reopened{{Statement: e.Statements[0].Number, Overdue: on(t, "2026-03-19"), Bucket: 1}})
	deep(t, "blocks", s.a.Blocks, []credit.Block{{Kind: credit.BlockOverdue, Since: on(t, "2026-03-19")}})
	equal(t, "owed", s.a.Owed(), 101_00)
	s.refused(credit.AlreadyReversed, "", credit.ReverseRepayment{Repayment: paid, Reference: "b1", History: s.facts})
	s.refused(credit.NotFound, "", credit.ReverseRepayment{Repayment: 1, Reference: "b1", History: s.facts})
	equal(t, "credit", s.repay(101_00).Credit, 0)
	equal(t, "owed", s.a.Owed(), 0)
}

// Within grace nothing is late; on the last day of grace neither; the day after it is.
func TestABounceOnTheLastDayOfGrace(t *testing.T) {
	for day, overdue := range map[string]bool{"2026-03-15": false, "2026-03-18": false, "2026-03-19": true} {
		s := opened(t, "2026-03-01")
		s.buy(100_00, "next")
		s.to("2026-03-10")
		paid := s.repay(100_00).Number
		s.to(day)
		e := s.bounce(paid)
		equal(t, day+" overdue", e.Statements[0].Overdue, overdue)
		equal(t, day+" blocked", len(s.a.Blocks) > 0, overdue)
		equal(t, day+" penalty", e.Statements[0].Penalty, map[bool]money.Amount{true: 40, false: 0}[overdue])
	}
}

// Credit balance that was paid back came of money that never came: the customer
// has it, and owes it with the next bill.
func TestTooMuchPaidBackIsOwed(t *testing.T) {
	s := opened(t, "2026-03-01")
	s.buy(30_00, "next")
	s.to("2026-03-06")
	paid := s.repay(100_00).Number
	back := only[credit.CreditReturned](t, s.do(credit.ReturnCredit{Reference: "r1"}))
	equal(t, "paid back", back.Amount, 70_00)
	s.to("2026-03-10")
	e := s.bounce(paid)
	deep(t, "owed", e.Owed, &credit.Restitution{Number: e.Number + 1, Amount: 70_00, On: on(t, "2026-04-05"), Funding: []credit.Funded{{Funder: "bank", Share: credit.Whole, Principal: 70_00}}})
	equal(t, "owed", s.a.Owed(), 100_00)
	equal(t, "credit balance", s.a.Credit, 0)
	s.refused(credit.NotFound, "", credit.Refund{Purchase: e.Owed.Number, Amount: 1})
	s.refused(credit.NotFound, "", credit.OpenDispute{Purchase: e.Owed.Number, Amount: 1, Reason: credit.NotReceived})
	s.to("2026-04-05")
	equal(t, "billed", s.a.Billed(), 100_00+63) // 0.1% a day of 30.00, for 21 days
}

// An account that was closed on money that never came is open again, to be paid.
func TestABounceAfterClosing(t *testing.T) {
	s := opened(t, "2026-03-01")
	s.buy(30_00, "next")
	s.to("2026-03-06")
	paid := s.repay(30_00).Number
	n := only[credit.ClosureRequested](t, s.do(credit.RequestClosure{})).Number
	s.do(credit.ApproveClosure{Closure: n, Reviewer: "r"})
	equal(t, "status", s.a.Status, credit.Closed)
	s.to("2026-03-08")
	s.bounce(paid)
	equal(t, "status", s.a.Status, credit.Active)
	equal(t, "limit", s.a.Limit, 0)
	equal(t, "owed", s.a.Owed(), 30_00)
}

// Whatever happened since: the account is what it would be if the repayment had
// never been there.
func TestReversedIsAsIfItNeverCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { asIfItNeverCame(t, false) })
}

// … also an early repayment, by a customer's debit or not: its instalments are billed as they
// would have been.
func TestReversedEarlyIsAsIfItNeverCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { asIfItNeverCame(t, true) })
}

func asIfItNeverCame(t *rapid.T, early bool) {
	terms := anyTerms(t)
	terms.ChargeOffDays = 0 // books that are closed stay closed: see TestABounceNearAChargeOff
	s, control := stranger(t, "2026-01-20"), stranger(t, "2026-01-20")
	var skipped int64
	both := func(c credit.Command) {
		_, err := s.try(c)
		_, other := control.try(c)
		if (err == nil) != (other == nil) && c.Name() != "return_credit_balance" {
			t.Skip("the world would have gone another way")
		}
	}
	both(s.application(terms))
	// Relief is agreed to by each of the two as it is quoted to them; it is the same
	// agreement only where it is about the same money.
	relief := func() {
		if len(s.a.Statements) == 0 || len(control.a.Statements) == 0 {
			return
		}
		var told []string
		convert := rapid.Bool().Draw(t, "convert") && len(terms.Conversions) > 0
		amount := money.Amount(rapid.Int64Range(0, 500_00).Draw(t, "part"))
		due := s.a.Statements[len(s.a.Statements)-1].Due + 1
		for _, o := range []*story{s, control} {
			bill := o.a.Statements[len(o.a.Statements)-1]
			n := bill.Number
			if convert {
				q, _ := o.a.QuoteConversion(n, terms.Conversions[0].ID, amount, o.day)
				_, err := o.try(credit.Convert{Statement: n, Plan: terms.Conversions[0].ID, Amount: amount, Consent: o.consent(credit.Document{Name: credit.ConversionDocument, Version: 1, Hash: q.Token})})
				told = append(told, fmt.Sprint(err == nil, bill.Date, q.Lines))
				continue
			}
			q, _ := o.a.QuoteDeferral(n, due, o.day)
			_, err := o.try(credit.Defer{Statement: n, Due: due, Consent: o.consent(credit.Document{Name: credit.DeferralDocument, Version: 1, Hash: q.Token})})
			told = append(told, fmt.Sprint(err == nil, bill.Date, q.Fee))
		}
		if told[0] != told[1] {
			t.Skip("another agreement")
		}
	}
	settle := func(which int64) {
		q, err := s.a.AsOf(s.day).EarlyQuote(which, s.day)
		other, otherErr := control.a.AsOf(s.day).EarlyQuote(which, s.day)
		if err == nil && otherErr == nil && q.Sum == other.Sum && q.FromCredit == other.FromCredit && q.Saved == other.Saved && len(q.Shares) == len(other.Shares) {
			s.do(quoted(q).command())
			control.do(quoted(other).command())
		}
	}
	bought := func() (list []credit.Settled) {
		for _, p := range s.a.Purchases {
			list = append(list, credit.Settled{Number: p.Number, Amount: p.Amount, Refunded: p.Refunded})
		}
		return append(list, s.a.Settled...)
	}
	acts := func(n int, spending bool) {
		for range n {
			amount := money.Amount(rapid.Int64Range(1, 1_500_00).Draw(t, "amount"))
			switch act := rapid.IntRange(0, 8).Draw(t, "act"); {
			case act == 8:
				which := int64(0)
				if list := bought(); len(list) > 0 && rapid.Bool().Draw(t, "one") {
					which = rapid.SampledFrom(list).Draw(t, "early").Number
				}
				settle(which)
			case act == 7: // what is chosen is chosen, whatever was paid
				both(rapid.SampledFrom([]credit.Command{
					credit.ChooseDueDay{Day: 14}, credit.ChooseDueDay{Day: terms.DueDay}, credit.SetSpendingCap{Amount: amount}, credit.RemoveSpendingCap{},
					credit.SwitchSceneOff{Scene: "mall"}, credit.SwitchSceneOn{Scene: "mall"}, credit.ChangeLimit{Limit: 9_000_00, Reason: credit.LimitByReview},
					credit.GrantTemporaryLimit{Amount: amount, LastDay: s.day + 9}, credit.SetSceneLimit{Scene: "mall", Limit: amount},
				}).Draw(t, "choice"))
			case act == 6:
				relief()
			case act == 0:
				day := s.day + rapid.SampledFrom([]calendar.Date{0, 1, 3, 10, 20, 31}).Draw(t, "days")
				s.pass(day)
				control.pass(day)
			case act <= 2 && spending:
				p := rapid.SampledFrom(terms.Plans).Draw(t, "plan")
				if amount <= s.a.Available() && len(s.a.Blocks) == 0 {
					both(s.order(amount, p.ID))
					both(credit.Capture{Hold: s.a.Numbers, Amount: amount})
				}
			case act == 3:
				if list := bought(); len(list) > 0 {
					p := rapid.SampledFrom(list).Draw(t, "purchase")
					both(credit.Refund{Purchase: p.Number, Amount: min(amount, p.Amount-p.Refunded)})
				}
			default:
				both(credit.Repay{Amount: amount, Currency: "CNY", Source: "p"})
			}
		}
	}
	acts(rapid.IntRange(1, 15).Draw(t, "before"), true)
	s.pass(max(s.day, s.a.NextDue()))
	control.pass(s.day)
	var bounced int64
	if early {
		which := int64(0)
		if len(s.a.Purchases) > 0 && rapid.Bool().Draw(t, "one of them") {
			which = rapid.SampledFrom(s.a.Purchases).Draw(t, "settled").Number
		}
		q, err := s.a.AsOf(s.day).EarlyQuote(which, s.day)
		if err != nil || q.Sum == 0 {
			t.Skip("nothing to settle")
		}
		bounced = only[credit.EarlyRepaymentReceived](t, s.do(quoted(q).command())).Number
	} else {
		bounced = s.repay(money.Amount(rapid.Int64Range(1, 3_000_00).Draw(t, "bounced"))).Number
	}
	skipped = control.a.Numbers + 1
	if skipped != bounced {
		t.Fatalf("%d numbers and %d", skipped, bounced)
	}
	declined := control.order(1, terms.Plans[0].ID) // takes the number and moves nothing
	declined.Scene = "nowhere"
	control.do(declined)
	if early { // long enough for bills that were never issued
		day := s.day + rapid.SampledFrom([]calendar.Date{0, 1, 31, 70}).Draw(t, "later")
		s.pass(day)
		control.pass(day)
	}
	acts(rapid.IntRange(0, 10).Draw(t, "after"), false)
	s.bounce(bounced)
	want := control.a.AsOf(s.day)
	compareLives(t, s.a, want)
}

// byDate names statements by their dates: a bill of the past has a number of its own.
func byDate(a *credit.Account) credit.Account {
	named := *a
	dates := map[int64]int64{}
	named.Statements = slices.Clone(a.Statements)
	for i := range named.Statements {
		s := &named.Statements[i]
		dates[s.Number], s.Number = int64(s.Date), int64(s.Date)
	}
	named.Purchases = slices.Clone(a.Purchases)
	for i := range named.Purchases {
		p := &named.Purchases[i]
		p.Instalments = slices.Clone(p.Instalments)
		for k := range p.Instalments {
			p.Instalments[k].Statement = dates[p.Instalments[k].Statement]
		}
		p.Conversions = slices.Clone(p.Conversions)
	}
	return named
}

func compareLives(t *rapid.T, got, want *credit.Account) {
	sorted := func(list []credit.Settled) []credit.Settled {
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b credit.Settled) int { return cmp.Compare(a.Number, b.Number) })
		return list
	}
	g, w := byDate(got), byDate(want)
	g.Numbers, g.Settled, w.Numbers, w.Settled = 0, sorted(got.Settled), 0, sorted(want.Settled)
	same(t, "state", string(encoded(t, &g)), string(encoded(t, &w)))
}

// An early repayment that bounced settled nothing: the instalments stand on the bills on
// which they would have stood, with what was waived and the penalty since.
func TestABouncedEarlyRepaymentNeverCame(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(300_00, "flat3")
	s.to("2026-02-25").buy(50_00, "next")
	s.to("2026-02-26")
	early := s.repayEarly(purchase)
	equal(t, "settled for", early.Amount, 300_00)
	s.to("2026-03-05")
	equal(t, "billed", s.a.Billed(), 50_00)
	bill := s.a.Statements[0].Number
	s.repay(50_00)
	s.to("2026-04-10")
	e := s.bounce(early.Number)
	deep(t, "waived", e.Waived, []credit.Waiver{
		{Purchase: purchase, Instalment: 1, Merchant: "m1", Fee: -3_00}, {Purchase: purchase, Instalment: 2, Merchant: "m1", Fee: -3_00}, {Purchase: purchase, Instalment: 3, Merchant: "m1", Fee: -3_00},
	})
	second := e.Statements[1].Number
	deep(t, "more on the bill that there was", e.Rebilled, []credit.StatementIssued{
		{Number: bill, Date: on(t, "2026-03-05"), Due: on(t, "2026-03-15"), Total: 103_00, Lines: []credit.Line{{Purchase: purchase, Instalment: 1, Principal: 100_00, Fee: 3_00}}},
	})
	deep(t, "a bill of the past", e.Issued, []credit.StatementIssued{
		{Number: second, Date: on(t, "2026-04-05"), Due: on(t, "2026-04-15"), Total: 103_00, Lines: []credit.Line{{Purchase: purchase, Instalment: 2, Principal: 100_00, Fee: 3_00}}},
	})
	equal(t, "its number", second, e.Number-1)
	// Of the 50.00 that came, 3.00 pay the fee and 47.00 the principal of the first line.
	deep(t, "reopened", e.Reopened, []credit.Reopened{{Statement: bill, Overdue: on(t, "2026-03-19"), Bucket: 1}, {Statement: second}})
	deep(t, "penalties", e.Penalties, []credit.PenaltyCharged{{Statement: bill, Amount: 2_68, Through: on(t, "2026-04-10")}}) // 0.1% of 103.00 for 26 days
	equal(t, "owed", s.a.Owed(), 309_00+50_00-50_00+2_68)
	s.refused(credit.AlreadyReversed, "", credit.ReverseRepayment{Repayment: early.Number, Reference: "b1", History: s.facts})
	s.repayEarly(0)
	equal(t, "owed", s.a.Owed(), 0)
}

// A credit balance that an early repayment had used is there again, for the next bill and
// for who is settled next; what the credit balance paid whole did not bounce.
func TestABouncedEarlyRepaymentGivesTheCreditBalanceBack(t *testing.T) {
	s := opened(t, "2026-02-20")
	first := s.buy(30_00, "next")
	second := s.buy(100_00, "next")
	s.repay(40_00)
	none := s.repayEarly(first)
	equal(t, "no money", none.Amount, 0)
	s.refused(credit.NotReversible, "", credit.ReverseRepayment{Repayment: none.Number, Reference: "b1", History: s.facts})
	early := s.repayEarly(second)
	equal(t, "used", early.FromCredit, 10_00)
	s.bounce(early.Number)
	equal(t, "credit balance", s.a.Credit, 10_00)
	equal(t, "owed", s.a.Owed(), 100_00)
	s.to("2026-03-05")
	equal(t, "billed", s.a.Billed(), 90_00)

	s = opened(t, "2026-02-20")
	first = s.buy(60_00, "next")
	s.buy(100_00, "next")
	s.repay(40_00)
	early = s.repayEarly(first) // 20.00 and the credit balance
	s.to("2026-03-05")
	all := s.repayEarly(0)
	equal(t, "all", all.Amount, 100_00)
	s.bounce(early.Number) // on the 5th the credit balance would have paid 40.00 of the 60.00
	equal(t, "owed", s.a.Owed(), 20_00)
	equal(t, "credit balance", s.a.Credit, 0)
}

// A payment service may tell of a success twice. The second time nothing happened, and
// so nothing happens when the debit has bounced: the money does not come by the echo.
func TestABouncedDebitThatWasToldTwice(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-15")
	d := s.debit().Number
	paid := only[credit.RepaymentReceived](t, s.do(credit.SettleDebit{Debit: d})).Number
	s.to("2026-03-17")
	echo := credit.SettleDebit{Debit: d}
	if again := s.do(echo); len(again) != 0 {
		t.Fatalf("told twice: %s", names(again))
	}
	s.facts = append(s.facts, credit.Fact{Command: echo, At: s.at()}) // as the log has it: an entry without events
	s.to("2026-03-18")
	s.bounce(paid)
	equal(t, "owed", s.a.Owed(), 100_00)
}
