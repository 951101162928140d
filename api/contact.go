package api

import (
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// makeContact lets the lender's or the platform's people contact a customer about a
// debt, or says when they may again.
func makeContact(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.ContactRequest
	if err := c.read(&body); err != nil {
		return err
	}
	command := credit.MakeContact{
		Channel: credit.ContactChannel(body.Channel), Purpose: credit.ContactPurpose(body.Purpose), Party: string(body.Party),
		Effective: body.Effective, Offset: c.server.offset(),
	}
	return c.do(id, command, fasthttp.StatusCreated, func(o *out, a *credit.Account, events []credit.Event, at credit.Moment) {
		for _, e := range events {
			if e, ok := e.(credit.ContactMade); ok {
				o.begin()
				o.contactMembers(a.ID, e.Number, string(e.Channel), string(e.Purpose), e.Effective, at.Day, e.Minute)
				o.number("left_today", int64(a.ContactsLeft(at.Day)))
				o.end()
			}
		}
	})
}

// offset is by how many seconds local time is ahead of UTC now.
func (s *Server) offset() int {
	_, seconds := time.UnixMicro(s.desk.Today().Time).In(s.location).Zone()
	return seconds
}

func (o *out) contactMembers(account credit.ID, number int64, channel, purpose string, effective bool, day calendar.Date, minute int) {
	o.id("id", account.Part(credit.PrefixContact, number))
	o.id("account", account)
	o.text("channel", channel)
	o.text("purpose", purpose)
	o.bool("effective", effective)
	o.date("made_on", day)
	o.text("local_time", timeOfDay(minute))
}

func (s *Server) contactRow(o *out, _ owned, r *view.Contact) error {
	o.begin()
	o.contactMembers(r.Account, r.Number, r.Channel, r.Purpose, r.Effective, r.Day, int(r.Minute))
	o.end()
	return nil
}

func listContacts(c *call) error {
	return list(c, c.server.tables.Contacts, func(r *view.Contact) int64 { return r.Number }, c.server.contactRow)
}
