package credit_test

import (
	"strings"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// A check that never fired is no check: each violation is planted and found.
func TestCheckFindsWhatIsPlanted(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(a *credit.Account)
		want  string
	}{
		"a credit balance below nothing":       {func(a *credit.Account) { a.Statements, a.Credit = nil, -1 }, "credit balance is -1"},
		"a credit balance beside a bill":       {func(a *credit.Account) { a.Credit = 1 }, "credit balance is 1 with 1 statements unpaid"},
		"a hold of nothing":                    {func(a *credit.Account) { a.Holds[0].Amount = 0 }, "holds 0"},
		"a hold of less":                       {func(a *credit.Account) { a.Holds[0].Amount = -1 }, "holds -1"},
		"refunded below nothing":               {func(a *credit.Account) { a.Purchases[0].Refunded = -1 }, "refunded by -1"},
		"refunded more than captured":          {func(a *credit.Account) { a.Purchases[0].Refunded = 300_01 }, "refunded by 30001"},
		"a principal below nothing":            {func(a *credit.Account) { a.Purchases[0].Instalments[2].Principal = -1 }, "instalment 3 with a negative part"},
		"a fee below nothing":                  {func(a *credit.Account) { a.Purchases[0].Instalments[2].Fee = -1 }, "instalment 3 with a negative part"},
		"an interest below nothing":            {func(a *credit.Account) { a.Purchases[0].Instalments[2].Interest = -1 }, "instalment 3 with a negative part"},
		"owed more than captured":              {func(a *credit.Account) { a.Purchases[0].Instalments[2].Principal++ }, "owes 30001"},
		"owed although refunded":               {func(a *credit.Account) { a.Purchases[0].Refunded = 1 }, "refunded 1, owes 30000"},
		"on a statement that is not there":     {func(a *credit.Account) { a.Purchases[0].Instalments[0].Statement = 99 }, "not open"},
		"a penalty below nothing":              {func(a *credit.Account) { a.Statements[0].Penalty = -1 }, "penalty of -1"},
		"a penalty that was not charged":       {func(a *credit.Account) { a.Statements[0].Penalty = a.Statements[0].Charged + 1 }, "penalty of"},
		"overdue and not blocked":              {func(a *credit.Account) { a.Blocks = nil }, "overdue: true"},
		"blocked and not overdue":              {func(a *credit.Account) { a.Statements[0].Overdue = false }, "overdue: false"},
		"overdue and of a normal grade":        {func(a *credit.Account) { a.Grade = credit.Normal }, `grade is ""`},
		"a closure of an account that is open": {func(a *credit.Account) { a.Closure = &credit.Closure{} }, `"active"`},
		"closing without a closure":            {func(a *credit.Account) { a.Status = credit.Closing }, `"closing"`},
		"closed and owing":                     {func(a *credit.Account) { a.Status, a.Limit, a.Holds = credit.Closed, 0, nil }, "closed account owes 30940"},
		"closed with a hold":                   {func(a *credit.Account) { clear(a); a.Holds = []credit.Hold{{Number: 1, Amount: 1}} }, "1 holds"},
		"a limit below nothing":                {func(a *credit.Account) { a.Limit = -1 }, "limit is -1"},
		"a temporary limit of nothing":         {func(a *credit.Account) { a.Temporary = &credit.TemporaryLimit{LastDay: 1} }, "temporary"},
		"a temporary limit for ever":           {func(a *credit.Account) { a.Temporary = &credit.TemporaryLimit{Amount: 1} }, "temporary"},
		"a due day that replaces itself":       {func(a *credit.Account) { a.DueDay, a.DueDayBefore, a.DueDayChanges = 5, 5, []calendar.Date{1} }, "replace 5"},
		"a due day that nobody chose":          {func(a *credit.Account) { a.DueDay, a.DueDayBefore = 5, 6 }, "replace 6"},
		"spent less than nothing":              {func(a *credit.Account) { a.Spent = -1 }, "-1 were spent"},
		"a spending cap below nothing":         {func(a *credit.Account) { a.SpendingCap = &credit.SpendingCap{Amount: -1} }, "spending cap is -1"},
		"a raise that lowers": {func(a *credit.Account) {
			a.SpendingCap = &credit.SpendingCap{Amount: 5, Raise: &credit.CapRaise{Amount: 5, From: 1}}
		}, "spending cap is 5"},
		"a raise for never":             {func(a *credit.Account) { a.SpendingCap = &credit.SpendingCap{Raise: &credit.CapRaise{Amount: 5}} }, "spending cap is 0"},
		"closed with a temporary limit": {func(a *credit.Account) { clear(a); a.Temporary = &credit.TemporaryLimit{Amount: 2, LastDay: 1} }, "limit of 2"},
		"closed with a limit":           {func(a *credit.Account) { clear(a); a.Limit = 1 }, "limit of 1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t, "2026-02-20")
			s.buy(300_00, "flat3")
			s.to("2026-03-18").hold(5_00, "next")
			s.to("2026-03-19")
			if err := s.a.Check(); err != nil {
				t.Fatal(err)
			}
			c.plant(s.a)
			if err := s.a.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// clear makes a closed account of one.
func clear(a *credit.Account) {
	a.Status, a.Limit, a.Holds, a.Purchases, a.Statements, a.Blocks = credit.Closed, 0, nil, nil, nil, nil
	a.Grade = credit.Normal
}

func TestFigures(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(300_00, "flat3")
	s.buy(50_00, "next")
	s.to("2026-03-05").buy(20_00, "next")
	s.hold(5_00, "next")
	figures := func() [6]money.Amount {
		return [6]money.Amount{s.a.Held(), s.a.Outstanding(), s.a.Available(), s.a.Owed(), s.a.Billed(), s.a.OverdueAmount()}
	}
	equal(t, "billed", figures(), [6]money.Amount{5_00, 370_00, 10_000_00 - 375_00, 379_00, 153_00, 0})
	s.to("2026-03-19") // four days late: 60 fen of 150.00; the hold has expired
	equal(t, "overdue", figures(), [6]money.Amount{0, 370_00, 10_000_00 - 370_00, 379_60, 153_60, 153_60})
}
