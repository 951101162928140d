package credit

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Quote (试算) is the whole cost of one purchase by one plan, as shown to a customer
// before the credit is used. It is a pure function of contract, amount and day, so
// it needs no storage: its Token seals the figures, and the authorisation that
// names the token is decided on the same figures or not at all.
type Quote struct {
	Plan       Plan
	Amount     money.Amount
	Day        calendar.Date
	Parts      []Part
	Total      money.Amount // what the customer pays in the end
	Cost       money.Amount // Total − Amount
	Subsidised money.Amount // what others pay so that the customer does not
	AnnualRate Rate
	Route      Route // who lends
	Token      string
}

// Quote works out what a purchase on a day would cost by a plan, funded by the
// contract's first route.
func (a *Account) Quote(plan Plan, amount money.Amount, day calendar.Date) Quote {
	return a.QuoteBy(0, plan, amount, day)
}

// QuoteBy works out what a purchase on a day would cost, funded by the route at a
// place in the contract's list. Who lends makes no difference to the cost.
func (a *Account) QuoteBy(route int, plan Plan, amount money.Amount, day calendar.Date) Quote {
	terms := a.OwnTerms()
	q := Quote{Plan: plan, Amount: amount, Day: day, Parts: terms.Schedule(plan, amount, day)}
	for _, p := range q.Parts {
		q.Total += p.Sum()
		for _, b := range p.Borne {
			q.Subsidised += b.Amount
		}
	}
	q.Cost = q.Total - amount
	q.AnnualRate = AnnualRate(terms, amount, day, q.Parts)
	q.Route = a.Terms.Routing()[route]
	q.Token = a.quoteToken(plan, amount, day, q.Parts, route)
	return q
}

// quoteToken is qt_ and 26 letters of the SHA-256 of everything that was shown. The
// day is part of it: a day later the purchase may fall on another statement, and
// where days count it has another annual rate. Asking again costs nothing.
func (a *Account) quoteToken(plan Plan, amount money.Amount, day calendar.Date, parts []Part, route int) string {
	b := make([]byte, 0, 128+24*len(parts))
	b = append(b, a.ID...)
	b = append(b, a.Terms.Programme...)
	b = append(b, 0)
	b = append(b, plan.ID...)
	b = append(b, 0)
	number := func(v int64) { b = binary.BigEndian.AppendUint64(b, uint64(v)) }
	number(int64(a.Terms.Version))
	number(int64(amount))
	number(int64(day))
	number(int64(a.dueDay())) // due dates are shown
	for _, p := range parts {
		number(int64(p.On))
		number(int64(p.Principal))
		number(int64(p.Interest))
		number(int64(p.Fee))
	}
	if len(a.Terms.Routes) > 0 { // who lends is shown, too
		for _, s := range a.Terms.Routes[route].Shares {
			b = append(b, s.Funder...)
			b = append(b, 0)
			number(int64(s.Share))
		}
	}
	sum := sha256.Sum256(b)
	return "qt_" + crockford.EncodeToString(sum[:17])[:26]
}

// Due is what falls due on one date.
type Due struct {
	On     calendar.Date `json:"on"`
	Amount money.Amount  `json:"amount"`
}

// Coming returns what the customer owes in each coming month, oldest first:
// unpaid statements by due date, then what future statements will ask for.
func (a *Account) Coming() []Due {
	byDate := map[calendar.Date]money.Amount{}
	for i := range a.Statements {
		byDate[a.Statements[i].Due] += a.remaining(&a.Statements[i])
	}
	for i := range a.Purchases {
		for _, in := range a.Purchases[i].Instalments {
			if in.Statement == 0 {
				byDate[calendar.NextOnDay(in.On, a.dueDay())] += in.owed()
			}
		}
	}
	return sortedDues(byDate)
}
