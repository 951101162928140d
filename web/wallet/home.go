package wallet

import (
	"errors"
	"net/http"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/web/page"
)

// homePage is what a customer sees first: one figure, one bill, one thing to do.
type homePage struct {
	Account client.Account
	Bill    *bill // the one to pay next; nil: nothing is billed
	Held    bool
	Unread  int64 // notices
}

// bill is a statement with how near its due date is.
type bill struct {
	client.Statement
	Days int // until it is due; negative: since
}

// Late is for how many days it is past due.
func (b *bill) Late() int { return max(0, -b.Days) }

func home(v *page.Visit, account client.Account) error {
	next, err := nextBill(v, account)
	if err != nil {
		return err
	}
	notices, err := v.API.ListNotices(v.Context(), v.Account, client.ListNoticesQuery{Limit: 1})
	if err != nil {
		return err
	}
	return v.Show("home", homePage{Account: account, Bill: next, Held: account.Held > 0, Unread: notices.Unread})
}

// of reads the account that a page is about. Who has none is told how to open one.
func of(show func(*page.Visit, client.Account) error) func(*page.Visit) error {
	return func(v *page.Visit) error {
		account, err := v.API.GetAccount(v.Context(), v.Account)
		if isMissing(err) {
			return v.Show("none", nil)
		}
		if err != nil {
			return err
		}
		return show(v, account)
	}
}

// nextBill is the oldest statement that is not paid.
func nextBill(v *page.Visit, account client.Account) (*bill, error) {
	if account.Billed == 0 {
		return nil, nil
	}
	list, err := v.API.ListStatements(v.Context(), account.ID, client.ListStatementsQuery{})
	if err != nil {
		return nil, err
	}
	var oldest *bill
	for i := range list.Data {
		if s := list.Data[i]; s.Remaining > 0 && (oldest == nil || s.DueOn < oldest.DueOn) {
			oldest = &bill{s, daysBetween(account.AsOf, s.DueOn)}
		}
	}
	return oldest, nil
}

func daysBetween(from, to calendar.Date) int { return int(to - from) }

// isMissing says that the API knows no such thing of this customer's.
func isMissing(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusNotFound
}

// missing is the page for addresses that lead nowhere.
func missing(*page.Visit) error {
	return &client.Problem{Status: http.StatusNotFound, Kind: client.NotFound}
}
