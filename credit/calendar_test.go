package credit_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

var tenors = [12]int{1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 18, 24}

// wall is a calendar told apart from package calendar, by the rule of Gregory alone:
// the date of each month's statement from January 2020 on, one after the other.
type wall [25 * 12]calendar.Date

func newWall(anchor int) (w wall) {
	first := calendar.Date(18_262) // 2020-01-01
	for m := range w {
		year, month := 2020+m/12, m%12
		days := [12]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month]
		if month == 1 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			days = 29
		}
		w[m] = first + calendar.Date(min(anchor, days)-1)
		first += calendar.Date(days)
	}
	return w
}

// TestCyclesTileTime goes through every start day of 2020 to 2040, every statement
// day and twelve tenors: each business date is in exactly one cycle, the k-th
// instalment falls on the k-th statement after the purchase, the anchor survives
// short months, and what is owed adds up to the amount.
func TestCyclesTileTime(t *testing.T) {
	from, to, step := on(t, "2020-01-01"), on(t, "2040-12-31"), calendar.Date(1)
	if testing.Short() {
		step = 97 // a prime: every day of a month and of a week comes up
	}
	anchors := make(chan int, 31)
	for anchor := 1; anchor <= 31; anchor++ {
		anchors <- anchor
	}
	close(anchors)
	var workers sync.WaitGroup
	for range min(2, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for anchor := range anchors {
				tile(t, anchor, from, to, step)
			}
		})
	}
	workers.Wait()
}

func tile(t *testing.T, anchor int, from, to, step calendar.Date) {
	w := newWall(anchor)
	terms := contract()
	terms.StatementDay = anchor
	cycle := 0 // of a start day: the index of the first statement after it
	for day := from; day <= to; day += step {
		for w[cycle] <= day {
			cycle++
		}
		// The cycle that a date is in ends with the next statement; no other does.
		if next := calendar.NextOnDay(day, anchor); next != w[cycle] || (cycle > 0 && day < w[cycle-1]) {
			t.Errorf("anchor %d: %s is in the cycle that ends on %s, not %s", anchor, day, next, w[cycle])
			return
		}
		for i, n := range tenors {
			// An amount that leaves another rest each time.
			amount := money.Amount(100_00 + int(day)*31 + anchor*7 + i)
			parts := credit.Plan{ID: "p", Kind: credit.Flat, Periods: n}.Schedule(amount, day, anchor)
			sum := money.Amount(0)
			for k := range parts {
				if parts[k].On != w[cycle+k] {
					t.Errorf("anchor %d: instalment %d of %d, bought on %s, is billed on %s, not %s", anchor, k+1, n, day, parts[k].On, w[cycle+k])
					return
				}
				if off := parts[k].Principal - amount/money.Amount(n); off < -money.Amount(n) || off > money.Amount(n) {
					t.Errorf("instalment %d of %d of %d is %d", k+1, n, amount, parts[k].Principal)
					return
				}
				sum += parts[k].Principal
			}
			if len(parts) != n || sum != amount {
				t.Errorf("anchor %d: %d instalments of %d, bought on %s, add up to %d", anchor, len(parts), amount, day, sum)
				return
			}
		}
	}
}
