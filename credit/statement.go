package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Line is one instalment on a statement.
type Line struct {
	Purchase   int64        `json:"purchase"`
	Instalment int          `json:"k"`
	Principal  money.Amount `json:"principal"`
	Interest   money.Amount `json:"interest,omitzero"`
	Fee        money.Amount `json:"fee,omitzero"`
	Borne      []Borne      `json:"borne,omitempty"`
	ChargedOff bool         `json:"charged_off,omitzero"` // of a purchase that is off the books
}

// StatementIssued (出账) is the one bill of a cycle. Its total is the sum of its lines.
type StatementIssued struct {
	Number int64         `json:"n"`
	Date   calendar.Date `json:"date"`
	Due    calendar.Date `json:"due"`
	Total  money.Amount  `json:"total"`
	Lines  []Line        `json:"lines"`
}

// StatementPaid says that nothing is owed on a statement any more.
type StatementPaid struct {
	Statement int64 `json:"statement"`
}

func (StatementIssued) Name() string { return "statement.issued" }
func (StatementPaid) Name() string   { return "statement.paid" }

// issueStatement bills every instalment that falls on a date. Nothing to bill, no
// statement. A credit balance pays it at once.
func (a *Account) issueStatement(day calendar.Date, emit func(Event)) {
	var lines []Line
	total := money.Amount(0)
	for i := range a.Purchases {
		p := &a.Purchases[i]
		for _, in := range p.Instalments {
			if in.Statement == 0 && in.On <= day {
				lines = append(lines, Line{
					Purchase: p.Number, Instalment: in.Number,
					Principal: in.Principal, Interest: in.Interest, Fee: in.Fee, Borne: in.Borne, ChargedOff: p.ChargedOff,
				})
				total += in.owed()
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	n := a.number()
	emit(StatementIssued{Number: n, Date: day, Due: calendar.NextOnDay(day, a.dueDay()), Total: total, Lines: lines})
	a.useCredit(day, emit)
}

func (e StatementIssued) apply(a *Account, _ calendar.Date) {
	a.numbered(e.Number)
	a.DueDayBefore = 0 // from now on the chosen one is the due day
	s := Statement{Number: e.Number, Date: e.Date, Due: e.Due, Accrued: e.Due}
	s.ChargedOff = !slices.ContainsFunc(e.Lines, func(l Line) bool { return !l.ChargedOff })
	for _, line := range e.Lines {
		p := a.purchase(line.Purchase)
		s.weigh(line, p.Funding)
		for i := range p.Instalments {
			if p.Instalments[i].Number == line.Instalment {
				p.Instalments[i].Statement = e.Number
				p.Instalments[i].Borne = nil // earned with the bill
			}
		}
	}
	a.Statements = append(a.Statements, s)
	a.firstDueFirst()
}

func (e StatementPaid) apply(*Account, calendar.Date) {}
