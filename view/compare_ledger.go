package view

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// of names a class or a merchant in a currency.
type of struct {
	name     string
	currency money.Currency
}

// sides are what it was debited and credited by.
type sides struct{ debit, credit money.Amount }

// totals are the sums of postings.
type totals struct{ classes, merchants map[of]sides }

func newTotals() *totals { return &totals{map[of]sides{}, map[of]sides{}} }

func (t *totals) add(postings []Posting) {
	classes, merchants := (&changes{postings: postings}).totals()
	for _, c := range classes {
		was := t.classes[of{c.Of, c.Currency}]
		t.classes[of{c.Of, c.Currency}] = sides{was.debit + c.Debit, was.credit + c.Credit}
	}
	for _, m := range merchants {
		was := t.merchants[of{m.Of, m.Currency}]
		t.merchants[of{m.Of, m.Currency}] = sides{was.debit + m.Debit, was.credit + m.Credit}
	}
}

const (
	readLedger    = `SELECT class, currency, debit, credit FROM ledger_balance WHERE partition = $1`
	readMerchants = `SELECT merchant, currency, debit, credit FROM merchant_balance WHERE partition = $1`

	readAccountSums = `SELECT currency, CAST(sum(principal_unbilled) AS bigint), CAST(sum(principal_billed) AS bigint), CAST(sum(interest) AS bigint),
			CAST(sum(fee) AS bigint), CAST(sum(penalty) AS bigint), CAST(sum(credit_balance) AS bigint)
		FROM account WHERE partition = $1 AND currency <> '' GROUP BY currency`
)

// accountSums are what all accounts of a currency come to.
type accountSums struct {
	Currency                                                                  money.Currency
	PrincipalUnbilled, PrincipalBilled, Interest, Fee, Penalty, CreditBalance money.Amount
}

// compareLedger holds the general ledger against the postings of the events, and
// the sub-ledgers against the general ledger.
func compareLedger(ctx context.Context, tx *sql.Tx, partition int32, want *totals, report *Report) error {
	violation := func(check Check, format string, arguments ...any) {
		report.add(Violation{Check: check, Partition: partition, Says: fmt.Sprintf(format, arguments...)})
	}
	classes, err := readSides(ctx, tx, readLedger, partition)
	if err != nil {
		return err
	}
	merchants, err := readSides(ctx, tx, readMerchants, partition)
	if err != nil {
		return err
	}
	compareSides(classes, want.classes, func(o of, is, should sides) {
		violation(CheckPostings, "%s has debits of %d and credits of %d %s, its postings come to %d and %d", o.name, is.debit, is.credit, o.currency, should.debit, should.credit)
	})
	sum := map[money.Currency]sides{}
	for o, s := range classes {
		sum[o.currency] = sides{sum[o.currency].debit + s.debit, sum[o.currency].credit + s.credit}
	}
	for currency, s := range sum {
		if s.debit != s.credit {
			violation(CheckPostings, "the ledger has debits of %d and credits of %d %s", s.debit, s.credit, currency)
		}
	}

	compareSides(merchants, want.merchants, func(o of, is, should sides) {
		violation(CheckSubledgers, "merchant %q has debits of %d and credits of %d %s, its postings come to %d and %d", o.name, is.debit, is.credit, o.currency, should.debit, should.credit)
	})
	owed := map[of]money.Amount{}
	for o, s := range merchants {
		owed[of{string(ledger.MerchantPayable), o.currency}] += s.debit - s.credit
	}
	rows, err := tx.QueryContext(ctx, readAccountSums, partition)
	if err != nil {
		return err
	}
	if err := walk(rows, func(s *accountSums) error {
		for class, balance := range map[ledger.Class]money.Amount{
			ledger.PrincipalUnbilled: s.PrincipalUnbilled, ledger.PrincipalBilled: s.PrincipalBilled, ledger.InterestBilled: s.Interest,
			ledger.FeeBilled: s.Fee, ledger.Penalty: s.Penalty, ledger.CreditBalance: -s.CreditBalance,
		} {
			owed[of{string(class), s.Currency}] += balance
		}
		return nil
	}); err != nil {
		return err
	}
	for _, o := range sorted(owed) {
		if s := classes[o]; s.debit-s.credit != owed[o] {
			violation(CheckSubledgers, "the sub-ledger of %s comes to %d %s, the general ledger has %d", o.name, owed[o], o.currency, s.debit-s.credit)
		}
	}
	return nil
}

func compareSides(is, should map[of]sides, differ func(o of, is, should sides)) {
	all := maps.Clone(is)
	maps.Copy(all, should)
	for _, o := range sorted(all) {
		if is[o] != should[o] {
			differ(o, is[o], should[o])
		}
	}
}

func readSides(ctx context.Context, tx *sql.Tx, query string, partition int32) (map[of]sides, error) {
	rows, err := tx.QueryContext(ctx, query, partition)
	if err != nil {
		return nil, err
	}
	found := map[of]sides{}
	return found, walk(rows, func(t *total) error {
		found[of{t.Of, t.Currency}] = sides{t.Debit, t.Credit}
		return nil
	})
}

func sorted[V any](m map[of]V) []of {
	return slices.SortedFunc(maps.Keys(m), func(a, b of) int {
		if a.name != b.name {
			return cmp.Compare(a.name, b.name)
		}
		return cmp.Compare(string(a.currency), string(b.currency))
	})
}
