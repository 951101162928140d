package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// raise is a raise of the limit that the customer agreed to.
func (s *story) raise(limit money.Amount) credit.ChangeLimit {
	s.t.Helper()
	text, err := s.a.LimitIncrease(limit)
	if err != nil {
		s.t.Fatal(err)
	}
	consent := s.consent(text)
	return credit.ChangeLimit{Limit: limit, Reason: credit.LimitByRequest, Operator: "op_1", Consent: &consent}
}

func lower(limit money.Amount) credit.ChangeLimit {
	return credit.ChangeLimit{Limit: limit, Reason: credit.LimitByRisk, Operator: "op_1"}
}

func TestALimitIsLoweredBelowWhatIsUsed(t *testing.T) {
	s := opened(t, "2026-03-10")
	hold := s.hold(3_000_00, "next")
	s.buy(4_000_00, "next")
	for _, step := range []struct{ limit, available money.Amount }{
		{7_000_01, 1}, {7_000_00, 0}, {6_999_99, 0}, {1, 0}, {0, 0},
	} {
		s.do(lower(step.limit))
		equal(t, "available", s.a.Available(), step.available)
	}
	if reasons := s.declined(1, "next"); !slices.Contains(reasons, credit.ReasonLimitExceeded) {
		t.Errorf("got %v", reasons)
	}
	s.do(credit.Capture{Hold: hold, Amount: 3_000_00}) // it was promised
	equal(t, "outstanding", s.a.Outstanding(), 7_000_00)
	s.do(s.raise(7_000_01))
	equal(t, "available", s.a.Available(), 1)
}

func TestALimitIsNeverRaisedUnasked(t *testing.T) {
	s := opened(t, "2026-03-10")
	unasked := s.raise(12_000_00)
	unasked.Consent = nil
	s.refused(credit.ConsentIncomplete, "consent", unasked)
	for _, c := range []struct {
		kind   credit.Kind
		field  string
		change func(*credit.Consent)
	}{
		{credit.ConsentPreselected, "preselected", func(c *credit.Consent) { yes := true; c.Preselected = &yes }},
		{credit.ConsentIncomplete, "preselected", func(c *credit.Consent) { c.Preselected = nil }},
		{credit.ConsentIncomplete, "act", func(c *credit.Consent) { c.Act = "" }},
		{credit.ConsentOfAnother, "person", func(c *credit.Consent) { c.Person = "u2" }},
		{credit.ConsentOutdated, "document", func(c *credit.Consent) { c.Document = credit.QuoteDocument }},
		{credit.ConsentOutdated, "hash", func(c *credit.Consent) { c.Hash = "lt_another" }},
		{credit.ConsentTooFast, "accepted_at", func(c *credit.Consent) { c.AcceptedAt = c.ShownAt.Add(4e9) }},
	} {
		asked := s.raise(12_000_00)
		c.change(asked.Consent)
		s.refused(c.kind, c.field, asked)
	}
	more := s.raise(12_000_00)
	more.Limit++
	s.refused(credit.ConsentOutdated, "hash", more) // another sum than was agreed to

	agreed := s.raise(12_000_00)
	e := only[credit.LimitChanged](t, s.do(agreed))
	if e.Before != 10_000_00 || e.Limit != 12_000_00 || e.Agreement == nil || e.Agreement.Document.Hash != agreed.Consent.Hash {
		t.Errorf("got %+v", e)
	}
	s.refused(credit.Unchanged, "", agreed)
	s.do(lower(10_000_00))
	s.refused(credit.ConsentOutdated, "hash", agreed) // one act of consent raises once
}

func TestALimitKeepsWithinTheLaw(t *testing.T) {
	capped := func(t *credit.Terms) { t.LimitCap = 12_000_00 }
	s := opened(t, "2026-03-10", capped)
	s.do(s.raise(11_000_00))
	s.refused(credit.LimitAboveCap, "limit", credit.ChangeLimit{Limit: 12_000_01, Reason: credit.LimitByRequest})
	s.refused(credit.LimitAboveCap, "amount", credit.GrantTemporaryLimit{Amount: 1_000_01, LastDay: s.day})
	s.do(credit.GrantTemporaryLimit{Amount: 1_000_00, LastDay: s.day})
	s.refused(credit.LimitAboveCap, "limit", credit.ChangeLimit{Limit: 11_000_01, Reason: credit.LimitByRequest})
	s.to("2026-03-11")
	s.do(s.raise(12_000_00))

	low := opened(t, "2026-03-10", func(t *credit.Terms) { t.LimitCap = 9_000_00 })
	equal(t, "an opening's limit", low.a.Limit, 9_000_00)
	reviewed := stranger(t, "2026-03-10")
	terms := contract()
	capped(terms)
	asked := reviewed.application(terms)
	asked.Assessment = credit.Assessment{Decision: credit.Referred}
	reviewed.do(asked)
	reviewed.refused(credit.LimitAboveCap, "limit", credit.Review{Application: 1, Approve: true, Limit: 12_000_01})
	reviewed.do(credit.Review{Application: 1, Approve: true, Limit: 12_000_00})
	terms.LimitCap = -1
	if terms.Validate() == nil {
		t.Error("a cap below nothing")
	}
}

func TestChangingALimitRefuses(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.refused(credit.InvalidAmount, "limit", lower(-1))
	s.refused(credit.InvalidAmount, "limit", lower(money.Max+1))
	s.refused(credit.UnknownReason, "reason", credit.ChangeLimit{Limit: 1, Reason: "mood"})
	s.refused(credit.Unchanged, "", lower(10_000_00))
	if _, err := s.a.LimitIncrease(10_000_00); err == nil {
		t.Error("a raise to the same limit")
	}
	stranger(t, "2026-03-10").refused(credit.NotFound, "", lower(1))
	s.do(credit.RequestClosure{})
	s.do(lower(5_000_00))
	s.refused(credit.AccountNotOpen, "", credit.ChangeLimit{Limit: 6_000_00, Reason: credit.LimitByRequest})
	s.refused(credit.AccountNotOpen, "", credit.GrantTemporaryLimit{Amount: 1, LastDay: s.day})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	s.refused(credit.AccountNotOpen, "", lower(1))
}

func TestATemporaryLimitLapses(t *testing.T) {
	for _, c := range []struct {
		day       string
		available money.Amount
	}{
		{"2026-03-10", 4_000_00},
		{"2026-03-19", 4_000_00},
		{"2026-03-20", 4_000_00}, // its last day
		{"2026-03-21", 0},
		{"2026-06-30", 0},
	} {
		s := opened(t, "2026-03-10")
		s.do(credit.GrantTemporaryLimit{Amount: 5_000_00, LastDay: on(t, "2026-03-20"), Operator: "op_1"})
		s.buy(11_000_00, "next")
		s.to(c.day)
		equal(t, c.day, s.a.Available(), c.available)
		equal(t, "owed stays owed", s.a.Outstanding(), 11_000_00)
		if c.available == 0 {
			if reasons := s.declined(1, "next"); !slices.Contains(reasons, credit.ReasonLimitExceeded) {
				t.Errorf("%s: got %v", c.day, reasons)
			}
			if again := s.close(s.day); len(again) != 0 {
				t.Errorf("the same night again: %s", names(again))
			}
		} else if s.hold(c.available, "next"); s.a.Available() != 0 {
			t.Errorf("%s: %d available", c.day, s.a.Available())
		}
	}
}

func TestATemporaryLimitIsReplacedAndWithdrawn(t *testing.T) {
	s := opened(t, "2026-03-10")
	grant := func(amount money.Amount, day string) credit.GrantTemporaryLimit {
		return credit.GrantTemporaryLimit{Amount: amount, LastDay: on(t, day)}
	}
	s.refused(credit.NothingToWithdraw, "", credit.WithdrawTemporaryLimit{})
	s.refused(credit.InvalidAmount, "amount", grant(0, "2026-03-10"))
	s.refused(credit.InvalidDate, "last_day", grant(1, "2026-03-09"))
	s.refused(credit.InvalidDate, "last_day", grant(1, "2027-03-12"))
	s.refused(credit.LimitAboveCap, "amount", grant(money.Max, "2026-03-10"))
	s.do(grant(1, "2027-03-11"))
	s.do(grant(5_000_00, "2026-03-10"))
	s.do(grant(2_000_00, "2026-03-15"))
	equal(t, "available", s.a.Available(), 12_000_00)
	s.to("2026-03-15")
	equal(t, "the second one's last day", s.a.Available(), 12_000_00)
	s.buy(11_000_00, "next")
	s.do(credit.WithdrawTemporaryLimit{Operator: "op_1"})
	equal(t, "available", s.a.Available(), 0)
	s.told()
	s.to("2026-04-04").expect()
	stranger(t, "2026-03-10").refused(credit.NotFound, "", credit.WithdrawTemporaryLimit{})
	stranger(t, "2026-03-10").refused(credit.NotFound, "", grant(1, "2026-03-10"))
}

func TestClosingEndsATemporaryLimit(t *testing.T) {
	s := opened(t, "2026-03-10")
	s.do(credit.GrantTemporaryLimit{Amount: 5_000_00, LastDay: s.day + 30})
	s.do(credit.RequestClosure{})
	s.do(credit.ApproveClosure{Closure: s.a.Closure.Number})
	equal(t, "available", s.a.Available(), 0)
	equal(t, "next due", s.a.NextDue(), 0)
}
