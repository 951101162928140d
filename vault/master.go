package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Master (主密钥) is the key of an installation: a keyset of Tink with AES-256-GCM
// keys, of which the primary encrypts and all decrypt. It is kept as JSON, in
// clear: where it lies, and who may read it, is the operator's to see to.
type Master struct {
	handle *keyset.Handle
	sealer tink.AEAD
}

// NewMaster makes a master key by chance.
func NewMaster() (*Master, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: make a master key: %w", err)
	}
	return master(handle)
}

// ParseMaster reads a keyset in JSON. What is wrong with it is said without it.
func ParseMaster(text []byte) (*Master, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, errors.New("vault: this is not a keyset of Tink in JSON: make one with yuefu vault new-key")
	}
	return master(handle)
}

// LoadMaster reads the keyset in a file.
func LoadMaster(path string) (*Master, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: make one with yuefu vault new-key %s", ErrWithoutKey, path, path)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: read the key: %w", err)
	}
	m, err := ParseMaster(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func master(handle *keyset.Handle) (*Master, error) {
	sealer, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("vault: the keyset is not one for AEAD: %w", err)
	}
	return &Master{handle: handle, sealer: sealer}, nil
}

// JSON is the keyset in clear.
func (m *Master) JSON() ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(m.handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("vault: write the key: %w", err)
	}
	return b.Bytes(), nil
}

// Keys is how many keys the keyset has.
func (m *Master) Keys() int { return m.handle.Len() }

// Create writes the key to a file that must not be there yet: a key that is written
// over is lost, and everybody with it.
func (m *Master) Create(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("vault: create the key: %w", err)
	}
	return m.fill(f)
}

// Replace writes a rotated key in place of the one it came from: whole, or not at all.
func (m *Master) Replace(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".vault-key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("vault: replace the key: %w", err)
	}
	if err := m.fill(f); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(fmt.Errorf("vault: replace the key: %w", err), os.Remove(f.Name()))
	}
	return nil
}

func (m *Master) fill(f *os.File) error {
	text, err := m.JSON()
	if err == nil {
		_, err = f.Write(append(text, '\n'))
	}
	if err == nil {
		err = f.Sync() // before anything is encrypted by it
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("vault: write the key: %w", err)
	}
	return nil
}

// Rotated is the keyset with one more key, which is its primary.
func (m *Master) Rotated() (*Master, error) {
	manager := keyset.NewManagerFromHandle(m.handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: rotate: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("vault: rotate: %w", err)
	}
	return master(handle)
}

// Newest is the keyset with nothing but its primary key.
func (m *Master) Newest() (*Master, error) {
	info := m.handle.KeysetInfo()
	manager := keyset.NewManagerFromHandle(m.handle)
	for _, key := range info.GetKeyInfo() {
		if key.GetKeyId() == info.GetPrimaryKeyId() {
			continue
		}
		if err := manager.Delete(key.GetKeyId()); err != nil {
			return nil, fmt.Errorf("vault: retire: %w", err)
		}
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("vault: retire: %w", err)
	}
	return master(handle)
}
