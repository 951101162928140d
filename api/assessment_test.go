package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
)

// TestAssessment: looked at beforehand, refused with words, appealed, decided by a person, and explained to operators.
func TestAssessment(t *testing.T) {
	onBoth(t, assessment)
}

func (s *teller) application(customer string, facts ...string) client.ApplicationRequest {
	r := client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: s.w.consents(s.t, customer), RequestedLimit: 10_000_00,
		Declared: client.Declared{Adult: true, MonthlyIncome: 8_000_00, Employment: client.Employed},
	}
	for i := 0; i < len(facts); i += 2 {
		r.Facts = append(r.Facts, client.PlatformFact{Name: facts[i], Value: facts[i+1]})
	}
	return r
}

func assessment(t *testing.T, s *teller) {
	ctx := t.Context()
	unverified := s.application("u-1", "orders", "40", "phone_verified", "false")

	// Before: nothing is kept, and no bureau is asked.
	look := client.PrecheckRequest{Customer: "u-1", Programme: catalogue.SampleID, Declared: unverified.Declared, RequestedLimit: 10_000_00}
	s.w.unchanged(t, func() {
		p := ok(s.shop.PrecheckApplication(ctx, look))(s)
		s.is("outlook", p.Outlook, client.OutlookLikely)
		s.is("limits", [2]int64{p.LimitFrom, p.LimitTo}, [2]int64{100_00, 20_000_00}) // by itself; the income carries 24,000.00
		s.is("bureau asked, and counted", [2]bool{p.BureauAsked, p.CountsAsApplication}, [2]bool{false, false})
		s.is("it says so", strings.Contains(p.Note.Zh, "不查询征信") && strings.Contains(p.Note.En, "no credit bureau"), true)
		bad := look
		bad.Facts = unverified.Facts
		p = ok(s.shop.PrecheckApplication(ctx, bad))(s)
		s.is("outlook without a verified phone", p.Outlook, client.OutlookUnlikely)
		s.is("in words", p.Explained[0].Words.Zh, "您在平台的手机号尚未验证。")
		many := look
		many.Facts = s.application("", "orders", "40", "returns", "30").Facts
		s.is("outlook with many returns", ok(s.shop.PrecheckApplication(ctx, many))(s).Outlook, client.OutlookReview)
	})
	refused(s.shop.GetAccount(ctx, string(credit.AccountID("shop", catalogue.SampleID, "u-1"))))(s, "not_found")

	// Facts that the policy does not ask for, or that are none.
	for _, fact := range [][3]string{{"oders", "1", "/facts/0/name"}, {"orders", "many", "/facts/0/value"}, {"income", "1", "/facts/0/name"}} {
		p := refused(s.shop.Apply(ctx, s.key(), s.application("u-1", fact[0], fact[1])))(s, kindInvalidRequest)
		s.is("pointer", p.Errors[0].Pointer, fact[2])
	}

	// Refused by the policy alone, in words, with a way out.
	a := ok(s.shop.Apply(ctx, s.key(), unverified))(s)
	s.is("status", a.Status, client.DecisionRefused)
	s.is("reason", a.Reasons[0], "phone_not_verified")
	s.is("what helps", strings.Contains(a.Explained[0].Help.En, "verify it"), true)
	today := s.w.desk.Today().Day
	s.is("appeal until", a.AppealUntil, today+credit.AppealDays)
	s.is("one more application counts", a.ApplyAgainOn, calendar.Date(0))
	s.is("read again", ok(s.shop.GetApplication(ctx, a.ID))(s).Explained[0], a.Explained[0])

	// Operators see how it came about; platforms, feeds and webhooks don't.
	refused(s.shop.GetAssessment(ctx, a.ID))(s, kindOperatorKey)
	kept := s.w.get(t, s.w.operator, "/v1/applications/"+a.ID+"/assessment").body
	record := ok(s.lender.GetAssessment(ctx, a.ID))(s)
	s.is("decision", record.Decision, client.DecisionRefused)
	s.is("score", record.Score.Total, 500+60+30+30+20+40)
	for _, want := range []string{
		`{"name":"orders","value":"40","from":"platform"}`, `{"name":"returns","value":"0","from":"assumed"}`, `{"name":"phone_not_verified","value":"true"}`,
		`{"name":"earlier_refusals","value":"0","from":"history"}`, `"reasons":["phone_not_verified"]`,
	} {
		s.is(want, strings.Contains(kept, want), true)
	}
	s.is("told to others", strings.Contains(s.w.get(t, s.w.platform, "/v1/accounts/"+a.Account+"/events").body, "evaluation"), false)
	shown := s.w.get(t, s.w.platform, "/v1/programmes/"+catalogue.SampleID).body
	s.is("the policy as a platform sees it", [3]bool{strings.Contains(shown, `"facts"`), strings.Contains(shown, "base_points"), strings.Contains(shown, "worst_bucket")}, [3]bool{true, false, false})
	s.is("and an operator", strings.Contains(s.w.get(t, s.w.operator, "/v1/programmes/"+catalogue.SampleID).body, "base_points"), true)

	// A person decides, under the terms that were agreed to.
	refused(s.shop.AppealApplication(ctx, a.ID, s.key(), client.AppealRequest{Ground: "mercy"}))(s, kindInvalidRequest)
	key := s.key()
	appealed := ok(s.shop.AppealApplication(ctx, a.ID, key, client.AppealRequest{Ground: client.FactsWrong}))(s)
	s.is("status", appealed.Status, client.DecisionReferred)
	s.is("expected by", appealed.ExpectedBy, calendar.AddWorkingDays(today, 3))
	s.is("by the same key", ok(s.shop.AppealApplication(ctx, a.ID, key, client.AppealRequest{Ground: client.FactsWrong}))(s).AppealedOn, today)
	refused(s.shop.AppealApplication(ctx, a.ID, s.key(), client.AppealRequest{Ground: client.FactsWrong}))(s, "application_pending")
	refused(s.shop.PrecheckApplication(ctx, look))(s, "application_pending")
	opened := ok(s.lender.ReviewApplication(ctx, a.ID, s.key(), client.ReviewRequest{Approve: true, Limit: 3_000_00}))(s)
	s.is("limit", opened.Opened.Limit, int64(3_000_00))
	refused(s.shop.AppealApplication(ctx, a.ID, s.key(), client.AppealRequest{Ground: client.FactsWrong}))(s, "appeal_not_possible")
	s.is("the assessment stays", s.w.get(t, s.w.operator, "/v1/applications/"+a.ID+"/assessment").body, kept)
	refused(s.shop.PrecheckApplication(ctx, look))(s, "already_open")

	// Referred: by when. Refused twice: until when.
	r := ok(s.shop.Apply(ctx, s.key(), s.application("u-2", "orders", "40", "returns", "30", "phone_verified", "true")))(s)
	s.is("status", r.Status, client.DecisionReferred)
	s.is("expected by", r.ExpectedBy, calendar.AddWorkingDays(today, 3))
	no := s.application("u-3", "phone_verified", "false")
	ok(s.shop.Apply(ctx, s.key(), no))(s)
	second := ok(s.shop.Apply(ctx, s.key(), no))(s)
	s.is("refusals that it knows of", ok(s.lender.GetAssessment(ctx, second.ID))(s).Facts[7].Value, "1")
	s.is("apply again on", second.ApplyAgainOn, today+30)
	third := ok(s.shop.Apply(ctx, s.key(), no))(s)
	s.is("too many", third.Reasons[0], "too_many_applications")
	refused(s.lender.GetAssessment(ctx, third.ID))(s, "not_found") // nothing was assessed
	look.Customer = "u-3"
	s.is("a pre-check says when", ok(s.shop.PrecheckApplication(ctx, look))(s).ApplyAgainOn, today+30)
	s.goTo((today + 29).String())
	s.is("the day before", ok(s.shop.Apply(ctx, s.key(), s.application("u-3")))(s).Reasons[0], "too_many_applications")
	s.goTo((today + 30).String())
	s.is("the day", ok(s.shop.Apply(ctx, s.key(), s.application("u-3")))(s).Status, client.DecisionApproved)
	s.is("and the past one in words", ok(s.shop.GetApplication(ctx, second.ID))(s).Explained[0].Words.En, "Your phone number is not verified with the platform yet.")

	report, err := s.w.tables.Verify(ctx, nil)
	if err != nil || !report.Clean() {
		t.Fatal(err, report.Violations)
	}
}

// TestPrecheckPace: one customer has ten a minute, and is in nobody's way.
func TestPrecheckPace(t *testing.T) {
	s := newTeller(t)
	now := time.Unix(1_800_000_000, 0)
	s.w.server.prechecks.now = func() time.Time { return now }
	look := client.PrecheckRequest{Customer: "u-1", Programme: catalogue.SampleID, Declared: client.Declared{Adult: true}}
	for range perMinute {
		ok(s.shop.PrecheckApplication(t.Context(), look))(s)
	}
	refused(s.shop.PrecheckApplication(t.Context(), look))(s, kindTooManyRequests)
	a := s.w.post(t, s.w.platform, "", "/v1/applications/precheck", mustJSON(t, look))
	s.is("status and when again", [2]string{fmt.Sprint(a.status), a.header.Get("Retry-After")}, [2]string{fmt.Sprint(http.StatusTooManyRequests), "60"})
	other := look
	other.Customer = "u-2"
	ok(s.shop.PrecheckApplication(t.Context(), other))(s)
	now = now.Add(time.Minute)
	ok(s.shop.PrecheckApplication(t.Context(), look))(s)
}

// TestACustomerTellsNoPlatformFacts: a page may look and appeal for its customer, and say nothing in the platform's name.
func TestACustomerTellsNoPlatformFacts(t *testing.T) {
	s := newTeller(t)
	page := s.w.as("u-1", false)
	look := client.PrecheckRequest{Customer: "u-1", Programme: catalogue.SampleID, Declared: client.Declared{Adult: true}}
	s.is("outlook", ok(page.PrecheckApplication(t.Context(), look))(s).Outlook, client.OutlookLikely)
	look.Facts = []client.PlatformFact{{Name: "orders", Value: "1000"}}
	refused(page.PrecheckApplication(t.Context(), look))(s, kindInvalidRequest)
	refused(page.Apply(t.Context(), s.key(), s.application("u-1", "orders", "1000")))(s, kindInvalidRequest)
	a := ok(s.shop.Apply(t.Context(), s.key(), s.application("u-1", "phone_verified", "false")))(s)
	s.is("appealed by the customer", ok(page.AppealApplication(t.Context(), a.ID, s.key(), client.AppealRequest{Ground: client.HumanReview}))(s).Status, client.DecisionReferred)
	look.Customer, look.Facts = "u-2", nil
	refused(page.PrecheckApplication(t.Context(), look))(s, "not_found")
}

// TestBadPolicyIsRefused: with the condition, the line and the column.
func TestBadPolicyIsRefused(t *testing.T) {
	w := newWorld(t)
	sample := w.samples(t)["createProgramme"]
	conditions := sample.body["policy"].(map[string]any)["conditions"].([]any)
	conditions[2].(map[string]any)["when"] = "orders >= 10 && returns / orders > 0.5"
	a := w.post(t, w.operator, "k", sample.path, mustJSON(t, sample.body))
	if !a.isProblem(t, kindInvalidProgramme) || !strings.Contains(a.body, `"pointer":"/policy/conditions/2/when"`) || !strings.Contains(a.body, "(many_returns), line 1, column 25: whole numbers lose") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
