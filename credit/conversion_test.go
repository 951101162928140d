package credit_test

import (
	"fmt"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// bills offers two plans for bills: three instalments at 1% each, six as an annuity.
func bills(t *credit.Terms) {
	t.Conversions = []credit.Plan{
		{ID: "bill3", Kind: credit.Flat, Periods: 3, Rate: 10_000},
		{ID: "bill6", Kind: credit.Annuity, Periods: 6, Rate: 120_000},
	}
}

func overdueToo(t *credit.Terms) { bills(t); t.ConvertOverdue = true }

// conversion asks to convert the account's only statement, as quoted.
func (s *story) conversion(plan string, amount money.Amount) credit.Convert {
	s.t.Helper()
	n := s.a.Statements[0].Number
	q, err := s.a.QuoteConversion(n, plan, amount, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	return credit.Convert{Statement: n, Plan: plan, Amount: amount, Consent: s.consent(credit.Document{Name: credit.ConversionDocument, Version: 1, Hash: q.Token})}
}

func (s *story) convert(plan string, amount money.Amount) credit.StatementConverted {
	s.t.Helper()
	return only[credit.StatementConverted](s.t, s.do(s.conversion(plan, amount)))
}

func TestConversion(t *testing.T) {
	s := opened(t, "2026-03-10", bills)
	next := s.buy(100_00, "next")
	flat := s.buy(300_00, "flat3") // 100.00 and a fee of 3.00 with each bill
	s.to("2026-04-10")
	s.told()
	equal(t, "billed", s.a.Billed(), 203_00)
	available := s.a.Available()

	q, err := s.a.QuoteConversion(s.a.Statements[0].Number, "bill3", 0, s.day)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the principal, not the fee", q.Amount, 200_00)
	// 33.33 + 33.33 of two purchases, and the last instalments take the rest of each.
	equal(t, "instalments", parts(q.Parts), "2026-05-05 66.66+2.00, 2026-06-05 66.66+2.00, 2026-07-05 66.68+2.00")
	equal(t, "cost", q.Cost, 6_00)
	equal(t, "annual rate", q.AnnualRate.String(), "17.9107%")

	e := s.convert("bill3", 0)
	s.expect("2026-04-10 statement.converted")
	equal(t, "the second purchase goes on with its fourth", e.Purchases[1].First, 4)
	equal(t, "next owes", s.owes(next), "33.33+1.00, 33.33+1.00, 33.34+1.00")
	equal(t, "flat owes", s.owes(flat), "0.00+3.00 billed, 100.00+3.00, 33.33+1.00, 100.00+3.00, 33.33+1.00, 33.34+1.00")
	equal(t, "billed", s.a.Billed(), 3_00)
	equal(t, "available", s.a.Available(), available)

	// The fee is still due when it was; what left comes with the next bill.
	s.to("2026-04-19")
	s.expect("2026-04-19 statement.overdue", "2026-04-19 block.added", "2026-04-19 account.graded")
	s.repay(3_00)
	s.to("2026-05-05")
	equal(t, "the next bill", s.a.Billed(), 100_00+3_00+66_66+2_00)
	s.repay(s.a.Billed())
	s.to("2026-06-05")
	equal(t, "the one after it", s.a.Billed(), 100_00+3_00+66_66+2_00)
	s.repay(s.a.Billed())
	s.to("2026-07-05")
	equal(t, "the last", s.a.Billed(), 66_68+2_00)
	s.repay(s.a.Billed())
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "purchases", len(s.a.Purchases), 0)
}

// A statement on which nothing remains is paid.
func TestAWholeStatementConverted(t *testing.T) {
	s := opened(t, "2026-03-10", bills)
	s.buy(100_00, "next")
	s.to("2026-04-15") // the due date itself is in time
	s.told()
	s.convert("bill6", 0)
	s.expect("2026-04-15 statement.converted", "2026-04-15 statement.paid")
	if unmet := s.a.Obstacles(s.day); len(unmet) != 1 || unmet[0].Condition != credit.ConditionInstalments || unmet[0].Date != on(t, "2026-10-05") {
		t.Errorf("got %+v", unmet)
	}
}

func TestConversionInTime(t *testing.T) {
	s := opened(t, "2026-03-10", bills)
	s.buy(100_00, "next")
	s.to("2026-04-15")
	c := s.conversion("bill3", 0)
	s.to("2026-04-16") // within grace, but past the due date
	s.refused(credit.ConversionTooLate, "", c)
	s.to("2026-04-19")
	s.refused(credit.ConversionTooLate, "", c)

	// Where the contract says so, a late one too. Its penalty stays.
	s = opened(t, "2026-03-10", overdueToo)
	purchase := s.buy(100_00, "next")
	s.to("2026-04-25")
	s.told()
	s.convert("bill3", 0)
	s.expect("2026-04-25 penalty.charged", "2026-04-25 statement.converted")
	equal(t, "penalty", s.a.Billed(), 1_00) // ten days of 0.1%
	s.to("2026-05-05")
	equal(t, "and no more of it", s.a.AsOf(s.day).Statements[0].Penalty, 1_00)
	s.repay(1_00)
	s.expect("2026-05-05 statement.issued", "2026-05-05 repayment.received", "2026-05-05 statement.paid", "2026-05-05 block.lifted", "2026-05-05 account.graded")
	equal(t, "owes", s.owes(purchase), "33.33+1.00 billed, 33.33+1.00, 33.34+1.00")

	plain := opened(t, "2026-03-10")
	plain.buy(100_00, "next")
	plain.to("2026-04-10")
	plain.refused(credit.ConversionNotOffered, "", c)
}

func TestConversionIsRefused(t *testing.T) {
	s := opened(t, "2026-03-10", bills, later)
	s.buy(100_00, "next")
	s.to("2026-04-10")
	c := s.conversion("bill3", 0)
	refused := func(kind credit.Kind, field string, change func(*credit.Convert)) {
		t.Helper()
		other := c
		change(&other)
		s.refused(kind, field, other)
	}
	refused(credit.NotFound, "", func(c *credit.Convert) { c.Statement = 99 })
	refused(credit.UnknownPlan, "plan", func(c *credit.Convert) { c.Plan = "next" })
	refused(credit.UnknownPlan, "plan", func(c *credit.Convert) { c.Plan = "flat3" }) // one for purchases
	refused(credit.ConversionTooLarge, "amount", func(c *credit.Convert) { c.Amount = 100_01 })
	refused(credit.InvalidAmount, "amount", func(c *credit.Convert) { c.Amount = -1 })
	refused(credit.ConsentOutdated, "hash", func(c *credit.Convert) { c.Plan = "bill6" })
	refused(credit.ConsentOutdated, "hash", func(c *credit.Convert) { c.Amount = 99_99 })
	s.repay(1_00)
	refused(credit.ConsentOutdated, "hash", func(*credit.Convert) {}) // other figures than were shown
	s.do(s.deferral("2026-04-29"))
	refused(credit.DeferralRunning, "", func(*credit.Convert) {})
	s.repay(s.a.Billed())
	refused(credit.StatementNotOpen, "", func(*credit.Convert) {})
}

// A smaller amount takes the last line first, the last one reached as far as is needed.
func TestAPartConverted(t *testing.T) {
	s := opened(t, "2026-03-10", bills)
	first, second, third := s.buy(100_00, "next"), s.buy(50_00, "next"), s.buy(30_00, "next")
	s.to("2026-04-10")
	e := s.convert("bill3", 60_00)
	equal(t, "lines", fmt.Sprint(e.Lines), fmt.Sprint([]credit.ConvertedLine{{Purchase: second, Instalment: 1, Principal: 30_00}, {Purchase: third, Instalment: 1, Principal: 30_00}}))
	equal(t, "the first", s.owes(first), "100.00 billed")
	equal(t, "the second", s.owes(second), "20.00 billed, 10.00+0.30, 10.00+0.30, 10.00+0.30")
	equal(t, "the third", s.owes(third), "10.00+0.30, 10.00+0.30, 10.00+0.30")
	equal(t, "still due", s.a.Billed(), 120_00)
	// Once is once, for the rest of a line too.
	s.refused(credit.AlreadyConverted, "", credit.Convert{Statement: e.Statement, Plan: "bill3"})
	s.repay(120_00)

	// What was converted is not converted again.
	s.to("2026-05-10")
	s.refused(credit.NothingToConvert, "", credit.Convert{Statement: s.a.Statements[0].Number, Plan: "bill3"})
	s.repay(s.a.Billed())
	fresh := s.buy(70_00, "next")
	s.to("2026-06-10")
	e = s.convert("bill6", 0)
	equal(t, "only what is new", fmt.Sprint(e.Lines), fmt.Sprint([]credit.ConvertedLine{{Purchase: fresh, Instalment: 1, Principal: 70_00}}))
}

// While nobody knows whether a debit took the money, it can't be put off as well.
func TestNoConversionBesideADebit(t *testing.T) {
	s := opened(t, "2026-03-10", bills)
	s.buy(100_00, "next")
	s.do(credit.SetAutopay{Source: "tok", Consent: s.consent(s.a.AutopayText("tok"))})
	s.to("2026-04-14")
	c := s.conversion("bill3", 0)
	s.to("2026-04-15")
	s.refused(credit.DebitPending, "", c)
	s.do(credit.RefuseDebit{Debit: s.a.PendingDebits()[0].Number, Reason: "funds"})
	s.do(s.conversion("bill3", 0))
	equal(t, "billed", s.a.Billed(), 0)
}

// A refund works on what became instalments as on any other: from the last backwards,
// each with the fee that it makes undue, by its own plan.
func TestRefundOfWhatWasConverted(t *testing.T) {
	for _, c := range []struct {
		plan   string
		amount money.Amount
		owes   string
	}{
		{"bill3", 1, "0.00+3.00 billed, 100.00+3.00, 33.33+1.00, 100.00+3.00, 33.33+1.00, 33.33+1.00"},
		{"bill3", 16_67, "0.00+3.00 billed, 100.00+3.00, 33.33+1.00, 100.00+3.00, 33.33+1.00, 16.67+0.50"},
		{"bill3", 50_00, "0.00+3.00 billed, 100.00+3.00, 33.33+1.00, 100.00+3.00, 16.67+0.50"},
		{"bill3", 100_00, "0.00+3.00 billed, 100.00+3.00, 33.33+1.00, 66.67+2.00"},
		{"bill3", 200_00, "0.00+3.00 billed, 100.00+3.00"},
		{"bill3", 300_00, "0.00+3.00 billed"},
		{"bill6", 60_00, "0.00+3.00 billed, 100.00+3.00, 16.25+0.40, 100.00+3.00, 16.41+0.24, 7.34+0.07"},
	} {
		s := opened(t, "2026-03-10", bills)
		purchase := s.buy(300_00, "flat3")
		s.to("2026-04-10").convert(c.plan, 0)
		e := s.refund(purchase, c.amount)
		equal(t, c.plan+" refunded by "+c.amount.Format("CNY"), s.owes(purchase), c.owes)
		equal(t, "to the credit balance", e.Credit, 0)
	}

	// Instalments that are paid stay paid: what goes beyond is the customer's.
	s := opened(t, "2026-03-10", bills)
	purchase := s.buy(90_00, "next")
	s.to("2026-04-10").convert("bill3", 0)
	s.to("2026-05-05").repay(30_90)
	e := s.refund(purchase, 90_00)
	equal(t, "cut", s.owes(purchase), "")
	equal(t, "credit", e.Credit, 30_00)
}

// Many small refunds come to what one large one does.
func TestRefundsOfWhatWasConvertedInSteps(t *testing.T) {
	for _, plan := range []string{"bill3", "bill6"} {
		one, many := opened(t, "2026-03-10", bills), opened(t, "2026-03-10", bills)
		a, b := one.buy(300_00, "annuity6"), many.buy(300_00, "annuity6")
		one.to("2026-04-10").convert(plan, 0)
		many.to("2026-04-10").convert(plan, 0)
		one.refund(a, 60*1_37)
		for range 60 {
			many.refund(b, 1_37)
		}
		equal(t, plan, many.owes(b), one.owes(a))
	}
}

// Others may bear a share of what a conversion costs.
func TestASubsidisedConversion(t *testing.T) {
	s := opened(t, "2026-03-10", func(terms *credit.Terms) {
		bills(terms)
		terms.Conversions[0].Subsidies = []credit.Subsidy{{Bearer: credit.Platform, Share: 500_000}, {Bearer: credit.Funder, Share: 500_000}}
	})
	purchase := s.buy(300_00, "next")
	s.to("2026-04-10")
	q, err := s.a.QuoteConversion(s.a.Statements[0].Number, "bill3", 0, s.day)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "instalments", parts(q.Parts[:1]), "2026-05-05 100.00 funder 1.50 platform 1.50")
	equal(t, "annual rate", q.AnnualRate, 0)
	equal(t, "subsidised", q.Subsidised, 9_00)
	s.convert("bill3", 0)
	s.refund(purchase, 150_00)
	equal(t, "after a refund", s.owes(purchase), "100.00 platform 1.50 funder 1.50, 50.00 platform 0.75 funder 0.75")
}

// Where days count, the customer has the money from the due date on: converted
// early, a bill costs as much a year as on its due date.
func TestAnEarlyConversionIsNoCheaper(t *testing.T) {
	rate := func(day string) credit.Rate {
		s := opened(t, "2026-03-10", func(terms *credit.Terms) {
			bills(terms)
			terms.RateMethod, terms.CostCap = credit.EffectiveOnDays, 10*credit.Whole
		})
		s.buy(1_000_00, "next")
		s.to(day)
		q, err := s.a.QuoteConversion(s.a.Statements[0].Number, "bill3", 0, s.day)
		if err != nil {
			t.Fatal(err)
		}
		return q.AnnualRate
	}
	equal(t, "annual rate", rate("2026-04-06"), rate("2026-04-15"))
	equal(t, "it is", rate("2026-04-15").String(), "19.5165%")
}

func TestConversionTerms(t *testing.T) {
	for says, change := range map[string]func(*credit.Terms){
		"above the cap": func(terms *credit.Terms) { terms.CostCap, terms.Conversions[0].Rate = 240_000, 20_000 },
		"pay next month": func(terms *credit.Terms) {
			terms.Conversions[0] = credit.Plan{ID: "x", Kind: credit.PayNextMonth, Periods: 1}
		},
		"the id of a plan":  func(terms *credit.Terms) { terms.Conversions[0].ID = "flat3" },
		"the same id twice": func(terms *credit.Terms) { terms.Conversions[0].ID = "bill6" },
		"no periods":        func(terms *credit.Terms) { terms.Conversions[1].Periods = 0 },
		"a subsidy too much": func(terms *credit.Terms) {
			terms.Conversions[1].Subsidies = []credit.Subsidy{{Bearer: "state", Share: 1}}
		},
	} {
		terms := contract()
		bills(terms)
		if err := terms.Validate(); err != nil {
			t.Fatal(err)
		}
		change(terms)
		if terms.Validate() == nil {
			t.Errorf("%s is taken", says)
		}
	}
}

// Told again under another contract, both agreements are about the same money at the
// other contract's price.
func TestReliefToldAgain(t *testing.T) {
	s := opened(t, "2026-03-10", bills, later)
	s.buy(300_00, "next")
	s.to("2026-04-10").do(s.deferral("2026-04-25"))
	s.to("2026-04-20").repay(s.a.Billed())
	purchase := s.buy(300_00, "next")
	s.to("2026-05-10").convert("bill3", 150_00)
	for _, c := range []struct {
		fee  money.Amount
		rate credit.Rate
		owes string
	}{
		{1_50, 10_000, "150.00 billed, 50.00+1.50, 50.00+1.50, 50.00+1.50"},
		{75, 5_000, "149.25 billed, 50.00+0.75, 50.00+0.75, 50.00+0.75"}, // what was repaid beyond the smaller fee pays the next bill
	} {
		told, err := credit.Retell(s.a.ID, s.facts, credit.Change{Until: s.day, Terms: func(terms credit.Terms) *credit.Terms {
			terms.Deferral = &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: c.rate / 2}
			terms.Conversions = []credit.Plan{{ID: "bill3", Kind: credit.Flat, Periods: 3, Rate: c.rate}}
			return &terms
		}})
		if err != nil || len(told.Dropped) != 0 {
			t.Fatalf("%v, without %v", err, told.Dropped)
		}
		for _, f := range told.Facts {
			for _, e := range f.Events {
				if e, ok := e.(credit.StatementDeferred); ok {
					equal(t, "fee", e.Fee, c.fee)
				}
			}
		}
		equal(t, "owes", (&story{a: told.Account}).owes(purchase), c.owes)
	}
}
