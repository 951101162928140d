package explain

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// say fills both languages with the same values, each by its place: %[1]s.
func say(zh, en string, values ...any) Text {
	return Text{fmt.Sprintf(zh, values...), fmt.Sprintf(en, values...)}
}

// event tells what one event did to instalments and to the bill. The account is as
// it was before.
func (t *teller) event(e credit.Event) {
	switch e := e.(type) {
	case credit.Authorised:
		t.held[e.Number] = t.step(e, ruleConsent, 0, say("用户同意报价 %[1]s，为订单 %[2]s 占用 %[3]s", "The customer agreed to quote %[1]s; %[3]s were held for order %[2]s", e.Quote, e.Order, t.yuan(e.Amount)))
	case credit.PurchaseCaptured:
		t.captured(e)
	case credit.PurchaseRefunded:
		t.refunded(e)
	case credit.DisputeOpened:
		t.contested(e)
	case credit.DisputeSettled:
		t.settled(e)
	case credit.StatementIssued:
		t.issued(e)
	case credit.StatementConverted:
		t.converted(e)
	case credit.StatementDeferred:
		if e.Statement == t.statement {
			t.own(t.step(e, ruleDeferral, e.Fee, say("还款日由 %[1]s 延至 %[2]s，费用 %[3]s", "The due date moved from %[1]s to %[2]s, for a fee of %[3]s", e.Before, e.Due, t.yuan(e.Fee))))
		}
	case credit.StatementOverdue:
		if e.Statement == t.statement {
			t.own(t.step(e, ruleOverdue, 0, say("逾期，已过还款日 %[1]d 天", "Overdue, %[1]d days past due", e.DaysPastDue)))
		}
	case credit.StatementPaid:
		if e.Statement == t.statement {
			t.own(t.step(e, ruleBill, 0, say("本期已还清", "Nothing is owed on it any more")))
		}
	case credit.PenaltyCharged:
		t.penalty(e, e, e.Amount)
	case credit.RepaymentReceived:
		t.paid(e, e.Shares, ruleAllocation, say("还款 %[1]s", "a repayment of %[1]s", t.yuan(e.Amount)))
	case credit.EarlyRepaymentReceived:
		for _, w := range e.Waived {
			t.on(w.Purchase, w.Instalment, t.step(e, ruleEarly, -(w.Interest+w.Fee), say("提前还款免收利息 %[1]s、费用 %[2]s", "Paid early: %[1]s of interest and %[2]s of fee are not asked for", t.yuan(w.Interest), t.yuan(w.Fee))))
		}
		t.paid(e, e.Shares, ruleEarly, say("提前还款 %[1]s", "an early repayment of %[1]s", t.yuan(e.Amount)))
	case credit.CreditUsed:
		t.paid(e, e.Shares, ruleCredit, say("溢缴款", "the credit balance"))
	case credit.RepaymentReversed:
		for _, w := range e.Waived {
			t.on(w.Purchase, w.Instalment, t.step(e, ruleReversal, -(w.Interest+w.Fee), say("提前还款被退回，利息 %[1]s、费用 %[2]s 恢复计收", "The early repayment bounced: %[1]s of interest and %[2]s of fee are asked for again", t.yuan(-w.Interest), t.yuan(-w.Fee))))
		}
		for _, s := range slices.Concat(e.Issued, e.Rebilled) {
			t.billed(e, s)
		}
		t.paid(e, e.Shares, ruleReversal, say("%[1]s 的还款被退回", "a repayment of %[1]s that bounced", t.yuan(e.Amount)))
		for _, r := range e.Refunds {
			t.cuts(e, r.Purchase, r.Cuts, ruleReversal)
		}
		for _, p := range e.Penalties {
			t.penalty(e, p, p.Amount)
		}
	case credit.DebtChargedOff:
		for _, w := range e.Parts {
			if w.Statement == t.statement {
				t.own(t.step(e, ruleChargeOff, 0, say("债务核销，用户仍需偿还", "Charged off; the customer still owes it")))
			}
		}
	}
}

func (t *teller) captured(e credit.PurchaseCaptured) {
	t.bought[e.Number] = purchase{e.Merchant, e.Amount, e.Plan}
	for i, part := range e.Parts {
		k := i + 1
		if agreed, ok := t.held[e.Hold]; ok {
			t.on(e.Number, k, agreed)
			t.rules.use(agreed.Rule)
		}
		t.part(e, e.Number, k, k, part, e.Plan, e.Amount)
	}
}

// part tells how an instalment came to be, as the k-th of a plan.
func (t *teller) part(e credit.Event, bought int64, number, k int, part credit.Part, plan credit.Plan, amount money.Amount) {
	t.plans[lineKey{bought, number}] = plan
	merchant := t.bought[bought].merchant
	t.on(bought, number, t.step(e, rulePlan, part.Sum(), say(
		"%[1]s 的 %[2]s，方案 %[3]s，第 %[4]d/%[5]d 期：本金 %[6]s，%[7]s",
		"%[2]s at %[1]s by plan %[3]s, instalment %[4]d of %[5]d: principal %[6]s, %[8]s",
		merchant, t.yuan(amount), plan.ID, k, plan.Periods, t.yuan(part.Principal), t.cost(plan, amount, part).ZH, t.cost(plan, amount, part).EN)))
	t.on(bought, number, t.step(e, ruleSchedule, 0, say("记入 %[1]s 的账单", "It falls on the statement of %[1]s", part.On)))
	for _, b := range part.Borne {
		who := map[credit.Bearer]Text{credit.Merchant: {"商户", "the merchant"}, credit.Platform: {"平台", "the platform"}, credit.Funder: {"资金方", "the funder"}}[b.Bearer]
		t.on(bought, number, t.step(e, ruleSubsidy, 0, say("%[1]s承担 %[3]s", "%[2]s bears %[3]s", who.ZH, who.EN, t.yuan(b.Amount))))
	}
}

// cost says how the cost of an instalment was worked out.
func (t *teller) cost(plan credit.Plan, amount money.Amount, part credit.Part) Text {
	switch plan.Kind {
	case credit.Flat:
		return say("每期费用 %[1]s × %[2]s，用户承担 %[3]s", "a fee of %[1]s of %[2]s each period, of which the customer bears %[3]s", plan.Rate, t.yuan(amount), t.yuan(part.Fee))
	case credit.Annuity:
		return say("剩余本金按年 %[1]s ÷ 12 计息，用户承担 %[2]s", "interest of %[1]s a year ÷ 12 on what was left, of which the customer bears %[2]s", plan.Rate, t.yuan(part.Interest))
	default:
		return say("无费用", "no cost")
	}
}

func (t *teller) refunded(e credit.PurchaseRefunded) { t.cuts(e, e.Purchase, e.Cuts, ruleRefund) }

// cuts tells what was taken off instalments.
func (t *teller) cuts(e credit.Event, bought int64, cuts []credit.Cut, rule string) {
	for _, cut := range cuts {
		if cut.Dispute != 0 { // the dispute took it out before
			t.on(bought, cut.Instalment, t.step(e, ruleDispute, 0, say("争议金额 %[1]s 已退还用户", "%[1]s that were contested are the customer's", t.yuan(cut.Principal))))
			continue
		}
		t.on(bought, cut.Instalment, t.step(e, rule, -(cut.Principal+cut.Interest+cut.Fee), say(
			"冲减本金 %[1]s，取消利息 %[2]s、费用 %[3]s", "%[1]s of principal were taken off, %[2]s of interest and %[3]s of fee cancelled",
			t.yuan(cut.Principal), t.yuan(cut.Interest), t.yuan(cut.Fee))))
	}
}

func (t *teller) contested(e credit.DisputeOpened) {
	for _, part := range e.Parts {
		t.on(e.Purchase, part.Number, t.step(e, ruleDispute, -(part.Principal+part.Interest+part.Fee), say("提出争议，%[1]s 暂不出账", "Contested: %[1]s are not asked for", t.yuan(part.Principal+part.Interest+part.Fee))))
	}
}

func (t *teller) settled(e credit.DisputeSettled) {
	for _, list := range [][]credit.Instalment{e.Restored, e.Late} {
		for _, part := range list {
			t.late(e.Purchase, part)
			t.on(e.Purchase, part.Number, t.step(e, ruleDispute, part.Principal+part.Interest+part.Fee, say("争议结束（%[1]s），%[2]s 记入 %[3]s 的账单", "The dispute ended (%[1]s): %[2]s fall on the statement of %[3]s", e.Outcome, t.yuan(part.Principal+part.Interest+part.Fee), part.On)))
		}
	}
}

// late lets a late part of an instalment begin with how that instalment came to be;
// what it asks for is counted from the end of the dispute on.
func (t *teller) late(bought int64, part credit.Instalment) {
	of := lineKey{bought, part.Of}
	if part.Of == 0 {
		return
	}
	t.plans[lineKey{bought, part.Number}] = t.plans[of]
	for _, s := range t.steps[of] {
		if s.Rule == ruleConsent || s.Rule == rulePlan {
			s.Amount = 0
			t.on(bought, part.Number, s)
		}
	}
}

func (t *teller) converted(e credit.StatementConverted) {
	for _, line := range e.Lines {
		t.on(line.Purchase, line.Instalment, t.step(e, ruleConversion, -line.Principal, say("%[1]s 转为分期", "%[1]s became instalments", t.yuan(line.Principal))))
	}
	for _, p := range e.Purchases {
		for i, part := range p.Parts {
			t.part(e, p.Purchase, p.First+i, i+1, part, e.Plan, p.Amount)
		}
	}
	if e.Statement == t.statement {
		t.own(t.step(e, ruleConversion, 0, say("%[1]s 按方案 %[2]s 分 %[3]d 期偿还", "%[1]s of it are paid in %[3]d instalments by plan %[2]s", t.yuan(e.Amount), e.Plan.ID, e.Plan.Periods)))
	}
}

func (t *teller) issued(e credit.StatementIssued) { t.billed(e, e) }

// billed tells the lines of a bill, as it was issued or by a reversal that adds to it.
func (t *teller) billed(of credit.Event, e credit.StatementIssued) {
	if e.Number != t.statement {
		return
	}
	t.bill.Date, t.bill.Due, t.bill.Currency = e.Date, e.Due, t.account.Terms.Currency
	t.bill.Total += e.Total
	for _, line := range e.Lines {
		key := lineKey{line.Purchase, line.Instalment}
		b := t.bought[line.Purchase]
		l := Line{
			Purchase: line.Purchase, Instalment: line.Instalment, Periods: t.plans[key].Periods, Merchant: b.merchant,
			Principal: line.Principal, Interest: line.Interest, Fee: line.Fee,
		}
		t.bill.Lines = append(t.bill.Lines, l)
		t.on(line.Purchase, line.Instalment, t.step(of, ruleBill, 0, say("出账：本金 %[1]s，利息 %[2]s，费用 %[3]s", "Billed: principal %[1]s, interest %[2]s, fee %[3]s", t.yuan(line.Principal), t.yuan(line.Interest), t.yuan(line.Fee))))
	}
	t.own(t.step(of, ruleBill, 0, say("%[1]d 笔明细合计 %[2]s，还款日 %[3]s", "%[1]d lines come to %[2]s, due on %[3]s", len(e.Lines), t.yuan(e.Total), e.Due)))
}

// penalty tells a penalty with what it was counted on.
func (t *teller) penalty(of credit.Event, e credit.PenaltyCharged, amount money.Amount) {
	if e.Statement != t.statement {
		return
	}
	left := money.Amount(0)
	for i := range t.account.Purchases {
		for _, in := range t.account.Purchases[i].Instalments {
			if in.Statement == e.Statement {
				left += in.Principal
			}
		}
	}
	text := say("截至 %[1]s 的罚息增加 %[2]s（当时逾期本金 %[3]s）", "The penalty through %[1]s grew by %[2]s (with %[3]s of principal overdue then)", e.Through, t.yuan(amount), t.yuan(left))
	if e.Cut > 0 {
		cut := say("；超出上限的 %[1]s 不收取", "; %[1]s beyond the cap are not charged", t.yuan(e.Cut))
		text = Text{text.ZH + cut.ZH, text.EN + cut.EN}
	}
	t.own(t.step(of, rulePenalty, amount, text))
}

// paid tells where money went, to each line and to the statement's own cost.
func (t *teller) paid(e credit.Event, shares []credit.Share, rule string, by Text) {
	for _, s := range shares {
		sum := s.Penalty + s.Fee + s.Interest + s.Principal
		switch {
		case s.Purchase != 0:
			t.on(s.Purchase, s.Instalment, t.step(e, rule, -sum, say("%[1]s：本金 %[3]s，利息 %[4]s，费用 %[5]s", "By %[2]s: principal %[3]s, interest %[4]s, fee %[5]s", by.ZH, by.EN, t.yuan(s.Principal), t.yuan(s.Interest), t.yuan(s.Fee))))
		case s.Statement == t.statement:
			t.own(t.step(e, rule, -sum, say("%[1]s：罚息 %[3]s，延期费用 %[4]s", "By %[2]s: penalty %[3]s, fee of the deferral %[4]s", by.ZH, by.EN, t.yuan(s.Penalty), t.yuan(s.Fee))))
		}
	}
}
