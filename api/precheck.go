package api

import (
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
)

// perMinute is how many pre-checks one customer has. Whoever wants more is looking for
// the line between yes and no.
const perMinute = 10

var precheckNote = risk.Label{
	ZH: "本次预审不查询征信，不留下记录，也不计入申请次数。结果仅供参考，以正式申请的审批为准。理性借贷，按需使用。",
	EN: "This pre-check asked no credit bureau, left no trace and counts as no application. It is no promise: the application decides. Think before you borrow.",
}

// precheckApplication works out what an application would come to, and keeps nothing.
func precheckApplication(c *call) error {
	var body contract.PrecheckRequest
	if err := c.read(&body); err != nil {
		return err
	}
	a := assessing{account: credit.AccountID(c.caller.Platform, body.Programme, body.Customer)}
	if !c.mine(a.account) {
		return missing("account")
	}
	if !c.server.prechecks.allow(string(a.account)) {
		return &problem{kind: kindTooManyRequests, detail: "a customer has ten pre-checks a minute"}
	}
	if err := c.assessedBy(&a, body.Programme); err != nil {
		return err
	}
	var err error
	a.who.Declared, a.who.Wanted = declared(&body.Declared), money.Amount(body.RequestedLimit)
	if a.who.Facts, err = c.platformFacts(body.Facts, a.rules); err != nil {
		return err
	}
	var refusal error
	var again calendar.Date
	var soon []string
	position, err := c.lookAtAny(a.account, func(account *credit.Account, at credit.Moment) {
		refusal = account.CanApply()
		soon, again = account.TooSoon(a.programme.Terms, at.Day)
	})
	switch {
	case err != nil:
		return err
	case refusal != nil:
		return refusal
	}
	if a.who.History, err = c.history(a.account, position); err != nil {
		return err
	}
	var o out
	o.precheck(&a, body.Customer, soon, again)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (o *out) precheck(a *assessing, customer string, soon []string, again calendar.Date) {
	record := a.rules.Evaluate(a.who)
	policy := a.rules.Policy()
	outlook, reasons := contract.Outlook("likely"), record.Reasons
	switch {
	case len(soon) > 0:
		outlook, reasons = "unlikely", soon
	case record.Decision == credit.Refused:
		outlook = "unlikely"
	case record.Decision == credit.Referred:
		outlook = "review"
	}
	o.begin()
	o.text("customer", customer)
	o.text("programme", a.programme.Programme)
	o.number("programme_version", int64(a.programme.Number))
	o.text("outlook", string(outlook))
	if outlook != "unlikely" {
		o.text("currency", string(a.programme.Terms.Currency))
		o.amount("limit_from", policy.MinimumLimit)
		o.amount("limit_to", a.most(record))
	}
	o.texts("reasons", reasons)
	o.explained(policy, reasons)
	o.date("apply_again_on", again)
	o.bool("bureau_asked", false)
	o.bool("counts_as_application", false)
	o.words("note", precheckNote)
	o.end()
}

// most is the largest limit that the applicant could have: as a whole when a person
// decides, or what is approved by itself.
func (a *assessing) most(record *risk.Record) money.Amount {
	ceiling := record.Ceiling
	if lawful := a.programme.Terms.LimitCap; lawful > 0 {
		ceiling = min(ceiling, lawful)
	}
	if record.Decision == credit.Referred {
		return ceiling
	}
	policy := a.rules.Policy()
	who := a.who
	who.Wanted = min(ceiling, policy.AutoApproveUpTo)
	if policy.IncomeMultiple > 0 && who.Declared.Income == 0 {
		who.Wanted = min(who.Wanted, policy.DefaultLimit)
	}
	if more := a.rules.Evaluate(who); more.Decision == credit.Approved {
		return max(more.Limit, record.Limit)
	}
	return record.Limit
}
