package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// owes prints a purchase's instalments: "33.33+1.00 33.33+1.00 billed".
func (s *story) owes(purchase int64) (got string) {
	for i := range s.a.Purchases {
		p := &s.a.Purchases[i]
		if p.Number != purchase {
			continue
		}
		for _, in := range p.Instalments {
			if got != "" {
				got += ", "
			}
			got += in.Principal.Format("CNY")
			if cost := in.Interest + in.Fee; cost > 0 {
				got += "+" + cost.Format("CNY")
			}
			for _, b := range in.Borne {
				got += " " + string(b.Bearer) + " " + b.Amount.Format("CNY")
			}
			if in.Statement != 0 {
				got += " billed"
			}
		}
	}
	return got
}

func TestRefundBeforeTheBill(t *testing.T) {
	for _, c := range []struct {
		plan   string
		amount money.Amount
		owes   string
	}{
		{"next", 1, "299.99"},
		{"next", 300_00, ""},
		{"free3", 100_00, "100.00 merchant 3.00, 100.00 merchant 3.00"},
		{"free3", 150_00, "100.00 merchant 3.00, 50.00 merchant 1.50"},
		{"free3", 300_00, ""},
		// A flat fee follows the principal of its instalment.
		{"flat3", 1, "100.00+3.00, 100.00+3.00, 99.99+3.00"},
		{"flat3", 50_00, "100.00+3.00, 100.00+3.00, 50.00+1.50"},
		{"flat3", 100_00, "100.00+3.00, 100.00+3.00"},
		{"flat3", 250_00, "50.00+1.50"},
		{"flat3", 300_00, ""},
		// Interest is worked out again on what is left.
		{"annuity6", 1_00, "49.28+1.74, 49.57+1.46, 49.86+1.17, 50.15+0.88, 50.44+0.58, 49.70+0.29"},
		{"annuity6", 150_00, "49.28+0.88, 49.57+0.59, 49.86+0.30, 1.29+0.01"},
		{"annuity6", 300_00, ""},
		// The customer's part and each bearer's go down together.
		{"shared3", 100_00, "100.00+0.90 merchant 1.20 platform 0.45 funder 0.45, 100.00+0.90 merchant 1.20 platform 0.45 funder 0.45"},
		{"shared3", 150_00, "100.00+0.90 merchant 1.20 platform 0.45 funder 0.45, 50.00+0.45 merchant 0.60 platform 0.22 funder 0.23"},
		{"shared3", 200_01, "99.99+0.90 merchant 1.20 platform 0.45 funder 0.45"},
	} {
		s := opened(t, "2026-03-10")
		purchase := s.buy(300_00, c.plan)
		e := s.refund(purchase, c.amount)
		equal(t, fmt.Sprintf("%s refunded by %s", c.plan, c.amount.Format("CNY")), s.owes(purchase), c.owes)
		equal(t, "to the credit balance", e.Credit, 0)
		equal(t, "available", s.a.Available(), 10_000_00-300_00+c.amount)
		equal(t, "merchant", e.Merchant, "m1")
	}
}

// Many small refunds come to what one large one does, to the fen.
func TestRefundsInSteps(t *testing.T) {
	for _, plan := range []string{"flat3", "annuity6", "shared3", "free3"} {
		s, at := opened(t, "2026-03-10"), opened(t, "2026-03-10")
		steps, once := s.buy(300_00, plan), at.buy(300_00, plan)
		for range 70 {
			s.refund(steps, 2_57)
		}
		at.refund(once, 70*2_57)
		equal(t, plan, s.owes(steps), at.owes(once))
		s.refund(steps, 300_00-70*2_57)
		equal(t, plan+" refunded", s.owes(steps), "")
		equal(t, "owed", s.a.Owed(), 0)
	}
}

func TestRefundNeverMoreThanCaptured(t *testing.T) {
	s := opened(t, "2026-03-10")
	purchase := s.buy(100_00, "next")
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 100_01})
	s.refund(purchase, 60_00)
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 60_00})
	s.refund(purchase, 40_00)
	s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 1})
	for _, amount := range []money.Amount{0, -1, money.Max + 1} {
		s.refused(credit.InvalidAmount, "amount", credit.Refund{Purchase: purchase, Amount: amount})
	}
	hold := s.hold(1_00, "next")
	for _, other := range []int64{0, -1, 1, hold, 99} {
		s.refused(credit.NotFound, "", credit.Refund{Purchase: other, Amount: 1})
	}
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.Refund{Purchase: 1, Amount: 1})
}

// After the bill the last, unbilled instalments shrink first; then the statement.
// The fee that was billed was due, and stays.
func TestRefundAfterTheBill(t *testing.T) {
	for _, c := range []struct {
		plan   string
		amount money.Amount
		owes   string
		billed money.Amount
	}{
		{"flat3", 100_00, "100.00+3.00 billed, 100.00+3.00", 103_00},
		{"flat3", 200_00, "100.00+3.00 billed", 103_00},
		{"flat3", 250_00, "50.00+3.00 billed", 53_00},
		{"flat3", 300_00, "0.00+3.00 billed", 3_00},
		{"next", 100_00, "200.00 billed", 200_00},
		{"next", 300_00, "", 0},
		{"free3", 300_00, "", 0},
	} {
		s := opened(t, "2026-02-20")
		purchase := s.buy(300_00, c.plan)
		s.to("2026-03-05").told()
		s.refund(purchase, c.amount)
		equal(t, fmt.Sprintf("%s refunded by %s", c.plan, c.amount.Format("CNY")), s.owes(purchase), c.owes)
		equal(t, "billed", s.a.Billed(), c.billed)
		if c.billed == 0 {
			s.expect("2026-03-05 purchase.refunded", "2026-03-05 statement.paid")
		}
	}
}

// What was paid already goes back to the customer.
func TestRefundOfWhatWasPaid(t *testing.T) {
	for _, c := range []struct {
		paid, refunded money.Amount
		owed, credit   money.Amount
	}{
		{100_00, 100_00, 0, 100_00},
		{100_00, 40_00, 0, 40_00},
		{60_00, 40_00, 0, 0},
		{60_00, 100_00, 0, 60_00},
		{60_00, 50_00, 0, 10_00},
		{60_00, 30_00, 10_00, 0},
	} {
		s := opened(t, "2026-02-20")
		purchase := s.buy(100_00, "next")
		s.to("2026-03-06").repay(c.paid)
		s.refund(purchase, c.refunded)
		equal(t, "owed", s.a.Owed(), c.owed)
		equal(t, "credit balance", s.a.Credit, c.credit)
		s.refused(credit.RefundTooLarge, "amount", credit.Refund{Purchase: purchase, Amount: 100_01 - c.refunded})
	}
}

// A customer whose money the lender holds isn't asked for money: what a refund
// gives back pays what is billed, the oldest first, before it is a credit balance.
func TestARefundPaysWhatElseIsBilled(t *testing.T) {
	s := opened(t, "2026-02-20")
	first, second := s.buy(100_00, "next"), s.buy(50_00, "next")
	s.to("2026-03-06").repay(100_00) // the first line
	s.told()
	s.refund(first, 100_00)
	s.expect("2026-03-06 purchase.refunded", "2026-03-06 credit_balance.used", "2026-03-06 statement.paid")
	equal(t, "credit balance", s.a.Credit, 50_00)
	equal(t, "billed", s.a.Billed(), 0)
	s.refund(second, 50_00)
	equal(t, "credit balance", s.a.Credit, 100_00)
}

func TestARefundPaysWhatIsOverdue(t *testing.T) {
	s := opened(t, "2026-02-20")
	paid := s.buy(1_100_00, "next")
	s.to("2026-03-06").repay(1_100_00)
	s.buy(1_000_00, "next")
	s.to("2026-04-20").told() // due on 04-15: five days late, 5.00 of penalty
	e := s.refund(paid, 1_100_00)
	equal(t, "credit", e.Credit, 1_100_00)
	s.expect("2026-04-20 penalty.charged", "2026-04-20 purchase.refunded", "2026-04-20 credit_balance.used", "2026-04-20 statement.paid", "2026-04-20 block.lifted", "2026-04-20 account.graded")
	equal(t, "credit balance", s.a.Credit, 95_00)
	s.hold(1_00, "next")
}

// An overdue statement that a refund clears lifts the block; the penalty until then stays owed.
func TestARefundClearsAnOverdueStatement(t *testing.T) {
	s, purchase := late(t)
	s.to("2026-03-19").repay(4_00) // its penalty
	s.told()
	s.refund(purchase, 1_000_00)
	s.expect("2026-03-19 purchase.refunded", "2026-03-19 statement.paid", "2026-03-19 block.lifted", "2026-03-19 account.graded")
	equal(t, "blocks", len(s.a.Blocks), 0)

	s, purchase = late(t)
	s.to("2026-03-25").told()
	s.refund(purchase, 1_000_00)
	equal(t, "owed", s.a.Owed(), 10_00)
	equal(t, "blocks", len(s.a.Blocks), 1)
	s.to("2026-05-25").repay(10_00) // nothing is added to it meanwhile
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "blocks", len(s.a.Blocks), 0)

	// A refund in part lowers the penalty from its day on.
	s, purchase = late(t)
	s.to("2026-03-25").refund(purchase, 400_00)
	s.to("2026-04-04")
	equal(t, "penalty", s.a.AsOf(s.day).Statements[0].Penalty, 10_00+6_00)
}

// Within grace a refund counts from its day, like a payment.
func TestRefundWithinGrace(t *testing.T) {
	s, purchase := late(t)
	s.to("2026-03-17").refund(purchase, 400_00)
	s.to("2026-03-25")
	equal(t, "penalty", s.a.AsOf(s.day).Statements[0].Penalty, 2_00+8*60)
}

// What the customer and each bearer still bear is what the plan still costs: a
// refund never loses a fen of it between them, and never raises anybody's part.
func TestARefundLosesNoPartOfACost(t *testing.T) {
	for _, kind := range []credit.PlanKind{credit.Flat, credit.Annuity} {
		shared := credit.Plan{ID: "shared", Kind: kind, Periods: 3, Rate: 30_000, Subsidies: []credit.Subsidy{
			by(credit.Merchant, 333_333), by(credit.Platform, 333_333), by(credit.Funder, 333_333),
		}}
		alone := credit.Plan{ID: "alone", Kind: kind, Periods: 3, Rate: 30_000}
		if kind == credit.Annuity {
			shared.Rate, alone.Rate = 360_000, 360_000
		}
		plans := func(t *credit.Terms) { t.Plans, t.CostCap = []credit.Plan{shared, alone}, credit.Whole }
		for amount := money.Amount(1_00); amount < 12_00; amount += 137 {
			for step := 1 + amount/40; step < amount; step += 1 + amount/5 {
				s := opened(t, "2026-03-10", plans)
				a, b := s.buy(amount, "shared"), s.buy(amount, "alone")
				for refunded := step; refunded <= amount; refunded += step {
					before := s.a.Purchases[0].Instalments
					was := map[string]money.Amount{}
					for _, in := range before {
						for _, o := range in.Borne {
							was[fmt.Sprint(in.Number, o.Bearer)] = o.Amount
						}
					}
					s.refund(a, step)
					s.refund(b, step)
					if len(s.a.Purchases) < 2 {
						break
					}
					mine, whole := s.a.Purchases[0].Instalments, s.a.Purchases[1].Instalments
					for i := range min(len(mine), len(whole)) {
						sum := mine[i].Interest + mine[i].Fee
						for _, o := range mine[i].Borne {
							sum += o.Amount
							if o.Amount > was[fmt.Sprint(mine[i].Number, o.Bearer)] {
								t.Fatalf("%s of %d, refunded %d: the part of %s rose from %d to %d", kind, amount, refunded, o.Bearer, was[fmt.Sprint(mine[i].Number, o.Bearer)], o.Amount)
							}
						}
						if cost := whole[i].Interest + whole[i].Fee; sum != cost {
							t.Fatalf("%s of %d, refunded %d: instalment %d costs %d, and %d are borne: %s", kind, amount, refunded, i+1, cost, sum, s.owes(a))
						}
					}
				}
			}
		}
	}
}

// A small purchase that rounding would have lifted above the cap stays as cheap as
// it was signed, for the customer and for each bearer, whatever is refunded.
func TestARefundRaisesNobodysPart(t *testing.T) {
	plans := []credit.Plan{
		{ID: "a", Kind: credit.Flat, Periods: 6, Rate: 19_500, Subsidies: []credit.Subsidy{by(credit.Merchant, 400_000)}},
		{ID: "b", Kind: credit.Annuity, Periods: 6, Rate: 480_000, Subsidies: []credit.Subsidy{by(credit.Platform, 300_000), by(credit.Funder, 230_000)}},
		{ID: "c", Kind: credit.Annuity, Periods: 12, Rate: 239_000},
	}
	for _, plan := range plans {
		for amount := money.Amount(1); amount < 3_00; amount += 1 + amount/4 {
			s := opened(t, "2026-03-10", func(t *credit.Terms) { t.Plans = plans })
			purchase := s.buy(amount, plan.ID)
			parts := func() map[string]money.Amount {
				m := map[string]money.Amount{}
				for _, p := range s.a.Purchases {
					for _, in := range p.Instalments {
						m[fmt.Sprint(in.Number)] = in.Interest + in.Fee
						for _, b := range in.Borne {
							m[fmt.Sprint(in.Number, b.Bearer)] = b.Amount
						}
					}
				}
				return m
			}
			for before := parts(); len(before) > 0; before = parts() {
				s.refund(purchase, 1)
				for part, sum := range parts() {
					if sum > before[part] || sum < 0 {
						t.Fatalf("%s of %d: the part %s went from %d to %d", plan.ID, amount, part, before[part], sum)
					}
				}
			}
		}
	}
}

// So few fen in so many periods that some have no principal: their fee goes with
// the first fen that is refunded, since nothing is left that it could be in proportion to.
func TestRefundOfAnInstalmentWithoutPrincipal(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) {
		t.Plans, t.CostCap = []credit.Plan{{ID: "dear12", Kind: credit.Flat, Periods: 12, Rate: 100_000}}, 10*credit.Whole
	})
	purchase := s.buy(7, "dear12")
	equal(t, "signed", s.owes(purchase), "0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01, 0.00+0.01, 0.00+0.01, 0.00+0.01, 0.00+0.01, 0.00+0.01")
	s.refund(purchase, 2)
	equal(t, "refunded", s.owes(purchase), "0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01, 0.01+0.01")
}

// Four fen are borne as 1, 2 and 0, three by the same shares as 1, 1 and 1: the
// third bearer had no part and gets none, and the first has no room for its fen.
func TestARefundMovesNoFenToWhoHadNone(t *testing.T) {
	s := opened(t, "2026-03-10", func(t *credit.Terms) {
		t.Plans = []credit.Plan{plan(credit.Flat, 1, 10_000, by(credit.Merchant, 300_000), by(credit.Platform, 330_000), by(credit.Funder, 220_000))}
	})
	purchase := s.buy(4_00, "p")
	equal(t, "signed", s.owes(purchase), "4.00+0.01 merchant 0.01 platform 0.02")
	s.refund(purchase, 1_00)
	equal(t, "refunded", s.owes(purchase), "3.00 merchant 0.01 platform 0.02")
}
