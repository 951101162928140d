package relay

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
)

// Delivery (投递记录) is one attempt to deliver an event.
type Delivery struct {
	Number  int64 // 0 for a ping, which is not kept
	Event   string
	Type    string
	Account string
	Try     int // which one of this event, from 1
	At      time.Time
	Took    time.Duration
	Status  int    // of HTTP; 0: there was no answer
	Failure string // empty: it is delivered
	Excerpt string // the beginning of what a failing receiver said
	Next    time.Time
}

// Deliveries returns the newest attempts of an endpoint, newest first, older than a number; 0
// begins with the newest. event: only of this one; failed: only those that failed.
func (r *Relay) Deliveries(ctx context.Context, id string, before int64, event string, failed bool, limit int) ([]Delivery, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return query(ctx, r.db, func(rows *sql.Rows, d *Delivery) error {
		var at, took, next int64
		err := rows.Scan(&d.Number, &d.Event, &d.Type, &d.Account, &d.Try, &at, &took, &d.Status, &d.Failure, &d.Excerpt, &next)
		d.At, d.Took, d.Next = instant(at), time.Duration(took)*time.Microsecond, instant(next)
		return err
	}, sqlAttempts, id, before, event, failed, limit)
}

// Dead (死信) is an event that an endpoint did not take for three days.
type Dead struct {
	Number    int64
	Account   credit.ID
	Type      string
	Tries     int
	First     time.Time
	Last      time.Time
	Status    int
	Failure   string
	Replaying bool
	Next      time.Time // while replaying

	partition int32
	place     event.Place
}

// Event is the id of the event.
func (d *Dead) Event() string { return event.IDOf(d.Account, d.place) }

func scanDead(rows *sql.Rows, d *Dead) error {
	var first, last, next int64
	err := rows.Scan(&d.Number, &d.Account, &d.partition, &d.place.Position, &d.place.Number, &d.Type, &d.Tries, &first, &last, &d.Status, &d.Failure, &d.Replaying, &next)
	d.First, d.Last, d.Next = instant(first), instant(last), instant(next)
	return err
}

// DeadEvents returns dead events of an endpoint, oldest first, after a number.
func (r *Relay) DeadEvents(ctx context.Context, id string, after int64, limit int) ([]Dead, error) {
	return query(ctx, r.db, scanDead, sqlDead, id, after, limit)
}

// Replay has a dead event tried again for as long as at first, or all: it goes out at once,
// beside whatever happened to its account since. It returns how many were set going.
func (r *Relay) Replay(ctx context.Context, id, eventID string) (n int64, err error) {
	now := r.options.Now().UnixMicro()
	statement, arguments := sqlReplayAll, []any{id, now}
	if eventID != "" {
		account, at, ok := event.ParseID(eventID)
		if !ok {
			return 0, missing("dead event")
		}
		statement, arguments = sqlReplayOne, append(arguments, string(account), at.Position, at.Number)
	}
	err = r.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := r.db.Exec(ctx, tx, statement, arguments...)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("relay: replay: %w", err)
	}
	if n == 0 && eventID != "" {
		return 0, missing("dead event")
	}
	r.look()
	return n, nil
}

// PingType is the type of the event that a test sends. It is in no log and no feed.
const PingType = "webhook_endpoint.pinged"

// Ping sends an event that says nothing, once, and returns what came of it. An endpoint that is
// disabled is pinged too: one wants to know before one enables it.
func (r *Relay) Ping(ctx context.Context, platform, id string) (Delivery, error) {
	if _, err := r.Endpoint(ctx, platform, id); err != nil {
		return Delivery{}, err
	}
	rows, err := query(ctx, r.db, scanRow, sqlTargets)
	if err != nil {
		return Delivery{}, err
	}
	run := newRunner(r, id)
	defer run.client.CloseIdleConnections()
	for i := range rows {
		if rows[i].id == id {
			if err := r.aim(run, &rows[i]); err != nil {
				return Delivery{}, err
			}
		}
	}
	to := run.target.Load()
	if to == nil {
		return Delivery{}, missing("webhook endpoint")
	}
	now := r.options.Now().UTC()
	name := "evt_ping_" + strings.ToLower(rand.Text())
	b := append([]byte(nil), `{"id":"`...)
	b = append(append(b, name...), `","type":"`+PingType+`","version":1,"at":"`...)
	b = now.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","data":{"endpoint":`...)
	b, _ = jsontext.AppendQuote(b, id)
	b = append(b, `}}`...)
	o := r.send(ctx, run.client, to, name, b)
	return Delivery{Event: name, Type: PingType, Try: 1, At: o.at.UTC(), Took: o.took, Status: o.status, Failure: o.failure, Excerpt: o.excerpt}, nil
}
