package vault

import (
	"context"
	"database/sql"
	"errors"

	"github.com/yuefu/yuefu/database"
)

const sandboxKey = "master"

// Sandbox is the master key of a sandbox that has no file to keep one beside: it is
// in the database, in clear, and so protects nobody. There are none but made-up
// people in a sandbox; a real installation never gets here.
func Sandbox(ctx context.Context, db *database.DB) (*Master, error) {
	if !db.Book().Sandbox {
		return nil, ErrWithoutKey
	}
	made, err := NewMaster()
	if err != nil {
		return nil, err
	}
	text, err := made.JSON()
	if err != nil {
		return nil, err
	}
	err = db.Write(ctx, func(tx *sql.Tx) error {
		var found []byte
		err := tx.QueryRowContext(ctx, sqlVaultKey, sandboxKey).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err = tx.ExecContext(ctx, sqlInsertVaultKey, sandboxKey, text); err == nil {
				err = tx.QueryRowContext(ctx, sqlVaultKey, sandboxKey).Scan(&found)
			}
		}
		text = found
		return err
	})
	if err != nil {
		return nil, failed("read the sandbox's key", err)
	}
	return ParseMaster(text)
}
