package notice

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// telling makes the notices of one entry of the log.
type telling struct {
	account  *credit.Account // as it is now, with the penalty grown so far
	day      calendar.Date
	position int64
	time     int64
	event    int // the place in the entry of the one that is told
	list     []Notice
}

// tellers say what events are told, by their names. What is missing here is told nowhere:
// holds and purchases, which a customer makes themselves, and what is the house's own.
var tellers = map[string]func(*telling, credit.Event){}

func tells[E credit.Event](tell func(*telling, E)) {
	var zero E
	tellers[zero.Name()] = func(t *telling, e credit.Event) { tell(t, e.(E)) }
}

// places is how many notices an entry has for an account at most: their numbers are
// the entry's times this.
const places = 1000

// add tells one thing, under a number that comes from its place in the log: whoever
// reads the entry again finds that it is told.
func (t *telling) add(kind Kind, reference credit.ID, f Figures) {
	place := 2 * t.event
	for _, n := range t.list {
		if n.Number == t.position*places+int64(place) {
			place++
		}
	}
	f.On = t.day
	if terms := t.account.Terms; terms != nil {
		f.Currency = terms.Currency
	}
	t.list = append(t.list, Notice{
		Account: t.account.ID, Number: t.position*places + int64(min(place, places-1)), Kind: kind, Day: t.day, Time: t.time, Reference: reference, Figures: f,
	})
}

func (t *telling) id(prefix string, number int64) credit.ID {
	if number == 0 {
		return ""
	}
	return t.account.ID.Part(prefix, number)
}

// statement finds a bill that is not paid.
func (t *telling) statement(number int64) (s credit.Statement) {
	for i := range t.account.Statements {
		if t.account.Statements[i].Number == number {
			return t.account.Statements[i]
		}
	}
	return s
}

func init() {
	tells(func(t *telling, e credit.AccountOpened) {
		t.add(ApplicationApproved, t.id(credit.PrefixApplication, e.Application), Figures{Limit: e.Limit})
	})
	tells(func(t *telling, e credit.ApplicationRefused) {
		t.add(ApplicationRefused, t.id(credit.PrefixApplication, e.Number), Figures{From: e.Until})
	})
	tells(func(t *telling, e credit.ApplicationReferred) {
		t.add(ApplicationReferred, t.id(credit.PrefixApplication, e.Number), Figures{})
	})
	tells(func(t *telling, e credit.StatementIssued) {
		t.add(Bill, t.id(credit.PrefixStatement, e.Number), Figures{
			Total: e.Total, Remaining: t.account.Remaining(e.Number), Billed: e.Date, Due: e.Due, Autopay: t.account.Autopay != nil,
		})
	})
	tells(func(t *telling, e credit.RepaymentReceived) {
		t.add(Repaid, t.id(credit.PrefixRepayment, e.Number), Figures{Amount: e.Amount, Remaining: t.account.Billed()})
	})
	tells(func(t *telling, e credit.EarlyRepaymentReceived) {
		t.add(Repaid, t.id(credit.PrefixRepayment, e.Number), Figures{Amount: e.Amount + e.FromCredit, Remaining: t.account.Billed()})
	})
	tells(func(t *telling, e credit.RepaymentReversed) {
		t.add(RepaymentReversed, t.id(credit.PrefixRepayment, e.Repayment), Figures{Amount: e.Amount, Remaining: t.account.Billed()})
	})
	tells((*telling).debitRefused)
	tells((*telling).overdue)
	tells(func(t *telling, e credit.BlockAdded) {
		if e.Kind != credit.BlockOverdue { // the bill that became overdue tells it
			t.add(Frozen, "", Figures{Block: e.Kind})
		}
	})
	tells(func(t *telling, e credit.BlockLifted) {
		t.add(Unfrozen, "", Figures{Block: e.Kind, Blocked: len(t.account.Blocks) > 0})
	})
	tells(func(t *telling, e credit.PurchaseRefunded) {
		t.add(RefundCredited, t.id(credit.PrefixRefund, e.Number), Figures{Amount: e.Amount, Credit: e.Credit})
	})
	tells(func(t *telling, e credit.DisputeOpened) {
		t.add(DisputeOpened, t.id(credit.PrefixDispute, e.Number), Figures{Amount: e.Amount})
	})
	tells(func(t *telling, e credit.DisputeSettled) {
		t.add(DisputeSettled, t.id(credit.PrefixDispute, e.Dispute), Figures{Outcome: e.Outcome})
	})
	tells(func(t *telling, e credit.StatementDeferred) {
		t.add(DeferralGranted, t.id(credit.PrefixStatement, e.Statement), Figures{
			Due: e.Due, DueBefore: e.Before, Fee: e.Fee, Remaining: t.account.Remaining(e.Statement),
		})
	})
	tells(func(t *telling, e credit.LimitChanged) {
		t.add(LimitChanged, "", Figures{Limit: e.Limit, Before: e.Before})
	})
	tells(func(t *telling, e credit.TemporaryLimitGranted) {
		t.add(TemporaryLimitGranted, "", Figures{Amount: e.Amount, Until: e.LastDay})
	})
	tells(func(t *telling, e credit.TemporaryLimitWithdrawn) {
		t.add(TemporaryLimitEnded, "", Figures{Amount: e.Amount})
	})
	tells(func(t *telling, e credit.TemporaryLimitLapsed) {
		t.add(TemporaryLimitEnded, "", Figures{Amount: e.Amount})
	})
	tells(func(t *telling, e credit.AutopayInstructed) {
		t.add(AutopayOn, t.id(credit.PrefixAutopay, e.Number), Figures{})
	})
	tells(func(t *telling, e credit.AutopayEnded) {
		if e.Reason == credit.AutopayEndedByCustomer { // another instruction, or the closure, is told itself
			t.add(AutopayOff, t.id(credit.PrefixAutopay, e.Autopay), Figures{Remaining: t.account.Billed()})
		}
	})
	tells(func(t *telling, e credit.ClosureRequested) {
		t.add(ClosingReceived, t.id(credit.PrefixClosure, e.Number), Figures{Until: e.ReviewBy, Deregister: e.Kind == credit.Deregister})
	})
	tells(func(t *telling, e credit.ClosureApproved) {
		closure := t.id(credit.PrefixClosure, e.Closure)
		if e.Kind != credit.Deregister { // the end of the contract is told instead
			t.add(ClosingApproved, closure, Figures{})
		}
		t.add(CertificateReady, closure, Figures{})
	})
	tells(func(t *telling, e credit.AccountDeregistered) {
		t.add(Deregistered, t.id(credit.PrefixClosure, e.Closure), Figures{From: e.ApplyFrom})
	})
	tells(func(t *telling, e credit.ClosureRefused) {
		t.add(ClosingRefused, t.id(credit.PrefixClosure, e.Closure), Figures{})
	})
	tells(func(t *telling, e credit.ClosureWithdrawn) {
		t.add(ClosingWithdrawn, t.id(credit.PrefixClosure, e.Closure), Figures{Closed: e.Ended})
	})
}

func (t *telling) debitRefused(e credit.DebitRefused) {
	for _, d := range t.account.Debits {
		if d.Number == e.Debit {
			t.add(DebitRefused, t.id(credit.PrefixDebit, e.Debit), Figures{
				Amount: d.Amount, Remaining: t.account.Remaining(d.Statement), Due: t.statement(d.Statement).Due, Autopay: t.account.Autopay != nil,
			})
		}
	}
}

// overdue tells that a bill is late, and, since by the contract a penalty counts from
// then on, that it has begun.
func (t *telling) overdue(e credit.StatementOverdue) {
	rate, s := t.account.Terms.PenaltyRate, t.statement(e.Statement)
	f := Figures{
		Remaining: t.account.OverdueAmount(), Due: t.day - calendar.Date(e.DaysPastDue), PenaltyRate: rate, Bureau: t.account.Terms.Bureau != "",
	}
	if f.Remaining == 0 { // it was paid before anybody got round to telling
		f.Remaining = e.Principal
	}
	reference := t.id(credit.PrefixStatement, e.Statement)
	t.add(Overdue, reference, f)
	if rate > 0 && s.Penalty > 0 {
		t.add(PenaltyBegan, reference, Figures{Due: f.Due, PenaltyRate: rate, Penalty: s.Penalty})
	}
}

// refresh brings what a message says of a debt up to date, and reports whether there is
// anything left to say: nobody is reminded of what is paid.
func refresh(n *Notice, a *credit.Account) bool {
	f := &n.Figures
	var left money.Amount
	switch _, number, _ := n.Reference.Owner(credit.PrefixStatement); n.Kind {
	case Reminder:
		left = a.Remaining(number)
	case Overdue:
		left = a.OverdueAmount()
	default:
		left = a.Billed()
		if n.Kind == DebitRefused {
			for _, d := range a.Debits {
				if a.ID.Part(credit.PrefixDebit, d.Number) == n.Reference {
					left = a.Remaining(d.Statement)
				}
			}
		}
	}
	f.Remaining = left
	return left > 0
}
