package notice

import (
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Figures (数字) are the amounts and dates of a notice: the log's own, or those of the
// live account. Texts are made of nothing else.
type Figures struct {
	Currency  money.Currency `json:"currency,omitzero"`
	Amount    money.Amount   `json:"amount,omitzero"`    // what it is about
	Total     money.Amount   `json:"total,omitzero"`     // of the bill
	Remaining money.Amount   `json:"remaining,omitzero"` // still to pay
	Penalty   money.Amount   `json:"penalty,omitzero"`
	Fee       money.Amount   `json:"fee,omitzero"`
	Credit    money.Amount   `json:"credit,omitzero"` // of a refund, what had been paid
	Limit     money.Amount   `json:"limit,omitzero"`
	Before    money.Amount   `json:"before,omitzero"` // the limit before

	On        calendar.Date `json:"on,omitzero"`
	Billed    calendar.Date `json:"billed,omitzero"` // the bill's own date
	Due       calendar.Date `json:"due,omitzero"`
	DueBefore calendar.Date `json:"due_before,omitzero"`
	Until     calendar.Date `json:"until,omitzero"`
	From      calendar.Date `json:"from,omitzero"`
	Days      int           `json:"days,omitzero"` // to the due date

	PenaltyRate credit.Rate           `json:"penalty_rate,omitzero"` // a year of 360 days
	Autopay     bool                  `json:"autopay,omitzero"`      // it will be debited
	Bureau      bool                  `json:"bureau,omitzero"`       // the lender reports to one
	Blocked     bool                  `json:"blocked,omitzero"`      // the account has another block
	Closed      bool                  `json:"closed,omitzero"`       // the account was closed before
	Deregister  bool                  `json:"deregister,omitzero"`
	Block       credit.BlockKind      `json:"block,omitzero"`
	Outcome     credit.DisputeOutcome `json:"outcome,omitzero"`
}

// printed are figures as a text shows them. What is zero is empty, so that a template can ask.
type printed struct {
	Amount, Total, Remaining, Penalty, Fee, Credit, Limit, LimitBefore string

	On, OnShort, Month, Due, DueShort, DueBefore, Until, UntilShort, From string

	PenaltyRate    string // a day
	Days           int
	Raised         bool
	Autopay        bool
	Bureau         bool
	Blocked        bool
	Closed         bool
	Deregister     bool
	Block, Outcome string
}

func (f *Figures) print(l Language) printed {
	p := printed{
		Amount: l.money(f.Amount, f.Currency), Total: l.money(f.Total, f.Currency), Remaining: l.money(f.Remaining, f.Currency),
		Penalty: l.money(f.Penalty, f.Currency), Fee: l.money(f.Fee, f.Currency), Credit: l.money(f.Credit, f.Currency),
		Limit: l.money(f.Limit, f.Currency), LimitBefore: l.money(f.Before, f.Currency),
		On: l.date(f.On), OnShort: l.short(f.On), Month: l.month(f.Billed), Due: l.date(f.Due), DueShort: l.short(f.Due), DueBefore: l.date(f.DueBefore),
		Until: l.date(f.Until), UntilShort: l.short(f.Until), From: l.date(f.From),
		Days: f.Days, Raised: f.Limit > f.Before, Autopay: f.Autopay, Bureau: f.Bureau, Blocked: f.Blocked, Closed: f.Closed, Deregister: f.Deregister,
		Block: string(f.Block), Outcome: string(f.Outcome),
	}
	if f.PenaltyRate > 0 {
		p.PenaltyRate = (f.PenaltyRate / 360).String()
	}
	// A limit of nothing is an amount to be told.
	if zero := l.printMoney(0, f.Currency); f.Limit != f.Before {
		if f.Limit == 0 {
			p.Limit = zero
		}
		if f.Before == 0 {
			p.LimitBefore = zero
		}
	}
	return p
}

// money prints an amount that there is.
func (l Language) money(a money.Amount, c money.Currency) string {
	if a == 0 {
		return ""
	}
	return l.printMoney(a, c)
}

func (l Language) printMoney(a money.Amount, c money.Currency) string {
	text := a.Format(c)
	whole, part, _ := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	number := sign + b.String()
	if part != "" {
		number += "." + part
	}
	switch {
	case l == Chinese && c == "CNY":
		return number + "元"
	case l == Chinese:
		return number + " " + string(c)
	}
	return string(c) + " " + number
}
