// Package source keeps from what a customer may be debited: the payment service's name
// of a card or account, and how a page shows it. The platform, which bound it, tells.
// It knows rows of an account; it refuses to know card numbers, amounts and whether a
// debit was ever made.
//
// They are rows and not events: a label tells something of a person, and the log
// forgets nothing.
package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/yuefu/yuefu/database"
)

// Source (扣款来源) is a card or account of the customer that money may be taken from.
type Source struct {
	Name  string // the payment service's name of it
	Label string // what the customer knows it by, masked: "招商银行 ···· 1234"
}

// Most is how many sources an account has at most.
const Most = 20

// ErrInvalid says that a list of sources can't be kept; the text around it says why.
var ErrInvalid = errors.New("source: not valid")

// Store keeps the sources of accounts. All methods are safe for concurrent use.
type Store struct {
	db  *database.DB
	now func() time.Time
}

// Open makes ready to keep sources. now is the machine's clock: when a platform told
// of a source is no matter of business dates.
func Open(db *database.DB, now func() time.Time) *Store { return &Store{db: db, now: now} }

// Put keeps an account's sources in the order in which they are to be offered, instead
// of those that were kept before.
func (s *Store) Put(ctx context.Context, account string, list []Source) error {
	if err := check(list); err != nil {
		return err
	}
	told := s.now().UnixMicro()
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM payment_source WHERE account = $1`, account); err != nil {
			return err
		}
		for i, source := range list {
			if _, err := tx.ExecContext(ctx, `INSERT INTO payment_source (account, name, label, place, told) VALUES ($1, $2, $3, $4, $5)`,
				account, source.Name, source.Label, i, told); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("source: keep those of %s: %w", account, err)
	}
	return nil
}

// Forget drops an account's sources, for who wants to be forgotten.
func (s *Store) Forget(ctx context.Context, account string) error { return s.Put(ctx, account, nil) }

// List returns an account's sources, the one to be offered first before the others.
func (s *Store) List(ctx context.Context, account string) (list []Source, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT name, label FROM payment_source WHERE account = $1 ORDER BY place`, account)
	if err != nil {
		return nil, fmt.Errorf("source: list those of %s: %w", account, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var source Source
		if err := rows.Scan(&source.Name, &source.Label); err != nil {
			return nil, fmt.Errorf("source: list those of %s: %w", account, err)
		}
		list = append(list, source)
	}
	return list, rows.Err()
}

// Has says whether a name is one of an account's sources.
func (s *Store) Has(ctx context.Context, account, name string) (bool, error) {
	list, err := s.List(ctx, account)
	for _, source := range list {
		if source.Name == name {
			return true, nil
		}
	}
	return false, err
}

func check(list []Source) error {
	if len(list) > Most {
		return fmt.Errorf("%w: an account has %d sources at most", ErrInvalid, Most)
	}
	names := map[string]bool{}
	for i, source := range list {
		switch {
		case source.Name == "" || len(source.Name) > 128:
			return fmt.Errorf("%w: source %d has a name of 1 to 128 bytes", ErrInvalid, i+1)
		case names[source.Name]:
			return fmt.Errorf("%w: source %d stands there twice", ErrInvalid, i+1)
		case strings.TrimSpace(source.Label) == "" || utf8.RuneCountInString(source.Label) > 64 || strings.ContainsFunc(source.Label, unicode.IsControl):
			return fmt.Errorf("%w: source %d has a label of 1 to 64 characters on one line", ErrInvalid, i+1)
		case digits(source.Label) > 6 || numberOnly(source.Name):
			return fmt.Errorf("%w: source %d looks like a card number: only its last digits are shown, and its name is the payment service's", ErrInvalid, i+1)
		}
		names[source.Name] = true
	}
	return nil
}

// digits counts them: a masked label shows the last four, and seldom more.
func digits(label string) (n int) {
	for _, r := range label {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// numberOnly says whether a name is as long as a card number and made of nothing else.
func numberOnly(name string) bool {
	bare := strings.NewReplacer(" ", "", "-", "").Replace(name)
	return len(bare) >= 12 && digits(bare) == len(bare)
}
