package view

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/database"
)

// applyPostgres sends all statements at once, looks at what each did, and commits.
func (t *Tables) applyPostgres(ctx context.Context, partition int32, from, to int64, writes []write) error {
	encoder := encoders.Get().(*encoder)
	defer encoders.Put(encoder)
	encoder.bytes = encoder.bytes[:0]
	parameters := make([][][]byte, len(writes))
	for i, w := range writes {
		parameters[i] = encoder.arrays(partition, w)
	}
	return database.Retry(ctx, func() error {
		conn, err := t.db.Pool().Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release() // closes a connection that is not idle
		if err := prepare(ctx, conn, writes); err != nil {
			return err
		}
		err = run(ctx, conn.Conn().PgConn(), partition, from, to, writes, parameters)
		if err != nil {
			_ = conn.Conn().PgConn().Exec(ctx, "ROLLBACK").Close() // else the pool closes the connection
		}
		return err
	})
}

func prepare(ctx context.Context, conn *pgxpool.Conn, writes []write) error {
	for name, sql := range map[string]string{"view_move_checkpoint": moveCheckpoint, "view_no_sync": noSync} {
		if _, err := conn.Conn().Prepare(ctx, name, sql); err != nil {
			return err
		}
	}
	for _, w := range writes {
		if _, err := conn.Conn().Prepare(ctx, w.name, w.sql[database.PostgreSQL]); err != nil {
			return err
		}
	}
	return nil
}

// noSync lets nobody wait for the sync of a transaction: rows and checkpoint are
// lost together, and are made again from the log, whose own commits are synchronous.
const noSync = `SELECT set_config('synchronous_commit', 'off', true)`

func run(ctx context.Context, conn *pgconn.PgConn, partition int32, from, to int64, writes []write, parameters [][][]byte) error {
	allBinary := []int16{1}
	batch := &pgconn.Batch{}
	batch.ExecParams(`BEGIN`, nil, nil, nil, nil)
	batch.ExecPrepared("view_no_sync", nil, nil, nil)
	number := func(v int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) }
	batch.ExecPrepared("view_move_checkpoint", [][]byte{number(to), binary.BigEndian.AppendUint32(nil, uint32(partition)), number(from)}, allBinary, nil)
	for i, w := range writes {
		batch.ExecPrepared(w.name, parameters[i], allBinary, nil)
	}
	results := conn.ExecBatch(ctx, batch)
	var wrong error
	for i := 0; results.NextResult(); i++ {
		tag, err := results.ResultReader().Close()
		switch n := tag.RowsAffected(); {
		case err != nil: // Close below tells it
		case i == 2 && n == 0:
			wrong = errFenced
		case i > 2 && writes[i-3].exact && n != int64(writes[i-3].rows.Len()) && wrong == nil:
			wrong = damaged(writes[i-3], partition, n)
		}
	}
	if err := results.Close(); err != nil || wrong != nil {
		if errors.Is(wrong, errFenced) { // what failed after it wrote what the other one had written
			return wrong
		}
		return errors.Join(wrong, err)
	}
	if err := conn.Exec(ctx, `COMMIT`).Close(); err != nil {
		// Whatever became of it: the checkpoint tells whoever reads it next.
		return fmt.Errorf("%w: %w", database.ErrUnknown, err)
	}
	return nil
}

// encoders keep the memory of big writes.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encoder writes PostgreSQL's binary arrays. pgx would do it value by value,
// through an interface each.
type encoder struct{ bytes []byte }

var elements = [...]uint32{
	textKind: pgtype.TextOID, wholeKind: pgtype.Int4OID, longKind: pgtype.Int8OID, dateKind: pgtype.DateOID, flagKind: pgtype.BoolOID,
}

// epoch is the day from which PostgreSQL counts dates.
var epoch = calendar.Of(2000, 1, 1)

// arrays are a statement's parameters: the partition, and an array for each column.
func (e *encoder) arrays(partition int32, w write) [][]byte {
	starts := make([]int, 0, len(w.columns)+2)
	starts = append(starts, len(e.bytes))
	e.word(uint32(partition))
	for _, c := range w.columns {
		starts = append(starts, len(e.bytes))
		e.array(c, w.rows)
	}
	starts = append(starts, len(e.bytes))
	parameters := make([][]byte, len(w.columns)+1)
	for i := range parameters {
		parameters[i] = e.bytes[starts[i]:starts[i+1]:starts[i+1]]
	}
	return parameters
}

func (e *encoder) word(v uint32) { e.bytes = binary.BigEndian.AppendUint32(e.bytes, v) }

// array writes one column of the rows, of one dimension and counted from 1.
func (e *encoder) array(c column, rows reflect.Value) {
	n := rows.Len()
	mayBeNull := uint32(0)
	if c.kind == dateKind {
		mayBeNull = 1
	}
	for _, v := range [5]uint32{1, mayBeNull, elements[c.kind], uint32(n), 1} {
		e.word(v)
	}
	for i := range n {
		v := rows.Index(i).Field(c.field)
		switch c.kind {
		case textKind:
			s := v.String()
			e.word(uint32(len(s)))
			e.bytes = append(e.bytes, s...)
		case longKind:
			e.word(8)
			e.bytes = binary.BigEndian.AppendUint64(e.bytes, uint64(v.Int()))
		case wholeKind:
			e.word(4)
			e.word(uint32(v.Int()))
		case flagKind:
			e.word(1)
			b := byte(0)
			if v.Bool() {
				b = 1
			}
			e.bytes = append(e.bytes, b)
		case dateKind:
			if v.Int() == 0 {
				e.word(0xffffffff)
				continue
			}
			e.word(4)
			e.word(uint32(int32(v.Int()) - int32(epoch)))
		}
	}
}
