package vault

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/yuefu/yuefu/credit"
)

// undecided is how long a claim holds whose application nobody saw decided: the
// server may have stopped between the two. After it the account itself says.
const undecided = 2 * time.Minute

// Claim is a person's one place in a programme, taken for an account that is being applied for.
type Claim struct {
	platform, programme string
	account             credit.ID
	hash                []byte
	token               string
	again               bool // it was this account's before
}

// claim is a row of the guard.
type claim struct{ account, token string }

func claimsOf(ctx context.Context, from interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, r row) (all []claim, err error) {
	rows, err := from.QueryContext(ctx, sqlClaims, r.platform, r.customer, r.identityHash)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c claim
		if err := rows.Scan(&c.account, &c.token); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// unheld lists the customer's claims whose accounts are over. It stands in no
// transaction: to look at an account takes the desk, who may be waiting to write.
func (v *Vault) unheld(ctx context.Context, platform, customer string) (free []claim, err error) {
	r, err := find(ctx, v.db.Reader(), platform, customer)
	if errors.Is(err, ErrNoPerson) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	claims, err := claimsOf(ctx, v.db.Reader(), r)
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		holds, err := v.options.Holds(ctx, platform, credit.ID(c.account))
		if err != nil {
			return nil, err
		}
		if !holds {
			free = append(free, c)
		}
	}
	return free, nil
}

// Claim takes the customer's place in a programme before their application goes to
// the desk: ErrHasAccount when another customer who is the same person has it.
// What was to be erased of a customer who comes back is kept again.
func (v *Vault) Claim(ctx context.Context, platform, programme, customer string, account credit.ID) (*Claim, error) {
	r, err := find(ctx, v.db.Reader(), platform, customer)
	if err != nil {
		return nil, failed("claim", err)
	}
	return v.claim(ctx, platform, programme, customer, account, r.identityHash)
}

// ClaimFor does the same for a checked person who is about to become a customer's.
func (v *Vault) ClaimFor(ctx context.Context, platform, programme, customer string, account credit.ID, p Person) (*Claim, error) {
	hash, err := v.hash(platform, FieldIdentityNumber, p.IdentityNumber)
	if err != nil {
		return nil, failed("claim", err)
	}
	return v.claim(ctx, platform, programme, customer, account, hash)
}

func (v *Vault) claim(ctx context.Context, platform, programme, customer string, account credit.ID, hash []byte) (*Claim, error) {
	c := &Claim{platform: platform, programme: programme, account: account, hash: hash, token: random(10)}
	for range 5 {
		var holder, held, token string
		var claimed, settled int64
		free := false
		take := func(tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, sqlInsertClaim, platform, programme, hash, customer, string(account), c.token, v.micros())
			if err != nil {
				return err
			}
			if free, err = one(result); err != nil || free {
				return errors.Join(err, v.stay(ctx, tx, platform, customer))
			}
			if err := tx.QueryRowContext(ctx, sqlClaimed, platform, programme, hash).Scan(&holder, &held, &token, &claimed, &settled); err != nil {
				return err
			}
			if c.again = held == string(account); c.again {
				return v.replace(ctx, tx, c, customer, token, &free)
			}
			return nil
		}
		if err := v.write(ctx, "claim", take); err != nil {
			return nil, err
		}
		if free {
			return c, nil
		}
		if settled == 0 && v.micros()-claimed < undecided.Microseconds() {
			return nil, ErrHasAccount
		}
		holds, err := v.options.Holds(ctx, platform, credit.ID(held))
		if err != nil {
			return nil, failed("claim", err)
		}
		if holds {
			return nil, ErrHasAccount
		}
		// The account is over. Whoever else saw this same claim may be first.
		err = v.write(ctx, "claim", func(tx *sql.Tx) error { return v.replace(ctx, tx, c, customer, token, &free) })
		if err != nil {
			return nil, err
		}
		if free {
			return c, nil
		}
	}
	return nil, ErrHasAccount
}

// replace takes a claim over from whoever had it under a token, if that still stands.
func (v *Vault) replace(ctx context.Context, tx *sql.Tx, c *Claim, customer, token string, done *bool) error {
	result, err := tx.ExecContext(ctx, sqlTakeClaim, c.platform, c.programme, c.hash, token, customer, string(c.account), c.token, v.micros())
	if err != nil {
		return err
	}
	if *done, err = one(result); err != nil || !*done {
		return err
	}
	return v.stay(ctx, tx, c.platform, customer)
}

// stay keeps a customer who was to be erased: they come back by an act of their own.
func (v *Vault) stay(ctx context.Context, tx *sql.Tx, platform, customer string) error {
	_, err := tx.ExecContext(ctx, sqlStay, platform, customer)
	return err
}

// Settle ends a claim once its application was decided: it stands while the account
// holds, and is given up when it does not.
func (v *Vault) Settle(ctx context.Context, c *Claim) error {
	holds, err := v.options.Holds(ctx, c.platform, c.account)
	if err != nil {
		return failed("settle a claim", err)
	}
	return v.write(ctx, "settle a claim", func(tx *sql.Tx) error {
		if holds {
			_, err := tx.ExecContext(ctx, sqlSettleClaim, c.platform, c.programme, c.hash, c.token)
			return err
		}
		_, err := tx.ExecContext(ctx, sqlReleaseClaim, c.platform, c.programme, c.hash, c.token)
		return err
	})
}

// Release takes a claim back that came to nothing. What the account had before it keeps.
func (v *Vault) Release(ctx context.Context, c *Claim) error {
	if c.again {
		return v.Settle(ctx, c)
	}
	return v.write(ctx, "release a claim", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlReleaseClaim, c.platform, c.programme, c.hash, c.token)
		return err
	})
}

func one(result sql.Result) (bool, error) {
	n, err := result.RowsAffected()
	return n == 1, err
}
