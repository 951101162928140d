package reference

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Figures are everything of an account that can be compared, on a day.
type Figures struct {
	Status                            string
	Limit, Held, Principal, Available money.Amount
	Owed, Credit                      money.Amount
	Numbers                           int64
	Holds                             []Hold
	Bills                             []Bill
	Parts                             []Part // that ask for something
	Blocks                            []string
	Closing                           int64
	ReviewBy                          calendar.Date
	ReviewMissed                      bool
}

// Hold is an open hold.
type Hold struct {
	Number int64
	Amount money.Amount
	Last   calendar.Date
}

// Bill is an unpaid statement.
type Bill struct {
	Number    int64
	Date, Due calendar.Date
	Overdue   bool
	Bucket    int // 1 for M1, …
	Penalty   money.Amount
	Owed      money.Amount // with the penalty
}

// Figures adds everything up.
func (a *Account) Figures() Figures {
	f := Figures{
		Status: a.status, Limit: a.limit, Held: a.held(), Principal: a.principal(), Available: a.available(),
		Credit: a.credit, Numbers: a.numbers, Blocks: append([]string(nil), a.blocks...),
	}
	for _, h := range a.holds {
		f.Holds = append(f.Holds, Hold{h.n, h.amount, h.last})
	}
	for _, b := range a.bills {
		shown := Bill{Number: b.n, Date: b.date, Due: b.due, Overdue: b.overdue, Penalty: a.penalty(b), Owed: a.owedOn(b)}
		if b.overdue {
			for late := int(a.day - b.due); late > 0; late -= 30 {
				shown.Bucket++
			}
		}
		f.Owed += shown.Penalty
		f.Bills = append(f.Bills, shown)
	}
	for _, p := range a.purchases {
		for _, x := range p.parts {
			if x.asks() > 0 {
				f.Owed += x.asks()
				f.Parts = append(f.Parts, Part{
					Bill: x.bill, Purchase: p.n, K: x.k, On: x.on, Fee: x.fee, Interest: x.interest, Principal: x.principal, Others: x.others,
				})
			}
		}
	}
	if a.closing != nil {
		f.Closing, f.ReviewBy, f.ReviewMissed = a.closing.n, a.closing.by, a.closing.missed
	}
	return f
}
