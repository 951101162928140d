package replay_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/replay"
)

// open makes an office on SQLite whose clock stands on the first order's date.
func open(t *testing.T, orders replay.Orders) *office.Office {
	t.Helper()
	o, err := office.Open(t.Context(), filepath.Join(t.TempDir(), "replay.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: orders.List[0].Date.Time().Add(4 * time.Hour).Format(time.RFC3339)},
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := replay.Prepare(t.Context(), o, "USD"); err != nil {
		t.Fatal(err)
	}
	return o
}

// month is a customer's statement of one month, by year × 12 + month.
type month struct {
	customer string
	month    int
}

// expected works out from the orders alone what every statement must ask for: one
// statement for each customer and month with an order, dated the 1st of the next
// month, if that has come.
func expected(orders replay.Orders) (statements map[month]money.Amount, unbilled money.Amount) {
	statements = map[month]money.Amount{}
	lastYear, lastMonth, _ := orders.List[len(orders.List)-1].Date.Split()
	for _, order := range orders.List {
		year, m, _ := order.Date.Split()
		if year == lastYear && m == lastMonth {
			unbilled += order.Amount
			continue
		}
		statements[month{order.Customer, year*12 + int(m) - 1}] += order.Amount
	}
	return statements, unbilled
}

const readStatements = `SELECT a.customer, s.day, s.total, s.paid_on IS NOT NULL FROM statement s JOIN account a ON a.partition = s.partition AND a.id = s.account`

// check compares every statement in the tables with the orders.
func check(t *testing.T, o *office.Office, orders replay.Orders, summary replay.Summary) {
	t.Helper()
	want, unbilled := expected(orders)
	if summary.Unbilled != unbilled || summary.Billed != 0 {
		t.Errorf("left at the end: %d unbilled and %d billed, want %d and 0", summary.Unbilled, summary.Billed, unbilled)
	}
	settle(t, o)
	rows, err := o.DB.Reader().QueryContext(t.Context(), readStatements)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var customer, date string
		var total money.Amount
		var paid bool
		if err := rows.Scan(&customer, &date, &total, &paid); err != nil {
			t.Fatal(err)
		}
		var year, m, day int
		if _, err := fmt.Sscanf(date, "%d-%d-%d", &year, &m, &day); err != nil || day != 1 {
			t.Fatalf("statement of %q: %v", date, err)
		}
		seen++
		if bill := (month{customer, year*12 + m - 2}); want[bill] != total || !paid {
			t.Errorf("customer %s, statement of %s: total %d, paid %v, want %d", customer, date, total, paid, want[bill])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if seen != len(want) {
		t.Errorf("%d statements, want %d", seen, len(want))
	}
}

func settle(t *testing.T, o *office.Office) {
	t.Helper()
	heads, err := o.Log.Heads(t.Context(), o.Log.Partitions())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		if err := o.Tables.WaitFor(t.Context(), head.Partition, head.Position); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryStatementIsItsMonthsOrders(t *testing.T) {
	data := os.Getenv("YUEFU_DATA")
	if data == "" {
		t.Skip("YUEFU_DATA does not name the folder with cdnow.txt")
	}
	if testing.Short() {
		t.Skip("the whole file takes a while")
	}
	file, err := os.Open(filepath.Join(data, "cdnow.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	orders, err := replay.Read(file, replay.Columns{Customer: "customer_id", Date: "date", Amount: "dollar_value"}, "USD")
	if err != nil {
		t.Fatal(err)
	}
	if len(orders.List) != 69_659-80 || orders.Zeros != 80 {
		t.Fatalf("%d orders and %d of zero, want 69,579 and 80", len(orders.List), orders.Zeros)
	}
	o := open(t, orders)
	summary, err := replay.Play(context.Background(), o, orders, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d customers, %d commands in %.1f s", summary.Customers, summary.Commands, summary.Took.Seconds())
	check(t, o, orders, summary)
}
