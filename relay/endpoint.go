package relay

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
)

// Endpoint (通知地址) is a receiver of a platform's events.
type Endpoint struct {
	ID          string
	Platform    string
	URL         string
	Description string
	Types       []string // only events of these types; empty: all
	Enabled     bool
	OldUntil    time.Time // until when the secret before this one is used as well; zero: it is not
	Created     time.Time
	Changed     time.Time

	Waiting int64 // accounts that are behind
	Dead    int64 // events that it never took
}

// MostEndpoints is how many a platform can have.
const MostEndpoints = 16

// ErrTooMany says that a platform has as many endpoints as it can have.
var ErrTooMany = errors.New("relay: too many endpoints")

// ErrType says that there are no events of a type.
var ErrType = errors.New("relay: no such type of event")

func missing(what string) error {
	return &credit.Error{Kind: credit.NotFound, Detail: "there is no such " + what}
}

// Create adds a receiver, who is sent what happens from now on, and returns its secret,
// which is shown once.
func (r *Relay) Create(ctx context.Context, platform, url, description string, types []string) (e Endpoint, secret string, err error) {
	if err := CheckURL(url, r.options.Sandbox); err != nil {
		return e, "", err
	}
	joined, err := joinTypes(types)
	if err != nil {
		return e, "", err
	}
	now := r.options.Now().UTC().Truncate(time.Microsecond)
	e = Endpoint{ID: "whe_" + strings.ToLower(rand.Text()), Platform: platform, URL: url, Description: description, Types: types, Enabled: true, Created: now, Changed: now}
	secret = newSecret()
	sealed, err := r.options.Sealer.Seal([]byte(secret), sealedAs(e.ID))
	if err != nil {
		return e, "", fmt.Errorf("relay: seal: %w", err)
	}
	partitions := r.log.Partitions()
	heads, err := r.log.Heads(ctx, partitions)
	if err != nil {
		return e, "", err
	}
	err = r.db.Write(ctx, func(tx *sql.Tx) error {
		n := 0
		if err := tx.QueryRowContext(ctx, sqlCountEndpoints, platform).Scan(&n); err != nil {
			return err
		}
		if n >= MostEndpoints {
			return ErrTooMany
		}
		if _, err := tx.ExecContext(ctx, sqlInsertEndpoint, e.ID, platform, url, description, joined, sealed, now.UnixMicro()); err != nil {
			return err
		}
		for _, head := range heads {
			if _, err := tx.ExecContext(ctx, sqlInsertCursor, e.ID, head.Partition, head.Position); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return e, "", fmt.Errorf("relay: create: %w", err)
	}
	r.look()
	return e, secret, nil
}

func joinTypes(types []string) (string, error) {
	for i, name := range types {
		if !event.Known(name) {
			return "", fmt.Errorf("%w: %q", ErrType, name)
		}
		if slices.Contains(types[:i], name) {
			return "", fmt.Errorf("%w: %q stands twice", ErrType, name)
		}
	}
	return strings.Join(types, ","), nil
}

func splitTypes(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, ",")
}

// Endpoints returns a platform's endpoints, in order of their making.
func (r *Relay) Endpoints(ctx context.Context, platform string) ([]Endpoint, error) {
	return query(ctx, r.db, scanEndpoint, sqlEndpoints, platform)
}

// Endpoint returns one of a platform's endpoints.
func (r *Relay) Endpoint(ctx context.Context, platform, id string) (Endpoint, error) {
	list, err := query(ctx, r.db, scanEndpoint, sqlEndpoint, platform, id)
	if err == nil && len(list) == 0 {
		err = missing("webhook endpoint")
	}
	if err != nil {
		return Endpoint{}, err
	}
	return list[0], nil
}

func scanEndpoint(rows *sql.Rows, e *Endpoint) error {
	var types string
	var until, created, changed int64
	err := rows.Scan(&e.ID, &e.Platform, &e.URL, &e.Description, &types, &e.Enabled, &until, &created, &changed, &e.Waiting, &e.Dead)
	e.Types, e.OldUntil, e.Created, e.Changed = splitTypes(types), instant(until), instant(created), instant(changed)
	return err
}

// Change says what is to be different; nil: as it is.
type Change struct {
	URL, Description *string
	Types            *[]string // empty: all
	Enabled          *bool
}

// Update changes an endpoint. One that is enabled again goes on where it stopped: the log keeps
// what it missed.
func (r *Relay) Update(ctx context.Context, platform, id string, c Change) (Endpoint, error) {
	e, err := r.Endpoint(ctx, platform, id)
	if err != nil {
		return e, err
	}
	set(&e.URL, c.URL)
	set(&e.Description, c.Description)
	set(&e.Types, c.Types)
	set(&e.Enabled, c.Enabled)
	if c.URL != nil {
		if err := CheckURL(e.URL, r.options.Sandbox); err != nil {
			return e, err
		}
	}
	joined, err := joinTypes(e.Types)
	if err != nil {
		return e, err
	}
	e.Changed = r.options.Now().UTC().Truncate(time.Microsecond)
	err = r.db.Write(ctx, func(tx *sql.Tx) error {
		if err := changed(tx.ExecContext(ctx, sqlUpdateEndpoint, id, e.URL, e.Description, joined, flag(e.Enabled), e.Changed.UnixMicro())); err != nil {
			return err
		}
		if c.URL == nil {
			return nil
		}
		// Another address may well take what this one did not: nobody waits for an hour to find out.
		_, err := tx.ExecContext(ctx, sqlHurry, id, e.Changed.UnixMicro())
		return err
	})
	if err != nil {
		return e, fmt.Errorf("relay: change %s: %w", id, err)
	}
	r.look()
	return e, nil
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// Delete forgets an endpoint and everything about it.
func (r *Relay) Delete(ctx context.Context, platform, id string) error {
	if _, err := r.Endpoint(ctx, platform, id); err != nil {
		return err
	}
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		for _, statement := range sqlDeleteEndpoint {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("relay: delete %s: %w", id, err)
	}
	r.look()
	return nil
}

// LongestOverlap is how long an old secret can be used beside the new one.
const LongestOverlap = 7 * 24 * time.Hour

// Rotate gives an endpoint a new secret, which is shown once. For the overlap everything is
// signed with the one before as well, so that a receiver can change over in peace.
func (r *Relay) Rotate(ctx context.Context, platform, id string, overlap time.Duration) (e Endpoint, secret string, err error) {
	if e, err = r.Endpoint(ctx, platform, id); err != nil {
		return e, "", err
	}
	secret = newSecret()
	sealed, err := r.options.Sealer.Seal([]byte(secret), sealedAs(id))
	if err != nil {
		return e, "", fmt.Errorf("relay: seal: %w", err)
	}
	now := r.options.Now().UTC().Truncate(time.Microsecond)
	e.Changed, e.OldUntil = now, now.Add(overlap)
	err = r.db.Write(ctx, func(tx *sql.Tx) error {
		return changed(tx.ExecContext(ctx, sqlRotate, id, sealed, e.OldUntil.UnixMicro(), now.UnixMicro()))
	})
	if err != nil {
		return e, "", fmt.Errorf("relay: rotate the secret of %s: %w", id, err)
	}
	r.look()
	return e, secret, nil
}
