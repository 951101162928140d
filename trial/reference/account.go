package reference

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Account is a credit line, with everything that ever happened to it.
type Account struct {
	terms          *Terms // those that hold
	agreed         *Terms // the newest agreement, while something of former ones runs
	former         []former
	status         string // "", "active", "closing", "closed", "deregistered"
	limit          money.Amount
	numbers        int64
	credit         money.Amount // owed to the customer
	temporary      *temporary
	chosen, before int // due days: the customer's, and the one until the next bill
	choices        []calendar.Date
	deferrals      []calendar.Date
	autopay        *autopay
	cap            *ownCap
	night          night
	wished         *wished
	orders         []*order
	sceneLimits    map[string]money.Amount
	off            map[string]calendar.Date // scenes, and when each is on again; 0: nobody asked
	debits         []*debit
	day            calendar.Date

	applications []calendar.Date // assessed ones
	application  int64           // the newest
	decision     string
	waiting      *Terms // of an application that waits for a reviewer
	refusedBy    *Terms // of one that the policy refused, and nobody has looked at
	appliedOn    calendar.Date

	holds     []*hold
	purchases []*purchase
	bills     []*bill
	disputes  []*dispute
	blocks    []string
	closing   *closing
	again     calendar.Date // de-registered: when an application is assessed again

	past   past
	retold bool  // it is lived again: nobody is debited, and no books are closed that were not
	skip   bool  // what is done now brought money that never came
	fresh  int64 // the highest number that anything ever had

	// Changes is how often the limit was changed.
	Changes int

	// What the books must come to.
	Received, PaidOut  money.Amount // cash in and out
	Captured, Refunded money.Amount
}

type hold struct {
	order  *order
	scene  string
	n      int64
	amount money.Amount
	plan   Plan
	last   calendar.Date
}

type purchase struct {
	order            *order
	scene            string
	n                int64
	on               calendar.Date // when it was captured
	amount, refunded money.Amount
	plan             Plan
	parts            []*part
	last             int // the highest number of a part, if some came late
	chargedOff       bool
}

// part is one instalment: what it asked for at first, and what it still asks for.
type part struct {
	k                        int
	of                       int // the part of the plan that it is a late part of
	on                       calendar.Date
	bill                     int64 // 0 until it is billed
	agreed                   money.Amount
	principal, interest, fee money.Amount
	others                   money.Amount // what others will bear once it is billed
	roll                     *roll        // the conversion that it comes from
}

// period is the part of the plan by which it is priced.
func (p *part) period() int {
	if p.of != 0 {
		return p.of
	}
	return p.k
}

func (p *part) asks() money.Amount { return p.principal + p.interest + p.fee }

type bill struct {
	n           int64
	date, due   calendar.Date
	overdue     bool
	bucket      int
	chargedOff  bool
	free        bool         // given up before it was overdue: it never costs a penalty
	late        money.Amount // the principal that became overdue
	base        money.Amount // Σ over the days since the due date of the principal owed on that day
	penaltyPaid money.Amount
	fee         money.Amount // for its deferral
	deferred    bool
	converted   bool
	asked       calendar.Date // when it was debited, or the result came
}

type closing struct {
	n      int64
	by     calendar.Date
	missed bool
	ends   bool   // the contract too
	before string // the status that it was asked in
}

// Stranger is somebody who has not applied yet.
func Stranger(day calendar.Date) *Account {
	return &Account{day: day, past: past{begun: day, bills: map[calendar.Date]int64{}, gaveUp: map[calendar.Date]bool{}, bounced: map[int64]bool{}, lapsed: map[int64]bool{}}}
}

func (a *Account) number() int64 {
	a.numbers++
	return a.numbers
}

func (a *Account) held() (sum money.Amount) {
	for _, h := range a.holds {
		sum += h.amount
	}
	return sum
}

func (a *Account) principal() (sum money.Amount) {
	for _, p := range a.purchases {
		for _, x := range p.parts {
			sum += x.principal
		}
	}
	for _, d := range a.disputes {
		sum += d.unpaid()
	}
	return sum
}

func (a *Account) available() money.Amount { return max(0, a.spendable()-a.held()-a.principal()) }

// on lists the parts that stand on a bill and still ask for something.
func (a *Account) on(b *bill) (lines []*part, of []*purchase) {
	for _, p := range a.purchases {
		for _, x := range p.parts {
			if x.bill == b.n && x.asks() > 0 {
				lines, of = append(lines, x), append(of, p)
			}
		}
	}
	return lines, of
}

// principalOn is what a penalty grows on: not what the books gave up.
func (a *Account) principalOn(b *bill) (sum money.Amount) {
	lines, of := a.on(b)
	for i, x := range lines {
		if !b.chargedOff && !of[i].chargedOff {
			sum += x.principal
		}
	}
	return sum
}

// penalty is what a bill has earned by being late, and nobody has paid yet.
func (a *Account) penalty(b *bill) money.Amount {
	if !b.overdue || b.free {
		return 0
	}
	const year = 360 * million
	earned := b.base.MulDiv(a.terms.PenaltyRate, year)
	if a.terms.PenaltyRate > a.terms.CostCap { // no part of a fen above a cap
		earned = min(earned, floor(b.base, a.terms.CostCap, year))
	}
	if a.terms.PenaltyCap > 0 {
		earned = min(earned, floor(b.late, a.terms.PenaltyCap, million))
	}
	return earned - b.penaltyPaid
}

func (a *Account) owedOn(b *bill) money.Amount {
	sum := a.penalty(b) + b.fee
	lines, _ := a.on(b)
	for _, x := range lines {
		sum += x.asks()
	}
	return sum
}

// givenUp says whether something is owed, or contested, that the books gave up.
func (a *Account) givenUp() bool {
	for _, p := range a.purchases {
		if p.chargedOff && a.live(p) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(a.bills, func(b *bill) bool { return b.chargedOff })
}

// live is what nobody has paid of a purchase, contested or not.
func (a *Account) live(p *purchase) (sum money.Amount) {
	for _, d := range a.disputes {
		if d.purchase == p {
			sum += d.unpaid()
		}
	}
	for _, x := range p.parts {
		sum += x.asks()
	}
	return sum
}

// giveUp charges everything off, once a bill of which something is on the books is
// late for so long.
func (a *Account) giveUp() {
	late := func(b *bill) bool {
		onBooks := a.penalty(b)+b.fee+a.principalOn(b) > 0
		_, of := a.on(b)
		for _, p := range of {
			onBooks = onBooks || !p.chargedOff
		}
		return b.overdue && !b.chargedOff && onBooks && a.day >= b.due+calendar.Date(a.terms.ChargeOffDays)
	}
	if a.terms.ChargeOffDays == 0 || !slices.ContainsFunc(a.bills, late) || a.retold && !a.past.gaveUp[a.day] {
		return
	}
	a.past.gaveUp[a.day] = true
	for _, p := range a.purchases {
		p.chargedOff = p.chargedOff || a.live(p) > 0
	}
	for _, b := range a.bills {
		if !b.chargedOff {
			b.chargedOff, b.free = true, !b.overdue
		}
	}
}

func (a *Account) isOverdue() bool {
	return slices.ContainsFunc(a.bills, func(b *bill) bool { return b.overdue })
}

// Live begins each day up to and with day.
func (a *Account) Live(day calendar.Date) {
	for a.day < day {
		a.day++
		a.morning()
	}
}

// morning is what a day brings by itself.
func (a *Account) morning() {
	if a.terms == nil {
		return
	}
	for _, b := range a.bills {
		if a.day > b.due {
			b.base += a.principalOn(b)
		}
	}
	a.wishes()
	for _, h := range slices.Clone(a.holds) {
		if a.day > h.last {
			a.drop(h)
		}
	}
	if a.temporary != nil && a.day > a.temporary.last {
		a.temporary = nil
	}
	a.issue()
	for _, b := range a.bills {
		if !b.overdue && a.day > b.due+calendar.Date(a.terms.GraceDays) {
			b.overdue, b.late = true, a.principalOn(b)
			a.block("overdue")
		}
		if b.overdue && (b.bucket == 0 || !b.chargedOff) {
			for b.bucket*30 < int(a.day-b.due) {
				b.bucket++
			}
		}
	}
	a.giveUp()
	a.askForMoney()
	if a.closing != nil && a.day > a.closing.by {
		a.closing.missed = true
	}
	a.alone()
}

func (a *Account) issue() {
	var lines []*part
	var of []*purchase
	for _, p := range a.purchases {
		for _, x := range p.parts {
			if x.bill == 0 && x.on <= a.day && x.asks() > 0 {
				lines, of = append(lines, x), append(of, p)
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	b := &bill{n: a.billNumber(), date: a.day, due: calendar.NextOnDay(a.day, a.due())}
	a.before = 0
	for _, x := range lines {
		x.bill, x.others = b.n, 0
	}
	b.chargedOff, b.free = true, true // all of it, if all of it is off the books
	for _, p := range of {
		if !p.chargedOff {
			b.chargedOff, b.free = false, false
		}
	}
	a.bills = append(a.bills, b)
	slices.SortStableFunc(a.bills, func(x, y *bill) int { return int(x.due - y.due) })
	a.useCredit()
}

// billNumber is the number of today's bill: the one that it had, or one that nothing ever had.
func (a *Account) billNumber() int64 {
	if a.retold && a.past.bills[a.day] == 0 {
		a.fresh++
		a.past.bills[a.day] = a.fresh
	} else if !a.retold {
		a.past.bills[a.day] = a.number()
	}
	return a.past.bills[a.day]
}

func (a *Account) block(kind string) {
	if !slices.Contains(a.blocks, kind) {
		a.blocks = append(a.blocks, kind)
	}
}

func (a *Account) unblock(kind string) {
	a.blocks = slices.DeleteFunc(a.blocks, func(b string) bool { return b == kind })
}

// settle drops bills on which nothing is owed, and the overdue block with the last late one.
func (a *Account) settle() {
	a.bills = slices.DeleteFunc(a.bills, func(b *bill) bool { return a.owedOn(b) == 0 })
	if !a.isOverdue() && !a.givenUp() {
		a.unblock("overdue")
	}
}
