package postgres

import (
	encoding "encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/yuefu/yuefu/eventlog"
)

// binary is the format of all parameters.
var binary = []int16{1}

// encoder writes PostgreSQL's binary arrays. pgx would do it value by value,
// through an interface each, at three times the CPU; an append is all arrays.
type encoder struct {
	heads [7]array
	rows  [12]array
	left  map[int32]int64
}

// array is a one-dimensional array without NULLs that is being written.
type array struct {
	bytes []byte
}

// begin starts an array of n elements of a type.
func (a *array) begin(oid uint32, n int) {
	a.bytes = a.bytes[:0]
	for _, word := range [5]uint32{1, 0, oid, uint32(n), 1} { // dimensions, NULLs, type, length, lower bound
		a.bytes = encoding.BigEndian.AppendUint32(a.bytes, word)
	}
}

func (a *array) int4(v int32) {
	a.bytes = encoding.BigEndian.AppendUint32(a.bytes, 4)
	a.bytes = encoding.BigEndian.AppendUint32(a.bytes, uint32(v))
}

func (a *array) int8(v int64) {
	a.bytes = encoding.BigEndian.AppendUint32(a.bytes, 8)
	a.bytes = encoding.BigEndian.AppendUint64(a.bytes, uint64(v))
}

func (a *array) text(v string) {
	a.bytes = encoding.BigEndian.AppendUint32(a.bytes, uint32(len(v)))
	a.bytes = append(a.bytes, v...)
}

func (a *array) blob(v []byte) {
	a.bytes = encoding.BigEndian.AppendUint32(a.bytes, uint32(len(v)))
	a.bytes = append(a.bytes, v...)
}

// encode returns the parameters of moveHeads and of addEntries, which hold until
// the encoder is used again.
func (e *encoder) encode(moves []eventlog.Move, entries []eventlog.Entry) (heads, rows [][]byte) {
	const int4, int8, text, bytea = pgtype.Int4OID, pgtype.Int8OID, pgtype.TextOID, pgtype.ByteaOID
	for i, oid := range [7]uint32{int4, int8, int8, int8, int8, int4, int4} {
		e.heads[i].begin(oid, len(moves))
	}
	for i, oid := range [12]uint32{int4, int4, int8, text, text, int8, int4, int4, text, bytea, bytea, bytea} {
		e.rows[i].begin(oid, len(entries))
	}
	h, r := &e.heads, &e.rows
	r[0].begin(int4, len(moves))
	if e.left == nil {
		e.left = make(map[int32]int64)
	}
	clear(e.left)
	for _, m := range moves {
		h[0].int4(m.Partition)
		h[1].int8(m.From)
		h[2].int8(m.To)
		h[3].int8(m.FirstTime)
		h[4].int8(m.LastTime)
		h[5].int4(m.FirstDay)
		h[6].int4(m.LastDay)
		r[0].int4(m.Partition)
		e.left[m.Partition] = m.To
	}
	for i := range entries {
		entry := &entries[i]
		r[1].int4(entry.Partition)
		r[2].int8(e.left[entry.Partition] - entry.Position)
		r[3].text(entry.Account)
		r[4].text(entry.Key)
		r[5].int8(entry.Time)
		r[6].int4(entry.Day)
		r[7].int4(entry.Due)
		r[8].text(entry.Name)
		r[9].blob(entry.Command)
		r[10].blob(entry.Events)
		r[11].blob(entry.Answer)
	}
	return parameters(h[:]), parameters(r[:])
}

func parameters(arrays []array) [][]byte {
	list := make([][]byte, len(arrays))
	for i := range arrays {
		list[i] = arrays[i].bytes
	}
	return list
}
