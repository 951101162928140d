package database

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Options are the settings that a new database is created with. Zero values
// take what is stored, or the default of a new database.
type Options struct {
	Partitions int    // of the log, a power of two from 1 to 256; default 16
	Zone       string // the business time zone, as IANA names it; default Asia/Shanghai
	Sandbox    bool   // the clock stands still until its user moves it forward
	Start      string // where a sandbox's clock starts, RFC 3339; default: the moment of creation

	Existing bool // open only what is there, and create nothing
}

// ErrMissing says that there is no database where one has to be: to check or export
// a new one would find nothing wrong with it.
var ErrMissing = errors.New("there is no database of yuefu")

// check refuses settings that no database can have, before anything is created.
func (o Options) check() error {
	if o.Partitions != 0 {
		if err := checkPartitions(o.Partitions); err != nil {
			return err
		}
	}
	if o.Zone != "" {
		if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "Local" {
			return fmt.Errorf("%q is no time zone: %w", o.Zone, err)
		}
	}
	if o.Start != "" {
		if _, err := time.Parse(time.RFC3339, o.Start); err != nil {
			return fmt.Errorf("the sandbox's start: %w", err)
		}
	}
	return nil
}

// Book is what was fixed for ever when the database was created.
type Book struct {
	ID         string    // made by chance at creation: tells one installation's database from another's
	Created    time.Time // in UTC
	Partitions []int32   // stored numbers of the log's partitions, in the order that accounts are hashed to
	Zone       string    // the business time zone
	Sandbox    bool
	Start      string // where a sandbox's clock started; empty unless Sandbox
}

// openBook writes the settings of a new database, reads those of every other,
// and refuses options that say otherwise.
func (db *DB) openBook(ctx context.Context, o Options) error {
	settings, err := db.readBook(ctx, db.reader)
	if err != nil {
		return fmt.Errorf("database: read the book: %w", err)
	}
	if len(settings) == 0 {
		if settings, err = db.createBook(ctx, o); err != nil {
			return fmt.Errorf("database: create the book: %w", err)
		}
	}
	if db.book, err = parseBook(settings); err != nil {
		return err
	}
	return db.book.agree(o)
}

// createBook writes the settings and an empty head for each partition. Two
// servers may do it at once: the first one's rows win whole, since both insert
// them in the same order, and both read what won.
func (db *DB) createBook(ctx context.Context, o Options) (settings map[string]string, err error) {
	n, zone := cmp.Or(o.Partitions, 16), cmp.Or(o.Zone, "Asia/Shanghai")
	now := time.Now().UTC().Truncate(time.Microsecond)
	start := ""
	if o.Sandbox {
		start = cmp.Or(o.Start, now.Format(time.RFC3339))
	} else if o.Start != "" {
		return nil, fmt.Errorf("a start of the clock, %s, is for a sandbox only", o.Start)
	}
	err = db.Write(ctx, func(tx *sql.Tx) error {
		for _, row := range [][2]string{
			{"id", rand.Text()},
			{"created", now.Format(time.RFC3339Nano)},
			{"partitions", strconv.Itoa(n)},
			{"zone", zone},
			{"sandbox", strconv.FormatBool(o.Sandbox)},
			{"start", start},
		} {
			if _, err := tx.ExecContext(ctx, `INSERT INTO book (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, row[0], row[1]); err != nil {
				return err
			}
		}
		if settings, err = db.readBook(ctx, tx); err != nil {
			return err
		}
		book, err := parseBook(settings)
		if err != nil {
			return err
		}
		for _, partition := range book.Partitions {
			if _, err := tx.ExecContext(ctx, `INSERT INTO log_head (partition, position, time, day) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING`, partition); err != nil {
				return err
			}
		}
		return nil
	})
	return settings, err
}

// readBook returns the stored settings by name.
func (db *DB) readBook(ctx context.Context, from interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}) (map[string]string, error) {
	rows, err := from.QueryContext(ctx, `SELECT name, value FROM book`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	settings := make(map[string]string)
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		settings[name] = value
	}
	return settings, rows.Err()
}

// parseBook reads the rows of a book.
func parseBook(settings map[string]string) (Book, error) {
	n, err1 := strconv.Atoi(settings["partitions"])
	created, err2 := time.Parse(time.RFC3339Nano, settings["created"])
	sandbox, err3 := strconv.ParseBool(settings["sandbox"])
	if err := cmp.Or(err1, err2, err3); err != nil {
		return Book{}, fmt.Errorf("database: the book is damaged: %w", err)
	}
	if err := checkPartitions(n); err != nil {
		return Book{}, err
	}
	return Book{
		ID: settings["id"], Created: created, Partitions: partitions(n),
		Zone: settings["zone"], Sandbox: sandbox, Start: settings["start"],
	}, nil
}

// agree refuses options that differ from the book, all of them in one sentence.
func (b Book) agree(o Options) error {
	var wrong []string
	if o.Partitions != 0 && o.Partitions != len(b.Partitions) {
		wrong = append(wrong, fmt.Sprintf("%d partitions, not %d", len(b.Partitions), o.Partitions))
	}
	if o.Zone != "" && o.Zone != b.Zone {
		wrong = append(wrong, fmt.Sprintf("the time zone %s, not %s", b.Zone, o.Zone))
	}
	if o.Sandbox && !b.Sandbox {
		wrong = append(wrong, "real time and is no sandbox")
	}
	if o.Start != "" && o.Start != b.Start {
		wrong = append(wrong, fmt.Sprintf("a sandbox clock that started at %q, not %q", b.Start, o.Start))
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("database: it was created with %s; this is fixed for its life", strings.Join(wrong, ", and with "))
}
