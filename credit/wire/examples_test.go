package wire_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

var (
	yes, no  = true, false
	accepted = time.Date(2026, 3, 10, 3, 4, 5, 678_000_000, time.UTC)
	document = credit.Document{Name: "agreement", Version: 3, Hash: "a3"}
	borne    = []credit.Borne{{Bearer: credit.Merchant, Amount: 60}, {Bearer: credit.Funder, Amount: 40}}
	plan     = credit.Plan{ID: "flat3", Kind: credit.Flat, Periods: 3, Rate: 10_000, Subsidies: []credit.Subsidy{{Bearer: credit.Merchant, Share: 600_000}, {Bearer: credit.Funder, Share: 400_000}}}
	terms    = &credit.Terms{
		LenderKind: credit.MicroLender, RulePack: "cn", RulesFrom: 20_726, NoStudents: true,
		Programme: "yuefu", Version: 2, Currency: "CNY", StatementDay: 5, DueDay: 15, GraceDays: 3, HoldDays: 7,
		PenaltyRate: 180_000, PenaltyCap: 1_000_000, ChargeOffDays: 180, Contact: credit.ContactTerms{QuietFrom: 1320, QuietUntil: 480, ADay: 3}, Grades: credit.Grades{Substandard: 90, Doubtful: 270, Loss: 360}, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: 91, ReadingSeconds: 5, ReviewDays: 3,
		Applications: 2, WindowDays: 30, DeregisterCoolDown: 30, EarlyFees: credit.EarlyFeesNextPeriod, AutopayRetries: []int{1, 3}, LimitCap: 20_000_000, DueDays: []int{5, 15, 28}, DueDayChanges: 2, Funder: "bank", Bureau: "pboc", Routes: []credit.Route{{Shares: []credit.FunderShare{{Funder: "bank", Share: 1_000_000, Bureau: "pboc"}}}}, Scenes: []string{"live", "mall"},
		SceneLimits: []credit.SceneLimit{{Scene: "live", Limit: 300_000}}, Merchants: credit.MerchantRule{Allowed: []string{"m1"}, Blocked: []string{"m9"}},
		Plans:       []credit.Plan{plan},
		Deferral:    &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 5_000, Fee: 100},
		Conversions: []credit.Plan{plan}, ConvertOverdue: true, Documents: []credit.Document{document},
	}
	funders  = []credit.FunderPart{{Funder: "bank", Principal: 3, Cost: 5}, {Funder: "trust", Principal: 1, Cost: 1}}
	share    = credit.Share{Statement: 9, Purchase: 4, Instalment: 1, Penalty: 1, Fee: 2, Interest: 3, Principal: 4, ChargedOff: true, Funders: funders}
	evidence = credit.Consent{Person: "u1", Document: "quote", Version: 2, Hash: "qt_1", ShownAt: accepted.Add(-time.Minute), AcceptedAt: accepted, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(60), Preselected: &no}
	agreed   = credit.Agreement{
		Document: document, Person: "u1", ShownAt: accepted.Add(-time.Minute), AcceptedAt: accepted, Act: "tap_agree", Channel: "wallet", Language: "zh-Hans", ReadSeconds: 59, Preselected: true,
	}
	cut = credit.Cut{
		Dispute: 13, Instalment: 2, Statement: 9, Principal: 4_000, Interest: 1, Fee: 2, Borne: borne, Funders: funders,
		PrincipalLeft: 300, InterestLeft: 3, FeeLeft: 4,
	}
	contested = credit.Instalment{Number: 4, Of: 2, On: 20_548, Statement: 9, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne}
)

// bought is a purchase and its bill, with something in every field.
var bought = credit.Account{
	Purchases: []credit.Purchase{{
		Conversions: []credit.Conversion{{Number: 10, First: 4, Amount: 3_000, Plan: plan}},
		Number:      4, On: 20_540, Amount: 10_000, Refunded: 1, Scene: "live", Merchant: "m1", Ordered: 20_530, Plan: plan,
		Funding: []credit.Funded{{Funder: "bank", Share: 1_000_000, Principal: 3_333}},
		Last:    4, Instalments: []credit.Instalment{{Number: 1, Of: 2, On: 20_548, Statement: 9, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne}},
	}},
	Statements: []credit.Statement{{
		Converted: 3_000,
		Number:    9, Date: 20_548, Due: 20_558, Overdue: true, Bucket: 1, Accrued: 20_562, Base: 9_999, Charged: 17, Penalty: 16,
		Funding: []credit.Weight{{Funder: "bank", Billed: 3_336}}, Attempts: 1, Debited: 20_558, Late: 3_333, Cut: 1, Fee: 5, Deferred: 20_548,
	}},
}

// eventExamples has each event once, with something in every field: once written
// to a log, its form is read for ever.
var eventExamples = []credit.Event{
	credit.ApplicationReceived{Number: 1, Platform: "shop", Customer: "u1", Programme: "yuefu", Version: 2, Agreements: []credit.Agreement{agreed}, Assessed: true,
		Evaluation: credit.Evaluation(`{"policy_version":3,"facts":[{"name":"orders","value":"12","from":"platform"}]}`)},
	credit.ApplicationReferred{Number: 1, Reasons: []string{"above_auto_approval"}, Terms: terms, ExpectedBy: 20_525},
	credit.ApplicationRefused{Number: 1, Reasons: []string{"income_too_low", "under_age"}, Until: 20_522, Terms: terms},
	credit.ApplicationAppealed{Application: 1, Ground: credit.GroundFacts, ExpectedBy: 20_525},
	credit.AccountOpened{Application: 1, Limit: 500_000, Terms: terms},
	credit.AgreementRenewed{Number: 5, Terms: terms, Agreements: []credit.Agreement{agreed}},
	credit.FormerTermsEnded{Version: 2},
	credit.Authorised{Number: 3, Amount: 12_345, Plan: "flat3", Scene: "live", Merchant: "m1", Order: "o\"1<直播>", Quote: "qt_1", Agreement: agreed, LastDay: 20_529, Route: 1, Minute: 539},
	credit.Declined{Number: 3, Amount: 12_345, Plan: "flat3", Scene: "live", Merchant: "m1", Order: "o1", Reasons: []credit.Reason{credit.ReasonFrozen, credit.ReasonLimitExceeded}},
	credit.PurchaseCaptured{
		Number: 4, Hold: 3, Amount: 10_000, Released: 2_345, Resolved: true, Scene: "live", Merchant: "m1", Plan: plan,
		Parts:   []credit.Part{{On: 20_548, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne}, {On: 20_578, Principal: 3_333}},
		Funding: []credit.Funded{{Funder: "bank", Share: 600_000, Principal: 6_000}, {Funder: "trust", Share: 400_000, Principal: 4_000}},
	},
	credit.HoldVoided{Hold: 3, Amount: 12_345},
	credit.HoldExpired{Hold: 3, Amount: 12_345},
	credit.PurchaseRefunded{
		Number: 8, Purchase: 4, Amount: 5_000, Merchant: "m1", Credit: 1_000,
		Cuts:     []credit.Cut{cut},
		Conceded: []credit.Conceded{{Dispute: 13, Amount: 4_500}},
	},
	credit.DisputeOpened{Number: 13, Purchase: 4, Amount: 5_000, Reason: credit.NotReceived, Paid: 667, Parts: []credit.Instalment{contested}, ChargedOff: true},
	credit.DisputeSettled{Dispute: 13, Purchase: 4, Outcome: credit.ForMerchant, Reviewer: "op_1", Refund: 8, Restored: []credit.Instalment{contested}, Late: []credit.Instalment{contested}, ChargedOff: true},
	credit.StatementIssued{Number: 9, Date: 20_548, Due: 20_558, Total: 3_336, Lines: []credit.Line{{Purchase: 4, Instalment: 1, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne, ChargedOff: true}}},
	credit.StatementPaid{Statement: 9},
	credit.StatementOverdue{Statement: 9, DaysPastDue: 4, Principal: 3_333},
	credit.StatementConverted{
		Number: 10, Statement: 9, Amount: 3_000, Plan: plan, Quote: "qt_1", Agreement: agreed,
		Lines:     []credit.ConvertedLine{{Purchase: 4, Instalment: 1, Principal: 3_000}},
		Purchases: []credit.ConvertedPurchase{{Purchase: 4, Merchant: "m1", First: 4, Amount: 3_000, Parts: []credit.Part{{On: 20_578, Principal: 1_000, Interest: 1, Fee: 2, Borne: borne}}}},
	},
	credit.StatementDeferred{Statement: 9, Due: 20_572, Before: 20_558, Fee: 17, Cut: 3, Quote: "qt_1", Agreement: agreed},
	credit.StatementAged{Statement: 9, Bucket: 2},
	credit.PenaltyCharged{Statement: 9, Amount: 17, Cut: 2, Through: 20_562},
	credit.AccountGraded{Grade: credit.Substandard, DaysPastDue: 91},
	credit.ContactMade{Number: 14, Channel: credit.ByCall, Purpose: credit.Collection, Effective: true, Minute: 541},
	credit.DebtChargedOff{DaysPastDue: 180, Parts: []credit.WrittenOff{
		{Purchase: 4, Statement: 9, Unbilled: 5, Billed: 6, Disputed: 4, Interest: 3, Fee: 2, Penalty: 1, Funders: funders}, {Statement: 9, Penalty: 7},
	}},
	credit.RepaymentReceived{Number: 10, Amount: 1_010, Source: "p1", Shares: []credit.Share{share}, Credit: 1_000},
	credit.EarlyRepaymentReceived{
		Number: 10, Purchase: 4, Amount: 1_010, FromCredit: 5, Source: "p1", Quote: "eq_1", FeeFree: true, Shares: []credit.Share{share},
		Waived: []credit.Waiver{{Purchase: 4, Instalment: 2, Merchant: "m1", Interest: 1, Fee: 2, Borne: borne}}, Earned: 7,
	},
	credit.CreditUsed{Amount: 10, Shares: []credit.Share{share}},
	credit.CreditReturned{Number: 11, Amount: 1_000, Reference: "r1"},
	credit.RepaymentReversed{
		Number: 12, Repayment: 10, Amount: 1_010, Reference: "b1", Credit: -1_000, Status: credit.Active, Since: 20_562,
		Agreed: terms, Former: []credit.FormerTerms{{Terms: terms, Through: 4, On: 20_541}},
		Shares:     []credit.Share{share},
		Refunds:    []credit.RefundRestated{{Refund: 8, Purchase: 4, Merchant: "m1", Cuts: []credit.Cut{cut}, Credit: -4_000}},
		Penalties:  []credit.PenaltyCharged{{Statement: 9, Amount: 17, Through: 20_562, Cut: 1}},
		Reopened:   []credit.Reopened{{Statement: 9, Overdue: 20_562, Bucket: 1, Paid: 20_570}},
		Blocks:     []credit.Block{{Kind: credit.BlockOverdue, Since: 20_562, Note: "x"}},
		Owed:       &credit.Restitution{Number: 13, Amount: 1_000, On: 20_578, Funding: []credit.Funded{{Funder: "bank", Share: 1_000_000, Principal: 1_000}}},
		Issued:     []credit.StatementIssued{{Number: 9, Date: 20_548, Due: 20_558, Total: 3_336, Lines: []credit.Line{{Purchase: 4, Instalment: 1, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne, ChargedOff: true}}}},
		Rebilled:   []credit.StatementIssued{{Number: 7, Date: 20_518, Due: 20_528, Total: 3_336, Lines: []credit.Line{{Purchase: 4, Instalment: 1, Principal: 3_333, Interest: 1, Fee: 2, Borne: borne, ChargedOff: true}}}},
		Waived:     []credit.Waiver{{Purchase: 4, Instalment: 2, Merchant: "m1", Interest: -1, Fee: -2, Borne: borne}},
		Earned:     -7,
		DueDay:     &credit.DueDayTaken{Before: 15, Changes: []calendar.Date{20_500}},
		Purchases:  bought.Purchases,
		Settled:    []credit.Settled{{Number: 2, Amount: 5, Refunded: 1, Merchant: "m1", Ordered: 20_530}},
		Statements: bought.Statements,
	},
	credit.BlockAdded{Kind: credit.BlockRisk, Note: "case 7"},
	credit.BlockLifted{Kind: credit.BlockRisk},
	credit.ClosureRequested{Number: 12, Kind: credit.Deregister, ReviewBy: 20_570, Ended: true},
	credit.ClosureApproved{Closure: 12, Reviewer: "op_1", Kind: credit.Deregister, OpenedOn: 20_540, Ended: true},
	credit.AccountDeregistered{Closure: 12, ApplyFrom: 20_600},
	credit.ClosureRefused{Closure: 12, Reviewer: "op_1", Reason: "court order", Ended: true},
	credit.ClosureWithdrawn{Closure: 12, Ended: true},
	credit.ClosureBreached{Closure: 12},
	credit.LimitChanged{Before: 500_000, Limit: 600_000, Reason: credit.LimitByRequest, Operator: "op_1", Agreement: &agreed},
	credit.TemporaryLimitGranted{Amount: 200_000, LastDay: 20_570, Operator: "op_1"},
	credit.TemporaryLimitWithdrawn{Amount: 200_000, Operator: "op_1"},
	credit.TemporaryLimitLapsed{Amount: 200_000},
	credit.AutopayInstructed{Number: 13, Source: "tok_1", Agreement: agreed},
	credit.AutopayEnded{Autopay: 13, Reason: credit.AutopayEndedByCustomer},
	credit.DebitRequested{Number: 14, Purpose: credit.EarlyDebit, Statement: 9, Purchase: 4, Quote: "eq_1", FeeFree: true, Amount: 3_336, Attempt: 1, Source: "tok_1"},
	credit.DebitSkipped{Statement: 9},
	credit.DebitSettled{Debit: 14, Repayment: 15, Lapsed: true},
	credit.DebitRefused{Debit: 14, Reason: "insufficient_funds"},
	credit.DueDayChosen{Before: 15, Day: 28},
	credit.SceneLimitSet{Scene: "live", Limit: 100_000, Operator: "op_1"},
	credit.SceneLimitRemoved{Scene: "live", Operator: "op_1"},
	credit.SceneSwitchedOff{Scene: "live"},
	credit.SceneOnRequested{Scene: "live", From: 20_550},
	credit.SceneSwitchedOn{Scene: "live"},
	credit.NightLockSet{From: 1380, Until: 420},
	credit.NightLockLooseningRequested{From: 1410, Until: 360, None: true, TakesEffect: 20_550},
	credit.NightLockLoosened{From: 1410, Until: 360, None: true},
	credit.SpendingCapSet{Amount: 100_000},
	credit.SpendingCapRaiseRequested{Amount: 200_000, None: true, From: 20_550},
	credit.SpendingCapRaised{Amount: 200_000, None: true},
	credit.SpendingCapKept{Amount: 100_000},
}

// commandExamples has each command once. What the edge adds to it is not part of
// what was asked, and so not of its bytes.
var commandExamples = []credit.Command{
	credit.Apply{
		Platform: "shop", Programme: "yuefu", Customer: "u1", Consents: []credit.Consent{evidence},
		Declared: credit.Declared{Adult: &yes, Student: &no, Income: 1_000_000, Employment: "employed"}, Wanted: 500_000,
		Facts: []credit.PlatformFact{{Name: "orders", Value: "12"}, {Name: "phone_verified", Value: "true"}},
		Terms: terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: 1, Reasons: []string{"x"}, Evaluation: credit.Evaluation("{}")},
	},
	credit.Review{Application: 1, Approve: true, Limit: 500_000, Reasons: []string{"x"}, Reviewer: "op_1"},
	credit.Authorise{Amount: 12_345, Currency: "CNY", Plan: "flat3", Scene: "live", Merchant: "m1", Order: "o\"1<直播>", Consent: evidence, Offset: 28_800, MustAgree: map[string]int{"yuefu": 2}, Full: []string{"trust"}},
	credit.Appeal{Application: 1, Ground: credit.GroundFacts},
	credit.Capture{Hold: 3, Amount: 10_000, Final: true},
	credit.Void{Hold: 3},
	credit.Refund{Purchase: 4, Amount: 5_000},
	credit.OpenDispute{Purchase: 4, Amount: 5_000, Reason: credit.NotReceived},
	credit.SettleDispute{Dispute: 13, ForCustomer: true, Reviewer: "op_1"},
	credit.WithdrawDispute{Dispute: 13},
	credit.Repay{Amount: 1_010, Currency: "CNY", Source: "p1"},
	credit.EarlyRepay{Purchase: 4, Amount: 1_010, Currency: "CNY", Source: "p1", Quote: "eq_1", Asks: map[string]int{"yuefu": 2}},
	credit.ReturnCredit{Reference: "r1"},
	credit.Convert{Statement: 9, Plan: "flat3", Amount: 3_000, Consent: evidence},
	credit.Defer{Statement: 9, Due: 20_572, Consent: evidence},
	credit.ReverseRepayment{Repayment: 10, Reference: "b1", History: []credit.Fact{{Command: credit.Void{Hold: 1}, Events: []credit.Event{credit.HoldVoided{Hold: 1, Amount: 1}}, At: credit.Moment{Day: 1, Time: 1}}}},
	credit.MakeContact{Channel: credit.ByCall, Purpose: credit.Collection, Party: credit.TheCustomer, Effective: true, Offset: 28_800},
	credit.Freeze{Kind: credit.BlockRisk, Note: "case 7"},
	credit.Unfreeze{Kind: credit.BlockRisk},
	credit.RequestClosure{Kind: credit.Deregister},
	credit.ApproveClosure{Closure: 12, Reviewer: "op_1"},
	credit.RefuseClosure{Closure: 12, Reviewer: "op_1", Reason: "court order"},
	credit.WithdrawClosure{Closure: 12},
	credit.CloseDay{Day: 20_548},
	credit.ChangeLimit{Limit: 600_000, Reason: credit.LimitByRequest, Operator: "op_1", Consent: &evidence},
	credit.GrantTemporaryLimit{Amount: 200_000, LastDay: 20_570, Operator: "op_1"},
	credit.WithdrawTemporaryLimit{Operator: "op_1"},
	credit.SetAutopay{Source: "tok_1", Consent: evidence},
	credit.CancelAutopay{},
	credit.RequestDebit{Amount: 5_000, Currency: "CNY", Source: "tok_1", Quote: "eq_1", Purchase: 3, Asks: map[string]int{"yuefu": 2}},
	credit.SettleDebit{Debit: 14},
	credit.RefuseDebit{Debit: 14, Reason: "insufficient_funds"},
	credit.ChooseDueDay{Day: 28},
	credit.SetSceneLimit{Scene: "live", Limit: 100_000, Operator: "op_1"},
	credit.RemoveSceneLimit{Scene: "live", Operator: "op_1"},
	credit.SwitchSceneOff{Scene: "live"},
	credit.SwitchSceneOn{Scene: "live"},
	credit.Renew{Consents: []credit.Consent{evidence}, Terms: terms},
	credit.LowerLimit{Limit: 300_000},
	credit.SetNightLock{From: 1380, Until: 420},
	credit.RemoveNightLock{},
	credit.SetSpendingCap{Amount: 100_000},
	credit.RemoveSpendingCap{},
	credit.KeepSpendingCap{},
}

// An example with an empty field would leave that field's name without a test.
func TestExamplesLeaveNothingOut(t *testing.T) {
	for _, e := range eventExamples {
		full(t, e.Name(), reflect.ValueOf(e))
	}
	for _, c := range commandExamples {
		full(t, c.Name(), reflect.ValueOf(c))
	}
}

func full(t *testing.T, where string, v reflect.Value) {
	if v.IsZero() && v.Kind() != reflect.Struct && v.Kind() != reflect.Bool {
		t.Errorf("%s is empty", where)
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		full(t, where, v.Elem())
	case reflect.Slice:
		full(t, where+"[0]", v.Index(0)) // the others show what is left out where there is nothing
	case reflect.Struct:
		for i := range v.NumField() {
			full(t, where+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}
