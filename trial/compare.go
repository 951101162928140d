package trial

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/trial/reference"
)

func (w *world) reread(e eventlog.Entry) *happened {
	events, err := wire.DecodeEvents(e.Events)
	if err != nil {
		w.fail("entry %d/%d: %v", e.Partition, e.Position, err)
	}
	return &happened{e, events}
}

// compareAnswer gives the act to the reference model and compares.
func (w *world) compareAnswer(c *customer, a act, at reference.Moment, told reference.Answer) {
	if c.model == nil {
		return
	}
	if a.model == nil {
		if told.Refused == "" {
			c.model = nil
			w.note("left the model")
		}
		return
	}
	c.model.Live(at.Day)
	if told.Refused == "not_reversible" && c.model.Unsure(a.command.(credit.ReverseRepayment).Repayment) {
		return // the model does without books and disputes
	}
	want := c.model.Do(a.command.Name(), at, a.model)
	if want.Refused == reference.Beyond {
		c.model = nil
		w.note("left the model")
		return
	}
	if a.command.Name() == reference.Bounced && want.Refused == "" {
		w.note("bounce told twice")
	}
	if !reflect.DeepEqual(told, want) {
		if reversal, ok := a.command.(credit.ReverseRepayment); ok {
			reversal.History = nil // nobody reads so much
			a.command = reversal
		}
		w.fail("%s of %s on %s %+v:\n  the product says   %s\n  the reference says %s", a.command.Name(), c.name, at.Day, a.command, show(told), show(want))
		return
	}
	if want.Refused == "" {
		c.model.Rest()
	}
	if !w.ahead {
		w.compare(c, w.auditors[w.partition(c.id)].Account(c.id), at.Day)
	}
}

func show(v any) string { return strings.ReplaceAll(fmt.Sprintf("%+v", v), "reference.", "") }

// compare holds an account's state against the model's figures.
func (w *world) compare(c *customer, a *credit.Account, day calendar.Date) {
	if a == nil {
		return
	}
	is, should := figures(a.AsOf(day)), c.model.Figures()
	if !reflect.DeepEqual(is, should) {
		w.fail("%s on %s:\n  the product has   %s\n  the reference has %s", c.name, day, show(is), show(should))
	}
}

// compareState holds what a desk has in memory against what the log folds to.
func (w *world) compareState(c *customer, desk *servicing.Desk) {
	folded := w.auditors[w.partition(c.id)].Account(c.id)
	if folded == nil || w.failure != nil || w.dead {
		return
	}
	calm := w.calm
	w.calm = true
	defer func() { w.calm = calm }()
	var live []byte
	err := desk.Look(background, c.id, platform, func(a *credit.Account, _ credit.Moment, _ int64) {
		if due := folded.NextDue(); due == a.NextDue() {
			live, _ = wire.EncodeState(a)
		}
	})
	w.idle(desk)
	var refusal *credit.Error
	if err != nil && !errors.As(err, &refusal) {
		w.fail("a look at %s: %v", c.name, err)
	}
	if live == nil {
		return // the look has closed missed days, which stand in no entry yet
	}
	if want, _ := wire.EncodeState(folded); !bytes.Equal(live, want) {
		w.fail("%s in memory\n%s\nby the log\n%s", c.name, live, want)
	}
}

// figures are an account's, in the reference model's words.
func figures(a *credit.Account) reference.Figures {
	f := reference.Figures{
		Status: string(a.Status), Limit: a.Limit, Held: a.Held(), Principal: a.Outstanding(), Available: a.Available(),
		Owed: a.Owed(), Credit: a.Credit, Numbers: a.Numbers,
	}
	for _, h := range a.Holds {
		f.Holds = append(f.Holds, reference.Hold{Number: h.Number, Amount: h.Amount, Last: h.LastDay})
	}
	for _, s := range a.Statements {
		bill := reference.Bill{Number: s.Number, Date: s.Date, Due: s.Due, Overdue: s.Overdue, Bucket: s.Bucket, Penalty: s.Penalty, Fee: s.Fee, Deferred: s.Deferred != 0, ChargedOff: s.ChargedOff, Owed: s.Penalty + s.Fee}
		for _, p := range a.Purchases {
			for _, in := range p.Instalments {
				if in.Statement == s.Number {
					bill.Owed += in.Principal + in.Interest + in.Fee
				}
			}
		}
		f.Bills = append(f.Bills, bill)
	}
	for _, p := range a.Purchases {
		for _, in := range p.Instalments {
			if p.ChargedOff {
				f.GivenUp += in.Principal + in.Interest + in.Fee
			}
			f.Parts = append(f.Parts, reference.Part{
				Bill: in.Statement, Purchase: p.Number, K: in.Number, On: in.On, Fee: in.Fee, Interest: in.Interest, Principal: in.Principal, Others: others(in.Borne),
			})
		}
	}
	for _, b := range a.Blocks {
		f.Blocks = append(f.Blocks, string(b.Kind))
	}
	if a.Terms != nil {
		f.DueDay, f.Grade = a.OwnTerms().DueDay, string(a.Grade)
	}
	if a.Temporary != nil {
		f.Temporary = a.Temporary.Amount
	}
	if a.Autopay != nil {
		f.Autopay = a.Autopay.Number
	}
	for _, d := range a.Disputes {
		contested := reference.Dispute{Number: d.Number, Purchase: d.Purchase, Amount: d.Amount}
		for _, part := range d.Parts {
			contested.Unpaid += part.Principal
		}
		f.Disputes = append(f.Disputes, contested)
	}
	for _, d := range a.Debits {
		f.Debits = append(f.Debits, reference.Debit{Number: d.Number, Bill: d.Statement, Amount: d.Amount, Status: string(d.Status), Lapsed: d.Lapsed})
	}
	if a.Closure != nil {
		f.Closing, f.ReviewBy, f.ReviewMissed = a.Closure.Number, a.Closure.ReviewBy, a.Closure.Breached
	}
	return f
}

func others(borne []credit.Borne) (sum money.Amount) {
	for _, b := range borne {
		sum += b.Amount
	}
	return sum
}

func refused(e *credit.Error) reference.Answer {
	answer := reference.Answer{Refused: string(e.Kind)}
	for _, u := range e.Unmet {
		answer.Unmet = append(answer.Unmet, reference.Unmet{Condition: u.Condition, Amount: u.Amount})
	}
	return answer
}

// tellEvents says what events come to, in the reference model's words.
func tellEvents(events []credit.Event) (t reference.Answer) {
	for _, event := range events {
		switch e := event.(type) {
		case credit.ApplicationReceived:
			t.Number = e.Number
		case credit.AccountOpened:
			t.Amount = e.Limit
		case credit.ApplicationRefused:
			t.Until = e.Until
		case credit.ApplicationReferred:
			t.Until = e.ExpectedBy
		case credit.ApplicationAppealed:
			t.Until = e.ExpectedBy
		case credit.Authorised:
			t.Number, t.Amount, t.Until = e.Number, e.Amount, e.LastDay
		case credit.Declined:
			t.Number, t.Amount = e.Number, e.Amount
			for _, r := range e.Reasons {
				t.Declined = append(t.Declined, string(r))
			}
		case credit.PurchaseCaptured:
			t.Number, t.Amount, t.Credit = e.Number, e.Amount, e.Released
			for i, p := range e.Parts {
				t.Parts = append(t.Parts, reference.Part{K: i + 1, On: p.On, Principal: p.Principal, Interest: p.Interest, Fee: p.Fee, Others: others(p.Borne)})
			}
		case credit.HoldVoided:
			t.Amount = e.Amount
		case credit.PurchaseRefunded:
			t.Number, t.Amount, t.Credit = e.Number, e.Amount, e.Credit
			for _, c := range e.Cuts {
				t.Parts = append(t.Parts, reference.Part{Bill: c.Statement, K: c.Instalment, Principal: c.Principal, Interest: c.Interest, Fee: c.Fee, Others: others(c.Borne)})
			}
		case credit.DisputeOpened:
			t.Number, t.Amount, t.Credit = e.Number, e.Amount, e.Paid
			for _, p := range e.Parts {
				t.Parts = append(t.Parts, reference.Part{
					Bill: p.Statement, K: p.Number, On: p.On, Principal: p.Principal, Interest: p.Interest, Fee: p.Fee, Others: others(p.Borne),
				})
			}
		case credit.RepaymentReceived:
			t.Number, t.Amount, t.Credit = e.Number, e.Amount, e.Credit
			t.Parts = tellShares(e.Shares)
		case credit.EarlyRepaymentReceived:
			t.Number, t.Amount, t.Credit = e.Number, e.Amount, e.FromCredit
			t.Parts = tellShares(e.Shares)
		case credit.RepaymentReversed:
			t.Number, t.Amount = e.Number, e.Amount
		case credit.CreditUsed:
			t.Used = tellShares(e.Shares)
		case credit.CreditReturned:
			t.Number, t.Amount = e.Number, e.Amount
		case credit.AgreementRenewed:
			t.Number = e.Number
		case credit.LimitChanged:
			t.Amount = e.Limit
		case credit.TemporaryLimitGranted:
			t.Amount, t.Until = e.Amount, e.LastDay
		case credit.TemporaryLimitWithdrawn:
			t.Amount = e.Amount
		case credit.StatementConverted:
			t.Number, t.Amount = e.Number, e.Amount
			for _, c := range e.Purchases {
				for i, p := range c.Parts {
					t.Parts = append(t.Parts, reference.Part{
						Purchase: c.Purchase, K: c.First + i, On: p.On, Principal: p.Principal, Interest: p.Interest, Fee: p.Fee, Others: others(p.Borne),
					})
				}
			}
		case credit.StatementDeferred:
			t.Amount, t.Until = e.Fee, e.Due
		case credit.AutopayInstructed:
			t.Number = e.Number
		case credit.DebitRequested:
			t.Number, t.Amount = e.Number, e.Amount
		case credit.AccountDeregistered:
			t.Until = e.ApplyFrom
		case credit.ClosureRequested:
			t.Number, t.Until = e.Number, e.ReviewBy
		}
	}
	return t
}

func tellShares(shares []credit.Share) (parts []reference.Part) {
	for _, s := range shares {
		parts = append(parts, reference.Part{
			Bill: s.Statement, Purchase: s.Purchase, K: s.Instalment, Penalty: s.Penalty, Fee: s.Fee, Interest: s.Interest, Principal: s.Principal,
		})
	}
	return parts
}
