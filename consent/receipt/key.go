package receipt

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/note"
)

// UseReceipts is what a published key is for.
const UseReceipts = "consent_receipts"

// Key is a public key as it is published at /.well-known/yuefu-keys.json.
type Key struct {
	Use       string    `json:"use"`
	Algorithm string    `json:"algorithm"`
	Verifier  string    `json:"verifier"`   // name+hash+key, as golang.org/x/mod/sumdb/note writes it
	PublicKey []byte    `json:"public_key"` // its 32 bytes, for who has no use for the other form
	AddedAt   time.Time `json:"added_at"`
	Current   bool      `json:"current"` // heads are signed with it now
}

// Keys are the published keys of an installation, the current one and those before it.
type Keys struct {
	Keys []Key `json:"keys"`
}

// Signer is a private key, with its public half as it is published.
type Signer struct {
	note.Signer
	Public string // the verifier key
}

const privateMark = "PRIVATE+KEY+"

// NewKey makes a private key. name is whose tree it signs: an address that the
// installation's operator owns, such as pay.example.com/consents.
func NewKey(name string) (private string, err error) {
	if private, _, err = note.GenerateKey(rand.Reader, name); err != nil {
		return "", fmt.Errorf("make a signing key: %w", err)
	}
	if _, err := note.NewSigner(private); err != nil {
		return "", fmt.Errorf("a signing key can't be called %q: a name has no blank and no plus sign", name)
	}
	return private, nil
}

// ReadKey reads a private key: the key itself, or the name of a file that has it.
// Its errors never say what the key is.
func ReadKey(keyOrFile string) (*Signer, error) {
	private := keyOrFile
	if !strings.HasPrefix(keyOrFile, privateMark) {
		b, err := os.ReadFile(keyOrFile)
		if err != nil {
			return nil, fmt.Errorf("signing key: %w", err)
		}
		private = string(b)
	}
	private = strings.TrimSpace(private)
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, errors.New("signing key: it is none that `yuefu receipt new-key` makes")
	}
	parts := strings.SplitN(private, "+", 5) // PRIVATE, KEY, name, hash, key: the name has no plus sign
	secret, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(secret) != 1+ed25519.SeedSize {
		return nil, errors.New("signing key: it is not of Ed25519")
	}
	seed := ed25519.NewKeyFromSeed(secret[1:])
	public, err := note.NewEd25519VerifierKey(signer.Name(), ed25519.PublicKey(seed[ed25519.SeedSize:]))
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return &Signer{signer, public}, nil
}

// Published tells a verifier key as it is published.
func Published(verifier string, added time.Time, current bool) (Key, error) {
	if _, err := note.NewVerifier(verifier); err != nil {
		return Key{}, fmt.Errorf("key %q: %w", verifier, err)
	}
	public, err := base64.StdEncoding.DecodeString(strings.SplitN(verifier, "+", 3)[2])
	if err != nil || len(public) != 1+ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("key %q is not of Ed25519", verifier)
	}
	return Key{Use: UseReceipts, Algorithm: "Ed25519", Verifier: verifier, PublicKey: public[1:], AddedAt: added.UTC(), Current: current}, nil
}

// ReadVerifiers reads public keys: one written out, one a line, or the published file.
func ReadVerifiers(text string) (list []note.Verifier, err error) {
	keys, err := VerifiersIn(text)
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("%.80q is no public key", k)
		}
		list = append(list, v)
	}
	return list, err
}

// VerifiersIn finds public keys in a text, as they are written.
func VerifiersIn(text string) ([]string, error) {
	found := strings.Fields(text)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var keys Keys
		if err := json.Unmarshal([]byte(text), &keys); err != nil {
			return nil, errors.New("it is no file of published keys")
		}
		found = nil
		for _, k := range keys.Keys {
			if k.Use == UseReceipts {
				found = append(found, k.Verifier)
			}
		}
	}
	for _, k := range found {
		if _, err := note.NewVerifier(k); err != nil {
			return nil, fmt.Errorf("%.80q is no public key", k)
		}
	}
	if len(found) == 0 {
		return nil, errors.New("there is no public key in it")
	}
	return found, nil
}
