package relay

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/yuefu/yuefu/database"
)

// The statements, in what SQLite and PostgreSQL both understand.
const (
	sqlCountEndpoints = `SELECT COUNT(*) FROM relay_endpoint WHERE platform = $1`
	sqlInsertEndpoint = `INSERT INTO relay_endpoint (id, platform, url, description, types, enabled, secret, old_until, created, changed, attempts, holder, fence, held_until)
		VALUES ($1, $2, $3, $4, $5, 1, $6, 0, $7, $7, 0, '', 0, 0)`
	sqlInsertCursor = `INSERT INTO relay_cursor (endpoint, partition, position) VALUES ($1, $2, $3)`

	selectEndpoint = `SELECT id, platform, url, description, types, enabled, old_until, created, changed,
		(SELECT COUNT(*) FROM relay_behind b WHERE b.endpoint = e.id), (SELECT COUNT(*) FROM relay_dead d WHERE d.endpoint = e.id) FROM relay_endpoint e `
	sqlEndpoints = selectEndpoint + `WHERE platform = $1 ORDER BY created, id`
	sqlEndpoint  = selectEndpoint + `WHERE platform = $1 AND id = $2`

	sqlUpdateEndpoint = `UPDATE relay_endpoint SET url = $2, description = $3, types = $4, enabled = $5, changed = CASE WHEN changed >= $6 THEN changed + 1 ELSE $6 END WHERE id = $1`
	sqlHurry          = `UPDATE relay_behind SET next_try = $2 WHERE endpoint = $1 AND next_try > $2`
	sqlRotate         = `UPDATE relay_endpoint SET old_secret = secret, secret = $2, old_until = $3, changed = CASE WHEN changed >= $4 THEN changed + 1 ELSE $4 END WHERE id = $1`

	sqlTargets = `SELECT id, platform, url, types, enabled, secret, old_secret, old_until, changed, holder, fence, held_until FROM relay_endpoint ORDER BY id`
	sqlClaim   = `UPDATE relay_endpoint SET holder = $2, fence = fence + 1, held_until = $3 WHERE id = $1 AND fence = $4 AND (holder = $2 OR held_until < $5) RETURNING fence`
	sqlHold    = `UPDATE relay_endpoint SET held_until = $2 WHERE holder = $1`
	sqlRelease = `UPDATE relay_endpoint SET held_until = 0 WHERE id = $1 AND holder = $2 AND fence = $3`

	sqlCursors    = `SELECT partition, position FROM relay_cursor WHERE endpoint = $1`
	sqlBehind     = `SELECT account, partition, position, number, tries, first_try, next_try FROM relay_behind WHERE endpoint = $1`
	sqlAdvance    = `UPDATE relay_endpoint SET attempts = attempts + $3 WHERE id = $1 AND fence = $2 RETURNING attempts`
	sqlMoveCursor = `INSERT INTO relay_cursor (endpoint, partition, position) VALUES ($1, $2, $3)
		ON CONFLICT (endpoint, partition) DO UPDATE SET position = excluded.position`
	sqlPutBehind = `INSERT INTO relay_behind (endpoint, account, partition, position, number, tries, first_try, next_try) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (endpoint, account) DO UPDATE SET position = excluded.position, number = excluded.number, tries = excluded.tries,
		first_try = excluded.first_try, next_try = excluded.next_try`
	sqlDropBehind = `DELETE FROM relay_behind WHERE endpoint = $1 AND account = $2`

	sqlInsertAttempt = `INSERT INTO relay_attempt (endpoint, number, event, type, account, try, at, took, status, failure, excerpt, next_try)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	sqlDropAttempts = `DELETE FROM relay_attempt WHERE endpoint = $1 AND number <= $2`
	sqlAttempts     = `SELECT number, event, type, account, try, at, took, status, failure, excerpt, next_try FROM relay_attempt
		WHERE endpoint = $1 AND number < $2 AND ($3 = '' OR event = $3) AND (NOT $4 OR failure <> '') ORDER BY number DESC LIMIT $5`

	sqlInsertDead = `INSERT INTO relay_dead (endpoint, number, account, partition, position, part, type, tries, first_try, last_try, status, failure, replaying, next_try)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0) ON CONFLICT DO NOTHING`
	sqlDead = `SELECT number, account, partition, position, part, type, tries, first_try, last_try, status, failure, replaying, next_try FROM relay_dead
		WHERE endpoint = $1 AND number > $2 ORDER BY number LIMIT $3`
	// Of an account's events only the first one goes out: they are replayed in their order.
	sqlReplays = `SELECT number, account, partition, position, part, type, tries, first_try, last_try, status, failure, replaying, next_try FROM relay_dead d
		WHERE endpoint = $1 AND replaying = 1 AND next_try <= $2 AND NOT EXISTS (SELECT 1 FROM relay_dead f WHERE f.endpoint = d.endpoint AND f.account = d.account
		AND f.replaying = 1 AND (f.position < d.position OR f.position = d.position AND f.part < d.part)) ORDER BY next_try, number LIMIT $3`
	sqlReplayOne  = `UPDATE relay_dead SET replaying = 1, tries = 0, first_try = $2, next_try = $2 WHERE endpoint = $1 AND account = $3 AND position = $4 AND part = $5`
	sqlReplayAll  = `UPDATE relay_dead SET replaying = 1, tries = 0, first_try = $2, next_try = $2 WHERE endpoint = $1 AND replaying = 0`
	sqlReplayed   = `DELETE FROM relay_dead WHERE endpoint = $1 AND number = $2`
	sqlReplayFail = `UPDATE relay_dead SET replaying = $3, tries = $4, next_try = $5, last_try = $6, status = $7, failure = $8 WHERE endpoint = $1 AND number = $2`
)

// sqlDeleteEndpoint forgets an endpoint.
var sqlDeleteEndpoint = []string{
	`DELETE FROM relay_endpoint WHERE id = $1`, `DELETE FROM relay_cursor WHERE endpoint = $1`, `DELETE FROM relay_behind WHERE endpoint = $1`,
	`DELETE FROM relay_attempt WHERE endpoint = $1`, `DELETE FROM relay_dead WHERE endpoint = $1`,
}

func query[T any](ctx context.Context, db *database.DB, scan func(*sql.Rows, *T) error, statement string, arguments ...any) ([]T, error) {
	rows, err := db.Reader().QueryContext(ctx, statement, arguments...)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, fmt.Errorf("relay: %w", err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	return list, nil
}

// changed makes a change of nothing an error: the endpoint was deleted meanwhile.
func changed(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return missing("webhook endpoint")
}

// instant reads a stored time; 0 is none.
func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
