package trial

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/trial/reference"
)

// early settles a purchase, or everything, by what the customer is shown today; seldom by
// something else, and then one thing of it is wrong.
func (w *world) early(c *customer, a *credit.Account) act {
	purchase := int64(0)
	if w.chance(600) {
		purchase = w.number(a, c.bought)
		if n := len(a.Purchases); n > 0 && w.chance(700) {
			purchase = a.Purchases[w.random.IntN(n)].Number
		}
	}
	q := w.shown(c, a, purchase)
	shown := tellQuote(purchase, q)
	command := credit.EarlyRepay{Purchase: purchase, Amount: q.Sum, Currency: a.Terms.Currency, Source: "p", Quote: q.Token}
	switch w.random.IntN(20) {
	case 0:
		command.Amount++
	case 1:
		command.Quote, shown.Sum = "eq_another", -1
	case 2:
		command.Currency = "USD"
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.RepayEarly(purchase, command.Amount, command.Currency != "CNY", shown)
	}}
}

// tellQuote is a quote in the reference model's words.
func tellQuote(purchase int64, q credit.EarlyQuote) reference.Early {
	shown := reference.Early{Of: purchase, Parts: tellShares(q.Shares), Sum: q.Sum}
	for _, w := range q.Waived {
		shown.Waived += w.Interest + w.Fee
	}
	return shown
}

// payNow asks for a debit: of what is billed or a part of it, or of what settles
// a purchase or everything; seldom of something that nobody may ask for.
func (w *world) payNow(c *customer, a *credit.Account) act {
	command := credit.RequestDebit{Amount: w.amount(a.AsOf(w.today(c)).Billed()), Currency: a.Terms.Currency, Source: "tok_now", Bound: !w.chance(20)}
	var quoted *reference.Early
	if w.chance(400) {
		if n := len(a.Purchases); n > 0 && w.chance(500) {
			command.Purchase = a.Purchases[w.random.IntN(n)].Number
		}
		q := w.shown(c, a, command.Purchase)
		told := tellQuote(command.Purchase, q)
		quoted = &told
		command.Amount, command.Quote = q.Sum, q.Token
		switch w.random.IntN(20) {
		case 0:
			command.Amount++
		case 1:
			command.Quote, quoted.Sum = "eq_another", -1
		}
	}
	if command.Quote == "" && command.Purchase == 0 {
		quoted = nil // nothing could be quoted: it asks for what is billed
	}
	if w.chance(20) {
		command.Currency = "USD"
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.AskDebit(command.Amount, command.Currency != "CNY", command.Bound, quoted)
	}}
}

// shown is the quote that the desk would give today: what was due before is done first.
func (w *world) shown(c *customer, a *credit.Account, purchase int64) credit.EarlyQuote {
	state, err := wire.EncodeState(a)
	if err != nil {
		w.fail("%s: %v", c.name, err)
		return credit.EarlyQuote{}
	}
	copied, err := wire.DecodeState(state)
	if err != nil {
		w.fail("%s: %v", c.name, err)
		return credit.EarlyQuote{}
	}
	today := w.today(c)
	for due := copied.NextDue(); due != 0 && due <= today; due = copied.NextDue() {
		if _, err := copied.Do(credit.CloseDay{Day: due}, credit.Moment{Day: due}); err != nil {
			w.fail("%s: %v", c.name, err)
			return credit.EarlyQuote{}
		}
	}
	q, _ := copied.AsOf(today).EarlyQuote(purchase, today) // refused: then the command is, too
	return q
}
