package view

import (
	"fmt"
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// place is where and when an event happened.
type place struct {
	account  credit.ID
	position int64
	time     int64
	day      calendar.Date
}

// entry takes an entry into the changes.
func (c *changes) entry(e *eventlog.Entry) error {
	events, day, err := decode(e)
	if err != nil {
		return err
	}
	c.happened(e, day, events)
	return nil
}

// decode reads what happened and the day on which it took effect.
func decode(e *eventlog.Entry) ([]credit.Event, calendar.Date, error) {
	day, err := wire.EffectiveDay(e.Name, e.Command, calendar.Date(e.Day))
	if err != nil {
		return nil, 0, err
	}
	events, err := wire.Carried(e.Decoded, e.Events)
	return events, day, err
}

// happened takes decoded events into the changes.
func (c *changes) happened(e *eventlog.Entry, day calendar.Date, events []credit.Event) {
	if e.Account == "" {
		return // the partition's own: a business date begins
	}
	at := place{account: credit.ID(e.Account), position: e.Position, time: e.Time, day: day}
	account := c.account(at.account)
	account.LastPosition = e.Position
	if e.Due >= 0 {
		account.DueKnown, account.NextDue = true, calendar.Date(e.Due)
	}
	postings, shares := int32(0), int32(0)
	for _, event := range events {
		c.event(at, account, event, &shares)
		c.post(at, account, event, ledger.Post(at.account, event), &postings)
	}
}

// event takes one event into the changes. What it does to the ledger's balances
// comes from its postings.
func (c *changes) event(at place, account *balances, event credit.Event, shares *int32) {
	switch e := event.(type) {
	case credit.ApplicationReceived:
		c.received(at, e)
	case credit.ApplicationReferred:
		a := c.application(at, e.Number)
		a.Decision, a.Reasons, a.ExpectedBy = credit.Referred, strings.Join(e.Reasons, ","), e.ExpectedBy
	case credit.ApplicationAppealed:
		a := c.application(at, e.Application)
		a.Decision, a.AppealedOn, a.ExpectedBy = credit.Referred, at.day, e.ExpectedBy
	case credit.ApplicationRefused:
		a := c.application(at, e.Number)
		a.Decision, a.Reasons, a.Until, a.DecidedOn = credit.Refused, strings.Join(e.Reasons, ","), e.Until, at.day
	case credit.AccountOpened:
		c.accountOpened(at, e)

	case credit.Authorised:
		account.Held += e.Amount
		c.authorisations.add(Authorisation{
			Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position, Status: AuthorisationApproved,
			Amount: e.Amount, Held: e.Amount, Plan: e.Plan, Scene: e.Scene, Merchant: e.Merchant, Reference: e.Order, LastDay: e.LastDay,
		})
	case credit.Declined:
		c.authorisations.add(Authorisation{
			Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position, Status: AuthorisationDeclined,
			Amount: e.Amount, Plan: e.Plan, Scene: e.Scene, Merchant: e.Merchant, Reference: e.Order, Reasons: joined(e.Reasons),
		})
	case credit.HoldVoided:
		c.released(at, account, e.Hold, e.Amount, AuthorisationVoided)
	case credit.HoldExpired:
		c.released(at, account, e.Hold, e.Amount, AuthorisationExpired)
	case credit.PurchaseCaptured:
		c.captured(at, account, e)
	case credit.PurchaseRefunded:
		c.refunded(at, account, e)

	case credit.DisputeOpened:
		c.disputed(at, account, e)
	case credit.DisputeSettled:
		c.disputeSettled(at, account, e)

	case credit.StatementIssued:
		c.issued(at, account, e)
	case credit.StatementOverdue:
		s := c.statement(at, e.Statement)
		s.Status, s.OverdueOn, s.Bucket = StatementOverdue, at.day, int32(e.Bucket())
		c.overdueStep(at, OverdueStep{What: StepOverdue, Statement: e.Statement, Bucket: s.Bucket, DaysPastDue: int32(e.DaysPastDue)})
	case credit.StatementAged:
		c.statement(at, e.Statement).Bucket = int32(e.Bucket)
		c.overdueStep(at, OverdueStep{What: StepAged, Statement: e.Statement, Bucket: int32(e.Bucket), DaysPastDue: agedAt(e.Bucket)})
	case credit.DebtChargedOff:
		c.chargedOff(at, e)
	case credit.ContactMade:
		c.contacted(at, e)
	case credit.AccountGraded:
		c.contractOf(at).Grade = GradeName(e.Grade)
		c.overdueStep(at, OverdueStep{What: StepGraded, Grade: GradeName(e.Grade), DaysPastDue: int32(e.DaysPastDue)})
	case credit.StatementPaid:
		s := c.statement(at, e.Statement)
		s.Status, s.PaidOn = StatementPaid, at.day
	case credit.StatementDeferred:
		s := c.statement(at, e.Statement)
		s.Due, s.DeferredFrom = e.Due, e.Before
		s.DeferralFee += e.Fee
	case credit.StatementConverted:
		c.converted(at, account, e)
	case credit.PenaltyCharged:
		s := c.statement(at, e.Statement)
		s.Penalty += e.Amount
		s.PenaltyCut += e.Cut

	case credit.RepaymentReceived:
		c.repayments.add(Repayment{
			Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position,
			Amount: e.Amount, Surplus: e.Credit, Source: e.Source,
		})
		c.paid(at, e.Number, e.Shares, shares)
	case credit.RepaymentReversed:
		c.reversed(at, account, e, shares)
	case credit.EarlyRepaymentReceived:
		c.paidEarly(at, account, e, shares)
	case credit.CreditUsed:
		c.paid(at, 0, e.Shares, shares)
	case credit.CreditReturned:
		c.returns = append(c.returns, Return{
			Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position, Amount: e.Amount, Reference: e.Reference,
		})

	case credit.BlockAdded:
		c.blocked(at, e)
	case credit.BlockLifted:
		c.lifted(at, e.Kind)
	case credit.ClosureRequested:
		c.closures.add(Closure{
			Account: at.account, Number: e.Number, RequestedOn: at.day, Time: at.time, Position: at.position,
			ReviewBy: e.ReviewBy, Status: ClosureRequested, Kind: closureKind(e.Kind),
		})
		if !e.Ended {
			c.contractOf(at).Status = credit.Closing
		}
	case credit.ClosureApproved:
		c.closed(at, e)
	case credit.AccountDeregistered:
		c.contractOf(at).Status = credit.Deregistered
	case credit.ClosureRefused:
		c.kept(at, e.Closure, ClosureRefused, e.Reviewer, e.Reason, e.Ended)
	case credit.ClosureWithdrawn:
		c.kept(at, e.Closure, ClosureWithdrawn, "", "", e.Ended)
	case credit.ClosureBreached:
		c.closures.at(Closure{Account: at.account, Number: e.Closure}).Breached = true
	case credit.LimitChanged:
		c.limit(at, e, LimitChange{Before: e.Before, Amount: e.Limit, Reason: e.Reason, Operator: e.Operator})
		k := c.contractOf(at)
		k.LimitKnown, k.CreditLimit, k.ClosedOn = true, e.Limit, 0
	case credit.TemporaryLimitGranted:
		c.limit(at, e, LimitChange{Amount: e.Amount, LastDay: e.LastDay, Operator: e.Operator})
		c.temporary(at, e.Amount, e.LastDay)
	case credit.TemporaryLimitWithdrawn:
		c.limit(at, e, LimitChange{Amount: e.Amount, Operator: e.Operator})
		c.temporary(at, 0, 0)
	case credit.SceneLimitSet:
		c.setting(at, e, Setting{Scene: e.Scene, Amount: e.Limit})
	case credit.SceneLimitRemoved:
		c.setting(at, e, Setting{Scene: e.Scene})
	case credit.SceneSwitchedOff:
		c.setting(at, e, Setting{Scene: e.Scene})
	case credit.SceneOnRequested:
		c.setting(at, e, Setting{Scene: e.Scene, TakesEffect: e.From})
	case credit.SceneSwitchedOn:
		c.setting(at, e, Setting{Scene: e.Scene})
	case credit.AgreementRenewed:
		c.agreed(at, e.Number, e.Agreements)
		c.contractOf(at).TermsVersion = int32(e.Terms.Version)
	case credit.FormerTermsEnded: // what holds is worked out of the log
	case credit.NightLockSet:
		c.setting(at, e, Setting{LockFrom: int32(e.From), LockUntil: int32(e.Until)})
	case credit.NightLockLooseningRequested:
		c.setting(at, e, Setting{LockFrom: int32(e.From), LockUntil: int32(e.Until), None: e.None, TakesEffect: e.TakesEffect})
	case credit.NightLockLoosened:
		c.setting(at, e, Setting{LockFrom: int32(e.From), LockUntil: int32(e.Until), None: e.None})
	case credit.SpendingCapSet:
		c.setting(at, e, Setting{Amount: e.Amount})
	case credit.SpendingCapRaiseRequested:
		c.setting(at, e, Setting{Amount: e.Amount, None: e.None, TakesEffect: e.From})
	case credit.SpendingCapRaised:
		c.setting(at, e, Setting{Amount: e.Amount, None: e.None})
	case credit.SpendingCapKept:
		c.setting(at, e, Setting{Amount: e.Amount})
	case credit.DueDayChosen:
		c.setting(at, e, Setting{DueDay: int32(e.Day)})
		c.contractOf(at).DueDay = int32(e.Day)
	case credit.TemporaryLimitLapsed:
		c.limit(at, e, LimitChange{Amount: e.Amount})
		c.temporary(at, 0, 0)

	case credit.AutopayInstructed:
		c.instructed(at, e)
	case credit.AutopayEnded:
		c.autopayEnded(at, e)
	case credit.DebitSkipped: // nothing was asked for: the log tells it
	case credit.DebitRequested:
		c.debitRequested(at, e)
	case credit.DebitSettled:
		c.debitSettled(at, e)
	case credit.DebitRefused:
		c.debitRefused(at, e)
	default:
		panic(fmt.Sprintf("view: no rows for %T", e))
	}
}

func (c *changes) application(at place, number int64) *Application {
	return c.applications.at(Application{Account: at.account, Number: number})
}

func (c *changes) contractOf(at place) *contract { return c.contract.at(contract{ID: at.account}) }

func (c *changes) statement(at place, number int64) *Statement {
	return c.statements.at(Statement{Account: at.account, Number: number})
}

// joined writes reason codes with commas between: none has one in it.
func joined(reasons []credit.Reason) string {
	var texts []string
	for _, r := range reasons {
		texts = append(texts, string(r))
	}
	return strings.Join(texts, ",")
}

// sum adds up what others bear.
func sum(borne []credit.Borne) (total money.Amount) {
	for _, b := range borne {
		total += b.Amount
	}
	return total
}
