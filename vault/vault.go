// Package vault keeps personal data: who a platform's customer is. It knows persons,
// keys, and which customers are the same human being; it refuses to know what
// anybody owes. Everything else in the house knows customers by the platform's own
// id, so that a log line, an event or a page has nothing to give away.
//
// Each person's fields are encrypted by a key of their own, that key by the master
// key of the installation, which is not in the database. To destroy a person's key
// is to erase them, wherever the ciphertext may be.
package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
)

// Errors of the vault. None of them has personal data in it.
var (
	ErrNoPerson   = errors.New("vault: nobody is known of this customer")
	ErrDiffers    = errors.New("vault: the customer is known as somebody else")
	ErrHasAccount = errors.New("vault: another customer with this identity has an account in this programme")
	ErrRestricted = errors.New("vault: the customer has left, and this is not read any more")
	ErrWrongKey   = errors.New("vault: the key does not open the persons in this database")
	ErrWithoutKey = errors.New("vault: there is no key")
)

// Options say what a vault stands on.
type Options struct {
	// Key reads the master key. It is asked again when a person was encrypted under
	// a newer one: rotation is for running servers, too.
	Key func() (*Master, error)

	// MadeUp takes identity numbers and phones that nobody can have (see MadeUpNumber),
	// and is for sandboxes.
	MadeUp bool

	Now   func() time.Time     // the machine's clock: who read what tells the time at which it was done
	Today func() calendar.Date // the business date, by which people are of age and kept

	// Holds says whether an account still stands in the way of another one for the same
	// person, and of their erasure: open, closing, or its application with a reviewer.
	Holds func(ctx context.Context, platform string, account credit.ID) (bool, error)
}

// Vault answers for the persons of one database. It is safe for concurrent use.
type Vault struct {
	db      *database.DB
	options Options
	search  *prf.Set

	mutex  sync.Mutex
	master *Master
}

// Open reads the master key and makes sure that it opens what is there.
func Open(ctx context.Context, db *database.DB, o Options) (*Vault, error) {
	if o.Key == nil {
		return nil, ErrWithoutKey
	}
	master, err := o.Key()
	if err != nil {
		return nil, err
	}
	v := &Vault{db: db, options: o, master: master}
	if err := v.openSearch(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

// letters read well: no i, l, o, u.
var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// random returns chance in letters, 8 for each 5 bytes.
func random(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: it would rather end the program
	return letters.EncodeToString(b)
}

func (v *Vault) micros() int64 { return v.options.Now().UnixMicro() }

// write runs a transaction; errors get the room's name once, here.
func (v *Vault) write(ctx context.Context, what string, do func(tx *sql.Tx) error) error {
	if err := v.db.Write(ctx, do); err != nil {
		return failed(what, err)
	}
	return nil
}

func failed(what string, err error) error {
	for _, own := range []error{ErrNoPerson, ErrDiffers, ErrHasAccount, ErrRestricted, ErrWrongKey} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("vault: %s: %w", what, err)
}
