package credit_test

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// debited is a debit as its events tell it.
type debited struct {
	purpose   credit.DebitPurpose
	statement int64
	amount    money.Amount
	status    credit.DebitStatus
}

func (l *life) autopay(t *rapid.T) {
	c := l.story.autopay(rapid.SampledFrom([]string{"tok_a", "tok_b"}).Draw(t, "source"))
	l.do(c)
}

// debit tells a result, mostly of a debit that waits for one.
func (l *life) debit(t *rapid.T) {
	var waiting []int64
	for _, d := range l.story.a.Debits {
		if d.Status == credit.PendingDebit {
			waiting = append(waiting, d.Number)
		}
	}
	n := l.some(t, waiting)
	known, asked := l.debits[n]
	settle := rapid.Bool().Draw(t, "settled")
	command, says := credit.Command(credit.SettleDebit{Debit: n}), credit.SettledDebit
	if !settle {
		command, says = credit.RefuseDebit{Debit: n, Reason: "funds"}, credit.RefusedDebit
	}
	events, err := l.do(command)
	switch {
	case asked && known.status == credit.PendingDebit:
		if err != nil || l.debits[n].status != says {
			t.Fatalf("the result of debit %d: %v, %v", n, l.debits[n], err)
		}
		if settle {
			same(t, "what was debited", brought(t, events), known.amount)
		}
	case len(events) > 0:
		t.Fatalf("the result of %d, which is %+v, was taken once more: %s", n, known, names(events))
	case err == nil && known.status != says:
		t.Fatalf("debit %d was %s, and is now told to be %s", n, known.status, says)
	}
}

// requested wants a debit to be of exactly what the statement asks for, of an unpaid
// one only, from the source that the customer named, and no second one on its way.
func (l *life) requested(e credit.DebitRequested) {
	for n, d := range l.debits {
		if d.statement == e.Statement && e.Statement != 0 && d.status == credit.PendingDebit {
			l.t.Fatalf("debit %d of statement %d while %d is on its way", e.Number, e.Statement, n)
		}
	}
	source := l.source
	if e.Purpose != credit.StatementDebit {
		source = "tok_now"
	}
	if source == "" || source != e.Source || e.Amount <= 0 {
		l.t.Fatalf("debited %d from %q, and the customer named %q", e.Amount, e.Source, source)
	}
	if left := l.notOnItsWay(e.Purpose == credit.EarlyDebit); e.Amount > left {
		l.t.Fatalf("debit %d is of %d, and only %d are owed and not on their way: %+v", e.Number, e.Amount, left, l.debits)
	}
	l.debits[e.Number] = debited{e.Purpose, e.Statement, e.Amount, credit.PendingDebit}
}

func (l *life) decided(n int64, status credit.DebitStatus) {
	d := l.debits[n]
	same(l.t, fmt.Sprintf("debit %d before its result", n), d.status, credit.PendingDebit)
	d.status = status
	l.debits[n] = d
}

// checkDebits: what is pending in the account is what events say, and on the day
// itself each unpaid statement that is to be debited has been. What the books gave up
// is left to people.
func (l *life) checkDebits() {
	pending, asked := map[int64]bool{}, 0
	for _, d := range l.story.a.Debits {
		same(l.t, fmt.Sprintf("debit %d", d.Number), debited{d.Purpose, d.Statement, d.Amount, d.Status}, l.debits[d.Number])
		pending[d.Statement] = pending[d.Statement] || d.Status == credit.PendingDebit
		if d.Status == credit.PendingDebit && d.Purpose != credit.StatementDebit {
			asked++
		}
	}
	if asked > 3 {
		l.t.Fatalf("%d debits that the customer asked for are on their way", asked)
	}
	for n, d := range l.debits {
		if d.status == credit.PendingDebit && !pending[d.statement] {
			l.t.Fatalf("debit %d of statement %d is forgotten", n, d.statement)
		}
	}
	a := l.story.a
	if (a.Autopay != nil) != (l.source != "") {
		l.t.Fatalf("the instruction is %+v, and events say %q", a.Autopay, l.source)
	}
	for _, s := range a.Statements {
		if today := l.story.day; a.Autopay != nil && !l.off[s.Number] && s.Due == today && a.Autopay.Since < today && !pending[s.Number] && s.Debited != calendar.Date(today) {
			l.t.Fatalf("statement %d is due today and was not debited", s.Number)
		}
	}
}
