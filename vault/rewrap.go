package vault

import (
	"context"
	"database/sql"
	"errors"

	"github.com/yuefu/yuefu/database"
)

// Rewrap encrypts every key in the database anew, by the primary key of a rotated
// master key. It may be stopped and run again, while servers serve. progress may be nil.
func Rewrap(ctx context.Context, db *database.DB, m *Master, progress func(done, of int)) error {
	var of int
	if err := db.Reader().QueryRowContext(ctx, sqlCount).Scan(&of); err != nil {
		return failed("rewrap", err)
	}
	for _, name := range ownKeys {
		if err := rewrapOwn(ctx, db, m, name); err != nil {
			return failed("rewrap", err)
		}
	}
	done := 0
	err := eachKey(ctx, db, func(batch []row) error {
		err := db.Write(ctx, func(tx *sql.Tx) error {
			for _, r := range batch {
				wrapped, err := m.again(r.wrapped, r.id)
				if err != nil {
					return err
				}
				// Not if it changed since: then it is gone, or new.
				if _, err := tx.ExecContext(ctx, sqlRewrap, r.id, r.wrapped, wrapped); err != nil {
					return err
				}
			}
			return nil
		})
		if done += len(batch); err == nil && progress != nil {
			progress(done, max(of, done))
		}
		return err
	})
	if err != nil {
		return failed("rewrap", err)
	}
	return nil
}

// ownKeys are the names of the vault's own keys that the master key wraps.
var ownKeys = []string{searchKey, secretsKey}

func rewrapOwn(ctx context.Context, db *database.DB, m *Master, name string) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		var wrapped []byte
		err := tx.QueryRowContext(ctx, sqlVaultKey, name).Scan(&wrapped)
		if errors.Is(err, sql.ErrNoRows) && name != searchKey {
			return nil // nobody needed it yet
		}
		if err != nil {
			return err
		}
		wrapped, err = m.again(wrapped, name)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, sqlUpdateVaultKey, name, wrapped)
		return err
	})
}

// again encrypts a key by the primary key.
func (m *Master) again(wrapped []byte, id string) ([]byte, error) {
	handle, err := m.unwrap(wrapped, id)
	if err != nil {
		return nil, err
	}
	return m.wrap(handle, id)
}

// Opens makes sure that a master key opens every key in the database: ErrWrongKey if
// it does not. What it does not need any more can then be thrown away.
func Opens(ctx context.Context, db *database.DB, m *Master) error {
	for _, name := range ownKeys {
		var wrapped []byte
		err := db.Reader().QueryRowContext(ctx, sqlVaultKey, name).Scan(&wrapped)
		if errors.Is(err, sql.ErrNoRows) && name != searchKey {
			continue
		}
		if err == nil {
			_, err = m.unwrap(wrapped, name)
		}
		if err != nil {
			return failed("try a key", err)
		}
	}
	err := eachKey(ctx, db, func(batch []row) error {
		for _, r := range batch {
			if _, err := m.unwrap(r.wrapped, r.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return failed("try a key", err)
	}
	return nil
}

// eachKey hands out all persons' keys, some at a time.
func eachKey(ctx context.Context, db *database.DB, do func([]row) error) error {
	for after := ""; ; {
		rows, err := db.Reader().QueryContext(ctx, sqlWrapped, after)
		if err != nil {
			return err
		}
		batch, err := keyRows(rows)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].id
		if err := do(batch); err != nil {
			return err
		}
	}
}

func keyRows(rows *sql.Rows) (all []row, err error) {
	defer rows.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.wrapped); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
