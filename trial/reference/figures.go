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
	Grade                             string
	Temporary                         money.Amount
	DueDay                            int
	Autopay                           int64
	Debits                            []Debit
	Disputes                          []Dispute
	GivenUp                           money.Amount // what is asked for and off the books, penalties apart
}

// Debit is money asked for.
type Debit struct {
	Number, Bill int64 // bill 0: the customer asked for it
	Amount       money.Amount
	Status       string
	Lapsed       bool
}

// Dispute is a contested amount.
type Dispute struct {
	Number, Purchase int64
	Amount, Unpaid   money.Amount
}

// Hold is an open hold.
type Hold struct {
	Number int64
	Amount money.Amount
	Last   calendar.Date
}

// Bill is an unpaid statement.
type Bill struct {
	Number     int64
	Date, Due  calendar.Date
	Overdue    bool
	Bucket     int // 1 for M1, …
	Penalty    money.Amount
	Fee        money.Amount
	Deferred   bool
	ChargedOff bool
	Owed       money.Amount // with the penalty
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
		shown := Bill{Number: b.n, Date: b.date, Due: b.due, Overdue: b.overdue, Bucket: b.bucket, ChargedOff: b.chargedOff, Penalty: a.penalty(b), Fee: b.fee, Deferred: b.deferred, Owed: a.owedOn(b)}
		f.Owed += shown.Penalty + b.fee
		f.Bills = append(f.Bills, shown)
	}
	for _, p := range a.purchases {
		for _, x := range p.parts {
			if x.asks() > 0 {
				f.Owed += x.asks()
				if p.chargedOff {
					f.GivenUp += x.asks()
				}
				f.Parts = append(f.Parts, Part{
					Bill: x.bill, Purchase: p.n, K: x.k, On: x.on, Fee: x.fee, Interest: x.interest, Principal: x.principal, Others: x.others,
				})
			}
		}
	}
	if a.terms != nil {
		f.DueDay, f.Grade = a.due(), a.grade()
	}
	if a.temporary != nil {
		f.Temporary = a.temporary.amount
	}
	if a.autopay != nil {
		f.Autopay = a.autopay.n
	}
	for _, d := range a.disputes {
		f.Disputes = append(f.Disputes, Dispute{d.n, d.purchase.n, d.amount, d.unpaid()})
	}
	for _, d := range a.debits {
		f.Debits = append(f.Debits, Debit{d.n, d.bill, d.amount, d.status, d.lapsed})
	}
	if a.closing != nil {
		f.Closing, f.ReviewBy, f.ReviewMissed = a.closing.n, a.closing.by, a.closing.missed
	}
	return f
}

// grade is how sound the debt is: by the bill that is latest.
func (a *Account) grade() string {
	late := 0
	for _, b := range a.bills {
		if b.overdue {
			late = max(late, int(a.day-b.due))
		}
	}
	past := a.terms.Grades
	if past == [3]int{} {
		past = [3]int{90, 270, 360}
	}
	switch {
	case a.givenUp():
		return "loss"
	case late == 0:
		return ""
	case late > past[2]:
		return "loss"
	case late > past[1]:
		return "doubtful"
	case late > past[0]:
		return "substandard"
	}
	return "special_mention"
}
