package trial

import (
	"cmp"
	"context"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/memory"
)

// index stands for the tables where close of business looks up who has something
// due. It reads the log when somebody waits for it, and not a moment sooner: the
// slowest reader that keeps its promise.
type index struct {
	store *memory.Store
	at    map[int32]int64
	due   map[int32]map[credit.ID]calendar.Date
}

func newIndex(store *memory.Store) *index {
	x := &index{store: store}
	x.forget()
	return x
}

// forget makes it begin anew, as tables that are rebuilt.
func (x *index) forget() {
	x.at, x.due = map[int32]int64{}, map[int32]map[credit.ID]calendar.Date{}
}

// WaitFor reads up to a position.
func (x *index) WaitFor(_ context.Context, partition int32, position int64) error {
	if x.due[partition] == nil {
		x.due[partition] = map[credit.ID]calendar.Date{}
	}
	for _, e := range x.store.Entries(partition, x.at[partition]) {
		if e.Position > position {
			break
		}
		x.at[partition] = e.Position
		if e.Due >= 0 {
			x.due[partition][credit.ID(e.Account)] = calendar.Date(e.Due)
		}
	}
	return nil
}

// Due returns who has something due.
func (x *index) Due(_ context.Context, partition int32, day calendar.Date, after credit.ID, limit int) (due []credit.ID, _ error) {
	for id, on := range x.due[partition] {
		if id > after && on != 0 && on <= day {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, cmp.Compare)
	return due[:min(limit, len(due))], nil
}

// Appended is a hand-over that this reader does not take.
func (x *index) Appended([]eventlog.Entry) {}
