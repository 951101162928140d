package view_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// hledger runs the accountant's tool.
func hledger(t testing.TB, arguments ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("hledger")
	if err != nil {
		missing := t.Skip
		if os.Getenv("YUEFU_NO_SKIP") != "" {
			missing = t.Fatal
		}
		missing("this test needs hledger, Debian's package of that name")
	}
	command := exec.Command(path, arguments...)
	command.Env = append(os.Environ(), "LANG=C.UTF-8")
	output, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("hledger %s: %s", strings.Join(arguments, " "), exit.Stderr)
		}
		t.Fatal(err)
	}
	return output
}

// hledger, which knows nothing of us, accepts the journal under its strict checks
// and comes to our balances, each to the minor unit.
func TestHledgerAgrees(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{})
		s := newStory(t, store.log, first)
		s.whole()
		// Closed late: its effective date is before those of others in the log.
		s.openDay(s.day + 70)
		s.must(s.order[1], credit.Repay{Amount: 1, Currency: "CNY", Source: "late"})
		s.flush()
		rapid.Check(t, func(r *rapid.T) {
			for range 20 {
				s.any(r)
			}
		})
		s.flush()
		store.catchUp(t)

		file := filepath.Join(t.TempDir(), "yuefu.journal")
		var journal bytes.Buffer
		if err := store.tables.ExportJournal(t.Context(), &journal, view.Hledger); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, journal.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		hledger(t, "check", "-f", file)
		hledger(t, "check", "-f", file, "--strict", "ordereddates", "accounts", "commodities")

		theirs := map[string]string{}
		records, err := csv.NewReader(bytes.NewReader(hledger(t, "balance", "-f", file, "--flat", "--no-total", "--layout=bare", "-O", "csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records[1:] {
			theirs[r[0]+" "+r[1]] = r[2]
		}
		if diff := cmp.Diff(store.balances(t), theirs); diff != "" {
			t.Errorf("(-ours +hledger's)\n%s", diff)
		}
		if len(theirs) < 15 {
			t.Errorf("only %d balances were compared", len(theirs))
		}
	})
}

// balances are all balances that are not 0 as the tables have them, by name and
// currency as hledger prints them.
func (s *store) balances(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]money.Amount{}
	accounts, err := s.tables.Accounts(t.Context(), view.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		for class, balance := range map[ledger.Class]money.Amount{
			ledger.PrincipalUnbilled: a.PrincipalUnbilled, ledger.PrincipalBilled: a.PrincipalBilled, ledger.PrincipalDisputed: a.PrincipalDisputed, ledger.InterestBilled: a.Interest,
			ledger.FeeBilled: a.Fee, ledger.Penalty: a.Penalty, ledger.CreditBalance: -a.CreditBalance,
			ledger.ChargedOffUnbilled: a.ChargedOffUnbilled, ledger.ChargedOffBilled: a.ChargedOffBilled, ledger.ChargedOffDisputed: a.ChargedOffDisputed, ledger.ChargedOffInterest: a.ChargedOffInterest,
			ledger.ChargedOffFee: a.ChargedOffFee, ledger.ChargedOffPenalty: a.ChargedOffPenalty,
		} {
			all[fmt.Sprintf("%s:%s %s", class, a.ID, a.Currency)] += balance
		}
	}
	trial, err := s.tables.TrialBalance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range trial {
		switch b.Class {
		case ledger.PrincipalUnbilled, ledger.PrincipalBilled, ledger.PrincipalDisputed, ledger.InterestBilled, ledger.FeeBilled, ledger.Penalty, ledger.CreditBalance, ledger.MerchantPayable, ledger.FunderClaim, ledger.FunderCollected,
			ledger.ChargedOffUnbilled, ledger.ChargedOffBilled, ledger.ChargedOffDisputed, ledger.ChargedOffInterest, ledger.ChargedOffFee, ledger.ChargedOffPenalty:
		default:
			all[fmt.Sprintf("%s %s", b.Class, b.Currency)] += b.Debit - b.Credit
		}
	}
	rows, err := s.db.Reader().Query(`SELECT class, owner, currency, sum(debit) - sum(credit) FROM subledger_balance GROUP BY class, owner, currency`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var class, owner, currency string
		var balance money.Amount
		if err := rows.Scan(&class, &owner, &currency, &balance); err != nil {
			t.Fatal(err)
		}
		name := map[string]string{"tea house": "tea%20house", "书店 a:b; c": "书店%20a%3Ab%3B%20c", "a:b; c": "a%3Ab%3B%20c", "书店": "书店", "bank": "bank"}[owner]
		all[fmt.Sprintf("%s:%s %s", class, name, currency)] += balance
	}
	maps.DeleteFunc(all, func(_ string, v money.Amount) bool { return v == 0 })
	printed := map[string]string{}
	for name, v := range all {
		_, currency, _ := strings.Cut(name, " ")
		printed[name] = v.Format(money.Currency(currency))
	}
	return printed
}
