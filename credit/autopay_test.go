package credit_test

import (
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// autopay is the instruction that the customer of a story agrees to.
func (s *story) autopay(source string) credit.SetAutopay {
	return credit.SetAutopay{Source: source, Consent: s.consent(s.a.AutopayText(source))}
}

// debit is the account's newest debit.
func (s *story) debit() credit.Debit {
	s.t.Helper()
	if len(s.a.Debits) == 0 {
		s.t.Fatalf("no debit on %s", s.day)
	}
	return s.a.Debits[len(s.a.Debits)-1]
}

// billedBy begins a story with a statement of 100.00 of 2026-03-05, due on the 15th.
func debitedStory(t *testing.T, change ...func(*credit.Terms)) *story {
	s := opened(t, "2026-02-20", change...)
	s.do(s.autopay("tok_1"))
	s.buy(100_00, "next")
	s.to("2026-03-05").told()
	return s
}

func TestDebitOnTheDueDate(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-14").expect()
	s.to("2026-03-15").expect("2026-03-15 debit.requested")
	d := s.debit()
	equal(t, "amount", d.Amount, 100_00)
	equal(t, "attempt", d.Attempt, 1)
	equal(t, "source", d.Source, "tok_1")
	s.do(credit.CloseDay{Day: s.day}) // the day again
	s.expect()
	e := only[credit.RepaymentReceived](t, s.do(credit.SettleDebit{Debit: d.Number}))
	equal(t, "source of the repayment", e.Source, string(s.a.ID.Part(credit.PrefixDebit, d.Number)))
	s.expect("2026-03-15 debit.settled", "2026-03-15 repayment.received", "2026-03-15 statement.paid")
	equal(t, "owed", s.a.Owed(), 0)
	s.do(credit.SettleDebit{Debit: d.Number}) // told twice
	s.refused(credit.DebitNotPending, "", credit.RefuseDebit{Debit: d.Number, Reason: "late"})
	s.refused(credit.NotFound, "", credit.SettleDebit{Debit: 99})
	s.refused(credit.DebitNotPending, "", credit.SettleDebit{Debit: 1}) // a number, of something else
	s.to("2026-04-04").expect()
}

// A repayment by hand lowers what is debited; a paid statement is not debited.
func TestPaidByHandBeforeTheDebit(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-14").repay(30_00)
	s.to("2026-03-15")
	equal(t, "what remains", s.debit().Amount, 70_00)
	whole := debitedStory(t)
	whole.to("2026-03-14").repay(100_00)
	whole.told()
	whole.to("2026-04-04").expect()
}

// Money by hand while the debit is on its way: the debit's is not lost, and not twice.
func TestPaidByHandWhileTheDebitIsOnItsWay(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-15").repay(60_00)
	e := only[credit.RepaymentReceived](t, s.do(credit.SettleDebit{Debit: s.debit().Number}))
	equal(t, "surplus", e.Credit, 60_00)
	equal(t, "credit balance", s.a.Credit, 60_00)
	s = debitedStory(t)
	s.to("2026-03-15").repay(100_00)
	s.refused(credit.NotClear, "", credit.RequestClosure{})
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-03-30").expect() // paid: nothing more is asked for
}

// Refused: again a day and three days after the due date, each under a new number.
func TestRetries(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-15")
	first := s.debit()
	s.do(credit.RefuseDebit{Debit: first.Number, Reason: "funds"})
	s.do(credit.RefuseDebit{Debit: first.Number, Reason: "other words"}) // told twice
	s.refused(credit.DebitNotPending, "", credit.SettleDebit{Debit: first.Number})
	s.told()
	s.to("2026-03-16").expect("2026-03-16 debit.requested")
	second := s.debit()
	if second.Number == first.Number || second.Attempt != 2 || second.Amount != 100_00 {
		t.Errorf("the second debit is %+v", second)
	}
	s.repay(40_00)
	s.do(credit.RefuseDebit{Debit: second.Number, Reason: "funds"})
	s.told()
	s.to("2026-03-17").expect()
	s.to("2026-03-18").expect("2026-03-18 debit.requested")
	equal(t, "what remains at the third", s.debit().Amount, 60_00)
	equal(t, "attempt", s.debit().Attempt, 3)
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-04-04").expect("2026-03-19 statement.overdue", "2026-03-19 block.added", "2026-03-19 penalty.charged", "2026-03-19 account.graded")

	// Past grace a debit asks for the penalty too.
	late := debitedStory(t, func(t *credit.Terms) { t.AutopayRetries = []int{5} })
	late.to("2026-03-15")
	late.do(credit.RefuseDebit{Debit: late.debit().Number, Reason: "funds"})
	late.to("2026-03-20")
	equal(t, "with five days of penalty", late.debit().Amount, money.Amount(100_50))
}

// As long as nobody knows what became of a debit there is no other, on no day.
func TestAnUnknownOutcomeIsNeverDebitedAgain(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-15").told()
	n := s.debit().Number
	s.to("2026-03-18").expect()
	equal(t, "on their way", len(s.a.Debits), 1)
	s.do(credit.SettleDebit{Debit: n})
	equal(t, "owed", s.a.Owed(), 0)

	// Refused so late that a day was missed: the next one is taken, and none is made up for.
	s = debitedStory(t)
	s.to("2026-03-17")
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-03-18").expect("2026-03-18 debit.requested")
	s = debitedStory(t)
	s.to("2026-03-18")
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-04-30")
	if told := s.told(); strings.Contains(told, "debit.requested") {
		t.Errorf("after the last day came\n%s", told)
	}
}

// What nobody could take in time comes with the next bill, on its days.
func TestArrearsAreDebitedWithTheNextBill(t *testing.T) {
	s := debitedStory(t)
	s.buy(50_00, "next") // on 03-05: of the next statement
	for _, day := range []string{"2026-03-15", "2026-03-16", "2026-03-18"} {
		s.to(day)
		s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	}
	s.to("2026-04-14").told()
	s.to("2026-04-15").expect("2026-04-15 penalty.charged", "2026-04-15 statement.aged", "2026-04-15 debit.requested", "2026-04-15 debit.requested")
	pending := s.a.PendingDebits()
	equal(t, "of the old one", pending[0].Amount, 103_10) // 31 days of 0.1%
	equal(t, "its attempt", pending[0].Attempt, 4)
	equal(t, "of the new one", pending[1].Amount, 50_00)
	s.do(credit.SettleDebit{Debit: pending[1].Number}) // in whichever order they come
	s.do(credit.SettleDebit{Debit: pending[0].Number})
	equal(t, "owed", s.a.Owed(), 0)
	equal(t, "blocks", len(s.a.Blocks), 0)
}

// A deferred statement is debited on its new due date, with the fee, and not before.
func TestADeferredStatementIsDebitedLater(t *testing.T) {
	s := debitedStory(t, later)
	s.to("2026-03-14").do(s.deferral("2026-03-29"))
	s.told()
	s.to("2026-03-28").expect()
	s.to("2026-03-29").expect("2026-03-29 debit.requested")
	equal(t, "with the fee", s.debit().Amount, 100_50)
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-03-30").expect("2026-03-30 debit.requested")
}

// What a customer contests is not debited; what they contest while the debit is on its way is theirs.
func TestAContestedAmountIsNotDebited(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.do(s.autopay("tok_1"))
	bought := s.buy(100_00, "next")
	other := s.buy(50_00, "next")
	s.to("2026-03-14")
	s.contest(bought, 60_00)
	s.to("2026-03-15")
	equal(t, "less what is contested", s.debit().Amount, 90_00)
	late := s.contest(other, 20_00)
	e := only[credit.RepaymentReceived](t, s.do(credit.SettleDebit{Debit: s.debit().Number}))
	equal(t, "what is too much", e.Credit, 20_00)
	s.do(credit.ReturnCredit{Reference: "back"})
	s.lose(late.Number) // billed again on the next statement, and debited then
	s.to("2026-04-15")
	equal(t, "what was lost", s.debit().Amount, 20_00)
}

// The books gave it up: people settle what is left, and what comes after.
func TestAChargedOffStatementIsNotDebited(t *testing.T) {
	s := opened(t, "2026-02-20", func(t *credit.Terms) {
		t.ChargeOffDays = 180
		t.Plans = append(t.Plans, credit.Plan{ID: "flat12", Kind: credit.Flat, Periods: 12, Rate: 1_000})
	})
	s.do(s.autopay("tok_1"))
	s.buy(1_200_00, "flat12")
	refuse := func(through string) (debits int) {
		for end := on(t, through); s.day < end; {
			s.pass(s.day + 1)
			for _, d := range s.a.PendingDebits() {
				s.do(credit.RefuseDebit{Debit: d.Number, Reason: "funds"})
				debits++
			}
		}
		return debits
	}
	equal(t, "debits until the charge-off", refuse("2026-09-10"), 3*(1+2+3+4+5+6))
	equal(t, "debits after it", refuse("2027-02-28"), 0)
	if last := s.a.Statements[len(s.a.Statements)-1]; last.Date != on(t, "2027-02-05") {
		t.Errorf("the last bill is of %s", last.Date)
	}
	s.repay(s.a.AsOf(s.day).Owed())
	equal(t, "owed", s.a.Owed(), 0)
}

// A debit that succeeded and bounced later: the statement is open again, and is debited
// under a new number on the next of its days, never on one that is past.
func TestADebitThatBounces(t *testing.T) {
	for _, c := range []struct{ bounced, again string }{
		{"2026-03-15", "2026-03-16"}, {"2026-03-16", "2026-03-18"}, {"2026-03-17", "2026-03-18"}, {"2026-03-18", ""}, {"2026-04-01", ""},
	} {
		s := debitedStory(t)
		s.to("2026-03-15")
		first := s.debit().Number
		e := only[credit.RepaymentReceived](t, s.do(credit.SettleDebit{Debit: first}))
		s.to(c.bounced)
		s.bounce(e.Number)
		equal(t, c.bounced+": billed", s.a.Billed() >= 100_00, true)
		s.do(credit.SettleDebit{Debit: first}) // told again: no news, and no money
		equal(t, c.bounced+": still billed", s.a.Billed() >= 100_00, true)
		s.told()
		s.to("2026-04-04")
		again := ""
		for _, line := range strings.Split(s.told(), "\n") {
			if day, ok := strings.CutSuffix(line, " debit.requested"); ok {
				again += day
			}
		}
		equal(t, c.bounced+": debited again", again, c.again)
	}
}

func TestAnInstructionGivenLate(t *testing.T) {
	for _, c := range []struct {
		given string
		want  string
	}{
		{"2026-03-14", "2026-03-15 debit.requested"},
		{"2026-03-15", "2026-03-16 debit.requested"}, // the date has begun
		{"2026-03-16", "2026-03-18 debit.requested"},
		{"2026-03-18", ""},
	} {
		s := opened(t, "2026-02-20")
		s.buy(100_00, "next")
		s.to(c.given)
		s.do(s.autopay("tok_1"))
		s.told()
		s.to("2026-03-18")
		equal(t, "given on "+c.given, s.told(), c.want)
	}
}

func TestAutopayConsent(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.refused(credit.AutopayMissing, "", credit.CancelAutopay{})
	good := s.autopay("tok_1")
	for field, bend := range map[string]func(*credit.SetAutopay){
		"hash":         func(c *credit.SetAutopay) { c.Source = "tok_2" }, // agreed to another source
		"document":     func(c *credit.SetAutopay) { c.Consent.Document = "quote" },
		"version":      func(c *credit.SetAutopay) { c.Consent.Version++ },
		"person":       func(c *credit.SetAutopay) { c.Consent.Person = "u2" },
		"preselected":  func(c *credit.SetAutopay) { yes := true; c.Consent.Preselected = &yes },
		"accepted_at":  func(c *credit.SetAutopay) { c.Consent.AcceptedAt = c.Consent.ShownAt }, // not shown for long enough
		"read_seconds": func(c *credit.SetAutopay) { c.Consent.ReadSeconds = new(0) },
		"channel":      func(c *credit.SetAutopay) { c.Consent.Channel = "" },
		"language":     func(c *credit.SetAutopay) { c.Consent.Language = "" },
		"source":       func(c *credit.SetAutopay) { c.Source = "" },
	} {
		bent := good
		bend(&bent)
		_, err := s.try(bent)
		refusal, ok := err.(*credit.Error)
		if !ok || refusal.Field != field || !strings.HasPrefix(string(refusal.Kind), "consent_") {
			t.Errorf("%s: %v", field, err)
		}
	}
	other := stranger(t, "2026-02-20")
	other.a.ID = credit.AccountID("shop", "yuefu", "u9")
	other.a.Terms = s.a.Terms
	if other.a.AutopayText("tok_1") == s.a.AutopayText("tok_1") {
		t.Error("two accounts agree to the same")
	}
	s.told()
	s.do(good)
	s.do(s.autopay("tok_2"))
	s.expect("2026-02-20 autopay.instructed", "2026-02-20 autopay.ended", "2026-02-20 autopay.instructed")
	equal(t, "source", s.a.Autopay.Source, "tok_2")
	s.do(credit.CancelAutopay{})
	s.buy(100_00, "next")
	s.told()
	s.to("2026-03-15").expect("2026-03-05 statement.issued")
}

// Cancelled while a debit is on its way: its result still counts, and none follows.
func TestCancelledWhileADebitIsOnItsWay(t *testing.T) {
	s := debitedStory(t)
	s.to("2026-03-15")
	s.do(credit.CancelAutopay{})
	s.do(credit.RefuseDebit{Debit: s.debit().Number, Reason: "funds"})
	s.told()
	s.to("2026-03-18").expect()
	s.repay(100_00)
	s.do(s.autopay("tok_3"))
	s.do(credit.RequestClosure{})
	s.refused(credit.AccountNotOpen, "", s.autopay("tok_4"))
	s.told()
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	s.expect("2026-03-18 autopay.ended", "2026-03-18 closure.approved")
	s.refused(credit.AutopayMissing, "", credit.CancelAutopay{})
}

func TestRetriesWithinBounds(t *testing.T) {
	for _, c := range []struct {
		days []int
		ok   bool
	}{
		{nil, true}, {[]int{1, 3}, true}, {[]int{28}, true}, {[]int{1, 2, 3, 4, 5}, true},
		{[]int{0}, false}, {[]int{29}, false}, {[]int{3, 1}, false}, {[]int{2, 2}, false}, {[]int{1, 2, 3, 4, 5, 6}, false},
	} {
		terms := contract()
		terms.AutopayRetries = c.days
		if err := terms.Validate(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.days, err)
		}
	}
}

// An account remembers the newest results only, and every debit that waits for one.
func TestOldResultsAreForgotten(t *testing.T) {
	s := opened(t, "2026-01-01")
	s.do(s.autopay("tok_1"))
	first := int64(0)
	for year, month := 2026, 2; s.a.Numbers < 80; month++ {
		if month > 12 {
			year, month = year+1, 1
		}
		s.buy(10_00, "next")
		for s.to(s.day.String()); len(s.a.Debits) == 0 || s.debit().Status != credit.PendingDebit; {
			s.pass(s.day + 1)
		}
		if first == 0 {
			first = s.debit().Number
		}
		s.do(credit.SettleDebit{Debit: s.debit().Number})
	}
	equal(t, "remembered", len(s.a.Debits), 12)
	s.refused(credit.DebitNotPending, "", credit.SettleDebit{Debit: first})
}
