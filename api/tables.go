package api

import (
	"context"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// patience is how long a list waits for the tables to have what its caller knows of.
const patience = 5 * time.Second

// owned is an account that the caller may read, whose every entry so far is in the tables.
type owned struct {
	id       credit.ID
	currency money.Currency
	position int64 // of its newest entry
}

// current finds an account, makes sure that it is the caller's, and waits until
// the tables have all of it: whoever wrote something finds it in the next list.
func (c *call) current(id credit.ID, what string) (owned, error) {
	a := owned{id: id}
	opened := false
	position, err := c.look(id, func(live *credit.Account, _ credit.Moment) {
		if opened = live.Terms != nil; opened {
			a.currency = live.Terms.Currency
		}
	})
	a.position = position
	switch {
	case err != nil:
		return a, asWhat(err, what)
	case !opened:
		return a, missing(what)
	}
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := c.server.tables.WaitFor(ctx, c.server.tables.PartitionOf(id), position); err != nil {
		return a, &problem{kind: kindUnavailable, cause: err}
	}
	return a, nil
}

// asWhat says 'no such purchase' where the desk said 'no such account': that the
// account is somebody else's is not to be told.
func asWhat(err error, what string) error {
	if isNotFound(err) {
		return missing(what)
	}
	return err
}

// page is the part of a list that was asked for.
type page struct {
	view.Page
	asked int
}

const standardPage, largestPage = 50, 200

// page reads cursor and limit. One more than asked for is read, to know if there are more.
func (c *call) page() (page, error) {
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return page{}, err
	}
	before, err := c.queryNumber("cursor", 1, 1<<53, 0)
	if err != nil {
		return page{}, parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
	}
	return page{view.Page{Before: before, Limit: int(limit) + 1}, int(limit)}, nil
}

// list answers with a page of an account's things, newest first. number says which
// one a row is, write writes it.
func list[R any](c *call, read func(context.Context, credit.ID, view.Page) ([]R, error), number func(*R) int64, write func(*out, owned, *R) error) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	a, err := c.current(id, "account")
	if err != nil {
		return err
	}
	rows, err := read(background, id, p.Page)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range rows[:min(len(rows), p.asked)] {
		if err := write(&o, a, &rows[i]); err != nil {
			return err
		}
	}
	o.endList()
	if len(rows) > p.asked {
		o.text("next", strconv.FormatInt(number(&rows[p.asked-1]), 10))
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// one answers with one thing of an account, from the tables.
func one[R any](c *call, prefix, what string, read func(context.Context, credit.ID) (R, error), write func(*out, owned, *R) error) error {
	account, _, err := c.part(prefix, what)
	if err != nil {
		return err
	}
	a, err := c.current(account, what)
	if err != nil {
		return err
	}
	row, err := read(background, credit.ID(c.parameters[0]))
	if err != nil {
		return asWhat(err, what)
	}
	var o out
	if err := write(&o, a, &row); err != nil {
		return err
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func getAuthorisation(c *call) error {
	return one(c, credit.PrefixHold, "authorisation", c.server.tables.Authorisation, c.server.authorisationRow)
}

func listAuthorisations(c *call) error {
	return list(c, c.server.tables.Authorisations, func(r *view.Authorisation) int64 { return r.Number }, c.server.authorisationRow)
}

func getPurchase(c *call) error {
	return one(c, credit.PrefixPurchase, "purchase", c.server.tables.Purchase, c.server.purchaseRow)
}

func listPurchases(c *call) error {
	return list(c, c.server.tables.Purchases, func(r *view.Purchase) int64 { return r.Number }, c.server.purchaseRow)
}

func getStatement(c *call) error {
	return one(c, credit.PrefixStatement, "statement", c.server.tables.Statement, c.server.statementRow)
}

func listStatements(c *call) error {
	return list(c, c.server.tables.Statements, func(r *view.Statement) int64 { return r.Number }, c.server.statementRow)
}

func listRepayments(c *call) error {
	return list(c, c.server.tables.Repayments, func(r *view.Repayment) int64 { return r.Number }, c.server.repaymentRow)
}
