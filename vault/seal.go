package vault

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// bound is the associated data of a ciphertext: one that was copied to another
// person or another column does not open.
func bound(id, field string) []byte { return []byte("yuefu/vault/" + id + "/" + field) }

// wrap encrypts a keyset by the master key.
func (m *Master) wrap(handle *keyset.Handle, id string) ([]byte, error) {
	var b bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), m.sealer, bound(id, "key")); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (m *Master) unwrap(wrapped []byte, id string) (*keyset.Handle, error) {
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), m.sealer, bound(id, "key"))
	if err != nil {
		return nil, ErrWrongKey
	}
	return handle, nil
}

// current is the master key in use.
func (v *Vault) current() *Master {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.master
}

// unwrap opens a key, and looks for a newer master key when this one does not.
func (v *Vault) unwrap(wrapped []byte, id string) (*keyset.Handle, error) {
	handle, err := v.current().unwrap(wrapped, id)
	if err == nil {
		return handle, nil
	}
	again, failed := v.options.Key()
	if failed != nil {
		return nil, errors.Join(err, failed)
	}
	if handle, err = again.unwrap(wrapped, id); err != nil {
		return nil, err
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.master = again
	return handle, nil
}

// open opens a person's key.
func (v *Vault) open(wrapped []byte, id string) (tink.AEAD, error) {
	handle, err := v.unwrap(wrapped, id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	return aead.New(handle)
}

// lock makes a person's key, and returns it in both forms.
func (v *Vault) lock(id string) (sealer tink.AEAD, wrapped []byte, err error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, nil, err
	}
	if wrapped, err = v.current().wrap(handle, id); err != nil {
		return nil, nil, err
	}
	sealer, err = aead.New(handle)
	return sealer, wrapped, err
}

// unseal decrypts a field; what is not known is NULL.
func unseal(sealer tink.AEAD, id, field string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	clear, err := sealer.Decrypt(sealed, bound(id, field))
	if err != nil {
		return "", fmt.Errorf("%s of %s does not open: it was changed", field, id)
	}
	return string(clear), nil
}

const searchKey = "search"

// openSearch opens the key of the keyed hashes. That it opens shows that the master
// key is the one of this database.
func (v *Vault) openSearch(ctx context.Context) error {
	handle, err := v.ownKey(ctx, searchKey, prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return err
	}
	if v.search, err = prf.NewPRFSet(handle); err != nil {
		return fmt.Errorf("vault: open the search key: %w", err)
	}
	return nil
}

// ownKey opens one of the vault's own keys, or makes it: the first server's counts.
func (v *Vault) ownKey(ctx context.Context, name string, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return nil, fmt.Errorf("vault: make the key %s: %w", name, err)
	}
	wrapped, err := v.current().wrap(handle, name)
	if err != nil {
		return nil, fmt.Errorf("vault: make the key %s: %w", name, err)
	}
	err = v.write(ctx, "open the key "+name, func(tx *sql.Tx) error {
		var found []byte
		err := tx.QueryRowContext(ctx, sqlVaultKey, name).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err = tx.ExecContext(ctx, sqlInsertVaultKey, name, wrapped); err == nil {
				err = tx.QueryRowContext(ctx, sqlVaultKey, name).Scan(&found)
			}
		}
		wrapped = found
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.current().unwrap(wrapped, name)
}

// hash is the keyed hash that a platform's persons are found by. Another platform's
// is another one: who has the database alone learns nothing across them.
func (v *Vault) hash(platform, field, clear string) ([]byte, error) {
	return v.search.ComputePrimaryPRF(fmt.Appendf(nil, "%d:%s/%s/%s", len(platform), platform, field, clear), 32)
}
