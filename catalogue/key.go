package catalogue

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"time"
)

// Role is what a key may do.
type Role string

// The roles.
const (
	PlatformRole Role = "platform" // the platform's servers: customers, checkouts, repayments
	OperatorRole Role = "operator" // the lender's people: reviews, blocks, programmes; a sandbox's clock
)

// Caller is who asks.
type Caller struct {
	Platform string
	Role     Role
	KeyID    string
}

// Key is what is known of an API key after it was made: not the key.
type Key struct {
	ID       string    `json:"id"`
	Platform string    `json:"platform"`
	Role     Role      `json:"role"`
	Prefix   string    `json:"prefix"` // its first characters, to tell keys apart
	Created  time.Time `json:"created"`
	Revoked  time.Time `json:"revoked,omitzero"`
}

// crockford is base32 that reads well: no i, l, o, u.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// random returns n bytes of chance in crockford's letters.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: it would rather end the program
	return crockford.EncodeToString(b)
}

const (
	testPrefix = "yk_test_" // a sandbox's keys can't be mistaken for real ones
	livePrefix = "yk_live_"
	shown      = len(livePrefix) + 6
	secretSize = 32 // bytes: 256 bits need no slow hash
)

// Authenticate tells whose key it is. A key is looked up by its SHA-256, so that
// the time it takes says nothing about the keys there are.
func (c *Catalogue) Authenticate(key []byte) (Caller, bool) {
	if len(key) < shown || len(key) > 128 {
		return Caller{}, false
	}
	hash := sha256.Sum256(key)
	caller, ok := c.fresh(Age).keys[hash]
	if !ok {
		caller, ok = c.fresh(missAge).keys[hash]
	}
	return caller, ok
}

// CreateKey makes a key for a platform. The secret is returned this once; only
// its hash is kept.
func (c *Catalogue) CreateKey(ctx context.Context, by, platform string, role Role) (key Key, secret string, err error) {
	if role != PlatformRole && role != OperatorRole {
		return Key{}, "", invalid("role: %q is neither %q nor %q", role, PlatformRole, OperatorRole)
	}
	prefix := livePrefix
	if c.db.Book().Sandbox {
		prefix = testPrefix
	}
	secret = prefix + random(secretSize)
	hash := sha256.Sum256([]byte(secret))
	key = Key{ID: "key_" + random(10), Platform: platform, Role: role, Prefix: secret[:shown]}
	err = c.change(ctx, Entry{Actor: by, Action: "key.created", Platform: platform, Subject: key.ID}, func(tx *sql.Tx, e *Entry) error {
		if err := platformExists(ctx, tx, platform); err != nil {
			return err
		}
		key.Created = e.At
		if _, err := tx.ExecContext(ctx, sqlInsertKey, key.ID, key.Platform, string(key.Role), key.Prefix, hash[:], key.Created.UnixMicro()); err != nil {
			return err
		}
		return e.record(nil, key)
	})
	if err != nil {
		return Key{}, "", err
	}
	return key, secret, nil
}

// RevokeKey ends a platform's key, at once here and within Age on other servers.
// To end one that has ended changes nothing.
func (c *Catalogue) RevokeKey(ctx context.Context, by, platform, id string) error {
	return c.change(ctx, Entry{Actor: by, Action: "key.revoked", Platform: platform, Subject: id}, func(tx *sql.Tx, e *Entry) error {
		keys, err := query(ctx, tx, scanKey, sqlKey, platform, id)
		switch {
		case err != nil:
			return err
		case len(keys) == 0:
			return notFound("there is no key %s", id)
		case !keys[0].Revoked.IsZero():
			return errUnchanged
		}
		after := keys[0]
		after.Revoked = e.At
		if _, err := tx.ExecContext(ctx, sqlRevokeKey, id, after.Revoked.UnixMicro()); err != nil {
			return err
		}
		return e.record(keys[0], after)
	})
}

// Keys returns a platform's keys, oldest first, revoked ones too.
func (c *Catalogue) Keys(ctx context.Context, platform string) ([]Key, error) {
	return query(ctx, c.db.Reader(), scanKey, sqlKeys, platform)
}

func scanKey(rows *sql.Rows, k *Key) error {
	var created int64
	var revoked sql.NullInt64
	err := rows.Scan(&k.ID, &k.Platform, &k.Role, &k.Prefix, &created, &revoked)
	k.Created = instant(created)
	if revoked.Valid {
		k.Revoked = instant(revoked.Int64)
	}
	return err
}

func platformExists(ctx context.Context, tx *sql.Tx, id string) error {
	var n int
	if err := tx.QueryRowContext(ctx, sqlPlatformExists, id).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return notFound("there is no platform %s", id)
	}
	return nil
}
