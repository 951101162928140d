package consent

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/yuefu/yuefu/consent/receipt"
)

// SignWith says which key signs heads from now on, and publishes its public half. With
// none, a sandbox makes its own and keeps it; any other installation signs nothing. now
// is the machine's clock: it tells when a key is first used. It comes before anybody asks for heads.
func (t *Tree) SignWith(ctx context.Context, key *receipt.Signer, now func() time.Time) error {
	t.signer = key
	if key == nil && t.db.Book().Sandbox {
		if err := t.ownKey(ctx, now); err != nil {
			return fmt.Errorf("consent: a sandbox's key: %w", err)
		}
	}
	if t.signer == nil {
		return nil
	}
	if err := t.publish(ctx, t.signer.Public, "", now()); err != nil {
		return fmt.Errorf("consent: publish the key: %w", err)
	}
	if t.origin != t.signer.Name() {
		return fmt.Errorf("consent: the tree's heads are signed as %s, and the key is called %s: a new key keeps the name", t.origin, t.signer.Name())
	}
	return nil
}

// Signs tells whether heads are signed.
func (t *Tree) Signs() bool { return t.signer != nil }

// ownKey makes the key of a sandbox, or finds the one that was made. It is kept in
// the sandbox's own database, in plain: it proves nothing, and nobody has to look after it.
func (t *Tree) ownKey(ctx context.Context, now func() time.Time) error {
	const read = `SELECT private FROM consent_key WHERE private <> '' ORDER BY added, verifier LIMIT 1`
	var private string
	err := t.db.Reader().QueryRowContext(ctx, read).Scan(&private)
	if errors.Is(err, sql.ErrNoRows) {
		name := t.origin
		if name == "" {
			name = "sandbox/" + strings.ToLower(t.db.Book().ID)
		}
		made, wrong := receipt.NewKey(name)
		if wrong != nil {
			return wrong
		}
		signer, wrong := receipt.ReadKey(made)
		if wrong != nil {
			return wrong
		}
		if err := t.publish(ctx, signer.Public, made, now()); err != nil {
			return err
		}
		err = t.db.Reader().QueryRowContext(ctx, read).Scan(&private) // of two servers the first one's
	}
	if err != nil {
		return err
	}
	t.signer, err = receipt.ReadKey(private)
	return err
}

// publish keeps a public key, and on the first one the tree's origin.
func (t *Tree) publish(ctx context.Context, verifier, private string, at time.Time) error {
	name, _, _ := strings.Cut(verifier, "+")
	err := t.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE consent_tree SET origin = $1 WHERE one = 1 AND origin = ''`, name); err != nil {
			return err
		}
		// A key of another name never signs, and is not published.
		_, err := tx.ExecContext(ctx, `INSERT INTO consent_key (verifier, added, private)
			SELECT $1, CAST($2 AS bigint), $3 FROM consent_tree WHERE one = 1 AND origin = $4 ON CONFLICT DO NOTHING`, verifier, at.UnixMicro(), private, name)
		return err
	})
	if err != nil {
		return err
	}
	return t.db.Reader().QueryRowContext(ctx, `SELECT origin FROM consent_tree WHERE one = 1`).Scan(&t.origin)
}

// Keys are the public keys that heads were ever signed with, the first one first.
func (t *Tree) Keys(ctx context.Context) (receipt.Keys, error) {
	keys := receipt.Keys{Keys: []receipt.Key{}}
	rows, err := t.db.Reader().QueryContext(ctx, `SELECT verifier, added FROM consent_key ORDER BY added, verifier`)
	if err != nil {
		return keys, fmt.Errorf("consent: keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var verifier string
		var added int64
		if err := rows.Scan(&verifier, &added); err != nil {
			return keys, err
		}
		key, err := receipt.Published(verifier, time.UnixMicro(added), t.signer != nil && t.signer.Public == verifier)
		if err != nil {
			return keys, err
		}
		keys.Keys = append(keys.Keys, key)
	}
	return keys, rows.Err()
}
