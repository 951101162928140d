package trial

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/trial/reference"
)

// limits changes what may be owed.
func (w *world) limits(c *customer, a *credit.Account) act {
	switch w.random.IntN(7) {
	case 6:
		limit := pick(w, a.Limit-1, a.Limit/2, a.Limit, a.Limit+1, -1)
		return act{credit.LowerLimit{Limit: limit}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.LowerLimit(limit) }}
	case 0:
		return act{credit.WithdrawTemporaryLimit{Operator: "o1"}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.WithdrawTemporary() }}
	case 1, 2:
		command := credit.GrantTemporaryLimit{
			Amount: money.Amount(pick(w, 500_00, 2_000_00, 50_000_00, 0)), LastDay: w.today(c) + pick[calendar.Date](w, -1, 0, 1, 5, 30, 90, 366, 367), Operator: "o1",
		}
		return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
			return r.GrantTemporary(command.Amount, command.LastDay)
		}}
	}
	command := credit.ChangeLimit{Limit: pick(w, a.Limit-1, a.Limit/2, a.Limit+1, a.Limit*2, a.Limit, 5_000_00, 10_000_00, -1), Reason: pick(w, credit.LimitReasons...), Operator: "o1"}
	if w.chance(20) {
		command.Reason = "whim"
	}
	var shown *reference.Evidence
	if text, err := a.LimitIncrease(command.Limit); err == nil && w.chance(950) {
		consent, evidence := w.consent(c, text.Name, text.Version, text.Hash, int64(a.Terms.ReadingSeconds)*second)
		command.Consent, shown = &consent, &evidence
	}
	changes, version := c.changes(), a.Terms.Version
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		if shown != nil && (r.Changes != changes || r.Version() != version) { // for another raise
			other := *shown
			other.Outdated = true
			return r.ChangeLimit(command.Limit, command.Reason != "whim", &other, at)
		}
		return r.ChangeLimit(command.Limit, command.Reason != "whim", shown, at)
	}}
}

// changes is how often the limit was changed.
func (c *customer) changes() int {
	if c.model == nil {
		return 0
	}
	return c.model.Changes
}

func (w *world) dueDay(_ *customer, a *credit.Account) act {
	command := credit.ChooseDueDay{Day: 1 + w.random.IntN(31)}
	if days := a.Terms.DueDays; len(days) > 0 && w.chance(900) {
		command.Day = pick(w, days...)
	}
	if a.DueDayBefore != 0 && w.chance(300) {
		command.Day = a.DueDayBefore
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.ChooseDueDay(command.Day) }}
}

func (w *world) deferral(c *customer, a *credit.Account) act {
	var open []int64
	for _, s := range a.Statements {
		open = append(open, s.Number)
	}
	command := credit.Defer{Statement: w.number(a, open)}
	most := 10
	if a.Terms.Deferral != nil {
		most = a.Terms.Deferral.MostDays
	}
	owed := money.Amount(0)
	for _, s := range a.Statements {
		if s.Number == command.Statement {
			command.Due = s.Due + calendar.Date(pick(w, 0, 1, 5, most, most, most+1))
			owed = a.Remaining(s.Number)
		}
	}
	token, quoted := "of another quote", false
	if quote, err := a.QuoteDeferral(command.Statement, command.Due, w.today(c)); err == nil {
		token, quoted = quote.Token, true
	}
	var evidence reference.Evidence
	command.Consent, evidence = w.consent(c, credit.DeferralDocument, a.Terms.Version, token, int64(a.Terms.ReadingSeconds)*second)
	version := a.Terms.Version
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		evidence := evidence
		evidence.Outdated = evidence.Outdated || !quoted || r.Version() != version || r.OwedOn(command.Statement) != owed // another sum was shown
		return r.Defer(command.Statement, command.Due, evidence, at)
	}}
}

func (w *world) conversion(c *customer, a *credit.Account) act {
	var open []int64
	for _, s := range a.Statements {
		open = append(open, s.Number)
	}
	command := credit.Convert{Statement: w.number(a, open), Plan: pick(w, "bill1", "bill1", "bill2", "next")}
	most, shown, day := money.Amount(0), "", w.today(c)
	if quote, err := a.QuoteConversion(command.Statement, "bill1", 0, day); err == nil {
		most = quote.Convertible
	}
	command.Amount = pick(w, 0, 0, most, most/2, 1, most+1, -1)
	token, quoted := "of another quote", false
	if quote, err := a.QuoteConversion(command.Statement, command.Plan, command.Amount, day); err == nil {
		token, quoted = quote.Token, true
		shown = fmt.Sprint(a.OwnTerms().DueDay)
		for _, s := range a.Statements {
			if s.Number == command.Statement {
				shown += fmt.Sprint(" ", s.Due)
			}
		}
		for _, l := range quote.Lines {
			shown += fmt.Sprintf(" %d/%d %d", l.Purchase, l.Instalment, l.Principal)
		}
	}
	var evidence reference.Evidence
	command.Consent, evidence = w.consent(c, credit.ConversionDocument, a.Terms.Version, token, int64(a.Terms.ReadingSeconds)*second)
	version := a.Terms.Version
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		evidence := evidence
		evidence.Outdated = evidence.Outdated || !quoted || r.Version() != version || at.Day != day || r.Convertible(command.Statement, command.Amount) != shown
		return r.Convert(command.Statement, command.Plan, command.Amount, evidence, at)
	}}
}

func (w *world) autopay(c *customer, a *credit.Account) act {
	if w.chance(150) {
		return act{credit.CancelAutopay{}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.CancelAutopay() }}
	}
	command := credit.SetAutopay{Source: pick(w, "card1", "card2", "card2", "")}
	text := a.AutopayText(command.Source)
	var evidence reference.Evidence
	command.Consent, evidence = w.consent(c, text.Name, text.Version, text.Hash, int64(a.Terms.ReadingSeconds)*second)
	version := a.Terms.Version
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		evidence := evidence
		evidence.Outdated = evidence.Outdated || r.Version() != version
		return r.SetAutopay(command.Source != "", evidence, at)
	}}
}

// debited is a payment service that tells what became of a debit: late, twice, or of
// none that there was.
func (w *world) debited(_ *customer, a *credit.Account) act {
	var debits []int64
	for _, d := range a.Debits {
		if d.Status == credit.PendingDebit || w.chance(200) {
			debits = append(debits, d.Number)
		}
	}
	n := w.number(a, debits)
	if w.chance(600) {
		return act{credit.SettleDebit{Debit: n}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Debited(n, true) }}
	}
	return act{credit.RefuseDebit{Debit: n, Reason: "no_funds"}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Debited(n, false) }}
}
