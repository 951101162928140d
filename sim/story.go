package sim

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// Story is what became of a world.
type Story struct {
	From, To calendar.Date
	Counts
	People []Person
}

// Person is somebody of the story.
type Person struct {
	Customer string
	Nature   string // reads on from 'who'
	Account  string // empty for who never got one
	Now      client.Account
	Counts
}

// Counts count what happened; amounts are in minor units.
type Counts struct {
	Requests, Repeats                                         int
	Applications, Refused, Referred, Opened, Reopened         int
	Quotes, Authorised, Declined, Captured, Voided, Expired   int
	Refunds, Statements, Repayments, Returns, Overdue, Frozen int
	NotClear, Withdrawn, Closed, Disputes                     int
	Instructed, Debited, DebitsRefused, PaidNow               int
	Spent, Refunded, Billed, Repaid, Penalty                  int64
}

// add adds other's counts to c's.
func (c *Counts) add(other Counts) {
	to, from := reflect.ValueOf(c).Elem(), reflect.ValueOf(other)
	for i := range to.NumField() {
		to.Field(i).SetInt(to.Field(i).Int() + from.Field(i).Int())
	}
}

// story audits everybody and tells what became of them.
func (w *world) story(ctx context.Context) (Story, error) {
	errs := make([]error, len(w.people))
	var all sync.WaitGroup
	room := make(chan struct{}, workers)
	for i, c := range w.people {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			if err := c.audit(ctx); err != nil {
				errs[i] = fmt.Errorf("sim: in the end, %s, who %s: %w", c.name, c.nature.name, err)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return Story{}, err
	}
	s := Story{From: w.first, To: w.last}
	for _, c := range w.people {
		s.add(c.met)
		s.People = append(s.People, Person{Customer: c.name, Nature: c.nature.name, Account: c.account, Now: c.now, Counts: c.met})
	}
	return s, nil
}
