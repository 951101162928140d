// Package explain tells a bill as a story: for each line the events that it comes
// from, what each did to it, the rule by which, and where that rule stands. It
// knows an account's history and how to say things in both languages; it refuses to
// decide anything: amounts are those of the events.
package explain

import (
	"errors"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Fact is an entry of the account's history with its position in the log.
type Fact struct {
	credit.Fact
	Position int64
}

// Bill is a statement and everything that it comes from.
type Bill struct {
	Statement int64
	Date, Due calendar.Date
	Currency  money.Currency
	Total     money.Amount // of its lines, as issued
	Remaining money.Amount // what is owed on it now, with penalty and fees
	Lines     []Line
	Own       []Step // what happened to the statement itself: deferred, overdue, penalty, paid
	Rules     []Rule // those that the steps name, in the order of their first use
}

// Line is one instalment on the bill.
type Line struct {
	Purchase   int64
	Instalment int
	Periods    int // of the plan
	Merchant   string
	Principal  money.Amount // as billed
	Interest   money.Amount
	Fee        money.Amount
	Steps      []Step
}

// Step is one event of the story and what it did.
type Step struct {
	Position int64  // of its entry in the log
	Number   int    // its place in the entry, from 1
	Event    string // empty for what has grown since the last one
	On       calendar.Date
	Amount   money.Amount // signed: what it added to what is owed; 0 where it moved nothing
	Text     Text
	Rule     string // the id of a Rule
}

// Text says something in both languages.
type Text struct{ ZH, EN string }

// ErrNoStatement says that the account never had such a statement.
var ErrNoStatement = errors.New("explain: there is no such statement")

// lineKey names an instalment of a purchase.
type lineKey struct {
	purchase   int64
	instalment int
}

// teller walks through a history once, with the account as it was at each event.
type teller struct {
	account   *credit.Account
	statement int64
	bill      Bill
	steps     map[lineKey][]Step // of every instalment, whether it is on the bill or not
	plans     map[lineKey]credit.Plan
	bought    map[int64]purchase
	held      map[int64]Step // by hold: how the order was agreed to
	rules     *rulebook
	fact      Fact
	number    int
}

type purchase struct {
	merchant string
	amount   money.Amount
	plan     credit.Plan
}

// Tell tells a statement of an account, as it stands on a day. history is all that
// happened to the account, oldest first.
func Tell(id credit.ID, history []Fact, statement int64, today calendar.Date) (Bill, error) {
	t := &teller{
		account: &credit.Account{ID: id}, statement: statement, bill: Bill{Statement: statement},
		steps: map[lineKey][]Step{}, plans: map[lineKey]credit.Plan{}, bought: map[int64]purchase{}, held: map[int64]Step{},
	}
	for _, f := range history {
		t.fact = f
		for i, e := range f.Events {
			t.number = i + 1
			if opened, ok := e.(credit.AccountOpened); ok {
				t.rules = newRulebook(opened.Terms)
			}
			if t.rules != nil {
				t.event(e)
			}
			t.account.Apply(e, f.At.Day)
		}
	}
	if t.bill.Date == 0 {
		return Bill{}, ErrNoStatement
	}
	for i := range t.bill.Lines {
		l := &t.bill.Lines[i]
		l.Steps = t.steps[lineKey{l.Purchase, l.Instalment}]
	}
	// What is owed now, by the instalments and the statement itself. Penalty grows every day, and is charged when somebody acts.
	shown := t.account.AsOf(today)
	for i := range shown.Statements {
		s := &shown.Statements[i]
		if s.Number != statement {
			continue
		}
		t.bill.Due = s.Due
		t.bill.Remaining = s.Penalty + s.Fee
		if grown := s.Penalty - t.account.Statements[i].Penalty; grown > 0 {
			t.rules.use(rulePenalty)
			t.own(Step{On: today, Amount: grown, Rule: rulePenalty, Text: say("截至今日新增、尚未入账的罚息 %[1]s", "%[1]s of penalty have grown until today and are not charged yet", t.yuan(grown))})
		}
	}
	for i := range shown.Purchases {
		for _, in := range shown.Purchases[i].Instalments {
			if in.Statement == statement {
				t.bill.Remaining += in.Principal + in.Interest + in.Fee
			}
		}
	}
	t.bill.Rules = t.rules.used
	return t.bill, nil
}

// step makes a step of the event that is being told.
func (t *teller) step(e credit.Event, rule string, amount money.Amount, text Text) Step {
	t.rules.use(rule)
	return Step{Position: t.fact.Position, Number: t.number, Event: e.Name(), On: t.fact.At.Day, Amount: amount, Text: text, Rule: rule}
}

// on adds a step to an instalment's story.
func (t *teller) on(purchase int64, instalment int, s Step) {
	key := lineKey{purchase, instalment}
	t.steps[key] = append(t.steps[key], s)
}

// own adds a step to the bill's own story.
func (t *teller) own(s Step) { t.bill.Own = append(t.bill.Own, s) }

// yuan writes an amount in the major unit of the account's currency.
func (t *teller) yuan(a money.Amount) string {
	c := t.account.Terms.Currency
	return a.Format(c) + " " + string(c)
}
