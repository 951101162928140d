package vault

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// Erasure is what became of a request to erase a person.
type Erasure struct {
	Person  string
	Erased  time.Time     // when their key was destroyed; zero: it waits
	EraseOn calendar.Date // the first date on which the law lets it be
}

// Erase destroys the key of the person that a customer is, or lays down that it is
// destroyed on a date: while the law wants identity kept. Whether the customer still
// owes something is for whoever asks to have looked at. Twice is once.
func (v *Vault) Erase(ctx context.Context, platform, customer string, on calendar.Date) (e Erasure, err error) {
	today := v.options.Today()
	err = v.write(ctx, "erase", func(tx *sql.Tx) error {
		r, err := find(ctx, tx, platform, customer)
		if errors.Is(err, ErrNoPerson) {
			var erased int64
			err = tx.QueryRowContext(ctx, sqlLastErased, platform, customer).Scan(&e.Person, &erased)
			if errors.Is(err, sql.ErrNoRows) {
				return ErrNoPerson
			}
			e.Erased = time.UnixMicro(erased).UTC()
			return err
		}
		if err != nil {
			return err
		}
		e.Person = r.id
		if on > today {
			ended := calendar.Date(r.endedOn)
			if ended == 0 {
				ended = today
			}
			e.EraseOn = on
			_, err = tx.ExecContext(ctx, sqlEraseLater, r.id, int64(ended), int64(on))
			return err
		}
		at := v.micros()
		e.Erased = time.UnixMicro(at).UTC()
		return destroy(ctx, tx, r.id, platform, customer, at, today)
	})
	return e, err
}

func destroy(ctx context.Context, tx *sql.Tx, id, platform, customer string, at int64, today calendar.Date) error {
	if _, err := tx.ExecContext(ctx, sqlErase, id, at, int64(today)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, sqlForget, platform, customer)
	return err
}

// Left lays down that a customer whose last contract has ended is erased on a date, in
// a transaction of whoever noticed. Who asked for an earlier date keeps it.
func Left(ctx context.Context, tx *sql.Tx, platform, customer string, ended, on calendar.Date) error {
	_, err := tx.ExecContext(ctx, sqlLeft, platform, customer, int64(ended), int64(on))
	return err
}

// EraseDue destroys the keys of everybody whose date has come, and says how many. Who
// has an account again by then is kept. Run twice, or by two servers, it does the same.
func (v *Vault) EraseDue(ctx context.Context) (erased int, err error) {
	today := v.options.Today()
	for {
		rows, err := v.db.Reader().QueryContext(ctx, sqlDue, int64(today))
		if err != nil {
			return erased, failed("erase who is due", err)
		}
		due, err := dueRows(rows)
		if err != nil || len(due) == 0 {
			return erased, err
		}
		for _, r := range due {
			done, err := v.eraseDue(ctx, r, today)
			if err != nil {
				return erased, failed("erase who is due", err)
			}
			if done {
				erased++
			}
		}
	}
}

func (v *Vault) eraseDue(ctx context.Context, r row, today calendar.Date) (erased bool, err error) {
	over, err := v.unheld(ctx, r.platform, r.customer)
	if err != nil {
		return false, err
	}
	err = v.db.Write(ctx, func(tx *sql.Tx) error {
		now, err := find(ctx, tx, r.platform, r.customer)
		if errors.Is(err, ErrNoPerson) {
			return nil // another server was first
		}
		if err != nil {
			return err
		}
		claims, err := claimsOf(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, c := range claims {
			if !slices.Contains(over, c) {
				return v.stay(ctx, tx, r.platform, r.customer)
			}
		}
		if erased = now.id == r.id && now.eraseOn > 0 && now.eraseOn <= int64(today); !erased {
			return nil
		}
		return destroy(ctx, tx, r.id, r.platform, r.customer, v.micros(), today)
	})
	return erased, err
}

func dueRows(rows *sql.Rows) (all []row, err error) {
	defer rows.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.platform, &r.customer); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
