package vault

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// Purpose is what personal data is read in clear for.
type Purpose string

// The purposes there are. Advertising is none of them.
const (
	Notice Purpose = "notice" // a message that the contract or the law wants sent
	Export Purpose = "export" // the person's copy of all that is known of them (PIPL Art. 45)
	Search Purpose = "search" // an operator looks for the customer who is on the phone
)

// LastWord is for how many days a customer who has left is still written to: that
// their account is closed, that they are erased.
const LastWord calendar.Date = 7

// Reading is one time that clear data was read.
type Reading struct {
	Number  int64
	At      time.Time
	Person  string
	Actor   string
	Purpose Purpose
	Fields  []string
}

// Read gives all that is known of a customer in clear. It is written down who read
// it, and for what, before anything is given out.
func (v *Vault) Read(ctx context.Context, platform, customer, actor string, purpose Purpose) (Known, Person, error) {
	fields := []string{FieldName, FieldIdentityNumber, FieldPhone, FieldAddress, FieldEmail}
	return v.read(ctx, platform, customer, actor, purpose, fields)
}

// Phone gives a customer's phone in E.164, and writes down for what. ErrNoPerson
// says that nobody is known, or that they are erased.
func (v *Vault) Phone(ctx context.Context, platform, customer string, purpose Purpose) (string, error) {
	_, p, err := v.read(ctx, platform, customer, "installation", purpose, []string{FieldPhone})
	return p.Phone, err
}

func (v *Vault) read(ctx context.Context, platform, customer, actor string, purpose Purpose, fields []string) (k Known, p Person, err error) {
	err = v.write(ctx, "read a person", func(tx *sql.Tx) error {
		r, err := find(ctx, tx, platform, customer)
		if err != nil {
			return err
		}
		if purpose == Notice && r.endedOn > 0 && v.options.Today() > calendar.Date(r.endedOn)+LastWord {
			return ErrRestricted
		}
		if p, err = v.clear(r); err != nil {
			return err
		}
		k = v.known(r, p)
		_, err = tx.ExecContext(ctx, sqlInsertReading, v.micros(), platform, customer, r.id, actor, string(purpose), strings.Join(fields, ","))
		return err
	})
	if err != nil {
		return Known{}, Person{}, err // also what the transaction had read by then
	}
	return k, p, nil
}

// Searched writes down that somebody looked for a customer and found them.
func (v *Vault) Searched(ctx context.Context, platform, customer, actor string) error {
	return v.write(ctx, "write a search down", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlInsertReading, v.micros(), platform, customer, "", actor, string(Search), "")
		return err
	})
}

// Readings tells who read a customer's personal data, oldest first, at most 200
// after the one with a number. It stays when they are erased.
func (v *Vault) Readings(ctx context.Context, platform, customer string, after int64) (all []Reading, err error) {
	rows, err := v.db.Reader().QueryContext(ctx, sqlReadings, platform, customer, after)
	if err != nil {
		return nil, failed("list readings", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Reading
		var at int64
		var fields string
		if err := rows.Scan(&r.Number, &at, &r.Person, &r.Actor, &r.Purpose, &fields); err != nil {
			return nil, failed("list readings", err)
		}
		r.At = time.UnixMicro(at).UTC()
		if fields != "" {
			r.Fields = strings.Split(fields, ",")
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, failed("list readings", err)
	}
	return all, nil
}
