package api

import (
	"context"
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/vault"
	"github.com/yuefu/yuefu/view"
)

// exportCustomer tells a customer all that is known of them (个人信息副本). Who asked,
// and that it was for this, is written down before a word is given out.
func exportCustomer(c *call) error {
	customer, err := c.customer()
	if err != nil {
		return err
	}
	known, person, err := c.server.vault.Read(background, c.caller.Platform, customer, c.caller.KeyID, vault.Export)
	nobody := errors.Is(err, vault.ErrNoPerson)
	if err != nil && !nobody {
		return err
	}
	var accounts []credit.ID
	if err := c.eachAccount(customer, func(a *credit.Account, _ credit.Moment) { accounts = append(accounts, a.ID) }); err != nil {
		return err
	}
	if nobody && len(accounts) == 0 {
		return missing("person")
	}
	at := c.server.desk.Today()
	o := out{b: make([]byte, 0, 16<<10)}
	o.begin()
	o.text("customer", customer)
	o.date("as_of", at.Day)
	if !nobody {
		o.object("person")
		o.text("id", known.ID)
		o.personMembers(person)
		o.instant("created_at", known.Created)
		o.instant("changed_at", known.Changed)
		o.date("erase_on", known.EraseOn)
		o.end()
	}
	if err := c.readings(&o, customer); err != nil {
		return err
	}
	o.list("accounts")
	for _, id := range accounts {
		if err := c.exportAccount(&o, id); err != nil {
			return err
		}
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	c.http.Response.Header.Set("Content-Disposition", `attachment; filename="yuefu-export.json"`)
	return nil
}

// readings writes who read the customer's personal data, and for what.
func (c *call) readings(o *out, customer string) error {
	o.list("readings")
	for after := int64(0); ; {
		some, err := c.server.vault.Readings(background, c.caller.Platform, customer, after)
		if err != nil {
			return err
		}
		for i := range some {
			r := &some[i]
			o.begin()
			o.instant("at", r.At)
			o.text("actor", r.Actor)
			o.text("purpose", string(r.Purpose))
			o.texts("fields", r.Fields)
			o.end()
			after = r.Number
		}
		if len(some) == 0 {
			o.endList()
			return nil
		}
	}
}

// exportAccount writes everything of one account.
func (c *call) exportAccount(o *out, id credit.ID) error {
	a := owned{id: id}
	var live out
	customer := ""
	position, err := c.look(id, func(l *credit.Account, at credit.Moment) {
		customer = l.Customer
		if l.Terms != nil {
			a.currency = l.Terms.Currency
			live.account(l, at)
		}
	})
	if err != nil {
		return err
	}
	s := c.server
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := s.tables.WaitFor(ctx, s.tables.PartitionOf(id), position); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	o.begin()
	o.id("id", id)
	if live.b != nil {
		o.raw("account", live.b)
	}
	for _, write := range []func() error{
		func() error { return c.exportSources(o, id) },
		func() error {
			return exportAll(o, "applications", a, s.tables.Applications, func(r *view.Application) int64 { return r.Number }, c.applicationRow(customer))
		},
		func() error {
			return exportAll(o, "authorisations", a, s.tables.Authorisations, func(r *view.Authorisation) int64 { return r.Number }, s.authorisationRow)
		},
		func() error {
			return exportAll(o, "purchases", a, s.tables.Purchases, func(r *view.Purchase) int64 { return r.Number }, s.purchaseRow)
		},
		func() error {
			return exportAll(o, "statements", a, s.tables.Statements, func(r *view.Statement) int64 { return r.Number }, s.statementRow)
		},
		func() error {
			return exportAll(o, "repayments", a, s.tables.Repayments, func(r *view.Repayment) int64 { return r.Number }, s.repaymentRow)
		},
		func() error {
			return exportAll(o, "refunds", a, s.tables.Refunds, func(r *view.Refund) int64 { return r.Number }, s.refundRow)
		},
		func() error {
			return exportAll(o, "disputes", a, s.tables.Disputes, func(r *view.Dispute) int64 { return r.Number }, s.disputeRow)
		},
		func() error {
			return exportAll(o, "debits", a, s.tables.Debits, func(r *view.Debit) int64 { return r.Number }, debitRow)
		},
		func() error {
			return exportAll(o, "contacts", a, s.tables.Contacts, func(r *view.Contact) int64 { return r.Number }, s.contactRow)
		},
		func() error {
			return exportAll(o, "closures", a, s.tables.Closures, func(r *view.Closure) int64 { return r.Number }, closureRow)
		},
		func() error { return c.exportNotices(o, a, position) },
		func() error { return c.exportEvents(o, id, customer) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	o.end()
	return nil
}

// exportNotices writes what the customer was told (消息), in the language that they chose.
func (c *call) exportNotices(o *out, a owned, position int64) error {
	if c.server.notices == nil {
		o.list("notices")
		o.endList()
		return nil
	}
	if err := c.wholeInbox(a.id, position); err != nil {
		return err
	}
	wishes, err := c.server.notices.Preferences(background, a.id)
	if err != nil {
		return err
	}
	return exportAll(o, "notices", a, c.server.notices.Inbox, func(n *notice.Told) int64 { return n.Number }, func(o *out, _ owned, n *notice.Told) error {
		return o.notice(n, wishes.Language)
	})
}

// exportAll writes all things of a kind, newest first.
func exportAll[R any](o *out, name string, a owned, read func(context.Context, credit.ID, view.Page) ([]R, error), number func(*R) int64, write func(*out, owned, *R) error) error {
	const some = 500
	o.list(name)
	for before := int64(0); ; {
		rows, err := read(background, a.id, view.Page{Before: before, Limit: some})
		if err != nil {
			return err
		}
		for i := range rows {
			if err := write(o, a, &rows[i]); err != nil {
				return err
			}
			before = number(&rows[i])
		}
		if len(rows) < some {
			o.endList()
			return nil
		}
	}
}

// exportSources writes from what the customer may be debited.
func (c *call) exportSources(o *out, id credit.ID) error {
	list, err := c.server.sources.List(background, string(id))
	if err != nil {
		return err
	}
	o.list("sources")
	for _, s := range list {
		o.begin()
		o.text("source", s.Name)
		o.text("label", s.Label)
		o.end()
	}
	o.endList()
	return nil
}

// applicationRow writes an application with what was agreed to (授权).
func (c *call) applicationRow(customer string) func(*out, owned, *view.Application) error {
	return func(o *out, a owned, r *view.Application) error {
		return c.writeApplication(o, a.id, customer, r)
	}
}

// exportEvents writes the account's whole history: each consent with its evidence is in it.
func (c *call) exportEvents(o *out, id credit.ID, customer string) error {
	const some = 500
	o.list("events")
	for from := int64(0); ; {
		entries, err := c.server.tables.History(background, id, from, some)
		if err != nil {
			return err
		}
		for i := range entries {
			from = entries[i].Position
			events, err := event.Of(&entries[i], customer)
			if err != nil {
				return err
			}
			for k := range events {
				o.comma()
				o.b = events[k].Append(o.b)
			}
		}
		if len(entries) < some {
			o.endList()
			return nil
		}
	}
}
