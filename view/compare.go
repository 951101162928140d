package view

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"

	"github.com/yuefu/yuefu/credit"
)

// tableKey names a row of any table in memory.
type tableKey struct {
	rowKey
	text string
}

// compareTables holds the rows of the audited accounts against the image.
func compareTables(ctx context.Context, tx *sql.Tx, a *audit) error {
	of := func(account credit.ID, numbers ...int64) tableKey {
		k := tableKey{rowKey: rowKey{account: account}}
		for i, n := range numbers {
			*[]*int64{&k.a, &k.b, &k.c}[i] = n
		}
		return k
	}
	accounts := make([]Account, 0, len(a.order))
	for _, row := range a.image.accountRows() {
		accounts = append(accounts, row)
	}
	c := a.image
	for _, compare := range []func() error{
		func() error {
			return compareRows(ctx, tx, a, accountTable, accounts, func(r *Account) tableKey { return of(r.ID) })
		},
		func() error {
			return compareRows(ctx, tx, a, applicationTable, c.applications.made, func(r *Application) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, agreementTable, c.agreements, func(r *Agreement) tableKey {
				k := of(r.Account, r.Application)
				k.text = r.Document
				return k
			})
		},
		func() error {
			return compareRows(ctx, tx, a, authorisationTable, c.authorisations.made, func(r *Authorisation) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, purchaseTable, c.purchases.made, func(r *Purchase) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, instalmentTable, c.instalments.made, func(r *Instalment) tableKey { return of(r.Account, r.Purchase, int64(r.Number)) })
		},
		func() error {
			return compareRows(ctx, tx, a, fundingTable, c.funding.made, func(r *Funding) tableKey {
				k := of(r.Account, r.Purchase)
				k.text = r.Funder
				return k
			})
		},
		func() error {
			return compareRows(ctx, tx, a, statementTable, c.statements.made, func(r *Statement) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, conversionTable, c.conversions, func(r *Conversion) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, lineTable, c.lines.made, func(r *Line) tableKey { return of(r.Account, r.Statement, r.Purchase, int64(r.Instalment)) })
		},
		func() error {
			return compareRows(ctx, tx, a, repaymentTable, c.repayments.made, func(r *Repayment) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, shareTable, c.shares, func(r *Share) tableKey { return of(r.Account, r.Position, int64(r.Number)) })
		},
		func() error {
			return compareRows(ctx, tx, a, refundTable, c.refunds, func(r *Refund) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, refundCutTable, c.cuts, func(r *RefundCut) tableKey { return of(r.Account, r.Refund, int64(r.Number)) })
		},
		func() error {
			return compareRows(ctx, tx, a, refundFundingTable, c.lowered, func(r *RefundFunding) tableKey {
				k := of(r.Account, r.Refund)
				k.text = r.Funder
				return k
			})
		},
		func() error {
			return compareRows(ctx, tx, a, disputeTable, c.disputes.made, func(r *Dispute) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, returnTable, c.returns, func(r *Return) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, blockTable, c.blocks, func(r *Block) tableKey {
				k := of(r.Account, r.Position)
				k.text = string(r.Kind)
				return k
			})
		},
		func() error {
			return compareRows(ctx, tx, a, closureTable, c.closures.made, func(r *Closure) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, settingTable, c.settings, func(r *Setting) tableKey { return of(r.Account, r.Position, int64(r.Number)) })
		},
		func() error {
			return compareRows(ctx, tx, a, limitChangeTable, c.limitChanges, func(r *LimitChange) tableKey { return of(r.Account, r.Position) })
		},
		func() error {
			return compareRows(ctx, tx, a, autopayTable, c.autopays.made, func(r *Autopay) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, debitTable, c.debits.made, func(r *Debit) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, chargeOffTable, c.chargeOffs, func(r *ChargeOff) tableKey { return of(r.Account, r.Position) })
		},
		func() error {
			return compareRows(ctx, tx, a, contactTable, c.contacts, func(r *Contact) tableKey { return of(r.Account, r.Number) })
		},
		func() error {
			return compareRows(ctx, tx, a, overdueTable, c.overdue, func(r *OverdueStep) tableKey { return of(r.Account, r.Position, int64(r.Number)) })
		},
		func() error {
			return compareRows(ctx, tx, a, postingTable, c.postings, func(r *Posting) tableKey { return of("", r.Position, int64(r.Number)) })
		},
	} {
		if err := compare(); err != nil {
			return err
		}
	}
	return nil
}

// compareRows holds the rows of a table against those that it must have. Rows of
// accounts that another slice looks at, or that can't be read, are passed over.
func compareRows[R comparable](ctx context.Context, tx *sql.Tx, a *audit, s *schema, want []R, key func(*R) tableKey) error {
	wanted := make(map[tableKey]*R, len(want))
	for i := range want {
		wanted[key(&want[i])] = &want[i]
	}
	unknown := func(k tableKey) bool {
		x := a.accounts[k.account]
		return x != nil && x.unread
	}
	rows, err := tx.QueryContext(ctx, s.verify, a.partition)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.table, err)
	}
	if err := walk(rows, func(row *R) error {
		k := key(row)
		if s == postingTable {
			if a.sliceAt(k.a) != a.slice {
				return nil
			}
		} else if sliceOf(k.account, a.slices) != a.slice || unknown(k) {
			return nil
		}
		a.report.Rows++
		expected := wanted[k]
		delete(wanted, k)
		switch {
		case expected == nil:
			a.violation(Violation{Check: tableCheck(s, nil), Account: k.account, Says: "a row that nothing in the log made: " + s.describe(k)})
		case *expected != *row:
			says, columns := s.difference(expected, row)
			a.violation(Violation{Check: tableCheck(s, columns), Account: k.account, Says: s.describe(k) + ": " + says})
		}
		return nil
	}); err != nil {
		return fmt.Errorf("read %s: %w", s.table, err)
	}
	for k := range wanted {
		if !unknown(k) {
			a.violation(Violation{Check: tableCheck(s, nil), Account: k.account, Says: "a row is missing: " + s.describe(k)})
		}
	}
	return nil
}

// tableCheck is the check that a wrong row belongs to.
func tableCheck(s *schema, columns []string) Check {
	if s == postingTable {
		return CheckPostings
	}
	for _, c := range columns {
		switch {
		case s != accountTable:
			return CheckTables
		case c != "credit_limit" && c != "temporary_limit" && c != "held" && c != "principal_unbilled" && c != "principal_billed" && c != "principal_disputed":
			return CheckTables
		}
	}
	if s == accountTable && len(columns) > 0 {
		return CheckAvailable
	}
	return CheckTables
}

// describe names a row.
func (s *schema) describe(k tableKey) string {
	name := s.table
	for _, n := range []int64{k.a, k.b, k.c} {
		if n != 0 {
			name += fmt.Sprintf(" %d", n)
		}
	}
	return strings.TrimRight(name+" "+k.text, " ")
}

// difference tells in which columns a row is not what it should be.
func (s *schema) difference(want, got any) (says string, columns []string) {
	w, g := reflect.ValueOf(want).Elem(), reflect.ValueOf(got).Elem()
	var texts []string
	for _, c := range s.columns {
		if a, b := w.Field(c.field).Interface(), g.Field(c.field).Interface(); a != b {
			columns = append(columns, c.name)
			texts = append(texts, fmt.Sprintf("%s is %v, not %v", c.name, b, a))
		}
	}
	return strings.Join(texts, ", "), columns
}

// accountRows are the rows of the accounts that the changes make from nothing.
func (c *changes) accountRows() map[credit.ID]Account {
	rows := make(map[credit.ID]Account, len(c.accounts))
	for _, o := range c.opened {
		rows[o.ID] = Account{ID: o.ID, Platform: o.Platform, Customer: o.Customer, Status: Unopened, Grade: NormalGrade}
	}
	for i := range c.accounts {
		b := &c.accounts[i]
		row, applied := rows[b.ID]
		if !applied {
			continue // it never had one: what came of it is a violation of its own
		}
		row.LastPosition, row.NextDue = b.LastPosition, b.NextDue
		row.Held, row.PrincipalUnbilled, row.PrincipalBilled, row.CostUnbilled = b.Held, b.PrincipalUnbilled, b.PrincipalBilled, b.CostUnbilled
		row.PrincipalDisputed = b.PrincipalDisputed
		row.Interest, row.Fee, row.Penalty, row.CreditBalance = b.Interest, b.Fee, b.Penalty, b.CreditBalance
		rows[b.ID] = row
	}
	for i := range c.contract.changed {
		k := &c.contract.changed[i]
		if row, ok := rows[k.ID]; ok {
			if k.Status != credit.Unopened {
				row.Status = string(k.Status)
			}
			row.Programme, row.TermsVersion, row.Currency = k.Programme, k.TermsVersion, k.Currency
			row.DueDay = k.DueDay
			row.TemporaryLimit, row.TemporaryUntil = k.TemporaryLimit, k.TemporaryUntil
			row.CreditLimit, row.OpenedOn, row.ClosedOn, row.Blocks, row.Overdue = k.CreditLimit, k.OpenedOn, k.ClosedOn, k.Blocks, k.Overdue
			if k.Grade != "" {
				row.Grade = k.Grade
			}
			row.ChargedOffUnbilled, row.ChargedOffBilled, row.ChargedOffDisputed, row.ChargedOffInterest, row.ChargedOffFee, row.ChargedOffPenalty =
				k.ChargedOffUnbilled, k.ChargedOffBilled, k.ChargedOffDisputed, k.ChargedOffInterest, k.ChargedOffFee, k.ChargedOffPenalty
			rows[k.ID] = row
		}
	}
	return rows
}
