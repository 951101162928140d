package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/yuefu/yuefu/database"
)

func createDatabase(dsn, name string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return err
}

func (s store) postmasterOf(ctx context.Context, dsn string) int {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return 0
	}
	defer pool.Close()
	return postmaster(ctx, pool)
}

// durability says which settings make a commit durable.
func durability(ctx context.Context, db *database.DB) (string, error) {
	names := []string{"SHOW fsync", "SHOW synchronous_commit", "SHOW wal_sync_method", "SHOW server_version"}
	if db.Dialect == database.SQLite {
		names = []string{"PRAGMA journal_mode", "PRAGMA synchronous", "SELECT sqlite_version()"}
	}
	var said []string
	err := db.Write(ctx, func(tx *sql.Tx) error { // the connection that commits is the one to ask
		said = said[:0]
		for _, name := range names {
			var value string
			if err := tx.QueryRowContext(ctx, name).Scan(&value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			said = append(said, strings.NewReplacer("SHOW ", "", "PRAGMA ", "", "SELECT ", "").Replace(name)+" = "+value)
		}
		return nil
	})
	return strings.Join(said, ", "), err
}
