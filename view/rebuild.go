package view

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/yuefu/yuefu/database"
)

// Rebuild makes the tables anew from the log. Each partition is emptied first,
// which its checkpoint says (-1), so that whoever finds a rebuild that was broken
// off goes on with it. It returns when the tables have everything that stood in
// the log when it began; progress, which may be nil, is told how many of how many
// entries are done. Other readers may run meanwhile: they help.
func (t *Tables) Rebuild(ctx context.Context, progress func(done, all int64)) error {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	heads, err := t.log.Heads(ctx, t.log.Partitions())
	if err != nil {
		return fmt.Errorf("view: rebuild: %w", err)
	}
	all, done := int64(0), int64(0)
	for _, head := range heads {
		all += head.Position
	}
	for _, head := range heads {
		p := t.partitions[head.Partition]
		if err := t.condemn(ctx, p); err != nil {
			return fmt.Errorf("view: rebuild partition %d: %w", head.Partition, err)
		}
		for p.position.Load() < head.Position {
			if _, err := t.step(ctx, p); err != nil {
				return fmt.Errorf("view: rebuild partition %d: %w", head.Partition, err)
			}
			progress(done+max(0, p.position.Load()), all)
		}
		done += head.Position
	}
	progress(all, all)
	return nil
}

const condemnPartition = `UPDATE checkpoint SET position = -1 WHERE partition = $1 AND reader = 'tables'`

// condemn says that a partition's tables are not valid any more.
func (t *Tables) condemn(ctx context.Context, p *progress) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	if err := t.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, condemnPartition, p.partition)
		return err
	}); err != nil {
		return err
	}
	p.reached(-1)
	p.pricing.forget()
	return nil
}

// emptied are how many accounts, and how many entries' postings, one transaction
// takes away: few on SQLite, where the log waits for it.
var emptied = map[database.Dialect]int{database.PostgreSQL: 5000, database.SQLite: 50}

// The rows of accounts up to one, and the postings up to a position.
const (
	someAccount = `SELECT id FROM account WHERE partition = $1 ORDER BY id LIMIT 1 OFFSET $2`
	lastAccount = `SELECT id FROM account WHERE partition = $1 ORDER BY id DESC LIMIT 1`
	somePosting = `SELECT position FROM posting WHERE partition = $1 ORDER BY position LIMIT 1 OFFSET $2`
	lastPosting = `SELECT position FROM posting WHERE partition = $1 ORDER BY position DESC LIMIT 1`

	emptyPostings   = `DELETE FROM posting WHERE partition = $1 AND position <= $2`
	emptyAccounts   = `DELETE FROM account WHERE partition = $1 AND id <= $2`
	emptyLedger     = `DELETE FROM ledger_balance WHERE partition = $1`
	emptySubledgers = `DELETE FROM subledger_balance WHERE partition = $1`

	// lockCondemned holds the checkpoint until the transaction ends: else another
	// server could begin to fill the tables that this one still empties.
	lockCondemned = `UPDATE checkpoint SET position = -1 WHERE partition = $1 AND reader = 'tables' AND position = -1`
)

// emptyOfAccounts takes rows of accounts away, the account's own last: as long as
// it stands, its rows are looked for.
var emptyOfAccounts = func() (statements []string) {
	for _, s := range schemas {
		if s != postingTable {
			statements = append(statements, `DELETE FROM `+s.table+` WHERE partition = $1 AND account <= $2`)
		}
	}
	return append(statements, emptyAccounts)
}()

// empty takes some rows of a condemned partition away, or, when none is left,
// says that its tables begin anew.
func (t *Tables) empty(ctx context.Context, p *progress) (more bool, err error) {
	condemned, left := false, true
	err = t.db.Write(ctx, func(tx *sql.Tx) error {
		condemned, left = false, true
		locked, err := tx.ExecContext(ctx, lockCondemned, p.partition)
		if err != nil {
			return err
		}
		if n, err := locked.RowsAffected(); err != nil || n == 0 { // somebody else finished it
			return err
		}
		condemned = true
		var account string
		var position int64
		accounts, err := boundary(ctx, tx, someAccount, lastAccount, p.partition, emptied[t.db.Dialect], &account)
		if err != nil {
			return err
		}
		postings, err := boundary(ctx, tx, somePosting, lastPosting, p.partition, 10*emptied[t.db.Dialect], &position)
		if err != nil {
			return err
		}
		switch {
		case accounts:
			return each(ctx, tx, emptyOfAccounts, p.partition, account)
		case postings:
			return each(ctx, tx, []string{emptyPostings}, p.partition, position)
		}
		left = false
		if err := each(ctx, tx, []string{emptyLedger, emptySubledgers}, p.partition); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, moveCheckpoint, 0, p.partition, -1)
		return err
	})
	switch {
	case err != nil:
		return false, fmt.Errorf("view: empty partition %d: %w", p.partition, err)
	case !condemned:
		return true, t.relearn(ctx, p)
	case !left:
		p.reached(0)
		p.pricing.forget()
	}
	return true, nil
}

// boundary finds how far the next rows to take away go, and whether there are any.
func boundary(ctx context.Context, tx *sql.Tx, some, last string, partition int32, n int, into any) (bool, error) {
	err := tx.QueryRowContext(ctx, some, partition, n).Scan(into)
	if err == sql.ErrNoRows {
		err = tx.QueryRowContext(ctx, last, partition).Scan(into)
	}
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

func each(ctx context.Context, tx *sql.Tx, statements []string, arguments ...any) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, arguments...); err != nil {
			return err
		}
	}
	return nil
}
