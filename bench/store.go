package bench

import (
	"context"
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
	for _, name := range names {
		var value string
		if err := db.Reader().QueryRowContext(ctx, name).Scan(&value); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		said = append(said, strings.TrimPrefix(strings.TrimPrefix(name, "SHOW "), "PRAGMA ")+" = "+value)
	}
	return strings.Join(said, ", "), nil
}
