package view

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/database"
)

// A table's statements are made once, when the program starts, from the struct of
// its rows: its fields are the columns, in snake case, and their tags say what an
// update does with them. The tag is `view:"key"` for what names a row, "add" for
// what grows by the value, "set" for what takes it unless it is the type's zero,
// and none for what is written once. The partition is no field: a statement is
// of one partition, and takes it as its first parameter.

// kind is how a column's values travel.
type kind uint8

const (
	textKind  kind = iota // text; TEXT
	wholeKind             // integer; INTEGER
	longKind              // bigint; INTEGER
	dateKind              // date; TEXT; NULL for no date
	flagKind              // boolean; INTEGER
)

// arrays are PostgreSQL's names of the kinds' arrays.
var arrays = [...]string{textKind: "text[]", wholeKind: "int4[]", longKind: "int8[]", dateKind: "date[]", flagKind: "bool[]"}

// column is one field of a row and what an update does with it.
type column struct {
	name  string
	field int
	kind  kind
	role  string
}

// schema is a table and its statements, by dialect.
type schema struct {
	table   string
	columns []column // all
	changes []column // those of an update: the key first
	insert  map[database.Dialect]string
	update  map[database.Dialect]string
	read    string // SELECT with all columns FROM the table
	verify  string // … of a partition
}

// schemas are all tables, in the order in which they are written.
var schemas []*schema

// describe makes a table's statements from its row's type.
func describe[R any](table string) *schema {
	s := &schema{table: table, insert: map[database.Dialect]string{}, update: map[database.Dialect]string{}}
	s.columns = columnsOf[R]()
	for _, role := range []string{"key", "add", "set"} {
		for _, c := range s.columns {
			if c.role == role {
				s.changes = append(s.changes, c)
			}
		}
	}
	names := strings.Join(list(s.columns, func(_ int, c column) string { return c.name }), ", ")
	s.read = "SELECT " + names + " FROM " + table
	s.verify = s.read + " WHERE partition = $1"
	// Taking the partition from its checkpoint makes this one task on Citus, where a
	// plain unnest would be pulled to the coordinator.
	s.insert[database.PostgreSQL] = "INSERT INTO " + table + " (partition, " + names + ") SELECT c.partition, u.* FROM checkpoint c CROSS JOIN " +
		unnest(s.columns) + " WHERE c.partition = $1 AND c.reader = 'tables'"
	s.insert[database.SQLite] = "INSERT INTO " + table + " (partition, " + names + ") VALUES (?" + strings.Repeat(", ?", len(s.columns)) + ")"
	if s.changed() {
		s.update[database.PostgreSQL] = "UPDATE " + table + " t SET " + assign(s.changes, "t.", func(_ int, c column) string { return "u." + c.name }) +
			" FROM " + unnest(s.changes) + " WHERE t.partition = $1 AND " + match(s.changes, "t.", func(_ int, c column) string { return "u." + c.name })
		numbered := func(i int, _ column) string { return fmt.Sprintf("?%d", i+2) }
		s.update[database.SQLite] = "UPDATE " + table + " SET " + assign(s.changes, "", numbered) + " WHERE partition = ?1 AND " + match(s.changes, "", numbered)
	}
	schemas = append(schemas, s)
	return s
}

// columnsOf are the fields of a row's type.
func columnsOf[R any]() (columns []column) {
	t := reflect.TypeFor[R]()
	for i := range t.NumField() {
		f := t.Field(i)
		columns = append(columns, column{name: snake(f.Name), field: i, kind: kindOf(f.Type), role: f.Tag.Get("view")})
	}
	return columns
}

// changed tells whether rows of the table change after they were written.
func (s *schema) changed() bool {
	return len(s.changes) > 0 && s.changes[len(s.changes)-1].role != "key"
}

// unnest is the columns' arrays, parameters from $2, as a table u.
func unnest(columns []column) string {
	return "unnest(" + strings.Join(list(columns, func(i int, c column) string { return fmt.Sprintf("$%d::%s", i+2, arrays[c.kind]) }), ", ") +
		") AS u(" + strings.Join(list(columns, func(_ int, c column) string { return c.name }), ", ") + ")"
}

// assign is an update's SET list; old prefixes the columns as they are, value tells what comes in.
func assign(columns []column, old string, value func(int, column) string) string {
	return strings.Join(list(columns, func(i int, c column) string {
		was, is := old+c.name, value(i, c)
		switch {
		case c.role == "key":
			return ""
		case c.role == "add":
			return c.name + " = " + was + " + " + is
		case c.kind == textKind:
			return c.name + " = COALESCE(NULLIF(" + is + ", ''), " + was + ")"
		case c.kind == dateKind:
			return c.name + " = COALESCE(" + is + ", " + was + ")"
		case c.kind == flagKind:
			return c.name + " = (" + was + " OR " + is + ")"
		default:
			return c.name + " = COALESCE(NULLIF(" + is + ", 0), " + was + ")"
		}
	}), ", ")
}

// match is the condition that names a row.
func match(columns []column, old string, value func(int, column) string) string {
	return strings.Join(list(columns, func(i int, c column) string {
		if c.role != "key" {
			return ""
		}
		return old + c.name + " = " + value(i, c)
	}), " AND ")
}

// list makes a text of each column and leaves out empty ones.
func list(columns []column, text func(int, column) string) (texts []string) {
	for i, c := range columns {
		if s := text(i, c); s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

func kindOf(t reflect.Type) kind {
	switch {
	case t == reflect.TypeFor[calendar.Date]():
		return dateKind
	case t.Kind() == reflect.String:
		return textKind
	case t.Kind() == reflect.Int32:
		return wholeKind
	case t.Kind() == reflect.Int64:
		return longKind
	case t.Kind() == reflect.Bool:
		return flagKind
	}
	panic("view: no column can hold a " + t.String())
}

// snake turns LastDay into last_day.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 && name[i-1] >= 'a' {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
