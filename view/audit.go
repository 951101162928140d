package view

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// audit folds the entries of one part of a partition's accounts: into accounts by
// the rules, into figures of its own that are counted naively beside them, and
// into the rows that the tables must have.
type audit struct {
	partition     int32
	report        *Report
	slice, slices int

	last     eventlog.Entry // the newest: its position, time and day
	keys     map[uint64]bool
	accounts map[credit.ID]*audited
	order    []credit.ID
	only     []credit.ID // the accounts whose rows finish looks at; nil: all
	places   []uint8     // the slice of each entry, by position
	image    *changes
	assessor Assessor // nil: nobody can assess again
}

// audited is an account with what is counted beside its state.
type audited struct {
	state    *credit.Account
	broken   bool // a check failed: what follows from it tells nothing new
	unread   bool // an entry could not be read: its rows are not known
	position int64
	due      calendar.Date // as the entries said
	billed   calendar.Date // the newest statement's date
	closed   calendar.Date // the newest day that was closed
	holds    map[int64]*auditedHold
	bought   map[int64]*auditedPurchase
	came     map[int64]money.Amount // repayments that did not bounce
	given    givenUp
	contacts struct {
		on   calendar.Date
		made int
	}
	limits   auditedLimits
	choices  auditedChoices
	debits   map[int64]*auditedDebit
	source   string // of the standing instruction in force
	dueDay   int
	disputes map[int64]*auditedDispute // open ones

	deferrals []calendar.Date // when granted
}

type auditedHold struct {
	left     money.Amount
	lastDay  calendar.Date
	resolved bool
	scene    string
	month    month // in which it was authorised
}

type auditedPurchase struct {
	amount   money.Amount
	refunded money.Amount
	scene    string
	month    month
	before   money.Amount // what refunds took off instalments that were not billed, or were contested, and what was paid of them early
	parts    []auditedPart
	claims   map[string]money.Amount // by funder, as events said
}

// auditedPart is an instalment as far as a bill may ask for it.
type auditedPart struct {
	on                       calendar.Date
	principal, interest, fee money.Amount
	statement                int64
	conversion               int64 // that it comes from, or that what it is a late part of does
}

func newAudit(partition int32, report *Report, slice, slices int) *audit {
	return &audit{
		partition: partition, report: report, slice: slice, slices: slices,
		keys: map[uint64]bool{}, accounts: map[credit.ID]*audited{}, image: newChanges(),
	}
}

func (a *audit) violation(v Violation) {
	v.Partition = a.partition
	a.report.add(v)
}

// entry takes one entry of the partition in.
func (a *audit) entry(e *eventlog.Entry) {
	if a.slice == 0 {
		a.report.Entries++
		a.inOrder(e)
	}
	a.last = *e
	slice := sliceOf(credit.ID(e.Account), a.slices)
	a.places = append(a.places, uint8(slice))
	if slice != a.slice {
		return
	}
	if key := keyHash(e.Account, e.Key); e.Key == "" || a.keys[key] {
		a.violation(Violation{Check: CheckKeys, Position: e.Position, Account: credit.ID(e.Account), Says: fmt.Sprintf("key %q is missing, or was used before", e.Key)})
	} else {
		a.keys[key] = true
	}
	if e.Account == "" {
		return
	}
	id := credit.ID(e.Account)
	x := a.accounts[id]
	if x == nil {
		x = &audited{state: &credit.Account{ID: id}, holds: map[int64]*auditedHold{}, bought: map[int64]*auditedPurchase{}, came: map[int64]money.Amount{}, debits: map[int64]*auditedDebit{}, disputes: map[int64]*auditedDispute{}}
		a.accounts[id] = x
		a.order = append(a.order, id)
		a.report.Accounts++
	}
	x.position = e.Position
	events, day, err := decode(e)
	if err != nil {
		x.broken, x.unread = true, true
		a.violation(Violation{Check: CheckState, Position: e.Position, Account: id, Says: err.Error()})
		return
	}
	a.image.happened(e, day, events)
	if v := a.assessed(e, events); v != nil {
		v.Position, v.Account = e.Position, id
		a.violation(*v)
	}
	if !x.broken {
		if v := x.take(e, day, events); v != nil {
			x.broken = true
			v.Position, v.Account = e.Position, id
			a.violation(*v)
		}
	}
}

// sliceAt tells which slice an entry belongs to; the first has to answer for what there is not.
func (a *audit) sliceAt(position int64) int {
	if position < 1 || position > int64(len(a.places)) {
		return 0
	}
	return int(a.places[position-1])
}

// inOrder checks the order of the partition's entries.
func (a *audit) inOrder(e *eventlog.Entry) {
	switch before := &a.last; {
	case e.Position != before.Position+1:
		a.violation(Violation{Check: CheckOrder, Position: e.Position, Says: fmt.Sprintf("stands after %d", before.Position)})
	case e.Time < before.Time:
		a.violation(Violation{Check: CheckOrder, Position: e.Position, Says: fmt.Sprintf("its time is %d µs before that of the entry before", before.Time-e.Time)})
	case e.Day < before.Day:
		a.violation(Violation{Check: CheckOrder, Position: e.Position, Says: fmt.Sprintf("its day is %s, after %s", calendar.Date(e.Day), calendar.Date(before.Day))})
	}
}

// wrong makes a violation.
func wrong(check Check, format string, arguments ...any) *Violation {
	return &Violation{Check: check, Says: fmt.Sprintf(format, arguments...)}
}

// take checks an entry and applies it. What the rules make of a broken log may
// panic: that too is only this account's.
func (x *audited) take(e *eventlog.Entry, day calendar.Date, events []credit.Event) (v *Violation) {
	defer func() {
		if p := recover(); p != nil {
			v = wrong(CheckState, "its events can't be applied: %v", p)
		}
	}()
	command, err := wire.DecodeCommand(e.Name, e.Command)
	if err != nil {
		return wrong(CheckState, "%v", err)
	}
	if v := x.inTime(e, day); v != nil {
		return v
	}
	if v := asked(command, events); v != nil {
		return v
	}
	for _, event := range events {
		if v := bounded(event); v != nil {
			return v
		}
		if v := x.allowed(day, command, event); v != nil {
			return v
		}
		x.state.Apply(event, day)
		if v := x.settled(event); v != nil {
			return v
		}
	}
	if v := x.graded(day); v != nil {
		return v
	}
	if v := x.counted(); v != nil {
		return v
	}
	return x.afterwards(e)
}

// inTime checks that everything due was done before, once and in order.
func (x *audited) inTime(e *eventlog.Entry, day calendar.Date) *Violation {
	due := x.state.NextDue()
	if e.Name != (credit.CloseDay{}).Name() {
		if due != 0 && due <= day {
			return wrong(CheckDays, "%s happened on %s, but what was due on %s was not done", e.Name, day, due)
		}
		return nil
	}
	switch {
	case day > calendar.Date(e.Day):
		return wrong(CheckDays, "%s was closed on %s already", day, calendar.Date(e.Day))
	case day <= x.closed:
		return wrong(CheckDays, "%s was closed after %s", day, x.closed)
	case due != day:
		return wrong(CheckDays, "%s was closed, but the next day with something due was %q", day, due)
	}
	x.closed = day
	return nil
}

// afterwards checks what must hold after each entry.
func (x *audited) afterwards(e *eventlog.Entry) *Violation {
	if err := x.state.Check(); err != nil {
		return wrong(CheckState, "%v", err)
	}
	due := x.state.NextDue()
	if e.Due >= 0 {
		x.due = calendar.Date(e.Due)
	}
	if x.due != due {
		return wrong(CheckState, "the entry leaves the next due day at %q, and it is %q", x.due, due)
	}
	return nil
}

// finish checks each account at the end, and counts what was owed against the rows.
func (a *audit) finish() {
	for _, id := range a.order {
		x := a.accounts[id]
		if x.broken {
			continue
		}
		if v := x.balanced(); v != nil {
			x.broken = true
			v.Position, v.Account = x.position, id
			a.violation(*v)
		}
	}
	// Rows and rules were folded from the same events by different code.
	rows := a.image.accountRows()
	for _, id := range a.order {
		if x := a.accounts[id]; !x.broken {
			if says := differs(x.state, rows[id]); says != "" {
				a.violation(Violation{Check: CheckTables, Position: x.position, Account: id, Says: "its row would not be its state: " + says})
			}
		}
	}
	for i := range a.image.statements.made {
		row := &a.image.statements.made[i]
		if a.passedOver(row.Account) {
			continue
		}
		if x := a.accounts[row.Account]; !x.broken && row.Outstanding() != remaining(x.state, row.Number) {
			a.violation(Violation{Check: CheckTables, Position: x.position, Account: row.Account, Says: fmt.Sprintf(
				"statement %d has %d outstanding by the rules and %d by the row", row.Number, remaining(x.state, row.Number), row.Outstanding())})
		}
	}
	for i := range a.image.authorisations.made {
		row := &a.image.authorisations.made[i]
		if a.passedOver(row.Account) {
			continue
		}
		if x := a.accounts[row.Account]; !x.broken && row.Held != held(x.state, row.Number) {
			a.violation(Violation{Check: CheckTables, Position: x.position, Account: row.Account, Says: fmt.Sprintf(
				"authorisation %d holds %d by the rules and %d by the row", row.Number, held(x.state, row.Number), row.Held)})
		}
	}
}

// passedOver says that an account's rows are not looked at this time.
func (a *audit) passedOver(account credit.ID) bool {
	return a.only != nil && !slices.Contains(a.only, account)
}

// remaining is what an account owes on a statement.
func remaining(a *credit.Account, statement int64) (sum money.Amount) {
	for _, s := range a.Statements {
		if s.Number == statement {
			sum += s.Penalty + s.Fee
		}
	}
	for _, p := range a.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == statement {
				sum += in.Principal + in.Interest + in.Fee
			}
		}
	}
	return sum
}

// held is what an account's authorisation holds.
func held(a *credit.Account, number int64) money.Amount {
	for _, h := range a.Holds {
		if h.Number == number {
			return h.Amount
		}
	}
	return 0
}

// balanced checks that captured = billed + unbilled + contested + refunded for each purchase.
func (x *audited) balanced() *Violation {
	unbilled, contested := map[int64]money.Amount{}, map[int64]money.Amount{}
	for _, d := range x.disputes {
		contested[d.purchase] += d.principal()
	}
	for _, p := range x.state.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == 0 {
				unbilled[p.Number] += in.Principal
			}
		}
	}
	for number, p := range x.bought {
		billed := money.Amount(0)
		for _, part := range p.parts {
			if part.statement != 0 {
				billed += part.principal
			}
		}
		if p.amount != billed+unbilled[number]+contested[number]+p.before {
			return wrong(CheckBilled, "purchase %d of %d has %d billed, %d unbilled, %d contested and %d refunded or paid without a bill",
				number, p.amount, billed, unbilled[number], contested[number], p.before)
		}
	}
	return x.claimed()
}

// differs says in what an account's state and the row that the same events make differ.
func differs(a *credit.Account, row Account) string {
	var unbilled, billed, cost, interest, fee, penalty money.Amount
	off, overdue := a.ChargedOff(), false
	for _, p := range a.Purchases {
		overdue = overdue || p.ChargedOff && unpaid(a, p)
		for _, in := range p.Instalments {
			if p.ChargedOff {
				if in.Statement == 0 {
					cost += in.Interest + in.Fee
				}
				continue
			}
			if in.Statement == 0 {
				unbilled += in.Principal
				cost += in.Interest + in.Fee
			} else {
				billed += in.Principal
				interest += in.Interest
				fee += in.Fee
			}
		}
	}
	disputed := -off.Disputed
	for _, d := range a.Disputes {
		for _, part := range d.Parts {
			disputed += part.Principal
		}
	}
	for _, s := range a.Statements {
		overdue = overdue || s.Overdue || s.ChargedOff
		if !s.ChargedOff {
			penalty += s.Penalty
			fee += s.Fee
		}
	}
	status := string(a.Status)
	if a.Status == credit.Unopened {
		status = Unopened
	}
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"status", status, row.Status}, {"limit", a.Limit, row.CreditLimit}, {"temporary limit", temporaryOf(a), credit.TemporaryLimit{Amount: row.TemporaryLimit, LastDay: row.TemporaryUntil}}, {"held", a.Held(), row.Held},
		{string(ledger.PrincipalUnbilled), unbilled, row.PrincipalUnbilled}, {string(ledger.PrincipalBilled), billed, row.PrincipalBilled},
		{string(ledger.PrincipalDisputed), disputed, row.PrincipalDisputed},
		{"cost not billed", cost, row.CostUnbilled}, {string(ledger.InterestBilled), interest, row.Interest}, {string(ledger.FeeBilled), fee, row.Fee},
		{string(ledger.Penalty), penalty, row.Penalty}, {string(ledger.CreditBalance), a.Credit, row.CreditBalance},
		{"available", a.Available(), row.Available()}, {"owed", a.Owed(), row.Owed()}, {"overdue", overdue, row.Overdue},
		{"due day", dueDayOf(a), int(row.DueDay)}, {"grade", GradeName(a.Grade), row.Grade}, {"blocks", len(a.Blocks), int(row.Blocks)}, {"next due", a.NextDue(), row.NextDue},
		{string(ledger.ChargedOffUnbilled), off.Unbilled, row.ChargedOffUnbilled}, {string(ledger.ChargedOffBilled), off.Billed, row.ChargedOffBilled},
		{string(ledger.ChargedOffDisputed), off.Disputed, row.ChargedOffDisputed},
		{string(ledger.ChargedOffInterest), off.Interest, row.ChargedOffInterest}, {string(ledger.ChargedOffFee), off.Fee, row.ChargedOffFee},
		{string(ledger.ChargedOffPenalty), off.Penalty, row.ChargedOffPenalty}, {"billed", a.Billed(), row.Billed()},
		{"opened on", a.OpenedOn, row.OpenedOn}, {"closed on", a.ClosedOn, row.ClosedOn},
	} {
		if f.a != f.b {
			return fmt.Sprintf("%s is %v by the rules and %v by the row", f.name, f.a, f.b)
		}
	}
	return ""
}
