package database

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// writerSettings keep the plans of set-based writes by key what they have to be.
// A plan made while a table is empty is a sequential scan, kept until the table
// is analysed: 1,000 commands a second instead of 8,000 in the first minute. And
// planning anew for each set of arrays costs more than running the statement.
//
// They are not enough for a join with unnest: on an empty table the planner likes to go
// through the whole partition by index and to compare afterwards. Such a
// statement has to name the rows besides, as in `t.partition = $1 AND t.id = u.id AND
// t.id = ANY($2)`, or to look them up in a LATERAL query with OFFSET 0. Hash joins
// stay on, since what would come instead compares each row with each.
var writerSettings = map[string]string{
	"plan_cache_mode":   "force_generic_plan",
	"enable_seqscan":    "off",
	"enable_mergejoin":  "off",
	"enable_bitmapscan": "off",
	"jit":               "off",
	// A server that hangs inside a transaction must not hold a partition's head for ever.
	"idle_in_transaction_session_timeout": "60000",
}

// openPostgres opens the pool for writes and, apart from it, connections for
// reading that plan as PostgreSQL likes.
func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	if _, named := config.ConnConfig.RuntimeParams["application_name"]; !named {
		config.ConnConfig.RuntimeParams["application_name"] = "yuefu"
	}
	planner := config.ConnConfig.Copy()
	reader := stdlib.OpenDB(*planner.Copy())
	reader.SetMaxOpenConns(16)
	reader.SetMaxIdleConns(16)
	for name, value := range writerSettings {
		config.ConnConfig.RuntimeParams[name] = value
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = 16
	}
	config.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	writer := stdlib.OpenDBFromPool(pool)
	return &DB{Dialect: PostgreSQL, reader: reader, planner: planner, pool: pool, writer: writer}, nil
}
