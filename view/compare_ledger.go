package view

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// of names a class, or an owner's part of it, in a currency.
type of struct {
	class    ledger.Class
	owner    string
	currency money.Currency
}

func (o of) String() string {
	if o.owner == "" {
		return string(o.class)
	}
	return string(o.class) + " of " + strconv.Quote(o.owner)
}

// sides are what it was debited and credited by.
type sides struct{ debit, credit money.Amount }

// totals are the sums of postings.
type totals struct{ classes, subledgers map[of]sides }

func newTotals() *totals { return &totals{map[of]sides{}, map[of]sides{}} }

func (t *totals) add(postings []Posting) {
	classes, subledgers := (&changes{postings: postings}).totals()
	for _, c := range classes {
		was := t.classes[of{c.Class, "", c.Currency}]
		t.classes[of{c.Class, "", c.Currency}] = sides{was.debit + c.Debit, was.credit + c.Credit}
	}
	for _, o := range subledgers {
		was := t.subledgers[of{o.Class, o.Owner, o.Currency}]
		t.subledgers[of{o.Class, o.Owner, o.Currency}] = sides{was.debit + o.Debit, was.credit + o.Credit}
	}
}

const (
	readLedger     = `SELECT class, currency, debit, credit FROM ledger_balance WHERE partition = $1`
	readSubledgers = `SELECT class, owner, currency, debit, credit FROM subledger_balance WHERE partition = $1`

	readAccountSums = `SELECT currency, CAST(sum(principal_unbilled) AS bigint), CAST(sum(principal_billed) AS bigint), CAST(sum(principal_disputed) AS bigint), CAST(sum(interest) AS bigint),
			CAST(sum(fee) AS bigint), CAST(sum(penalty) AS bigint), CAST(sum(credit_balance) AS bigint),
			CAST(sum(charged_off_unbilled) AS bigint), CAST(sum(charged_off_billed) AS bigint), CAST(sum(charged_off_disputed) AS bigint),
			CAST(sum(charged_off_interest) AS bigint), CAST(sum(charged_off_fee) AS bigint), CAST(sum(charged_off_penalty) AS bigint)
		FROM account WHERE partition = $1 AND currency <> '' GROUP BY currency`
)

// accountSums are what all accounts of a currency come to.
type accountSums struct {
	Currency                                              money.Currency
	PrincipalUnbilled, PrincipalBilled, PrincipalDisputed money.Amount
	Interest, Fee, Penalty, CreditBalance                 money.Amount

	ChargedOffUnbilled, ChargedOffBilled, ChargedOffDisputed, ChargedOffInterest, ChargedOffFee, ChargedOffPenalty money.Amount
}

// compareLedger holds the general ledger against the postings of the events, and
// the sub-ledgers against the general ledger.
func compareLedger(ctx context.Context, tx *sql.Tx, partition int32, want *totals, report *Report) error {
	violation := func(check Check, format string, arguments ...any) {
		report.add(Violation{Check: check, Partition: partition, Says: fmt.Sprintf(format, arguments...)})
	}
	classes, subledgers := map[of]sides{}, map[of]sides{}
	rows, err := tx.QueryContext(ctx, readLedger, partition)
	if err != nil {
		return err
	}
	if err := walk(rows, func(t *total) error {
		classes[of{t.Class, "", t.Currency}] = sides{t.Debit, t.Credit}
		return nil
	}); err != nil {
		return err
	}
	if rows, err = tx.QueryContext(ctx, readSubledgers, partition); err != nil {
		return err
	}
	if err := walk(rows, func(o *owned) error {
		subledgers[of{o.Class, o.Owner, o.Currency}] = sides{o.Debit, o.Credit}
		return nil
	}); err != nil {
		return err
	}
	compareSides(classes, want.classes, func(o of, is, should sides) {
		violation(CheckPostings, "%s has debits of %d and credits of %d %s, its postings come to %d and %d", o, is.debit, is.credit, o.currency, should.debit, should.credit)
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

	compareSides(subledgers, want.subledgers, func(o of, is, should sides) {
		violation(CheckSubledgers, "%s has debits of %d and credits of %d %s, its postings come to %d and %d", o, is.debit, is.credit, o.currency, should.debit, should.credit)
	})
	owed := map[of]money.Amount{}
	for o, s := range subledgers {
		owed[of{o.class, "", o.currency}] += s.debit - s.credit
	}
	if rows, err = tx.QueryContext(ctx, readAccountSums, partition); err != nil {
		return err
	}
	if err := walk(rows, func(s *accountSums) error {
		for class, balance := range map[ledger.Class]money.Amount{
			ledger.PrincipalUnbilled: s.PrincipalUnbilled, ledger.PrincipalBilled: s.PrincipalBilled, ledger.PrincipalDisputed: s.PrincipalDisputed, ledger.InterestBilled: s.Interest,
			ledger.FeeBilled: s.Fee, ledger.Penalty: s.Penalty, ledger.CreditBalance: -s.CreditBalance,
			ledger.ChargedOffUnbilled: s.ChargedOffUnbilled, ledger.ChargedOffBilled: s.ChargedOffBilled, ledger.ChargedOffDisputed: s.ChargedOffDisputed, ledger.ChargedOffInterest: s.ChargedOffInterest,
			ledger.ChargedOffFee: s.ChargedOffFee, ledger.ChargedOffPenalty: s.ChargedOffPenalty,
		} {
			owed[of{class, "", s.Currency}] += balance
		}
		return nil
	}); err != nil {
		return err
	}
	sound := !slices.ContainsFunc(report.Violations, func(v Violation) bool { return v.Partition == partition })
	for currency := range sum { // whose money it is has to be somebody's, to the cent
		principal := money.Amount(0)
		for _, class := range ledger.Principal {
			s := classes[of{class, "", currency}]
			principal += s.debit - s.credit
		}
		if s := classes[of{ledger.FunderClaim, "", currency}]; sound && s.debit-s.credit != principal {
			violation(CheckFunding, "customers owe a principal of %d %s, and funders have claims on %d", principal, currency, s.debit-s.credit)
		}
	}
	for _, o := range sorted(owed) {
		if s := classes[o]; s.debit-s.credit != owed[o] {
			violation(CheckSubledgers, "the sub-ledger of %s comes to %d %s, the general ledger has %d", o, owed[o], o.currency, s.debit-s.credit)
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

func sorted[V any](m map[of]V) []of {
	return slices.SortedFunc(maps.Keys(m), func(a, b of) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.owner, b.owner), cmp.Compare(a.currency, b.currency))
	})
}
