// Package session keeps who stands before a hosted page: a customer, in one programme
// of one platform, for a short while. It knows tokens by their hashes and when they
// end; it refuses to know accounts, HTTP and who the person behind a customer is.
//
// A platform, which knows its customer, asks for a link (链接). Whoever opens it first
// gets a session (会话) under a new token, which lives in a cookie and in no URL; the
// link is used up. Sessions are rows and not signed tokens, so that logging out,
// everywhere too, and the end of an account end them at once.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/database"
)

// Who is whom a session is for. One session sees one account at most: the customer's
// in the programme.
type Who struct {
	Platform  string
	Programme string
	Customer  string
	Account   string // the account's id, by which its sessions end
}

// Session is what a page may know of its visitor.
type Session struct {
	Who
	About
	Started time.Time
	Expires time.Time // at the latest; sooner when nothing happens

	seen time.Time
}

// About is what the platform says when it asks for a link.
type About struct {
	Language string `json:"language,omitzero"` // "zh-Hans" or "en"; empty: the browser's
	Return   string `json:"return,omitzero"`   // where the platform's own pages are
	Cashier  string `json:"cashier,omitzero"`  // where the platform takes repayments itself
	Page     string `json:"page,omitzero"`     // the page to open with; empty: home
	Checkout string `json:"checkout,omitzero"` // the checkout that the link is for
}

// How long things live. A phone that is put down is locked after Idle, and nobody is
// let in for longer than Longest without the platform saying again who it is.
const (
	LinkLife = 10 * time.Minute
	Idle     = 20 * time.Minute
	Longest  = 8 * time.Hour
)

// ErrEnded says that there is no such link or session, or not any more. Which of
// them is nobody's to know.
var ErrEnded = errors.New("session: no such link or session, or it has ended")

// Store keeps links and sessions. All methods are safe for concurrent use.
type Store struct {
	db  *database.DB
	now func() time.Time
}

// Open makes ready to keep sessions. now is the machine's clock: a person's patience
// is no matter of business dates, and a sandbox's clock jumps.
func Open(db *database.DB, now func() time.Time) *Store { return &Store{db: db, now: now} }

// kinds of tokens.
const (
	linkKind    = "link"
	sessionKind = "session"
)

// NewLink makes a link's token for a customer.
func (s *Store) NewLink(ctx context.Context, who Who, about About) (token string, expires time.Time, err error) {
	expires = s.now().Add(LinkLife)
	token, err = s.add(ctx, linkKind, who, about, expires)
	return token, expires, err
}

// Enter uses a link up and begins a session under a token of its own, so that who
// saw the link, or planted one, has nothing.
func (s *Store) Enter(ctx context.Context, link string) (token string, _ Session, err error) {
	var found Session
	now := s.now()
	err = s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		row := tx.QueryRowContext(ctx, `DELETE FROM page_session WHERE hash = $1 AND kind = $2 AND expires > $3
			RETURNING platform, programme, customer, account, about, started, seen, expires`, hash(link), linkKind, now.UnixMicro())
		found, err = scan(row)
		return err
	})
	if err != nil {
		return "", Session{}, ended(err)
	}
	found.Started, found.Expires = now, now.Add(Longest)
	token, err = s.add(ctx, sessionKind, found.Who, found.About, found.Expires)
	return token, found, err
}

// add keeps a new token.
func (s *Store) add(ctx context.Context, kind string, who Who, about About, expires time.Time) (string, error) {
	token := newToken()
	text, err := json.Marshal(about)
	if err != nil {
		return "", err
	}
	now := s.now()
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO page_session (hash, kind, platform, programme, customer, account, about, started, seen, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`, hash(token), kind, who.Platform, who.Programme, who.Customer, who.Account, string(text), now.UnixMicro(), expires.UnixMicro())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("session: keep a %s: %w", kind, err)
	}
	return token, nil
}

// Find returns the session that a cookie's token is for, and notes that somebody is there.
func (s *Store) Find(ctx context.Context, token string) (Session, error) {
	now := s.now()
	row := s.db.Reader().QueryRowContext(ctx, `SELECT platform, programme, customer, account, about, started, seen, expires FROM page_session
		WHERE hash = $1 AND kind = $2 AND expires > $3 AND seen > $4`, hash(token), sessionKind, now.UnixMicro(), now.Add(-Idle).UnixMicro())
	found, err := scan(row)
	if err != nil {
		return Session{}, ended(err)
	}
	// Once a minute is enough: a page that is read must not write each time.
	if now.Sub(found.seen) < time.Minute {
		return found, nil
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE page_session SET seen = $2 WHERE hash = $1`, hash(token), now.UnixMicro())
		return err
	})
	return found, err
}

// End ends a session: logging out.
func (s *Store) End(ctx context.Context, token string) error {
	return s.remove(ctx, `DELETE FROM page_session WHERE hash = $1`, hash(token))
}

// EndAll ends every session and link of an account: logging out everywhere.
func (s *Store) EndAll(ctx context.Context, account string) error {
	return s.remove(ctx, endAll, account)
}

const endAll = `DELETE FROM page_session WHERE account = $1`

// EndIn does the same in a transaction of somebody else's.
func EndIn(ctx context.Context, tx *sql.Tx, account string) error {
	_, err := tx.ExecContext(ctx, endAll, account)
	return err
}

// Sweep removes what has ended.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.now()
	for _, old := range []string{`DELETE FROM page_shown WHERE shown <= $1`, `DELETE FROM page_step WHERE at <= $1`} {
		if err := s.remove(ctx, old, now.Add(-Longest).UnixMicro()); err != nil {
			return err
		}
	}
	return s.remove(ctx, `DELETE FROM page_session WHERE expires <= $1 OR kind = $2 AND seen <= $3`, now.UnixMicro(), sessionKind, now.Add(-Idle).UnixMicro())
}

func (s *Store) remove(ctx context.Context, statement string, arguments ...any) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, arguments...)
		return err
	})
	if err != nil {
		return fmt.Errorf("session: end: %w", err)
	}
	return nil
}

func scan(row *sql.Row) (found Session, err error) {
	var about string
	var started, seen, expires int64
	if err = row.Scan(&found.Platform, &found.Programme, &found.Customer, &found.Account, &about, &started, &seen, &expires); err != nil {
		return Session{}, err
	}
	found.Started, found.seen, found.Expires = time.UnixMicro(started), time.UnixMicro(seen), time.UnixMicro(expires)
	return found, json.Unmarshal([]byte(about), &found.About)
}

func ended(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrEnded
	}
	return fmt.Errorf("session: %w", err)
}

// newToken is 256 bits that nobody guesses.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: it would rather end the program
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hash is all that is kept of a token.
func hash(token string) []byte {
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return sum[:]
}
