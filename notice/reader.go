package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

// ReaderName is the name of the room's checkpoints.
const ReaderName = "notices"

// Reader (通知) follows the log and fills the inbox. It begins at the head of a log that is
// older than itself: nobody is told this morning what happened last year.
func (r *Room) Reader() follow.Reader {
	return follow.Reader{Name: ReaderName, Wants: wanted, Take: r.take, FromHead: true}
}

// silent are commands that nobody is told of, which are most of the log.
var silent = map[string]bool{"authorise": true, "capture": true, "void": true, "make_contact": true}

const openDay = "open_day"

// wanted tells of an entry, by its command, whether anybody may have to be told of it.
func wanted(e *eventlog.Entry) bool { return e.Name == openDay || e.Account != "" && !silent[e.Name] }

func (r *Room) take(ctx context.Context, entries []eventlog.Entry) (follow.Write, error) {
	var list []Notice
	for i := range entries {
		e := &entries[i]
		switch {
		case e.Name == openDay:
			if err := r.remind(ctx, e); err != nil {
				return nil, err
			}
		case wanted(e):
			told, err := r.tell(ctx, e)
			if err != nil {
				return nil, fmt.Errorf("notice: entry %d/%d: %w", e.Partition, e.Position, err)
			}
			list = append(list, told...)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return func(ctx context.Context, tx *sql.Tx) error { return r.write(ctx, tx, list) }, nil
}

// tell makes the notices of an account's entry.
func (r *Room) tell(ctx context.Context, e *eventlog.Entry) ([]Notice, error) {
	events, err := wire.Carried(e.Decoded, e.Events)
	if err != nil {
		return nil, err
	}
	concerned := false
	for _, event := range events {
		concerned = concerned || tellers[event.Name()] != nil
	}
	if !concerned {
		return nil, nil
	}
	t := telling{day: calendar.Date(e.Day), position: e.Position, time: e.Time}
	err = r.look(ctx, e.Partition, e.Position, credit.ID(e.Account), func(a *credit.Account, _ string) {
		t.account = a
		for i, event := range events {
			if tell := tellers[event.Name()]; tell != nil {
				t.event = i
				tell(&t, event)
			}
		}
		t.account = nil // it is the desk's own, and not to be kept
	})
	if errors.Is(err, servicing.ErrStopped) || errors.Is(err, servicing.ErrPanicked) {
		// People look at such an account, and tell its customer. The others go on.
		r.options.Log.Error("a customer was not told", "account", e.Account, "position", e.Position, "error", err)
		return nil, nil
	}
	return t.list, err
}

// look shows an account as it is now, and whose customer it is of.
func (r *Room) look(ctx context.Context, partition int32, position int64, id credit.ID, read func(a *credit.Account, platform string)) error {
	if err := r.tables.WaitFor(ctx, partition, position); err != nil {
		return err
	}
	row, err := r.tables.Account(ctx, id)
	if err != nil {
		return err
	}
	return r.desk().Look(ctx, id, row.Platform, func(a *credit.Account, at credit.Moment, _ int64) { read(a.AsOf(at.Day), row.Platform) })
}

// reminderDays are how many days before a bill is due its customer is reminded.
var reminderDays = [4]calendar.Date{7, 3, 1, 0}

// page is how many reminders one transaction writes: on SQLite the log waits for it.
const page = 200

// remind tells whose bills are due in some days, as a business date opens. Only what is
// due on one of these dates is looked at, by an index. Pages are written one by one:
// whoever is stopped between two tells the first again, under the same numbers.
func (r *Room) remind(ctx context.Context, e *eventlog.Entry) error {
	if err := r.tables.WaitFor(ctx, e.Partition, e.Position); err != nil {
		return err
	}
	day := calendar.Date(e.Day)
	dates := reminderDays
	for i := range dates {
		dates[i] += day
	}
	for after := (view.StatementDue{}); ; {
		due, err := r.tables.StatementsDue(ctx, e.Partition, dates, after, page)
		if err != nil {
			return err
		}
		list := make([]Notice, 0, len(due))
		for i, s := range due {
			place := 2 * slices.Index(dates[:], s.Due)
			for k := i - 1; k >= 0 && due[k].Account == s.Account; k-- {
				if due[k].Due == s.Due { // one was deferred to the day on which the next one is due
					place++
				}
			}
			list = append(list, Notice{
				Account: s.Account, Number: e.Position*places + int64(place), Kind: Reminder, Day: day, Time: e.Time,
				Reference: s.Account.Part(credit.PrefixStatement, s.Number),
				Figures: Figures{
					Currency: s.Currency, Total: s.Total, Remaining: s.Remaining, On: day, Billed: s.Day, Due: s.Due, Days: int(s.Due - day), Autopay: s.Autopay,
				},
			})
		}
		if len(list) > 0 {
			if err := r.db.Write(ctx, func(tx *sql.Tx) error { return r.write(ctx, tx, list) }); err != nil {
				return fmt.Errorf("notice: reminders of %s: %w", day, err)
			}
		}
		if len(due) < page {
			return nil
		}
		after = due[len(due)-1]
	}
}
