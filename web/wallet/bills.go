package wallet

import (
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// billsPage lists all bills, the newest first.
type billsPage struct {
	Bills []client.Statement
	More  string // the cursor of older ones
}

func bills(v *page.Visit) error {
	list, err := v.API.ListStatements(v.Context(), v.Account, client.ListStatementsQuery{Cursor: v.R.URL.Query().Get("older"), Limit: 24})
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	return v.Show("bills", billsPage{Bills: list.Data, More: list.Next})
}

// thisBill leads to the bill to pay next, or to all of them.
func thisBill(v *page.Visit, account client.Account) error {
	next, err := nextBill(v, account)
	switch {
	case err != nil:
		return err
	case next == nil:
		return v.Go("/wallet/bills", "")
	}
	return v.Go("/wallet/bills/"+next.ID, "")
}

// billPage is one bill, each of its lines with why it is what it is.
type billPage struct {
	client.Statement
	Story client.BillStory
	Rules map[string]client.BillRule
	Days  int
}

// Open says that something of it is owed.
func (b billPage) Open() bool { return b.Remaining > 0 }

func oneBill(v *page.Visit) error {
	statement, err := v.API.GetStatement(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	clock, err := v.API.GetClock(v.Context())
	if err != nil {
		return err
	}
	story, err := v.API.ExplainStatement(v.Context(), v.Account, client.ExplainStatementQuery{Statement: statement.ID})
	if err != nil {
		return err
	}
	slices.SortStableFunc(story.Lines, func(a, b client.BillLineStory) int { return a.Instalment - b.Instalment })
	b := billPage{Statement: statement, Story: story, Rules: map[string]client.BillRule{}, Days: daysBetween(clock.BusinessDate, statement.DueOn)}
	for _, r := range story.Rules {
		b.Rules[r.ID] = r
	}
	return v.Show("bill", b)
}
