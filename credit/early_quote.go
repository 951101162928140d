package credit

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// EarlyFees says what early repayment asks of the cost of instalments that are not billed yet.
type EarlyFees string

// The rules for it. None may make a purchase dearer than the contract's cap: what
// would go above it is waived.
const (
	EarlyFeesWaived     EarlyFees = ""            // nothing: the domain's default
	EarlyFeesNextPeriod EarlyFees = "next_period" // the cost of the next instalment, and no more
	EarlyFeesAll        EarlyFees = "all"         // all of it
)

// Waiver (减免) is cost of an instalment not yet billed that early repayment makes undue:
// the customer's part of it, and what others had promised to bear of it.
type Waiver struct {
	Purchase   int64        `json:"purchase"`
	Instalment int          `json:"k"`
	Merchant   string       `json:"merchant"` // whose promise of a subsidy ends too
	Interest   money.Amount `json:"interest,omitzero"`
	Fee        money.Amount `json:"fee,omitzero"`
	Borne      []Borne      `json:"borne,omitempty"`
}

// EarlyQuote (提前还款试算) is the one sum that settles one purchase, or all that is
// owed, as it stands on a day. It is a pure function of the account and the day: its
// Token seals the figures, and the repayment that names it is decided on them or refused.
type EarlyQuote struct {
	Purchase   int64 // 0: all that is owed
	Day        calendar.Date
	Shares     []Share       // what is paid; those with statement 0 are not billed yet
	Waived     []Waiver      // what is not asked for
	Earned     money.Amount  // subsidies of cost that is charged: due from their bearers at once
	Total      money.Amount  // Σ shares
	FromCredit money.Amount  // of it, what the credit balance pays
	Sum        money.Amount  // what the customer pays: Total − FromCredit
	Saved      money.Amount  // what the customer would have paid besides, had they waited
	HoldsUntil calendar.Date // the last day on which nothing changes by itself; none: nothing ever does
	Token      string
}

// EarlyQuote works out what settles a purchase, or everything for 0. For a penalty
// to be that of a day, ask a.AsOf(day).
func (a *Account) EarlyQuote(purchase int64, day calendar.Date) (EarlyQuote, error) {
	q := EarlyQuote{Purchase: purchase, Day: day}
	if err := a.mayRepayEarly(purchase); err != nil {
		return q, err
	}
	q.Shares = a.billedShares(purchase, day)
	for i := range a.Purchases {
		if p := &a.Purchases[i]; purchase == 0 || p.Number == purchase {
			a.quoteUnbilled(p, &q)
		}
	}
	(&claims{a: a}).divide(q.Shares)
	for _, s := range q.Shares {
		q.Total += s.sum()
	}
	for _, w := range q.Waived {
		q.Saved += w.Interest + w.Fee
	}
	q.FromCredit = min(a.Credit, q.Total)
	q.Sum = q.Total - q.FromCredit
	q.HoldsUntil = a.earlyHolds(day)
	q.Token = a.earlyToken(&q)
	return q, nil
}

// mayRepayEarly refuses what can't be settled by one sum. The contract's order pays
// what is overdue before all else, so one purchase has to wait for it.
func (a *Account) mayRepayEarly(purchase int64) error {
	if purchase == 0 {
		if a.Owed() == 0 {
			return refuse(NothingOwed, "nothing is owed")
		}
		return nil
	}
	if p := a.purchase(purchase); p == nil || len(p.Instalments) == 0 {
		if p != nil || a.settled(purchase) != nil { // or all of it is contested
			return refuse(NothingOwed, "nothing is owed for this purchase")
		}
		return refuse(NotFound, "there is no such purchase")
	}
	for i := range a.Statements {
		if s := &a.Statements[i]; s.Overdue {
			return refuse(OverdueFirst, "the statement due on %s is overdue with %s", s.Due, a.remaining(s).Format(a.Terms.Currency))
		}
	}
	return nil
}

// billedShares pays all that is billed, or all that is billed for one purchase.
func (a *Account) billedShares(purchase int64, day calendar.Date) (shares []Share) {
	all, _ := a.allocate(a.Billed(), day)
	for _, s := range all {
		if purchase == 0 || s.Purchase == purchase {
			shares = append(shares, s)
		}
	}
	return shares
}

// quoteUnbilled adds what is not billed yet of a purchase: its principal, and of its
// cost what the contract charges and what it waives.
func (a *Account) quoteUnbilled(p *Purchase, q *EarlyQuote) {
	allowed := a.chargeable(p, q.Day)
	first := true
	for _, in := range p.Instalments {
		if in.Statement != 0 {
			continue
		}
		charged := a.Terms.EarlyFees == EarlyFeesAll || a.Terms.EarlyFees == EarlyFeesNextPeriod && first
		charged = charged && in.Number <= p.Plan.Periods && !p.ChargedOff // nobody earns on a debt that was given up
		first = false
		share := Share{Purchase: p.Number, Instalment: in.Number, Principal: in.Principal}
		waived := Waiver{Purchase: p.Number, Instalment: in.Number, Merchant: p.Merchant, Interest: in.Interest, Fee: in.Fee, Borne: in.Borne}
		if charged {
			share.Interest = min(in.Interest, allowed)
			share.Fee = min(in.Fee, allowed-share.Interest)
			allowed -= share.Interest + share.Fee
			waived.Interest -= share.Interest
			waived.Fee -= share.Fee
			waived.Borne = nil
			for _, b := range in.Borne {
				q.Earned += b.Amount
			}
		}
		if share.sum() > 0 {
			q.Shares = append(q.Shares, share)
		}
		if waived.Interest+waived.Fee > 0 || len(waived.Borne) > 0 {
			q.Waived = append(q.Waived, waived)
		}
	}
}

// chargeable is how much of its unbilled cost a purchase may be charged when it is
// settled on a day, so that what the customer paid for it, from its capture to now,
// stays within the contract's cap by the contract's own method. The statements so far
// are taken as the plan laid them out. What a conversion added was no part of that
// plan, and is waived.
func (a *Account) chargeable(p *Purchase, day calendar.Date) money.Amount {
	var principal, cost money.Amount
	var next calendar.Date
	for _, in := range p.Instalments {
		if in.Statement == 0 {
			principal += in.Principal
			if next == 0 {
				next = in.On
			}
			if in.Number <= p.Plan.Periods && !p.ChargedOff {
				cost += in.Interest + in.Fee
			}
		}
	}
	if cost == 0 || a.Terms.EarlyFees == EarlyFeesWaived {
		return 0
	}
	paid, lent := []Part(nil), principal
	for _, part := range a.OwnTerms().Schedule(p.Plan, p.Amount, p.On) {
		if part.On <= day {
			paid = append(paid, part)
			lent += part.Principal
		}
	}
	paid = append(paid, Part{On: next, Principal: principal})
	last := len(paid) - 1
	m := a.OwnTerms().valuation(p.On, paid).paidOn(a.Terms.RateMethod, p.On, last, day)
	over := sort.Search(int(cost), func(c int) bool {
		paid[last].Fee = money.Amount(c + 1)
		return costs(lent, paid) && m.dearerThan(a.Terms.CostCap, lent, paid)
	})
	return money.Amount(over)
}

// earlyHolds is the last day on which the figures don't change by themselves: before
// the next thing that the account has due, and only today while a penalty grows, or
// where what may be charged depends on the days that the money was lent.
func (a *Account) earlyHolds(day calendar.Date) calendar.Date {
	for i := range a.Statements {
		if s := &a.Statements[i]; s.Overdue && !s.ChargedOff && a.Terms.PenaltyRate > 0 && a.accruing(s) > 0 {
			return day
		}
	}
	if a.Terms.EarlyFees != EarlyFeesWaived && a.Terms.RateMethod != MonthlyTimesTwelve {
		return day
	}
	if next := a.NextDue(); next != 0 {
		return next - 1
	}
	return 0
}

// earlyToken is eq_ and 26 letters of the SHA-256 of the figures. The day is not
// part of it: the same figures a day later are the same quote.
func (a *Account) earlyToken(q *EarlyQuote) string {
	b := append(make([]byte, 0, 64+56*len(q.Shares)+48*len(q.Waived)), a.ID...)
	number := func(v int64) { b = binary.BigEndian.AppendUint64(b, uint64(v)) }
	number(q.Purchase)
	number(int64(q.FromCredit))
	number(int64(len(q.Shares)))
	for _, s := range q.Shares {
		number(s.Statement)
		number(s.Purchase)
		number(int64(s.Instalment))
		for _, amount := range []money.Amount{s.Penalty, s.Fee, s.Interest, s.Principal} {
			number(int64(amount))
		}
	}
	for _, w := range q.Waived {
		number(w.Purchase)
		number(int64(w.Instalment))
		number(int64(w.Interest))
		number(int64(w.Fee))
		for _, borne := range w.Borne {
			number(int64(borne.Amount))
		}
	}
	sum := sha256.Sum256(b)
	return "eq_" + crockford.EncodeToString(sum[:17])[:26]
}
