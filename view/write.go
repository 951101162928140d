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

// total is what one class, or one merchant, was debited and credited by.
type total struct {
	Of       string
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
	update(statementTable, c.statements.changed)
	update(lineTable, c.lines.changed)
	update(closureTable, c.closures.changed)
	insert(applicationTable, c.applications.made)
	insert(agreementTable, c.agreements)
	insert(authorisationTable, c.authorisations.made)
	insert(purchaseTable, c.purchases.made)
	insert(instalmentTable, c.instalments.made)
	insert(statementTable, c.statements.made)
	insert(lineTable, c.lines.made)
	insert(repaymentTable, c.repayments)
	insert(shareTable, c.shares)
	insert(refundTable, c.refunds)
	insert(returnTable, c.returns)
	insert(blockTable, c.blocks)
	insert(closureTable, c.closures.made)
	insert(postingTable, c.postings)
	classes, merchants := c.totals()
	custom("view_add_to_ledger", addToLedger, sumColumns, classes, true)
	custom("view_add_to_merchants", addToMerchants, sumColumns, merchants, true)
	return list
}

// totals adds the postings up for the general ledger and for the merchants' sub-ledger.
func (c *changes) totals() (classes, merchants []total) {
	type key struct {
		of       string
		currency money.Currency
	}
	byClass, byMerchant := map[key]total{}, map[key]total{}
	add := func(to map[key]total, of string, p *Posting, debit, credit money.Amount) {
		t := to[key{of, p.Currency}]
		to[key{of, p.Currency}] = total{of, p.Currency, t.Debit + debit, t.Credit + credit}
	}
	for i := range c.postings {
		p := &c.postings[i]
		add(byClass, string(p.DebitClass), p, p.Amount, 0)
		add(byClass, string(p.CreditClass), p, 0, p.Amount)
		if p.DebitClass == ledger.MerchantPayable {
			add(byMerchant, p.DebitOf, p, p.Amount, 0)
		}
		if p.CreditClass == ledger.MerchantPayable {
			add(byMerchant, p.CreditOf, p, 0, p.Amount)
		}
	}
	sorted := func(m map[key]total) (list []total) {
		for _, t := range m {
			list = append(list, t)
		}
		slices.SortFunc(list, func(a, b total) int {
			return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Currency, b.Currency))
		})
		return list
	}
	return sorted(byClass), sorted(byMerchant)
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
