package servicing_test

import (
	"log/slog"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
)

// A server that has heard nothing for months reads an account which is further than
// its own business date. It has to find out first, or it would judge a state by a day
// on which there was no such state yet: here it would call a customer who is overdue
// not overdue, see that this can't be, and stop the account for good.
func TestAServerThatIsBehindFindsOutBeforeItDecides(t *testing.T) {
	o := openOffice(t)
	behind, err := servicing.Open(t.Context(), o.log, servicing.Options{Clock: o.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close()

	id := o.open("anna", 1_000_000)
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "hold", 10_000)); err != nil {
		t.Fatal(err)
	}
	if err := o.do(id, "buy", credit.Capture{Hold: 2, Amount: 10_000}); err != nil {
		t.Fatal(err)
	}
	if err := o.desk.Advance(t.Context(), start+120, func(calendar.Date) {}); err != nil {
		t.Fatal(err)
	}
	if o.look(id).Grade == credit.Normal {
		t.Fatal("anna is not overdue: the test shows nothing")
	}

	_, err = behind.Do(t.Context(), servicing.Request{
		Account: id, Platform: platform, Key: "pay", Command: credit.Repay{Amount: money.Amount(1), Currency: "CNY", Source: "s"},
	})
	if err != nil {
		t.Errorf("a repayment at the server that was behind: %v", err)
	}
	if stopped := behind.Figures().Stopped; stopped != 0 {
		t.Errorf("%d accounts are stopped", stopped)
	}
}
