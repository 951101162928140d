// Package replay plays a file of real orders through the desk, day by day on a
// sandbox's clock: accounts open as customers appear, each order is authorised
// and captured, each bill is paid on its due day. It knows order files and what
// a platform would ask for; it refuses to know rules.
package replay

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Order is one row of an order file.
type Order struct {
	Line     int // in the file, the heading is 1
	Customer string
	Date     calendar.Date
	Amount   money.Amount
}

// Columns names the columns to read, by their headings.
type Columns struct {
	Customer, Date, Amount string
}

// Orders is an order file as read: in the order of dates, and of lines within a date.
type Orders struct {
	List  []Order
	Zeros int // rows with the amount 0, which are no orders
}

// Read reads an order file with a heading. Columns are parted by commas,
// semicolons, tabs or, where the heading has none of them, spaces. A row that cannot
// be an order is an error that names its line.
func Read(r io.Reader, columns Columns, currency money.Currency) (Orders, error) {
	var orders Orders
	lines := bufio.NewScanner(r)
	var cut func(string) []string
	var customer, date, amount int
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		if cut == nil {
			cut = cutter(text)
			heading := cut(text)
			var missing []string
			find := func(name string) int {
				i := slices.Index(heading, name)
				if i < 0 {
					missing = append(missing, name)
				}
				return i
			}
			customer, date, amount = find(columns.Customer), find(columns.Date), find(columns.Amount)
			if missing != nil {
				return orders, fmt.Errorf("the heading has no column %s; it has %s", strings.Join(missing, ", "), strings.Join(heading, ", "))
			}
			continue
		}
		fields := cut(text)
		if len(fields) <= max(customer, date, amount) {
			return orders, fmt.Errorf("line %d has only %d columns", n, len(fields))
		}
		order := Order{Line: n, Customer: fields[customer]}
		var err error
		if order.Date, err = parseDate(fields[date]); err != nil {
			return orders, fmt.Errorf("line %d: %w", n, err)
		}
		if order.Amount, err = money.Parse(fields[amount], currency); err != nil {
			return orders, fmt.Errorf("line %d: %w", n, err)
		}
		if order.Customer == "" {
			return orders, fmt.Errorf("line %d names no customer", n)
		}
		if order.Amount == 0 {
			orders.Zeros++
			continue
		}
		orders.List = append(orders.List, order)
	}
	if err := lines.Err(); err != nil {
		return orders, fmt.Errorf("read orders: %w", err)
	}
	if len(orders.List) == 0 {
		return orders, fmt.Errorf("there is no order in the file")
	}
	slices.SortStableFunc(orders.List, func(a, b Order) int { return int(a.Date - b.Date) })
	return orders, nil
}

// cutter returns how the file's lines are parted into columns.
func cutter(heading string) func(string) []string {
	for _, separator := range []string{",", ";", "\t"} {
		if strings.Contains(heading, separator) {
			return func(line string) []string {
				fields := strings.Split(line, separator)
				for i := range fields {
					fields[i] = strings.Trim(strings.TrimSpace(fields[i]), `"`)
				}
				return fields
			}
		}
	}
	return strings.Fields
}

// parseDate reads 20060102 and 2006-01-02, also with a time of day behind it.
func parseDate(s string) (calendar.Date, error) {
	for _, layout := range []string{"20060102", time.DateOnly, "2006/01/02"} {
		if len(s) >= len(layout) {
			if t, err := time.Parse(layout, s[:len(layout)]); err == nil && (len(s) == len(layout) || s[len(layout)] == ' ' || s[len(layout)] == 'T') {
				return calendar.At(t), nil
			}
		}
	}
	return 0, fmt.Errorf("%q is not a date such as 2006-01-02 or 20060102", s)
}
