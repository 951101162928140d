// Package catalogue keeps the ordinary data of an installation: platforms and
// their API keys, programmes with their versions, the texts that people agree to,
// and who changed what. It knows rows, versions and what may be activated; it
// refuses to know accounts and money that moves.
//
// Keys and programmes are asked for by every request, so they are answered from
// memory. Another server's change is seen after Age at the latest.
package catalogue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
)

// Errors of a change. What does not exist, or is another platform's, is a
// *credit.Error of kind NotFound.
var (
	ErrInvalid = errors.New("catalogue: not valid") // the text around it says what
	ErrExists  = errors.New("catalogue: exists already")
)

// Installation is the actor of what the product does by itself, and of whoever
// has its database in hand.
const Installation = "installation"

// Catalogue answers from memory and writes to the database. It is safe for
// concurrent use.
type Catalogue struct {
	db  *database.DB
	now func() time.Time
	day func() calendar.Date // whose law counts; nil: the machine's date

	loading  sync.Mutex
	current  atomic.Pointer[snapshot]
	versions sync.Map // versionKey → *Version, old ones too: they never change
	texts    sync.Map // hash → Text
	rules    sync.Map // versionKey → compiled
}

// Open reads the catalogue of a database, and adds the texts that come with the
// product where they are missing. now is the machine's clock, not a sandbox's: a
// trail of who did what tells the time at which it was done.
func Open(ctx context.Context, db *database.DB, now func() time.Time) (*Catalogue, error) {
	c := &Catalogue{db: db, now: now}
	c.current.Store(&snapshot{revision: -1})
	for _, text := range standardTexts() {
		if _, err := c.CreateText(ctx, Installation, text); err != nil {
			return nil, err
		}
	}
	c.loading.Lock()
	defer c.loading.Unlock()
	if err := c.load(ctx); err != nil {
		return nil, fmt.Errorf("catalogue: read: %w", err)
	}
	return c, nil
}

// FollowDay tells the catalogue the business date, by which law is looked up: a
// sandbox's programme is made under the law of the sandbox's date. It comes before
// anything is changed.
func (c *Catalogue) FollowDay(day func() calendar.Date) { c.day = day }

func (c *Catalogue) today() calendar.Date {
	if c.day == nil {
		return calendar.At(c.now())
	}
	return c.day()
}

// change runs one change and writes its line in the audit trail, in one
// transaction. Moving the revision first stands all changes of all servers in a
// queue, so that do may read before it writes.
func (c *Catalogue) change(ctx context.Context, entry Entry, do func(tx *sql.Tx, e *Entry) error) error {
	entry.At = c.now().UTC().Truncate(time.Microsecond)
	err := c.db.Write(ctx, func(tx *sql.Tx) error {
		e := entry // anew for each try
		if err := tx.QueryRowContext(ctx, sqlMoveRevision).Scan(&e.Revision); err != nil {
			return err
		}
		if err := do(tx, &e); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, sqlInsertAudit, e.Revision, e.At.UnixMicro(), e.Actor, e.Action, e.Platform, e.Subject, string(e.Before), string(e.After))
		return err
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("catalogue: %s %s: %w", entry.Action, entry.Subject, err)
	}
	c.loading.Lock()
	defer c.loading.Unlock()
	if err := c.load(ctx); err != nil { // the change is made all the same: whoever asks next looks again
		stale := *c.current.Load()
		stale.checked = time.Time{}
		c.current.Store(&stale)
	}
	return nil
}

// errUnchanged rolls a change back that found nothing to do.
var errUnchanged = errors.New("nothing to change")

// created turns a clash on a primary key into ErrExists: the insert did nothing.
func created(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrExists
}

func notFound(format string, args ...any) error {
	return &credit.Error{Kind: credit.NotFound, Detail: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
