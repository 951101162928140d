package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// errFenced says that another reader moved the checkpoint first.
var errFenced = errors.New("view: another reader was first")

// write is one statement for many rows.
type write struct {
	name    string // the statement's, for PostgreSQL
	sql     map[database.Dialect]string
	columns []column
	rows    reflect.Value // a slice
	exact   bool          // each row must be there to be changed, or the tables are damaged
}

// total is what one class was debited and credited by.
type total struct {
	Class    ledger.Class
	Currency money.Currency
	Debit    money.Amount
	Credit   money.Amount
}

// owned is a total of one owner's account in a sub-ledger that has no other table:
// a merchant's, a funder's.
type owned struct {
	Class    ledger.Class
	Owner    string
	Currency money.Currency
	Debit    money.Amount
	Credit   money.Amount
}

// writes are the statements for the changes, in order.
func (c *changes) writes() []write {
	var list []write
	custom := func(name string, sql map[database.Dialect]string, columns []column, rows any, exact bool) {
		if v := reflect.ValueOf(rows); v.Len() > 0 {
			list = append(list, write{name, sql, columns, v, exact})
		}
	}
	insert := func(s *schema, rows any) { custom("view_insert_"+s.table, s.insert, s.columns, rows, true) }
	update := func(s *schema, rows any) { custom("view_update_"+s.table, s.update, s.changes, rows, true) }

	custom("view_open_account", openAccounts, openingColumns, c.opened, false)
	custom("view_move_balances", moveBalances, balancesColumns, c.accounts, true)
	custom("view_change_contract", changeContracts, contractColumns, c.contract.changed, true)
	custom("view_lift_block", liftBlocks, liftColumns, c.lifts, true)
	custom("view_free_account", freeAccounts, freedColumns, c.freed, false)
	update(applicationTable, c.applications.changed)
	update(authorisationTable, c.authorisations.changed)
	update(purchaseTable, c.purchases.changed)
	update(instalmentTable, c.instalments.changed)
	update(fundingTable, c.funding.changed)
	update(statementTable, c.statements.changed)
	update(lineTable, c.lines.changed)
	update(repaymentTable, c.repayments.changed)
	update(disputeTable, c.disputes.changed)
	update(closureTable, c.closures.changed)
	update(autopayTable, c.autopays.changed)
	update(debitTable, c.debits.changed)
	insert(applicationTable, c.applications.made)
	insert(agreementTable, c.agreements)
	insert(authorisationTable, c.authorisations.made)
	insert(purchaseTable, c.purchases.made)
	insert(instalmentTable, c.instalments.made)
	insert(fundingTable, c.funding.made)
	insert(statementTable, c.statements.made)
	insert(lineTable, c.lines.made)
	insert(conversionTable, c.conversions)
	insert(repaymentTable, c.repayments.made)
	insert(shareTable, c.shares)
	insert(refundTable, c.refunds)
	insert(refundCutTable, c.cuts)
	insert(refundFundingTable, c.lowered)
	insert(disputeTable, c.disputes.made)
	insert(returnTable, c.returns)
	insert(blockTable, c.blocks)
	insert(closureTable, c.closures.made)
	insert(limitChangeTable, c.limitChanges)
	insert(autopayTable, c.autopays.made)
	insert(debitTable, c.debits.made)
	insert(overdueTable, c.overdue)
	insert(chargeOffTable, c.chargeOffs)
	insert(contactTable, c.contacts)
	insert(settingTable, c.settings)
	insert(postingTable, c.postings)
	classes, subledgers := c.totals()
	custom("view_add_to_ledger", addToLedger, sumColumns, classes, true)
	custom("view_add_to_subledgers", addToSubledgers, ownedColumns, subledgers, true)
	return list
}

// totals adds the postings up for the general ledger and for the sub-ledgers of
// merchants and funders. The customers' is the columns of their accounts.
func (c *changes) totals() (classes []total, subledgers []owned) {
	byClass, byOwner := map[total]*total{}, map[owned]*owned{}
	add := func(class ledger.Class, owner string, currency money.Currency, debit, credit money.Amount) {
		key := total{Class: class, Currency: currency}
		t := byClass[key]
		if t == nil {
			t = &total{Class: class, Currency: currency}
			byClass[key] = t
		}
		t.Debit += debit
		t.Credit += credit
		if !ledger.Owned(class) {
			return
		}
		mine := owned{Class: class, Owner: owner, Currency: currency}
		o := byOwner[mine]
		if o == nil {
			o = &owned{Class: class, Owner: owner, Currency: currency}
			byOwner[mine] = o
		}
		o.Debit += debit
		o.Credit += credit
	}
	for i := range c.postings {
		p := &c.postings[i]
		add(p.DebitClass, p.DebitOf, p.Currency, p.Amount, 0)
		add(p.CreditClass, p.CreditOf, p.Currency, 0, p.Amount)
	}
	for _, t := range byClass {
		classes = append(classes, *t)
	}
	slices.SortFunc(classes, func(a, b total) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Currency, b.Currency))
	})
	for _, o := range byOwner {
		subledgers = append(subledgers, *o)
	}
	slices.SortFunc(subledgers, func(a, b owned) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Currency, b.Currency))
	})
	return classes, subledgers
}

// apply writes the rows of each stretch and moves its checkpoint, all in one transaction.
func (t *Tables) apply(ctx context.Context, stretches []*stretch) error {
	if t.db.Dialect == database.PostgreSQL {
		s := stretches[0] // one shard, one transaction
		return t.applyPostgres(ctx, s.progress.partition, s.from, s.to, s.changes.writes())
	}
	return t.applySQLite(ctx, stretches)
}

// damaged says that a row which the log speaks of is not there.
func damaged(w write, partition int32, found int64) error {
	return fmt.Errorf("view: %s of partition %d found %d of %d rows: somebody else changed the tables, and they have to be rebuilt", w.name, partition, found, w.rows.Len())
}
