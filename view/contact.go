package view

import (
	"context"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// Contact (催收联系) is one with a customer about a debt.
type Contact struct {
	Account   credit.ID     `view:"key"`
	Number    int64         `view:"key"`
	Day       calendar.Date //
	Time      int64         //
	Position  int64         //
	Channel   string        //
	Purpose   string        //
	Effective bool          // somebody was reached
	Minute    int32         // of the local day
}

var (
	contactTable = describe[Contact]("contact")

	readContacts = contactTable.newest()
)

// Contacts lists when and how a customer was contacted about a debt.
func (t *Tables) Contacts(ctx context.Context, account credit.ID, p Page) ([]Contact, error) {
	return newest[Contact](ctx, t, readContacts, account, p)
}

func (c *changes) contacted(at place, e credit.ContactMade) {
	c.contacts = append(c.contacts, Contact{
		Account: at.account, Number: e.Number, Day: at.day, Time: at.time, Position: at.position,
		Channel: string(e.Channel), Purpose: string(e.Purpose), Effective: e.Effective, Minute: int32(e.Minute),
	})
}

// contacted checks that a contact was inside the hours and counts of the contract, with
// somebody who owed what it was about.
func (x *audited) contacted(day calendar.Date, e credit.ContactMade) *Violation {
	rule := x.state.Terms.Contact
	if rule.ADay == 0 {
		rule = credit.ContactTerms{QuietFrom: 22 * 60, QuietUntil: 8 * 60, ADay: 3}
	}
	quiet := e.Minute >= rule.QuietFrom && e.Minute < rule.QuietUntil
	if rule.QuietFrom > rule.QuietUntil {
		quiet = e.Minute >= rule.QuietFrom || e.Minute < rule.QuietUntil
	}
	if quiet || e.Minute < 0 || e.Minute >= 24*60 {
		return wrong(CheckContacts, "the customer was contacted in minute %d of the day, and is left alone from %d to %d", e.Minute, rule.QuietFrom, rule.QuietUntil)
	}
	if x.contacts.on != day {
		x.contacts.on, x.contacts.made = day, 0
	}
	if x.contacts.made >= rule.ADay {
		return wrong(CheckContacts, "the customer was contacted again after %d times on %s", x.contacts.made, day)
	}
	if e.Effective {
		x.contacts.made++
	}
	if x.state.Billed() == 0 && x.state.ChargedOffOwed() == 0 {
		return wrong(CheckContacts, "the customer was contacted about a debt, and has none")
	}
	return nil
}
