package vault

import (
	"context"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const secretsKey = "secrets"

// Secrets (机密) keeps what belongs to no person and is nobody's to read in a copy of the
// database, such as what webhooks are signed with. Its key is wrapped as a person's is, and
// rotated with them.
type Secrets struct{ sealer tink.AEAD }

// Secrets opens the key of secrets, or makes it.
func (v *Vault) Secrets(ctx context.Context) (*Secrets, error) {
	handle, err := v.ownKey(ctx, secretsKey, aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	sealer, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("vault: open the key %s: %w", secretsKey, err)
	}
	return &Secrets{sealer}, nil
}

// Seal encrypts a secret. context is part of it: what was copied elsewhere does not open.
func (s *Secrets) Seal(plain, context []byte) ([]byte, error) {
	return s.sealer.Encrypt(plain, context)
}

// Open decrypts what Seal made for the same context.
func (s *Secrets) Open(sealed, context []byte) ([]byte, error) {
	plain, err := s.sealer.Decrypt(sealed, context)
	if err != nil {
		return nil, ErrWrongKey
	}
	return plain, nil
}
