package credit

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// ReverseRepayment takes back a repayment that bounced (冲正): everything since is
// worked out again as if it had not come, penalties included. History is the
// account's whole history up to now; the edge has read it.
type ReverseRepayment struct {
	Repayment int64  `json:"repayment"`
	Reference string `json:"reference"` // the payment service's, of the bounce

	History []Fact `json:"-"`
}

// RepaymentReversed says that a repayment never came, and what is different now:
// the signed differences, for books and tables, and the parts of the account as they are.
type RepaymentReversed struct {
	Number    int64        `json:"n"`
	Repayment int64        `json:"repayment"`
	Amount    money.Amount `json:"amount"`
	Reference string       `json:"reference"`

	Shares    []Share          `json:"shares,omitempty"`    // what is paid now less what was paid, by line
	Refunds   []RefundRestated `json:"refunds,omitempty"`   // refunds that pay less back and take more off
	Penalties []PenaltyCharged `json:"penalties,omitempty"` // what was charged more
	Credit    money.Amount     `json:"credit,omitzero"`     // what the credit balance changes by
	Reopened  []Reopened       `json:"reopened,omitempty"`  // statements that stand otherwise now
	Blocks    []Block          `json:"blocks,omitempty"`    // that would have been there
	Status    Status           `json:"status,omitzero"`     // active, if it was closed on money that never came
	Since     calendar.Date    `json:"since,omitzero"`      // since when the overdue block that there is would have been there
	Owed      *Restitution     `json:"owed,omitzero"`       // credit balance that had been paid back
	Agreed    *Terms           `json:"agreed,omitzero"`     // former agreements run again: the newest one, …
	Former    []FormerTerms    `json:"former,omitempty"`    // … and they

	// What else there is if it had settled instalments early: they are asked for again, on
	// the bills on which they would have stood.
	Issued   []StatementIssued `json:"issued,omitempty"`   // bills of the past
	Rebilled []StatementIssued `json:"rebilled,omitempty"` // those that there were, with the lines that are new on them
	Waived   []Waiver          `json:"waived,omitempty"`   // cost that is waived now less what was
	Earned   money.Amount      `json:"earned,omitzero"`    // what subsidies are earned more
	DueDay   *DueDayTaken      `json:"due_day,omitzero"`   // if bills of the past took a chosen due day over

	Purchases  []Purchase  `json:"purchases,omitempty"`  // those that are different, as they are now
	Settled    []Settled   `json:"settled,omitempty"`    // the same of those that nothing is owed for
	Statements []Statement `json:"statements,omitempty"` // all that are unpaid
}

// RefundRestated is what a refund takes off and pays back, less what it took and paid.
type RefundRestated struct {
	Refund   int64        `json:"refund"`
	Purchase int64        `json:"purchase"`
	Merchant string       `json:"merchant"`
	Cuts     []Cut        `json:"cuts,omitempty"`
	Credit   money.Amount `json:"credit,omitzero"`
}

// Reopened is how a statement stands after a reversal.
type Reopened struct {
	Statement int64         `json:"statement"`
	Overdue   calendar.Date `json:"overdue,omitzero"` // since when
	Bucket    int           `json:"bucket,omitzero"`
	Paid      calendar.Date `json:"paid,omitzero"` // it would have been paid by now: when
}

// DueDayTaken is how the customer's choice of a due day stands after a reversal.
type DueDayTaken struct {
	Before  int             `json:"before,omitzero"` // the one that is still to be replaced
	Changes []calendar.Date `json:"changes,omitempty"`
}

// Restitution (返还) is what a customer owes because more credit balance was paid
// back than there was, once a repayment bounced. It is billed like a purchase by pay next month.
type Restitution struct {
	Number  int64         `json:"n"`
	Amount  money.Amount  `json:"amount"`
	On      calendar.Date `json:"on"` // the date of its statement
	Funding []Funded      `json:"funding,omitempty"`
}

func (ReverseRepayment) Name() string  { return "reverse_repayment" }
func (RepaymentReversed) Name() string { return "repayment.reversed" }

func (c ReverseRepayment) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	from, amount, without, err := c.find()
	if err != nil {
		return err
	}
	for _, f := range c.History[from:] {
		for _, e := range f.Events {
			if _, ok := e.(DebtChargedOff); ok {
				return refuse(NotReversible, "the books gave the debt up on %s, and are closed", f.At.Day)
			}
		}
	}
	told, err := Retell(a.ID, c.History, Change{From: from, Without: without, Until: at.Day, Quiet: true})
	if err != nil {
		return &Error{Kind: NotReversible, Detail: err.Error()}
	}
	is := told.Account
	if !reflect.DeepEqual(disputesIn(c.History[from:]), disputesIn(told.Facts[min(from, len(told.Facts)):])) {
		// What the customer contested as paid would have been contested as owed, and a lost dispute
		// billed late: bills that were issued since would be others.
		return refuse(NotReversible, "a dispute since then was about the money that bounced")
	}
	if was, would := deferralFees(c.History[from:]), deferralFees(told.Facts[min(from, len(told.Facts)):]); !maps.Equal(was, would) {
		// A bill would have been paid by then, or deferred for another fee: what was agreed to and
		// charged has no other ground.
		return refuse(NotReversible, "a deferral since then would not have been made as it was")
	}
	before, after := tally{}, tally{}
	for _, f := range c.History[from:] {
		before.add(f.Events)
	}
	for _, f := range told.Facts[min(from, len(told.Facts)):] {
		after.add(f.Events)
	}
	issued, rebilled, err := after.issued(before)
	if err != nil {
		return err
	}
	var extra []Event
	then := func(e Event) { e.apply(is, at.Day); extra = append(extra, e) }
	is.chargePenalties(at.Day, then)
	overreturned := is.overreturned
	if overreturned < 0 { // what a reversal before found to be owed was not: it goes back
		is.Credit -= overreturned
		is.useCredit(at.Day, then)
	}
	after.add(extra)
	a.chargePenalties(at.Day, func(e Event) { emit(e); before.add([]Event{e}) })

	e := RepaymentReversed{Number: max(a.Numbers, is.Numbers) + 1, Repayment: c.Repayment, Amount: amount, Reference: c.Reference, Credit: is.Credit - a.Credit}
	e.Shares, e.Refunds, e.Penalties = after.shares(before), after.refunds(before), after.penalties(before)
	e.Issued, e.Rebilled, e.Waived, e.Earned = issued, rebilled, after.waivers(before), after.earned-before.earned
	if a.DueDayBefore != is.DueDayBefore || !slices.Equal(a.DueDayChanges, is.DueDayChanges) {
		e.DueDay = &DueDayTaken{Before: is.DueDayBefore, Changes: is.DueDayChanges}
	}
	e.Purchases, e.Settled = changed(a, is)
	e.Statements = is.Statements
	for i := range e.Statements {
		if s := &e.Statements[i]; a.Autopay != nil && s.Debited < at.Day {
			s.Debited = at.Day // what was not debited on a day that is past is not made up for
		}
	}
	e.Reopened = reopened(a, is, e.Issued, append(told.Facts, Fact{Events: extra, At: at}))
	for _, b := range is.Blocks {
		if b.Kind != BlockOverdue {
			continue
		}
		if !a.blocked(BlockOverdue) {
			e.Blocks = append(e.Blocks, b)
		} else if !slices.Contains(a.Blocks, b) {
			e.Since = b.Since
		}
	}
	if len(is.Former) > len(a.Former) {
		e.Agreed, e.Former = is.Agreed, is.Former
	}
	if overreturned > 0 {
		e.Owed = &Restitution{
			Number: e.Number + 1, Amount: overreturned, On: calendar.NthOnDay(at.Day, a.Terms.StatementDay, 1),
			Funding: a.Terms.Routing()[0].fund(overreturned),
		}
	}
	if a.Status.Over() && (is.Owed() > 0 || overreturned > 0) {
		e.Status = a.inUse()
	}
	emit(e)
	return nil
}

// find looks a repayment up in the history, and all repayments that did not last.
func (c ReverseRepayment) find() (from int, amount money.Amount, without map[int64]bool, err error) {
	from, without = -1, map[int64]bool{c.Repayment: true}
	for i, f := range c.History {
		for _, e := range f.Events {
			switch e := e.(type) {
			case RepaymentReceived:
				if e.Number == c.Repayment {
					from, amount = i, e.Amount
				}
			case EarlyRepaymentReceived:
				if e.Number == c.Repayment {
					from, amount = i, e.Amount
				}
			case RepaymentReversed:
				if e.Repayment == c.Repayment {
					return 0, 0, nil, refuse(AlreadyReversed, "it was reversed on %s", f.At.Day)
				}
				without[e.Repayment] = true
			}
		}
	}
	if from < 0 {
		return 0, 0, nil, refuse(NotFound, "there is no such repayment")
	}
	if amount == 0 {
		return 0, 0, nil, refuse(NotReversible, "the credit balance paid it all: no money came that could bounce")
	}
	if i := slices.IndexFunc(c.History[:from], func(f Fact) bool { return f.repaid(without) }); i >= 0 {
		from = i // what bounced before has to be told without, from its own place on
	}
	return from, amount, without, nil
}

// changed lists the purchases that are different from what they were.
func changed(was, is *Account) (live []Purchase, settled []Settled) {
	for i := range is.Purchases {
		if p := was.purchase(is.Purchases[i].Number); p == nil || !reflect.DeepEqual(*p, is.Purchases[i]) {
			live = append(live, is.Purchases[i])
		}
	}
	for _, s := range is.Settled {
		if before := was.settled(s.Number); before == nil || *before != s {
			settled = append(settled, s)
		}
	}
	return live, settled
}

// reopened says how statements stand, other than they were: those that are unpaid, and
// those that are paid now and were not, or were not even issued.
func reopened(was, is *Account, issued []StatementIssued, facts []Fact) (list []Reopened) {
	for i := range is.Statements {
		s := &is.Statements[i]
		if before := was.statement(s.Number); before == nil || before.Overdue != s.Overdue || before.Bucket != s.Bucket {
			list = append(list, stands(s.Number, s.Bucket, facts))
		}
	}
	for i := range was.Statements {
		if n := was.Statements[i].Number; is.statement(n) == nil {
			list = append(list, paidBy(n, facts))
		}
	}
	for _, s := range issued {
		if is.statement(s.Number) == nil && was.statement(s.Number) == nil {
			list = append(list, paidBy(s.Number, facts))
		}
	}
	return list
}

func stands(statement int64, bucket int, facts []Fact) Reopened {
	r := Reopened{Statement: statement, Bucket: bucket}
	for _, f := range facts {
		for _, e := range f.Events {
			if e, ok := e.(StatementOverdue); ok && e.Statement == statement {
				r.Overdue = f.At.Day
			}
		}
	}
	return r
}

func paidBy(statement int64, facts []Fact) Reopened {
	r := stands(statement, 0, facts)
	for _, f := range facts {
		for _, e := range f.Events {
			switch e := e.(type) {
			case StatementOverdue:
				if e.Statement == statement {
					r.Bucket = e.Bucket()
				}
			case StatementAged:
				if e.Statement == statement {
					r.Bucket = e.Bucket
				}
			case StatementPaid:
				if e.Statement == statement {
					r.Paid = f.At.Day
				}
			}
		}
	}
	return r
}

func (e RepaymentReversed) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.Credit += e.Credit
	for _, p := range e.Purchases {
		p.Instalments, p.Funding = slices.Clone(p.Instalments), slices.Clone(p.Funding)
		a.Settled = slices.DeleteFunc(a.Settled, func(s Settled) bool { return s.Number == p.Number })
		a.Purchases = slices.DeleteFunc(a.Purchases, func(o Purchase) bool { return o.Number == p.Number })
		a.Purchases = append(a.Purchases, p)
	}
	for _, s := range e.Settled {
		a.Purchases = slices.DeleteFunc(a.Purchases, func(p Purchase) bool { return p.Number == s.Number })
		a.Settled = slices.DeleteFunc(a.Settled, func(o Settled) bool { return o.Number == s.Number })
		a.Settled = append(a.Settled, s)
	}
	if e.Owed != nil {
		a.owe(e.Owed)
	}
	slices.SortFunc(a.Purchases, func(x, y Purchase) int { return cmp.Compare(x.Number, y.Number) })
	a.Statements = slices.Clone(e.Statements)
	if e.DueDay != nil {
		a.DueDayBefore, a.DueDayChanges = e.DueDay.Before, slices.Clone(e.DueDay.Changes)
	}
	a.Blocks = append(a.Blocks, e.Blocks...)
	for i := range a.Blocks {
		if a.Blocks[i].Kind == BlockOverdue && e.Since != 0 {
			a.Blocks[i].Since = e.Since
		}
	}
	if e.Status != Unopened {
		a.reopen()
	}
	if len(e.Former) > 0 {
		a.Agreed, a.Former = e.Agreed, slices.Clone(e.Former)
		a.Terms = a.kinder()
	}
	a.spare(on)
}

// inUse is the status of an account that is not over.
func (a *Account) inUse() Status {
	if a.Closure != nil {
		return Closing // somebody still asks for its end: it is reviewed on what there is now
	}
	return Active
}

func (a *Account) reopen() { a.Status, a.ClosedOn = a.inUse(), 0 }

func (a *Account) owe(o *Restitution) {
	a.numbered(o.Number)
	a.Purchases = append(a.Purchases, Purchase{
		Number: o.Number, Amount: o.Amount, Plan: Plan{ID: RestitutionPlan, Kind: PayNextMonth, Periods: 1},
		Funding: slices.Clone(o.Funding), Instalments: []Instalment{{Number: 1, On: o.On, Principal: o.Amount}},
	})
}

// RestitutionPlan is the plan of what is owed because too much credit balance was paid back.
const RestitutionPlan = "restitution"
