// Package consent keeps the receipts of all consents as leaves of one tree, so that
// none can be added, altered or dropped later without everybody seeing it who has an
// earlier signed head. It knows which events stand on a consent, how the tree lies in
// SQL and who signs it; it refuses to know how anything is decided. What a receipt
// says, and how anybody checks one, is consent/receipt.
package consent

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
)

// Errors of who asks the tree.
var (
	ErrMissing  = errors.New("consent: there is no such receipt")
	ErrNoTree   = errors.New("consent: the tree never had this size")
	ErrUnsigned = errors.New("consent: the installation has no signing key")
)

// Tree (授权树) is the tree of all consents of a database. Its methods are safe for
// concurrent use.
type Tree struct {
	db     *database.DB
	log    eventlog.Log
	secret []byte

	signer *receipt.Signer // nil: nothing is signed
	origin string

	mu       sync.Mutex
	follower *follow.Follower
}

// Open reads the tree of a database, and begins one where there is none. Nothing is
// signed before SignWith.
func Open(ctx context.Context, db *database.DB, log eventlog.Log) (*Tree, error) {
	t := &Tree{db: db, log: log}
	if err := t.begin(ctx); err != nil {
		return nil, fmt.Errorf("consent: open: %w", err)
	}
	return t, nil
}

const readTree = `SELECT size, root, secret, origin FROM consent_tree WHERE one = 1`

// begin makes the row of an empty tree, if there is none.
func (t *Tree) begin(ctx context.Context) error {
	s, err := readState(ctx, t.db.Reader(), readTree)
	if errors.Is(err, sql.ErrNoRows) {
		secret, empty := make([]byte, 32), tlog.Hash{}
		rand.Read(secret) // never fails: it would rather end the program
		if empty, err = tlog.TreeHash(0, nil); err != nil {
			return err
		}
		if err = t.db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO consent_tree (one, size, root, secret, origin) VALUES (1, 0, $1, $2, '') ON CONFLICT DO NOTHING`, empty[:], secret)
			return err
		}); err != nil {
			return err
		}
		s, err = readState(ctx, t.db.Reader(), readTree)
	}
	t.secret, t.origin = s.secret, s.origin
	return err
}

// state is the one row of the tree.
type state struct {
	size   int64
	root   tlog.Hash
	secret []byte
	origin string
}

type rower interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func readState(ctx context.Context, from rower, query string) (s state, err error) {
	var root []byte
	if err = from.QueryRowContext(ctx, query).Scan(&s.size, &root, &s.secret, &s.origin); err != nil {
		return s, err
	}
	if len(root) != tlog.HashSize {
		return s, fmt.Errorf("consent: the root has %d bytes", len(root))
	}
	s.root = tlog.Hash(root)
	return s, nil
}

// Reader is the tree as one who follows the log.
func (t *Tree) Reader() follow.Reader {
	return follow.Reader{Name: "consent", Wants: wanted, Take: t.take}
}

// Follow tells the tree who makes it grow, so that its callers can wait for it.
func (t *Tree) Follow(f *follow.Follower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.follower = f
}

// WaitFor returns when the consents up to a position of a partition are in the tree, or ctx ends.
func (t *Tree) WaitFor(ctx context.Context, partition int32, position int64) error {
	t.mu.Lock()
	f := t.follower
	t.mu.Unlock()
	if f == nil {
		return errors.New("consent: nobody makes the tree grow")
	}
	return f.WaitFor(ctx, partition, position)
}
