package api

import (
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
)

// renewals are the customer's consents to what an account is asked for.
func (s *teller) renewals(a client.Account) (r client.RenewalRequest) {
	for _, d := range a.AgreementPending.Documents {
		r.Consents = append(r.Consents, client.Consent{
			Document: d.Document, Version: d.Version, Hash: d.Hash, Person: a.Customer, Act: "tap_agree", Channel: "wallet", Language: client.LanguageEn,
			ShownAt: s.w.clock.Now().Add(-time.Minute), AcceptedAt: s.w.clock.Now(), ReadSeconds: 42,
		})
	}
	return r
}

// TestAnAgreementThatChanges tells of two customers whose agreement gets a newer
// version that matters: one agrees late, the other leaves.
func TestAnAgreementThatChanges(t *testing.T) {
	onBoth(t, changing)
}

func changing(t *testing.T, s *teller) {
	ctx := t.Context()
	s.w.catalogue.FollowDay(func() calendar.Date { return s.w.desk.Today().Day })
	now := ok(s.shop.GetProgramme(ctx, catalogue.SampleID))(s)
	draft := client.ProgrammeRequest{ID: catalogue.SampleID, Names: now.Names, Terms: now.Terms, Policy: now.Policy}
	draft.Terms.EarlyFees = client.EarlyFeesAll
	ok(s.lender.CreateProgramme(ctx, draft))(s)
	stays, leaves := s.apply("u-stays", 10_000_00, 10_000_00, false).Opened, s.apply("u-leaves", 10_000_00, 10_000_00, false).Opened
	hold := s.authorise(stays, 600_00, "flat6")
	s.capture(s.authorise(leaves, 600_00, "flat6"), 600_00, true)

	// A version that matters: whose notice is too short, or whose calendar nobody can take over, is none.
	draft.Terms.Plans[2].Rate /= 2
	draft.Terms.GraceDays = 1
	draft.Material = client.Material{From: dateOf(t, "2026-01-20"), Until: dateOf(t, "2026-01-26"), Changes: client.Changes{Zh: "分期费率下调，宽限期改为 1 天。", En: "Instalments cost less, and grace is 1 day."}}
	refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	draft.Material.Until = dateOf(t, "2026-01-27")
	draft.Terms.StatementDay = 2
	refused(s.lender.CreateProgramme(ctx, draft))(s, kindInvalidProgramme)
	draft.Terms.StatementDay = now.Terms.StatementDay
	newer := ok(s.lender.CreateProgramme(ctx, draft))(s)
	s.is("it says so", newer.Material, draft.Material)

	// It asks from its date on, and not the day before.
	nothing := func(a client.Account) bool { return a.AgreementPending.Version == 0 }
	s.goTo("2026-01-19")
	s.is("the day before", nothing(s.account(stays.ID)), true)
	refused(s.shop.RenewAgreement(ctx, stays.ID, s.key(), client.RenewalRequest{Consents: s.w.consents(t, "u-stays")}))(s, "agreement_not_pending")
	full := ok(s.shop.QuoteEarlyRepayment(ctx, leaves.ID, client.EarlyRepaymentQuoteRequest{}))(s)
	s.goTo("2026-01-20")
	a := s.account(stays.ID)
	p := a.AgreementPending
	s.is("the version", p.Version, 3)
	s.is("since", p.Since, draft.Material.From)
	s.is("until", p.Until, draft.Material.Until)
	s.is("what is new", len(p.Documents), 1)
	s.is("the text", p.Documents[0].Document, "cost_disclosure")
	s.is("what changed", p.Changes[0], draft.Material.Changes)
	s.is("it may wait", p.StopsSpending, false)
	s.is("still under", a.ProgrammeVersion, 2)
	s.is("spending goes on", s.in(a, "mall", "m-1", 1).Status, client.AuthorisationStatusApproved)

	// Who leaves pays no fee that is not due.
	free := ok(s.shop.QuoteEarlyRepayment(ctx, leaves.ID, client.EarlyRepaymentQuoteRequest{}))(s)
	if full.Amount <= 600_00 || free.Amount != 600_00 || free.Saved != full.Amount-600_00+full.Saved {
		t.Errorf("to leave costs %d, and it did %d", free.Amount, full.Amount)
	}
	s.is("the closing conditions say the same", ok(s.shop.GetClosingConditions(ctx, leaves.ID))(s).Settlement.Amount, int64(600_00))
	ok(s.shop.RepayEarly(ctx, leaves.ID, s.key(), s.by(free)))(s)
	ok(s.shop.RequestClosure(ctx, leaves.ID, s.key()))(s)
	s.is("nobody asks who leaves", nothing(s.account(leaves.ID)), true)

	// Who says nothing buys on through the last date, and then nothing.
	s.goTo("2026-01-27")
	s.is("the last date", s.in(a, "mall", "m-1", 1).Status, client.AuthorisationStatusApproved)
	s.goTo("2026-01-28")
	s.is("after it", s.in(a, "mall", "m-1", 1).DeclineReason, "agreement_pending")
	s.is("it says so", s.account(stays.ID).AgreementPending.StopsSpending, true)
	hold = ok(s.shop.GetAuthorisation(ctx, hold.ID))(s)
	if hold.Status != client.AuthorisationStatusExpired {
		t.Errorf("the first hold is %s", hold.Status)
	}

	// Each text needs its consent, read for long enough.
	hasty := s.renewals(s.account(stays.ID))
	hasty.Consents[0].ReadSeconds = 1
	refused(s.shop.RenewAgreement(ctx, stays.ID, s.key(), hasty))(s, "consent_too_fast")
	refused(s.shop.RenewAgreement(ctx, stays.ID, s.key(), client.RenewalRequest{Consents: []client.Consent{}}))(s, "consent_incomplete")
	a = ok(s.shop.RenewAgreement(ctx, stays.ID, s.key(), s.renewals(s.account(stays.ID))))(s)
	s.is("under the newer one", a.ProgrammeVersion, 3)
	s.is("asked no more", nothing(a), true)
	refused(s.shop.RenewAgreement(ctx, stays.ID, s.key(), hasty))(s, "agreement_not_pending")
	s.is("spending again", s.in(a, "mall", "m-1", 1).Status, client.AuthorisationStatusApproved)

	// The evidence is there, and the account's row says which version it is under.
	agreements := ok(s.shop.ListAgreements(ctx, stays.ID))(s).Data
	s.is("agreements", len(agreements), len(now.Terms.Documents)+1)
	found := false
	for _, g := range agreements {
		if g.Version == 3 && g.Document == "cost_disclosure" {
			found = g.ReadSeconds == 42 && g.Channel == "wallet" && g.Language == "en" && g.Act == "tap_agree" && !g.Preselected
		}
	}
	s.is("the newest with its evidence", found, true)
	s.verified()
}

// TestLowerLimit: at once and below what is used, and never back by itself.
func TestLowerLimit(t *testing.T) {
	s := newTeller(t)
	ctx := t.Context()
	a := s.apply("u-careful", 10_000_00, 10_000_00, false).Opened
	s.authorise(a, 600_00, "next")
	a = ok(s.shop.LowerLimit(ctx, a.ID, s.key(), client.LowerLimitRequest{Limit: 500_00}))(s)
	s.is("limit", a.Limit, int64(500_00))
	s.is("available", a.Available, int64(0))
	refused(s.shop.LowerLimit(ctx, a.ID, s.key(), client.LowerLimitRequest{Limit: 500_00}))(s, "unchanged")
	refused(s.shop.LowerLimit(ctx, a.ID, s.key(), client.LowerLimitRequest{Limit: 500_01}))(s, "invalid_amount")
	s.verified()
}
