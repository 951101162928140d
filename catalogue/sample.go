package catalogue

import "github.com/yuefu/yuefu/credit"

// SampleID is what the sample programme is usually called.
const SampleID = "default"

// SampleRulePack is the law that a programme is held against when it names none.
const SampleRulePack = "cn"

// Sample is a programme to begin with: made-up parties, conditions as they are
// usual in China, every plan well within the cap of 24 %.
func Sample() Draft {
	var documents []credit.Document
	for _, t := range standardTexts() {
		documents = append(documents, t.Document())
	}
	return Draft{
		Names: Names{
			Programme: Label{"示例月付", "Sample Monthly Pay"},
			Funder:    Label{"示例消费金融有限公司", "Sample Consumer Finance Ltd"},
			Bureau:    Label{"示例征信中心", "Sample Credit Bureau"},
		},
		Terms: credit.Terms{
			Currency:       "CNY",
			LenderKind:     credit.ConsumerFinance,
			RulePack:       SampleRulePack,
			StatementDay:   1,
			DueDay:         10,
			DueDays:        []int{10, 15, 20},
			DueDayChanges:  4,
			GraceDays:      3,
			HoldDays:       7,
			PenaltyRate:    180_000, // 0.05 % a day
			ChargeOffDays:  180,
			PenaltyCap:     200_000, // of what became overdue
			CostCap:        240_000,
			RateMethod:     credit.MonthlyTimesTwelve,
			PrincipalFirst: 91,
			ReadingSeconds: 3,
			ReviewDays:     3,
			LimitCap:       200_000_00, // for personal consumption, a person
			Applications:   2,
			WindowDays:     30,
			AutopayRetries: []int{1, 3}, // within grace: nobody is late because a card had nothing for a day
			Funder:         "sample_funder",
			Bureau:         "sample_bureau",
			Scenes:         []string{"mall", "live_commerce", "membership", "tipping"},
			SceneLimits:    []credit.SceneLimit{{Scene: "tipping", Limit: 2_000_00}}, // spent on impulse
			Merchants:      credit.MerchantRule{Blocked: []string{"sample_blocked_merchant"}},
			Plans: []credit.Plan{
				{ID: "next", Kind: credit.PayNextMonth, Periods: 1},
				{ID: "free3", Kind: credit.Flat, Periods: 3, Rate: 6_000, Subsidies: []credit.Subsidy{{Bearer: credit.Merchant, Share: credit.Whole}}},
				{ID: "flat6", Kind: credit.Flat, Periods: 6, Rate: 6_000},
				{ID: "annuity12", Kind: credit.Annuity, Periods: 12, Rate: 144_000},
			},
			Conversions: []credit.Plan{
				{ID: "bill3", Kind: credit.Flat, Periods: 3, Rate: 6_500},
				{ID: "bill6", Kind: credit.Flat, Periods: 6, Rate: 6_000},
				{ID: "bill12", Kind: credit.Annuity, Periods: 12, Rate: 144_000},
			},
			Deferral:  &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 5_000},
			Documents: documents,
		},
		Policy: samplePolicy(),
	}
}
