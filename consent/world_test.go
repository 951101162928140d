package consent_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/follow"
)

// world is a sandbox's database with a log in which people consent.
type world struct {
	dsn string
	db  *database.DB
	log eventlog.Log
	key int
}

func both(t *testing.T, run func(t *testing.T, w *world)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) { run(t, newWorld(t, dialect, true)) })
	}
}

func newWorld(t testing.TB, dialect database.Dialect, sandbox bool) *world {
	t.Helper()
	dsn := filepath.Join(t.TempDir(), "consent.db")
	if dialect == database.PostgreSQL {
		dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
	}
	w := &world{dsn: dsn}
	w.db, w.log = openAt(t, dsn, database.Options{Partitions: 2, Sandbox: sandbox})
	return w
}

// openAt opens a database as another server would.
func openAt(t testing.TB, dsn string, options database.Options) (*database.DB, eventlog.Log) {
	t.Helper()
	db, err := database.Open(context.Background(), dsn, options)
	if err != nil {
		t.Fatal(err)
	}
	log, err := open.Log(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(log.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return db, log
}

var (
	accepted = time.Date(2026, 3, 10, 3, 4, 5, 678_000_000, time.UTC)
	text     = credit.Document{Name: "credit_agreement", Version: 3, Hash: "8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92"}
)

func now() time.Time { return accepted }

// agreed is what is kept of a consent.
func agreed(customer string, d credit.Document) credit.Agreement {
	return credit.Agreement{
		Document: d, Person: customer, ShownAt: accepted.Add(-time.Minute), AcceptedAt: accepted, Act: "tap_agree", Channel: "wallet", Language: "zh-Hans", ReadSeconds: 59,
	}
}

func quote(n int) credit.Document {
	return credit.Document{Name: credit.QuoteDocument, Version: 3, Hash: fmt.Sprintf("qt_%026d", n)}
}

// account is the n-th customer's.
func account(n int) (credit.ID, string) {
	customer := fmt.Sprintf("u-%d", n)
	return credit.AccountID("shop", "yuefu", customer), customer
}

// asked is a command with what came of it.
type asked struct {
	command credit.Command
	events  []credit.Event
}

// applied is an application with two consents.
func applied(customer string) asked {
	return asked{credit.Apply{Customer: customer}, []credit.Event{
		credit.ApplicationReceived{Number: 1, Platform: "shop", Customer: customer, Assessed: true, Agreements: []credit.Agreement{
			agreed(customer, text), agreed(customer, credit.Document{Name: "data_sharing", Version: 1, Hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"}),
		}},
		credit.ApplicationRefused{Number: 1, Reasons: []string{"income_too_low"}},
	}}
}

// ordered is an authorisation with one consent, to the n-th quote.
func ordered(customer string, n int) asked {
	return asked{credit.Authorise{Currency: "CNY"}, []credit.Event{credit.Authorised{
		Number: int64(n), Amount: 12_345, Plan: "pay_in_3", Scene: "mall", Merchant: "tea house", Order: fmt.Sprint("o-", n), Quote: quote(n).Hash,
		Agreement: agreed(customer, quote(n)), LastDay: calendar.Of(2026, 3, 17),
	}}}
}

// say appends what somebody asked to their log.
func (w *world) say(t testing.TB, id credit.ID, list ...asked) {
	t.Helper()
	partitions := w.log.Partitions()
	partition := partitions[id.Slot(len(partitions))]
	heads, err := w.log.Heads(t.Context(), []int32{partition})
	if err != nil {
		t.Fatal(err)
	}
	var entries []eventlog.Entry
	for i, one := range list {
		w.key++
		e := eventlog.Entry{
			Partition: partition, Position: heads[0].Position + int64(i+1), Account: string(id), Key: fmt.Sprint("key ", w.key),
			Time: accepted.UnixMicro(), Day: int32(calendar.Of(2026, 3, 10)), Due: -1, Name: one.command.Name(), Answer: []byte("{}"),
		}
		if e.Command, err = wire.EncodeCommand(one.command); err != nil {
			t.Fatal(err)
		}
		if e.Events, err = wire.EncodeEvents(one.events); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	if err := w.log.Append(t.Context(), heads, entries); err != nil {
		t.Fatal(err)
	}
}

// crowd has n customers apply and buy: three consents each.
func (w *world) crowd(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		id, customer := account(i)
		w.say(t, id, applied(customer), asked{credit.Void{}, nil}, ordered(customer, i))
	}
}

// tree opens the tree, signs it, and brings it up to the log.
func (w *world) tree(t testing.TB) *consent.Tree {
	t.Helper()
	tree, err := consent.Open(t.Context(), w.db, w.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.SignWith(t.Context(), nil, now); err != nil {
		t.Fatal(err)
	}
	w.catchUp(t, tree)
	return tree
}

func (w *world) catchUp(t testing.TB, tree *consent.Tree) {
	t.Helper()
	f := follower(t, w.db, w.log, tree.Reader())
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	tree.Follow(f)
}

func follower(t testing.TB, db *database.DB, log eventlog.Log, reader follow.Reader) *follow.Follower {
	t.Helper()
	f, err := follow.Open(t.Context(), db, log, reader, follow.Options{Batch: 7, Poll: 20 * time.Millisecond, Pause: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// keys are the published ones.
func keys(t testing.TB, tree *consent.Tree) receipt.Against {
	t.Helper()
	published, err := tree.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var against receipt.Against
	for _, k := range published.Keys {
		list, err := receipt.ReadVerifiers(k.Verifier)
		if err != nil {
			t.Fatal(err)
		}
		against.Keys = append(against.Keys, list...)
	}
	return against
}

func (w *world) write(t testing.TB, statement string) {
	t.Helper()
	if err := w.db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
		t.Fatal(err)
	}
}
