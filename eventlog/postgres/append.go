package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
)

const (
	// moveHeads is the compare-and-set.
	moveHeads = `UPDATE log_head h SET position = u.new, time = u.last_time, day = u.last_day
		FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[])
			AS u(partition, old, new, first_time, last_time, first_day, last_day)
		WHERE h.partition = ANY($1::int[]) AND h.partition = u.partition
			AND h.position = u.old AND h.time <= u.first_time AND h.day <= u.first_day`

	// addEntries works each position out from the head that the statement before
	// it moved: back is how many entries follow in the partition. Where the head
	// was not moved, it stands somewhere else, and the place worked out from it is
	// taken, since all places up to a head are, or is below 1. Either way a
	// constraint refuses the entry and the transaction with it. So there is no need
	// to look at the count of moved heads before the commit is sent, and all goes
	// in one round trip.
	addEntries = `INSERT INTO log_entry (partition, position, account, key, time, day, due, name, command, events, answer)
		SELECT u.partition, h.position - u.back, u.account, u.key, u.time, u.day, u.due, u.name, u.command, u.events, u.answer
		FROM log_head h JOIN unnest($2::int[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::int[], $9::text[], $10::bytea[], $11::bytea[], $12::bytea[])
			AS u(partition, back, account, key, time, day, due, name, command, events, answer) ON u.partition = h.partition
		WHERE h.partition = ANY($1::int[])`
)

// The statements of an append, by the names that they are prepared under. Their
// order is that of the results.
var statements = []struct{ name, query string }{
	{"yuefu_begin", `BEGIN`},
	{"yuefu_move_heads", moveHeads},
	{"yuefu_add_entries", addEntries},
	{"yuefu_commit", `COMMIT`},
}

// encoders keep the memory of big appends.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Append moves the heads and adds the entries in one transaction and one round trip.
func (l *Log) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	moves, err := eventlog.Moves(expected, entries)
	if err != nil {
		return err
	}
	for _, move := range moves {
		if err := l.check(move.Partition); err != nil {
			return err
		}
	}
	encoder := encoders.Get().(*encoder)
	defer encoders.Put(encoder)
	heads, rows := encoder.encode(moves, entries)
	err = database.Retry(ctx, func() error { return l.append(ctx, heads, rows) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, database.ErrUnknown):
		return fmt.Errorf("postgres: append: %w: %w", eventlog.ErrUnknown, err)
	case refused(err), keyTaken(err):
		return l.explain(ctx, moves, err)
	default:
		return fmt.Errorf("postgres: append: %w", err)
	}
}

// explain says what a violated constraint means. A stale head comes before a
// taken key: whoever reads what was missed finds the key there.
func (l *Log) explain(ctx context.Context, moves []eventlog.Move, violation error) error {
	found, err := l.findHeads(ctx, moves)
	if err != nil {
		return fmt.Errorf("postgres: append: %w", errors.Join(violation, err))
	}
	if err := eventlog.Refused(moves, found); err != nil {
		return fmt.Errorf("postgres: append: %w", err)
	}
	if keyTaken(violation) {
		return fmt.Errorf("postgres: append: %w: %w", eventlog.ErrKeyTaken, violation)
	}
	return fmt.Errorf("postgres: append: a head was not moved, and nothing shows why: %w", violation)
}

// append sends one transaction. Its error is database.ErrUnknown when the commit
// was sent and no answer tells what became of it; any other error says that
// nothing was added.
func (l *Log) append(ctx context.Context, heads, rows [][]byte) error {
	conn, err := l.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()              // closes a connection that is not idle
	if err := ctx.Err(); err != nil { // the last moment when it surely changes nothing
		return err
	}
	batch := &pgconn.Batch{}
	for i, arguments := range [][][]byte{nil, heads, rows, nil} {
		batch.ExecPrepared(statements[i].name, arguments, binary[:min(len(arguments), 1)], nil)
	}
	results := conn.Conn().PgConn().ExecBatch(ctx, batch)
	done := 0
	for results.NextResult() {
		if _, err := results.ResultReader().Close(); err != nil {
			break
		}
		done++
	}
	err = results.Close()
	if done == len(statements) { // the commit was answered; what broke after it does not matter
		return nil
	}
	if err == nil {
		return fmt.Errorf("%w: %d of %d answers", database.ErrUnknown, done, len(statements))
	}
	return outcome(ctx, conn, done, err)
}

// outcome tells what an error means after so many answers. A server's error is
// the answer to one statement; before the commit it means that nothing was
// added, unless the server went away with it.
func outcome(ctx context.Context, conn *pgxpool.Conn, done int, err error) error {
	var pg *pgconn.PgError
	switch {
	// Not even an error that calls itself safe to retry is: after a lost answer
	// pgconn says "conn closed" as if it had not sent anything.
	case !errors.As(err, &pg), pg.Severity == "FATAL", pg.Code == "40003", done == len(statements)-1:
		return fmt.Errorf("%w: %w", database.ErrUnknown, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = conn.Conn().PgConn().Exec(ctx, "ROLLBACK").Close() // else the pool closes the connection
	return err
}

// acquire takes a connection on which the statements are prepared.
func (l *Log) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range statements {
		if _, err := conn.Conn().Prepare(ctx, statement.name, statement.query); err != nil {
			conn.Release()
			return nil, err
		}
	}
	return conn, nil
}

// findHeads reads the heads that an append wanted to move.
func (l *Log) findHeads(ctx context.Context, moves []eventlog.Move) ([]eventlog.Head, error) {
	partitions := make([]int32, len(moves))
	for i, move := range moves {
		partitions[i] = move.Partition
	}
	rows, err := l.pool.Query(ctx, readHeads, partitions)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[eventlog.Head])
}

// refused tells whether a constraint on the position refused an entry, which
// means that a head was not moved.
func refused(err error) bool {
	return violated(err, "log_entry_position") // also log_entry_position_check; on Citus with the shard's number behind
}

// keyTaken tells whether the unique index on the key refused an entry.
func keyTaken(err error) bool { return violated(err, "log_entry_key") }

func violated(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "23") && strings.HasPrefix(pg.ConstraintName, constraint)
}
