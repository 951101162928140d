package reference

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// roll is a conversion that parts of a purchase come from: their plan, and the amount
// that it priced.
type roll struct {
	plan   Plan
	amount money.Amount
}

// convertible lists the parts on a bill that can become instalments: principal that is
// on the books and was never converted before.
func (a *Account) convertible(b *bill) (lines []*part, of []*purchase) {
	all, bought := a.on(b)
	for i, x := range all {
		if x.principal > 0 && x.roll == nil && !bought[i].chargedOff {
			lines, of = append(lines, x), append(of, bought[i])
		}
	}
	return lines, of
}

// newest says how much of an amount each line gives, the newest purchases first; of no
// amount everything.
func newest(lines []*part, amount money.Amount) []money.Amount {
	taken := make([]money.Amount, len(lines))
	for i := len(lines) - 1; i >= 0; i-- {
		taken[i] = lines[i].principal
		if amount != 0 {
			taken[i] = min(taken[i], amount)
			if amount -= taken[i]; amount == 0 {
				break
			}
		}
	}
	return taken
}

// Convertible tells what of a bill a customer could have been shown a conversion of,
// as a text: with another text it is another quote.
func (a *Account) Convertible(n int64, amount money.Amount) string {
	text := fmt.Sprint(a.due())
	for _, b := range a.bills {
		if b.n == n {
			text += fmt.Sprint(" ", b.due)
			lines, of := a.convertible(b)
			for i, taken := range newest(lines, amount) {
				if taken > 0 {
					text += fmt.Sprintf(" %d/%d %d", of[i].n, lines[i].k, taken)
				}
			}
		}
	}
	return text
}

// Convert turns principal of a bill into further instalments of the purchases that it is of.
func (a *Account) Convert(n int64, planID string, amount money.Amount, e Evidence, at Moment) Answer {
	if a.terms == nil {
		return Answer{Refused: "not_found"}
	}
	i := slices.IndexFunc(a.bills, func(b *bill) bool { return b.n == n })
	if i < 0 {
		if n > 0 && n <= a.numbers {
			return Answer{Refused: "statement_not_open"}
		}
		return Answer{Refused: "not_found"}
	}
	b := a.bills[i]
	at0 := slices.IndexFunc(a.terms.Conversions, func(p Plan) bool { return p.ID == planID })
	lines, of := a.convertible(b)
	most := money.Amount(0)
	for _, x := range lines {
		most += x.principal
	}
	wrong := ""
	switch {
	case len(a.terms.Conversions) == 0:
		wrong = "conversion_not_offered"
	case b.converted:
		wrong = "already_converted"
	case b.deferred && a.day <= b.due:
		wrong = "deferral_running"
	case a.day > b.due && !a.terms.ConvertLate:
		wrong = "conversion_too_late"
	case slices.ContainsFunc(a.disputes, func(d *dispute) bool {
		return slices.ContainsFunc(d.parts, func(x *part) bool { return x.bill == n && x.asks()+x.others > 0 })
	}):
		wrong = "dispute_running"
	case slices.ContainsFunc(a.debits, func(d *debit) bool { return (d.bill == n || d.bill == 0) && d.status == "pending" }):
		wrong = "debit_pending"
	case at0 < 0:
		wrong = "unknown_plan"
	case most == 0:
		wrong = "nothing_to_convert"
	case amount < 0:
		wrong = "invalid_amount"
	case amount > most:
		wrong = "conversion_too_large"
	default:
		wrong = e.judge(a.terms.Reading, at.Time)
	}
	if wrong != "" {
		return Answer{Refused: wrong}
	}
	if amount == 0 {
		amount = most
	}
	answer := Answer{Number: a.number(), Amount: amount}
	moved := map[*purchase]money.Amount{}
	for i, taken := range newest(lines, amount) {
		lines[i].principal -= taken
		moved[of[i]] += taken
	}
	for _, p := range a.purchases {
		if moved[p] > 0 {
			answer.Parts = append(answer.Parts, a.rollOver(p, a.terms.Conversions[at0], moved[p], b)...)
		}
	}
	b.converted = true
	a.settle()
	return answer
}

// rollOver adds the instalments of a conversion to a purchase.
func (a *Account) rollOver(p *purchase, plan Plan, amount money.Amount, b *bill) (added []Part) {
	t := a.own()
	from := a.day // or the day on which the money would have been paid
	if first := calendar.NextOnDay(calendar.NextOnDay(a.day, t.StatementDay), t.DueDay); b.due > a.day && b.due < first {
		from = b.due
	}
	p.last = max(p.last, p.plan.Periods)
	agreed, r := equal(amount, plan.Periods), &roll{plan, amount}
	for i, x := range t.scheduleFrom(plan, amount, a.day, from) {
		p.last++
		p.parts = append(p.parts, &part{
			k: p.last, on: x.On, roll: r, agreed: agreed[i], principal: x.Principal, interest: x.Interest, fee: x.Fee, others: x.Others,
		})
		x.K, x.Purchase = p.last, p.n
		added = append(added, x)
	}
	slices.SortStableFunc(p.parts, func(x, y *part) int { return cmp.Or(int(x.on-y.on), x.k-y.k) })
	return added
}
