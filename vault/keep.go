package vault

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// Known is what the vault says of a person to whoever asks: nothing in clear.
type Known struct {
	ID      string // per_…
	Adult   bool   // today, by the identity number
	Masked  Person
	Created time.Time
	Changed time.Time
	EraseOn calendar.Date // from this date on nothing is kept; 0: nobody asked
	New     bool          // nobody was known of the customer before this call
}

// row is a person's row.
type row struct {
	id, platform, customer                string
	wrapped                               []byte
	name, identity, phone, address, email []byte
	identityHash                          []byte
	created, changed, endedOn, eraseOn    int64
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func find(ctx context.Context, from querier, platform, customer string) (r row, err error) {
	r.platform, r.customer = platform, customer
	err = from.QueryRowContext(ctx, sqlPerson, platform, customer).Scan(&r.id, &r.wrapped, &r.name, &r.identity, &r.phone, &r.address, &r.email,
		&r.identityHash, &r.created, &r.changed, &r.endedOn, &r.eraseOn)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoPerson
	}
	return r, err
}

// clear decrypts a person.
func (v *Vault) clear(r row) (p Person, err error) {
	sealer, err := v.open(r.wrapped, r.id)
	if err != nil {
		return p, err
	}
	for _, field := range []struct {
		name   string
		sealed []byte
		to     *string
	}{
		{FieldName, r.name, &p.Name}, {FieldIdentityNumber, r.identity, &p.IdentityNumber}, {FieldPhone, r.phone, &p.Phone},
		{FieldAddress, r.address, &p.Address}, {FieldEmail, r.email, &p.Email},
	} {
		if *field.to, err = unseal(sealer, r.id, field.name, field.sealed); err != nil {
			return Person{}, err
		}
	}
	return p, nil
}

func (v *Vault) known(r row, p Person) Known {
	age, _ := Age(p.IdentityNumber, v.options.Today())
	return Known{
		ID: r.id, Adult: age >= Adult, Masked: p.Masked(), Created: time.UnixMicro(r.created).UTC(), Changed: time.UnixMicro(r.changed).UTC(),
		EraseOn: calendar.Date(r.eraseOn),
	}
}

// Check holds a person against the rules of this installation.
func (v *Vault) Check(p Person) (Person, []Fault) {
	return p.Check(v.options.MadeUp, v.options.Today())
}

// Known tells of the person that a customer is, or ErrNoPerson.
func (v *Vault) Known(ctx context.Context, platform, customer string) (Known, error) {
	r, err := find(ctx, v.db.Reader(), platform, customer)
	if err != nil {
		return Known{}, failed("look for a person", err)
	}
	p, err := v.clear(r)
	if err != nil {
		return Known{}, failed("look for a person", err)
	}
	return v.known(r, p), nil
}

// Agree keeps a checked person for a customer of whom nobody is known, and otherwise
// makes sure that they are the same in everything that is given: an application,
// sent again late, changes nobody's phone. Else it is ErrDiffers.
func (v *Vault) Agree(ctx context.Context, platform, customer string, p Person) (Known, error) {
	return v.keep(ctx, platform, customer, func(_ *sql.Tx, _ row, kept Person) (Person, error) {
		same := kept.Name == p.Name && kept.IdentityNumber == p.IdentityNumber && kept.Phone == p.Phone &&
			(p.Address == "" || p.Address == kept.Address) && (p.Email == "" || p.Email == kept.Email)
		if !same {
			return kept, ErrDiffers
		}
		return kept, nil
	}, p)
}

// Put keeps a checked person, in place of what was known of the customer. Somebody
// else's identity number is ErrDiffers while an account of the customer stands on the old one.
func (v *Vault) Put(ctx context.Context, platform, customer string, p Person) (Known, error) {
	free, err := v.unheld(ctx, platform, customer)
	if err != nil {
		return Known{}, failed("keep a person", err)
	}
	return v.keep(ctx, platform, customer, func(tx *sql.Tx, r row, kept Person) (Person, error) {
		if kept.IdentityNumber == p.IdentityNumber {
			return p, nil
		}
		claims, err := claimsOf(ctx, tx, r)
		if err != nil {
			return kept, err
		}
		for _, c := range claims {
			if !slices.Contains(free, c) { // holds, or came while we looked
				return kept, ErrDiffers
			}
		}
		_, err = tx.ExecContext(ctx, sqlForget, platform, customer)
		return p, err
	}, p)
}

// keep inserts a person, or updates the one there is to what change makes of them.
func (v *Vault) keep(ctx context.Context, platform, customer string, change func(tx *sql.Tx, r row, kept Person) (Person, error), p Person) (k Known, err error) {
	for range 3 {
		again := false
		err = v.write(ctx, "keep a person", func(tx *sql.Tx) error {
			r, err := find(ctx, tx, platform, customer)
			if errors.Is(err, ErrNoPerson) {
				var kept bool
				k, kept, err = v.insert(ctx, tx, platform, customer, p)
				again = err == nil && !kept // somebody else was first
				return err
			}
			if err != nil {
				return err
			}
			kept, err := v.clear(r)
			if err != nil {
				return err
			}
			to, err := change(tx, r, kept)
			if err != nil {
				return err
			}
			if to != kept {
				if err := v.update(ctx, tx, &r, to); err != nil {
					return err
				}
			}
			k = v.known(r, to)
			return nil
		})
		if err != nil || !again {
			return k, err
		}
	}
	return k, errors.New("vault: keep a person: others come first again and again")
}

func (v *Vault) insert(ctx context.Context, tx *sql.Tx, platform, customer string, p Person) (Known, bool, error) {
	r := row{id: "per_" + random(15), platform: platform, customer: customer, created: v.micros()}
	r.changed = r.created
	sealer, wrapped, err := v.lock(r.id)
	if err != nil {
		return Known{}, false, err
	}
	sealed, err := v.sealed(sealer.Encrypt, r, p)
	if err != nil {
		return Known{}, false, err
	}
	args := append([]any{r.id, platform, customer, wrapped}, append(sealed, r.created)...)
	result, err := tx.ExecContext(ctx, sqlInsertPerson, args...)
	if err != nil {
		return Known{}, false, err
	}
	n, err := result.RowsAffected()
	k := v.known(r, p)
	k.New = true
	return k, n == 1, err
}

func (v *Vault) update(ctx context.Context, tx *sql.Tx, r *row, p Person) error {
	sealer, err := v.open(r.wrapped, r.id)
	if err != nil {
		return err
	}
	sealed, err := v.sealed(sealer.Encrypt, *r, p)
	if err != nil {
		return err
	}
	r.changed = v.micros()
	_, err = tx.ExecContext(ctx, sqlUpdatePerson, append([]any{r.id}, append(sealed, r.changed)...)...)
	return err
}

// sealed are the columns of a person's fields and hashes, in the order of the statements.
func (v *Vault) sealed(encrypt func(clear, bound []byte) ([]byte, error), r row, p Person) (columns []any, err error) {
	for _, field := range [][2]string{
		{FieldName, p.Name}, {FieldIdentityNumber, p.IdentityNumber}, {FieldPhone, p.Phone}, {FieldAddress, p.Address}, {FieldEmail, p.Email},
	} {
		var column []byte
		if field[1] != "" {
			if column, err = encrypt([]byte(field[1]), bound(r.id, field[0])); err != nil {
				return nil, err
			}
		}
		columns = append(columns, column)
	}
	for _, field := range [][2]string{{FieldIdentityNumber, p.IdentityNumber}, {FieldPhone, p.Phone}} {
		column, err := v.hash(r.platform, field[0], field[1])
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, nil
}

func texts(rows *sql.Rows) (all []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// Find lists the customers of a platform who have this identity number or phone;
// the one that is empty is not looked for. It reads no clear data.
func (v *Vault) Find(ctx context.Context, platform, identityNumber, phoneNumber string) ([]string, error) {
	query, field, wanted := sqlFindIdentity, FieldIdentityNumber, strings.ToUpper(identityNumber)
	if identityNumber == "" {
		query, field = sqlFindPhone, FieldPhone
		wanted, _ = phone(phoneNumber, v.options.MadeUp)
	}
	hash, err := v.hash(platform, field, wanted)
	if err != nil {
		return nil, failed("find", err)
	}
	rows, err := v.db.Reader().QueryContext(ctx, query, platform, hash)
	if err != nil {
		return nil, failed("find", err)
	}
	customers, err := texts(rows)
	if err != nil {
		return nil, failed("find", err)
	}
	return customers, nil
}
