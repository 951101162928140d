package api

import (
	"context"
	"slices"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// listAccounts lists a platform's accounts. What this server answered for before is in the list.
func listAccounts(c *call) error {
	f, customer, err := c.accountFilter()
	if err != nil {
		return err
	}
	asked := f.Limit
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := c.server.seen.wait(ctx, c.server.tables); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	var rows []view.Account
	if customer != "" {
		rows, err = c.accountsOf(customer, f)
	} else {
		rows, err = c.accounts(f)
	}
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range rows[:min(len(rows), asked)] {
		o.accountRow(&rows[i])
	}
	o.endList()
	if len(rows) > asked {
		o.id("next", rows[asked-1].ID)
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (c *call) accountFilter() (f view.Filter, customer string, err error) {
	f.Platform = c.caller.Platform
	if customer, err = c.queryText("customer", 128); err != nil {
		return f, "", err
	}
	if f.Programme, err = c.queryText("programme", 64); err != nil {
		return f, "", err
	}
	if f.Status, err = c.queryText("status", 64); err != nil {
		return f, "", err
	}
	if all := []credit.Status{"", credit.Active, credit.Closing, credit.Closed, credit.Deregistered}; !slices.Contains(all, credit.Status(f.Status)) {
		return f, "", parameterProblem(kindInvalidParameter, "status", "has to be active, closing, closed or deregistered")
	}
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return f, "", err
	}
	f.Limit = int(limit)
	after, err := c.queryText("cursor", 64)
	if err != nil || after != "" && !credit.ID(after).Valid() {
		return f, "", parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
	}
	f.After = credit.ID(after)
	return f, customer, nil
}

// accounts reads one more than asked for, to know whether there are more. Who
// applied and was never let in has a row, but no account.
func (c *call) accounts(f view.Filter) (opened []view.Account, err error) {
	wanted := f.Limit + 1
	f.Limit = wanted
	for len(opened) < wanted {
		rows, err := c.server.tables.Accounts(background, f)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if rows[i].Status != view.Unopened {
				opened = append(opened, rows[i])
			}
		}
		if len(rows) < wanted {
			break
		}
		f.After = rows[len(rows)-1].ID
	}
	return opened[:min(len(opened), wanted)], nil
}

// accountsOf finds a customer's accounts by their ids, which follow from customer and programme.
func (c *call) accountsOf(customer string, f view.Filter) (found []view.Account, err error) {
	for _, v := range c.server.catalogue.Programmes(background, c.caller.Platform) {
		if f.Programme != "" && f.Programme != v.Programme {
			continue
		}
		row, err := c.server.tables.Account(background, credit.AccountID(c.caller.Platform, v.Programme, customer))
		switch {
		case isNotFound(err):
			continue
		case err != nil:
			return nil, err
		}
		if row.Status != view.Unopened && (f.Status == "" || f.Status == row.Status) && (f.After == "" || row.ID > f.After) {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, func(a, b view.Account) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return found, nil
}

func (o *out) accountRow(a *view.Account) {
	o.begin()
	o.id("id", a.ID)
	o.text("customer", a.Customer)
	o.text("programme", a.Programme)
	o.number("programme_version", int64(a.TermsVersion))
	o.text("status", a.Status)
	o.text("currency", string(a.Currency))
	o.amount("limit", a.CreditLimit)
	o.amount("temporary_limit", a.TemporaryLimit)
	o.amount("held", a.Held)
	o.amount("outstanding", a.Principal())
	o.amount("available", a.Available())
	o.amount("owed", a.Owed())
	o.amount("billed", a.Billed())
	o.amount("credit_balance", a.CreditBalance)
	o.bool("is_overdue", a.Overdue)
	o.text("grade", a.Grade)
	o.bool("is_frozen", a.Blocks > 0)
	o.date("opened_on", a.OpenedOn)
	o.date("closed_on", a.ClosedOn)
	o.end()
}
