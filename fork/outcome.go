package fork

import (
	"cmp"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// ending is what a told history comes to.
type ending struct {
	totals  Totals
	classes map[ledger.Class]money.Amount
	bills   map[calendar.Date]Charged // by the statement's date
}

// outcome adds up what happened from a place in a history on, and how it ends.
func outcome(r credit.Retold, from int, until calendar.Date) ending {
	e := ending{classes: map[ledger.Class]money.Amount{}, bills: map[calendar.Date]Charged{}}
	dates := map[int64]calendar.Date{}
	for i, f := range r.Facts {
		for _, event := range f.Events {
			if issued, ok := event.(credit.StatementIssued); ok {
				dates[issued.Number] = issued.Date
			}
			e.add(event, dates, i >= from)
			if i < from {
				continue
			}
			for _, t := range ledger.Post(r.Account.ID, event) {
				e.classes[t.Debit.Class] += t.Amount
				e.classes[t.Credit.Class] -= t.Amount
			}
		}
	}
	// A penalty grows every day and is posted when somebody looks: both pasts are looked at today.
	a := r.Account.AsOf(until)
	for i := range a.Statements {
		s := &a.Statements[i]
		grown := s.Charged - r.Account.Statements[i].Charged
		bill := e.bills[s.Date]
		bill.Penalty += grown
		e.bills[s.Date] = bill
		e.totals.Penalty += grown
	}
	e.totals.Owed, e.totals.Overdue, e.totals.CreditBalance = a.Owed(), a.OverdueAmount(), a.Credit
	if e.totals.Overdue > 0 {
		e.totals.OverdueAccounts = 1
	}
	return e
}

// add counts an event; of what happened before the place only bills are told.
func (e *ending) add(event credit.Event, dates map[int64]calendar.Date, counts bool) {
	switch event := event.(type) {
	case credit.StatementIssued:
		bill := Charged{Due: event.Due, Total: event.Total}
		for _, line := range event.Lines {
			bill.Interest += line.Interest
			bill.Fee += line.Fee
		}
		e.bills[event.Date] = bill
		if !counts {
			return
		}
		e.totals.Bills++
		e.totals.Billed += event.Total
		e.totals.Interest += bill.Interest
		e.totals.Fees += bill.Fee
	case credit.PenaltyCharged:
		bill := e.bills[dates[event.Statement]]
		bill.Penalty += event.Amount
		e.bills[dates[event.Statement]] = bill
		if counts {
			e.totals.Penalty += event.Amount
		}
	case credit.RepaymentReceived:
		if counts {
			e.totals.Paid += event.Amount - event.Credit
		}
	case credit.EarlyRepaymentReceived:
		if counts {
			e.totals.Paid += event.Amount + event.FromCredit
		}
	case credit.CreditUsed:
		if counts {
			e.totals.Paid += event.Amount
		}
	}
}

func (t *Totals) add(o Totals) {
	t.Bills += o.Bills
	t.Billed += o.Billed
	t.Interest += o.Interest
	t.Fees += o.Fees
	t.Penalty += o.Penalty
	t.Paid += o.Paid
	t.Owed += o.Owed
	t.Overdue += o.Overdue
	t.CreditBalance += o.CreditBalance
	t.OverdueAccounts += o.OverdueAccounts
}

// bills lists the statements that are not the same in both pasts.
func bills(was, is map[calendar.Date]Charged) (list []Bill) {
	all := maps.Clone(was)
	maps.Copy(all, is)
	for date := range all {
		if was[date] != is[date] {
			list = append(list, Bill{Date: date, Was: was[date], Is: is[date]})
		}
	}
	slices.SortFunc(list, func(a, b Bill) int { return cmp.Compare(a.Date, b.Date) })
	return list
}
