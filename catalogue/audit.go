package catalogue

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Entry is one line of the audit trail (审计记录): who changed what, when, and how
// it was before and after. It holds no secrets.
type Entry struct {
	Revision int64          `json:"revision"` // gapless, over the whole installation
	At       time.Time      `json:"at"`
	Actor    string         `json:"actor"`  // the id of a key, or Installation
	Action   string         `json:"action"` // such as "key.revoked"
	Platform string         `json:"platform,omitzero"`
	Subject  string         `json:"subject"`
	Before   jsontext.Value `json:"before,omitzero"`
	After    jsontext.Value `json:"after,omitzero"`
}

// record keeps what a thing was before and is after a change; nil for nothing.
func (e *Entry) record(before, after any) (err error) {
	if before != nil {
		if e.Before, err = json.Marshal(before); err != nil {
			return err
		}
	}
	if after != nil {
		e.After, err = json.Marshal(after)
	}
	return err
}

// Trail returns up to limit lines about a platform, newest first, older than a
// revision; before 0 begins with the newest. What concerns the whole installation
// is under the empty platform.
func (c *Catalogue) Trail(ctx context.Context, platform string, before int64, limit int) ([]Entry, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return query(ctx, c.db.Reader(), func(rows *sql.Rows, e *Entry) error {
		var at int64
		var was, is string
		err := rows.Scan(&e.Revision, &at, &e.Actor, &e.Action, &e.Platform, &e.Subject, &was, &is)
		e.At = instant(at)
		if was != "" {
			e.Before = jsontext.Value(was)
		}
		if is != "" {
			e.After = jsontext.Value(is)
		}
		return err
	}, sqlAuditTrail, platform, before, limit)
}

// instant reads a stored time.
func instant(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// query returns what scan makes of each row.
func query[T any](ctx context.Context, from querier, scan func(*sql.Rows, *T) error, statement string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return all, nil
}
