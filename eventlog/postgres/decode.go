package postgres

import (
	encoding "encoding/binary"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/yuefu/yuefu/eventlog"
)

// collect reads entries from PostgreSQL's binary rows, in the order of columns.
// pgx would scan them by reflection at three times the CPU; close of business and
// the tables' readers read every entry there is.
func collect(rows pgx.Rows) ([]eventlog.Entry, error) {
	defer rows.Close()
	var entries []eventlog.Entry
	name := ""
	for rows.Next() {
		v := rows.RawValues()
		if len(v) != 11 || len(v[0]) != 4 || len(v[1]) != 8 || len(v[4]) != 8 || len(v[5]) != 4 || len(v[6]) != 4 ||
			rows.FieldDescriptions()[0].Format != pgx.BinaryFormatCode {
			return nil, errors.New("a row is no entry in binary: is default_query_exec_mode in the database's address?")
		}
		if string(v[7]) != name { // neighbours mostly have the same name, and to compare allocates nothing
			name = string(v[7])
		}
		b := make([]byte, 0, len(v[8])+len(v[9])+len(v[10])) // one allocation for what is kept and dropped together
		b = append(append(append(b, v[8]...), v[9]...), v[10]...)
		events, answer := len(v[8]), len(v[8])+len(v[9])
		entries = append(entries, eventlog.Entry{
			Partition: int32(encoding.BigEndian.Uint32(v[0])),
			Position:  int64(encoding.BigEndian.Uint64(v[1])),
			Account:   string(v[2]),
			Key:       string(v[3]),
			Time:      int64(encoding.BigEndian.Uint64(v[4])),
			Day:       int32(encoding.BigEndian.Uint32(v[5])),
			Due:       int32(encoding.BigEndian.Uint32(v[6])),
			Name:      name,
			Command:   b[:events:events],
			Events:    b[events:answer:answer],
			Answer:    b[answer:],
		})
	}
	return entries, rows.Err()
}
