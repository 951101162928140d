package view

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/calendar"
)

// Today is the newest business date that the log has come to; no date for an empty one.
func (t *Tables) Today(ctx context.Context) (today calendar.Date, err error) {
	heads, err := t.log.Heads(ctx, t.log.Partitions())
	if err != nil {
		return 0, fmt.Errorf("view: read the business date: %w", err)
	}
	for _, head := range heads {
		today = max(today, calendar.Date(head.Day))
	}
	return today, nil
}
