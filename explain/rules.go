package explain

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/credit"
)

// Rule is why a step did what it did, in words, and where it stands.
type Rule struct {
	ID     string
	Text   Text
	Source Text
}

// The rules that steps name.
const (
	ruleConsent    = "consent"
	rulePlan       = "plan"
	ruleSchedule   = "schedule"
	ruleSubsidy    = "subsidy"
	ruleRefund     = "refund"
	ruleDispute    = "dispute"
	ruleConversion = "conversion"
	ruleDeferral   = "deferral"
	ruleBill       = "bill"
	ruleAllocation = "allocation"
	ruleEarly      = "early_repayment"
	ruleCredit     = "credit_balance"
	ruleOverdue    = "overdue"
	rulePenalty    = "penalty"
	ruleReversal   = "reversal"
	ruleChargeOff  = "charge_off"
)

// rulebook is the contract's rules, as far as the story needs them.
type rulebook struct {
	terms *credit.Terms
	used  []Rule
}

func newRulebook(t *credit.Terms) *rulebook { return &rulebook{terms: t} }

// use puts a rule into the list once.
func (b *rulebook) use(id string) {
	if !slices.ContainsFunc(b.used, func(r Rule) bool { return r.ID == id }) {
		b.used = append(b.used, Rule{ID: id, Text: b.text(id), Source: b.source(id)})
	}
}

// source says where a rule stands: the contract, and the law behind it where there is one.
func (b *rulebook) source(id string) Text {
	contract := Text{
		ZH: fmt.Sprintf("合同条款：产品方案 %s 第 %d 版", b.terms.Programme, b.terms.Version),
		EN: fmt.Sprintf("the contract: programme %s, version %d", b.terms.Programme, b.terms.Version),
	}
	behind := map[string]Text{
		ruleConsent: {"；个人贷款综合融资成本明示规定（2026-08-01 起）", "; China's rule on showing the whole cost of personal loans, since 2026-08-01"},
		rulePenalty: {"；银发〔2003〕251 号（罚息）", "; PBoC notice 251 of 2003 on penalty interest"},
		rulePlan:    {"；中国人民银行公告〔2021〕第 3 号（年化利率）", "; PBoC notice no. 3 of 2021 on annual rates"},
	}
	law := behind[id]
	if b.terms.Currency != "CNY" {
		law = Text{} // another country's law
	}
	return Text{contract.ZH + law.ZH, contract.EN + law.EN}
}

func (b *rulebook) text(id string) Text {
	t := b.terms
	switch id {
	case ruleConsent:
		return Text{"每次用信都以用户对报价的明确同意为准：报价令牌封存了全部金额", "Credit is used only on a quote that the customer agreed to; its token seals every figure"}
	case rulePlan:
		return Text{"各期本金之和等于消费金额，四舍六入五取偶，末期取余数；费用按方案费率计算", "Principals add up to the purchase; parts are rounded half-even and the last takes the rest; cost is by the plan's rate"}
	case ruleSchedule:
		return Text{fmt.Sprintf("第 k 期记入消费日之后的第 k 个账单；账单日为每月 %d 日，短月取月末", t.StatementDay),
			fmt.Sprintf("The k-th instalment falls on the k-th statement after the purchase; statements are dated on day %d of the month, in a shorter month on its last day", t.StatementDay)}
	case ruleSubsidy:
		return Text{"贴息由约定的承担方支付，用户不承担", "A subsidised cost is borne by whom the plan names, and not by the customer"}
	case ruleRefund:
		return Text{"退款从最后一期起倒序冲减未还本金，未出账的费用按比例取消；已还部分退给用户", "A refund takes off what is owed from the last instalment backwards, and cost not yet billed in proportion; what was paid goes back"}
	case ruleDispute:
		return Text{"争议金额自提出之日起不出账、不逾期、不计罚息；商户胜出时记入下一期账单", "A contested amount is out of billing, overdue and penalty from its first day; if the merchant wins it comes on the next statement"}
	case ruleConversion:
		return Text{"账单分期后，本金转入之后的账单，每一笔只出账一次", "Converted principal leaves the statement and stands on later ones, once"}
	case ruleDeferral:
		return Text{"延期按约定改变本期还款日，费用事先展示", "A deferral moves the due date by agreement; its fee is shown first"}
	case ruleBill:
		return Text{"账单金额等于各明细之和；每期只出现在一张账单上", "A statement's total is the sum of its lines; an instalment stands on one statement"}
	case ruleAllocation:
		first := Text{"", ""}
		if t.PrincipalFirst > 0 {
			first = Text{fmt.Sprintf("；逾期 %d 天起先还本金", t.PrincipalFirst), fmt.Sprintf("; from %d days past due principal first", t.PrincipalFirst)}
		}
		return Text{"还款先还最早的账单；同一账单内依次为罚息、费用、利息、本金" + first.ZH, "A repayment pays the oldest statement first; within it penalty, fee, interest, principal" + first.EN}
	case ruleEarly:
		return Text{"提前还款按事先展示的金额结清；未到期费用按合同约定免收或收取", "An early repayment settles by the sum that was shown first; cost not yet due is waived or charged as the contract says"}
	case ruleCredit:
		return Text{"溢缴款自动用于下一期账单", "A credit balance pays the next statement by itself"}
	case ruleOverdue:
		return Text{fmt.Sprintf("还款日之后有 %d 天宽限期；宽限期满次日起逾期，逾期天数从还款日起算", t.GraceDays),
			fmt.Sprintf("After the due date there are %d days of grace; overdue is from the day after, counted from the due date", t.GraceDays)}
	case rulePenalty:
		return Text{fmt.Sprintf("罚息＝逾期本金 × 天数 × %s ÷ 360，从还款日起算，四舍六入五取偶，以约定上限为限", t.PenaltyRate),
			fmt.Sprintf("Penalty is overdue principal × days × %s ÷ 360 from the due date, rounded half-even, up to the contract's caps", t.PenaltyRate)}
	case ruleReversal:
		return Text{"还款被退回后，视同从未还款，重新计算", "After a repayment bounces everything is worked out as if it had never come"}
	case ruleChargeOff:
		return Text{"核销不免除用户债务；自核销日起不再计收罚息", "A charge-off frees nobody from the debt; no penalty grows after it"}
	}
	panic("explain: no words for rule " + id)
}
