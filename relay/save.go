package relay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/yuefu/yuefu/credit"
)

// load reads how far the endpoint has come.
func (n *runner) load(ctx context.Context) error {
	type cursor struct {
		partition int32
		position  int64
	}
	cursors, err := query(ctx, n.relay.db, func(rows *sql.Rows, c *cursor) error { return rows.Scan(&c.partition, &c.position) }, sqlCursors, n.id)
	if err != nil {
		return err
	}
	for _, c := range cursors {
		n.cursors[c.partition], n.saved[c.partition] = c.position, c.position
	}
	type row struct {
		account credit.ID
		lag     lag
	}
	rows, err := query(ctx, n.relay.db, func(rows *sql.Rows, r *row) error {
		var first, next int64
		err := rows.Scan(&r.account, &r.lag.partition, &r.lag.place.Position, &r.lag.place.Number, &r.lag.tries, &first, &next)
		r.lag.first, r.lag.next, r.lag.stored = instant(first), instant(next), true
		return err
	}, sqlBehind, n.id)
	for i := range rows {
		n.behind[rows[i].account] = &rows[i].lag
	}
	return err
}

// again looks for dead events that are to be replayed.
func (n *runner) again(ctx context.Context) error {
	most := max(1, n.relay.options.Concurrency/2)
	if n.relay.elapsed() < n.replay || len(n.replays) >= most {
		return nil
	}
	n.replay = n.relay.elapsed() + replayEvery
	due, err := query(ctx, n.relay.db, scanDead, sqlReplays, n.id, n.relay.options.Now().UnixMicro(), most)
	if err != nil {
		return err
	}
	for i := range due {
		d := &due[i]
		if !n.replays[d.Number] {
			n.replays[d.Number] = true
			n.hand(job{account: d.Account, partition: d.partition, from: d.place, upto: d.place.Position, tries: d.Tries, first: d.First, dead: d})
		}
	}
	return nil
}

// save writes what came of attempts, and how far that brings the endpoint, in one transaction,
// if the endpoint is still ours.
func (n *runner) save(ctx context.Context) error {
	p := &n.pending
	err := n.relay.db.Write(ctx, func(tx *sql.Tx) error {
		var last int64
		err := tx.QueryRowContext(ctx, sqlAdvance, n.id, n.fence, len(p.attempts)).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return errLost
		}
		if err != nil {
			return err
		}
		w := writer{n: n, ctx: ctx, tx: tx}
		w.progress()
		w.attempts(last)
		w.dead(last)
		return w.err
	})
	if err != nil {
		return fmt.Errorf("save %s: %w", n.id, err)
	}
	for partition, position := range n.cursors {
		n.saved[partition] = position
	}
	for _, l := range n.behind {
		if l.dirty {
			l.dirty, l.stored = false, true
		}
	}
	for _, d := range p.replayed {
		delete(n.replays, d.number)
		n.replay = 0 // the account's next one may go out
		n.nudge()
	}
	n.pending = changes{attempts: p.attempts[:0]}
	n.stamp = n.relay.elapsed()
	return nil
}

// writer writes one save.
type writer struct {
	n   *runner
	ctx context.Context
	tx  *sql.Tx
	err error
}

func (w *writer) exec(statement string, arguments ...any) {
	if w.err == nil {
		_, w.err = w.n.relay.db.Exec(w.ctx, w.tx, statement, arguments...)
	}
}

// progress writes cursors and accounts that are behind.
func (w *writer) progress() {
	n := w.n
	for partition, position := range n.cursors {
		if n.saved[partition] != position {
			w.exec(sqlMoveCursor, n.id, partition, position)
		}
	}
	for _, account := range n.pending.dropped {
		w.exec(sqlDropBehind, n.id, string(account))
	}
	for account, l := range n.behind {
		if l.dirty {
			w.exec(sqlPutBehind, n.id, string(account), l.partition, l.place.Position, l.place.Number, l.tries, micro(l.first), micro(l.next))
		}
	}
}

// attempts writes the newest attempts; last is the number of the last one.
func (w *writer) attempts(last int64) {
	all := w.n.pending.attempts
	if len(all) == 0 {
		return
	}
	w.exec(sqlDropAttempts, w.n.id, last-keptAttempts)
	for i := max(0, len(all)-keptAttempts); i < len(all); i++ {
		a := &all[i]
		w.exec(sqlInsertAttempt, w.n.id, last-int64(len(all)-1-i), a.event, a.kind, a.account, a.try, a.at.UnixMicro(), a.took.Microseconds(), a.status,
			a.failure, a.excerpt, micro(a.next))
	}
}

// dead writes what died, and what became of what was replayed.
func (w *writer) dead(last int64) {
	p := &w.n.pending
	for _, d := range p.dead {
		a := &p.attempts[d.attempt]
		w.exec(sqlInsertDead, w.n.id, last-int64(len(p.attempts)-1-d.attempt), string(d.account), d.lag.partition, d.lag.place.Position, d.lag.place.Number,
			d.kind, d.lag.tries, micro(d.lag.first), a.at.UnixMicro(), a.status, a.failure)
	}
	for _, d := range p.replayed {
		if d.done {
			w.exec(sqlReplayed, w.n.id, d.number)
			continue
		}
		w.exec(sqlReplayFail, w.n.id, d.number, flag(d.again), d.tries, micro(d.next), d.last.at.UnixMicro(), d.last.status, d.last.failure)
	}
}
