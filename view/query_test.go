package view_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// Every statement can be prepared on the database that it is for.
func TestEveryStatementIsPrepared(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		statements := view.Statements(dialect)
		if len(statements) < 80 {
			t.Errorf("only %d statements", len(statements))
		}
		for _, statement := range statements {
			stmt, err := store.db.Reader().Prepare(statement)
			if err != nil {
				t.Errorf("%v:\n%s", err, statement)
				continue
			}
			_ = stmt.Close()
		}
	})
}

func TestLists(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		ctx := t.Context()
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		ids := s.whole()
		store.catchUp(t)

		// What the live account still knows of is what the lists have.
		for _, id := range ids {
			a := s.accounts[id]
			row, err := store.tables.Account(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if row.Available() != a.Available() || row.Owed() != a.Owed() || row.Customer != a.Customer || string(a.Status) != row.Status {
				t.Errorf("the account is %+v, the row %+v", a, row)
			}
			statements, err := store.tables.Statements(ctx, id, view.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, live := range a.Statements {
				i := slices.IndexFunc(statements, func(s view.Statement) bool { return s.Number == live.Number })
				if i < 0 || statements[i].Due != live.Due || statements[i].Penalty-statements[i].PenaltyPaid != live.Penalty || statements[i].Bucket != int32(live.Bucket) {
					t.Errorf("statement %+v is not in %+v", live, statements)
				}
			}
			for _, statement := range statements {
				lines, err := store.tables.Lines(ctx, id, statement.Number)
				if err != nil {
					t.Fatal(err)
				}
				billed, paid := money.Amount(0), money.Amount(0)
				for _, line := range lines {
					billed += line.Principal + line.Interest + line.Fee
					paid += line.PrincipalPaid + line.InterestPaid + line.FeePaid
				}
				// What paid the statement beyond its lines paid the fee for its deferral.
				if own := statement.Paid - paid; billed != statement.Total || own < 0 || own > statement.DeferralFee || len(lines) == 0 {
					t.Errorf("the lines of %+v come to %d and %d", statement, billed, paid)
				}
				found, err := store.tables.Statement(ctx, id.Part(credit.PrefixStatement, statement.Number))
				if err != nil || found != statement {
					t.Errorf("%v: %+v is not %+v", err, found, statement)
				}
				shares, err := store.tables.StatementShares(ctx, id, statement.Number)
				if err != nil {
					t.Fatal(err)
				}
				paid = statement.Paid
				for _, share := range shares {
					paid -= share.Principal + share.Interest + share.Fee
				}
				if paid != 0 {
					t.Errorf("the shares that paid %+v differ by %d", statement, paid)
				}
			}
		}

		ann, bob, cai := ids[0], ids[1], ids[2]
		purchases, err := store.tables.Purchases(ctx, ann, view.Page{})
		if err != nil {
			t.Fatal(err)
		}
		var paged []view.Purchase
		for page := (view.Page{Limit: 1}); ; page.Before = paged[len(paged)-1].Number {
			some, err := store.tables.Purchases(ctx, ann, page)
			if err != nil {
				t.Fatal(err)
			}
			if len(some) == 0 {
				break
			}
			paged = append(paged, some...)
		}
		if diff := cmp.Diff(purchases, paged); diff != "" || len(paged) != 3 {
			t.Errorf("page by page it is another list: %s", diff)
		}
		for _, p := range purchases {
			instalments, err := store.tables.Instalments(ctx, ann, p.Number)
			own := slices.DeleteFunc(slices.Clone(instalments), func(r view.Instalment) bool { return r.Conversion != 0 })
			if err != nil || len(own) != int(p.Periods) {
				t.Errorf("%v: %d instalments of %d", err, len(own), p.Periods)
			}
			lines, err := store.tables.PurchaseLines(ctx, ann, p.Number)
			if err != nil || len(lines) != len(instalments) {
				t.Errorf("%v: %d lines of %d instalments", err, len(lines), len(instalments))
			}
		}
		refunds, err := store.tables.Refunds(ctx, ann, view.Page{})
		if err != nil || len(refunds) != 1 || refunds[0].Amount != 5000 {
			t.Errorf("%v: %+v", err, refunds)
		}
		of, err := store.tables.RefundsOf(ctx, ann, refunds[0].Purchase)
		if diff := cmp.Diff(refunds, of); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
		returns, err := store.tables.Returns(ctx, ann, view.Page{})
		if err != nil || len(returns) != 1 || returns[0].Amount != refunds[0].ToCredit {
			t.Errorf("%v: %+v", err, returns)
		}
		repayments, err := store.tables.Repayments(ctx, ann, view.Page{})
		if err != nil || len(repayments) == 0 {
			t.Fatalf("%v: %+v", err, repayments)
		}
		shares, err := store.tables.Shares(ctx, repayments[0])
		if err != nil || len(shares) == 0 || shares[0].Repayment != repayments[0].Number {
			t.Errorf("%v: %+v", err, shares)
		}
		declined, err := store.tables.Authorisations(ctx, bob, view.Page{})
		if err != nil || !slices.ContainsFunc(declined, func(a view.Authorisation) bool {
			return a.Status == view.AuthorisationDeclined && a.Reasons == "limit_exceeded" && a.LastDay == 0
		}) {
			t.Errorf("%v: %+v", err, declined)
		}
		blocks, err := store.tables.Blocks(ctx, bob)
		if err != nil || len(blocks) != 2 || blocks[0].Kind != credit.BlockRisk || blocks[0].LiftedOn != 0 {
			t.Errorf("%v: %+v", err, blocks)
		}
		if blocks, err = store.tables.Blocks(ctx, cai); err != nil || slices.ContainsFunc(blocks, func(b view.Block) bool { return b.LiftedOn == 0 }) {
			t.Errorf("%v: a closed account has blocks: %+v", err, blocks)
		}
		closures, err := store.tables.Closures(ctx, cai, view.Page{})
		if err != nil || len(closures) != 1 || closures[0].Status != view.ClosureApproved || closures[0].Reviewer != "rita" {
			t.Errorf("%v: %+v", err, closures)
		}
		debits, err := store.tables.Debits(ctx, ids[4], view.Page{})
		if err != nil || len(debits) < 4 || debits[0].Attempt != 2 || debits[0].Status != credit.SettledDebit || debits[1].Reason != "insufficient_funds" {
			t.Errorf("%v: %+v", err, debits)
		}
		if debit, err := store.tables.Debit(ctx, ids[4].Part(credit.PrefixDebit, debits[1].Number)); err != nil || debit != debits[1] {
			t.Errorf("%v: %+v", err, debit)
		}
		applications, err := store.tables.Applications(ctx, ids[3], view.Page{})
		if err != nil || len(applications) != 1 || applications[0].Decision != credit.Approved || applications[0].CreditLimit != 200_000 {
			t.Errorf("%v: %+v", err, applications)
		}
		agreements, err := store.tables.Agreements(ctx, ann)
		if err != nil || len(agreements) != 3 || agreements[0].Hash != "cc33" || agreements[2].Hash != "aa11" || agreements[2].ReadSeconds != 30 || agreements[2].Channel != "api" {
			t.Errorf("%v: %+v", err, agreements)
		}
		for _, find := range []func() error{
			func() error { _, err := store.tables.Purchase(ctx, ann.Part(credit.PrefixPurchase, 9999)); return err },
			func() error { _, err := store.tables.Purchase(ctx, ann.Part(credit.PrefixHold, 2)); return err },
			func() error { _, err := store.tables.Account(ctx, "acc_00000000000000000000"); return err },
		} {
			var refusal *credit.Error
			if err := find(); !errors.As(err, &refusal) || refusal.Kind != credit.NotFound {
				t.Errorf("what is not there: %v", err)
			}
		}
	})
}

func TestAccountsAreFiltered(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		s.whole()
		s.apply("eve", termsOf("monthly", "CNY"), credit.Assessment{Decision: credit.Refused, Reasons: []string{"age"}})
		s.flush()
		store.catchUp(t)
		for _, test := range []struct {
			filter view.Filter
			want   []string
		}{
			{view.Filter{}, []string{"ann", "bob", "cai", "dan", "eve", "fay", "gil", "gus"}},
			{view.Filter{Platform: "shop"}, []string{"ann", "bob", "cai", "dan", "eve", "fay", "gil", "gus"}},
			{view.Filter{Platform: "another"}, nil},
			{view.Filter{Programme: "euro"}, []string{"dan"}},
			{view.Filter{Customer: "bob"}, []string{"bob"}},
			{view.Filter{Status: "closed"}, []string{"cai"}},
			{view.Filter{Status: view.Unopened}, []string{"eve"}},
			{view.Filter{Overdue: true}, []string{"bob", "gus"}},
			{view.Filter{Frozen: true, Status: "active"}, []string{"bob", "gus"}},
		} {
			for _, limit := range []int{0, 1, 2} {
				var got []string
				for f := test.filter; ; {
					f.Limit = limit
					page, err := store.tables.Accounts(t.Context(), f)
					if err != nil {
						t.Fatal(err)
					}
					for _, a := range page {
						got = append(got, a.Customer)
						f.After = a.ID
					}
					if limit == 0 || len(page) < limit {
						break
					}
				}
				slices.Sort(got)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%+v in pages of %d: %s", test.filter, limit, diff)
				}
			}
		}
		if _, err := store.tables.Accounts(t.Context(), view.Filter{After: "acc_"}); err == nil {
			t.Error("a page after nobody")
		}
	})
}
