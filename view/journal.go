package view

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// Hledger is the format of plain-text accounting that hledger reads, and Ledger and
// beancount's importers too.
const Hledger = "hledger"

// ledgerAccount is a class with its sub-ledger account.
type ledgerAccount struct {
	Class ledger.Class
	Of    string
}

// journalLine is a posting with its partition.
type journalLine struct {
	Partition   int32
	Position    int64
	Number      int32
	Day         calendar.Date
	Event       string
	DebitClass  ledger.Class
	DebitOf     string
	CreditClass ledger.Class
	CreditOf    string
	Amount      money.Amount
	Currency    money.Currency
}

type currencyRow struct{ Currency money.Currency }

const (
	readPostedAccounts   = `SELECT debit_class, debit_of FROM posting UNION SELECT credit_class, credit_of FROM posting ORDER BY 1, 2`
	readPostedCurrencies = `SELECT DISTINCT currency FROM posting ORDER BY currency`

	// A day that was closed late stands in the log among later ones: a journal is in
	// the order of the dates on which things took effect.
	readJournal = `SELECT partition, position, number, day, event, debit_class, debit_of, credit_class, credit_of, amount, currency
		FROM posting ORDER BY day, partition, position, number`
)

// ExportJournal writes all postings as a journal, as they are at one moment: one
// transaction for each entry of the log that moved money, tagged with its place in
// the log. Hledger is the only format so far. `hledger check --strict ordereddates`
// accepts the file.
func (t *Tables) ExportJournal(ctx context.Context, w io.Writer, format string) error {
	if format != Hledger {
		return fmt.Errorf("view: no journal in the format %q: there is %q", format, Hledger)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	err := t.snapshot(ctx, func(tx *sql.Tx) error { return writeJournal(ctx, tx, out) })
	if err != nil {
		return fmt.Errorf("view: export the journal: %w", err)
	}
	return out.Flush()
}

// snapshot lets read see the database as it is at one moment.
func (t *Tables) snapshot(ctx context.Context, read func(*sql.Tx) error) error {
	var options *sql.TxOptions // on SQLite each transaction is a snapshot
	if t.db.Dialect == database.PostgreSQL {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := t.db.Reader().BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it changed nothing
	return read(tx)
}

func writeJournal(ctx context.Context, tx *sql.Tx, out *bufio.Writer) error {
	if err := eachRow(ctx, tx, readPostedCurrencies, func(c *currencyRow) error {
		places, err := c.Currency.Decimals()
		if err == nil {
			_, err = fmt.Fprintf(out, "commodity 1000.%s %s\n", strings.Repeat("0", places), c.Currency)
		}
		return err
	}); err != nil {
		return err
	}
	if err := eachRow(ctx, tx, readPostedAccounts, func(a *ledgerAccount) error {
		_, err := fmt.Fprintf(out, "account %s\n", journalName(a.Class, a.Of))
		return err
	}); err != nil {
		return err
	}
	// The lines of an entry are held back until its last event is known: they are its description.
	var head journalLine
	var events, lines []string
	finish := func() error {
		if len(lines) == 0 {
			return nil
		}
		_, err := fmt.Fprintf(out, "\n%s %s  ; entry:%d/%d\n%s", head.Day, strings.Join(events, " + "), head.Partition, head.Position, strings.Join(lines, ""))
		events, lines = events[:0], lines[:0]
		return err
	}
	err := eachRow(ctx, tx, readJournal, func(p *journalLine) error {
		if p.Partition != head.Partition || p.Position != head.Position {
			if err := finish(); err != nil {
				return err
			}
			head = *p
		}
		if len(events) == 0 || events[len(events)-1] != p.Event {
			events = append(events, p.Event)
		}
		amount := p.Amount.Format(p.Currency) + " " + string(p.Currency)
		lines = append(lines, "    "+journalName(p.DebitClass, p.DebitOf)+"  "+amount+"\n    "+journalName(p.CreditClass, p.CreditOf)+"  -"+amount+"\n")
		return nil
	})
	if err != nil {
		return err
	}
	return finish()
}

func eachRow[R any](ctx context.Context, tx *sql.Tx, query string, see func(*R) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return walk(rows, see)
}

// journalName is a ledger account's name in a journal. A merchant's own name may
// have in it what means something there, such as a colon or two spaces: whatever
// is not a letter, a digit or one of -_. is written as %XX, each byte of it.
func journalName(class ledger.Class, of string) string {
	if of == "" {
		return string(class)
	}
	b := []byte(class)
	b = append(b, ':')
	for i, r := range of {
		switch _, size := utf8.DecodeRuneInString(of[i:]); {
		case r == '-', r == '_', r == '.', r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b = utf8.AppendRune(b, r)
		default:
			for _, c := range []byte(of[i : i+size]) {
				b = fmt.Appendf(b, "%%%02X", c)
			}
		}
	}
	return string(b)
}
