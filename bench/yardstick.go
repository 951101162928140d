package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/yuefu/yuefu/database"
)

// pgbench is the yardstick that nobody here tuned: the database's own benchmark,
// simple update, best of a few numbers of clients.
func pgbench(ctx context.Context, dsn string, each time.Duration) (best float64, err error) {
	tool, err := findPgbench()
	if err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, tool, "-i", "-q", "-s", "10", dsn).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("pgbench -i: %w: %s", err, out)
	}
	rate := regexp.MustCompile(`tps = ([0-9.]+) \(without`)
	for _, clients := range []int{8, 16, 32} {
		out, err := exec.CommandContext(ctx, tool, "-N", "-n", "-j", "2", "-c", strconv.Itoa(clients),
			"-T", strconv.Itoa(max(1, int(each.Seconds()))), dsn).CombinedOutput()
		found := rate.FindSubmatch(out)
		if err != nil || found == nil {
			return 0, fmt.Errorf("pgbench -N -c %d: %w: %s", clients, err, out)
		}
		if tps, _ := strconv.ParseFloat(string(found[1]), 64); tps > best {
			best = tps
		}
	}
	return best, nil
}

func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return "", fmt.Errorf("pgbench: %w", os.ErrNotExist)
	}
	return found[len(found)-1], nil
}

// baseline is what a careful programmer would write first: one transaction an
// authorisation, with a conditional update of the balance, the authorisation, an
// event and the idempotency key. It is here so that ours is measured beside it.
type baseline struct{ db *database.DB }

const baselineAccounts = 10_000

var baselineTables = []string{
	`CREATE TABLE base_balance (account BIGINT PRIMARY KEY, credit_limit BIGINT NOT NULL, held BIGINT NOT NULL)`,
	`CREATE TABLE base_authorisation (id BIGINT PRIMARY KEY, account BIGINT NOT NULL, amount BIGINT NOT NULL, merchant TEXT NOT NULL)`,
	`CREATE TABLE base_event (id BIGINT PRIMARY KEY, account BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL)`,
	`CREATE TABLE base_key (account BIGINT NOT NULL, request_key TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (account, request_key))`,
}

const (
	baselineAccount       = `INSERT INTO base_balance (account, credit_limit, held) VALUES ($1, 1000000000000, 0)`
	baselineHold          = `UPDATE base_balance SET held = held + $2 WHERE account = $1 AND credit_limit - held >= $2`
	baselineAuthorisation = `INSERT INTO base_authorisation (id, account, amount, merchant) VALUES ($1, $2, $3, 'shop')`
	baselineEvent         = `INSERT INTO base_event (id, account, kind, body) VALUES ($1, $2, 'authorised', $3)`
	baselineKey           = `INSERT INTO base_key (account, request_key, answer) VALUES ($1, $2, $3)`
)

func openBaseline(ctx context.Context, db *database.DB) (*baseline, error) {
	return &baseline{db: db}, db.Write(ctx, func(tx *sql.Tx) error {
		for _, table := range baselineTables {
			if _, err := tx.ExecContext(ctx, table); err != nil {
				return err
			}
		}
		for account := range baselineAccounts {
			if _, err := tx.ExecContext(ctx, baselineAccount, account); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *baseline) authorise(ctx context.Context, n int64) error {
	account := n * 7919 % baselineAccounts
	body := fmt.Sprintf(`{"id":%d,"amount":100}`, n)
	return b.db.Write(ctx, func(tx *sql.Tx) error {
		held, err := tx.ExecContext(ctx, baselineHold, account, 100)
		if err != nil {
			return err
		}
		if rows, err := held.RowsAffected(); err != nil || rows != 1 {
			return fmt.Errorf("account %d: declined: %w", account, err)
		}
		if _, err := tx.ExecContext(ctx, baselineAuthorisation, n, account, 100); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, baselineEvent, n, account, body); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, baselineKey, account, strconv.FormatInt(n, 10), body)
		return err
	})
}

// postmaster finds the server's first process, when it runs on this machine.
func postmaster(ctx context.Context, pool *pgxpool.Pool) int {
	var pid int
	if err := pool.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return 0
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || string(name) != "postgres\n" {
		return 0
	}
	_, parent, _ := processTime(pid)
	return parent
}
