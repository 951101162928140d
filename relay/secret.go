package relay

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Sealer keeps secrets unreadable in the database. context is part of what is sealed:
// a value of one row can't be read as that of another.
type Sealer interface {
	Seal(plain, context []byte) ([]byte, error)
	Open(sealed, context []byte) ([]byte, error)
}

// plainly is what an installation without a master key has.
type plainly struct{}

func (plainly) Seal(plain, _ []byte) ([]byte, error)  { return plain, nil }
func (plainly) Open(sealed, _ []byte) ([]byte, error) { return sealed, nil }

// SecretPrefix begins every secret.
const SecretPrefix = "whsec_"

// newSecret makes a secret as Standard Webhooks writes one.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: it would rather end the program
	return SecretPrefix + base64.StdEncoding.EncodeToString(b)
}

func sealedAs(endpoint string) []byte { return []byte("relay_endpoint/" + endpoint + "/secret") }

// signer signs with an endpoint's secrets: with both while two are valid.
type signer struct {
	now, old *standardwebhooks.Webhook
	oldUntil time.Time
}

func newSigner(secret, old string, oldUntil time.Time) (s signer, err error) {
	if s.now, err = standardwebhooks.NewWebhook(secret); err != nil {
		return s, fmt.Errorf("relay: secret: %w", err)
	}
	if old != "" {
		if s.old, err = standardwebhooks.NewWebhook(old); err != nil {
			return s, fmt.Errorf("relay: old secret: %w", err)
		}
	}
	s.oldUntil = oldUntil
	return s, nil
}

// sign returns the signatures of a message, with blanks between.
func (s signer) sign(id string, at time.Time, body []byte) (string, error) {
	var all []string
	signers := []*standardwebhooks.Webhook{s.now}
	if s.old != nil && at.Before(s.oldUntil) {
		signers = append(signers, s.old)
	}
	for _, w := range signers {
		signature, err := w.Sign(id, at, body)
		if err != nil {
			return "", err
		}
		all = append(all, signature)
	}
	return strings.Join(all, " "), nil
}
