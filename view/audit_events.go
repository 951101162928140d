package view

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// allowed checks an event against the account as it was before, and counts it.
func (x *audited) allowed(day calendar.Date, command credit.Command, event credit.Event) *Violation {
	if x.state.Status.Over() {
		if v := afterClosing(x.state.Status, event); v != nil {
			return v
		}
	}
	switch e := event.(type) {
	case credit.ApplicationReceived:
		return consents(command, e)
	case credit.AccountOpened:
		if v := x.opened(e); v != nil {
			return v
		}
		x.dueDay = e.Terms.DueDay
		x.choices.forget()
		return x.limits.opened(e)
	case credit.Authorised:
		return x.authorised(day, command, e)
	case credit.Declined:
		return x.agreed(day, command, nil)
	case credit.HoldVoided:
		return x.resolved(e.Hold, e.Amount)
	case credit.HoldExpired:
		if h := x.holds[e.Hold]; h != nil && day <= h.lastDay {
			return wrong(CheckHolds, "hold %d expired on %s, but could be captured until %s", e.Hold, day, h.lastDay)
		}
		return x.resolved(e.Hold, e.Amount)
	case credit.PurchaseCaptured:
		return x.captured(day, e)
	case credit.PurchaseRefunded:
		if v := x.given.refunded(e); v != nil {
			return v
		}
		return x.refunded(e)
	case credit.DisputeOpened:
		// What was paid since is on no books: whether they gave it up before makes no difference any more.
		if len(e.Parts) > 0 && e.ChargedOff != x.given.purchases[e.Purchase] {
			return wrong(CheckChargeOff, "purchase %d is contested as given up: %t", e.Purchase, e.ChargedOff)
		}
		return x.disputed(e)
	case credit.DisputeSettled:
		if len(e.Restored)+len(e.Late) > 0 && e.ChargedOff != x.given.purchases[e.Purchase] {
			return wrong(CheckChargeOff, "a dispute on purchase %d ends as one that was given up: %t", e.Purchase, e.ChargedOff)
		}
		return x.disputeSettled(day, e)
	case credit.ContactMade:
		return x.contacted(day, e)
	case credit.DebtChargedOff:
		return x.chargedOff(day, e)
	case credit.StatementIssued:
		if v := x.given.billed(e); v != nil {
			return v
		}
		return x.issued(day, e)
	case credit.StatementDeferred:
		return x.deferred(day, command, e)
	case credit.StatementConverted:
		return x.converted(day, command, e)
	case credit.PenaltyCharged:
		if v := x.capped(day, e); v != nil {
			return v
		}
		grown := x.state.AsOf(day)
		if was, is := penaltyOf(x.state, e.Statement), penaltyOf(grown, e.Statement); e.Amount != is-was || e.Through != day {
			return wrong(CheckAmounts, "a penalty of %d was charged through %s on statement %d, and its days until %s come to %d", e.Amount, e.Through, e.Statement, day, is-was)
		}
	case credit.AutopayInstructed:
		return x.instructed(command, e)
	case credit.AutopayEnded:
		x.source = ""
	case credit.DebitRequested:
		return x.requested(day, command, e)
	case credit.DebitSkipped:
		return x.skipped(day, e)
	case credit.DebitSettled:
		if v := x.ended(e.Debit); v != nil {
			return v
		}
		return x.lapsed(day, e)
	case credit.DebitRefused:
		return x.ended(e.Debit)
	case credit.RepaymentReceived:
		x.came[e.Number] = e.Amount
		if v := x.repaid(command, e); v != nil {
			return v
		}
		return x.paid(e.Amount-e.Credit, e.Shares, false)
	case credit.RepaymentReversed:
		return x.reversed(e)
	case credit.EarlyRepaymentReceived:
		return x.paidEarly(day, command, e)
	case credit.CreditUsed:
		if e.Amount > x.state.Credit {
			return wrong(CheckPayments, "%d were used of a credit balance of %d", e.Amount, x.state.Credit)
		}
		return x.paid(e.Amount, e.Shares, false)
	case credit.CreditReturned:
		if e.Amount != x.state.Credit {
			return wrong(CheckPayments, "%d were paid back of a credit balance of %d", e.Amount, x.state.Credit)
		}
	case credit.AgreementRenewed:
		return x.renewed(command, e)
	case credit.FormerTermsEnded:
		return x.alone(e)
	case credit.LimitChanged:
		return x.limitChanged(command, e)
	case credit.SceneLimitSet, credit.SceneLimitRemoved, credit.SceneSwitchedOff, credit.SceneOnRequested, credit.SceneSwitchedOn,
		credit.NightLockSet, credit.NightLockLooseningRequested, credit.NightLockLoosened,
		credit.SpendingCapSet, credit.SpendingCapRaiseRequested, credit.SpendingCapRaised, credit.SpendingCapKept:
		return x.chosen(day, event)
	case credit.DueDayChosen:
		return x.dueDayChosen(e)
	case credit.TemporaryLimitGranted:
		return x.limits.granted(day, x.state.Terms, e)
	case credit.TemporaryLimitWithdrawn:
		return x.limits.ended(e.Amount)
	case credit.TemporaryLimitLapsed:
		return x.limits.lapsed(day, e)
	case credit.AccountDeregistered:
		if again := x.state.Terms.DeregisterCoolDown; x.state.Status != credit.Closed || (again > 0) != (e.ApplyFrom == day+calendar.Date(again)) || again == 0 && e.ApplyFrom != 0 {
			return wrong(CheckClosed, "an account that is %s was de-registered until %q, and the contract's cool-down is %d days", x.state.Status, e.ApplyFrom, again)
		}
	case credit.ClosureApproved:
		x.limits = auditedLimits{}
		x.choices.forget()
		if x.state.Owed() != 0 || len(x.state.Holds) != 0 || x.state.Credit != 0 || len(x.disputes) != 0 {
			return wrong(CheckClosed, "closed with %d owed, %d holds, %d disputes and a credit balance of %d", x.state.Owed(), len(x.state.Holds), len(x.disputes), x.state.Credit)
		}
	}
	return nil
}

// settled checks what must hold right after some events.
func (x *audited) settled(event credit.Event) *Violation {
	if e, ok := event.(credit.RepaymentReceived); ok && e.Credit > 0 && x.state.Billed() > 0 {
		return wrong(CheckPayments, "%d of a repayment became a credit balance while %d were billed", e.Credit, x.state.Billed())
	}
	return nil
}

// afterClosing says what may still happen to a closed account.
func afterClosing(status credit.Status, event credit.Event) *Violation {
	switch event.(type) {
	case credit.ApplicationReceived, credit.ApplicationReferred, credit.ApplicationRefused, credit.ApplicationAppealed, credit.AccountOpened,
		credit.Declined, credit.PurchaseRefunded, credit.RepaymentReceived, credit.RepaymentReversed, credit.CreditReturned,
		credit.DisputeOpened, credit.DisputeSettled:
		return nil
	case credit.ClosureRequested, credit.ClosureApproved, credit.ClosureRefused, credit.ClosureWithdrawn, credit.ClosureBreached, credit.AccountDeregistered:
		if status == credit.Closed {
			return nil // it may be de-registered still
		}
	}
	return wrong(CheckClosed, "%s on an account that is %s", event.Name(), status)
}

// consents checks an application's evidence against what was kept of it.
func consents(command credit.Command, e credit.ApplicationReceived) *Violation {
	c, ok := command.(credit.Apply)
	if !ok {
		return wrong(CheckConsent, "application %d came of the command %s", e.Number, command.Name())
	}
	for _, kept := range e.Agreements {
		if !slices.ContainsFunc(c.Consents, func(given credit.Consent) bool { return given.Proves(kept, e.Customer) }) {
			return wrong(CheckConsent, "nothing proves that the applicant agreed to version %d of %s", kept.Document.Version, kept.Document.Name)
		}
	}
	return nil
}

func (x *audited) opened(e credit.AccountOpened) *Violation {
	if e.Terms == nil || len(e.Terms.Documents) == 0 {
		return wrong(CheckConsent, "opened without terms that ask for a consent")
	}
	for _, document := range e.Terms.Documents {
		if x.state.Application == nil || !slices.ContainsFunc(x.state.Application.Agreements, func(a credit.Agreement) bool {
			return a.Document == document && a.ReadSeconds >= e.Terms.ReadingSeconds
		}) {
			return wrong(CheckConsent, "opened without an agreement to version %d of %s, read for as long as it needs", document.Version, document.Name)
		}
	}
	return nil
}

// agreed checks that a checkout names the quote that its customer saw, which is
// worked out again.
func (x *audited) agreed(day calendar.Date, command credit.Command, given *credit.Authorised) *Violation {
	c, ok := command.(credit.Authorise)
	if !ok {
		return wrong(CheckConsent, "credit was used by the command %s", command.Name())
	}
	plan, ok := x.state.Terms.Plan(c.Plan)
	if !ok {
		return wrong(CheckConsent, "the contract has no plan %q", c.Plan)
	}
	// A decline names no quote: then it is one of those that the customer can have seen.
	token := ""
	for route := range x.state.Terms.Routing() {
		token = x.state.QuoteBy(route, plan, c.Amount, day).Token
		if token == c.Consent.Hash {
			break
		}
	}
	sealed, proven := token, c.Consent.ByAct(x.state.Customer)
	if given != nil {
		sealed, proven = given.Quote, c.Consent.Proves(given.Agreement, x.state.Customer)
	}
	if c.Consent.Document != credit.QuoteDocument || c.Consent.Hash != sealed || sealed != token || !proven {
		return wrong(CheckConsent, "the customer agreed to %q, the event says %q, and the quote is %s", c.Consent.Hash, sealed, token)
	}
	return nil
}

func (x *audited) authorised(day calendar.Date, command credit.Command, e credit.Authorised) *Violation {
	if v := x.agreed(day, command, &e); v != nil {
		return v
	}
	if e.Amount > x.state.Available() || x.state.Status != credit.Active || len(x.state.Blocks) > 0 {
		return wrong(CheckAvailable, "hold %d of %d was given with %d available, status %q and %d blocks",
			e.Number, e.Amount, x.state.Available(), x.state.Status, len(x.state.Blocks))
	}
	if used := x.used(); used+e.Amount > x.limits.permanent+x.limits.temporary {
		return wrong(CheckAvailable, "hold %d of %d was given beside %d held and owed of limits of %d and %d", e.Number, e.Amount, used, x.limits.permanent, x.limits.temporary)
	}
	if x.holds[e.Number] != nil || e.Number <= x.state.Numbers {
		return wrong(CheckHolds, "hold %d has a number that was given before", e.Number)
	}
	if v := x.spending(day, e); v != nil {
		return v
	}
	x.holds[e.Number] = &auditedHold{left: e.Amount, lastDay: e.LastDay, scene: e.Scene, month: monthOf(day)}
	return nil
}

// resolved ends a hold with all that is left of it.
func (x *audited) resolved(number int64, amount money.Amount) *Violation {
	h := x.holds[number]
	if h == nil || h.resolved || amount != h.left {
		return wrong(CheckHolds, "%d were given back of hold %d, which was never given, resolved before, or had another amount left", amount, number)
	}
	x.choices.spent[h.month] -= amount
	h.resolved, h.left = true, 0
	return nil
}

func (x *audited) captured(day calendar.Date, e credit.PurchaseCaptured) *Violation {
	h := x.holds[e.Hold]
	switch {
	case h == nil || h.resolved:
		return wrong(CheckHolds, "%d were captured of hold %d, which was never given or is resolved", e.Amount, e.Hold)
	case e.Amount+e.Released > h.left, e.Resolved != (e.Amount+e.Released == h.left), !e.Resolved && e.Released != 0:
		return wrong(CheckHolds, "%d were captured and %d released of hold %d, which had %d left", e.Amount, e.Released, e.Hold, h.left)
	case e.Scene != h.scene:
		return wrong(CheckHolds, "hold %d in the scene %q was captured in %q", e.Hold, h.scene, e.Scene)
	case day > h.lastDay:
		return wrong(CheckHolds, "hold %d was captured on %s, after %s", e.Hold, day, h.lastDay)
	}
	h.left -= e.Amount + e.Released
	h.resolved = e.Resolved
	x.choices.spent[h.month] -= e.Released

	bought := &auditedPurchase{amount: e.Amount, scene: h.scene, month: h.month}
	total := money.Amount(0)
	for k, part := range e.Parts {
		if on := calendar.NthOnDay(day, x.state.Terms.StatementDay, k+1); part.On != on {
			return wrong(CheckCycles, "instalment %d of purchase %d falls on %s, and that statement is dated %s", k+1, e.Number, part.On, on)
		}
		total += part.Principal
		bought.parts = append(bought.parts, auditedPart{on: part.On, principal: part.Principal, interest: part.Interest, fee: part.Fee})
	}
	if total != e.Amount || len(e.Parts) != e.Plan.Periods {
		return wrong(CheckSums, "purchase %d of %d has %d instalments of %d by a plan of %d", e.Number, e.Amount, len(e.Parts), total, e.Plan.Periods)
	}
	// What is billed later is never more than this: see issued. So the cap holds at each bill, too.
	if rate := credit.AnnualRate(x.state.OwnTerms(), e.Amount, day, e.Parts); rate > x.state.TermsOf(e.Hold).CostCap {
		return wrong(CheckCaps, "purchase %d costs %s a year, above a cost cap of %s", e.Number, rate, x.state.TermsOf(e.Hold).CostCap)
	}
	x.bought[e.Number] = bought
	return bought.funded(e)
}

func (x *audited) issued(day calendar.Date, e credit.StatementIssued) *Violation {
	switch {
	case e.Date != day, e.Date <= x.billed:
		return wrong(CheckCycles, "statement %d is dated %s, issued on %s after that of %q", e.Number, e.Date, day, x.billed)
	case e.Due != calendar.NextOnDay(e.Date, x.dueDay):
		return wrong(CheckCycles, "statement %d of %s is due on %s", e.Number, e.Date, e.Due)
	}
	x.billed = e.Date
	return x.issuedOn(e)
}

// issuedOn checks a statement against the contract's anchor day, and its lines.
func (x *audited) issuedOn(e credit.StatementIssued) *Violation {
	year, month, _ := e.Date.Split()
	if e.Date != calendar.OnDay(year, month, x.state.Terms.StatementDay) {
		return wrong(CheckCycles, "statement %d is dated %s, on the anchor day %d", e.Number, e.Date, x.state.Terms.StatementDay)
	}
	return x.lines(e)
}

// lines checks that lines bill what their instalments ask for, each once and on its date.
func (x *audited) lines(e credit.StatementIssued) *Violation {
	total := money.Amount(0)
	for _, line := range e.Lines {
		total += line.Principal + line.Interest + line.Fee
		p := x.bought[line.Purchase]
		if p == nil || line.Instalment < 1 || line.Instalment > len(p.parts) {
			return wrong(CheckBilled, "statement %d bills instalment %d of purchase %d, which there is not", e.Number, line.Instalment, line.Purchase)
		}
		part := &p.parts[line.Instalment-1]
		switch {
		case part.statement != 0:
			return wrong(CheckBilled, "statement %d bills instalment %d of purchase %d, and statement %d did before", e.Number, line.Instalment, line.Purchase, part.statement)
		case part.principal != line.Principal, part.interest != line.Interest, part.fee != line.Fee:
			return wrong(CheckBilled, "statement %d bills %d + %d + %d for instalment %d of purchase %d, which asks for %d + %d + %d",
				e.Number, line.Principal, line.Interest, line.Fee, line.Instalment, line.Purchase, part.principal, part.interest, part.fee)
		case part.on != e.Date:
			return wrong(CheckCycles, "statement %d of %s bills what falls on %s", e.Number, e.Date, part.on)
		}
		part.statement = e.Number
	}
	if total != e.Total {
		return wrong(CheckSums, "statement %d asks for %d, its lines for %d", e.Number, e.Total, total)
	}
	return nil
}

// paid checks that shares pay a sum, and none more than is owed there. What is not
// billed is only paid early.
func (x *audited) paid(sum money.Amount, shares []credit.Share, early bool) *Violation {
	if v := x.given.recovered(shares); v != nil {
		return v
	}
	total := money.Amount(0)
	for _, s := range shares {
		total += shareSum(s)
		owed := x.owed(s)
		if s.Statement == 0 && !early {
			return wrong(CheckPayments, "%d were paid for instalment %d of purchase %d, which is not billed", shareSum(s), s.Instalment, s.Purchase)
		}
		if s.Penalty > owed.Penalty || s.Fee > owed.Fee || s.Interest > owed.Interest || s.Principal > owed.Principal {
			return wrong(CheckPayments, "%d were paid on statement %d for instalment %d of purchase %d, which owed %d", shareSum(s), s.Statement, s.Instalment, s.Purchase, shareSum(owed))
		}
	}
	if total != sum {
		return wrong(CheckPayments, "%d were to be paid, and the shares come to %d", sum, total)
	}
	return x.sharedOut(shares)
}

// owed is what a share could pay at most.
func (x *audited) owed(s credit.Share) (owed credit.Share) {
	for i := range x.state.Statements {
		if statement := &x.state.Statements[i]; s.Purchase == 0 && statement.Number == s.Statement {
			owed.Penalty, owed.Fee = statement.Penalty, statement.Fee
		}
	}
	for i := range x.state.Purchases {
		p := &x.state.Purchases[i]
		for k := range p.Instalments {
			if in := &p.Instalments[k]; p.Number == s.Purchase && in.Number == s.Instalment && in.Statement == s.Statement {
				owed.Fee, owed.Interest, owed.Principal = in.Fee, in.Interest, in.Principal
			}
		}
	}
	return owed
}

func penaltyOf(a *credit.Account, statement int64) (penalty money.Amount) {
	for _, s := range a.Statements {
		if s.Number == statement {
			penalty = s.Penalty
		}
	}
	return penalty
}
