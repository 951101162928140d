package catalogue

import (
	"context"
	"database/sql"
	"regexp"
	"time"
	"unicode/utf8"
)

// Platform (平台) is a tenant: whose customers buy now and pay later.
type Platform struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

// identifier is what platforms and programmes are called by: it stands in
// addresses, logs and the hash that an account's id is made of.
var identifier = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func checkIdentifier(field, id string) error {
	if !identifier.MatchString(id) {
		return invalid("%s: %q is not 1 to 40 of a–z, 0–9, _ and -, beginning with a letter", field, id)
	}
	return nil
}

func checkName(field, name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > 100 || !utf8.ValidString(name) {
		return invalid("%s has to be 1 to 100 characters", field)
	}
	return nil
}

// CreatePlatform adds a platform under an id that stays its own for ever.
func (c *Catalogue) CreatePlatform(ctx context.Context, by, id, name string) (Platform, error) {
	if err := checkIdentifier("id", id); err != nil {
		return Platform{}, err
	}
	if err := checkName("name", name); err != nil {
		return Platform{}, err
	}
	p := Platform{ID: id, Name: name}
	return p, c.change(ctx, Entry{Actor: by, Action: "platform.created", Platform: id, Subject: id}, func(tx *sql.Tx, e *Entry) error {
		p.Created = e.At
		if err := created(tx.ExecContext(ctx, sqlInsertPlatform, p.ID, p.Name, p.Created.UnixMicro())); err != nil {
			return err
		}
		return e.record(nil, p)
	})
}

// Platforms returns every platform in order of id.
func (c *Catalogue) Platforms(ctx context.Context) ([]Platform, error) {
	return query(ctx, c.db.Reader(), func(rows *sql.Rows, p *Platform) error {
		var created int64
		err := rows.Scan(&p.ID, &p.Name, &created)
		p.Created = instant(created)
		return err
	}, sqlPlatforms)
}
