package catalogue

import (
	"github.com/yuefu/yuefu/risk"
)

// samplePolicy is a policy to begin with. Its figures are made up, and of a believable
// size: docs/policy.md goes through it line by line.
func samplePolicy() risk.Policy {
	return risk.Policy{
		MinimumLimit:    100_00,
		DefaultLimit:    5_000_00,
		MaximumLimit:    50_000_00,
		AutoApproveUpTo: 20_000_00,
		MinimumIncome:   2_000_00,
		IncomeMultiple:  3,
		ExcludeStudents: true,
		Facts: []risk.FactRule{
			{Name: "account_age_days", Kind: risk.Number, Most: 36_500, Missing: risk.MissingAssumes, Assume: "0"},
			{Name: "orders", Kind: risk.Number, Most: 1_000_000, Missing: risk.MissingAssumes, Assume: "0"},
			{Name: "returns", Kind: risk.Number, Most: 1_000_000, Missing: risk.MissingAssumes, Assume: "0"},
			{Name: "phone_verified", Kind: risk.Flag, Missing: risk.MissingAssumes, Assume: "true"},
			{Name: "payment_failures", Kind: risk.Number, Most: 10_000, Missing: risk.MissingAssumes, Assume: "0"},
		},
		Scorecard: &risk.Scorecard{
			Base: 500,
			Characteristics: []risk.Characteristic{
				{Name: "income", Fact: "income", Below: below(1, 0, 3_000_00, 10, 6_000_00, 35, 10_000_00, 60), Otherwise: 90},
				{Name: "employment", Fact: "employment", Is: []risk.WordIs{
					{Words: []string{"employed", "retired"}, Points: 30}, {Words: []string{"self_employed"}, Points: 20}, {Words: []string{"unemployed"}, Points: -20},
				}},
				{Name: "time_with_platform", Fact: "account_age_days", Below: below(90, 0, 365, 15, 1_095, 30), Otherwise: 45},
				{Name: "orders", Fact: "orders", Below: below(3, 0, 12, 15, 50, 30), Otherwise: 40},
				{Name: "failed_payments", Fact: "payment_failures", Below: below(1, 20, 3, 0, 6, -30), Otherwise: -80},
				{Name: "paid_late_before", Fact: "earlier_overdue", Below: below(1, 40, 2, -20, 4, -60), Otherwise: -120},
			},
			Limits: []risk.ScoreLimit{{From: 460, Limit: 2_000_00}, {From: 510, Limit: 5_000_00}, {From: 550, Limit: 20_000_00}, {From: 640, Limit: 50_000_00}},
		},
		Conditions: []risk.Condition{
			{
				Name: "phone_not_verified", When: "!phone_verified", Outcome: risk.Refuse, Reason: "phone_not_verified",
				Words: risk.Label{ZH: "您在平台的手机号尚未验证。", EN: "Your phone number is not verified with the platform yet."},
				Help:  risk.Label{ZH: "请先在平台完成手机号验证，再重新申请。", EN: "Please verify it with the platform, then apply again."},
			},
			{
				Name: "given_up_before", When: "charged_off || worst_bucket >= 4", Outcome: risk.Refuse, Reason: "earlier_default",
				Words: risk.Label{ZH: "您此前的月付账单长期逾期，目前不能再次开通。", EN: "Bills of your earlier account were overdue for long, so it can't be opened again for now."},
				Help:  risk.Label{ZH: "如已还清或对逾期记录有异议，可以申请人工复核。", EN: "If you have paid, or the record is wrong, you can ask for a person to look at it."},
			},
			{
				Name: "many_returns", When: "orders >= 10 && ratio(returns, orders) > 500000", Outcome: risk.Refer, Reason: "returns_high",
				Words: risk.Label{ZH: "您的申请需要人工审核：近期退货较多。", EN: "Your application is reviewed by a person, since many of your orders were returned."},
			},
			{
				Name: "much_for_the_income", When: "income_declared && requested > income * 3", Outcome: risk.Refer, Reason: "much_for_income",
				Words: risk.Label{ZH: "您申请的额度相对收入较高，由人工审核。", EN: "The limit that you asked for is high for your income, so a person reviews it."},
				Help:  risk.Label{ZH: "申请较低的额度通常可以更快得到结果。", EN: "A lower limit is usually decided at once."},
			},
			{
				Name: "new_here", When: "account_age_days < 30 && orders < 3 && score < 560", Outcome: risk.Cap, Limit: 10_000_00, Reason: "new_customer",
				Words: risk.Label{ZH: "您在平台的使用时间较短，首次开通的额度较低。", EN: "You have not used the platform for long, so the first limit is lower."},
				Help:  risk.Label{ZH: "按时还款后，额度会重新评估。", EN: "It is assessed anew once bills have been paid on time."},
			},
			{
				Name: "no_work", When: "employment == 'unemployed' && !income_declared", Outcome: risk.Cap, Limit: 1_000_00, Reason: "no_income_known",
				Words: risk.Label{ZH: "没有填写收入，额度较低。", EN: "No income was stated, so the limit is low."},
			},
		},
	}
}

// below lists bins: a number, its points, and so on.
func below(list ...int64) (bins []risk.Below) {
	for i := 0; i < len(list); i += 2 {
		bins = append(bins, risk.Below{Number: list[i], Points: int(list[i+1])})
	}
	return bins
}
