package credit

import (
	"cmp"
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
	overreturned := is.overreturned
	var extra []Event
	is.chargePenalties(at.Day, func(e Event) { e.apply(is, at.Day); extra = append(extra, e) })

	before := tally{}
	for _, f := range c.History[from:] {
		before.add(f.Events)
	}
	a.chargePenalties(at.Day, func(e Event) { emit(e); before.add([]Event{e}) })
	after := tally{}
	for _, f := range told.Facts[min(from, len(told.Facts)):] {
		after.add(f.Events)
	}
	after.add(extra)

	e := RepaymentReversed{Number: max(a.Numbers, is.Numbers) + 1, Repayment: c.Repayment, Amount: amount, Reference: c.Reference, Credit: is.Credit - a.Credit}
	e.Shares, e.Refunds, e.Penalties = after.shares(before), after.refunds(before), after.penalties(before)
	e.Purchases, e.Settled = changed(a, is)
	e.Statements = is.Statements
	for i := range e.Statements {
		if s := &e.Statements[i]; a.Autopay != nil && s.Debited < at.Day {
			s.Debited = at.Day // what was not debited on a day that is past is not made up for
		}
	}
	e.Reopened = reopened(a, is, told.Facts)
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
		e.Status = Active
		if a.Closure != nil {
			e.Status = Closing // somebody still asks for its end: it is reviewed on what there is now
		}
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
				// Bills would have been issued that never were.
				if e.Number == c.Repayment {
					return 0, 0, nil, refuse(NotReversible, "it settled instalments early, and they cannot be billed in the past")
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
	if i := slices.IndexFunc(c.History[:from], func(f Fact) bool { return f.repaid(without) }); i >= 0 {
		from = i // what bounced before has to be told without, from its own place on
	}
	return from, amount, without, nil
}

// line names an instalment on a statement, or a statement's own cost.
type line struct {
	statement, purchase int64
	instalment          int
}

func (l line) compare(o line) int {
	return cmp.Or(cmp.Compare(l.statement, o.statement), cmp.Compare(l.purchase, o.purchase), cmp.Compare(l.instalment, o.instalment))
}

// tally adds up what events paid, cut, charged and gave back.
type tally struct {
	paid    map[line]Share
	refund  map[int64]RefundRestated
	charged map[int64]PenaltyCharged
}

// add takes events in. A reversal of before is a difference that counts as well.
func (t *tally) add(events []Event) {
	if t.paid == nil {
		*t = tally{map[line]Share{}, map[int64]RefundRestated{}, map[int64]PenaltyCharged{}}
	}
	for _, e := range events {
		switch e := e.(type) {
		case RepaymentReceived:
			t.pay(e.Shares)
		case CreditUsed:
			t.pay(e.Shares)
		case EarlyRepaymentReceived:
			t.pay(e.Shares) // the same, but perhaps of other funders' claims
		case PurchaseRefunded:
			t.recut(RefundRestated{Refund: e.Number, Purchase: e.Purchase, Merchant: e.Merchant, Cuts: e.Cuts, Credit: e.Credit})
		case PenaltyCharged:
			t.charge(e)
		case RepaymentReversed:
			t.pay(e.Shares)
			for _, r := range e.Refunds {
				t.recut(r)
			}
			for _, p := range e.Penalties {
				t.charge(p)
			}
		}
	}
}

func (t *tally) charge(e PenaltyCharged) {
	e.Amount += t.charged[e.Statement].Amount
	t.charged[e.Statement] = e
}

func (t *tally) pay(shares []Share) {
	for _, s := range shares {
		key := line{s.Statement, s.Purchase, s.Instalment}
		t.paid[key] = sumShares(t.paid[key], s, 1)
	}
}

func (t *tally) recut(r RefundRestated) {
	was, ok := t.refund[r.Refund]
	if ok {
		r.Credit += was.Credit
		r.Cuts = sumCuts(was.Cuts, r.Cuts, 1)
	}
	t.refund[r.Refund] = r
}

func (t *tally) shares(before tally) (diff []Share) {
	keys := map[line]bool{}
	for k := range t.paid {
		keys[k] = true
	}
	for k := range before.paid {
		keys[k] = true
	}
	for k := range keys {
		s := sumShares(t.paid[k], before.paid[k], -1)
		s.Statement, s.Purchase, s.Instalment = k.statement, k.purchase, k.instalment
		if s.Penalty != 0 || s.Fee != 0 || s.Interest != 0 || s.Principal != 0 || len(s.Funders) > 0 {
			diff = append(diff, s)
		}
	}
	slices.SortFunc(diff, func(a, b Share) int {
		return line{a.Statement, a.Purchase, a.Instalment}.compare(line{b.Statement, b.Purchase, b.Instalment})
	})
	return diff
}

func (t *tally) refunds(before tally) (diff []RefundRestated) {
	for n, r := range t.refund {
		was := before.refund[n]
		r.Credit -= was.Credit
		r.Cuts = sumCuts(r.Cuts, was.Cuts, -1)
		if r.Credit != 0 || len(r.Cuts) > 0 {
			diff = append(diff, r)
		}
	}
	slices.SortFunc(diff, func(a, b RefundRestated) int { return cmp.Compare(a.Refund, b.Refund) })
	return diff
}

func (t *tally) penalties(before tally) (diff []PenaltyCharged) {
	keys := map[int64]bool{}
	for n := range t.charged {
		keys[n] = true
	}
	for n := range before.charged {
		keys[n] = true
	}
	for n := range keys {
		e := PenaltyCharged{Statement: n, Amount: t.charged[n].Amount - before.charged[n].Amount, Through: max(t.charged[n].Through, before.charged[n].Through)}
		if e.Amount != 0 {
			diff = append(diff, e)
		}
	}
	slices.SortFunc(diff, func(a, b PenaltyCharged) int { return cmp.Compare(a.Statement, b.Statement) })
	return diff
}

func sumShares(a, b Share, sign money.Amount) Share {
	a.Penalty += sign * b.Penalty
	a.Fee += sign * b.Fee
	a.Interest += sign * b.Interest
	a.Principal += sign * b.Principal
	a.ChargedOff = a.ChargedOff || b.ChargedOff // for its whole time: see ReverseRepayment
	a.Funders = sumParts(a.Funders, b.Funders, sign)
	return a
}

func sumParts(a, b []FunderPart, sign money.Amount) []FunderPart {
	sum := slices.Clone(a)
	for _, part := range b {
		i := slices.IndexFunc(sum, func(p FunderPart) bool { return p.Funder == part.Funder })
		if i < 0 {
			sum = append(sum, FunderPart{Funder: part.Funder})
			i = len(sum) - 1
		}
		sum[i].Principal += sign * part.Principal
		sum[i].Cost += sign * part.Cost
	}
	return slices.DeleteFunc(sum, func(p FunderPart) bool { return p.Principal == 0 && p.Cost == 0 })
}

func sumCuts(a, b []Cut, sign money.Amount) []Cut {
	sum := slices.Clone(a)
	for _, cut := range b {
		i := slices.IndexFunc(sum, func(c Cut) bool {
			return c.Instalment == cut.Instalment && c.Statement == cut.Statement && c.Dispute == cut.Dispute
		})
		if i < 0 {
			sum = append(sum, Cut{Dispute: cut.Dispute, Instalment: cut.Instalment, Statement: cut.Statement})
			i = len(sum) - 1
		}
		c := &sum[i]
		c.ChargedOff = c.ChargedOff || cut.ChargedOff
		c.Principal += sign * cut.Principal
		c.Interest += sign * cut.Interest
		c.Fee += sign * cut.Fee
		c.Funders = sumParts(c.Funders, cut.Funders, sign)
		c.Borne = sumBorne(c.Borne, cut.Borne, sign)
	}
	return slices.DeleteFunc(sum, func(c Cut) bool {
		return c.Principal == 0 && c.Interest == 0 && c.Fee == 0 && len(c.Borne) == 0 && len(c.Funders) == 0
	})
}

// sumBorne adds up what is borne, or takes it off (sign −1), by bearer.
func sumBorne(a, b []Borne, sign money.Amount) []Borne {
	sum := slices.Clone(a)
	for _, borne := range b {
		i := slices.IndexFunc(sum, func(o Borne) bool { return o.Bearer == borne.Bearer })
		if i < 0 {
			sum = append(sum, Borne{Bearer: borne.Bearer})
			i = len(sum) - 1
		}
		sum[i].Amount += sign * borne.Amount
	}
	return slices.DeleteFunc(sum, func(o Borne) bool { return o.Amount == 0 })
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

// reopened says how statements stand that are unpaid, or overdue, other than they were.
func reopened(was, is *Account, facts []Fact) (list []Reopened) {
	for i := range is.Statements {
		s := &is.Statements[i]
		if before := was.statement(s.Number); before != nil && before.Overdue == s.Overdue && before.Bucket == s.Bucket {
			continue
		}
		r := Reopened{Statement: s.Number, Bucket: s.Bucket}
		for _, f := range facts {
			for _, e := range f.Events {
				if e, ok := e.(StatementOverdue); ok && e.Statement == s.Number {
					r.Overdue = f.At.Day
				}
			}
		}
		list = append(list, r)
	}
	return list
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
	a.Blocks = append(a.Blocks, e.Blocks...)
	for i := range a.Blocks {
		if a.Blocks[i].Kind == BlockOverdue && e.Since != 0 {
			a.Blocks[i].Since = e.Since
		}
	}
	if e.Status != Unopened {
		a.Status, a.ClosedOn = e.Status, 0
	}
	if len(e.Former) > 0 {
		a.Agreed, a.Former = e.Agreed, slices.Clone(e.Former)
		a.Terms = a.kinder()
	}
	a.spare(on)
}

func (a *Account) owe(o *Restitution) {
	a.numbered(o.Number)
	a.Purchases = append(a.Purchases, Purchase{
		Number: o.Number, Amount: o.Amount, Plan: Plan{ID: RestitutionPlan, Kind: PayNextMonth, Periods: 1},
		Funding: slices.Clone(o.Funding), Instalments: []Instalment{{Number: 1, On: o.On, Principal: o.Amount}},
	})
}

// RestitutionPlan is the plan of what is owed because too much credit balance was paid back.
const RestitutionPlan = "restitution"
