package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
)

// Fact is an entry of an account's history, read, with its position in the log.
type Fact struct {
	credit.Fact
	Position int64
}

// Facts reads an account's whole history from the log, oldest first.
func (t *Tables) Facts(ctx context.Context, account credit.ID) (facts []Fact, err error) {
	const page = 500
	for after := int64(0); ; {
		entries, err := t.History(ctx, account, after, page)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			e := &entries[i]
			f, err := wire.DecodeFact(e.Name, e.Command, e.Events, calendar.Date(e.Day), e.Time)
			if err != nil {
				return nil, fmt.Errorf("view: entry %d/%d: %w", e.Partition, e.Position, err)
			}
			facts = append(facts, Fact{f, e.Position})
			after = e.Position
		}
		if len(entries) < page {
			return facts, nil
		}
	}
}
